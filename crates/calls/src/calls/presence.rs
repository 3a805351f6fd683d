//! What becomes of a call when one of its devices goes away, comes back, or does not.
//!
//! How long a device may be away is decided by its session: 8 s after its page was left, 60 s after its socket was
//! lost. Its end arrives here as [`Presence::Gone`].

use tring_protocol::call::CallEventKind;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{Role, ServerMessage};
use tring_protocol::time::Timestamp;

use super::call::{CALLER, Call};
use super::leg::{Reach, Standing};
use super::{Calls, Effects};
use crate::bus::{GoneReason, Presence, Present};

impl Calls {
    pub(super) fn presence(&mut self, now: Timestamp, of: &Present, change: Presence) {
        for id in self.by_user.get(&of.attendee.device.user).cloned().unwrap_or_default() {
            if self.attempts.contains_key(&id) {
                self.attempt_presence(id, of, change);
            } else {
                self.on_call(now, id, |call, out| call.presence(now, of, change, out));
            }
        }
        self.check_presence(of, change);
        if change == Presence::Arrived {
            self.ended.tell_arrived(&of.attendee.device, &mut self.out);
        }
    }
}

impl Call {
    /// What happened to the caller's device while the call was an attempt.
    pub(super) fn caller_was(&mut self, now: Timestamp, change: Presence, out: &mut Effects) {
        let caller = self.leg(CALLER);
        let of = Present { attendee: caller.attendee.clone(), since: caller.since };
        self.presence(now, &of, change, out);
    }

    fn presence(&mut self, now: Timestamp, of: &Present, change: Presence, out: &mut Effects) {
        let device = &of.attendee.device;
        let Some(index) = self.leg_of(device) else {
            if change == Presence::Arrived && self.may_ring(device) && self.may_wait(of) {
                self.offer(now, of.clone(), out);
            }
            return self.other_presence(of, change, out);
        };
        if of.since < self.leg(index).since {
            return;
        }
        self.leg_mut(index).since = of.since;
        match change {
            Presence::Arrived => self.arrived(now, index, of, out),
            Presence::Resumed => self.back(now, index, out),
            Presence::Away => self.away(now, index, out),
            Presence::Gone(reason) => self.gone(now, index, reason, out),
        }
        if self.ended.is_none() {
            self.other_presence(of, change, out);
        }
    }

    fn away(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        if self.leg(index).is_away() || self.leg(index).standing != Standing::In {
            return;
        }
        self.leg_mut(index).reach = Reach::Away { since: now };
        if self.is_on_record(index) {
            self.log(now, CallEventKind::Away { leg: index }, out);
        }
        if self.other(index).is_some() {
            let message = ServerMessage::PeerAway { call_id: self.id };
            self.tell_side(self.role(index).other(), &message, out);
        }
    }

    fn back(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        if !self.leg(index).is_away() || self.leg(index).standing != Standing::In {
            return;
        }
        self.leg_mut(index).reach = Reach::Here { since: now };
        if self.is_on_record(index) {
            self.log(now, CallEventKind::Back { leg: index }, out);
        }
        if self.other(index).is_some() {
            let message = ServerMessage::PeerBack { call_id: self.id };
            self.tell_side(self.role(index).other(), &message, out);
        }
    }

    /// The device is back but knows nothing: its page was reloaded, or its session was on a node that is lost.
    fn arrived(&mut self, now: Timestamp, index: u8, of: &Present, out: &mut Effects) {
        self.leg_mut(index).attendee = of.attendee.clone();
        self.leg_mut(index).media.forget_offers();
        match self.leg(index).standing {
            Standing::Withdrawn(reason) => {
                return self.tell(index, ServerMessage::Withdrawn { call_id: self.id, reason }, out);
            }
            Standing::Out if self.is_answered() && self.side(self.role(index)).leg != Some(index) => return,
            Standing::Out => {
                self.leg_mut(index).standing = Standing::In;
                self.leg_mut(index).reach = Reach::Here { since: now };
            }
            Standing::In if !self.is_on_record(index) => {
                // It knows nothing of the call that it was about to take over.
                return self.call_off_move(now, self.role(index), out);
            }
            Standing::In => self.back(now, index, out),
        }
        if self.active_legs().any(|active| active == index) {
            self.restore(index, out);
        } else {
            self.tell(index, self.incoming(now), out);
            // It is not told whether it was muted before it rang.
            self.leg_mut(index).muted = false;
        }
    }

    fn gone(&mut self, now: Timestamp, index: u8, reason: GoneReason, out: &mut Effects) {
        if self.leg(index).standing != Standing::In {
            return;
        }
        let (role, signed_out) = (self.role(index), reason == GoneReason::SignedOut);
        if !self.is_on_record(index) {
            return self.call_off_move(now, role, out);
        }
        if self.side(role).moving.is_some() && !signed_out {
            // Perhaps the one that is about to take over lives.
            return self.drop_leg(index, out);
        }
        let reason = match role {
            _ if self.is_answered() && signed_out => EndReason::Hangup,
            _ if self.is_answered() => EndReason::ConnectionLost,
            Role::Caller if signed_out => EndReason::Caller,
            Role::Caller => EndReason::CallerLost,
            Role::Callee => {
                self.drop_leg(index, out);
                // A device that did not come back may still do so, or another sign in: it rings until the time is up.
                if !signed_out || self.callee_legs().next().is_some() {
                    return;
                }
                EndReason::LoggedOut
            }
        };
        self.end(now, reason, Some(role), out);
    }
}
