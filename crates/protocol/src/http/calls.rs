//! Calls as the log and one call's page show them.

use serde::{Deserialize, Serialize};

use crate::call::LegQuality;
use crate::ids::{CallId, Cuid, DeviceId};
use crate::outcome::{EndReason, EndStatus};
use crate::signal::{CallState, MediaPath, Platform, Role};
use crate::text::Context;
use crate::time::{Millis, Timestamp};

/// How a call sounded, by its worse leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QualityBand {
    /// MOS of at least 4.0: nobody notices the network.
    Good,
    /// MOS of at least 3.1: some notice.
    Fair,
    /// Below: many complain.
    Poor,
}

impl QualityBand {
    /// The band of a mean opinion score.
    #[must_use]
    pub fn of(mos: f32) -> Self {
        match mos {
            mos if mos >= 4.0 => Self::Good,
            mos if mos >= 3.1 => Self::Fair,
            _ => Self::Poor,
        }
    }

    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }
}

/// One call that has ended, as a line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallSummary {
    /// Which.
    pub call_id: CallId,
    /// Who called.
    pub caller: Cuid,
    /// Who was called.
    pub callee: Cuid,
    /// Why.
    pub context: Context,
    /// What the caller's device runs on.
    pub caller_platform: Platform,
    /// What the answering device runs on, or the first that rang.
    pub callee_platform: Option<Platform>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When the first device rang.
    pub ringing_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When both heard.
    pub connected_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How it ended.
    pub status: EndStatus,
    /// Why it ended.
    pub reason: EndReason,
    /// Who ended it.
    pub ended_by: Option<Role>,
    /// From the answer to the end.
    pub talk_time: Millis,
    /// The mean opinion score of the worse leg, 1.0 to 4.5, if it was answered and there was audio.
    pub mos: Option<f32>,
    /// The same in a word.
    pub quality: Option<QualityBand>,
    /// By what the caller's audio travelled last, if known.
    pub caller_path: Option<MediaPath>,
    /// By what the callee's audio travelled last, if known.
    pub callee_path: Option<MediaPath>,
    /// How often the audio of one of the two went on from another address, or over another kind of path.
    pub path_changes: u32,
    /// The larger of both sides' shares of sound that was made up for lost packets, 0 to 1, if a device reported it.
    pub concealed: Option<f32>,
}

/// Which calls of the log are meant: the query of `GET …/calls` and `GET …/calls.csv`. What is left out does not
/// filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS), ts(optional_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CallFilter {
    /// A caller or a callee.
    pub cuid: Option<Cuid>,
    /// How it ended.
    pub status: Option<EndStatus>,
    /// Why it ended.
    pub reason: Option<EndReason>,
    /// Of either side.
    pub platform: Option<Platform>,
    /// How it sounded.
    pub quality: Option<QualityBand>,
    /// Placed at or after this.
    pub from: Option<Timestamp>,
    /// Placed before this.
    pub to: Option<Timestamp>,
    /// From the last page's `next`.
    pub cursor: Option<String>,
    /// Lines of a page, 1 to 200; 50 if left out. The CSV export takes no notice of it.
    pub limit: Option<u16>,
}

/// A page of the log, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallPage {
    /// The lines; fewer than asked for, or none, where a filter is so rare that looking on would take too long.
    pub items: Vec<CallSummary>,
    /// Pass it as `cursor` for what follows, also if there was no line; none at the end.
    pub next: Option<String>,
}

/// A call that runs at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LiveCall {
    /// Which.
    pub call_id: CallId,
    /// Who called.
    pub caller: Cuid,
    /// Who is called.
    pub callee: Cuid,
    /// Why.
    pub context: Context,
    /// How far it has come; never `ended`.
    pub state: CallState,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Whether one of the two holds it, so that they do not hear each other.
    pub on_hold: bool,
}

/// One call's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallDetail {
    /// What the log says.
    pub call: CallSummary,
    /// Why it ended as it did.
    pub explanation: Explanation,
    /// The caller's leg first, then the callee's in the order in which they rang.
    pub legs: Vec<CallLeg>,
    /// Everything that happened, in order.
    pub timeline: Vec<TimelineEntry>,
    /// How both sides sounded over time, in order of time.
    pub samples: Vec<QualitySample>,
}

/// Why a call ended as it did, in plain sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What happened.
    pub what: String,
    /// What to do about it; empty where nothing is to be done.
    pub advice: String,
}

/// One device's side of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallLeg {
    /// 0 for the device that placed the call; the others count from 1 in the order in which they came into it.
    pub leg: u8,
    /// Which side.
    pub role: Role,
    /// Whose.
    pub cuid: Cuid,
    /// The device.
    pub device_id: DeviceId,
    /// What it runs on.
    pub platform: Platform,
    /// Browser or system, such as `Chrome 131 on Android`, if the device said so.
    pub system: Option<String>,
    /// Name and version of the SDK, if known.
    pub sdk: Option<String>,
    /// The network as the device sees it, such as `wifi` or `4g`, if it said so.
    pub network: Option<String>,
    /// Whether this leg spoke: the caller's, the one that answered, and those to which the call was moved.
    pub took_part: bool,
    /// Over the whole call.
    pub quality: Option<LegQuality>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// Since the call was placed.
    pub since_placed: Millis,
    /// Since the entry before it.
    pub delay: Millis,
    /// Whose, if it was one leg's.
    pub leg: Option<u8>,
    /// The event's name, such as `keyed`.
    pub event: String,
    /// The same for people.
    pub sentence: String,
}

/// How one leg sounded during one stretch of the call: what the relay received from that device, and what the device told
/// of what it played.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualitySample {
    /// Whose.
    pub leg: u8,
    /// The end of the stretch; it began at the leg's sample before, or when audio began.
    pub at: Timestamp,
    /// Audio packets received in it.
    pub packets: u32,
    /// Packets of it that never came.
    pub lost: u32,
    /// Interarrival jitter in milliseconds.
    pub jitter: f32,
    /// Round-trip time in milliseconds.
    pub rtt: Option<f32>,
    /// Estimated MOS, 1.0 to 4.5: of what the device played, if it reported; else of what came from it.
    pub mos: Option<f32>,
    /// Share of what the device played that was made up, 0 to 1, if it reported.
    pub concealed: Option<f32>,
}
