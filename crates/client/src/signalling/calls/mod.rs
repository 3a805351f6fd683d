//! One device's part in its calls. Several calls at a time, of which one at most is not on hold.
//!
//! It decides what is sent, what microphone and peers do, what the screen shows and how each call settles. **Its owner calls
//! `run` for everything that happens, carries out all of what it returns in order, and sends `tick` when `deadline` has
//! come.**

mod aspects;
mod conclusion;
mod ending;
mod events;
mod holding;
mod media;
mod moving;
mod placing;
mod recovery;
mod returning;
mod ringing;
mod shown;
mod state;

use tring_protocol::error::ErrorCode;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};

use super::input::Choices;
use super::moment::Moment;
use super::output::{Output, ShownCall};
pub(super) use ending::Gone;
use ending::Which;
use state::{Call, CallKey, Stage, State};

/// What the calls want.
#[derive(Debug)]
pub(super) enum Step {
    /// To tell the server.
    Send(ClientMessage),
    /// That the session makes sure that it still has a connection.
    Probe,
    /// Something of the machine's owner.
    Tell(Output),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Calls(State);

impl Calls {
    /// A device without a call.
    pub(super) fn new(choices: Choices) -> Self {
        Self(State::new(choices))
    }

    /// Lets `act` happen and returns what follows from it.
    pub(super) fn run(&mut self, now: Moment, act: impl FnOnce(&mut Desk<'_>)) -> Vec<Step> {
        let mut desk = Desk { now, state: &mut self.0, steps: Vec::new() };
        act(&mut desk);
        desk.conclude();
        desk.steps
    }

    /// When `tick` is due.
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.0.deadline()
    }

    /// All calls of this device; those that ended lately are among them, with `end` once it is known.
    pub(super) fn shown(&self) -> Vec<ShownCall> {
        self.0.shown_calls()
    }

    /// Whether there is a call, or one is about to be.
    pub(super) fn is_occupied(&self) -> bool {
        self.0.attempt.is_some() || !self.0.moves.is_empty() || !self.0.calls.is_empty()
    }
}

/// The calls while one thing that happened is handled. What the parts of a call's life do is in the files of their names.
pub(super) struct Desk<'a> {
    now: Moment,
    state: &'a mut State,
    steps: Vec<Step>,
}

impl Desk<'_> {
    /// The server says something about a call.
    pub(super) fn on_message(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Placed { reference, call_id, role } => self.on_placed(&reference, call_id, role),
            ServerMessage::Rejected { reference, error } => self.on_rejected(&reference, error),
            ServerMessage::Incoming { call_id, from, context, images, ring_timeout, waiting } => {
                self.on_incoming(ringing::Incoming { call_id, from, context, images, ring_timeout, waiting });
            }
            ServerMessage::CallWaiting { call_id, from, context } => {
                self.on_call_waiting(call_id, from, context);
            }
            ServerMessage::Restored { call } => self.on_restored(call),
            ServerMessage::Ringing { call_id, name } => self.on_ringing(call_id, name),
            ServerMessage::MediaAnswer { call_id, sdp } => self.on_media_answer(call_id, sdp),
            ServerMessage::MediaRefused { call_id, error } => self.on_media_refused(call_id, error),
            ServerMessage::Answered { call_id, at: _ } => self.begin(call_id, Stage::Answered),
            ServerMessage::Connected { call_id, at: _ } => self.begin(call_id, Stage::Connected),
            ServerMessage::Withdrawn { call_id, reason } => self.on_withdrawn(call_id, reason),
            ServerMessage::Ended { call_id, reason, status: _, by: _, duration: _ } => {
                self.on_ended(call_id, reason);
            }
            ServerMessage::PeerMuted { call_id, muted } => {
                self.change(call_id, |call| call.peer_muted = muted);
            }
            ServerMessage::Held { call_id, held } => self.on_held(call_id, held),
            ServerMessage::PeerHeld { call_id, held } => self.change(call_id, |call| call.peer_held = held),
            ServerMessage::Elsewhere { call } => self.on_elsewhere(call),
            ServerMessage::ElsewhereEnded { call_id } => self.forget_elsewhere(call_id),
            ServerMessage::TakeOverRefused { call_id, error } => self.on_take_over_refused(call_id, &error),
            ServerMessage::PeerAway { call_id } => self.change(call_id, |call| call.peer_away = true),
            ServerMessage::PeerBack { call_id } => self.change(call_id, |call| call.peer_away = false),
            ServerMessage::Network { call_id, weak } => {
                self.change(call_id, |call| call.poor_network = weak.into());
            }
            // The machine's own business, and what only a later version knows.
            ServerMessage::BrandingChanged { .. }
            | ServerMessage::CheckAnswer { .. }
            | ServerMessage::CheckRefused { .. }
            | ServerMessage::Unknown => {}
        }
    }

    /// The person has seen how the call ended.
    pub(super) fn dismiss(&mut self) {
        self.state.farewell = None;
    }

    pub(super) fn tick(&mut self) {
        let now = self.now;
        let is_due = |time: Option<Moment>| time.is_some_and(|due| now >= due);
        self.finish_partings(Which::Due);
        self.watch_absence();
        self.refuse_moves(&ErrorCode::InternetLost.into(), |mv| is_due(mv.due));
        for key in self.state.keys() {
            let Some(call) = self.state.call_mut(key) else { continue };
            if is_due(call.due) {
                self.time_is_up(key);
                continue;
            }
            if call.notice.as_ref().is_some_and(|posted| is_due(posted.until)) {
                call.notice = None;
            }
            if is_due(call.path.reopen_at) {
                self.on_reopen_due(key);
            }
        }
    }

    /// Nothing came of the call in its time.
    fn time_is_up(&mut self, key: CallKey) {
        match self.state.call(key).map(|call| call.stage) {
            Some(Stage::Behind) => drop(self.state.remove(key)),
            Some(Stage::Placing) => self.give_up_placing(key),
            Some(_) => self.end(key, EndReason::RingTimeout),
            None => {}
        }
    }

    /// The call is answered, or both hear each other.
    fn begin(&mut self, call_id: CallId, stage: Stage) {
        let now = self.now;
        self.change(call_id, |call| {
            // A call that nobody has answered here does not begin; only a server that is wrong says so.
            if !call.is_unanswered() && call.stage < stage {
                call.stage = stage;
                call.answered_at.get_or_insert(now);
            }
        });
    }

    fn change(&mut self, call_id: CallId, how: impl FnOnce(&mut Call)) {
        if let Some(call) = self.state.named_mut(call_id) {
            how(call);
        }
    }

    fn send(&mut self, message: ClientMessage) {
        self.steps.push(Step::Send(message));
    }

    fn tell(&mut self, output: Output) {
        self.steps.push(Step::Tell(output));
    }
}
