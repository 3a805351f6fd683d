//! Whose network spoils the sound of a call: judged where both ways meet, and told to both sides.
//!
//! A device that misses packets cannot know whether they were lost on the other's way to the relay or on its own way from
//! it. The relay counts what is missing of each leg; each device says once a second what it misses in the end; the
//! difference was lost on the device's way down. Nothing here happens per packet.

use tring_protocol::call::LegQuality;
use tring_protocol::signal::{CallState, LegReport, Role, ServerMessage, WeakNetwork};
use tring_protocol::time::{Millis, Timestamp};

use super::Effects;
use super::call::Call;

/// Loss, or sound made up for what was lost, above which speech gets hard to follow although Opus hides what it can.
const POOR: f32 = 0.05;
/// Length of one judgement. Higher: later hints; lower: hints for a single burst of loss.
const WINDOW: Millis = Millis::seconds(3);
/// Judgements in a row until a hint comes, and until it goes: it should come late and not flicker.
const COMES_AFTER: u32 = 2;
const GOES_AFTER: u32 = 3;
/// Packets that a window must hold to say something of the way by which they came: of somebody who is silent or muted
/// only a few come, and one of them lost would be a large share.
const FEWEST: u32 = 40;

/// What is known of both ways since the last judgement.
#[derive(Debug, Default)]
pub(super) struct Networks {
    since: Option<Timestamp>,
    caller: End,
    callee: End,
}

/// One person's ways, up to the relay and down from it.
#[derive(Debug, Default)]
struct End {
    /// Audio packets of theirs that reached the relay, and that did not.
    arrived: u32,
    missing: u32,
    heard: Heard,
}

/// What their device reported: shares of each second, added up.
#[derive(Debug, Default)]
struct Heard {
    seconds: f32,
    lost: f32,
    concealed: f32,
}

/// What a device was told, and what the last judgements were.
#[derive(Debug, Default)]
pub(super) struct Hint {
    told: WeakNetwork,
    verdict: WeakNetwork,
    in_a_row: u32,
}

impl Call {
    /// A window of a leg has come from the relay.
    pub(super) fn judge_networks(
        &mut self,
        now: Timestamp,
        index: u8,
        window: LegQuality,
        out: &mut Effects,
    ) {
        if self.state != CallState::Connected || self.is_held() {
            // Nobody is expected to be heard.
            self.networks = Networks::default();
            return;
        }
        let Some(other) = self.other(index) else { return };
        let end = self.networks.end_mut(self.role(index));
        end.arrived = end.arrived.saturating_add(window.packets);
        end.missing = end.missing.saturating_add(window.lost);
        if now.since(*self.networks.since.get_or_insert(now)) < WINDOW {
            return;
        }
        let judged =
            std::mem::replace(&mut self.networks, Networks { since: Some(now), ..Networks::default() });
        for leg in [index, other] {
            let role = self.role(leg);
            let weak = verdict(judged.end(role), judged.end(role.other()));
            if let Some(weak) = self.leg_mut(leg).hint.settle(weak) {
                self.tell(leg, ServerMessage::Network { call_id: self.id, weak }, out);
            }
        }
    }

    /// A device told how it heard the last second of a call.
    pub(super) fn network_reported(&mut self, index: u8, report: &LegReport) {
        let heard = &mut self.networks.end_mut(self.role(index)).heard;
        heard.seconds += 1.0;
        heard.lost += report.lost;
        heard.concealed += report.concealed;
    }
}

impl Networks {
    fn end(&self, role: Role) -> &End {
        match role {
            Role::Caller => &self.caller,
            Role::Callee => &self.callee,
        }
    }

    fn end_mut(&mut self, role: Role) -> &mut End {
        match role {
            Role::Caller => &mut self.caller,
            Role::Callee => &mut self.callee,
        }
    }
}

impl Hint {
    /// Takes one judgement; returns what is new to tell.
    fn settle(&mut self, verdict: WeakNetwork) -> Option<WeakNetwork> {
        self.in_a_row = if verdict == self.verdict { self.in_a_row.saturating_add(1) } else { 1 };
        self.verdict = verdict;
        let enough = if verdict == WeakNetwork::None { GOES_AFTER } else { COMES_AFTER };
        let is_new = self.in_a_row >= enough && verdict != self.told;
        is_new.then(|| {
            self.told = verdict;
            verdict
        })
    }
}

/// What to tell `mine`: their own network comes first, as the one that they can do something about.
fn verdict(mine: &End, theirs: &End) -> WeakNetwork {
    if mine.loses_going_up() || mine.loses_coming_down(theirs) {
        WeakNetwork::Yours
    } else if mine.hears_poorly(theirs) || theirs.loses_coming_down(mine) {
        WeakNetwork::Theirs
    } else {
        WeakNetwork::None
    }
}

impl End {
    /// Share of this person's packets that did not reach the relay; 0 of too few.
    fn loss(&self) -> f32 {
        let sent = self.arrived.saturating_add(self.missing);
        if sent < FEWEST { 0.0 } else { ratio(f64::from(self.missing), f64::from(sent)) }
    }

    fn loses_going_up(&self) -> bool {
        self.loss() >= POOR
    }

    /// Whether this person misses too much of `other`, of whom there was something to hear.
    fn hears_poorly(&self, other: &Self) -> bool {
        let Heard { seconds, lost, concealed } = self.heard;
        // A microphone that just opened makes sound up without loss.
        let is_poor = lost >= POOR * seconds || (lost > 0.0 && concealed >= POOR * seconds);
        seconds > 0.0 && is_poor && other.arrived >= FEWEST
    }

    /// Whether most of what this person misses of `other` had reached the relay.
    fn loses_coming_down(&self, other: &Self) -> bool {
        self.hears_poorly(other) && other.loss() < self.heard.lost / self.heard.seconds / 2.0
    }
}

fn ratio(part: f64, whole: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a share needs few digits")]
    let ratio = (part / whole) as f32;
    ratio
}
