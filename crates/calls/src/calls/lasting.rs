//! How long a call lasts if nothing happens: to ring, to connect, to be heard, to be long enough.

use tring_protocol::limits::{MEDIA_LOST, SESSION_GRACE};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallState, Role};
use tring_protocol::time::Timestamp;

use super::Effects;
use super::call::{CALLER, Call};
use super::leg::{Reach, Standing};

impl Call {
    /// When something happens if nothing else does.
    pub(super) fn deadline(&self) -> Timestamp {
        let sides = [self.side(Role::Caller), self.side(Role::Callee)];
        let slots = sides.iter().filter_map(|side| side.slot.due_at());
        let moves = sides.iter().filter_map(|side| side.moving).map(|moving| moving.until);
        let questions = self.active_legs().filter_map(|index| self.asks_at(index));
        slots.chain(moves).chain(questions).fold(self.ends_at(), Timestamp::min)
    }

    /// The deadline has come.
    pub(super) fn due(&mut self, now: Timestamp, out: &mut Effects) {
        self.slots_due(now, out);
        self.moves_due(now, out);
        self.ask_for_silent(now, out);
        if now >= self.ends_at() {
            let (reason, by) = self.time_is_up(now);
            self.end(now, reason, by, out);
        }
    }

    /// From now on both sides are expected to be heard, whatever was before.
    pub(super) fn expect_audio(&mut self, now: Timestamp) {
        self.expected_since = now;
        for leg in &mut self.legs {
            leg.media.silent_since = leg.media.silent_since.map(|_| now);
        }
    }

    fn ends_at(&self) -> Timestamp {
        let Some(answered) = self.answered_at else { return self.placed_at + self.settings.ring_timeout };
        if self.is_connecting() {
            return self.expected_since + self.settings.connect_timeout;
        }
        let silences = self.active_legs().filter_map(|index| self.silence_ends(index));
        silences.fold(answered + self.settings.max_duration, Timestamp::min)
    }

    fn time_is_up(&self, now: Timestamp) -> (EndReason, Option<Role>) {
        let caller = self.leg(self.side(Role::Caller).leg.unwrap_or(CALLER));
        match self.answered_at {
            Some(_) if self.is_connecting() => (EndReason::ConnectTimeout, None),
            Some(answered) if now >= answered + self.settings.max_duration => (EndReason::MaxDuration, None),
            Some(_) => (EndReason::ConnectionLost, None),
            None if caller.is_away() => (EndReason::CallerLost, Some(Role::Caller)),
            None => (EndReason::RingTimeout, None),
        }
    }

    /// Whether both are waited for to be heard for the first time.
    fn is_connecting(&self) -> bool {
        self.state == CallState::Answered && !self.is_held()
    }

    /// Until when a leg may stay silent. A device that is away comes back within its session's grace, or its session's
    /// end ends the call; the later bound covers a node that was lost together with the session.
    fn silence_ends(&self, index: u8) -> Option<Timestamp> {
        let leg = self.leg(index);
        if leg.standing != Standing::In {
            return None;
        }
        match (leg.reach, self.is_held()) {
            (Reach::Here { since }, false) => Some(leg.media.silent_since?.max(since) + MEDIA_LOST),
            (Reach::Away { .. }, false) => Some(leg.media.silent_since? + SESSION_GRACE + MEDIA_LOST),
            // A device need not send anything in a call on hold.
            (Reach::Here { .. }, true) => None,
            (Reach::Away { since }, true) => Some(since + SESSION_GRACE + MEDIA_LOST),
        }
    }

    /// When it is asked whether the device of a silent leg is still there. Only in a call on hold: else its silence ends
    /// the call.
    pub(super) fn asks_at(&self, index: u8) -> Option<Timestamp> {
        let leg = self.leg(index);
        let Reach::Here { since } = leg.reach else { return None };
        let silent = leg.media.silent_since.filter(|_| self.is_held() && leg.standing == Standing::In)?;
        Some(silent.max(since).max(leg.asked_at) + MEDIA_LOST)
    }
}
