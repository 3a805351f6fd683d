//! A server that keeps to the protocol, but as slow, unlucky and forgetful as chance will have it.

use std::collections::{BTreeMap, VecDeque};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tring_client::signalling::Socket;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::link::{Arrival, Link};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{
    CALL_WAITING, CallSnapshot, CallState, ClientFrame, ClientMessage, DeclineReason, Hello, Party, Role,
    ServerFrame, ServerMessage, WeakNetwork, WithdrawnReason,
};
use tring_protocol::text::Context;
use tring_protocol::time::{Millis, Timestamp};

use super::sdp;

const EPOCH: u64 = 1_795_000_000_000;

pub(super) struct Server {
    random: StdRng,
    wants_tokens: bool,
    /// What is under way to the device, by socket.
    first: Wire,
    beside: Wire,
    /// The session that can be gone on with.
    link: Option<Link<ServerMessage>>,
    /// How many there were.
    sessions: u32,
    calls: Vec<CallSnapshot>,
    elsewhere: Vec<CallSnapshot>,
    /// Whose network the device was told is weak, by call; nobody's without an entry.
    weak: BTreeMap<CallId, WeakNetwork>,
    /// What is to be said when it is time.
    pending: VecDeque<ServerMessage>,
    shows_waiting: bool,
    ids: u64,
}

#[derive(Default)]
struct Wire {
    frames: VecDeque<ServerFrame>,
    is_signed_in: bool,
    is_hung_up: bool,
}

impl Server {
    pub(super) fn new(seed: u64, wants_tokens: bool) -> Self {
        Self {
            random: StdRng::seed_from_u64(!seed),
            wants_tokens,
            first: Wire::default(),
            beside: Wire::default(),
            link: None,
            sessions: 0,
            calls: Vec::new(),
            elsewhere: Vec::new(),
            weak: BTreeMap::new(),
            pending: VecDeque::new(),
            shows_waiting: false,
            ids: 0,
        }
    }

    pub(super) fn any_call(&mut self) -> Option<CallId> {
        pick(&mut self.random, &self.calls).map(|call| call.call_id)
    }

    pub(super) fn any_elsewhere(&mut self) -> Option<CallId> {
        pick(&mut self.random, &self.elsewhere).map(|call| call.call_id)
    }

    pub(super) fn says(&mut self, socket: Socket) -> Option<ServerFrame> {
        self.wire(socket).frames.pop_front()
    }

    pub(super) fn hung_up(&mut self, socket: Socket) -> bool {
        self.wire(socket).is_hung_up
    }

    pub(super) fn closed(&mut self, socket: Socket) {
        *self.wire(socket) = Wire::default();
    }

    pub(super) fn changed(&mut self) {
        self.first = std::mem::take(&mut self.beside);
    }

    fn wire(&mut self, socket: Socket) -> &mut Wire {
        match socket {
            Socket::First => &mut self.first,
            Socket::Beside => &mut self.beside,
        }
    }

    pub(super) fn hear(&mut self, now: u64, frame: ClientFrame, socket: Socket) {
        match frame {
            ClientFrame::Hello(hello) => self.greet(now, &hello, socket),
            ClientFrame::Message { seq, ack, body } if self.wire(socket).is_signed_in => {
                let Some(link) = &mut self.link else { return };
                link.acknowledge(ack).expect("the device acknowledges what it was sent");
                if link.receive(seq).expect("the device counts right") == Arrival::New {
                    let received = link.received();
                    if self.random.random_bool(0.5) {
                        self.wire(socket).frames.push_back(ServerFrame::Ack { ack: received });
                    }
                    self.answer(body);
                }
            }
            ClientFrame::Ack { ack } => {
                if let Some(link) = &mut self.link {
                    link.acknowledge(ack).expect("the device acknowledges what it was sent");
                }
            }
            ClientFrame::Renew { .. } => {
                let frame = if self.random.random_bool(0.7) {
                    ServerFrame::Renewed { token_expires_at: Timestamp::from_millis(EPOCH + now + 60_000) }
                } else {
                    ServerFrame::RenewRefused { error: ErrorCode::TokenInvalid.into() }
                };
                self.wire(socket).frames.push_back(frame);
            }
            _ => {}
        }
    }

    fn greet(&mut self, now: u64, hello: &Hello, socket: Socket) {
        self.shows_waiting = hello.capabilities.iter().any(|name| name == CALL_WAITING);
        let code = match self.random.random_range(0..200) {
            0..8 => Some(ErrorCode::Draining),
            8 => Some(ErrorCode::InvalidCredentials),
            9..30 if self.wants_tokens => Some(ErrorCode::TokenExpired),
            _ => None,
        };
        if let Some(code) = code {
            return self.refuse(code.into(), socket);
        }
        let may_resume = self.random.random_bool(0.8);
        let again = match (&hello.resume, &mut self.link) {
            (Some(resume), Some(link)) if may_resume && resume.token == self.sessions.to_string() => {
                let received = link.received();
                let again = link.resume(resume.received).expect("the device says what it has");
                Some((received, again.map(|(seq, message)| (seq, message.clone())).collect::<Vec<_>>()))
            }
            _ => None,
        };
        if again.is_none() {
            self.link = Some(Link::default());
            self.sessions += 1;
            self.pending.clear();
        }
        let mut welcome = json!({
            "type": "welcome", "session": "s", "resumeToken": self.sessions.to_string(), "resumed": again.is_some(),
            "received": again.as_ref().map_or(0, |(received, _)| *received),
            "branding": {"logo": null, "backgroundColor": "#1b1f3b", "textColor": "#ffffff", "buttonTheme": "default", "poweredBy": true},
            "ringTimeout": 30_000, "connectTimeout": 15_000, "relay": {"udp": []}, "serverTime": EPOCH + now,
        });
        if self.wants_tokens {
            welcome["tokenExpiresAt"] = json!(EPOCH + now + self.random.random_range(10_000..200_000));
        }
        if self.random.random_bool(0.3) {
            welcome["iceServers"] = json!({"servers": [], "expireAt": EPOCH + now + 100_000});
        }
        // A session has one socket; where it began anew its calls come back one by one.
        let other = if socket == Socket::First { Socket::Beside } else { Socket::First };
        let wire = self.wire(other);
        (wire.is_hung_up, wire.is_signed_in) = (wire.is_signed_in || wire.is_hung_up, false);
        let wire = self.wire(socket);
        wire.is_signed_in = true;
        wire.frames.push_back(serde_json::from_value(welcome).unwrap());
        match again {
            Some((ack, again)) => {
                for (seq, body) in again {
                    self.wire(socket).frames.push_back(ServerFrame::Message { seq, ack, body });
                }
            }
            None => self.tell_all(),
        }
    }

    /// What a device is told with a new session.
    fn tell_all(&mut self) {
        self.weak.clear();
        for call in std::mem::take(&mut self.calls) {
            if self.random.random_bool(0.2) {
                continue;
            }
            let message = if call.role == Role::Callee && !is_answered(&call) {
                incoming(&call, false)
            } else {
                ServerMessage::Restored { call: call.clone() }
            };
            self.pending.push_back(message);
            self.calls.push(call);
        }
        self.pending.extend(self.elsewhere.iter().cloned().map(|call| ServerMessage::Elsewhere { call }));
    }

    fn refuse(&mut self, error: WireError, socket: Socket) {
        let wire = self.wire(socket);
        wire.frames.push_back(ServerFrame::Refused { error });
        wire.is_hung_up = true;
    }

    /// The device says something.
    fn answer(&mut self, message: ClientMessage) {
        let luck = self.random.random_range(0..100);
        match message {
            ClientMessage::Place { reference, to, .. } => self.place(reference, party(to.as_str()), luck),
            ClientMessage::MediaOffer { call_id, .. } if self.call(call_id).is_some() => match luck {
                0..85 => self.say(ServerMessage::MediaAnswer { call_id, sdp: sdp("v=0 answer") }),
                85..90 => self
                    .say(ServerMessage::MediaRefused { call_id, error: ErrorCode::MediaOfferRefused.into() }),
                _ => {}
            },
            ClientMessage::Answer { call_id } => match self.call(call_id) {
                Some(call) if luck < 85 => {
                    call.state = CallState::Answered;
                    self.say(ServerMessage::Answered { call_id, at: Timestamp::default() });
                }
                Some(_) if luck < 93 => self.withdraw(call_id, WithdrawnReason::AnsweredElsewhere),
                Some(_) => self.end(call_id, EndReason::Caller),
                None => {}
            },
            ClientMessage::Decline { call_id, reason } if self.call(call_id).is_some() => match reason {
                DeclineReason::Busy if luck < 50 => self.calls.retain(|call| call.call_id != call_id),
                DeclineReason::Busy => self.end(call_id, EndReason::Busy),
                DeclineReason::MicrophoneDenied => self.end(call_id, EndReason::MicrophoneDenied),
                _ if luck < 30 => self.withdraw(call_id, WithdrawnReason::DeclinedElsewhere),
                _ => self.end(call_id, EndReason::User),
            },
            ClientMessage::Hangup { call_id } => {
                let Some(call) = self.call(call_id).filter(|_| luck < 90) else { return };
                let reason = match (is_answered(call), call.role) {
                    (true, _) => EndReason::Hangup,
                    (false, Role::Caller) => EndReason::Caller,
                    (false, Role::Callee) => EndReason::User,
                };
                self.end(call_id, reason);
            }
            ClientMessage::Mute { call_id, muted } => {
                if let Some(call) = self.call(call_id) {
                    call.muted = muted;
                }
            }
            ClientMessage::Hold { call_id, held } => {
                let is_free = luck < 80;
                if let Some(call) = self.call(call_id) {
                    call.held = held || !is_free;
                    let held = call.held;
                    self.say(ServerMessage::Held { call_id, held });
                }
            }
            ClientMessage::TakeOver { call_id } => self.take_over(call_id, luck),
            ClientMessage::Check { reference, .. } if luck < 70 => {
                self.say(ServerMessage::CheckAnswer { reference, sdp: sdp("v=0 answer") });
            }
            ClientMessage::Check { reference, .. } => {
                self.say(ServerMessage::CheckRefused {
                    reference,
                    error: ErrorCode::MediaOfferRefused.into(),
                });
            }
            _ => {}
        }
    }

    fn place(&mut self, reference: String, peer: Party, luck: u32) {
        let crossing = self.calls.iter().position(|call| call.role == Role::Callee && !is_answered(call));
        match (luck, crossing) {
            (0..75, _) => {
                let call_id = self.add(Role::Caller, peer);
                self.say(ServerMessage::Placed { reference, call_id, role: Role::Caller });
            }
            (75..83, _) => {
                let error = ErrorCode::CalleeOffline.into();
                self.say(ServerMessage::Rejected { reference, error });
            }
            (83..90, None) => {
                let call_id = self.add(Role::Callee, peer);
                self.say(ServerMessage::Placed { reference, call_id, role: Role::Callee });
            }
            (83..95, Some(index)) => {
                let call_id = self.calls[index].call_id;
                self.say(ServerMessage::Placed { reference, call_id, role: Role::Callee });
            }
            _ => {}
        }
    }

    fn take_over(&mut self, call_id: CallId, luck: u32) {
        let index = self.elsewhere.iter().position(|call| call.call_id == call_id);
        match index {
            Some(index) if luck < 70 => {
                let call = self.elsewhere.remove(index);
                self.calls.push(call.clone());
                self.weak.remove(&call_id);
                self.say(ServerMessage::Restored { call });
                self.say(ServerMessage::ElsewhereEnded { call_id });
            }
            Some(_) if luck < 80 => {
                self.say(ServerMessage::TakeOverRefused { call_id, error: ErrorCode::NotTakenOver.into() });
            }
            _ if luck < 95 => {
                self.elsewhere.retain(|call| call.call_id != call_id);
                self.say(ServerMessage::TakeOverRefused { call_id, error: ErrorCode::CallNotFound.into() });
            }
            _ => {}
        }
    }

    /// Something happens here: somebody calls, answers, leaves; or what was due is said.
    pub(super) fn act(&mut self, now: u64) {
        match self.random.random_range(0..100) {
            0..45 => self.speak(),
            45..52 if self.first.is_signed_in => self.first.frames.push_back(ServerFrame::Ping {}),
            52..62 => self.somebody_calls(),
            62..90 => self.something_about_a_call(),
            90..95 => self.something_elsewhere(),
            95 => {
                let branding = Default::default();
                self.say(ServerMessage::BrandingChanged { branding });
            }
            // The node is started anew and knows nothing of the session.
            96 if self.random.random_bool(0.3) => {
                self.link = None;
                self.pending.clear();
                (self.first.is_hung_up, self.first.is_signed_in) = (true, false);
                self.calls.retain(|_| now.is_multiple_of(2));
            }
            97 if self.first.is_signed_in && self.random.random_bool(0.1) => {
                let codes = [ErrorCode::Replaced, ErrorCode::Draining, ErrorCode::TokenExpired];
                let code = codes[self.random.random_range(0..3)];
                self.first.is_signed_in = false;
                self.refuse(code.into(), Socket::First);
            }
            _ => {}
        }
    }

    /// Says what is due, as far as it is connected; what the session keeps is said again on its next socket.
    fn speak(&mut self) {
        let Some(link) = &mut self.link else { return };
        for body in self.pending.drain(..) {
            let Ok(seq) = link.send(body.clone()) else { return };
            let ack = link.received();
            let wire = if self.beside.is_signed_in { &mut self.beside } else { &mut self.first };
            if wire.is_signed_in {
                wire.frames.push_back(ServerFrame::Message { seq, ack, body });
            }
        }
    }

    fn somebody_calls(&mut self) {
        let cuid = if self.random.random() { "ravi_22" } else { "meera_3" };
        let is_in_call = self.calls.iter().any(|call| is_answered(call) && !call.held);
        let is_busy = is_in_call || (!self.elsewhere.is_empty() && self.random.random_bool(0.3));
        if self.link.is_none() || self.calls.len() > 4 {
            return;
        }
        let call_id = self.add(Role::Callee, party(cuid));
        if is_busy && !self.shows_waiting {
            self.calls.pop();
            self.say(ServerMessage::CallWaiting { call_id, from: party(cuid), context: context() });
        } else if let Some(message) = self.calls.last().map(|call| incoming(call, is_busy)) {
            self.say(message);
        }
    }

    fn something_about_a_call(&mut self) {
        let Some(call) = pick(&mut self.random, &self.calls) else { return };
        let (call_id, role, state, muted, held) =
            (call.call_id, call.role, call.state, call.peer_muted, call.peer_held);
        let is_held = call.held || call.peer_held;
        let at = Timestamp::default();
        let luck = self.random.random_range(0..100);
        match (state, role) {
            (CallState::Placed, Role::Caller) if luck < 70 => self.advance(call_id, CallState::Ringing),
            (CallState::Placed | CallState::Ringing, Role::Caller) => match luck {
                0..60 => {
                    self.advance(call_id, CallState::Answered);
                    self.say(ServerMessage::Answered { call_id, at });
                }
                60..70 => self.end(call_id, EndReason::User),
                70..75 => self.end(call_id, EndReason::Busy),
                75..80 => self.end(call_id, EndReason::RingTimeout),
                _ => {}
            },
            (CallState::Placed | CallState::Ringing, Role::Callee) => match luck {
                0..10 => self.end(call_id, EndReason::Caller),
                10..15 => self.end(call_id, EndReason::RingTimeout),
                15..20 => self.withdraw(call_id, WithdrawnReason::AnsweredElsewhere),
                20..25 => self.withdraw(call_id, WithdrawnReason::DeclinedElsewhere),
                _ => {}
            },
            (CallState::Answered, _) if luck < 70 => {
                self.advance(call_id, CallState::Connected);
                self.say(ServerMessage::Connected { call_id, at });
            }
            (CallState::Answered, _) if luck < 80 => self.end(call_id, EndReason::ConnectTimeout),
            _ => match luck {
                0..16 => {
                    self.change(call_id, |call| call.peer_muted = !muted);
                    self.say(ServerMessage::PeerMuted { call_id, muted: !muted });
                }
                16..32 => {
                    self.change(call_id, |call| call.peer_held = !held);
                    self.say(ServerMessage::PeerHeld { call_id, held: !held });
                }
                32..48 => self.say(ServerMessage::PeerAway { call_id }),
                48..60 => self.say(ServerMessage::PeerBack { call_id }),
                60..65 => self.end(call_id, EndReason::Hangup),
                65..70 => self.withdraw(call_id, WithdrawnReason::TakenOver),
                // The user did so on another device.
                70..75 => {
                    self.change(call_id, |call| call.held = true);
                    self.say(ServerMessage::Held { call_id, held: true });
                }
                75..100 if state == CallState::Connected && !is_held => self.judge_network(call_id, luck),
                _ => {}
            },
        }
    }

    /// Whose network is weak is another now.
    fn judge_network(&mut self, call_id: CallId, luck: u32) {
        let told = self.weak.entry(call_id).or_default();
        let others = match told {
            WeakNetwork::None => [WeakNetwork::Yours, WeakNetwork::Theirs],
            WeakNetwork::Yours => [WeakNetwork::None, WeakNetwork::Theirs],
            WeakNetwork::Theirs => [WeakNetwork::None, WeakNetwork::Yours],
        };
        let weak = others[usize::from(luck.is_multiple_of(2))];
        *told = weak;
        self.say(ServerMessage::Network { call_id, weak });
    }

    fn something_elsewhere(&mut self) {
        match pick(&mut self.random, &self.elsewhere).map(|call| call.call_id) {
            Some(call_id) if self.random.random() => {
                self.elsewhere.retain(|call| call.call_id != call_id);
                self.say(ServerMessage::ElsewhereEnded { call_id });
            }
            _ if self.elsewhere.len() < 2 => {
                let call_id = self.add(Role::Caller, party("ravi_22"));
                let Some(mut call) = self.calls.pop() else { return };
                assert_eq!(call.call_id, call_id);
                call.state = CallState::Connected;
                call.held = self.random.random();
                self.elsewhere.push(call.clone());
                self.say(ServerMessage::Elsewhere { call });
            }
            _ => {}
        }
    }

    fn advance(&mut self, call_id: CallId, state: CallState) {
        self.change(call_id, |call| call.state = state);
        if state == CallState::Ringing {
            self.say(ServerMessage::Ringing { call_id, name: None });
        }
    }

    fn end(&mut self, call_id: CallId, reason: EndReason) {
        self.calls.retain(|call| call.call_id != call_id);
        self.say(ServerMessage::Ended {
            call_id,
            status: reason.status(),
            reason,
            by: None,
            duration: Millis::new(0),
        });
    }

    fn withdraw(&mut self, call_id: CallId, reason: WithdrawnReason) {
        self.calls.retain(|call| call.call_id != call_id);
        self.say(ServerMessage::Withdrawn { call_id, reason });
    }

    fn change(&mut self, call_id: CallId, how: impl FnOnce(&mut CallSnapshot)) {
        if let Some(call) = self.call(call_id) {
            how(call);
        }
    }

    fn call(&mut self, call_id: CallId) -> Option<&mut CallSnapshot> {
        self.calls.iter_mut().find(|call| call.call_id == call_id)
    }

    fn say(&mut self, message: ServerMessage) {
        self.pending.push_back(message);
        if self.random.random_bool(0.7) {
            self.speak();
        }
    }

    fn add(&mut self, role: Role, peer: Party) -> CallId {
        self.ids += 1;
        let call_id = CallId::parse(&format!("0193a5c0-1a2b-7c3d-8e4f-{:012x}", self.ids)).unwrap();
        self.calls.push(CallSnapshot {
            call_id,
            role,
            state: CallState::Placed,
            peer,
            context: context(),
            images: Default::default(),
            answered_at: None,
            muted: false,
            peer_muted: false,
            held: false,
            peer_held: false,
        });
        call_id
    }
}

fn is_answered(call: &CallSnapshot) -> bool {
    matches!(call.state, CallState::Answered | CallState::Connected)
}

fn incoming(call: &CallSnapshot, waiting: bool) -> ServerMessage {
    ServerMessage::Incoming {
        call_id: call.call_id,
        from: call.peer.clone(),
        context: call.context.clone(),
        images: call.images.clone(),
        ring_timeout: Millis::seconds(30),
        waiting,
    }
}

fn party(cuid: &str) -> Party {
    Party { cuid: Cuid::parse(cuid).unwrap(), name: None }
}

fn context() -> Context {
    Context::parse("Your parcel").unwrap()
}

fn pick<'a, T>(random: &mut StdRng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty()).then(|| &from[random.random_range(0..from.len())])
}
