//! From the offer to the answer: who is rung, who shows it, who wins, who declines.

use tring_protocol::call::CallEventKind;
use tring_protocol::ids::DeviceAddress;
use tring_protocol::limits::DEVICES_MAX;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallState, DeclineReason, Role, ServerMessage, WithdrawnReason};
use tring_protocol::time::Timestamp;

use super::Effects;
use super::call::{CALLER, Call};
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
            from: self.leg(CALLER).attendee.party.clone(),
            context: self.words.remote_context.as_ref().unwrap_or(&self.words.context).clone(),
            images: self.words.images.clone(),
            ring_timeout: self.settings.ring_timeout - now.since(self.placed_at),
            waiting: false,
        }
    }

    pub(super) fn add_leg(&mut self, now: Timestamp, device: Present, out: &mut Effects) -> u8 {
        let index =
            u8::try_from(self.legs.len()).expect("a call has at most one leg more than DEVICES_MAX + 1");
        let Attendee { device: address, platform, details, .. } = device.attendee.clone();
        self.legs.push(Leg::new(now, device));
        let offered =
            CallEventKind::Offered { leg: index, device: address.device, platform, details, waiting: false };
        self.log(now, offered, out);
        index
    }

    /// Tells a busy callee's devices who tried to call.
    pub(super) fn knock(&self, devices: &[Present], out: &mut Effects) {
        for device in devices.iter().take(DEVICES_MAX) {
            let waiting = ServerMessage::CallWaiting {
                call_id: self.id,
                from: self.leg(CALLER).attendee.party.clone(),
                context: self.words.remote_context.as_ref().unwrap_or(&self.words.context).clone(),
            };
            out.deliver(&device.attendee.device, waiting);
        }
    }

    pub(super) fn rings(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        if index == CALLER || self.is_answered() || self.leg(index).rang {
            return;
        }
        self.leg_mut(index).rang = true;
        self.log(now, CallEventKind::Ringing { leg: index }, out);
        if self.state == CallState::Placed {
            self.state = CallState::Ringing;
            let name = self.leg(index).attendee.party.name.clone();
            self.tell(CALLER, ServerMessage::Ringing { call_id: self.id, name }, out);
        }
    }

    pub(super) fn answer(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        if index == CALLER {
            return;
        }
        if let Some(at) = self.answered_at {
            // Only the winner is still in: it asks again because its first answer may have been lost.
            return self.tell(index, ServerMessage::Answered { call_id: self.id, at }, out);
        }
        self.state = CallState::Answered;
        self.answered_at = Some(now);
        self.winner = Some(index);
        self.log(now, CallEventKind::Answered { leg: index }, out);
        self.withdraw_others(index, WithdrawnReason::AnsweredElsewhere, out);
        self.tell_both(&ServerMessage::Answered { call_id: self.id, at: now }, out);
        for (here, there) in [(CALLER, index), (index, CALLER)] {
            if self.leg(there).muted {
                self.tell(here, ServerMessage::PeerMuted { call_id: self.id, muted: true }, out);
            }
            if self.leg(there).is_away() {
                self.tell(here, ServerMessage::PeerAway { call_id: self.id }, out);
            }
        }
        self.bridge(out);
    }

    pub(super) fn decline(&mut self, now: Timestamp, index: u8, reason: DeclineReason, out: &mut Effects) {
        let unanswered = !self.is_answered();
        let reason = match reason {
            _ if index == CALLER => return self.hang_up(now, index, out),
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
            DeclineReason::User if unanswered => EndReason::User,
            DeclineReason::Busy if unanswered => EndReason::Busy,
            _ => return self.hang_up(now, index, out),
        };
        self.withdraw_others(index, WithdrawnReason::DeclinedElsewhere, out);
        self.end(now, reason, Some(Role::Callee), out);
    }

    pub(super) fn hang_up(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        let role = Self::role(index);
        let reason = match role {
            _ if self.is_answered() => EndReason::Hangup,
            Role::Caller => EndReason::Caller,
            Role::Callee => {
                self.withdraw_others(index, WithdrawnReason::DeclinedElsewhere, out);
                EndReason::User
            }
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
            self.leg_mut(index).standing = Standing::Withdrawn(reason);
            self.close_relay(index, out);
            self.tell(index, ServerMessage::Withdrawn { call_id: self.id, reason }, out);
        }
    }

    /// Whether a device of the callee is not part of the ringing call yet, and may become one.
    pub(super) fn may_ring(&self, device: &DeviceAddress) -> bool {
        device.user == self.callee && !self.is_answered() && self.leg_of(device).is_none()
    }
}
