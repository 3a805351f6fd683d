use tring_store::{Store, StoreError};

use crate::{MINUTE, at, change};

const HOUR: u64 = 60 * MINUTE;

pub(crate) async fn a_new_account_has_a_secret_in_use(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let in_force = store.account(&id).token_secrets_in_force(at(1)).await.unwrap();
    assert_eq!((in_force.len(), in_force[0].retires_at), (1, None));
    assert_eq!(in_force[0].secret.len(), 52);
    assert!(!format!("{in_force:?}").contains(&in_force[0].secret), "a secret never reaches a log");
    let listed = store.account(&id).token_secrets(at(1)).await.unwrap();
    assert_eq!((&listed[0].secret_id, &listed[0].secret), (&in_force[0].secret_id, &None));
}

pub(crate) async fn a_rotated_secret_is_accepted_until_its_time_is_over(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let account = store.account(&id);
    let first = account.token_secrets_in_force(at(1)).await.unwrap().remove(0);
    let second = change(&store, &id, 10).rotate_token_secret(24).await.unwrap();
    let end = at(10 + 24 * HOUR);
    let ids = async |now| {
        let in_force = account.token_secrets_in_force(now).await.unwrap();
        in_force.into_iter().map(|secret| (secret.secret_id, secret.retires_at)).collect::<Vec<_>>()
    };
    let in_use = (second.secret_id.clone(), None);
    assert_eq!(ids(at(11)).await, [in_use.clone(), (first.secret_id.clone(), Some(end))]);
    assert_eq!(ids(end).await, [in_use]);
    let third = change(&store, &id, 20).rotate_token_secret(0).await.unwrap();
    let expected = [(third.secret_id, None), (first.secret_id, Some(end))];
    assert_eq!(ids(at(20)).await, expected, "without an overlap the one before is refused at once");
    let opened = account.token_secrets_in_force(at(20)).await.unwrap();
    assert_eq!((&opened[0].secret, &opened[1].secret), (&third.secret.unwrap(), &first.secret));
    store.forget_expired(end).await.unwrap();
    assert_eq!(ids(at(20)).await.len(), 1, "what is retired is forgotten");
}

pub(crate) async fn a_secret_that_was_rotated_out_can_be_refused_at_once(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let account = store.account(&id);
    let old = account.token_secrets(at(1)).await.unwrap().remove(0);
    let new = change(&store, &id, 2).rotate_token_secret(1).await.unwrap();
    change(&store, &id, 3).refuse_token_secret(&old.secret_id).await.unwrap();
    let left = account.token_secrets(at(3)).await.unwrap();
    assert_eq!(left.iter().map(|secret| &secret.secret_id).collect::<Vec<_>>(), [&new.secret_id]);
    let again = change(&store, &id, 4).refuse_token_secret(&old.secret_id).await;
    assert!(matches!(again, Err(StoreError::NotFound("token secret"))));
}

pub(crate) async fn the_secret_in_use_cannot_be_refused(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let in_use = store.account(&id).token_secrets(at(1)).await.unwrap().remove(0);
    let refused = change(&store, &id, 2).refuse_token_secret(&in_use.secret_id).await;
    assert!(matches!(refused, Err(StoreError::SecretInUse)));
}

pub(crate) async fn showing_a_secret_is_written_down(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    let account = store.account(&id);
    let known = account.token_secrets_in_force(at(1)).await.unwrap().remove(0);
    let shown = change(&store, &id, 2).reveal_token_secret(&known.secret_id).await.unwrap();
    assert_eq!(shown.secret, Some(known.secret));
    let entry = account.audit(None).await.unwrap().items.remove(0);
    assert_eq!((entry.action.as_str(), entry.subject), ("token_secret.revealed", Some(known.secret_id)));
}

pub(crate) async fn an_account_opens_its_own_secrets_alone(store: Store) {
    let mine = store.create_account("Mine", at(1)).await.unwrap().id;
    let other = store.create_account("Other", at(1)).await.unwrap().id;
    let secret = store.account(&mine).token_secrets(at(1)).await.unwrap().remove(0);
    change(&store, &mine, 2).rotate_token_secret(1).await.unwrap();
    let change = change(&store, &other, 3);
    for answer in [
        change.reveal_token_secret(&secret.secret_id).await.map(|_| ()),
        change.refuse_token_secret(&secret.secret_id).await,
    ] {
        assert!(matches!(answer, Err(StoreError::NotFound("token secret"))));
    }
    assert_eq!(store.account(&mine).token_secrets(at(3)).await.unwrap().len(), 2);
}

pub(crate) async fn an_account_has_a_bounded_number_of_secrets_in_force(store: Store) {
    let id = store.create_account("Acme", at(1)).await.unwrap().id;
    for millis in 2..9 {
        change(&store, &id, millis).rotate_token_secret(1).await.unwrap();
    }
    let one_more = change(&store, &id, 9).rotate_token_secret(1).await;
    assert!(matches!(one_more, Err(StoreError::LimitReached { max: 8, .. })));
    change(&store, &id, 10 + HOUR).rotate_token_secret(1).await.unwrap();
}
