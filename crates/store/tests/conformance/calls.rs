use tring_protocol::call::samples::placed_in;
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord, LegQuality};
use tring_protocol::ids::{AccountId, CallId, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{DeviceDetails, Platform, Role};
use tring_store::{Journal, Store};

use crate::at;
use crate::made::{NODE, account};

pub(crate) fn call(placed: u64) -> CallId {
    CallId::new(at(placed), [7; 10])
}

fn event(call: CallId, index: u32, millis: u64, what: CallEventKind) -> CallEvent {
    CallEvent { call, index, at: at(millis), what }
}

pub(crate) fn placed(call: CallId, account: &AccountId, millis: u64) -> CallEvent {
    event(call, 0, millis, placed_in(account.clone()))
}

/// A call with an event of every kind that carries something.
fn whole_call(call: CallId, account: &AccountId, millis: u64) -> Vec<CallEvent> {
    let quality = LegQuality {
        packets: 50,
        lost: 1,
        jitter: 1.5,
        rtt: Some(20.25),
        mos: None,
        ..LegQuality::default()
    };
    let device = DeviceId::parse("device-b").unwrap();
    let kinds = [
        CallEventKind::Offered {
            leg: 1,
            device,
            platform: Platform::Ios,
            details: DeviceDetails::default(),
            waiting: false,
        },
        CallEventKind::Ringing { leg: 1 },
        CallEventKind::Answered { leg: 1 },
        CallEventKind::Connected,
        CallEventKind::Quality { leg: 0, quality },
        CallEventKind::Quality { leg: 1, quality: LegQuality::default() },
        CallEventKind::Ended { reason: EndReason::Hangup, by: Some(Role::Callee) },
    ];
    let rest = (1..).zip(kinds).map(|(index, what)| event(call, index, millis + u64::from(index), what));
    std::iter::once(placed(call, account, millis)).chain(rest).collect()
}

async fn finished(journal: &Journal, call: CallId, account: &AccountId, millis: u64) -> CallRecord {
    let events = whole_call(call, account, millis);
    let record = CallRecord::fold(&events).unwrap();
    journal.write(&events, std::slice::from_ref(&record), &[]).await.unwrap();
    record
}

pub(crate) async fn events_read_back_in_order(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let events = whole_call(call(10), &account, 10);
    for part in events.chunks(3) {
        journal.write(part, &[], &[]).await.unwrap();
    }
    assert_eq!(store.account(&account).events(call(10)).await.unwrap(), events);
}

pub(crate) async fn a_batch_may_be_repeated(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let first = finished(&journal, call(10), &account, 10).await;
    let again = finished(&journal, call(10), &account, 10).await;
    assert_eq!(first, again);
    assert_eq!(store.account(&account).events(call(10)).await.unwrap(), whole_call(call(10), &account, 10));
}

pub(crate) async fn a_batch_is_written_whole_or_not_at_all(store: Store) {
    let account = account(&store).await;
    let orphan = event(call(99), 1, 20, CallEventKind::Connected);
    let batch = [placed(call(10), &account, 10), orphan];
    store.journal(NODE).write(&batch, &[], &[]).await.unwrap_err();
    assert_eq!(store.journal(NODE).unfinished_calls().await.unwrap(), Vec::<Vec<CallEvent>>::new());
}

pub(crate) async fn unfinished_calls_are_those_of_this_node_without_a_record(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let running = whole_call(call(20), &account, 20)[..3].to_vec();
    journal.write(&running, &[], &[]).await.unwrap();
    finished(&journal, call(10), &account, 10).await;
    store.journal("elsewhere").write(&[placed(call(30), &account, 30)], &[], &[]).await.unwrap();
    assert_eq!(journal.unfinished_calls().await.unwrap(), std::slice::from_ref(&running));

    let record = CallRecord::fold(&running).unwrap();
    assert_eq!(record.reason, EndReason::NodeLost);
    journal.write(&[], &[record], &[]).await.unwrap();
    assert_eq!(journal.unfinished_calls().await.unwrap(), Vec::<Vec<CallEvent>>::new());
}

pub(crate) async fn a_record_reads_back_as_it_was_folded(store: Store) {
    let account = account(&store).await;
    let record = finished(&store.journal(NODE), call(10), &account, 10).await;
    let scoped = store.account(&account);
    assert_eq!(scoped.record(call(10)).await.unwrap(), Some(record));
    store.journal(NODE).write(&[placed(call(20), &account, 20)], &[], &[]).await.unwrap();
    assert_eq!(scoped.record(call(20)).await.unwrap(), None, "it has no record while it runs");
}

pub(crate) async fn a_finished_call_keeps_its_first_record(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let record = finished(&journal, call(10), &account, 10).await;
    let other = CallRecord { reason: EndReason::Internal, ended_by: None, ..record.clone() };
    journal.write(&[], &[other], &[]).await.unwrap();
    assert_eq!(store.account(&account).record(call(10)).await.unwrap(), Some(record));
}

pub(crate) async fn records_are_paged_newest_first(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    for millis in [300, 100, 200, 500, 400] {
        finished(&journal, call(millis), &account, millis).await;
    }
    journal.write(&[placed(call(600), &account, 600)], &[], &[]).await.unwrap();
    let scoped = store.account(&account);
    let (mut before, mut pages) = (None, Vec::new());
    loop {
        let page = scoped.records(before, 2).await.unwrap();
        pages.push(page.records.iter().map(|record| record.placed_at.as_millis()).collect::<Vec<_>>());
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(pages, [vec![500, 400], vec![300, 200], vec![100]]);
    let all = scoped.records(None, 5).await.unwrap();
    assert_eq!((all.records.len(), all.next), (5, None), "a page that is just full is the last one");
}

pub(crate) async fn no_account_reads_the_calls_of_another(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    finished(&store.journal(NODE), call(10), &mine, 10).await;
    let scoped = store.account(&other);
    assert_eq!(scoped.record(call(10)).await.unwrap(), None);
    assert_eq!(scoped.events(call(10)).await.unwrap(), []);
    assert_eq!(scoped.records(None, 10).await.unwrap().records, []);
}
