use tring_store::{KnownKey, Store, StoreError};

use crate::{MINUTE, at, change};

pub(crate) async fn a_secret_key_says_whose_it_is(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    assert!(!format!("{new:?}").contains(&new.secret), "a secret never reaches a log");
    let first = store.secret_key(&new.secret, at(2)).await.unwrap().unwrap();
    assert_eq!((first.account, first.name.as_str()), (new.id.clone(), "default"));

    let made = change(&store, &new.id, 3).new_secret_key("backend").await.unwrap();
    let secret = made.secret.unwrap();
    assert!(secret.starts_with("sk_") && secret.ends_with(&made.ending) && made.ending.len() == 4);
    let known = store.secret_key(&secret, at(4)).await.unwrap();
    let expected = KnownKey { account: new.id.clone(), key_id: made.key_id, name: "backend".to_owned() };
    assert_eq!(known, Some(expected));
    for wrong in ["", "sk_", &new.apikey, &secret[1..], &secret.to_uppercase()] {
        assert_eq!(store.secret_key(wrong, at(5)).await.unwrap(), None);
    }
    let listed = store.account(&new.id).secret_keys().await.unwrap();
    assert_eq!(listed.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["default", "backend"]);
    assert!(listed.iter().all(|key| key.secret.is_none()), "a key is shown once");
}

pub(crate) async fn a_revoked_secret_key_is_nobodys(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let made = change(&store, &new.id, 2).new_secret_key("backend").await.unwrap();
    change(&store, &new.id, 3).revoke_secret_key(&made.key_id).await.unwrap();
    assert_eq!(store.secret_key(&made.secret.unwrap(), at(4)).await.unwrap(), None);
    assert!(store.secret_key(&new.secret, at(4)).await.unwrap().is_some());
    let again = change(&store, &new.id, 5).revoke_secret_key(&made.key_id).await;
    assert!(matches!(again, Err(StoreError::NoSuchKey(_))));
    let listed = store.account(&new.id).secret_keys().await.unwrap();
    assert_eq!(listed.iter().map(|key| key.revoked_at).collect::<Vec<_>>(), [None, Some(at(3))]);
}

pub(crate) async fn its_use_is_noted_once_a_minute(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    let noted = async |now| {
        store.secret_key(&new.secret, at(now)).await.unwrap();
        store.account(&new.id).secret_keys().await.unwrap()[0].last_used_at
    };
    assert_eq!(noted(5).await, Some(at(5)));
    assert_eq!(noted(4 + MINUTE).await, Some(at(5)));
    assert_eq!(noted(5 + MINUTE).await, Some(at(5 + MINUTE)));
}

pub(crate) async fn an_account_has_a_bounded_number_of_secret_keys(store: Store) {
    let new = store.create_account("Acme", at(1)).await.unwrap();
    for n in 1..32 {
        change(&store, &new.id, 2).new_secret_key(&format!("key {n}")).await.unwrap();
    }
    let one_more = change(&store, &new.id, 3).new_secret_key("one more").await;
    assert!(matches!(one_more, Err(StoreError::LimitReached { max: 32, .. })));
    let first = store.account(&new.id).secret_keys().await.unwrap().remove(0);
    change(&store, &new.id, 4).revoke_secret_key(&first.key_id).await.unwrap();
    change(&store, &new.id, 5).new_secret_key("one more").await.unwrap();
}

pub(crate) async fn no_account_revokes_the_key_of_another(store: Store) {
    let mine = store.create_account("Mine", at(1)).await.unwrap();
    let other = store.create_account("Other", at(1)).await.unwrap();
    let key = store.account(&mine.id).secret_keys().await.unwrap().remove(0);
    let revoked = change(&store, &other.id, 2).revoke_secret_key(&key.key_id).await;
    assert!(matches!(revoked, Err(StoreError::NoSuchKey(_))));
    assert!(store.secret_key(&mine.secret, at(3)).await.unwrap().is_some());
}
