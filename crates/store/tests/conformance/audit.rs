use tring_protocol::http::account::{ActorKind, AuditChange, SettingsChange};
use tring_protocol::http::members::MemberRole;
use tring_protocol::settings::Branding;
use tring_protocol::text::Colour;
use tring_store::{Actor, Store, StoreError};

use crate::{at, change, email, title};

pub(crate) async fn each_change_says_who_made_it_and_what_it_changed(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let account = store.account(&id);
    let meera = Actor::Member(title("Meera"));
    let white = Branding { background_color: Colour::parse("#ffffff").unwrap(), ..Branding::default() };
    account.change(&meera, at(2)).branding(&white).await.unwrap();
    let backend = Actor::SecretKey("shop".to_owned());
    let days = SettingsChange { retention_days: Some(30), ..SettingsChange::default() };
    account.change(&backend, at(3)).settings(&days).await.unwrap();
    let ended = [AuditChange { field: "reason".to_owned(), from: None, to: Some("ended".to_owned()) }];
    change(&store, &id, 4).audit("call.ended", Some("a call"), ended.to_vec()).await.unwrap();

    let entries = account.audit(None).await.unwrap().items;
    let told: Vec<_> =
        entries.iter().map(|e| (e.action.as_str(), e.actor.as_str(), e.actor_kind, e.at)).collect();
    assert_eq!(
        told,
        [
            ("call.ended", "operator", ActorKind::Operator, at(4)),
            ("settings.changed", "shop", ActorKind::SecretKey, at(3)),
            ("branding.changed", "Meera", ActorKind::Member, at(2)),
            ("account.created", "operator", ActorKind::Operator, at(1)),
        ]
    );
    assert_eq!(entries[0].changes, ended);
    assert_eq!(entries[0].subject.as_deref(), Some("a call"));
    let changed = |field: &str, from: &str, to: &str| AuditChange {
        field: field.to_owned(),
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    };
    assert_eq!(entries[1].changes, [changed("retentionDays", "365", "30")]);
    assert_eq!(entries[2].changes, [changed("backgroundColor", "#1b1f3b", "#ffffff")]);
}

pub(crate) async fn what_changes_nothing_is_not_written(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    change(&store, &id, 2).branding(&Branding::default()).await.unwrap();
    change(&store, &id, 3).settings(&SettingsChange::default()).await.unwrap();
    assert_eq!(store.account(&id).audit(None).await.unwrap().items.len(), 1);
    assert_eq!(store.changed_accounts(at(2)).await.unwrap(), [], "nobody has to look at it again");
}

pub(crate) async fn what_fails_is_not_written(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let failed = change(&store, &id, 2).revoke_apikey("pk_unknown").await;
    assert!(matches!(failed, Err(StoreError::NoSuchKey(_))));
    assert_eq!(store.account(&id).audit(None).await.unwrap().items.len(), 1);
}

pub(crate) async fn the_history_is_paged_newest_first(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    for n in 1..=50 {
        // All in one millisecond: their order is the order in which they happened.
        change(&store, &id, 2).audit("call.ended", Some(&n.to_string()), Vec::new()).await.unwrap();
    }
    let account = store.account(&id);
    let first = account.audit(None).await.unwrap();
    let subjects: Vec<_> = first.items.iter().map(|e| e.subject.clone().unwrap()).collect();
    assert_eq!(subjects, (1..=50).rev().map(|n| n.to_string()).collect::<Vec<_>>());
    let second = account.audit(first.next.as_deref()).await.unwrap();
    let actions: Vec<_> = second.items.iter().map(|e| e.action.as_str()).collect();
    assert_eq!((actions.as_slice(), second.next), (["account.created"].as_slice(), None));
    assert!(matches!(account.audit(Some("not a cursor")).await, Err(StoreError::NotFound("page"))));
}

pub(crate) async fn no_account_reads_the_history_of_another(store: Store) {
    let mine = store.create_account("Mine", at(1)).await.unwrap().id;
    let other = store.create_account("Other", at(1)).await.unwrap().id;
    change(&store, &mine, 2).audit("call.ended", None, Vec::new()).await.unwrap();
    let read = store.account(&other).audit(None).await.unwrap().items;
    assert_eq!(read.iter().map(|e| e.subject.as_deref()).collect::<Vec<_>>(), [Some("Other")]);
}

pub(crate) async fn no_secret_is_in_the_history(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let change = change(&store, &new.id, 2);
    let key = change.new_secret_key("backend").await.unwrap().secret.unwrap();
    let rotated = change.rotate_token_secret(1).await.unwrap();
    change.reveal_token_secret(&rotated.secret_id).await.unwrap();
    let apikey = change.new_apikey("website").await.unwrap();
    change.revoke_apikey(&apikey).await.unwrap();
    let invited = change.invite(Some(&email("bob@shop.example")), MemberRole::Admin).await.unwrap();
    let history = format!("{:?}", store.account(&new.id).audit(None).await.unwrap());
    for secret in [&new.secret, &key, rotated.secret.as_ref().unwrap(), &invited.token] {
        assert!(!history.contains(secret.as_str()));
    }
    assert!(history.contains("bob@shop.example") && history.contains("website"), "what was done is there");
}
