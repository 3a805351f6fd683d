//! The viewer's calendar: which moments a range of local days is, and where its hours, days, weeks and months begin.
//!
//! Sums are kept by the quarter hour of UTC. A range of days is therefore told to the store as segments of constant
//! offset, inside which local time is UTC plus a number; the day on which clocks change is two of them. Every zone's
//! offset, and every change of it, is a whole number of quarters from [`FIRST_DAY`] on; a test asks every zone.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Unit};
use tring_protocol::http::FieldProblem;
use tring_protocol::http::statistics::{Interval, StatisticsQuery};
use tring_protocol::time::Timestamp;
use tring_store::Segment;

/// Most days of one question. Higher: one request makes the database read more.
const DAYS_MAX: i32 = 366;

/// Most days of one question by the hour. Higher: more points than a chart can show.
const DAYS_BY_HOUR_MAX: i32 = 31;

/// Days that may be asked for. Nobody called with Tring before, and some years earlier a station in the Antarctic still
/// changed its clocks at one minute past midnight.
const FIRST_DAY: Date = date(2025, 1, 1);
const LAST_DAY: Date = date(2099, 12, 31);

/// Longer than the name of any zone.
const ZONE_MAX: usize = 64;

/// A range of whole local days, and how it is cut into points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Range {
    first: Date,
    last: Date,
    zone: TimeZone,
    interval: Interval,
}

/// Where a point of the series begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Start {
    /// As people read it: `2026-11-01`, or `2026-11-01T13:00+05:30` for hours.
    pub(crate) label: String,
    /// The moment.
    pub(crate) at: Timestamp,
}

impl Range {
    /// Reads a question.
    ///
    /// # Errors
    /// What is wrong with its fields.
    pub(crate) fn of(query: &StatisticsQuery) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut day = |field: &str, text: &str| {
            day(text).map_err(|rule| problems.push(FieldProblem { field: field.to_owned(), rule })).ok()
        };
        let (first, last) = (day("from", &query.from), day("to", &query.to));
        let zone = zone(&query.zone);
        if zone.is_none() {
            let rule = "must be the IANA name of a time zone, such as Asia/Kolkata".to_owned();
            problems.push(FieldProblem { field: "zone".to_owned(), rule });
        }
        let (Some(first), Some(last), Some(zone)) = (first, last, zone) else { return Err(problems) };
        let days = days_between(first, last) + 1;
        let rule = if days < 1 {
            "must not be before `from`".to_owned()
        } else if query.interval == Interval::Hour && days > DAYS_BY_HOUR_MAX {
            format!(
                "must be at most {DAYS_BY_HOUR_MAX} days from `from`, both counted, when the interval is `hour`"
            )
        } else if days > DAYS_MAX {
            format!("must be at most {DAYS_MAX} days from `from`, both counted")
        } else {
            return Ok(Self { first, last, zone, interval: query.interval });
        };
        problems.push(FieldProblem { field: "to".to_owned(), rule });
        Err(problems)
    }

    /// When the range begins, and when it ends, not included.
    pub(crate) fn bounds(&self) -> (Timestamp, Timestamp) {
        (self.start_of(self.first), self.start_of(after(self.last, 1)))
    }

    /// The same number of days just before.
    pub(crate) fn previous(&self) -> Self {
        let days = days_between(self.first, self.last) + 1;
        Self { first: after(self.first, -days), last: after(self.first, -1), ..self.clone() }
    }

    /// The range in stretches of constant offset, in order and without gaps.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let (mut from, end) = self.bounds();
        let mut segments: Vec<Segment> = Vec::new();
        while from < end {
            let moment = moment(from);
            let offset = self.zone.to_offset(moment).seconds();
            let change = self.zone.following(moment).next().map(|change| timestamp(change.timestamp()));
            let to = change.map_or(end, |change| change.min(end));
            match segments.last_mut() {
                // Some changes are of the name alone.
                Some(last) if last.offset == offset => last.to = to,
                _ => segments.push(Segment { from, to, offset }),
            }
            from = to;
        }
        segments
    }

    /// Where each point of the series begins, in order. A local hour that clocks repeat is two points, one that they
    /// skip is none; so is a day that a zone left out when it crossed the date line.
    pub(crate) fn starts(&self) -> Vec<Start> {
        match self.interval {
            Interval::Hour => self.segments().iter().flat_map(hours).collect(),
            Interval::Day => self.days(|_| true),
            Interval::Week => self.days(|day| day.weekday() == Weekday::Monday),
            Interval::Month => self.days(|day| day.day() == 1),
        }
    }

    /// The first day, and those after it that begin a point.
    fn days(&self, begins: impl Fn(Date) -> bool) -> Vec<Start> {
        let days = (0..=days_between(self.first, self.last)).map(|index| after(self.first, index));
        let chosen = days.filter(|day| *day == self.first || begins(*day));
        let mut starts: Vec<Start> =
            chosen.map(|day| Start { label: day.to_string(), at: self.start_of(day) }).collect();
        let (_, end) = self.bounds();
        let ends: Vec<Timestamp> = starts.iter().skip(1).map(|start| start.at).chain([end]).collect();
        let mut ends = ends.into_iter();
        starts.retain(|start| ends.next().is_some_and(|end| start.at < end));
        starts
    }

    fn start_of(&self, day: Date) -> Timestamp {
        let start =
            day.to_zoned(self.zone.clone()).expect("days up to LAST_DAY + 1 are far from jiff's bounds");
        timestamp(start.timestamp())
    }
}

/// The place of the point to which `at` belongs; none before the first.
pub(crate) fn place(starts: &[Start], at: Timestamp) -> Option<usize> {
    starts.partition_point(|start| start.at <= at).checked_sub(1)
}

/// The whole local hours of a stretch; the first may have begun before it.
fn hours(segment: &Segment) -> Vec<Start> {
    let offset = Offset::from_seconds(segment.offset).expect("the offset came from a zone");
    let mut at = moment(segment.from);
    let end = moment(segment.to);
    let mut starts = Vec::new();
    while at < end {
        let local = offset.to_datetime(at);
        let label = format!("{}{}", local.strftime("%Y-%m-%dT%H:%M"), clock(segment.offset));
        starts.push(Start { label, at: timestamp(at) });
        let past = i64::from(local.minute()) * 60 + i64::from(local.second());
        at += SignedDuration::from_secs(3_600 - past);
    }
    starts
}

/// An offset as RFC 3339 writes it.
fn clock(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn day(text: &str) -> Result<Date, String> {
    // Ten characters, or the library would read times and offsets as well and forget them.
    let day: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
    match day {
        Some(day) if (FIRST_DAY..=LAST_DAY).contains(&day) => Ok(day),
        Some(_) => Err(format!("must be a day from {FIRST_DAY} to {LAST_DAY}")),
        None => Err("must be a day of the form 2026-11-01".to_owned()),
    }
}

fn zone(name: &str) -> Option<TimeZone> {
    let plausible = !name.is_empty() && name.len() <= ZONE_MAX;
    // `Etc/Unknown` is a zone to the library and none to anybody else.
    TimeZone::get(name).ok().filter(|zone| plausible && !zone.is_unknown())
}

fn days_between(first: Date, last: Date) -> i32 {
    first.until((Unit::Day, last)).map_or(0, |span| span.get_days())
}

fn after(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX)
}

fn timestamp(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(u64::try_from(at.as_millisecond()).unwrap_or_default())
}

#[cfg(test)]
mod tests;
