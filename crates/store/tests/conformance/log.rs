use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::http::calls::{CallFilter, CallSummary, QualityBand, QualitySample};
use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::Platform;
use tring_store::{AccountStore, Store, StoreError};

use crate::at;
use crate::made::{Made, NODE, account, placed, write};

const SPAN: std::ops::Range<u64> = 1_800_000_000_000..1_801_000_000_000;

fn worse_mos(call: &CallRecord) -> Option<f32> {
    let legs = [call.caller_quality, call.callee_quality];
    call.answered_at?;
    legs.into_iter().flatten().filter_map(|leg| leg.mos).reduce(f32::min)
}

/// Rounded as it is shown.
fn band(call: &CallRecord) -> Option<QualityBand> {
    worse_mos(call).map(|mos| QualityBand::of((mos * 1_000.0).round() / 1_000.0))
}

fn matches(filter: &CallFilter, call: &CallRecord) -> bool {
    let wanted = |asked: Option<bool>| asked.unwrap_or(true);
    wanted(filter.cuid.as_ref().map(|cuid| call.caller == *cuid || call.callee == *cuid))
        && wanted(filter.status.map(|status| call.reason.status() == status))
        && wanted(filter.reason.map(|reason| call.reason == reason))
        && wanted(filter.platform.map(|p| call.caller_platform == p || call.callee_platform == Some(p)))
        && wanted(filter.quality.map(|quality| band(call) == Some(quality)))
        && wanted(filter.from.map(|from| call.placed_at >= from))
        && wanted(filter.to.map(|to| call.placed_at < to))
}

fn naive(filter: &CallFilter, calls: &[CallRecord]) -> Vec<CallId> {
    let mut ids: Vec<_> = calls.iter().filter(|call| matches(filter, call)).map(|call| call.call).collect();
    ids.sort_unstable();
    ids.reverse();
    ids
}

fn random_filter(random: &mut StdRng) -> CallFilter {
    use EndStatus::{Cancelled, Declined, Failed, Missed, Over};
    const PLATFORMS: [Platform; 4] = [Platform::Web, Platform::Ios, Platform::Android, Platform::Native];
    const BANDS: [QualityBand; 3] = [QualityBand::Good, QualityBand::Fair, QualityBand::Poor];
    fn maybe<T: Clone>(random: &mut StdRng, all: &[T]) -> Option<T> {
        random.random_bool(0.3).then(|| all[random.random_range(0..all.len())].clone())
    }
    let people: Vec<_> = (0..10).map(|n| Cuid::parse(&format!("user_{n}")).unwrap()).collect();
    let moments: Vec<_> = (0..9).map(|n| at(SPAN.start + n * 125_000_001)).collect();
    CallFilter {
        cuid: maybe(random, &people),
        status: maybe(random, &[Over, Declined, Missed, Cancelled, Failed]),
        reason: maybe(random, EndReason::ALL),
        platform: maybe(random, &PLATFORMS),
        quality: maybe(random, &BANDS),
        from: maybe(random, &moments),
        to: maybe(random, &moments),
        cursor: None,
        limit: Some(random.random_range(1..40)),
    }
}

async fn every_page(log: &AccountStore<'_>, filter: &CallFilter) -> Vec<CallSummary> {
    let (mut filter, mut found) = (filter.clone(), Vec::new());
    loop {
        let page = log.search(&filter).await.unwrap();
        assert!(page.items.len() <= usize::from(filter.limit.unwrap()));
        found.extend(page.items);
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            return found;
        }
    }
}

pub(crate) async fn a_filter_finds_what_a_look_at_every_call_finds(store: Store) {
    let (account, other) = (account(&store).await, account(&store).await);
    let journal = store.journal(NODE);
    let calls = Made::new(&account, 7).calls(600, &SPAN);
    write(&journal, &calls).await;
    write(&journal, &Made::new(&other, 8).calls(100, &SPAN)).await;
    let running = Made::new(&account, 9).calls(1, &SPAN);
    journal.write(&[placed(&running[0])], &[], &[]).await.unwrap();

    let log = store.account(&account);
    let mut random = StdRng::seed_from_u64(10);
    let mut matched = 0;
    for _ in 0..150 {
        let filter = random_filter(&mut random);
        let expected = naive(&filter, &calls);
        matched += usize::from(!expected.is_empty());
        let found: Vec<_> = every_page(&log, &filter).await.iter().map(|call| call.call_id).collect();
        assert_eq!(found, expected, "{filter:?}");
        let mut export = log.export(filter.clone());
        let mut exported = Vec::new();
        while let Some(part) = export.next().await.unwrap() {
            exported.extend(part.iter().map(|call| call.call_id));
        }
        assert_eq!(exported, expected, "exported: {filter:?}");
    }
    assert!(matched > 50, "only {matched} filters matched anything");
}

pub(crate) async fn a_line_says_what_the_record_says(store: Store) {
    let account = account(&store).await;
    let calls = Made::new(&account, 11).calls(40, &SPAN);
    write(&store.journal(NODE), &calls).await;
    for line in
        every_page(&store.account(&account), &CallFilter { limit: Some(7), ..CallFilter::default() }).await
    {
        let call = calls.iter().find(|call| call.call == line.call_id).unwrap();
        assert_eq!((&line.caller, &line.callee, &line.context), (&call.caller, &call.callee, &call.context));
        assert_eq!(
            (line.caller_platform, line.callee_platform),
            (call.caller_platform, call.callee_platform)
        );
        assert_eq!((line.placed_at, line.ringing_at), (call.placed_at, call.ringing_at));
        assert_eq!((line.answered_at, line.connected_at), (call.answered_at, call.connected_at));
        assert_eq!((line.ended_at, line.talk_time), (call.ended_at, call.talk_time()));
        assert_eq!(
            (line.status, line.reason, line.ended_by),
            (call.reason.status(), call.reason, call.ended_by)
        );
        assert_eq!(line.quality, band(call));
        let legs = || [call.caller_quality, call.callee_quality];
        assert_eq!([line.caller_path, line.callee_path], legs().map(|leg| leg.and_then(|leg| leg.path)));
        let of_both = || legs().into_iter().flatten();
        assert_eq!(line.path_changes, of_both().map(|leg| leg.path_changes).sum::<u32>());
        assert_eq!(line.concealed, of_both().filter_map(|leg| leg.concealed).reduce(f32::max));
        assert_eq!(line.mos.is_some(), worse_mos(call).is_some());
        if let (Some(shown), Some(mos)) = (line.mos, worse_mos(call)) {
            assert!((shown - mos).abs() <= 0.000_51, "{shown} {mos}");
        }
    }
}

/// More calls than a page examines, none of which has both: pages end short, and still lead to the one at the end.
pub(crate) async fn what_almost_never_comes_together_is_found_in_the_end(store: Store) {
    let account = account(&store).await;
    let span = SPAN.start..SPAN.start + 10_000_000;
    let mut calls = Made::new(&account, 12).calls(5_200, &span);
    for (index, call) in calls.iter_mut().enumerate() {
        call.caller = Cuid::parse("dispatch").unwrap();
        call.callee_platform = None;
        let web = index % 2 == 0;
        call.caller_platform = if web { Platform::Web } else { Platform::Ios };
        call.reason = if web { EndReason::Hangup } else { EndReason::Busy };
    }
    let oldest = calls.iter_mut().min_by_key(|call| call.call).unwrap();
    (oldest.caller_platform, oldest.reason) = (Platform::Web, EndReason::Busy);
    let oldest = oldest.call;
    write(&store.journal(NODE), &calls).await;
    let log = store.account(&account);
    for cuid in [None, Some(Cuid::parse("dispatch").unwrap())] {
        let filter = CallFilter {
            cuid: cuid.clone(),
            platform: Some(Platform::Web),
            reason: Some(EndReason::Busy),
            limit: Some(10),
            ..CallFilter::default()
        };
        let found = every_page(&log, &filter).await;
        assert_eq!(found.iter().map(|call| call.call_id).collect::<Vec<_>>(), [oldest]);
        let first = log.search(&filter).await.unwrap();
        assert_eq!(first.next.is_some(), cuid.is_some(), "one cuid's calls are examined in parts");
    }
}

pub(crate) async fn a_page_says_how_many_lines_it_has_at_most(store: Store) {
    let account = account(&store).await;
    write(&store.journal(NODE), &Made::new(&account, 13).calls(260, &SPAN)).await;
    let log = store.account(&account);
    for (asked, lines) in [(None, 50), (Some(0), 1), (Some(1), 1), (Some(60_000), 200)] {
        let page = log.search(&CallFilter { limit: asked, ..CallFilter::default() }).await.unwrap();
        assert_eq!((page.items.len(), page.next.is_some()), (lines, true), "{asked:?}");
    }
}

pub(crate) async fn odd_cursors_and_times_are_answered(store: Store) {
    let account = account(&store).await;
    write(&store.journal(NODE), &Made::new(&account, 14).calls(5, &SPAN)).await;
    let log = store.account(&account);
    for bad in ["", "x", "99999999", "'; DROP TABLE calls; --"] {
        let filter = CallFilter { cursor: Some(bad.to_owned()), ..CallFilter::default() };
        assert!(matches!(log.search(&filter).await, Err(StoreError::NotFound(_))), "{bad}");
    }
    let found = |from: u64, to: u64| {
        let filter = CallFilter { from: Some(at(from)), to: Some(at(to)), ..CallFilter::default() };
        let log = log.clone();
        async move { log.search(&filter).await.unwrap().items.len() }
    };
    assert_eq!(found(0, u64::MAX).await, 5);
    assert_eq!(found(0, 1 << 50).await, 5, "later than an id can say");
    assert_eq!(found(u64::MAX, u64::MAX).await, 0);
    assert_eq!(found(SPAN.end, SPAN.start).await, 0);
}

pub(crate) async fn one_call_reads_back_with_its_events_and_samples(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    let journal = store.journal(NODE);
    let call = &Made::new(&mine, 15).calls(1, &SPAN)[0];
    let ended = CallEvent {
        call: call.call,
        index: 1,
        at: call.ended_at,
        what: CallEventKind::Ended { reason: call.reason, by: call.ended_by },
    };
    let events = [placed(call), ended];
    let sample = |leg, millis, mos: Option<f32>| {
        let at = at(call.placed_at.as_millis() + millis);
        QualitySample {
            leg,
            at,
            packets: 250,
            lost: 3,
            jitter: 1.75,
            rtt: Some(20.1),
            mos,
            concealed: mos.map(|_| 0.012_5),
        }
    };
    let samples = [sample(0, 5_000, Some(4.4)), sample(1, 5_000, None), sample(0, 10_000, Some(3.3))];
    let of_call = samples.map(|sample| (call.call, sample));
    journal.write(&events[..1], &[], &of_call[..1]).await.unwrap();
    journal.write(&events, std::slice::from_ref(call), &of_call).await.unwrap();
    let stored = store.account(&mine).call(call.call).await.unwrap().expect("it has ended");
    assert_eq!((stored.summary.call_id, stored.summary.reason), (call.call, call.reason));
    assert_eq!((stored.events.as_slice(), stored.samples.as_slice()), (&events[..], &samples[..]));
    assert_eq!(store.account(&other).call(call.call).await.unwrap(), None);
}
