//! The callee's part: from `incoming` until this person has answered or declined.

use tring_protocol::ids::CallId;
use tring_protocol::limits::CALLS_MAX;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallImages, ClientMessage, DeclineReason, Party, Role};
use tring_protocol::text::Context;
use tring_protocol::time::Millis;

use super::Desk;
use super::events::{busy_event, first_event};
use super::state::{CallKey, END_WAIT, NOTICE_STAYS, Posted, RING_MARGIN, Stage};
use crate::signalling::input::CurrentCall;
use crate::signalling::moment::Moment;
use crate::signalling::output::{EventName, Notice, Output};

/// `incoming`, as the server says it.
pub(super) struct Incoming {
    pub(super) call_id: CallId,
    pub(super) from: Party,
    pub(super) context: Context,
    pub(super) images: CallImages,
    pub(super) ring_timeout: Millis,
    pub(super) waiting: bool,
}

impl Desk<'_> {
    /// Somebody calls, or a call that rang before comes again with a new session.
    pub(super) fn on_incoming(&mut self, incoming: Incoming) {
        let Incoming { call_id, from, context, images, ring_timeout, waiting } = incoming;
        let due = self.now + ring_timeout + RING_MARGIN;
        if let Some(key) = self.state.named(call_id).map(|call| call.key) {
            return self.ring_again(key, call_id, due);
        }
        if self.state.partings.iter().any(|parting| parting.call.id == Some(call_id)) {
            return self.decline(call_id, DeclineReason::User);
        }
        let stage = self.place_for(waiting);
        // Of a call that waits the user is told, with `call_waiting`, if no device of theirs shows it.
        if stage.is_some() || !waiting {
            self.tell(Output::Event(first_event(EventName::Incoming, call_id, context.clone())));
        }
        let Some(stage) = stage else { return self.decline(call_id, DeclineReason::Busy) };
        let mut call = self.state.new_call(Role::Callee, stage, from, context);
        call.image = images.initiator;
        call.id = Some(call_id);
        call.due = Some(due);
        let key = call.key;
        self.state.calls.push(call);
        if stage != Stage::Behind {
            self.ring(key);
        }
    }

    /// The person answers. The microphone comes first; without one there is nothing to answer with.
    pub(in crate::signalling) fn answer(&mut self, call_id: Option<CallId>, current: CurrentCall) {
        if let Some(key) = self.rings_here(call_id) {
            self.take(key, current);
        }
    }

    /// Answers a call that rings here.
    pub(super) fn take(&mut self, key: CallKey, current: CurrentCall) {
        if let Some(in_the_way) = self.state.current().map(|call| call.key) {
            self.make_way(in_the_way, current);
        }
        if let Some(call) = self.state.call_mut(key) {
            call.stage = Stage::Answering;
            call.due = None;
        }
        self.open_microphone();
    }

    /// The person declines. While an answer is under way there is only hanging up.
    pub(in crate::signalling) fn decline_by_user(&mut self, call_id: Option<CallId>) {
        let Some(key) = self.rings_here(call_id) else { return };
        if let Some(call_id) = self.state.call(key).and_then(|call| call.id) {
            self.decline(call_id, DeclineReason::User);
            self.part(key, EndReason::User);
        }
    }

    /// Somebody called while this user was in a call, and was told so.
    pub(super) fn on_call_waiting(&mut self, call_id: CallId, from: Party, context: Context) {
        self.tell(Output::Event(first_event(EventName::Incoming, call_id, context.clone())));
        self.tell(Output::Event(busy_event(call_id, context)));
        let until = Some(self.now + NOTICE_STAYS);
        let Some(key) = self.state.front().map(|call| call.key) else { return };
        if let Some(call) = self.state.call_mut(key) {
            call.notice = Some(Posted { notice: Notice::CallWaiting { from }, until });
        }
    }

    /// A call that waits rings like any other once the line is free, and one that rings waits once it is not.
    pub(super) fn arrange_ringing(&mut self) {
        let key_at = |desk: &Self, stage| desk.state.at(stage).map(|call| call.key);
        let rings = key_at(self, Stage::Incoming);
        if self.state.current().is_some() {
            // The person went on with a call that was on hold, instead of answering.
            if let Some(call) = rings.and_then(|key| self.state.call_mut(key)) {
                call.stage = Stage::Waiting;
            }
            return;
        }
        if rings.is_some() {
            return;
        }
        let waits = key_at(self, Stage::Waiting);
        let Some(next) = waits.or_else(|| key_at(self, Stage::Behind)) else { return };
        if let Some(call) = self.state.call_mut(next) {
            call.stage = Stage::Incoming;
        }
        self.state.farewell = None;
        if waits.is_none() {
            self.ring(next);
        }
    }

    /// The call has come back with the new session.
    pub(super) fn confirm(&mut self, key: CallKey) {
        if let Some(call) = self.state.call_mut(key) {
            call.unconfirmed = false;
        }
        self.state.forget_restoring();
    }

    pub(super) fn decline(&mut self, call_id: CallId, reason: DeclineReason) {
        self.send(ClientMessage::Decline { call_id, reason });
    }

    /// Where a new call is shown; `None` for nowhere. `waits` if its caller was told that the user is in a call.
    fn place_for(&self, waits: bool) -> Option<Stage> {
        if self.state.calls.len() >= CALLS_MAX {
            return None;
        }
        let Some(busy) = self.state.busy() else {
            return (!waits || self.was_in_call()).then_some(Stage::Incoming);
        };
        if busy.stage == Stage::Placing {
            // The server answers the call that is being placed with this very call if the two have called each other.
            return (!waits && self.state.at(Stage::Behind).is_none()).then_some(Stage::Behind);
        }
        let is_offered =
            self.state.choices.call_waiting && busy.is_ongoing() && self.state.at(Stage::Waiting).is_none();
        is_offered.then_some(Stage::Waiting)
    }

    /// Whether this is the device that the user was in a call on, when the server asked whether they were.
    fn was_in_call(&self) -> bool {
        let lately = self.state.ended.iter().filter(|farewell| self.now.since(farewell.at) < END_WAIT);
        let parting = self.state.partings.iter().map(|parting| &parting.call);
        parting.chain(lately.map(|farewell| &farewell.call)).any(|call| call.is_ongoing())
    }

    fn ring(&mut self, key: CallKey) {
        let Some(call) = self.state.call(key) else { return };
        let call_id = call.id;
        if call.stage == Stage::Incoming {
            self.state.farewell = None;
        }
        if let Some(call_id) = call_id {
            self.send(ClientMessage::Ringing { call_id });
        }
        self.open_peer(key);
    }

    fn ring_again(&mut self, key: CallKey, call_id: CallId, due: Moment) {
        let hears = self.hears();
        let Some(call) = self.state.call_mut(key).filter(|call| call.stage != Stage::Behind) else { return };
        let is_answered_here = !call.is_unanswered();
        if !is_answered_here {
            call.due = Some(due);
        } else if hears {
            call.stage = Stage::Answering;
        }
        self.confirm(key);
        self.send(ClientMessage::Ringing { call_id });
        if is_answered_here && hears {
            self.send(ClientMessage::Answer { call_id });
        }
        self.open_peer(key);
    }

    /// The call that is asked for, if it rings here.
    fn rings_here(&self, call_id: Option<CallId>) -> Option<CallKey> {
        let call = match call_id {
            Some(id) => self.state.named(id),
            None => self.state.at(Stage::Waiting).or_else(|| self.state.at(Stage::Incoming)),
        };
        call.filter(|call| matches!(call.stage, Stage::Incoming | Stage::Waiting)).map(|call| call.key)
    }
}
