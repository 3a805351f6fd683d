//! From the offer to the answer: who is rung, who shows it, who wins, who declines.

use tring_protocol::call::CallEventKind;
use tring_protocol::ids::DeviceAddress;
use tring_protocol::limits::DEVICES_MAX;
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::DeclineScope;
use tring_protocol::signal::{CallState, DeclineReason, Role, ServerMessage, WithdrawnReason};
use tring_protocol::time::Timestamp;

use super::Effects;
use super::call::Call;
use super::leg::{Leg, Standing};
use crate::bus::{Attendee, Present};

impl Call {
    /// Rings a device of the callee; past [`DEVICES_MAX`] no more are rung.
    pub(super) fn offer(&mut self, now: Timestamp, device: Present, out: &mut Effects) {
        if self.legs.len() <= DEVICES_MAX {
            let index = self.add_leg(now, device, out);
            self.tell(index, self.incoming(now), out);
        }
    }

    /// What a device of the callee needs to ring, from `now` on.
    pub(super) fn incoming(&self, now: Timestamp) -> ServerMessage {
        ServerMessage::Incoming {
            call_id: self.id,
            from: self.party(Role::Caller),
            context: self.callee_context().clone(),
            images: self.words.images.clone(),
            ring_timeout: self.settings.ring_timeout - now.since(self.placed_at),
            waiting: self.is_waiting(),
        }
    }

    pub(super) fn add_leg(&mut self, now: Timestamp, device: Present, out: &mut Effects) -> u8 {
        let Attendee { device: address, platform, details, .. } = device.attendee.clone();
        let index = self.push_leg(Leg::new(now, Role::Callee, device));
        let waiting = self.is_waiting();
        let offered =
            CallEventKind::Offered { leg: index, device: address.device, platform, details, waiting };
        self.log(now, offered, out);
        index
    }

    pub(super) fn rings(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        if self.role(index) == Role::Caller || self.is_answered() || self.leg(index).rang {
            return;
        }
        self.leg_mut(index).rang = true;
        self.log(now, CallEventKind::Ringing { leg: index }, out);
        if self.state == CallState::Placed {
            self.state = CallState::Ringing;
            let name = self.leg(index).attendee.party.name.clone();
            self.tell_side(Role::Caller, &ServerMessage::Ringing { call_id: self.id, name }, out);
        }
    }

    pub(super) fn answer(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        if self.role(index) == Role::Caller {
            return;
        }
        if let Some(at) = self.answered_at {
            // The winner asks again because its first answer may have been lost.
            return self.tell(index, ServerMessage::Answered { call_id: self.id, at }, out);
        }
        if self.waits_for_slot(now, index, out) {
            return;
        }
        self.state = CallState::Answered;
        self.answered_at = Some(now);
        self.expected_since = now;
        self.side_mut(Role::Callee).leg = Some(index);
        self.log(now, CallEventKind::Answered { leg: index }, out);
        self.withdraw_others(index, WithdrawnReason::AnsweredElsewhere, out);
        self.tell_both(&ServerMessage::Answered { call_id: self.id, at: now }, out);
        for here in self.active_legs() {
            let Some(there) = self.other(here) else { continue };
            if self.leg(there).muted {
                self.tell(here, ServerMessage::PeerMuted { call_id: self.id, muted: true }, out);
            }
            if self.leg(there).is_away() {
                self.tell(here, ServerMessage::PeerAway { call_id: self.id }, out);
            }
        }
        self.bridge(out);
        self.look_for_others(out);
    }

    pub(super) fn decline(&mut self, now: Timestamp, index: u8, reason: DeclineReason, out: &mut Effects) {
        let unanswered = !self.is_answered();
        let reason = match reason {
            _ if self.role(index) == Role::Caller => return self.hang_up(now, index, out),
            // The microphone is asked for on answering, so the refusal may come after the answer.
            DeclineReason::MicrophoneDenied if self.state != CallState::Connected => {
                EndReason::MicrophoneDenied
            }
            DeclineReason::NotificationsDisabled if unanswered => {
                self.drop_leg(index, out);
                if self.callee_legs().next().is_some() {
                    return;
                }
                EndReason::NotificationsDisabled
            }
            DeclineReason::User if unanswered => return self.refuse(now, index, out),
            DeclineReason::Busy if self.is_waiting() => return self.not_shown(now, index, out),
            DeclineReason::Busy if unanswered => EndReason::Busy,
            _ => return self.hang_up(now, index, out),
        };
        self.withdraw_others(index, WithdrawnReason::DeclinedElsewhere, out);
        self.end(now, reason, Some(Role::Callee), out);
    }

    /// The person does not want the call: at all, or on this device.
    fn refuse(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        let is_last = self.callee_legs().all(|other| other == index);
        if self.settings.decline == DeclineScope::ThisDevice && !is_last {
            return self.withdraw(index, WithdrawnReason::DeclinedElsewhere, out);
        }
        self.withdraw_others(index, WithdrawnReason::DeclinedElsewhere, out);
        self.end(now, EndReason::User, Some(Role::Callee), out);
    }

    pub(super) fn hang_up(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        let role = self.role(index);
        let reason = match role {
            _ if self.is_answered() => EndReason::Hangup,
            Role::Caller => EndReason::Caller,
            Role::Callee => return self.refuse(now, index, out),
        };
        self.end(now, reason, Some(role), out);
    }

    /// Takes a leg out of the call without a word: its device knows, or is gone.
    pub(super) fn drop_leg(&mut self, index: u8, out: &mut Effects) {
        self.leg_mut(index).standing = Standing::Out;
        self.close_relay(index, out);
    }

    fn withdraw_others(&mut self, than: u8, reason: WithdrawnReason, out: &mut Effects) {
        let others: Vec<u8> = self.callee_legs().filter(|index| *index != than).collect();
        for index in others {
            self.withdraw(index, reason, out);
        }
    }

    /// Takes a leg out of the call and tells its device.
    pub(super) fn withdraw(&mut self, index: u8, reason: WithdrawnReason, out: &mut Effects) {
        self.leg_mut(index).standing = Standing::Withdrawn(reason);
        self.close_relay(index, out);
        self.tell(index, ServerMessage::Withdrawn { call_id: self.id, reason }, out);
    }

    /// Whether a device of the callee is not part of the ringing call yet, and may become one.
    pub(super) fn may_ring(&self, device: &DeviceAddress) -> bool {
        device.user == *self.user(Role::Callee) && !self.is_answered() && self.leg_of(device).is_none()
    }
}
