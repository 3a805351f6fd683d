//! What is kept of a call: its events as they happen, and the record that is folded from them.

#[cfg(any(test, feature = "samples"))]
pub mod samples;

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, CallId, Cuid, DeviceId};
use crate::outcome::EndReason;
use crate::signal::{DeviceDetails, MediaPath, Platform, Role};
use crate::text::Context;
use crate::time::{Millis, Timestamp};

/// One thing that happened in a call. Events are appended as they happen and never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallEvent {
    /// Which call.
    pub call: CallId,
    /// Its place in the call, counted from 0.
    pub index: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: CallEventKind,
}

/// What can happen in a call. `leg` is 0 for the caller and counts from 1 for the callee's devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CallEventKind {
    /// The first event of every call.
    Placed {
        /// Whose call.
        account: AccountId,
        /// Who calls.
        caller: Cuid,
        /// From which device.
        device: DeviceId,
        /// Of which platform.
        platform: Platform,
        /// What else the device said about itself; nothing in events of earlier versions.
        #[serde(flatten)]
        details: DeviceDetails,
        /// Who is called.
        callee: Cuid,
        /// Why.
        context: Context,
    },
    /// The call was sent to a device of the callee.
    Offered {
        /// The new leg.
        leg: u8,
        /// The device.
        device: DeviceId,
        /// Of which platform.
        platform: Platform,
        /// What else the device said about itself; nothing in events of earlier versions.
        #[serde(flatten)]
        details: DeviceDetails,
        /// Whether the callee was in another call, so that it is offered beside that one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waiting: bool,
    },
    /// The device shows the call.
    Ringing {
        /// Whose.
        leg: u8,
    },
    /// The device took the call.
    Answered {
        /// Which one won.
        leg: u8,
    },
    /// The leg's audio path is encrypted and ready.
    Keyed {
        /// Whose.
        leg: u8,
    },
    /// The first audio packet of this leg was passed on.
    Heard {
        /// Whose.
        leg: u8,
    },
    /// Both sides hear.
    Connected,
    /// The device's signalling is lost.
    Away {
        /// Whose.
        leg: u8,
    },
    /// The device is back.
    Back {
        /// Whose.
        leg: u8,
    },
    /// The leg's audio comes from another address: its network changed, and the call went on.
    Moved {
        /// Whose.
        leg: u8,
    },
    /// This side put the call on hold.
    Held {
        /// Whose.
        leg: u8,
    },
    /// This side goes on with the call.
    Resumed {
        /// Whose.
        leg: u8,
    },
    /// Another device of the same user took the call over: `leg` stands for that user from now on.
    TakenOver {
        /// The new leg.
        leg: u8,
        /// The leg that it replaces.
        from: u8,
        /// The device.
        device: DeviceId,
        /// Of which platform.
        platform: Platform,
        /// What else the device said about itself.
        #[serde(flatten)]
        details: DeviceDetails,
    },
    /// The leg's audio path failed.
    MediaFailed {
        /// Whose.
        leg: u8,
    },
    /// How a leg sounded over its whole time, as the relay measured it.
    Quality {
        /// Whose.
        leg: u8,
        /// The figures.
        quality: LegQuality,
    },
    /// The last event of every call.
    Ended {
        /// Why; the status follows from it.
        reason: EndReason,
        /// Who ended it, if it was one of the two.
        by: Option<Role>,
    },
}

/// How one leg sounded: what the relay received from it, and the far end's reports on it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct LegQuality {
    /// Audio packets received from the device.
    pub packets: u32,
    /// Packets that never came.
    pub lost: u32,
    /// Mean interarrival jitter in milliseconds (RFC 3550 §6.4.1).
    pub jitter: f32,
    /// Mean round-trip time in milliseconds, if it could be measured.
    pub rtt: Option<f32>,
    /// Mean estimated MOS, 1.0 to 4.5, by [`crate::mos::opinion_score`], if there was audio: of what the device played,
    /// if it reported, from its concealment and the whole delay from mouth to ear; else of what came from it, from the
    /// loss, jitter and round trip that the relay measured.
    pub mos: Option<f32>,
    /// Share of what the device played that was made up for lost or late packets, 0 to 1, as it reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub concealed: Option<f32>,
    /// By what its audio travelled last, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub path: Option<MediaPath>,
    /// How often it went on from another address, or over another kind of path.
    pub path_changes: u32,
}

/// The call-detail record: what is known of a call once it has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// Which call.
    pub call: CallId,
    /// Whose.
    pub account: AccountId,
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
    /// Why it ended.
    pub reason: EndReason,
    /// Who ended it.
    pub ended_by: Option<Role>,
    /// How the caller's leg sounded; over all their devices, if the call was moved.
    pub caller_quality: Option<LegQuality>,
    /// How the leg sounded that answered, and those that the call was moved to.
    pub callee_quality: Option<LegQuality>,
}

impl CallRecord {
    /// Folds a call's events, in order, into its record. `None` if they do not begin with `placed`. Events without an
    /// `ended` are those of a call whose node was lost: the record ends at the last event as `node_lost`.
    #[must_use]
    pub fn fold(events: &[CallEvent]) -> Option<Self> {
        let (first, rest) = events.split_first()?;
        let CallEventKind::Placed { account, caller, platform, callee, context, .. } = &first.what else {
            return None;
        };
        let mut record = Self {
            call: first.call,
            account: account.clone(),
            caller: caller.clone(),
            callee: callee.clone(),
            context: context.clone(),
            caller_platform: *platform,
            callee_platform: None,
            placed_at: first.at,
            ringing_at: None,
            answered_at: None,
            connected_at: None,
            ended_at: first.at,
            reason: EndReason::NodeLost,
            ended_by: None,
            caller_quality: None,
            callee_quality: None,
        };
        let mut legs = Legs::default();
        for event in rest {
            record.take(event, &mut legs);
        }
        record.callee_platform = legs.platform(legs.winner.or(legs.first_ringing));
        Some(record)
    }

    /// From the answer to the end; zero if it was not answered.
    #[must_use]
    pub fn talk_time(&self) -> Millis {
        self.answered_at.map_or(Millis::default(), |answered| self.ended_at.since(answered))
    }

    fn take(&mut self, event: &CallEvent, legs: &mut Legs) {
        self.ended_at = event.at;
        match &event.what {
            CallEventKind::Offered { leg, platform, .. } => legs.offered.push((*leg, *platform)),
            CallEventKind::Ringing { leg } => {
                self.ringing_at.get_or_insert(event.at);
                legs.first_ringing.get_or_insert(*leg);
            }
            CallEventKind::Answered { leg } => {
                self.answered_at.get_or_insert(event.at);
                legs.winner.get_or_insert(*leg);
            }
            CallEventKind::Connected => {
                self.connected_at.get_or_insert(event.at);
            }
            CallEventKind::TakenOver { leg, from, .. } => legs.taken_over.push((*leg, *from)),
            CallEventKind::Quality { leg, quality } => match legs.side(*leg) {
                Some(Role::Caller) => add(&mut self.caller_quality, quality),
                Some(Role::Callee) => add(&mut self.callee_quality, quality),
                None => {}
            },
            CallEventKind::Ended { reason, by } => {
                self.reason = *reason;
                self.ended_by = *by;
            }
            CallEventKind::Placed { .. }
            | CallEventKind::Keyed { .. }
            | CallEventKind::Heard { .. }
            | CallEventKind::Away { .. }
            | CallEventKind::Back { .. }
            | CallEventKind::Moved { .. }
            | CallEventKind::Held { .. }
            | CallEventKind::Resumed { .. }
            | CallEventKind::MediaFailed { .. } => {}
        }
    }
}

/// Adds how one more leg of the same person sounded.
fn add(sum: &mut Option<LegQuality>, leg: &LegQuality) {
    *sum = Some(sum.map_or(*leg, |sum| sum.and(leg)));
}

impl LegQuality {
    /// How two legs of one person, who moved from the first to the second, sounded together: means by their packets.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        let (a, b) = (f64::from(self.packets), f64::from(later.packets));
        #[expect(clippy::cast_possible_truncation, reason = "a mean of f32 values fits one")]
        let mean = |x: f32, y: f32| {
            let weight = if a + b > 0.0 { a / (a + b) } else { 0.5 };
            (weight * f64::from(x) + (1.0 - weight) * f64::from(y)) as f32
        };
        let known = |x: Option<f32>, y: Option<f32>| match (x, y) {
            (Some(x), Some(y)) => Some(mean(x, y)),
            (x, y) => x.or(y),
        };
        Self {
            packets: self.packets.saturating_add(later.packets),
            lost: self.lost.saturating_add(later.lost),
            jitter: mean(self.jitter, later.jitter),
            rtt: known(self.rtt, later.rtt),
            mos: known(self.mos, later.mos),
            concealed: known(self.concealed, later.concealed),
            path: later.path.or(self.path),
            path_changes: self.path_changes.saturating_add(later.path_changes),
        }
    }
}

#[derive(Default)]
struct Legs {
    offered: Vec<(u8, Platform)>,
    first_ringing: Option<u8>,
    winner: Option<u8>,
    /// Each leg that came in the place of another, and which.
    taken_over: Vec<(u8, u8)>,
}

impl Legs {
    /// For whom a leg stood at any time; none if it only rang.
    fn side(&self, leg: u8) -> Option<Role> {
        let (mut caller, mut callee) = (vec![0], Vec::from_iter(self.winner));
        for (leg, from) in &self.taken_over {
            let side = if caller.contains(from) { &mut caller } else { &mut callee };
            side.push(*leg);
        }
        if caller.contains(&leg) { Some(Role::Caller) } else { callee.contains(&leg).then_some(Role::Callee) }
    }

    fn platform(&self, leg: Option<u8>) -> Option<Platform> {
        self.offered.iter().find(|(index, _)| Some(*index) == leg).map(|(_, platform)| *platform)
    }
}

#[cfg(test)]
mod tests;
