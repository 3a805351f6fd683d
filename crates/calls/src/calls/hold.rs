//! A call that one side, or both, put on hold: no audio passes, the person's slot is free for another call, and nobody
//! is expected to be heard.

use tring_protocol::call::CallEventKind;
use tring_protocol::signal::{Role, ServerMessage};
use tring_protocol::time::Timestamp;

use super::call::Call;
use super::{Effect, Effects};

impl Call {
    /// A device holds the call for its person, or goes on with it.
    pub(super) fn hold(&mut self, now: Timestamp, index: u8, held: bool, out: &mut Effects) {
        let role = self.role(index);
        if !self.is_answered() || !self.side(role).has(index) {
            return;
        }
        match (self.side(role).held, held) {
            (false, true) => self.held(now, role, out),
            (true, false) => self.ask_slot(now, role, out),
            (true, true) => {
                self.leave_slot(role, out);
                self.stays_held(role, out);
            }
            // The device asks again because its first word, or the answer, may have been lost.
            (false, false) => self.tell_side(role, &self.held_message(role), out),
        }
    }

    /// Whether a side holds the call.
    pub(super) fn is_held(&self) -> bool {
        self.side(Role::Caller).held || self.side(Role::Callee).held
    }

    /// The person cannot go on with the call, or no longer wants to.
    pub(super) fn stays_held(&self, role: Role, out: &mut Effects) {
        self.tell_side(role, &self.held_message(role), out);
    }

    fn held(&mut self, now: Timestamp, role: Role, out: &mut Effects) {
        let was_held = self.is_held();
        self.side_mut(role).held = true;
        if let Some(leg) = self.side(role).leg {
            self.log(now, CallEventKind::Held { leg }, out);
        }
        self.leave_slot(role, out);
        if !was_held && let Some((a, b)) = self.open_ends() {
            out.push(Effect::Unbridge { a: self.leg_id(a), b: self.leg_id(b) });
        }
        self.tell_held(role, out);
    }

    /// The person's slot is this call's again.
    pub(super) fn resumed(&mut self, now: Timestamp, role: Role, out: &mut Effects) {
        self.side_mut(role).held = false;
        if let Some(leg) = self.side(role).leg {
            self.log(now, CallEventKind::Resumed { leg }, out);
        }
        self.expect_audio(now);
        self.tell_held(role, out);
        self.bridge(out);
    }

    fn tell_held(&self, role: Role, out: &mut Effects) {
        let held = self.side(role).held;
        self.tell_side(role, &self.held_message(role), out);
        self.tell_side(role.other(), &ServerMessage::PeerHeld { call_id: self.id, held }, out);
        self.tell_others(out);
    }

    fn held_message(&self, role: Role) -> ServerMessage {
        ServerMessage::Held { call_id: self.id, held: self.side(role).held }
    }
}
