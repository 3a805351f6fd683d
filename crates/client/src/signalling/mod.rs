//! One device's session and calls as one pure machine: what is sent, what microphone and peers do, what the screen shows.
//!
//! The twin of the web SDK's; both replay `vectors/scenarios/` to the letter. Sockets, clocks, audio and screens are its
//! owner's. **After every [`Machine::handle`] the owner carries out what [`Machine::poll`] returns, in order, until that is
//! `None`; and when [`Machine::deadline`] has come it handles [`Input::Tick`].**
//!
//! ```
//! use tring_client::signalling::{Choices, Identity, Input, Machine, Output, TokenSource};
//! use tring_protocol::time::Millis;
//!
//! # fn main() -> Result<(), serde_json::Error> {
//! let identity: Identity = serde_json::from_str(
//!     r#"{"account": "acme1234", "apikey": "pk_live_1", "cuid": "anita_1",
//!         "device": {"id": "phone-5f3a9c", "platform": "native"}, "sdk": {"name": "bot", "version": "1.0.0"}}"#,
//! )?;
//! let mut machine = Machine::new(identity, Choices::default(), TokenSource::None, 42);
//! machine.handle(Millis::new(0), Input::Start);
//! assert!(matches!(machine.poll(), Some(Output::OpenSocket { .. })));
//! assert_eq!(machine.poll(), None);
//! # Ok(())
//! # }
//! ```
//!
//! | module | decides |
//! |---|---|
//! | [`Input`], [`Output`] | what can happen, and what follows from it |
//! | `session` | when there is a socket, what is sent on it and what of what arrives is new |
//! | `calls` | who is called, rings, is answered, held and moved; microphone, peers and screen |
//! | `checks` | what becomes of network checks |
//! | [`Situation`] | what the states of the machine are called, to know which of its transitions were seen |
//! | [`decode`] | what a text frame of the server says |

mod calls;
mod checks;
mod decode;
mod input;
mod moment;
mod output;
mod session;
mod situation;

use std::collections::VecDeque;

use tring_protocol::error::ErrorCode;
use tring_protocol::signal::{CALL_WAITING, ClientMessage, ServerMessage, Welcome};
use tring_protocol::time::Millis;

pub use decode::decode;
pub use input::{CallRequest, Choices, CurrentCall, Identity, Input, Socket, TokenSource, WakeReason};
pub use moment::Moment;
pub use output::{
    CallEvent, Ending, EventName, HeldCall, Notice, Outcome, Output, PoorNetwork, ShownCall, ShownPhase,
    ShownStatus, WaitingCall,
};

pub use situation::{Aspect, Situation};

use calls::{Calls, Desk, Gone, Step};
use checks::Checks;
use moment::ServerClock;
use session::{News, Session, Spread};

/// The client of one device. See the module for what its owner must do.
#[derive(Debug)]
pub struct Machine {
    session: Session,
    calls: Calls,
    checks: Checks,
    /// Whether the last welcome brought TURN servers.
    has_ice_servers: bool,
    outputs: VecDeque<Output>,
}

impl Machine {
    /// The client of `identity`. `seed` spreads its attempts to reconnect among those of other devices: it should be
    /// another on each.
    #[must_use]
    pub fn new(identity: Identity, choices: Choices, tokens: TokenSource, seed: u64) -> Self {
        Self::with_spread(identity, choices, tokens, Spread::seeded(seed))
    }

    /// The same with nothing left to chance: every wait is the longest that it may be. For the replay of scenarios.
    #[must_use]
    pub fn punctual(identity: Identity, choices: Choices, tokens: TokenSource) -> Self {
        Self::with_spread(identity, choices, tokens, Spread::None)
    }

    fn with_spread(mut identity: Identity, choices: Choices, tokens: TokenSource, spread: Spread) -> Self {
        // The server offers a second call only to devices that say that they can show one.
        let waits = CALL_WAITING.to_owned();
        if choices.call_waiting && !identity.capabilities.contains(&waits) {
            identity.capabilities.push(waits);
        }
        Self {
            session: Session::new(identity, spread, tokens),
            calls: Calls::new(choices),
            checks: Checks::default(),
            has_ice_servers: false,
            outputs: VecDeque::new(),
        }
    }

    /// Something happened, `now` after the machine's beginning.
    pub fn handle(&mut self, now: Millis, input: Input) {
        let now = Moment::from(now);
        self.route(now, input);
        let is_occupied = self.calls.is_occupied();
        self.with_session(now, |session| session.occupied(now, is_occupied));
        let news = self.session.flush();
        self.carry_news(now, news);
    }

    /// What is to be done next, if anything.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due, counted from the machine's beginning.
    #[must_use]
    pub fn deadline(&self) -> Option<Millis> {
        let due = [self.session.deadline(), self.calls.deadline()].into_iter().flatten().min()?;
        Some(due.since(Moment::default()))
    }

    /// Whether calls can be made at this moment.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.session.is_open()
    }

    /// All calls of this device; those that ended lately are among them, with `end` once it is known.
    #[must_use]
    pub fn calls(&self) -> Vec<ShownCall> {
        self.calls.shown()
    }

    /// Where the machine stands, aspect by aspect.
    #[must_use]
    pub fn situation(&self) -> Situation {
        Situation::of(&self.session, &self.calls)
    }

    fn route(&mut self, now: Moment, input: Input) {
        match input {
            Input::Start => self.with_session(now, |session| session.start(now)),
            Input::SocketOpened { socket } => {
                self.with_session(now, |session| session.socket_opened(now, socket));
            }
            Input::SocketClosed { socket } => {
                self.with_session(now, |session| session.socket_closed(now, socket));
            }
            Input::Frame { frame, socket } => {
                let news = self.session.run(now, |session| session.frame_arrived(now, frame, socket));
                self.carry_news(now, news);
            }
            Input::Wake { why } => self.with_session(now, |session| session.wake(now, why)),
            Input::Leave => self.with_session(now, Session::leave),
            Input::Token { token } => self.with_session(now, |session| session.token(now, token)),
            Input::TokenFailed { error } => {
                self.with_session(now, |session| session.token_failed(now, error));
            }
            Input::Report { call_id, report } => {
                self.with_session(now, |session| session.report(call_id, report));
            }
            Input::SignOut => {
                self.with_calls(now, |desk| {
                    desk.end_everything(ErrorCode::NotSignedIn.into(), Gone::SignedOut);
                });
                self.with_session(now, Session::sign_out);
            }
            Input::Call(request) => self.with_calls(now, |desk| desk.start_call(request)),
            Input::Answer { call_id, current } => self.with_calls(now, |desk| desk.answer(call_id, current)),
            Input::Decline { call_id } => self.with_calls(now, |desk| desk.decline_by_user(call_id)),
            Input::Hangup { call_id, reference } => {
                self.with_calls(now, |desk| desk.hang_up(call_id, reference.as_deref()));
            }
            Input::Mute { muted, call_id } => self.with_calls(now, |desk| desk.mute(call_id, muted)),
            Input::Hold { held, call_id } => self.with_calls(now, |desk| desk.hold(call_id, held)),
            Input::TakeOver { call_id, reference } => {
                self.with_calls(now, |desk| desk.take_over(call_id, reference));
            }
            Input::Dismiss => self.with_calls(now, |desk| desk.dismiss()),
            Input::MicrophoneOpened => self.with_calls(now, |desk| desk.microphone_opened()),
            Input::MicrophoneFailed => self.with_calls(now, |desk| desk.microphone_failed()),
            Input::Offer { call_id, sdp } => self.with_calls(now, |desk| desk.offer(call_id, sdp)),
            Input::MediaLost { call_id } => self.with_calls(now, |desk| desk.media_lost(call_id)),
            Input::MediaBack { call_id } => self.with_calls(now, |desk| desk.media_back(call_id)),
            Input::Check { reference, sdp } if self.session.is_open() => {
                self.checks.asked(reference.clone());
                self.send(now, ClientMessage::Check { reference, sdp });
            }
            Input::Check { reference, sdp: _ } => {
                let error = ErrorCode::ConnectionNotEstablished.into();
                self.outputs.push_back(Output::CheckRefused { reference, error });
            }
            Input::CheckDone { reference } => {
                self.checks.over(&reference);
                if self.session.is_open() {
                    self.send(now, ClientMessage::CheckDone { reference });
                }
            }
            Input::Tick => {
                self.with_session(now, |session| session.tick(now));
                self.with_calls(now, |desk| desk.tick());
            }
        }
    }

    fn with_session(&mut self, now: Moment, act: impl FnOnce(&mut Session)) {
        let news = self.session.run(now, |session| {
            act(session);
            Ok(())
        });
        self.carry_news(now, news);
    }

    fn send(&mut self, now: Moment, message: ClientMessage) {
        let news = self.session.run(now, |session| session.send(message));
        self.carry_news(now, news);
    }

    fn with_calls(&mut self, now: Moment, act: impl FnOnce(&mut Desk<'_>)) {
        for step in self.calls.run(now, act) {
            match step {
                Step::Send(message) => self.send(now, message),
                Step::Probe => self.with_session(now, |session| session.wake(now, WakeReason::Media)),
                Step::Tell(output) => self.outputs.push_back(output),
            }
        }
    }

    fn carry_news(&mut self, now: Moment, news: Vec<News>) {
        for item in news {
            match item {
                News::Tell(output) => self.outputs.push_back(output),
                News::Welcome(welcome) => self.on_welcome(now, *welcome),
                News::Message(message) => self.on_message(now, message),
                News::Lost => {
                    self.outputs.push_back(Output::Lost);
                    self.with_calls(now, |desk| desk.session_lost());
                }
                News::Refused(error) => {
                    self.with_calls(now, |desk| desk.end_everything(error.clone(), Gone::Refused));
                    self.outputs.extend(self.checks.lost(&error));
                    self.outputs.push_back(Output::Refused { error });
                }
            }
        }
    }

    fn on_welcome(&mut self, now: Moment, welcome: Welcome) {
        let Welcome { resumed, branding, server_time, ice_servers, .. } = welcome;
        self.outputs.push_back(Output::SignedIn { resumed });
        self.outputs.push_back(Output::Branding { branding });
        let had_ice_servers = std::mem::replace(&mut self.has_ice_servers, ice_servers.is_some());
        if ice_servers.is_some() || had_ice_servers {
            let servers = ice_servers.map(|ice| ice.servers).unwrap_or_default();
            self.outputs.push_back(Output::IceServers { servers });
        }
        let clock = ServerClock::read(now, server_time);
        if resumed {
            self.with_calls(now, |desk| desk.session_resumed(clock));
        } else {
            self.outputs.extend(self.checks.lost(&ErrorCode::InternetLost.into()));
            self.with_calls(now, |desk| desk.session_begun(clock));
        }
    }

    fn on_message(&mut self, now: Moment, message: ServerMessage) {
        match message {
            ServerMessage::BrandingChanged { branding } => {
                self.outputs.push_back(Output::Branding { branding });
            }
            ServerMessage::CheckAnswer { reference, sdp } => {
                if self.checks.over(&reference) {
                    self.outputs.push_back(Output::CheckAnswer { reference, sdp });
                }
            }
            ServerMessage::CheckRefused { reference, error } => {
                if self.checks.over(&reference) {
                    self.outputs.push_back(Output::CheckRefused { reference, error });
                }
            }
            message => self.with_calls(now, |desk| desk.on_message(message)),
        }
    }
}
