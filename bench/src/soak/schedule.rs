//! What happens in each call, from a seed: the same seed and place give the same story, whatever the machine does.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;

/// How long calls ring in the soak's account. Higher: missed calls fill the run; lower: a busy machine misses calls
/// that should be answered.
pub(super) const RING_TIMEOUT: Duration = Duration::from_secs(10);

/// One call of one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Until the call is placed.
    pub(super) pause: Duration,
    /// From ringing to what follows.
    pub(super) rings: Duration,
    pub(super) story: Story,
}

/// How a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Story {
    /// It is answered; each turn comes after a while, and the end after `rest`.
    Talk { turns: Vec<(Duration, Turn)>, rest: Duration, ending: Ending },
    /// The callee declines.
    Decline,
    /// The caller cancels.
    Cancel,
    /// Nobody answers.
    Miss,
    /// The caller's page is closed while it rings.
    CallerLeaves,
    /// The callee signs out while it rings.
    CalleeSignsOut,
    /// Nobody of that name is signed in.
    Unreachable,
}

/// What happens in the middle of a call, and to whom. After each both sides must hear each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Audio goes on from another socket, with the same keys.
    Moves(Role),
    /// New ICE credentials on the same transport.
    RestartsIce(Role),
    /// A new peer connection takes the place of the old one.
    ReplacesPeer(Role),
    /// The signalling socket is lost, and the session resumed.
    LosesSocket(Role, Duration),
    /// The session is resumed while the old socket still stands.
    HalfOpen(Role),
    /// The page is reloaded: the call is restored, with a new peer connection.
    Reloads(Role, Duration),
    /// The microphone is closed and opened.
    Mutes(Role, Duration),
    /// A third person calls, and is told that this one is busy.
    IsCalled(Role),
    /// A third person calls: this one holds the call, answers, and goes on with it afterwards. Where the device does not
    /// offer second calls, as [`Self::IsCalled`].
    TakesSecond(Role, Duration),
    /// The call is held and gone on with.
    Holds(Role, Duration),
    /// The call moves to another device of the same user.
    ChangesDevice(Role),
}

/// How an answered call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    HangsUp(Role),
    SignsOut(Role),
    /// The page is closed and does not come back.
    Leaves(Role),
}

/// What both sides and the record must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) reason: EndReason,
    pub(super) by: Option<Role>,
    /// Whether both sides heard each other.
    pub(super) connected: bool,
}

impl Story {
    pub(super) fn expected(&self) -> Expected {
        let (reason, by) = match self {
            Self::Talk { ending: Ending::HangsUp(by) | Ending::SignsOut(by), .. } => {
                (EndReason::Hangup, Some(*by))
            }
            Self::Talk { ending: Ending::Leaves(by), .. } => (EndReason::ConnectionLost, Some(*by)),
            Self::Decline => (EndReason::User, Some(Role::Callee)),
            Self::Cancel => (EndReason::Caller, Some(Role::Caller)),
            Self::Miss => (EndReason::RingTimeout, None),
            Self::CallerLeaves => (EndReason::CallerLost, Some(Role::Caller)),
            Self::CalleeSignsOut => (EndReason::LoggedOut, Some(Role::Callee)),
            Self::Unreachable => (EndReason::Unreachable, None),
        };
        Expected { reason, by, connected: matches!(self, Self::Talk { .. }) }
    }
}

/// The calls of one pair, one after the other, without end.
pub(super) struct Schedule {
    random: StdRng,
    /// The first calls are spread over this time, so that the run does not begin with a burst.
    spread: Duration,
}

impl Schedule {
    pub(super) fn new(seed: u64, pair: usize, spread: Duration) -> Self {
        // Neighbouring seeds of this generator are unrelated.
        Self { random: StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(pair as u64)), spread }
    }

    pub(super) fn next(&mut self) -> Plan {
        let first = std::mem::take(&mut self.spread);
        let pause = self.between(100, 2_000) + self.millis(first.as_millis() as u64);
        let rings = self.between(50, 1_500);
        let story = match self.random.random_range(0..100) {
            0..72 => self.talk(),
            72..79 => Story::Decline,
            79..86 => Story::Cancel,
            86..91 => Story::Miss,
            91..94 => Story::CallerLeaves,
            94..97 => Story::CalleeSignsOut,
            _ => Story::Unreachable,
        };
        Plan { pause, rings, story }
    }

    fn talk(&mut self) -> Story {
        let turns = (0..self.random.random_range(0..4)).map(|_| (self.between(1_000, 8_000), self.turn()));
        let turns = turns.collect();
        let ending = match self.random.random_range(0..100) {
            0..88 => Ending::HangsUp(self.side()),
            88..94 => Ending::SignsOut(self.side()),
            _ => Ending::Leaves(self.side()),
        };
        Story::Talk { turns, rest: self.between(2_000, 25_000), ending }
    }

    fn turn(&mut self) -> Turn {
        let side = self.side();
        match self.random.random_range(0..100) {
            0..22 => Turn::Moves(side),
            22..32 => Turn::RestartsIce(side),
            32..42 => Turn::ReplacesPeer(side),
            42..54 => Turn::LosesSocket(side, self.between(0, 4_000)),
            54..58 => Turn::HalfOpen(side),
            58..64 => Turn::Reloads(side, self.between(100, 2_000)),
            64..69 => Turn::Mutes(side, self.between(100, 1_000)),
            69..75 => Turn::IsCalled(side),
            75..81 => Turn::TakesSecond(side, self.between(500, 3_000)),
            81..92 => Turn::Holds(side, self.between(500, 4_000)),
            _ => Turn::ChangesDevice(side),
        }
    }

    fn side(&mut self) -> Role {
        if self.random.random() { Role::Caller } else { Role::Callee }
    }

    fn between(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.random.random_range(least..=most))
    }

    fn millis(&mut self, most: u64) -> Duration {
        self.between(0, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(seed: u64, pair: usize) -> Vec<Plan> {
        let mut schedule = Schedule::new(seed, pair, Duration::from_secs(10));
        (0..500).map(|_| schedule.next()).collect()
    }

    #[test]
    fn a_seed_gives_the_same_calls_again_and_another_pair_has_others() {
        assert_eq!(plans(7, 3), plans(7, 3));
        assert_ne!(plans(7, 3), plans(7, 4));
        assert_ne!(plans(7, 3), plans(8, 3));
    }

    #[test]
    fn every_end_of_a_call_comes_up() {
        let seen: std::collections::HashSet<_> =
            plans(1, 0).iter().map(|plan| plan.story.expected().reason).collect();
        assert_eq!(seen.len(), 8, "{seen:?}");
    }
}
