//! Calls on hold: at most one call of a person is not.
//!
//! What the person wants is shown at once; the server has the last word, since the line may not be free.

use tring_protocol::ids::CallId;
use tring_protocol::signal::ClientMessage;

use super::Desk;
use super::state::{Call, CallKey};
use crate::signalling::input::CurrentCall;

impl Desk<'_> {
    /// The person holds a call, or goes on with one; then the call that they are in is held.
    pub(in crate::signalling) fn hold(&mut self, call_id: Option<CallId>, held: bool) {
        let meant = self.meant(call_id, None).and_then(|key| self.state.call(key));
        let Some(call) = meant.filter(|call| call.is_ongoing() && call.held != held) else { return };
        let key = call.key;
        if held {
            if self.state.choices.hold {
                self.hold_call(key);
            }
            return;
        }
        if let Some(current) = self.state.current() {
            let current_key = current.key;
            // One that is being placed or answered cannot be held.
            if !self.may_hold(current) {
                return;
            }
            self.hold_call(current_key);
        }
        self.ask_to_hold(key, false);
    }

    /// Clears the line for another call: as the person wants it if that is possible, and else by ending the call.
    pub(super) fn make_way(&mut self, key: CallKey, how: CurrentCall) {
        let may_hold = self.state.call(key).is_some_and(|call| self.may_hold(call));
        match how {
            CurrentCall::Hold if may_hold => self.hold_call(key),
            CurrentCall::Hold | CurrentCall::End => self.hang_up_call(key),
        }
    }

    /// How the server has it.
    pub(super) fn on_held(&mut self, call_id: CallId, held: bool) {
        let current = self.state.current().map(|call| call.key);
        let Some(call) = self.state.named_mut(call_id) else { return };
        // What answers an earlier request, to go on, is old news.
        if call.hold_unanswered && call.held && !held {
            return;
        }
        call.hold_unanswered = false;
        let key = call.key;
        if held {
            self.set_held(key);
        } else if current.is_some_and(|current| current != key) {
            // The person has gone on with another call by now.
            self.hold_call(key);
        } else {
            call.held = false;
        }
    }

    /// Whether this person may put `call` on hold.
    fn may_hold(&self, call: &Call) -> bool {
        self.state.choices.hold && call.is_ongoing()
    }

    fn hold_call(&mut self, key: CallKey) {
        self.set_held(key);
        self.ask_to_hold(key, true);
    }

    /// The one that was held last is the last of all.
    fn set_held(&mut self, key: CallKey) {
        let calls = &mut self.state.calls;
        let Some(index) = calls.iter().position(|call| call.key == key && !call.held) else { return };
        calls[index].held = true;
        calls[index..].rotate_left(1);
    }

    fn ask_to_hold(&mut self, key: CallKey, held: bool) {
        let Some(call) = self.state.call_mut(key) else { return };
        call.held = held;
        if let Some(call_id) = call.id {
            call.hold_unanswered = true;
            self.send(ClientMessage::Hold { call_id, held });
        }
    }
}
