use tring_protocol::http::account::{AccessSettings, AccountSettings, RETENTION_DAYS, SettingsChange};
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::{FetchUrl, WebOrigin};
use tring_protocol::ids::AccountId;
use tring_protocol::limits;
use tring_protocol::settings::{Branding, ButtonTheme, CallSettings, DeclineScope, DevicePolicy};
use tring_protocol::text::{Colour, ImageUrl};
use tring_protocol::time::Millis;
use tring_store::{Rules, Store, StoreError};

use crate::{DAY, at, change, member, title};

pub(crate) async fn a_new_account_signs_in_with_its_key_alone(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    let rules = account.admit(&new.apikey).await.unwrap().expect("the key is right");
    assert_eq!((rules.branding, rules.calls), (Branding::default(), CallSettings::default()));
    for wrong in ["", "pk_", &new.secret, &new.apikey[1..], &new.apikey.to_uppercase()] {
        assert_eq!(account.admit(wrong).await.unwrap(), None);
    }
}

pub(crate) async fn a_revoked_key_is_refused_at_once(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    let second = change(&store, &new.id, 2).new_apikey("website").await.unwrap();
    change(&store, &new.id, 3).revoke_apikey(&new.apikey).await.unwrap();
    assert_eq!(account.admit(&new.apikey).await.unwrap(), None);
    assert!(account.admit(&second).await.unwrap().is_some());
    let keys = account.apikeys().await.unwrap();
    assert_eq!(keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["default", "website"]);
    assert_eq!(keys.iter().map(|key| key.revoked_at).collect::<Vec<_>>(), [Some(at(3)), None]);
    let again = change(&store, &new.id, 4).revoke_apikey(&new.apikey).await;
    assert!(matches!(again, Err(StoreError::NoSuchKey(_))));
}

pub(crate) async fn no_account_signs_in_with_the_key_of_another(store: Store) {
    let (one, two) = (
        store.create_account("One", at(1)).await.unwrap(),
        store.create_account("Two", at(1)).await.unwrap(),
    );
    assert_eq!(store.account(&one.id).admit(&two.apikey).await.unwrap(), None);
    assert!(matches!(
        change(&store, &one.id, 2).revoke_apikey(&two.apikey).await,
        Err(StoreError::NoSuchKey(_))
    ));
    assert!(store.account(&two.id).admit(&two.apikey).await.unwrap().is_some());
}

pub(crate) async fn an_account_has_a_bounded_number_of_keys(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    for n in 1..32 {
        change(&store, &new.id, 2).new_apikey(&format!("key {n}")).await.unwrap();
    }
    let one_more = change(&store, &new.id, 3).new_apikey("one more").await;
    assert!(matches!(one_more, Err(StoreError::LimitReached { max: 32, .. })));
    change(&store, &new.id, 4).revoke_apikey(&new.apikey).await.unwrap();
    change(&store, &new.id, 5).new_apikey("one more").await.unwrap();
}

pub(crate) async fn branding_and_settings_read_back(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    let branding = Branding {
        logo: Some(ImageUrl::parse("https://shop.example/logo.png").unwrap()),
        background_color: Colour::parse("#123456").unwrap(),
        text_color: Colour::parse("#abcdef").unwrap(),
        button_theme: ButtonTheme::White,
        powered_by: false,
    };
    let settings = AccountSettings {
        calls: CallSettings {
            ring_timeout: Millis::seconds(5),
            connect_timeout: Millis::seconds(6),
            max_duration: Millis::seconds(7),
            devices: DevicePolicy::Many,
            decline: DeclineScope::ThisDevice,
        },
        access: AccessSettings {
            require_user_tokens: true,
            jwks_url: Some(FetchUrl::parse("https://shop.example/keys.json").unwrap()),
            allowed_origins: vec![WebOrigin::parse("https://shop.example").unwrap()],
        },
        retention_days: 30,
    };
    change(&store, &new.id, 2).branding(&branding).await.unwrap();
    let all = SettingsChange {
        name: Some(title("Acme & Sons")),
        calls: Some(settings.calls.clone()),
        access: Some(settings.access.clone()),
        retention_days: Some(30),
    };
    assert_eq!(change(&store, &new.id, 3).settings(&all).await.unwrap(), settings);
    assert_eq!(account.settings().await.unwrap(), settings);
    let rules = account.admit(&new.apikey).await.unwrap().unwrap();
    assert_eq!(
        rules,
        Rules {
            branding: branding.clone(),
            calls: settings.calls.clone(),
            access: settings.access.clone(),
            turn: Vec::new()
        }
    );
    let overview = account.overview().await.unwrap();
    assert_eq!((overview.name, overview.created_at), (title("Acme & Sons"), at(1)));
    assert_eq!(
        (overview.account_id, overview.settings, overview.branding),
        (new.id.clone(), settings, branding)
    );
}

pub(crate) async fn what_is_not_named_of_the_settings_stays(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let days = SettingsChange { retention_days: Some(7), ..SettingsChange::default() };
    change(&store, &new.id, 2).settings(&days).await.unwrap();
    let calls = CallSettings { devices: DevicePolicy::Many, ..CallSettings::default() };
    let many = SettingsChange { calls: Some(calls.clone()), ..SettingsChange::default() };
    let settings = change(&store, &new.id, 3).settings(&many).await.unwrap();
    assert_eq!(settings, AccountSettings { calls, access: AccessSettings::default(), retention_days: 7 });
    assert_eq!(store.account(&new.id).overview().await.unwrap().name, title("Acme"));
}

pub(crate) async fn settings_stay_inside_their_bounds(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let wild = CallSettings {
        ring_timeout: Millis::new(1),
        connect_timeout: Millis::seconds(100_000),
        ..CallSettings::default()
    };
    let wild =
        SettingsChange { calls: Some(wild), retention_days: Some(u16::MAX), ..SettingsChange::default() };
    change(&store, &new.id, 2).settings(&wild).await.unwrap();
    let settings = store.account(&new.id).settings().await.unwrap();
    assert_eq!(settings.calls.ring_timeout, limits::RING_TIMEOUT_MIN);
    assert_eq!(settings.calls.connect_timeout, limits::CONNECT_TIMEOUT_MAX);
    assert_eq!(settings.retention_days, *RETENTION_DAYS.end());
}

pub(crate) async fn accounts_are_listed_oldest_first(store: Store) {
    assert_eq!(store.accounts().await.unwrap(), []);
    for (name, created) in [("Second", 2), ("First", 1), ("Third", 3)] {
        store.create_account(name, at(created)).await.unwrap();
    }
    let accounts = store.accounts().await.unwrap();
    let names: Vec<_> = accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["First", "Second", "Third"]);
    assert_eq!(accounts[0].created_at, at(1));
}

pub(crate) async fn what_does_not_exist_is_said_so(store: Store) {
    let id = AccountId::parse("nobody").unwrap();
    let nobody = store.account(&id);
    assert_eq!(nobody.admit("pk_x").await.unwrap(), None);
    assert_eq!(nobody.token_secrets_in_force(at(1)).await.unwrap(), []);
    let missing = |error| matches!(error, StoreError::NoSuchAccount(account) if account == id);
    assert!(missing(nobody.rules().await.unwrap_err()));
    assert!(missing(nobody.settings().await.unwrap_err()));
    assert!(missing(nobody.overview().await.unwrap_err()));
    assert!(missing(nobody.apikeys().await.unwrap_err()));
    assert!(missing(nobody.secret_keys().await.unwrap_err()));
    assert!(missing(nobody.token_secrets(at(1)).await.unwrap_err()));
    assert!(missing(nobody.members().await.unwrap_err()));
    assert!(missing(nobody.invitations(at(1)).await.unwrap_err()));
    assert!(missing(nobody.put_image(b"png", at(1)).await.unwrap_err()));
    let change = change(&store, &id, 1);
    assert!(missing(change.new_apikey("k").await.unwrap_err()));
    assert!(missing(change.new_secret_key("k").await.unwrap_err()));
    assert!(missing(change.rotate_token_secret(1).await.unwrap_err()));
    assert!(missing(change.branding(&Branding::default()).await.unwrap_err()));
    assert!(missing(change.settings(&SettingsChange::default()).await.unwrap_err()));
    assert!(missing(change.invite(None, MemberRole::Viewer).await.unwrap_err()));
    assert!(missing(change.audit("call.ended", None, Vec::new()).await.unwrap_err()));
    assert!(missing(change.delete_account().await.unwrap_err()));
}

pub(crate) async fn an_account_id_is_given_once(store: Store) {
    let id = AccountId::parse("demo").unwrap();
    store.create_account_as(id.clone(), "Demo", at(1)).await.unwrap();
    let again = store.create_account_as(id.clone(), "Demo", at(2)).await;
    assert!(matches!(again, Err(StoreError::AccountTaken(taken)) if taken == id));
}

pub(crate) async fn each_change_is_told_to_who_polls(store: Store) {
    let (one, two) = (
        store.create_account("One", at(1)).await.unwrap().id,
        store.create_account("Two", at(2)).await.unwrap().id,
    );
    assert_eq!(store.changed_accounts(at(2)).await.unwrap(), [(two.clone(), at(2))]);
    change(&store, &one, 50).new_apikey("website").await.unwrap();
    change(&store, &one, 50).audit("call.ended", None, Vec::new()).await.unwrap();
    let told = store.changed_accounts(at(3)).await.unwrap();
    assert_eq!(told, [(one.clone(), at(51))], "two changes of one millisecond are two");
    change(&store, &two, 20).delete_account().await.unwrap();
    assert_eq!(store.changed_accounts(at(3)).await.unwrap(), [(two, at(20)), (one, at(51))]);
}

pub(crate) async fn a_deleted_account_is_nobodys_and_its_calls_still_end(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let owner = member(&store, "meera").await;
    let invitation = change(&store, &new.id, 2).invite(None, MemberRole::Owner).await.unwrap();
    store.accept_invitation(&invitation.token, &owner, at(3)).await.unwrap();
    let open = change(&store, &new.id, 4).invite(None, MemberRole::Owner).await.unwrap();
    let running = crate::calls::placed(crate::calls::call(5), &new.id, 5);
    store.journal("here").write(std::slice::from_ref(&running), &[], &[]).await.unwrap();

    change(&store, &new.id, 10).delete_account().await.unwrap();
    let account = store.account(&new.id);
    assert_eq!(account.admit(&new.apikey).await.unwrap(), None);
    assert_eq!(store.secret_key(&new.secret, at(11)).await.unwrap(), None);
    assert_eq!(account.token_secrets_in_force(at(11)).await.unwrap(), []);
    assert_eq!(store.memberships_of(&owner.id).await.unwrap(), []);
    assert_eq!(store.role_in(&owner.id, &new.id).await.unwrap(), None);
    assert_eq!(store.accounts().await.unwrap(), []);
    assert_eq!(store.invitation(&open.token, at(11)).await.unwrap(), None);
    assert!(matches!(account.overview().await, Err(StoreError::NoSuchAccount(_))));

    let unfinished = store.journal("here").unfinished_calls().await.unwrap();
    let record = tring_protocol::call::CallRecord::fold(&unfinished[0]).unwrap();
    store.journal("here").write(&[], &[record], &[]).await.unwrap();
    store.forget_expired(at(10 + DAY - 1)).await.unwrap();
    assert_eq!(store.changed_accounts(at(10)).await.unwrap().len(), 1);
    store.forget_expired(at(10 + DAY)).await.unwrap();
    assert_eq!(store.changed_accounts(at(0)).await.unwrap(), []);
    assert_eq!(account.events(crate::calls::call(5)).await.unwrap(), []);
}

pub(crate) async fn a_member_makes_an_account_and_owns_it(store: Store) {
    let owner = member(&store, "meera").await;
    let id = store.new_account_for(&owner, &title("Acme"), at(5)).await.unwrap();
    assert_eq!(store.role_in(&owner.id, &id).await.unwrap(), Some(MemberRole::Owner));
    let account = store.account(&id);
    let keys = account.apikeys().await.unwrap();
    assert!(account.admit(&keys[0].apikey).await.unwrap().is_some());
    assert_eq!(account.secret_keys().await.unwrap(), []);
    assert_eq!(account.token_secrets_in_force(at(5)).await.unwrap().len(), 1);
    let entry = &account.audit(None).await.unwrap().items[0];
    assert_eq!((entry.action.as_str(), entry.actor.as_str()), ("account.created", "meera"));
}

pub(crate) async fn what_no_database_can_hold_finds_nothing(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let (account, nul) = (store.account(&id), "a\0b");
    assert_eq!(store.image(nul).await.unwrap(), None);
    assert_eq!(store.member(nul).await.unwrap(), None);
    assert_eq!(store.secret_key(nul, at(2)).await.unwrap(), None);
    assert_eq!(store.session(nul, at(2)).await.unwrap(), None);
    assert_eq!(store.invitation(nul, at(2)).await.unwrap(), None);
    assert_eq!(account.admit(nul).await.unwrap(), None);
    assert_eq!(account.member(nul).await.unwrap(), None);
    assert_eq!(account.users(Some(nul), Some(nul)).await.unwrap().items, []);
    let change = change(&store, &id, 2);
    for answer in [
        change.revoke_apikey(nul).await,
        change.revoke_secret_key(nul).await,
        change.refuse_token_secret(nul).await,
        change.withdraw_invitation(nul).await,
        change.remove_member(nul).await,
        change.set_role(nul, MemberRole::Admin).await,
    ] {
        assert!(matches!(answer, Err(StoreError::NotFound(_) | StoreError::NoSuchKey(_))), "{answer:?}");
    }
}
