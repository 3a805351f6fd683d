//! A call to somebody who is in another one: offered beside it where a device can show that, else told as a notice.
//!
//! A waiting call does without its callee's slot until they answer it; the device ends or holds the other call just
//! before. When the other call ends by itself, the waiting one simply goes on ringing.

use tring_protocol::limits::DEVICES_MAX;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{Role, ServerMessage, WithdrawnReason};
use tring_protocol::time::Timestamp;

use super::Effects;
use super::call::Call;
use super::leg::Standing;
use super::slot::Slot;
use crate::bus::Present;

/// What a call knows that waits for its callee.
#[derive(Debug)]
pub(super) struct Waiting {
    /// All devices of the callee that were found: they are told if the call comes to nothing because they are busy.
    devices: Vec<Present>,
    /// The legs whose person pressed Answer while the slot was another call's, the first one first.
    answering: Vec<u8>,
}

impl Call {
    /// The callee is in another call: offers this one to the devices that can show it, or ends it as busy.
    pub(super) fn wait(&mut self, now: Timestamp, devices: Vec<Present>, out: &mut Effects) {
        self.waiting = Some(Waiting { devices: devices.clone(), answering: Vec::new() });
        for device in devices.into_iter().filter(|device| device.attendee.call_waiting).take(DEVICES_MAX) {
            self.offer(now, device, out);
        }
        if self.callee_legs().next().is_none() {
            self.busy(now, None, out);
        }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some() && !self.is_answered()
    }

    /// A device of the callee signs in while the call waits. It is offered the call if it can show it.
    pub(super) fn may_wait(&mut self, device: &Present) -> bool {
        let Some(waiting) = &mut self.waiting else { return true };
        if waiting.devices.len() < DEVICES_MAX {
            waiting.devices.push(device.clone());
        }
        device.attendee.call_waiting
    }

    /// A device does not show the call, because it is not the one in the other call or shows another that waits.
    pub(super) fn not_shown(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        self.withdraw(index, WithdrawnReason::DeclinedElsewhere, out);
        if self.callee_legs().next().is_none() {
            self.busy(now, Some(Role::Callee), out);
        }
    }

    /// Somebody answers, but their slot is another call's: it must come first. True if so.
    pub(super) fn waits_for_slot(&mut self, now: Timestamp, index: u8, out: &mut Effects) -> bool {
        if self.side(Role::Callee).slot == Slot::Ours {
            return false;
        }
        let Some(waiting) = &mut self.waiting else { return false };
        if !waiting.answering.contains(&index) {
            waiting.answering.push(index);
        }
        self.ask_slot(now, Role::Callee, out);
        true
    }

    /// The slot has come: the first of those who answered wins, if one is left.
    pub(super) fn take_waiting(&mut self, now: Timestamp, out: &mut Effects) {
        let answering = self.waiting.iter().flat_map(|waiting| &waiting.answering);
        let mut winner = answering.filter(|index| self.leg(**index).standing == Standing::In);
        match winner.next().copied() {
            Some(winner) => self.answer(now, winner, out),
            None => self.leave_slot(Role::Callee, out),
        }
    }

    /// The other call was neither ended nor held.
    pub(super) fn stays_busy(&mut self, now: Timestamp, out: &mut Effects) {
        self.end(now, EndReason::Busy, None, out);
    }

    /// Nobody was shown the call: the callee's devices are told who tried.
    fn busy(&mut self, now: Timestamp, by: Option<Role>, out: &mut Effects) {
        let devices = self.waiting.iter().flat_map(|waiting| &waiting.devices);
        for device in devices.take(DEVICES_MAX) {
            let notice = ServerMessage::CallWaiting {
                call_id: self.id,
                from: self.party(Role::Caller),
                context: self.callee_context().clone(),
            };
            out.deliver(&device.attendee.device, notice);
        }
        self.end(now, EndReason::Busy, by, out);
    }
}
