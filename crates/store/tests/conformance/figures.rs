use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use std::collections::BTreeMap;
use std::ops::Range;
use tring_protocol::call::CallRecord;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Platform;
use tring_protocol::time::Timestamp;
use tring_store::{FigureQuery, Figures, Segment, SlotLength, Store, Sums, WEEK_HOURS};

use crate::at;
use crate::made::{Made, NODE, account, write};

/// In these weeks of 2026 clocks change in New York, by an hour, and on Lord Howe Island, by half of one.
const FIRST_DAY: &str = "2026-09-20";
const DAYS: i64 = 49;
const ZONES: [&str; 6] =
    ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"];

/// Midnight of the first day in a zone, `days` later.
fn midnight(zone: &TimeZone, days: i64) -> Zoned {
    let first: jiff::civil::Date = FIRST_DAY.parse().unwrap();
    first.checked_add(SignedDuration::from_hours(24 * days)).unwrap().to_zoned(zone.clone()).unwrap()
}

fn millis(moment: &Zoned) -> u64 {
    moment.timestamp().as_millisecond().try_into().unwrap()
}

fn local(zone: &TimeZone, moment: Timestamp) -> Zoned {
    jiff::Timestamp::from_millisecond(moment.as_millis().try_into().unwrap()).unwrap().to_zoned(zone.clone())
}

/// Cut at every quarter at which the offset is another one than before.
fn segments(zone: &TimeZone, range: &Range<u64>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for from in range.clone().step_by(900_000) {
        let (from, to) = (at(from), at(from + 900_000));
        let offset = local(zone, from).offset().seconds();
        match segments.last_mut() {
            Some(last) if last.offset == offset => last.to = to,
            _ => segments.push(Segment { from, to, offset }),
        }
    }
    segments
}

fn within<'a>(calls: &'a [CallRecord], range: &Range<u64>) -> impl Iterator<Item = &'a CallRecord> + Clone {
    calls.iter().filter(move |call| range.contains(&call.placed_at.as_millis()))
}

fn sums<'a>(calls: impl Iterator<Item = &'a CallRecord>) -> Sums {
    calls.map(Sums::of).sum()
}

fn by_slot(
    zone: &TimeZone,
    slot: SlotLength,
    parts: impl Iterator<Item = (Timestamp, Sums)>,
) -> BTreeMap<String, Sums> {
    let mut slots: BTreeMap<_, Sums> = BTreeMap::new();
    for (moment, part) in parts {
        let local = local(zone, moment);
        let name = match slot {
            SlotLength::Day => local.date().to_string(),
            SlotLength::Hour => format!("{}T{:02}{}", local.date(), local.hour(), local.offset()),
        };
        *slots.entry(name).or_default() += part;
    }
    slots
}

fn most_frequent<T: Eq + std::hash::Hash + Copy + std::fmt::Debug>(
    all: impl Iterator<Item = T>,
) -> Vec<(String, u32)> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for one in all {
        *counts.entry(format!("{one:?}")).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort();
    counts
}

fn named<T: std::fmt::Debug>(rows: impl Iterator<Item = (T, u32)>) -> Vec<(String, u32)> {
    let mut rows: Vec<_> = rows.map(|(name, calls)| (format!("{name:?}"), calls)).collect();
    rows.sort();
    rows
}

fn descends(mut calls: impl Iterator<Item = u32>) -> bool {
    let mut last = calls.next().unwrap_or(0);
    calls.all(|next| std::mem::replace(&mut last, next) >= next)
}

fn check(figures: &Figures, calls: &[CallRecord], zone: &TimeZone, query: &FigureQuery, range: &Range<u64>) {
    let asked = within(calls, range);
    assert_eq!(figures.totals, sums(asked.clone()));
    assert_eq!(figures.totals.calls(), asked.clone().count() as u64);
    let walked = asked.clone().map(|call| (call.placed_at, Sums::of(call)));
    assert_eq!(by_slot(zone, query.slot, figures.series.iter().copied()), by_slot(zone, query.slot, walked));
    assert!(figures.series.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order");

    let reasons = figures.reasons.iter().map(|count| (count.reason, count.calls));
    assert!(descends(reasons.clone().map(|(_, calls)| calls)), "most frequent first");
    assert_eq!(named(reasons), most_frequent(asked.clone().map(|call| call.reason)));
    let callers = figures.caller_platforms.iter().map(|count| (count.platform, count.calls));
    assert_eq!(named(callers), most_frequent(asked.clone().map(|call| call.caller_platform)));
    let callees = figures.callee_platforms.iter().map(|count| (count.platform, count.calls));
    assert_eq!(
        named(callees),
        most_frequent::<Platform>(asked.clone().filter_map(|call| call.callee_platform))
    );

    let mut hours = vec![0; WEEK_HOURS];
    for call in asked {
        let local = local(zone, call.placed_at);
        let day = local.weekday().to_monday_zero_offset() as usize;
        hours[day * 24 + local.hour() as usize] += 1;
    }
    assert_eq!(figures.hours, hours);
}

pub(crate) async fn figures_are_the_sums_over_the_calls_in_every_zone(store: Store) {
    let (account, other) = (account(&store).await, account(&store).await);
    let journal = store.journal(NODE);
    let utc = TimeZone::UTC;
    let span = millis(&midnight(&utc, -1))..millis(&midnight(&utc, DAYS + 1));
    let calls = Made::new(&account, 1).calls(700, &span);
    write(&journal, &calls).await;
    write(&journal, &Made::new(&other, 2).calls(100, &span)).await;

    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        for (days, slot) in [
            (0..DAYS, SlotLength::Day),
            (0..DAYS, SlotLength::Hour),
            (13..14, SlotLength::Hour),
            (42..43, SlotLength::Hour),
            (5..12, SlotLength::Day),
        ] {
            let range = millis(&midnight(&zone, days.start))..millis(&midnight(&zone, days.end));
            let before = millis(&midnight(&zone, days.start - 3))..range.start;
            let previous = at(before.start)..at(before.end);
            let query = FigureQuery { segments: segments(&zone, &range), slot, previous };
            let figures = store.account(&account).figures(&query).await.unwrap();
            check(&figures, &calls, &zone, &query, &range);
            assert_eq!(figures.previous, sums(within(&calls, &before)), "{name} {days:?}");
            assert_eq!((figures.live, figures.kept_since), (0, at(0)));
        }
    }
}

/// Every call that an account ever had.
fn all() -> FigureQuery {
    let segment = Segment { from: at(0), to: at(4_000_000_000_000), offset: 0 };
    FigureQuery { segments: vec![segment], slot: SlotLength::Day, previous: at(0)..at(0) }
}

pub(crate) async fn a_batch_written_twice_counts_once(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let calls = Made::new(&account, 3).calls(60, &(1_800_000_000_000..1_800_090_000_000));
    for _ in 0..2 {
        write(&journal, &calls).await;
    }
    let twice: Vec<_> = calls.iter().chain(&calls).cloned().collect();
    journal.write(&[], &twice, &[]).await.unwrap();
    let figures = store.account(&account).figures(&all()).await.unwrap();
    assert_eq!(figures.totals, sums(calls.iter()));
    assert_eq!(figures.reasons.iter().map(|count| u64::from(count.calls)).sum::<u64>(), 60);
}

pub(crate) async fn a_call_counts_when_it_ends_and_not_before(store: Store) {
    let account = account(&store).await;
    let journal = store.journal(NODE);
    let call = &Made::new(&account, 4).calls(1, &(1_800_000_000_000..1_800_000_000_001))[0];
    journal.write(&[crate::made::placed(call)], &[], &[]).await.unwrap();
    let figures = store.account(&account).figures(&all()).await.unwrap();
    assert_eq!((figures.totals, figures.live), (Sums::default(), 1));
    journal.write(&[], std::slice::from_ref(call), &[]).await.unwrap();
    let figures = store.account(&account).figures(&all()).await.unwrap();
    assert_eq!((figures.totals, figures.live), (Sums::of(call), 0));
}

/// Two nodes that write to the same rows in opposite orders would wait for each other for ever.
pub(crate) async fn two_writers_at_once_lose_no_call(store: Store) {
    let account = account(&store).await;
    let span = 1_800_000_000_000..1_800_010_000_000;
    let mut made = Made::new(&account, 5);
    let (mine, mut others) = (made.calls(400, &span), made.calls(400, &span));
    others.reverse();
    let (here, there) = (store.journal("here"), store.journal("there"));
    tokio::join!(write(&here, &mine), write(&there, &others));
    let figures = store.account(&account).figures(&all()).await.unwrap();
    assert_eq!(figures.totals, sums(mine.iter().chain(&others)));
}

pub(crate) async fn what_is_rare_is_counted_by_its_name(store: Store) {
    let account = account(&store).await;
    let mut calls = Made::new(&account, 6).calls(1, &(1_800_000_000_000..1_800_000_000_001));
    calls[0].reason = EndReason::Internal;
    write(&store.journal(NODE), &calls).await;
    let figures = store.account(&account).figures(&all()).await.unwrap();
    assert_eq!((figures.reasons.len(), figures.reasons[0].reason), (1, EndReason::Internal));
}
