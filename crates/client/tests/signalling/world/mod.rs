//! A device with its network and its people, driven by chance from one seed, and a server that keeps to the protocol.
//!
//! Chance decides what happens and when, but only what can happen: a socket opens that was asked for, a server speaks of
//! calls that there are. So every transition that is seen here can be seen in the field.

mod server;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tring_client::signalling::{
    CallRequest, Choices, CurrentCall, Identity, Input, Machine, Output, ShownCall, ShownPhase, Situation,
    Socket, TokenSource, WakeReason,
};
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::signal::{LegReport, ServerFrame, ServerMessage, UserToken};
use tring_protocol::text::{Context, Sdp};
use tring_protocol::time::Millis;

use crate::witness::Witness;
use server::Server;

/// How a socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    None,
    Opening,
    Open,
    /// Open, but nothing arrives any more, either way.
    Dead,
}

/// What is called at each input, with the machine's situation before and after it.
pub(crate) type Watch<'a> = dyn FnMut(&Situation, &Input, &Situation) + 'a;

pub(crate) struct World<'a> {
    random: StdRng,
    now: u64,
    machine: Machine,
    server: Server,
    witness: Witness,
    first: Line,
    beside: Line,
    brings_tokens: bool,
    asked_token: bool,
    asked_microphone: bool,
    /// Peers that have an offer to make.
    offers: Vec<CallId>,
    references: u32,
    /// Whether calls were given back.
    was_restored: bool,
    watch: &'a mut Watch<'a>,
}

impl<'a> World<'a> {
    pub(crate) fn new(seed: u64, watch: &'a mut Watch<'a>) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let choices = Choices { call_waiting: random.random(), hold: random.random_bool(0.7) };
        let brings_tokens = random.random_bool(0.3);
        let tokens = if brings_tokens { TokenSource::App } else { TokenSource::None };
        let mut identity: Identity = serde_json::from_value(json!({
            "account": "acme1234", "apikey": "pk_live_1", "cuid": "anita_1",
            "device": {"id": "tab-5f3a9c", "platform": "native"}, "sdk": {"name": "test", "version": "0.1.0"},
        }))
        .unwrap();
        if brings_tokens && random.random() {
            identity.token = Some(UserToken("first".into()));
        }
        Self {
            machine: Machine::new(identity, choices, tokens, seed),
            server: Server::new(seed, brings_tokens),
            random,
            now: 0,
            witness: Witness::default(),
            first: Line::None,
            beside: Line::None,
            brings_tokens,
            asked_token: false,
            asked_microphone: false,
            offers: Vec::new(),
            references: 0,
            was_restored: false,
            watch,
        }
    }

    /// Lives for `steps`, then signs out.
    pub(crate) fn live(mut self, steps: usize) {
        self.feed(Input::Start);
        for _ in 0..steps {
            self.step();
        }
        self.feed(Input::SignOut);
        self.witness.signed_out();
        assert_eq!(self.machine.deadline(), None, "something is still due");
    }

    fn step(&mut self) {
        match self.random.random_range(0..100) {
            0..20 => self.pass_time(),
            20..45 => self.network(),
            45..70 => self.serve(),
            70..85 => self.devices(),
            _ => self.people(),
        }
    }

    fn pass_time(&mut self) {
        let wait = match self.random.random_range(0..20) {
            0..10 => self.random.random_range(0..100),
            10..15 => self.random.random_range(0..2_000),
            15..18 => self.machine.deadline().map_or(0, |due| due.get().saturating_sub(self.now)),
            18 => self.random.random_range(0..70_000),
            // The machine sleeps: what was due is handled late.
            _ => {
                self.now += self.random.random_range(0..30_000);
                if self.machine.deadline().is_some_and(|due| due.get() <= self.now) {
                    self.feed(Input::Tick);
                }
                0
            }
        };
        let until = self.now + wait;
        while let Some(due) = self.machine.deadline().map(Millis::get).filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.feed(Input::Tick);
        }
        self.now = until;
    }

    fn network(&mut self) {
        let socket = if self.random.random_bool(0.3) { Socket::Beside } else { Socket::First };
        let line = *self.line(socket);
        match (line, self.random.random_range(0..100)) {
            (Line::Opening, 0..80) => {
                *self.line(socket) = if self.random.random_bool(0.1) { Line::Dead } else { Line::Open };
                self.feed(Input::SocketOpened { socket });
            }
            (Line::Opening, 80..90) | (Line::Open | Line::Dead, 0..4) => self.close(socket),
            (Line::Open, 4..8) => *self.line(socket) = Line::Dead,
            (Line::Open, _) => self.deliver(socket),
            (Line::None, 0..4) => {
                let reasons = [
                    WakeReason::Online,
                    WakeReason::Visible,
                    WakeReason::Network,
                    WakeReason::Slept,
                    WakeReason::Media,
                ];
                let why = reasons[self.random.random_range(0..5)];
                self.feed(Input::Wake { why });
            }
            _ => {}
        }
    }

    fn close(&mut self, socket: Socket) {
        *self.line(socket) = Line::None;
        self.server.closed(socket);
        self.feed(Input::SocketClosed { socket });
    }

    /// What the server said on a socket arrives.
    fn deliver(&mut self, socket: Socket) {
        while *self.line(socket) == Line::Open
            && let Some(frame) = self.server.says(socket)
        {
            self.feed(Input::Frame { frame, socket });
        }
        if self.server.hung_up(socket) && *self.line(socket) != Line::None {
            self.close(socket);
        }
    }

    /// Something happens at the server, and mostly arrives.
    fn serve(&mut self) {
        self.server.act(self.now);
        if self.first == Line::Open && self.random.random_bool(0.9) {
            self.deliver(Socket::First);
        }
    }

    fn devices(&mut self) {
        let call_id = self.server.any_call();
        match self.random.random_range(0..12) {
            0..4 if self.asked_microphone => {
                self.asked_microphone = false;
                let works = self.random.random_bool(0.8);
                self.feed(if works { Input::MicrophoneOpened } else { Input::MicrophoneFailed });
            }
            4 if self.witness.has_microphone && !self.asked_microphone && self.random.random_bool(0.3) => {
                self.feed(Input::MicrophoneFailed);
            }
            5..8 if !self.offers.is_empty() => {
                let call_id = self.offers.remove(0);
                self.feed(Input::Offer { call_id, sdp: sdp("v=0 offer") });
            }
            8 | 9 => {
                if let Some(call_id) = call_id.filter(|id| self.witness.peers.contains(id)) {
                    self.feed(Input::MediaBack { call_id });
                }
            }
            10 => {
                if let Some(call_id) = call_id.filter(|id| self.witness.peers.contains(id)) {
                    self.feed(Input::MediaLost { call_id });
                }
            }
            11 if self.asked_token => {
                self.asked_token = false;
                let token = UserToken(format!("token {}", self.now));
                let brings = self.random.random_bool(0.7);
                let error = ErrorCode::TokenRequired.into();
                self.feed(if brings { Input::Token { token } } else { Input::TokenFailed { error } });
            }
            _ => {}
        }
    }

    fn people(&mut self) {
        let call_id = self.server.any_call().filter(|_| self.random.random_bool(0.7));
        let input = match self.random.random_range(0..200) {
            0..30 => Input::Call(self.request()),
            30..65 => {
                let holds = self.random.random();
                let current = if holds { CurrentCall::Hold } else { CurrentCall::End };
                Input::Answer { call_id: call_id.filter(|_| self.random.random()), current }
            }
            65..75 => Input::Decline { call_id },
            75..88 => Input::Hangup { call_id, reference: None },
            88..90 => Input::Hangup { call_id: None, reference: Some(self.references.to_string()) },
            90..110 => Input::Mute { muted: self.random.random(), call_id },
            110..145 => Input::Hold { held: self.random.random(), call_id },
            145..170 => {
                let Some(call_id) = self.server.any_elsewhere().or(call_id) else { return };
                Input::TakeOver { call_id, reference: self.reference() }
            }
            170..178 => Input::Dismiss,
            178..182 => Input::Leave,
            182..186 => Input::Check { reference: format!("check {}", self.now), sdp: sdp("v=0 check") },
            186 => Input::CheckDone { reference: format!("check {}", self.now) },
            187..190 => {
                let Some(call_id) = call_id else { return };
                let report = LegReport {
                    lost: 0.0,
                    concealed: 0.0,
                    playout_delay: 80.0,
                    jitter: 2.0,
                    rtt: None,
                    path: None,
                };
                Input::Report { call_id, report }
            }
            190 if self.brings_tokens => Input::Token { token: UserToken(format!("token {}", self.now)) },
            191 if self.random.random_bool(0.1) => Input::SignOut,
            192 => Input::Start,
            193..198 => Input::Wake { why: WakeReason::Online },
            _ => return,
        };
        self.feed(input);
    }

    fn request(&mut self) -> CallRequest {
        let invalid = self.random.random_bool(0.05).then(|| ErrorCode::InvalidCallParameters.into());
        CallRequest {
            reference: self.reference(),
            to: Cuid::parse(if self.random.random() { "ravi_22" } else { "meera_3" }).unwrap(),
            context: Context::parse("Your parcel").unwrap(),
            remote_context: None,
            images: Default::default(),
            invalid,
        }
    }

    fn reference(&mut self) -> String {
        self.references += 1;
        let reference = self.references.to_string();
        self.witness.unsettled.insert(reference.clone());
        reference
    }

    fn line(&mut self, socket: Socket) -> &mut Line {
        match socket {
            Socket::First => &mut self.first,
            Socket::Beside => &mut self.beside,
        }
    }

    fn feed(&mut self, input: Input) {
        self.was_restored |= is_restored(&input);
        let before = self.machine.situation();
        self.machine.handle(Millis::new(self.now), input.clone());
        (self.watch)(&before, &input, &self.machine.situation());
        while let Some(output) = self.machine.poll() {
            self.witness.see(&output);
            self.carry_out(output);
        }
        // What is given back is as this server has it, which is less careful with its users' lines than a real one.
        let talked_in = self.machine.calls().into_iter().filter(is_talked_in).count();
        assert!(talked_in <= 1 || self.was_restored, "the person is in {talked_in} calls at a time");
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::OpenSocket { socket } => *self.line(socket) = Line::Opening,
            Output::CloseSocket { socket: Socket::Beside } => {
                self.beside = Line::None;
                self.server.closed(Socket::Beside);
            }
            Output::CloseSocket { socket: Socket::First } => {
                (self.first, self.beside) = (Line::None, Line::None);
                self.server.closed(Socket::First);
                self.server.closed(Socket::Beside);
            }
            Output::ChangeSocket => {
                assert_ne!(self.beside, Line::None, "there is no socket to change to");
                self.first = std::mem::replace(&mut self.beside, Line::None);
                self.server.changed();
            }
            Output::Frame { frame, socket } => match *self.line(socket) {
                Line::Open => self.server.hear(self.now, frame, socket),
                Line::Dead => {}
                Line::None | Line::Opening => panic!("{frame:?} is sent on a socket that is not open"),
            },
            Output::AskToken => self.asked_token = true,
            Output::OpenMicrophone => self.asked_microphone = true,
            Output::CloseMicrophone => self.asked_microphone = false,
            Output::OpenPeer { call_id } => self.offers.push(call_id),
            Output::ClosePeer { call_id } => self.offers.retain(|&id| id != call_id),
            _ => {}
        }
    }
}

fn is_talked_in(call: &ShownCall) -> bool {
    matches!(call.phase, ShownPhase::Outgoing | ShownPhase::Ongoing) && !call.held
}

fn is_restored(input: &Input) -> bool {
    matches!(
        input,
        Input::Frame { frame: ServerFrame::Message { body: ServerMessage::Restored { .. }, .. }, .. }
    )
}

pub(crate) fn sdp(text: &str) -> Sdp {
    Sdp::parse(text).unwrap()
}
