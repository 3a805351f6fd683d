use tring_store::Store;

use crate::{DAY, MINUTE, at, member};

pub(crate) async fn a_session_says_whose_it_is_until_it_ends(store: Store) {
    let meera = member(&store, "meera").await;
    let token = store.start_session(&meera.id, at(5)).await.unwrap();
    let session = store.session(&token, at(6)).await.unwrap().unwrap();
    assert_eq!((session.member.id.as_str(), session.created_at), (meera.id.as_str(), at(5)));
    assert_eq!(session.member.last_seen_at, Some(at(5)));
    for wrong in ["", "unknown", &token[1..]] {
        assert_eq!(store.session(wrong, at(6)).await.unwrap(), None);
    }
    store.end_session(&token).await.unwrap();
    assert_eq!(store.session(&token, at(7)).await.unwrap(), None);
    store.end_session(&token).await.unwrap();
    store.start_session("mem_unknown", at(8)).await.unwrap_err();
}

pub(crate) async fn a_session_lives_while_it_is_used(store: Store) {
    let meera = member(&store, "meera").await;
    let token = store.start_session(&meera.id, at(5)).await.unwrap();
    let end = async |now| store.session(&token, at(now)).await.unwrap().map(|session| session.expires_at);
    assert_eq!(end(4 + MINUTE).await, Some(at(5 + 14 * DAY)), "noted once a minute");
    assert_eq!(end(5 + MINUTE).await, Some(at(5 + MINUTE + 14 * DAY)));
    assert_eq!(store.member(&meera.id).await.unwrap().unwrap().last_seen_at, Some(at(5 + MINUTE)));
    assert_eq!(end(4 + MINUTE + 14 * DAY).await, Some(at(4 + MINUTE + 28 * DAY)));
    assert_eq!(end(4 + MINUTE + 28 * DAY).await, None);
}

pub(crate) async fn a_session_ends_after_half_a_year_whatever_happens(store: Store) {
    let meera = member(&store, "meera").await;
    let token = store.start_session(&meera.id, at(5)).await.unwrap();
    for day in (10..180).step_by(10) {
        assert!(store.session(&token, at(day * DAY)).await.unwrap().is_some(), "day {day}");
    }
    assert!(store.session(&token, at(4 + 180 * DAY)).await.unwrap().is_some());
    assert_eq!(store.session(&token, at(5 + 180 * DAY)).await.unwrap(), None);
}

pub(crate) async fn a_member_signs_out_everywhere_else(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let (here, there, of_bob) = (
        store.start_session(&meera.id, at(2)).await.unwrap(),
        store.start_session(&meera.id, at(2)).await.unwrap(),
        store.start_session(&bob.id, at(2)).await.unwrap(),
    );
    store.end_sessions_of(&meera.id, Some(&here)).await.unwrap();
    assert_eq!(store.session(&there, at(3)).await.unwrap(), None);
    assert!(store.session(&here, at(3)).await.unwrap().is_some());
    store.end_sessions_of(&meera.id, None).await.unwrap();
    assert_eq!(store.session(&here, at(3)).await.unwrap(), None);
    assert!(store.session(&of_bob, at(3)).await.unwrap().is_some());
}

pub(crate) async fn expired_sessions_are_forgotten(store: Store) {
    let meera = member(&store, "meera").await;
    let old = store.start_session(&meera.id, at(5)).await.unwrap();
    let new = store.start_session(&meera.id, at(6)).await.unwrap();
    store.forget_expired(at(5 + 14 * DAY)).await.unwrap();
    // Asked as of an earlier moment, only what is still there answers.
    assert_eq!(store.session(&old, at(7)).await.unwrap(), None);
    assert!(store.session(&new, at(7)).await.unwrap().is_some());
}
