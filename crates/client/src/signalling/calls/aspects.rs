//! What the states of the calls are called.

use std::collections::BTreeMap;

use super::Calls;
use super::state::{Call, Line, Microphone, Stage, State};
use crate::signalling::output::{Notice, PoorNetwork};
use crate::signalling::situation::Aspect;

impl Calls {
    /// The labels of all that concerns calls.
    pub(in crate::signalling) fn labels(&self) -> BTreeMap<Aspect, &'static str> {
        let Self(state) = self;
        let mut labels = BTreeMap::from([
            (Aspect::Microphone, microphone(state.microphone)),
            (Aspect::Moves, moves(state)),
            (Aspect::Signalling, signalling(state)),
        ]);
        for call in &state.calls {
            let number = call.key.0;
            labels.insert(Aspect::Stage(number), stage(call));
            if call.is_ongoing() {
                labels.insert(Aspect::Hold(number), hold(call));
                labels.insert(Aspect::Mute(number), if call.muted { "muted" } else { "heard" });
                labels.insert(Aspect::Network(number), network(call));
                labels.insert(Aspect::Peer(number), if call.peer_away { "away" } else { "there" });
                labels.insert(Aspect::PeerHold(number), if call.peer_held { "held" } else { "talking" });
                labels.insert(Aspect::PeerMute(number), if call.peer_muted { "muted" } else { "heard" });
            }
            if call.path.opened_at.is_some() {
                labels.insert(Aspect::Path(number), path(call));
            }
            labels.extend(notice(call).map(|label| (Aspect::Notice(number), label)));
        }
        labels.extend(state.partings.iter().map(|parting| (Aspect::Stage(parting.call.key.0), "parting")));
        labels.extend(state.attempt.as_ref().map(|_| (Aspect::Stage(0), "attempt")));
        labels
    }
}

fn microphone(microphone: Microphone) -> &'static str {
    match microphone {
        Microphone::Closed => "closed",
        Microphone::Opening => "opening",
        Microphone::Open => "open",
        Microphone::Failed => "failed",
    }
}

fn moves(state: &State) -> &'static str {
    match state.moves.last() {
        None => "none",
        Some(last) if last.due.is_none() => "waits for the microphone",
        Some(_) => "asked",
    }
}

fn signalling(state: &State) -> &'static str {
    match state.line {
        Line::Lost { is_missed: true, .. } => "missed",
        Line::Lost { is_missed: false, .. } => "away",
        Line::New | Line::Open | Line::Over(_) if state.restore_due.is_some() => "restoring",
        Line::New | Line::Open | Line::Over(_) => "there",
    }
}

fn stage(call: &Call) -> &'static str {
    match call.stage {
        Stage::Placing => "placing",
        Stage::Placed => "placed",
        Stage::Ringing => "ringing",
        Stage::Incoming => "incoming",
        Stage::Waiting => "waiting",
        Stage::Behind => "behind",
        Stage::Answering => "answering",
        Stage::Answered => "answered",
        Stage::Connected => "connected",
    }
}

fn hold(call: &Call) -> &'static str {
    match (call.held, call.hold_unanswered) {
        (false, false) => "talking",
        (false, true) => "going on",
        (true, false) => "held",
        (true, true) => "holding",
    }
}

fn network(call: &Call) -> &'static str {
    match call.poor_network {
        PoorNetwork::None => "good",
        PoorNetwork::Mine => "mine is poor",
        PoorNetwork::Theirs => "theirs is poor",
    }
}

fn path(call: &Call) -> &'static str {
    match (call.path.is_lost, call.path.is_proven, call.path.reopen_at) {
        (false, false, _) => "new",
        (false, true, _) => "works",
        (true, _, None) => "lost",
        (true, _, Some(_)) => "lost, next peer due",
    }
}

fn notice(call: &Call) -> Option<&'static str> {
    call.notice.as_ref().map(|posted| match posted.notice {
        Notice::MicrophoneBlocked => "microphone blocked",
        Notice::CallWaiting { .. } => "call waiting",
    })
}
