//! Two people who dial each other end up in one call: the later `place` is the answer to the earlier one, and of two
//! that crossed between nodes the lower id survives. How a home finds out is in `attempt`; this is what the surviving
//! call makes of it.

use tring_protocol::error::ErrorCode;
use tring_protocol::ids::CallId;
use tring_protocol::signal::{Role, ServerMessage};
use tring_protocol::time::Timestamp;

use super::Calls;
use super::Effects;
use super::attempt::reject;
use super::call::Call;
use super::leg::Standing;
use crate::bus::{Present, Sender};

impl Calls {
    pub(super) fn join(&mut self, now: Timestamp, id: CallId, from: Sender, reference: String) {
        let user = &from.attendee.device.user;
        let device = from.attendee.device.clone();
        if let Some(attempt) = self.attempts.get_mut(&id)
            && attempt.awaits(user)
        {
            // The call is not on record yet; it will be answered as soon as it is.
            attempt.join(from, reference, &mut self.out);
            self.timers.set(id, attempt.deadline());
        } else if self
            .live
            .get(&id)
            .is_some_and(|call| call.user(Role::Callee) == user && !call.is_answered())
        {
            self.on_call(now, id, |call, out| call.join(now, from.present(), reference, out));
        } else {
            // It ended meanwhile, or the user dialled twice.
            reject(&device, reference, ErrorCode::OutgoingCallInProgress, &mut self.out);
        }
    }
}

impl Call {
    /// The callee takes the call by having dialled the caller.
    pub(super) fn join(&mut self, now: Timestamp, device: Present, reference: String, out: &mut Effects) {
        let index = match self.leg_of(&device.attendee.device) {
            Some(index) => {
                self.leg_mut(index).standing = Standing::In;
                index
            }
            None => self.add_leg(now, device, out),
        };
        self.tell(index, ServerMessage::Placed { reference, call_id: self.id, role: Role::Callee }, out);
        self.answer(now, index, out);
    }
}
