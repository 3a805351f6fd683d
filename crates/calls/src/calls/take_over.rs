//! An answered call moves to another device of one of the two. The old device is heard until the new one's audio is
//! ready; if that does not come about, all stays as it was. A call on hold stays on hold.

use tring_protocol::call::CallEventKind;
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{CallId, DeviceAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{Role, ServerMessage, WithdrawnReason};
use tring_protocol::time::Timestamp;

use super::call::Call;
use super::leg::{Leg, Reach, Standing};
use super::network::Networks;
use super::side::Move;
use super::{Calls, Effects};
use crate::bus::{Present, Sender};

/// Most legs that a call may have, ringing devices included. A device that comes back has its old one; it takes somebody
/// who signs in with ever new devices to reach this.
const LEGS_MAX: usize = 64;

impl Calls {
    /// A device wants a call that may be over, or of others: those it cannot even detect.
    pub(super) fn take_over(&mut self, now: Timestamp, id: CallId, from: &Sender) {
        let device = &from.attendee.device;
        if self.live.contains_key(&id) {
            self.on_call(now, id, |call, out| call.take_over(now, from.present(), out));
        } else if self.ended.concerns(id, &device.user) {
            refuse(id, device, ErrorCode::CallNotFound, &mut self.out);
        }
    }
}

impl Call {
    /// A device wants the call that its person is in on another.
    pub(super) fn take_over(&mut self, now: Timestamp, device: Present, out: &mut Effects) {
        let address = device.attendee.device.clone();
        let Some(role) = self.role_of(&address.user) else { return };
        let known = self.leg_of(&address);
        if !self.is_answered() || (known.is_none() && self.legs.len() >= LEGS_MAX) {
            return refuse(self.id, &address, ErrorCode::NotTakenOver, out);
        }
        if let Some(index) = known.filter(|index| self.side(role).has(*index)) {
            // It asks again because the answer may have been lost.
            return self.restore(index, out);
        }
        if let Some(earlier) = self.side_mut(role).moving.take() {
            self.turn_away(role, earlier.leg, out);
        }
        let muted = self.side(role).leg.is_some_and(|leg| self.leg(leg).muted);
        let index = known.unwrap_or_else(|| self.push_leg(Leg::new(now, role, device.clone())));
        let leg = self.leg_mut(index);
        leg.attendee = device.attendee;
        leg.since = device.since;
        leg.standing = Standing::In;
        leg.reach = Reach::Here { since: now };
        leg.muted = muted;
        leg.media.begin_again();
        let until = now + self.settings.connect_timeout;
        let side = self.side_mut(role);
        side.moving = Some(Move { leg: index, until });
        side.others.retain(|other| other.device != address);
        self.restore(index, out);
        self.tell(index, ServerMessage::ElsewhereEnded { call_id: self.id }, out);
    }

    /// Whether a leg is about to stand for its person, and its audio is ready now.
    pub(super) fn completes_move(&self, index: u8) -> bool {
        let side = self.side(self.role(index));
        side.moving.is_some_and(|moving| moving.leg == index) && self.leg(index).media.is_open()
    }

    /// The new device's audio is ready: it stands for its person from now on.
    pub(super) fn moved(&mut self, now: Timestamp, new: u8, out: &mut Effects) {
        let role = self.role(new);
        let Some(old) = self.side(role).leg else { return };
        let attendee = self.leg(new).attendee.clone();
        let taken_over = CallEventKind::TakenOver {
            leg: new,
            from: old,
            device: attendee.device.device,
            platform: attendee.platform,
            details: attendee.details,
        };
        self.log(now, taken_over, out);
        self.log(now, CallEventKind::Keyed { leg: new }, out);
        let side = self.side_mut(role);
        side.leg = Some(new);
        side.moving = None;
        self.networks = Networks::default();
        // Before the old connection is closed, so that the other side's stream goes on without a gap.
        self.bridge(out);
        let (was, is) = (self.leg(old), self.leg(new));
        let (mute_changed, was_away) = (was.muted != is.muted, was.is_away());
        if mute_changed {
            let muted = is.muted;
            self.tell_side(role.other(), &ServerMessage::PeerMuted { call_id: self.id, muted }, out);
        }
        match (was_away, self.leg(new).is_away()) {
            (true, false) => self.tell_side(role.other(), &ServerMessage::PeerBack { call_id: self.id }, out),
            (false, true) => self.tell_side(role.other(), &ServerMessage::PeerAway { call_id: self.id }, out),
            (true, true) | (false, false) => {}
        }
        if self.leg(old).standing == Standing::In {
            self.turn_away(role, old, out);
        }
    }

    /// The new device is gone, or took too long.
    pub(super) fn call_off_move(&mut self, now: Timestamp, role: Role, out: &mut Effects) {
        let Some(moving) = self.side_mut(role).moving.take() else { return };
        self.turn_away(role, moving.leg, out);
        if self.side(role).leg.is_some_and(|leg| self.leg(leg).standing == Standing::Out) {
            // The old device did not live to see it.
            self.end(now, EndReason::ConnectionLost, Some(role), out);
        }
    }

    pub(super) fn moves_due(&mut self, now: Timestamp, out: &mut Effects) {
        for role in [Role::Caller, Role::Callee] {
            if self.side(role).moving.is_some_and(|moving| moving.until <= now) {
                self.call_off_move(now, role, out);
            }
        }
    }

    /// The call goes on on another device than this one, which may take it back.
    fn turn_away(&mut self, role: Role, index: u8, out: &mut Effects) {
        self.withdraw(index, WithdrawnReason::TakenOver, out);
        let leg = self.leg(index);
        let present = Present { attendee: leg.attendee.clone(), since: leg.since };
        self.notice(role, &present, out);
    }
}

/// The call stays where it is.
fn refuse(call_id: CallId, device: &DeviceAddress, code: ErrorCode, out: &mut Effects) {
    out.deliver(device, ServerMessage::TakeOverRefused { call_id, error: code.into() });
}
