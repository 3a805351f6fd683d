//! What the dashboard asks, many times each.

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Instant;
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::http::calls::{CallFilter, QualityBand};
use tring_protocol::ids::{CallId, Cuid, DeviceId};
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::{DeviceDetails, Platform};
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;
use tring_store::{AccountStore, Counts, FigureQuery, Segment, SlotLength, Store};

use super::Timed;
use super::fill::{BUSY, DAY, Filled, RARE};

const QUARTER: u64 = 900_000;

pub(crate) async fn run(store: &Store, filled: &Filled, repeats: usize) -> Result<Vec<Timed>> {
    let mut asking = Asking {
        store,
        log: store.account(&filled.account),
        filled,
        repeats,
        random: StdRng::seed_from_u64(2),
        timed: Vec::new(),
    };
    asking.figures().await?;
    asking.log().await?;
    asking.one_call().await?;
    asking.journal().await?;
    Ok(asking.timed)
}

struct Asking<'a> {
    store: &'a Store,
    log: AccountStore<'a>,
    filled: &'a Filled,
    repeats: usize,
    random: StdRng,
    timed: Vec<Timed>,
}

impl Asking<'_> {
    async fn figures(&mut self) -> Result<()> {
        const HOUR: i32 = 3_600;
        // The third is as a year of a zone with summer time is: three segments.
        let zones: [(&str, &[i32]); 3] = [
            ("UTC", &[0]),
            ("UTC+5:45", &[5 * HOUR + 2_700]),
            ("UTC−5/−4", &[-5 * HOUR, -4 * HOUR, -5 * HOUR]),
        ];
        for (days, slot) in [
            (1, SlotLength::Hour),
            (7, SlotLength::Day),
            (30, SlotLength::Day),
            (30, SlotLength::Hour),
            (365, SlotLength::Day),
        ] {
            for (zone, offsets) in zones {
                let mut took = Vec::new();
                let mut calls = 0;
                for _ in 0..self.repeats {
                    let query = self.query(days, slot, offsets);
                    let began = Instant::now();
                    let figures = self.log.figures(&query).await?;
                    took.push(millis(began));
                    calls = figures.totals.calls();
                }
                let by = if slot == SlotLength::Hour { "hours" } else { "days" };
                self.add(format!("figures of {days} days by {by}, {zone}"), format!("{calls} calls"), took);
            }
        }
        Ok(())
    }

    /// Ends within the last two days, or where the calls end if it is long.
    fn query(&mut self, days: u64, slot: SlotLength, offsets: &[i32]) -> FigureQuery {
        let back = if days < 365 { self.random.random_range(0..192) * QUARTER } else { 0 };
        let to = self.filled.to - back;
        let from = to - days * DAY;
        let part = (to - from) / offsets.len() as u64 / QUARTER * QUARTER;
        let segments = offsets.iter().zip(0..).map(|(offset, index)| {
            let begin = from + index * part;
            let end = if index + 1 == offsets.len() as u64 { to } else { begin + part };
            Segment { from: at(begin), to: at(end), offset: *offset }
        });
        FigureQuery { segments: segments.collect(), slot, previous: at(from - days * DAY)..at(from) }
    }

    async fn log(&mut self) -> Result<()> {
        let all = CallFilter::default();
        let cuid = |name: &str| Cuid::parse(name).ok();
        let status = |status| CallFilter { status: Some(status), ..all.clone() };
        let reason = |reason| CallFilter { reason: Some(reason), ..all.clone() };
        let platform = |platform| CallFilter { platform: Some(platform), ..all.clone() };
        let quality = |quality| CallFilter { quality: Some(quality), ..all.clone() };
        let with = |name: &str| CallFilter { cuid: cuid(name), ..all.clone() };
        let filters = [
            ("all", all.clone()),
            ("status over (common)", status(EndStatus::Over)),
            ("status failed (1 %)", status(EndStatus::Failed)),
            ("reason hangup (70 %)", reason(EndReason::Hangup)),
            ("reason connect_timeout (1 %)", reason(EndReason::ConnectTimeout)),
            ("reason internal (1 of 100,000)", reason(EndReason::Internal)),
            ("reason balance_exhausted (1 of a million)", reason(EndReason::BalanceExhausted)),
            ("reason notifications_disabled (none)", reason(EndReason::NotificationsDisabled)),
            ("platform android (common)", platform(Platform::Android)),
            ("platform native (1 of 50,000)", platform(Platform::Native)),
            ("quality good (common)", quality(QualityBand::Good)),
            ("quality poor (3 %)", quality(QualityBand::Poor)),
            ("cuid of one call in a hundred", with(BUSY)),
            ("cuid of one call in a thousand", with("courier_x7")),
            ("cuid of one call in twenty thousand", with("customer_x77")),
            ("cuid of three calls", with(RARE)),
            ("cuid of none", with("nobody_here")),
            ("busy cuid and status failed", CallFilter { status: Some(EndStatus::Failed), ..with(BUSY) }),
            ("busy cuid and reason internal", CallFilter { reason: Some(EndReason::Internal), ..with(BUSY) }),
            (
                "status failed, quality poor, platform web",
                CallFilter {
                    quality: Some(QualityBand::Poor),
                    platform: Some(Platform::Web),
                    ..status(EndStatus::Failed)
                },
            ),
            (
                "reason unreachable and quality poor (never together)",
                CallFilter { quality: Some(QualityBand::Poor), ..reason(EndReason::Unreachable) },
            ),
            (
                "platform native and reason internal (each rare)",
                CallFilter { platform: Some(Platform::Native), ..reason(EndReason::Internal) },
            ),
        ];
        for (name, filter) in filters {
            for deep in [false, true] {
                self.pages(name, &filter, deep).await?;
            }
        }
        Ok(())
    }

    async fn pages(&mut self, name: &str, filter: &CallFilter, deep: bool) -> Result<()> {
        let (mut took, mut lines, mut more) = (Vec::new(), 0, false);
        for _ in 0..self.repeats {
            let cursor = deep.then(|| {
                let moment = self.random.random_range(self.filled.from..self.filled.to);
                CallId::new(at(moment), self.random.random()).to_string()
            });
            let filter = CallFilter { cursor, ..filter.clone() };
            let began = Instant::now();
            let page = self.log.search(&filter).await?;
            took.push(millis(began));
            (lines, more) = (page.items.len(), page.next.is_some());
        }
        let place = if deep { "anywhere in the year" } else { "first page" };
        let more = if more { ", more" } else { "" };
        self.add(format!("log: {name}, {place}"), format!("{lines} lines{more}"), took);
        Ok(())
    }

    async fn one_call(&mut self) -> Result<()> {
        let (mut took, mut answer) = (Vec::new(), String::new());
        ensure!(!self.filled.whole.is_empty(), "no call has events");
        for _ in 0..self.repeats {
            let call = self.filled.whole[self.random.random_range(0..self.filled.whole.len())];
            let began = Instant::now();
            let stored = self.log.call(call).await?.context("a call that was written")?;
            took.push(millis(began));
            answer = format!("{} events, {} samples", stored.events.len(), stored.samples.len());
        }
        self.add("one call's page".to_owned(), answer, took);
        let mut took = Vec::new();
        for _ in 0..self.repeats {
            let began = Instant::now();
            self.log.live_calls().await?;
            took.push(millis(began));
        }
        self.add("calls that run".to_owned(), "none".to_owned(), took);
        Ok(())
    }

    /// What the end of a call costs on the call path, and how much of it is the figures.
    async fn journal(&mut self) -> Result<()> {
        let journal = self.store.journal("bench");
        for calls in [1, 20] {
            let (mut ends, mut figures) = (Vec::new(), Vec::new());
            for _ in 0..self.repeats {
                let records: Vec<_> = (0..calls).map(|_| self.new_call()).collect();
                let placed: Vec<_> = records.iter().map(placed).collect();
                journal.write(&placed, &[], &[]).await?;
                let began = Instant::now();
                journal.write(&[], &records, &[]).await?;
                ends.push(millis(began) / f64::from(calls));
                // As much again into the same rows, which nobody asks any more.
                let mut counts = Counts::default();
                records.iter().for_each(|record| counts.add(record));
                let began = Instant::now();
                self.store.add_counts(counts).await?;
                figures.push(millis(began) / f64::from(calls));
            }
            let name = if calls == 1 { "alone" } else { "of 20 in one batch" };
            self.tell(format!("journal: the end of a call, {name}"), "per call".to_owned(), ends);
            self.tell(
                format!("journal: its figures in a transaction of their own, {name}"),
                "per call".to_owned(),
                figures,
            );
        }
        Ok(())
    }

    /// One that is placed after all the others.
    fn new_call(&mut self) -> CallRecord {
        let placed_at = at(self.filled.to + self.random.random_range(0..DAY));
        CallRecord {
            call: CallId::new(placed_at, self.random.random()),
            account: self.filled.account.clone(),
            caller: Cuid::parse("courier_x7").expect("a cuid"),
            callee: Cuid::parse("customer_x77").expect("a cuid"),
            context: Context::parse("Your order").expect("a context"),
            caller_platform: Platform::Android,
            callee_platform: Some(Platform::Ios),
            placed_at,
            ringing_at: Some(placed_at),
            answered_at: Some(placed_at),
            connected_at: Some(placed_at),
            ended_at: at(placed_at.as_millis() + 60_000),
            reason: EndReason::Hangup,
            ended_by: None,
            caller_quality: None,
            callee_quality: None,
        }
    }

    fn add(&mut self, question: String, answer: String, took: Vec<f64>) {
        self.timed.push(Timed { question, answer, took, goal: true });
    }

    fn tell(&mut self, question: String, answer: String, took: Vec<f64>) {
        self.timed.push(Timed { question, answer, took, goal: false });
    }
}

fn placed(record: &CallRecord) -> CallEvent {
    let what = CallEventKind::Placed {
        account: record.account.clone(),
        caller: record.caller.clone(),
        device: DeviceId::parse("device-a").expect("a device id"),
        platform: record.caller_platform,
        details: DeviceDetails::default(),
        callee: record.callee.clone(),
        context: record.context.clone(),
    };
    CallEvent { call: record.call, index: 0, at: record.placed_at, what }
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn millis(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}
