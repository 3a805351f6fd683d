//! One signed-in device's session: hello, welcome, numbering, resume, heartbeat and back-off.
//!
//! It decides when a socket is opened and given up, what is sent on it and what of the arriving frames is new. **Its owner
//! calls `run` for everything that happens, carries out all of what it returns in order, sends `tick` when `deadline` has
//! come, and calls `flush` once what a message brought about has been sent, so that it is acknowledged.**

mod arriving;
mod back_off;
mod beside;
mod token;
mod turn;
mod waking;

use tring_protocol::error::{ErrorCode, Retry, WireError};
use tring_protocol::ids::CallId;
use tring_protocol::limits::HEARTBEAT_TIMEOUT;
use tring_protocol::link::{Link, LinkError};
use tring_protocol::signal::{
    ClientFrame, ClientMessage, Hello, LegReport, PROTOCOL_VERSION, Resume, ServerMessage, UserToken, Welcome,
};

pub(super) use back_off::Spread;

use super::input::{Identity, Socket, TokenSource};
use super::moment::{Moment, ServerClock};
use super::output::Output;
use beside::{Beside, Stage};
use token::TokenKeeper;
use turn::TurnKeeper;

/// What the session says.
#[derive(Debug)]
pub(super) enum News {
    /// To the owner of the machine.
    Tell(Output),
    /// The session begins, or goes on if the welcome says `resumed`.
    Welcome(Box<Welcome>),
    /// The connection was lost; the session looks for another.
    Lost,
    /// The session ended for good.
    Refused(WireError),
    /// A message that was not seen before.
    Message(ServerMessage),
}

/// How far the session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not started.
    Idle,
    /// The app brings a user token first.
    Asking,
    /// A socket is on its way.
    Opening {
        /// Until when.
        until: Moment,
    },
    /// `hello` was sent.
    Greeting {
        /// Until when it may be unanswered.
        until: Moment,
    },
    /// Signed in.
    Open {
        /// Until when the server may be silent.
        until: Moment,
    },
    /// Until the next attempt.
    Waiting {
        /// When that is.
        until: Moment,
    },
    /// The app is put away.
    Away,
    /// For good.
    Over,
}

/// When the next socket is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    AtOnce,
    AfterAWhile,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Session {
    /// Without its token, which `tokens` keeps.
    identity: Identity,
    phase: Phase,
    spread: Spread,
    tokens: TokenKeeper,
    beside: Beside,
    turn: TurnKeeper,
    link: Link<ClientMessage>,
    clock: ServerClock,
    is_occupied: bool,
    resume_token: Option<String>,
    /// Counts the attempts since the last welcome.
    attempt: u32,
    last_heard: Moment,
    owes_acknowledgement: bool,
    /// What the last `hello` said was received.
    greeted_with: u32,
    out: Vec<News>,
}

impl Session {
    pub(super) fn new(mut identity: Identity, spread: Spread, source: TokenSource) -> Self {
        let tokens = TokenKeeper::new(identity.token.take(), source);
        Self {
            identity,
            phase: Phase::Idle,
            spread,
            tokens,
            beside: Beside::default(),
            turn: TurnKeeper::default(),
            link: Link::default(),
            clock: ServerClock::default(),
            is_occupied: false,
            resume_token: None,
            attempt: 0,
            last_heard: Moment::default(),
            owes_acknowledgement: false,
            greeted_with: 0,
            out: Vec::new(),
        }
    }

    /// Lets `act` happen and returns what follows from it.
    pub(super) fn run(
        &mut self,
        now: Moment,
        act: impl FnOnce(&mut Self) -> Result<(), LinkError>,
    ) -> Vec<News> {
        if act(self).is_err() {
            // One of the two has lost count. The session cannot go on; a new one finds out what is still true.
            self.resume_token = None;
            self.link = Link::default();
            self.give_up(now, Next::AfterAWhile);
        }
        std::mem::take(&mut self.out)
    }

    /// Confirms what arrived, unless something that was sent since has done so.
    pub(super) fn flush(&mut self) -> Vec<News> {
        if self.owes_acknowledgement && self.is_open() && self.beside.stage() != Some(Stage::Greeting) {
            self.owes_acknowledgement = false;
            self.frame(ClientFrame::Ack { ack: self.link.received() });
        }
        std::mem::take(&mut self.out)
    }

    /// When `tick` is due.
    pub(super) fn deadline(&self) -> Option<Moment> {
        let (phase, is_open) = match self.phase {
            Phase::Open { until } => (Some(until), true),
            Phase::Opening { until } | Phase::Greeting { until } | Phase::Waiting { until } => {
                (Some(until), false)
            }
            Phase::Idle | Phase::Asking | Phase::Away | Phase::Over => (None, false),
        };
        let tokens = self.tokens.deadline().filter(|_| is_open || self.phase == Phase::Asking);
        let turn = self.turn.deadline().filter(|_| is_open && !self.is_occupied);
        [phase, self.beside.deadline(), tokens, turn].into_iter().flatten().min()
    }

    /// Whether messages get through at the moment.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// How far it has come, in words: with a socket beside, if there is one.
    pub(super) fn label(&self) -> &'static str {
        match (self.phase, self.beside.stage()) {
            (Phase::Idle, _) => "idle",
            (Phase::Asking, _) => "asking",
            (Phase::Opening { .. }, _) => "opening",
            (Phase::Greeting { .. }, _) => "greeting",
            (Phase::Open { .. }, None) => "open",
            (Phase::Open { .. }, Some(Stage::Opening)) => "open, opening beside",
            (Phase::Open { .. }, Some(Stage::Greeting)) => "open, greeting beside",
            (Phase::Open { .. }, Some(Stage::Resting)) => "open, resting beside",
            (Phase::Waiting { .. }, _) => "waiting",
            (Phase::Away, _) => "away",
            (Phase::Over, _) => "over",
        }
    }

    /// How its user token stands, in a word.
    pub(super) fn token_label(&self) -> &'static str {
        self.tokens.label()
    }

    pub(super) fn start(&mut self, now: Moment) {
        if self.phase == Phase::Idle {
            self.open(now);
        }
    }

    /// Tells the server something that must arrive: now, or once there is a socket again.
    pub(super) fn send(&mut self, message: ClientMessage) -> Result<(), LinkError> {
        if matches!(self.phase, Phase::Idle | Phase::Over) {
            return Ok(());
        }
        let seq = self.link.send(message.clone())?;
        if self.is_open() {
            self.number(seq, message);
        }
        Ok(())
    }

    /// Tells the server how a call sounds; not sent again if it is lost.
    pub(super) fn report(&mut self, call_id: CallId, report: LegReport) {
        if self.is_open() {
            self.frame(ClientFrame::Report { call_id, report });
        }
    }

    /// Whether the device is in a call.
    pub(super) fn occupied(&mut self, now: Moment, is_occupied: bool) {
        self.is_occupied = is_occupied;
        self.renew_turn(now);
    }

    pub(super) fn sign_out(&mut self) {
        if self.phase == Phase::Over {
            return;
        }
        // A server that has stopped listening is told nothing; the session ends all the same.
        let _ = self.send(ClientMessage::SignOut {});
        self.finish(None);
    }

    /// The app is put away or closed.
    pub(super) fn leave(&mut self) {
        if matches!(self.phase, Phase::Idle | Phase::Over) {
            return;
        }
        if self.is_open() {
            self.frame(ClientFrame::Leaving {});
            self.out.push(News::Lost);
        }
        self.beside.clear();
        self.phase = Phase::Away;
        self.tell(Output::CloseSocket { socket: Socket::First });
    }

    /// The app brought a token.
    pub(super) fn token(&mut self, now: Moment, token: UserToken) {
        if self.phase == Phase::Over {
            return;
        }
        self.tokens.brought(token);
        if self.phase == Phase::Asking {
            self.open(now);
        } else {
            self.renew(now);
        }
    }

    /// Whoever never was signed in learns that there is no token; who was is asked again, for as long as it takes.
    pub(super) fn token_failed(&mut self, now: Moment, error: WireError) {
        match self.phase {
            Phase::Over => {}
            Phase::Asking if self.resume_token.is_none() => self.finish(Some(error)),
            _ => self.tokens.failed(now, &mut self.spread),
        }
    }

    fn open(&mut self, now: Moment) {
        self.beside.clear();
        if self.tokens.must_ask(now) {
            self.phase = Phase::Asking;
            if self.tokens.ask(now) {
                self.tell(Output::AskToken);
            }
            return;
        }
        self.phase = Phase::Opening { until: now + HEARTBEAT_TIMEOUT };
        self.tell(Output::OpenSocket { socket: Socket::First });
    }

    /// The socket of the present phase is not wanted any more; `next` says when another one is.
    fn give_up(&mut self, now: Moment, next: Next) {
        let was_open = self.is_open();
        self.owes_acknowledgement = false;
        self.tell(Output::CloseSocket { socket: Socket::First });
        if was_open {
            self.out.push(News::Lost);
        }
        match next {
            Next::AtOnce => self.open(now),
            Next::AfterAWhile => self.wait_to_retry(now),
        }
    }

    fn wait_to_retry(&mut self, now: Moment) {
        self.beside.clear();
        self.phase = Phase::Waiting { until: now + self.spread.before_reconnecting(self.attempt) };
        self.attempt = self.attempt.saturating_add(1);
    }

    fn finish(&mut self, refusal: Option<WireError>) {
        self.beside.clear();
        self.phase = Phase::Over;
        self.tell(Output::CloseSocket { socket: Socket::First });
        self.out.extend(refusal.map(News::Refused));
    }

    fn refused(&mut self, now: Moment, error: WireError) {
        let is_token_fault = matches!(
            error.code,
            ErrorCode::TokenRequired | ErrorCode::TokenInvalid | ErrorCode::TokenExpired
        );
        if is_token_fault && self.tokens.spoil() {
            self.give_up(now, Next::AtOnce);
        } else if error.code.retry() == Retry::Later {
            self.give_up(now, Next::AfterAWhile);
        } else {
            self.finish(Some(error));
        }
    }

    fn hello(&mut self) -> ClientFrame {
        self.greeted_with = self.link.received();
        let Identity { account, apikey, token: _, cuid, name, device, sdk, capabilities } =
            self.identity.clone();
        let received = self.greeted_with;
        ClientFrame::Hello(Box::new(Hello {
            protocol: PROTOCOL_VERSION,
            account,
            apikey,
            token: self.tokens.show(),
            cuid,
            name,
            device,
            sdk,
            capabilities,
            resume: self.resume_token.clone().map(|token| Resume { token, received }),
        }))
    }

    /// Sends a numbered message.
    fn number(&mut self, seq: u32, body: ClientMessage) {
        let is_greeting_beside = self.beside.stage() == Some(Stage::Greeting);
        self.owes_acknowledgement &= is_greeting_beside;
        // Were more acknowledged here than the `hello` beside says, it could arrive as that of a session that lost count.
        let ack = if is_greeting_beside { self.greeted_with } else { self.link.received() };
        self.frame(ClientFrame::Message { seq, ack, body });
    }

    /// Shows the server a token that the app brought meanwhile.
    fn renew(&mut self, now: Moment) {
        if !self.is_open() {
            return;
        }
        if let Some(token) = self.tokens.renewal(now) {
            self.frame(ClientFrame::Renew { token });
        }
    }

    fn frame(&mut self, frame: ClientFrame) {
        self.tell(Output::Frame { frame, socket: Socket::First });
    }

    fn tell(&mut self, output: Output) {
        self.out.push(News::Tell(output));
    }
}
