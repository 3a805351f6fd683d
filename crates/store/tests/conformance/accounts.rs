use tring_protocol::ids::AccountId;
use tring_protocol::limits;
use tring_protocol::settings::{Branding, ButtonTheme, CallSettings, DevicePolicy};
use tring_protocol::text::{Colour, ImageUrl};
use tring_protocol::time::Millis;
use tring_store::{Store, StoreError};

use crate::at;

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
    let second = account.new_key("website", at(2)).await.unwrap();
    account.revoke_key(&new.apikey, at(3)).await.unwrap();
    assert_eq!(account.admit(&new.apikey).await.unwrap(), None);
    assert!(account.admit(&second).await.unwrap().is_some());
    let keys = account.keys().await.unwrap();
    assert_eq!(keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["default", "website"]);
    assert_eq!(keys.iter().map(|key| key.revoked_at).collect::<Vec<_>>(), [Some(at(3)), None]);
    assert!(matches!(account.revoke_key(&new.apikey, at(4)).await, Err(StoreError::NoSuchKey(_))));
}

pub(crate) async fn no_account_signs_in_with_the_key_of_another(store: Store) {
    let (one, two) = (
        store.create_account("One", at(1)).await.unwrap(),
        store.create_account("Two", at(1)).await.unwrap(),
    );
    assert_eq!(store.account(&one.id).admit(&two.apikey).await.unwrap(), None);
    assert!(matches!(
        store.account(&one.id).revoke_key(&two.apikey, at(2)).await,
        Err(StoreError::NoSuchKey(_))
    ));
    assert!(store.account(&two.id).admit(&two.apikey).await.unwrap().is_some());
}

pub(crate) async fn an_account_has_a_bounded_number_of_keys(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    for n in 1..32 {
        account.new_key(&format!("key {n}"), at(2)).await.unwrap();
    }
    assert!(matches!(account.new_key("one more", at(3)).await, Err(StoreError::TooManyKeys { max: 32 })));
    account.revoke_key(&new.apikey, at(4)).await.unwrap();
    account.new_key("one more", at(5)).await.unwrap();
}

pub(crate) async fn branding_and_call_settings_read_back(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    let branding = Branding {
        logo: Some(ImageUrl::parse("https://shop.example/logo.png").unwrap()),
        background_color: Colour::parse("#123456").unwrap(),
        text_color: Colour::parse("#abcdef").unwrap(),
        button_theme: ButtonTheme::White,
        powered_by: false,
    };
    let calls = CallSettings {
        ring_timeout: Millis::seconds(5),
        connect_timeout: Millis::seconds(6),
        max_duration: Millis::seconds(7),
        devices: DevicePolicy::Many,
    };
    account.set_branding(&branding).await.unwrap();
    account.set_call_settings(calls.clone()).await.unwrap();
    let rules = account.rules().await.unwrap();
    assert_eq!((rules.branding, rules.calls), (branding, calls));
}

pub(crate) async fn call_settings_stay_inside_their_bounds(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    let wild = CallSettings {
        ring_timeout: Millis::new(1),
        connect_timeout: Millis::seconds(100_000),
        ..CallSettings::default()
    };
    account.set_call_settings(wild).await.unwrap();
    let calls = account.rules().await.unwrap().calls;
    assert_eq!(calls.ring_timeout, limits::RING_TIMEOUT_MIN);
    assert_eq!(calls.connect_timeout, limits::CONNECT_TIMEOUT_MAX);
}

pub(crate) async fn the_secret_is_known_by_its_hash(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let account = store.account(&new.id);
    assert!(account.secret_matches(&new.secret).await.unwrap());
    assert!(!account.secret_matches(&new.apikey).await.unwrap());
    assert!(!account.secret_matches("").await.unwrap());
    assert!(!format!("{new:?}").contains(&new.secret), "a secret never reaches a log");
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
    let missing = |error| matches!(error, StoreError::NoSuchAccount(account) if account == id);
    assert!(missing(nobody.rules().await.unwrap_err()));
    assert!(missing(nobody.keys().await.unwrap_err()));
    assert!(missing(nobody.new_key("k", at(1)).await.unwrap_err()));
    assert!(missing(nobody.set_branding(&Branding::default()).await.unwrap_err()));
    assert!(missing(nobody.set_call_settings(CallSettings::default()).await.unwrap_err()));
    assert!(missing(nobody.secret_matches("sk_x").await.unwrap_err()));
}
