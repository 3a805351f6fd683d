use super::*;
use sea_orm::PaginatorTrait;
use tring_protocol::call::samples::placed_in;
use tring_protocol::call::{CallEvent, CallEventKind, LegQuality};
use tring_protocol::ids::{AccountId, CallId};
use tring_protocol::outcome::EndReason;
use tring_protocol::time::Timestamp;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn call(account: &AccountId, number: u64) -> [CallEvent; 4] {
    let placed = 1_800_000_000_000 + number * 1_000_000;
    let id = CallId::new(at(placed), [1; 10]);
    let event = |index, what| CallEvent { call: id, index, at: at(placed + u64::from(index) * 1_000), what };
    let quality = LegQuality {
        packets: 100,
        lost: 1,
        jitter: 1.0,
        rtt: Some(30.0),
        mos: Some(4.1),
        ..LegQuality::default()
    };
    [
        event(0, placed_in(account.clone())),
        event(1, CallEventKind::Answered { leg: 1 }),
        event(2, CallEventKind::Quality { leg: 0, quality }),
        event(3, CallEventKind::Ended { reason: EndReason::Hangup, by: None }),
    ]
}

async fn figures(store: &Store) -> (Vec<call_volumes::Model>, Vec<call_tallies::Model>, Vec<calls::Model>) {
    (
        call_volumes::Entity::find().all(&store.db).await.unwrap(),
        call_tallies::Entity::find().all(&store.db).await.unwrap(),
        calls::Entity::find().order_by_asc(calls::Column::CallId).all(&store.db).await.unwrap(),
    )
}

/// As a server leaves them that knows nothing of figures.
async fn forget_figures(store: &Store) {
    call_volumes::Entity::delete_many().exec(&store.db).await.unwrap();
    call_tallies::Entity::delete_many().exec(&store.db).await.unwrap();
    let unmarked =
        calls::ActiveModel { mos: Set(None), quality: Set(None), counted: Set(None), ..Default::default() };
    calls::Entity::update_many().set(unmarked).exec(&store.db).await.unwrap();
}

#[tokio::test]
async fn calls_that_an_earlier_release_ended_are_counted_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::in_directory(directory.path()).await.unwrap();
    let account = store.create_account("Acme", at(1)).await.unwrap().id;
    let journal = store.journal("here");
    for number in 0..450 {
        let events = call(&account, number);
        let record = CallRecord::fold(&events).unwrap();
        journal.write(&events, &[record], &[]).await.unwrap();
    }
    journal.write(&call(&account, 999)[..2], &[], &[]).await.unwrap();
    let counted = figures(&store).await;
    assert_eq!(counted.0.iter().map(|row| row.over).sum::<i64>(), 450);

    forget_figures(&store).await;
    let (one, two) = (store.clone(), store.clone());
    let (one, two) = tokio::join!(count_leftovers(&one.db), count_leftovers(&two.db));
    one.unwrap();
    two.unwrap();
    assert_eq!(figures(&store).await, counted, "two at once count each call once");

    forget_figures(&store).await;
    store.close().await.unwrap();
    let store = Store::in_directory(directory.path()).await.unwrap();
    assert_eq!(figures(&store).await, counted, "counted when the store is opened");
    let running =
        calls::Entity::find().filter(calls::Column::Counted.is_null()).count(&store.db).await.unwrap();
    assert_eq!(running, 1);
}
