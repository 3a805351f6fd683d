use tring_store::{Store, StoreError};

use crate::{MINUTE, at, member};

pub(crate) async fn a_link_sets_a_password_once(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let token = store.new_reset(&meera.id, at(2)).await.unwrap();
    assert!(store.reset_works(&token, at(3)).await.unwrap());
    assert_eq!(store.use_reset(&token, "$new", at(3)).await.unwrap(), meera.id);
    assert!(!store.reset_works(&token, at(4)).await.unwrap());
    let again = store.use_reset(&token, "$again", at(4)).await;
    assert!(matches!(again, Err(StoreError::LinkExpired)));
    let hash_of = async |id: &str| store.credentials(id).await.unwrap().unwrap().password_hash;
    assert_eq!(hash_of(&meera.id).await, "$new");
    assert_eq!(hash_of(&bob.id).await, "$argon2id$of-a-password");
}

pub(crate) async fn a_link_ends_the_sessions_and_the_other_links(store: Store) {
    let meera = member(&store, "meera").await;
    let session = store.start_session(&meera.id, at(2)).await.unwrap();
    let (one, two) =
        (store.new_reset(&meera.id, at(2)).await.unwrap(), store.new_reset(&meera.id, at(3)).await.unwrap());
    assert!(store.reset_works(&one, at(4)).await.unwrap(), "a later mail does not spoil an earlier one");
    store.use_reset(&two, "$new", at(4)).await.unwrap();
    assert!(store.session(&session, at(5)).await.unwrap().is_none());
    assert!(matches!(store.use_reset(&one, "$other", at(5)).await, Err(StoreError::LinkExpired)));
}

pub(crate) async fn an_expired_link_sets_nothing(store: Store) {
    let meera = member(&store, "meera").await;
    let token = store.new_reset(&meera.id, at(2)).await.unwrap();
    let end = at(2 + 60 * MINUTE);
    assert!(!store.reset_works(&token, end).await.unwrap());
    assert!(matches!(store.use_reset(&token, "$new", end).await, Err(StoreError::LinkExpired)));
    assert!(matches!(store.use_reset("unknown", "$new", at(3)).await, Err(StoreError::LinkExpired)));
    let known = store.credentials(&meera.id).await.unwrap().unwrap();
    assert_eq!(known.password_hash, "$argon2id$of-a-password");
}
