//! The caller's part: from the app's request until the other side has answered.

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::CallId;
use tring_protocol::limits::{CALLS_MAX, PLACE_TIMEOUT};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, Party, Role};
use tring_protocol::text::DisplayName;

use super::Desk;
use super::events::first_event;
use super::state::{Call, CallKey, Line, Microphone, Stage};
use crate::signalling::input::{CallRequest, CurrentCall};
use crate::signalling::output::{EventName, Outcome, Output};

impl Desk<'_> {
    /// The app calls somebody. The microphone is asked first, as the vendors' SDK does.
    pub(in crate::signalling) fn start_call(&mut self, request: CallRequest) {
        if let Line::Over(refusal) = &self.state.line {
            let refusal = refusal.clone();
            return self.refuse(request.reference, refusal);
        }
        // Somebody in a call has a microphone already; asking for it again would silence the call on some phones.
        if self.state.attempt.is_some() || self.state.busy().is_some() {
            return self.place(request);
        }
        self.state.attempt = Some(request);
        self.open_microphone();
    }

    /// The microphone is there: the rest of the checks, then the call.
    pub(super) fn place(&mut self, request: CallRequest) {
        if !self.state.is_open() {
            return self.refuse(request.reference, ErrorCode::ConnectionNotEstablished);
        }
        let mutual = self.state.busy().filter(|call| is_mutual(call, &request)).map(|call| call.key);
        if let Some(key) = mutual {
            return self.answer_by_calling(key, request.reference);
        }
        let is_occupied = self.state.attempt.is_some() || self.state.busy().is_some();
        if is_occupied || self.state.calls.len() >= CALLS_MAX {
            return self.refuse(request.reference, ErrorCode::OutgoingCallInProgress);
        }
        let CallRequest { reference, to, context, remote_context, images, invalid } = request;
        if let Some(error) = invalid {
            return self.refuse(reference, error);
        }
        let peer = Party { cuid: to.clone(), name: None };
        let mut call = self.state.new_call(Role::Caller, Stage::Placing, peer, context.clone());
        call.image.clone_from(&images.receiver);
        call.reference = Some(reference.clone());
        call.due = Some(self.now + PLACE_TIMEOUT);
        self.state.calls.push(call);
        self.state.farewell = None;
        self.send(ClientMessage::Place { reference, to, context, remote_context, images });
    }

    /// The other side's `place` was quicker, for example while this device's microphone was being opened.
    fn answer_by_calling(&mut self, key: CallKey, reference: String) {
        if let Some(call) = self.state.call_mut(key) {
            call.reference = Some(reference);
        }
        self.take(key, CurrentCall::End);
    }

    /// The call will not be placed, or not moved here.
    pub(super) fn refuse(&mut self, reference: String, why: impl Into<WireError>) {
        self.tell(Output::Settle { reference, outcome: Outcome::RejectsError(why.into()) });
    }

    /// The server did not confirm the call in time. Should it do so later, `on_placed` hangs up.
    pub(super) fn give_up_placing(&mut self, key: CallKey) {
        let outcome = Outcome::RejectsError(ErrorCode::InternetLost.into());
        self.end_with(key, EndReason::CallerLost, outcome);
    }

    pub(super) fn on_placed(&mut self, reference: &str, call_id: CallId, role: Role) {
        let placing =
            self.state.at(Stage::Placing).filter(|call| call.reference.as_deref() == Some(reference));
        let Some(key) = placing.map(|call| call.key) else {
            // Cancelled or given up while the message was on its way.
            if let Some(parting) = self.parting_of(reference) {
                parting.call.id = Some(call_id);
            }
            return self.send(ClientMessage::Hangup { call_id });
        };
        if role == Role::Callee {
            self.meet(key, call_id);
        }
        let Some(call) = self.state.call_mut(key) else { return };
        call.role = role;
        call.due = None;
        call.id = Some(call_id);
        call.stage = match role {
            Role::Caller => Stage::Placed,
            Role::Callee => Stage::Answering,
        };
        if role == Role::Caller {
            let event = first_event(EventName::Outgoing, call_id, call.context.clone());
            self.tell(Output::Event(event));
        }
        self.open_peer(key);
    }

    pub(super) fn on_rejected(&mut self, reference: &str, error: WireError) {
        let call = self.state.calls.iter().find(|call| call.reference.as_deref() == Some(reference));
        if let Some(key) = call.map(|call| call.key) {
            return self.end_with(key, EndReason::Internal, Outcome::RejectsError(error));
        }
        // Cancelled meanwhile, and now never placed.
        let now = self.now;
        if let Some(parting) = self.parting_of(reference) {
            parting.due = now;
        }
    }

    pub(super) fn on_ringing(&mut self, call_id: CallId, name: Option<DisplayName>) {
        let Some(call) = self.state.named_mut(call_id).filter(|call| call.stage == Stage::Placed) else {
            return;
        };
        call.stage = Stage::Ringing;
        if name.is_some() {
            call.peer.name = name;
        }
    }

    /// Both called each other at the same moment: this device answers the other's call with its own.
    fn meet(&mut self, key: CallKey, call_id: CallId) {
        let behind =
            self.state.named(call_id).map(|call| call.key).and_then(|other| self.state.remove(other));
        let Some(call) = self.state.call_mut(key) else { return };
        match behind {
            Some(Call { peer, context, image, .. }) => {
                call.peer = peer;
                call.context = context;
                call.image = image.or_else(|| call.image.take());
            }
            None => {
                let event = first_event(EventName::Incoming, call_id, call.context.clone());
                self.tell(Output::Event(event));
            }
        }
    }

    fn parting_of(&mut self, reference: &str) -> Option<&mut super::state::Parting> {
        self.state.partings.iter_mut().find(|parting| parting.call.reference.as_deref() == Some(reference))
    }

    /// Whether the microphone is there.
    pub(super) fn hears(&self) -> bool {
        self.state.microphone == Microphone::Open
    }
}

/// Whether the one who is called rings here: to call them back is to answer.
fn is_mutual(call: &Call, request: &CallRequest) -> bool {
    call.stage == Stage::Incoming && call.peer.cuid == request.to && request.invalid.is_none()
}
