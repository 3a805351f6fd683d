use tring_protocol::call::CallRecord;
use tring_protocol::http::calls::CallFilter;
use tring_store::{AccountStore, FigureQuery, Forgotten, Segment, SlotLength, Store, Sums};

use crate::at;
use crate::made::{Made, NODE, account, placed, write};

const DAY: u64 = 86_400_000;
/// A midnight.
const START: u64 = 20_000 * DAY;

async fn logged(log: &AccountStore<'_>) -> usize {
    let mut export = log.export(CallFilter::default());
    let mut lines = 0;
    while let Some(part) = export.next().await.unwrap() {
        lines += part.len();
    }
    lines
}

async fn figures(log: &AccountStore<'_>) -> Sums {
    let segment = Segment { from: at(0), to: at(START + 100 * DAY), offset: 0 };
    let query = FigureQuery {
        segments: vec![segment],
        slot: SlotLength::Day,
        previous: at(0)..at(START + 100 * DAY),
    };
    let figures = log.figures(&query).await.unwrap();
    assert_eq!(figures.totals, figures.previous);
    let reasons: u64 = figures.reasons.iter().map(|count| u64::from(count.calls)).sum();
    assert_eq!((reasons, figures.hours.iter().sum()), (figures.totals.calls(), figures.totals.calls()));
    figures.totals
}

fn since(calls: &[CallRecord], cut: u64) -> Vec<&CallRecord> {
    calls.iter().filter(|call| call.placed_at >= at(cut)).collect()
}

pub(crate) async fn log_and_figures_agree_while_calls_are_forgotten(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    let journal = store.journal(NODE);
    let calls = Made::new(&mine, 20).calls(700, &(START..START + 10 * DAY));
    write(&journal, &calls).await;
    let others = Made::new(&other, 21).calls(20, &(START..START + 10 * DAY));
    write(&journal, &others).await;
    let log = store.account(&mine);
    assert_eq!(log.forget().await.unwrap(), Forgotten::Nothing, "all is kept unless something is said");

    let cut = START + 6 * DAY;
    log.keep_since(at(cut + 5_000_000)).await.unwrap();
    assert_eq!(log.kept_since().await.unwrap(), at(cut), "a whole day, UTC");
    let kept = since(&calls, cut);
    let expected: Sums = kept.iter().map(|call| Sums::of(call)).sum();
    let mut steps = 0;
    loop {
        assert_eq!((logged(&log).await, figures(&log).await), (kept.len(), expected), "after {steps} steps");
        if log.forget().await.unwrap() == Forgotten::Nothing {
            break;
        }
        steps += 1;
    }
    assert!(steps > 1, "little at a time");
    for call in &calls {
        let is_kept = call.placed_at >= at(cut);
        assert_eq!(log.record(call.call).await.unwrap().is_some(), is_kept);
        assert_eq!(log.events(call.call).await.unwrap().is_empty(), !is_kept);
    }
    assert_eq!(logged(&store.account(&other)).await, 20, "another account keeps its own");
}

pub(crate) async fn what_was_forgotten_stays_forgotten(store: Store) {
    let account = account(&store).await;
    let calls = Made::new(&account, 22).calls(30, &(START..START + 3 * DAY));
    write(&store.journal(NODE), &calls).await;
    let log = store.account(&account);
    log.keep_since(at(START + 2 * DAY)).await.unwrap();
    log.keep_since(at(START)).await.unwrap();
    assert_eq!(log.kept_since().await.unwrap(), at(START + 2 * DAY));
    assert_eq!(logged(&log).await, since(&calls, START + 2 * DAY).len());
}

/// Its events are still to come, and a node could not write any of them without it.
pub(crate) async fn a_call_that_runs_is_not_removed(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let call = &Made::new(&account, 23).calls(1, &(START..START + DAY))[0];
    journal.write(&[placed(call)], &[], &[]).await.unwrap();
    let log = store.account(&account);
    log.keep_since(at(START + 2 * DAY)).await.unwrap();
    while log.forget().await.unwrap() != Forgotten::Nothing {}
    assert_eq!(journal.unfinished_calls().await.unwrap().len(), 1);

    journal.write(&[], std::slice::from_ref(call), &[]).await.unwrap();
    assert_eq!(
        (logged(&log).await, figures(&log).await),
        (0, Sums::default()),
        "it is older than what is kept"
    );
    while log.forget().await.unwrap() != Forgotten::Nothing {}
    assert_eq!(journal.unfinished_calls().await.unwrap(), Vec::<Vec<_>>::new());
}
