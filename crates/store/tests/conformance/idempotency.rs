use tring_protocol::ids::AccountId;
use tring_store::{Answer, Begun, Store};

use crate::{DAY, MINUTE, at};

fn answer() -> Answer {
    Answer {
        status: 201,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: b"{\"a\":\"\\u0000\"}".to_vec(),
    }
}

async fn account(store: &Store) -> AccountId {
    store.create_account("Acme", at(1)).await.unwrap().id
}

pub(crate) async fn a_repeated_request_gets_the_first_answer(store: Store) {
    let id = account(&store).await;
    let account = store.account(&id);
    assert_eq!(account.begin_request("key", "hash", at(10)).await.unwrap(), Begun::First);
    account.finish_request("key", &answer()).await.unwrap();
    for millis in [11, DAY] {
        let again = account.begin_request("key", "hash", at(millis)).await.unwrap();
        assert_eq!(again, Begun::Answered(answer()));
    }
}

pub(crate) async fn another_request_with_the_same_key_is_refused(store: Store) {
    let id = account(&store).await;
    let account = store.account(&id);
    account.begin_request("key", "hash", at(10)).await.unwrap();
    assert_eq!(account.begin_request("key", "other", at(11)).await.unwrap(), Begun::OtherRequest);
    account.finish_request("key", &answer()).await.unwrap();
    assert_eq!(account.begin_request("key", "other", at(12)).await.unwrap(), Begun::OtherRequest);
}

pub(crate) async fn a_request_without_an_answer_is_in_progress_until_it_is_lost(store: Store) {
    let id = account(&store).await;
    let account = store.account(&id);
    account.begin_request("key", "hash", at(10)).await.unwrap();
    let again = account.begin_request("key", "hash", at(10 + 2 * MINUTE)).await.unwrap();
    assert_eq!(again, Begun::InProgress);
    let later = account.begin_request("key", "hash", at(11 + 2 * MINUTE)).await.unwrap();
    assert_eq!(later, Begun::First, "the process that worked on it is gone");
}

pub(crate) async fn a_forgotten_request_may_be_tried_again(store: Store) {
    let id = account(&store).await;
    let account = store.account(&id);
    account.begin_request("key", "hash", at(10)).await.unwrap();
    account.forget_request("key").await.unwrap();
    assert_eq!(account.begin_request("key", "other", at(11)).await.unwrap(), Begun::First);
}

pub(crate) async fn keys_of_two_accounts_have_nothing_to_do_with_each_other(store: Store) {
    let (one, two) = (account(&store).await, account(&store).await);
    store.account(&one).begin_request("key", "hash", at(10)).await.unwrap();
    store.account(&one).finish_request("key", &answer()).await.unwrap();
    assert_eq!(store.account(&two).begin_request("key", "hash", at(11)).await.unwrap(), Begun::First);
    store.account(&two).forget_request("key").await.unwrap();
    let kept = store.account(&one).begin_request("key", "hash", at(12)).await.unwrap();
    assert_eq!(kept, Begun::Answered(answer()));
}

pub(crate) async fn answers_are_kept_for_a_day(store: Store) {
    let id = account(&store).await;
    let account = store.account(&id);
    account.begin_request("key", "hash", at(10)).await.unwrap();
    account.finish_request("key", &answer()).await.unwrap();
    store.forget_expired(at(9 + DAY)).await.unwrap();
    assert_eq!(account.begin_request("key", "hash", at(9 + DAY)).await.unwrap(), Begun::Answered(answer()));
    store.forget_expired(at(10 + DAY)).await.unwrap();
    assert_eq!(account.begin_request("key", "hash", at(10 + DAY)).await.unwrap(), Begun::First);
}
