//! The calls as a page knows them: what it says when it is told something, and what people may do.

use tring_protocol::ids::CallId;
use tring_protocol::signal::{
    CallImages, CallSnapshot, CallState, ClientMessage, DeclineReason, Role, ServerMessage, WeakNetwork,
};
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;

use super::page::{Page, Placing};
use super::{Command, Output};
use crate::account::version_of;

#[derive(Debug, Clone)]
pub(crate) struct MyCall {
    pub(crate) role: Role,
    pub(crate) state: CallState,
    /// Whether the call is on the screen.
    pub(crate) shown: bool,
    /// Whether the user was in another call when this one came.
    pub(crate) waiting: bool,
    /// Whether this side holds it, as the user wants it, and the other side.
    pub(crate) held: bool,
    pub(crate) peer_held: bool,
    /// Whose network it was told is weak.
    weak: WeakNetwork,
    pub(super) said: Said,
    muted: bool,
    /// Until when a new session must hear of the call.
    pub(super) confirm_by: Option<Timestamp>,
}

/// The last thing that this side did about the call, in case it was lost with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Answer,
    Decline(DeclineReason),
    Hangup,
}

impl MyCall {
    pub(super) fn new(role: Role, state: CallState) -> Self {
        Self {
            role,
            state,
            shown: true,
            waiting: false,
            held: false,
            peer_held: false,
            weak: WeakNetwork::None,
            said: Said::Nothing,
            muted: false,
            confirm_by: None,
        }
    }

    /// Whether the person is in this call, and so cannot be in another.
    pub(super) fn is_engaged(&self) -> bool {
        let taken =
            self.role == Role::Caller || self.state >= CallState::Answered || self.said == Said::Answer;
        taken && !self.held
    }
}

impl Page {
    pub(super) fn told(&mut self, _now: Timestamp, message: ServerMessage) {
        match message {
            ServerMessage::Placed { reference, call_id, role } => self.placed(&reference, call_id, role),
            ServerMessage::Rejected { reference, .. } => {
                if self.placing.as_ref().is_some_and(|placing| placing.reference == reference) {
                    self.placing = None;
                    self.show_waiting();
                } else {
                    self.answered_once(&reference);
                }
            }
            ServerMessage::Incoming { call_id, from, waiting, .. } => {
                self.incoming(call_id, &from.cuid, waiting);
            }
            ServerMessage::Restored { call } => self.restored(&call),
            ServerMessage::Ringing { call_id, .. } => self.reached(call_id, CallState::Ringing),
            ServerMessage::Answered { call_id, .. } => self.reached(call_id, CallState::Answered),
            ServerMessage::Connected { call_id, .. } => self.reached(call_id, CallState::Connected),
            ServerMessage::Withdrawn { call_id, .. } | ServerMessage::Ended { call_id, .. } => {
                self.calls.remove(&call_id);
            }
            ServerMessage::CallWaiting { .. }
            | ServerMessage::MediaAnswer { .. }
            | ServerMessage::MediaRefused { .. }
            | ServerMessage::PeerMuted { .. }
            | ServerMessage::PeerAway { .. }
            | ServerMessage::PeerBack { .. } => {}
            ServerMessage::BrandingChanged { branding } => self.looks_changed(version_of(&branding)),
            ServerMessage::Held { call_id, held } => self.is_held(call_id, held),
            ServerMessage::PeerHeld { call_id, held } => {
                if let Some(call) = self.calls.get_mut(&call_id) {
                    call.peer_held = held;
                }
            }
            ServerMessage::Network { call_id, weak } => self.network_is(call_id, weak),
            ServerMessage::Elsewhere { call } => {
                self.elsewhere.insert(call.call_id, call);
            }
            ServerMessage::ElsewhereEnded { call_id } => {
                self.elsewhere.remove(&call_id);
            }
            ServerMessage::TakeOverRefused { call_id, .. } => {
                self.taking.remove(&call_id);
            }
            ServerMessage::CheckAnswer { .. } | ServerMessage::CheckRefused { .. } => {}
            ServerMessage::Unknown => self.out.push(Output::Broken("an unknown message".into())),
        }
    }

    /// Each change of the looks is told once, and in order.
    fn looks_changed(&mut self, version: u32) {
        if version <= self.looks_told {
            self.out.push(Output::Broken(format!("the looks of change {version} were told again")));
        }
        (self.looks, self.looks_told) = (version, version);
    }

    /// Told only when it changes: whoever has missed a change would be told the same again.
    fn network_is(&mut self, id: CallId, weak: WeakNetwork) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.weak == weak {
            self.out.push(Output::Broken(format!("the network of {id} was told to be {weak:?} twice")));
        }
        call.weak = weak;
    }

    fn placed(&mut self, reference: &str, id: CallId, role: Role) {
        if self.placing.as_ref().is_some_and(|placing| placing.reference == reference) {
            self.placing = None;
            let call = self.calls.entry(id).or_insert(MyCall::new(role, CallState::Placed));
            call.shown = true;
            self.send(ClientMessage::MediaOffer { call_id: id, sdp: self.offer.clone() });
        } else if self.given_up.contains(reference) {
            self.hang_up_unknown(id);
        } else {
            // A page before this one placed it; `restored` follows.
            self.answered_once(reference);
        }
    }

    /// Each `place` of this page has one answer.
    fn answered_once(&mut self, reference: &str) {
        let mine = reference.split('-').next() == Some(self.number.to_string().as_str());
        if mine && !self.given_up.contains(reference) && !self.superseded.contains(reference) {
            self.out.push(Output::Broken(format!("the place {reference} was answered twice")));
        }
    }

    fn restored(&mut self, snapshot: &CallSnapshot) {
        let id = snapshot.call_id;
        if self.abandoned.contains(&id) {
            return self.hang_up_unknown(id);
        }
        let taken = self.taking.remove(&id);
        if !taken && !self.calls.contains_key(&id) && snapshot.role == Role::Caller {
            if !self.given_up.is_empty() {
                return self.hang_up_unknown(id);
            }
            // Its page before may have placed it, or this one; another call of the user's is on hold.
            let mine = self.placing.take_if(|placing| placing.to == snapshot.peer.cuid);
            self.superseded.extend(mine.map(|placing| placing.reference));
        }
        let call = self.calls.entry(id).or_insert(MyCall::new(snapshot.role, snapshot.state));
        (call.role, call.state, call.shown) = (snapshot.role, snapshot.state, true);
        (call.held, call.peer_held, call.muted) = (snapshot.held, snapshot.peer_held, snapshot.muted);
        call.weak = WeakNetwork::None;
        self.confirm(id);
    }

    /// A session that begins anew is told of its calls: what was said in the old one may have been lost.
    pub(super) fn confirm(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.confirm_by = None;
        if !call.shown {
            return;
        }
        let (said, rings) = (call.said, call.role == Role::Callee && call.state <= CallState::Ringing);
        if rings {
            self.send(ClientMessage::Ringing { call_id: id });
        }
        match said {
            Said::Nothing => {}
            Said::Answer if rings => self.send(ClientMessage::Answer { call_id: id }),
            Said::Answer => {}
            Said::Decline(reason) => return self.send(ClientMessage::Decline { call_id: id, reason }),
            Said::Hangup => return self.send(ClientMessage::Hangup { call_id: id }),
        }
        self.send(ClientMessage::MediaOffer { call_id: id, sdp: self.offer.clone() });
    }

    fn reached(&mut self, id: CallId, state: CallState) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.state = state;
            call.shown = true;
            call.confirm_by = None;
        }
    }

    pub(super) fn hang_up_unknown(&mut self, id: CallId) {
        self.send(ClientMessage::Hangup { call_id: id });
    }

    pub(super) fn give_up_placing(&mut self) {
        if let Some(placing) = self.placing.take() {
            self.given_up.insert(placing.reference);
            self.show_waiting();
        }
    }

    /// Rings for the calls that were held back while this side dialled their caller.
    fn show_waiting(&mut self) {
        let waiting: Vec<_> = self.calls.iter().filter(|(_, call)| !call.shown).map(|(id, _)| *id).collect();
        for id in waiting {
            if let Some(call) = self.calls.get_mut(&id) {
                call.shown = true;
            }
            self.confirm(id);
        }
    }

    pub(super) fn say(&mut self, now: Timestamp, command: Command) {
        match command {
            Command::Place(to) => {
                if !self.is_idle() {
                    return;
                }
                self.places += 1;
                let reference = format!("{}-{}", self.number, self.places);
                self.placing = Some(Placing { reference: reference.clone(), to: to.clone(), since: now });
                let context = Context::parse("A question").expect("a context written here is a context");
                let images = CallImages::default();
                self.send(ClientMessage::Place { reference, to, context, remote_context: None, images });
            }
            Command::Answer(id, current) => {
                if self.says(id, Said::Answer, |call| {
                    call.role == Role::Callee
                        && call.state <= CallState::Ringing
                        && call.said == Said::Nothing
                }) {
                    self.leave_others(id, current);
                    self.send(ClientMessage::Answer { call_id: id });
                }
            }
            Command::Decline(id, reason) => {
                if self.says(id, Said::Decline(reason), |call| call.role == Role::Callee) {
                    self.send(ClientMessage::Decline { call_id: id, reason });
                    if reason == DeclineReason::NotificationsDisabled {
                        // Nothing more is heard of it if other devices ring on.
                        self.calls.remove(&id);
                    }
                }
            }
            Command::Hangup(id) => {
                if self.says(id, Said::Hangup, |_| true) {
                    self.send(ClientMessage::Hangup { call_id: id });
                }
            }
            Command::Mute(id) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.muted = !call.muted;
                    let muted = call.muted;
                    self.send(ClientMessage::Mute { call_id: id, muted });
                }
            }
            Command::Reoffer(id) => {
                if self.calls.contains_key(&id) {
                    self.send(ClientMessage::MediaOffer { call_id: id, sdp: self.offer.clone() });
                }
            }
            Command::PathLost => self.reoffer_all(),
            Command::Hold(id) => self.hold(id),
            Command::Resume(id) => self.resume(id),
            Command::TakeOver(id) => self.take_over(id),
            Command::Check => self.check(),
            Command::CheckDone => self.check_done(),
            Command::SignOut => {
                self.send(ClientMessage::SignOut {});
                self.running = false;
            }
        }
    }

    fn says(&mut self, id: CallId, said: Said, may: impl Fn(&MyCall) -> bool) -> bool {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.shown && may(call)) else { return false };
        call.said = said;
        true
    }
}
