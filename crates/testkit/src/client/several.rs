//! Several calls on one page, and calls on the user's other devices: who waits, what is held, and what moves here. As
//! in the SDK, at most one call is talked in, and another is held or ended before it is left for the next.

use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::signal::{CallState, ClientMessage, DeclineReason, Role};

use super::Current;
use super::page::Page;
use super::talk::{MyCall, Said};

impl Page {
    /// Somebody calls. Beside another call it is shown only on the page that is in that one, and only one at a time.
    pub(super) fn incoming(&mut self, id: CallId, from: &Cuid, waiting: bool) {
        if self.abandoned.contains(&id) {
            return self.hang_up_unknown(id);
        }
        if waiting && !self.calls.contains_key(&id) && !self.has_room_for_waiting() {
            return self.send(ClientMessage::Decline { call_id: id, reason: DeclineReason::Busy });
        }
        // One who dials the person that calls is answering, not being rung (ADR 3).
        let crossing = self.placing.as_ref().is_some_and(|placing| placing.to == *from);
        let call = self.calls.entry(id).or_insert(MyCall::new(Role::Callee, CallState::Placed));
        call.shown = !crossing;
        call.waiting = waiting;
        self.confirm(id);
    }

    fn has_room_for_waiting(&self) -> bool {
        let in_a_call = self.placing.is_some() || self.calls.values().any(MyCall::is_engaged);
        in_a_call && !self.calls.values().any(|call| call.waiting && call.state <= CallState::Ringing)
    }

    /// Ends or holds whatever this page is in, for another call.
    pub(super) fn leave_others(&mut self, id: CallId, current: Current) {
        let others = self.calls.iter().filter(|(other, call)| **other != id && call.is_engaged());
        let others: Vec<_> = others.map(|(other, _)| *other).collect();
        for other in others {
            let Some(call) = self.calls.get_mut(&other) else { continue };
            if current == Current::Hold && call.state >= CallState::Answered {
                call.held = true;
                self.send(ClientMessage::Hold { call_id: other, held: true });
            } else {
                call.said = Said::Hangup;
                self.send(ClientMessage::Hangup { call_id: other });
            }
        }
    }

    pub(super) fn hold(&mut self, id: CallId) {
        if let Some(call) =
            self.calls.get_mut(&id).filter(|call| call.state >= CallState::Answered && !call.held)
        {
            call.held = true;
            self.send(ClientMessage::Hold { call_id: id, held: true });
        }
    }

    /// Goes on with a call on hold; holds or ends the one it is in.
    pub(super) fn resume(&mut self, id: CallId) {
        if self.calls.get(&id).is_some_and(|call| call.held) {
            self.leave_others(id, Current::Hold);
            self.send(ClientMessage::Hold { call_id: id, held: false });
        }
    }

    pub(super) fn is_held(&mut self, id: CallId, held: bool) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.held = held;
        }
    }

    pub(super) fn take_over(&mut self, id: CallId) {
        if self.elsewhere.contains_key(&id) && !self.calls.contains_key(&id) && self.taking.insert(id) {
            self.leave_others(id, Current::Hold);
            self.send(ClientMessage::TakeOver { call_id: id });
        }
    }

    /// The path is lost: a new connection for the audio of every call.
    pub(super) fn reoffer_all(&mut self) {
        let calls = self.calls.iter().filter(|(_, call)| call.shown);
        let calls: Vec<_> = calls.map(|(id, _)| *id).collect();
        for call_id in calls {
            self.send(ClientMessage::MediaOffer { call_id, sdp: self.offer.clone() });
        }
    }

    pub(super) fn check(&mut self) {
        self.checks += 1;
        let reference = format!("check {}-{}", self.number, self.checks);
        self.send(ClientMessage::Check { reference, sdp: self.offer.clone() });
    }

    pub(super) fn check_done(&mut self) {
        let reference = format!("check {}-{}", self.number, self.checks);
        self.send(ClientMessage::CheckDone { reference });
    }

    /// A new session knows nothing of the calls elsewhere, and is told anew.
    pub(super) fn forget_elsewhere(&mut self) {
        self.elsewhere.clear();
        self.taking.clear();
    }
}
