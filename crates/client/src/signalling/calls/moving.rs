//! The user's calls on other devices, and how one of them comes here.

use std::mem;

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::CallId;
use tring_protocol::limits::{CALLS_MAX, PLACE_TIMEOUT};
use tring_protocol::signal::{CallSnapshot, ClientMessage};

use super::Desk;
use super::state::{Line, Move};
use crate::signalling::output::{Outcome, Output};

impl Desk<'_> {
    /// The user is in a call on another device, or something about it changed.
    pub(super) fn on_elsewhere(&mut self, call: CallSnapshot) {
        match self.state.elsewhere.iter_mut().find(|known| known.call_id == call.call_id) {
            Some(known) => *known = call,
            None => self.state.elsewhere.push(call),
        }
    }

    pub(super) fn forget_elsewhere(&mut self, call_id: CallId) {
        self.state.elsewhere.retain(|call| call.call_id != call_id);
    }

    /// The person goes on with a call here. The microphone comes first: without one the call stays where it is, and is
    /// heard there until this device is ready.
    pub(in crate::signalling) fn take_over(&mut self, call_id: CallId, reference: String) {
        if let Some(obstacle) = self.obstacle(call_id) {
            return self.refuse(reference, obstacle);
        }
        self.state.moves.push(Move { call_id, reference, due: None });
        self.open_microphone();
    }

    /// The microphone is there.
    pub(super) fn ask_for_moves(&mut self) {
        for mut mv in mem::take(&mut self.state.moves) {
            if mv.due.is_none() {
                if let Some(obstacle) = self.obstacle(mv.call_id) {
                    self.refuse(mv.reference, obstacle);
                    continue;
                }
                mv.due = Some(self.now + PLACE_TIMEOUT);
                self.send(ClientMessage::TakeOver { call_id: mv.call_id });
            }
            self.state.moves.push(mv);
        }
    }

    /// The call came.
    pub(super) fn on_moved(&mut self, call_id: CallId) {
        self.forget_elsewhere(call_id);
        let came: Vec<Move> = self.state.moves.extract_if(.., |mv| mv.call_id == call_id).collect();
        for Move { reference, .. } in came {
            self.tell(Output::Settle { reference, outcome: Outcome::Resolves("moved") });
        }
    }

    pub(super) fn on_take_over_refused(&mut self, call_id: CallId, error: &WireError) {
        if error.code == ErrorCode::CallNotFound {
            self.forget_elsewhere(call_id);
        }
        self.refuse_moves(error, |mv| mv.call_id == call_id);
    }

    /// The calls that `which` are not waited for any more.
    pub(super) fn refuse_moves(&mut self, why: &WireError, which: impl Fn(&Move) -> bool) {
        let refused: Vec<Move> = self.state.moves.extract_if(.., |mv| which(mv)).collect();
        for Move { reference, .. } in refused {
            self.refuse(reference, why.clone());
        }
    }

    /// Why the call cannot come here, as far as this device knows.
    fn obstacle(&self, call_id: CallId) -> Option<WireError> {
        match &self.state.line {
            Line::Over(refusal) => return Some(refusal.clone()),
            Line::New | Line::Lost { .. } => return Some(ErrorCode::ConnectionNotEstablished.into()),
            Line::Open => {}
        }
        let Some(call) = self.state.elsewhere.iter().find(|call| call.call_id == call_id) else {
            return Some(ErrorCode::CallNotFound.into());
        };
        let is_occupied = self.state.attempt.is_some() || self.state.busy().is_some();
        let stays = (is_occupied && !call.held) || self.state.calls.len() >= CALLS_MAX;
        stays.then(|| ErrorCode::NotTakenOver.into())
    }
}
