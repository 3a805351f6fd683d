//! What becomes of the calls when the session is lost, goes on, or begins anew.

use tring_protocol::error::ErrorCode;
use tring_protocol::limits::SESSION_GRACE;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallSnapshot, CallState, Role};

use super::Desk;
use super::ending::Which;
use super::state::{CallKey, Line, RESTORE_WAIT, SIGNALLING_PATIENCE, Stage};
use crate::signalling::moment::ServerClock;
use crate::signalling::output::{Outcome, PoorNetwork};

impl Desk<'_> {
    /// The session goes on.
    pub(in crate::signalling) fn session_resumed(&mut self, clock: ServerClock) {
        self.state.line = Line::Open;
        self.state.clock = clock;
        for key in self.state.keys() {
            self.recover_with_signalling(key);
        }
    }

    /// There is a new session; the server says at once in which calls this device still is.
    pub(in crate::signalling) fn session_begun(&mut self, clock: ServerClock) {
        self.state.line = Line::Open;
        self.state.clock = clock;
        self.finish_partings(Which::All);
        self.refuse_moves(&ErrorCode::InternetLost.into(), |mv| mv.due.is_some());
        self.state.elsewhere.clear();
        if let Some(behind) = self.state.at(Stage::Behind).map(|call| call.key) {
            drop(self.state.remove(behind));
        }
        for key in self.state.keys() {
            let Some(call) = self.state.call_mut(key) else { continue };
            // A call that was not confirmed may or may not have been placed; nobody waits for it any more.
            if call.stage == Stage::Placing {
                let outcome = Outcome::RejectsError(ErrorCode::InternetLost.into());
                self.end_with(key, EndReason::CallerLost, outcome);
                continue;
            }
            call.path.unanswered_offers = 0;
            call.hold_unanswered = false;
            call.unconfirmed = true;
            self.state.restore_due = Some(self.now + RESTORE_WAIT);
        }
    }

    pub(in crate::signalling) fn session_lost(&mut self) {
        if self.state.is_open() {
            self.state.line = Line::Lost { at: self.now, is_missed: false };
            self.finish_partings(Which::All);
        }
    }

    /// The program was started again, the session begun anew, or the call moved to this device: it goes on with a new peer.
    /// Each call comes by itself, also those on hold.
    pub(super) fn on_restored(&mut self, snapshot: CallSnapshot) {
        let call_id = snapshot.call_id;
        let known = self.state.named(call_id).map(|call| call.key);
        let key = known.unwrap_or_else(|| self.adopt(&snapshot));
        let clock = self.state.clock;
        self.state.farewell = None;
        let Some(call) = self.state.call_mut(key) else { return };
        call.stage = stage_of(&snapshot);
        call.due = None;
        call.peer = snapshot.peer;
        call.peer_muted = snapshot.peer_muted;
        call.peer_away = false;
        call.held = snapshot.held;
        call.peer_held = snapshot.peer_held;
        call.poor_network = PoorNetwork::None;
        if call.is_ongoing() {
            call.answered_at.get_or_insert(clock.here(snapshot.answered_at.unwrap_or_default()));
        }
        let muted = call.muted;
        self.confirm(key);
        self.on_moved(call_id);
        // Whether this device's person is heard is theirs to say; the server knows it for a device that forgot.
        if muted != snapshot.muted {
            self.set_muted(key, muted);
        }
        self.open_peer(key);
        self.open_microphone();
    }

    /// The times that pass while signalling is away.
    pub(super) fn watch_absence(&mut self) {
        let now = self.now;
        if self.state.restore_due.is_some_and(|due| now >= due) {
            let lost: Vec<CallKey> =
                self.state.calls.iter().filter(|call| call.unconfirmed).map(|call| call.key).collect();
            for key in lost {
                self.end_lost(key);
            }
        }
        let Line::Lost { at, is_missed } = &mut self.state.line else { return };
        *is_missed |= now >= *at + SIGNALLING_PATIENCE;
        if now >= *at + SESSION_GRACE {
            for key in self.state.keys() {
                self.end_lost(key);
            }
        }
    }

    /// A call of which this device knows nothing yet.
    fn adopt(&mut self, snapshot: &CallSnapshot) -> CallKey {
        let CallSnapshot { role, peer, context, images, .. } = snapshot;
        let mut call = self.state.new_call(*role, stage_of(snapshot), peer.clone(), context.clone());
        call.image.clone_from(match role {
            Role::Caller => &images.receiver,
            Role::Callee => &images.initiator,
        });
        call.id = Some(snapshot.call_id);
        call.muted = snapshot.muted;
        let key = call.key;
        self.state.calls.push(call);
        key
    }
}

/// A callee's call comes back as `restored` only when it was answered; before that it comes as `incoming`.
fn stage_of(snapshot: &CallSnapshot) -> Stage {
    match (snapshot.state, snapshot.role) {
        (CallState::Answered, _) => Stage::Answered,
        (CallState::Connected, _) => Stage::Connected,
        (_, Role::Callee) => Stage::Answering,
        (CallState::Ringing, Role::Caller) => Stage::Ringing,
        (CallState::Placed | CallState::Ended, Role::Caller) => Stage::Placed,
    }
}
