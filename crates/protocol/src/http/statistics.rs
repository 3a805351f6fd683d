//! The figures of an account. Everything is a sum over the call log: a range's totals equal the calls that
//! `GET …/calls` lists for it, in every time zone.

use serde::{Deserialize, Serialize};

use crate::outcome::EndReason;
use crate::signal::Platform;
use crate::time::{Millis, Timestamp};

/// The query of `GET …/statistics`. Calls count on the day and hour at which they were placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatisticsQuery {
    /// The first day in the viewer's zone, such as `2026-11-01`.
    pub from: String,
    /// The last day, included. At most 366 days are asked for at once.
    pub to: String,
    /// The viewer's time zone by its IANA name, such as `Asia/Kolkata`.
    pub zone: String,
    /// How long one point of the series is.
    pub interval: Interval,
}

/// How long one point of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// An hour of the local clock; at most 31 days.
    Hour,
    /// A local day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A local calendar month.
    Month,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// When the range begins.
    pub from: Timestamp,
    /// When it ends, not included.
    pub to: Timestamp,
    /// Of the whole range.
    pub totals: Totals,
    /// Of the range of the same number of days just before it.
    pub previous: Totals,
    /// Every point of the range in order, also those without a call. First and last may be cut by the range.
    pub series: Vec<Point>,
    /// Why calls ended; only reasons that occurred, most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// What callers used, most frequent first.
    pub caller_platforms: Vec<PlatformCount>,
    /// What callees used, of calls that reached a device.
    pub callee_platforms: Vec<PlatformCount>,
    /// 7 × 24 cells: Monday 0:00 to 0:59 of the local clock first.
    pub hours: Vec<u32>,
    /// Calls that run at this moment.
    pub live: u32,
    /// Calls older than this are not kept.
    pub kept_since: Timestamp,
}

/// Sums over calls.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// All that have ended: the sum of the five below.
    pub calls: u32,
    /// Answered and ended.
    pub over: u32,
    /// Refused by the receiver or their device.
    pub declined: u32,
    /// Not answered.
    pub missed: u32,
    /// Given up by the initiator.
    pub cancelled: u32,
    /// Not brought about by Tring.
    pub failed: u32,
    /// Those that were answered, however they ended.
    pub answered: u32,
    /// From the answer to the end, summed.
    pub talk_time: Millis,
    /// Minutes used: each answered call rounded up to a whole minute, summed.
    pub minutes: u32,
    /// From placing to the answer, summed over answered calls.
    pub answer_time: Millis,
    /// How they sounded.
    pub quality: QualityTotals,
}

/// Sums over the answered calls that had audio.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualityTotals {
    /// Calls with a MOS, each counted once by its worse leg.
    pub rated: u32,
    /// Mean of their MOS; none without one.
    pub mos: Option<f64>,
    /// Rated calls by band: good.
    pub good: u32,
    /// Fair.
    pub fair: u32,
    /// Poor.
    pub poor: u32,
    /// Lost packets ÷ packets sent, over both legs of all calls; none without packets.
    pub loss: Option<f64>,
    /// Mean of the legs' round-trip times in milliseconds; none without one.
    pub rtt: Option<f64>,
}

/// One point of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The local time at which it begins: `2026-11-01`, or `2026-11-01T13:00+05:30` for hours.
    pub label: String,
    /// The moment at which it begins.
    pub start: Timestamp,
    /// Its sums.
    pub totals: Totals,
}

/// How often calls ended for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReasonCount {
    /// Why.
    pub reason: EndReason,
    /// How many.
    pub calls: u32,
}

/// How often one platform was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlatformCount {
    /// Which.
    pub platform: Platform,
    /// How many calls.
    pub calls: u32,
}
