//! How a call leaves: by the server's word, by this person's, or because nothing is heard of it any more.
//!
//! When this person ends it, the screen and the sound stop at once, but what the app is told waits a moment for the
//! server's `ended`: if the other side was quicker, both sides must be told the same.

use std::mem;

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::CallId;
use tring_protocol::outcome::{EndReason, WebOutcome};
use tring_protocol::signal::{ClientMessage, Role, WithdrawnReason};

use super::Desk;
use super::events::end_event;
use super::state::{Call, CallKey, END_WAIT, ENDED_KEPT, Farewell, Line, Parting, Stage};
use crate::signalling::output::{Ending, Outcome, Output};

/// Which partings take their presumed end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those whose time is up.
    Due,
    All,
}

/// Why everything ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::signalling) enum Gone {
    SignedOut,
    Refused,
}

impl From<EndReason> for Outcome {
    fn from(reason: EndReason) -> Self {
        match reason.web() {
            WebOutcome::Resolves(word) => Self::Resolves(word),
            WebOutcome::Rejects(word) => Self::Rejects(word),
            WebOutcome::RejectsError(code) => Self::RejectsError(code.into()),
        }
    }
}

impl Desk<'_> {
    /// The call is over.
    pub(super) fn end(&mut self, key: CallKey, reason: EndReason) {
        self.end_with(key, reason, reason.into());
    }

    /// The call is over: tells the app, the analytics and the screen.
    pub(super) fn end_with(&mut self, key: CallKey, reason: EndReason, outcome: Outcome) {
        let Some(call) = self.leave(key, reason) else { return };
        self.settle(&call, outcome);
        self.announce_end(&call, reason);
        self.remember(call, reason);
    }

    /// This person ends the call; `presumed` is how, if the server does not know better.
    pub(super) fn part(&mut self, key: CallKey, presumed: EndReason) {
        let Some(call) = self.leave(key, presumed) else { return };
        if self.state.is_open() {
            self.state.partings.push(Parting { call, presumed, due: self.now + END_WAIT });
        } else {
            self.finish(call, presumed);
        }
    }

    /// Ends a call of which nothing is heard any more.
    pub(super) fn end_lost(&mut self, key: CallKey) {
        let Some(call) = self.state.call(key) else { return };
        if call.stage == Stage::Behind {
            drop(self.state.remove(key));
        } else {
            let reason = if call.is_ongoing() { EndReason::ConnectionLost } else { EndReason::CallerLost };
            self.end(key, reason);
        }
    }

    /// The person hangs up: cancels, declines or ends.
    pub(in crate::signalling) fn hang_up(&mut self, call_id: Option<CallId>, reference: Option<&str>) {
        let is_meant = |attempted: &str| call_id.is_none() && reference.is_none_or(|name| name == attempted);
        if let Some(attempt) = self.state.attempt.take_if(|attempt| is_meant(&attempt.reference)) {
            let outcome = EndReason::Caller.into();
            return self.tell(Output::Settle { reference: attempt.reference, outcome });
        }
        if let Some(key) = self.meant(call_id, reference) {
            self.hang_up_call(key);
        }
    }

    pub(super) fn hang_up_call(&mut self, key: CallKey) {
        let Some(call) = self.state.call(key) else { return };
        let presumed = presumed_end(call);
        if let Some(call_id) = call.id {
            self.send(ClientMessage::Hangup { call_id });
        }
        self.part(key, presumed);
    }

    /// The server's word.
    pub(super) fn on_ended(&mut self, call_id: CallId, reason: EndReason) {
        if let Some(parting) = self.take_parting(|parting| parting.call.id == Some(call_id)) {
            return self.finish(parting.call, reason);
        }
        let Some(call) = self.state.named(call_id) else { return };
        let key = call.key;
        if call.stage != Stage::Behind {
            return self.end(key, reason);
        }
        // It was never shown.
        if let Some(call) = self.state.remove(key) {
            self.announce_end(&call, reason);
        }
    }

    /// Another device of this user dealt with the call, or has it now.
    pub(super) fn on_withdrawn(&mut self, call_id: CallId, reason: WithdrawnReason) {
        // A call back that became an answer is waited for; its person is in the call, but not on this device. One that was
        // moved is over here, and it was answered.
        let outcome = match reason {
            WithdrawnReason::TakenOver => EndReason::Hangup.into(),
            WithdrawnReason::AnsweredElsewhere | WithdrawnReason::DeclinedElsewhere => {
                Outcome::RejectsError(ErrorCode::OutgoingCallInProgress.into())
            }
        };
        if let Some(parting) = self.take_parting(|parting| parting.call.id == Some(call_id)) {
            if reason == WithdrawnReason::DeclinedElsewhere {
                // Declined here, for this device only: that is how it ended here, while it rings on elsewhere.
                return self.finish(parting.call, parting.presumed);
            }
            self.settle(&parting.call, outcome.clone());
            self.remember(parting.call, reason);
        }
        let Some(call) = self.state.named(call_id) else { return };
        let key = call.key;
        if call.stage == Stage::Behind {
            drop(self.state.remove(key));
        } else if let Some(call) = self.leave(key, reason) {
            self.settle(&call, outcome);
            self.remember(call, reason);
        }
    }

    pub(super) fn finish_partings(&mut self, which: Which) {
        let now = self.now;
        while let Some(parting) = self.take_parting(|parting| which == Which::All || parting.due <= now) {
            self.finish(parting.call, parting.presumed);
        }
    }

    /// The user is gone or the session was refused: whatever there was ends now, without a screen.
    pub(in crate::signalling) fn end_everything(&mut self, refusal: WireError, why: Gone) {
        self.state.line = Line::Over(refusal.clone());
        self.state.restore_due = None;
        self.state.elsewhere.clear();
        let attempt = self.state.attempt.take();
        let calls = mem::take(&mut self.state.calls);
        let moves = mem::take(&mut self.state.moves);
        self.finish_partings(Which::All);
        for reference in
            moves.into_iter().map(|mv| mv.reference).chain(attempt.map(|attempt| attempt.reference))
        {
            self.refuse(reference, refusal.clone());
        }
        for call in calls {
            let presumed = match call.stage {
                Stage::Behind => continue,
                Stage::Incoming | Stage::Waiting => EndReason::LoggedOut,
                _ => presumed_end(&call),
            };
            let outcome = match why {
                Gone::SignedOut => presumed.into(),
                Gone::Refused => Outcome::RejectsError(refusal.clone()),
            };
            self.settle(&call, outcome);
            self.announce_end(&call, presumed);
            self.remember(call, presumed);
        }
        self.state.farewell = None;
    }

    /// The call that the id or the reference names; without either the one in front.
    pub(super) fn meant(&self, call_id: Option<CallId>, reference: Option<&str>) -> Option<CallKey> {
        let call = match (call_id, reference) {
            (Some(id), _) => self.state.named(id),
            (None, Some(_)) => self.state.calls.iter().find(|call| call.reference.as_deref() == reference),
            (None, None) => self.state.front(),
        };
        call.map(|call| call.key)
    }

    /// The call leaves the screen. It is told how it ended, unless another call is to be seen.
    fn leave(&mut self, key: CallKey, end: impl Into<Ending>) -> Option<Call> {
        let was_in_front = self.state.front().is_some_and(|call| call.key == key);
        let call = self.state.remove(key)?;
        if was_in_front {
            self.state.farewell = Some(Farewell { call: call.clone(), end: end.into(), at: self.now });
        }
        Some(call)
    }

    fn remember(&mut self, call: Call, end: impl Into<Ending>) {
        let ended = &mut self.state.ended;
        ended.push(Farewell { call, end: end.into(), at: self.now });
        let surplus = ended.len().saturating_sub(ENDED_KEPT);
        ended.drain(..surplus);
    }

    /// A call that this person has ended, is over for the server too.
    fn finish(&mut self, call: Call, reason: EndReason) {
        if let Some(farewell) = self.state.farewell.as_mut().filter(|farewell| farewell.call.key == call.key)
        {
            farewell.end = reason.into();
        }
        self.settle(&call, reason.into());
        self.announce_end(&call, reason);
        self.remember(call, reason);
    }

    fn take_parting(&mut self, which: impl Fn(&Parting) -> bool) -> Option<Parting> {
        let index = self.state.partings.iter().position(which)?;
        Some(self.state.partings.remove(index))
    }

    fn settle(&mut self, call: &Call, outcome: Outcome) {
        if let Some(reference) = call.reference.clone() {
            self.tell(Output::Settle { reference, outcome });
        }
    }

    fn announce_end(&mut self, call: &Call, reason: EndReason) {
        if let Some(event) = end_event(call, reason) {
            self.tell(Output::Event(event));
        }
    }
}

/// How a call ends when this person hangs up now.
fn presumed_end(call: &Call) -> EndReason {
    match call.role {
        _ if call.is_ongoing() => EndReason::Hangup,
        Role::Caller => EndReason::Caller,
        Role::Callee => EndReason::User,
    }
}
