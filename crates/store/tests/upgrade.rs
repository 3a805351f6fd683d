//! What a release left behind is opened by this one, on both databases, and reads back whole.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod databases;

use databases::Fresh;
use sea_orm::ConnectionTrait;
use tring_protocol::http::account::{AccessSettings, RETENTION_DAYS_DEFAULT, SettingsChange};
use tring_protocol::http::calls::CallFilter;
use tring_protocol::http::text::{TurnSecret, TurnUrl};
use tring_protocol::http::turn::NewTurnServer;
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::settings::{ButtonTheme, DeclineScope, DevicePolicy};
use tring_protocol::time::{Millis, Timestamp};
use tring_store::{Actor, Database, FigureQuery, SQLITE_FILE, Segment, SlotLength, Store, StoreError};

const RELEASE_0_1_0: &str = include_str!("upgrade/release-0.1.0.sql");
const ACCOUNT: &str = "acc_yikjfnwqes7gkwgd3bxy";
const APIKEY: &str = "pk_2k34zubdjpwgwu7grdrcix6th73s3ztj";
const SECRET: &str = "sk_sx4nke8khhxhckwwbmm43mw68g35xy687xw6ezuks4ybpa83yzdz";

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A moment of the release's last hour.
fn then() -> Timestamp {
    at(1_795_251_300_000)
}

#[tokio::test]
async fn release_0_1_0_is_upgraded_on_sqlite() {
    upgrades(databases::sqlite().await).await;
}

#[tokio::test]
async fn release_0_1_0_is_upgraded_on_postgres() {
    upgrades(databases::postgres().await).await;
}

async fn upgrades(fresh: Fresh) {
    restore(&fresh).await;
    let store = fresh.open().await;
    let id = AccountId::parse(ACCOUNT).unwrap();
    reads_its_account(&store, &id).await;
    keeps_its_keys(&store, &id).await;
    reads_its_users_and_calls(&store, &id).await;
    can_be_changed(&store, &id).await;
    knows_no_paths_and_no_turn_servers_yet(&store, &id).await;

    // A second start changes nothing.
    let secrets = store.account(&id).token_secrets_in_force(then()).await.unwrap();
    store.close().await.unwrap();
    let store = fresh.open().await;
    assert_eq!(store.account(&id).token_secrets_in_force(then()).await.unwrap(), secrets);
    assert_eq!(store.account(&id).secret_keys().await.unwrap().len(), 1);
    store.close().await.unwrap();
}

async fn restore(fresh: &Fresh) {
    let (url, time, json) = match &fresh.database {
        Database::Sqlite { directory } => {
            let file = directory.join(SQLITE_FILE);
            (format!("sqlite:{}?mode=rwc", file.display()), "integer", "json_text")
        }
        Database::Postgres { url } => (url.clone(), "bigint", "json"),
    };
    let db = sea_orm::Database::connect(url).await.unwrap();
    let dump = RELEASE_0_1_0.replace("<time>", time).replace("<json>", json);
    db.execute_unprepared(&dump).await.unwrap();
    db.close().await.unwrap();
}

async fn reads_its_account(store: &Store, id: &AccountId) {
    let overview = store.account(id).overview().await.unwrap();
    assert_eq!((overview.name.as_str(), overview.created_at), ("Acme", at(1_795_251_018_535)));
    assert_eq!(overview.branding.button_theme, ButtonTheme::White);
    assert_eq!(overview.settings.calls.ring_timeout, Millis::seconds(20));
    assert_eq!(overview.settings.calls.devices, DevicePolicy::Many);
    assert_eq!(overview.settings.calls.decline, DeclineScope::AllDevices);
    assert_eq!(overview.settings.access, AccessSettings::default());
    assert_eq!(overview.settings.retention_days, RETENTION_DAYS_DEFAULT);
}

async fn keeps_its_keys(store: &Store, id: &AccountId) {
    let account = store.account(id);
    assert!(account.admit(APIKEY).await.unwrap().is_some());
    assert!(account.admit("pk_revoked").await.unwrap().is_none());
    let known = store.secret_key(SECRET, then()).await.unwrap().expect("the key of the release works on");
    assert_eq!((&known.account, known.name.as_str()), (id, "default"));
    let secrets = account.token_secrets_in_force(then()).await.unwrap();
    assert_eq!(secrets.len(), 1, "it can make user tokens at once");
}

async fn reads_its_users_and_calls(store: &Store, id: &AccountId) {
    let account = store.account(id);
    let alice = account.user(&Cuid::parse("alice").unwrap()).await.unwrap().unwrap();
    assert_eq!((alice.devices.len(), alice.last_seen_at), (1, at(1_795_251_021_000)));

    let log = account.search(&CallFilter::default()).await.unwrap();
    let lines: Vec<_> = log.items.iter().map(|call| (call.placed_at, call.mos)).collect();
    assert_eq!(lines, [(at(1_795_251_130_000), None), (at(1_795_251_030_000), Some(3.5))]);
    let answered = CallId::parse("01a1fdf6-9080-7000-8000-000000000001").unwrap();
    assert_eq!(account.events(answered).await.unwrap().len(), 3);
    assert_eq!(account.record(answered).await.unwrap().unwrap().talk_time(), Millis::seconds(60));
    assert_eq!(store.journal("one").unfinished_calls().await.unwrap().len(), 1);

    let day = at(1_795_219_200_000)..at(1_795_305_600_000);
    let segment = Segment { from: day.start, to: day.end, offset: 0 };
    let previous = at(0)..at(0);
    let query = FigureQuery { segments: vec![segment], slot: SlotLength::Day, previous };
    let figures = account.figures(&query).await.unwrap();
    assert_eq!((figures.totals.calls(), figures.live), (2, 1), "its calls are in the statistics");
}

async fn knows_no_paths_and_no_turn_servers_yet(store: &Store, id: &AccountId) {
    let account = store.account(id);
    for call in account.search(&CallFilter::default()).await.unwrap().items {
        let known = (call.caller_path, call.callee_path, call.path_changes, call.concealed);
        assert_eq!(known, (None, None, 0, None));
    }
    assert_eq!(account.turn_servers().await.unwrap(), []);
    let new = NewTurnServer {
        urls: vec![TurnUrl::parse("turn:turn.shop.example").unwrap()],
        secret: TurnSecret::parse("north-wind secret").unwrap(),
    };
    account.change(&Actor::Operator, then()).add_turn_server(&new).await.unwrap();
    assert_eq!(account.rules().await.unwrap().turn[0].secret, "north-wind secret");
}

async fn can_be_changed(store: &Store, id: &AccountId) {
    let change = store.account(id).change(&Actor::Operator, then());
    let days = SettingsChange { retention_days: Some(30), ..SettingsChange::default() };
    assert_eq!(change.settings(&days).await.unwrap().retention_days, 30);
    let mine = store.account(id).audit(None).await.unwrap();
    assert_eq!(mine.items.len(), 1);
    let nobody = AccountId::parse("nobody").unwrap();
    let missing = store.account(&nobody).change(&Actor::Operator, then()).settings(&days).await;
    assert!(matches!(missing, Err(StoreError::NoSuchAccount(_))));
}
