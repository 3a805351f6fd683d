//! One load of the SDK: its connection, its session, and the calls it knows. The calls are in `talk`.

use std::collections::{BTreeMap, BTreeSet};

use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::limits::{
    CALLS_MAX, HEARTBEAT, HEARTBEAT_TIMEOUT, HELLO_TIMEOUT, PLACE_TIMEOUT, RECONNECT_MAX, RECONNECT_MIN,
    SESSION_GRACE,
};
use tring_protocol::link::{Arrival, Link};
use tring_protocol::signal::{CallSnapshot, ClientFrame, ClientMessage, Resume, ServerFrame, Welcome};
use tring_protocol::text::Sdp;
use tring_protocol::time::{Millis, Timestamp};

use super::talk::MyCall;
use super::{Input, Output, Why};
use crate::account::version_of;

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) number: u32,
    /// Whether it will connect again; not after it was refused or signed out.
    pub(crate) running: bool,
    pub(crate) calls: BTreeMap<CallId, MyCall>,
    pub(super) placing: Option<Placing>,
    /// References of calls that this page gave up waiting for.
    pub(super) given_up: BTreeSet<String>,
    /// References whose answer may have been the `restored` of their call.
    pub(super) superseded: BTreeSet<String>,
    /// Calls that this page gave up and told its user so.
    pub(super) abandoned: BTreeSet<CallId>,
    /// Calls that the user is in on another device, and those of them that were asked for.
    pub(crate) elsewhere: BTreeMap<CallId, CallSnapshot>,
    pub(super) taking: BTreeSet<CallId>,
    pub(super) checks: u32,
    pub(super) places: u32,
    pub(super) offer: Sdp,
    /// Which version of the account's looks is shown, and the last that this session was told.
    pub(crate) looks: u32,
    pub(super) looks_told: u32,
    pub(super) out: Vec<Output>,
    net: Net,
    token: Option<String>,
    link: Link<ClientMessage>,
    owes_ack: bool,
    /// Since when there is no session on a socket.
    lost_at: Timestamp,
    backoff: Millis,
}

#[derive(Debug)]
pub(super) struct Placing {
    pub(super) reference: String,
    pub(super) to: Cuid,
    pub(super) since: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Net {
    Idle { retry_at: Timestamp },
    Connecting { since: Timestamp },
    Open { since: Timestamp, heard_at: Timestamp },
}

/// How long a page with a new session waits to be told how its call stands.
const CONFIRM: Millis = Millis::seconds(15);

impl Page {
    pub(crate) fn new(now: Timestamp, number: u32, offer: Sdp) -> Self {
        Self {
            number,
            running: true,
            calls: BTreeMap::new(),
            placing: None,
            given_up: BTreeSet::new(),
            superseded: BTreeSet::new(),
            abandoned: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            taking: BTreeSet::new(),
            checks: 0,
            places: 0,
            offer,
            looks: 0,
            looks_told: 0,
            out: Vec::new(),
            net: Net::Idle { retry_at: now },
            token: None,
            link: Link::default(),
            owes_ack: false,
            lost_at: now,
            backoff: RECONNECT_MIN,
        }
    }

    pub(crate) fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Output> {
        match input {
            Input::Start => self.connect(now),
            Input::Closed => self.closed(now),
            Input::Frame(frame) => self.frame(now, frame),
            Input::Say(command) => self.say(now, command),
            Input::Tick => self.tick(now),
        }
        if self.owes_ack && self.is_open() {
            self.owes_ack = false;
            self.out.push(Output::Send(ClientFrame::Ack { ack: self.link.received() }));
        }
        std::mem::take(&mut self.out)
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.net, Net::Open { .. })
    }

    /// Whether the page has been connected for longer than `length`.
    pub(crate) fn is_open_for(&self, now: Timestamp, length: Millis) -> bool {
        matches!(self.net, Net::Open { since, .. } if now.since(since) > length)
    }

    /// Whether the person could dial: `isEnabled()`.
    pub(crate) fn is_idle(&self) -> bool {
        let free = self.calls.len() < CALLS_MAX && self.calls.values().all(|call| call.held);
        self.is_open() && self.placing.is_none() && free
    }

    /// When [`Input::Tick`] is due.
    pub(crate) fn wake(&self) -> Option<Timestamp> {
        if !self.running {
            return None;
        }
        let net = match self.net {
            Net::Idle { retry_at } => retry_at,
            Net::Connecting { since } => since + HELLO_TIMEOUT,
            Net::Open { heard_at, .. } => heard_at + HEARTBEAT_TIMEOUT,
        };
        let placing = self.placing.as_ref().map(|placing| placing.since + PLACE_TIMEOUT);
        let confirm = self.calls.values().filter_map(|call| call.confirm_by).min().filter(|_| self.is_open());
        let offline = (!self.is_open() && !self.calls.is_empty()).then(|| self.lost_at + SESSION_GRACE);
        [Some(net), placing, confirm, offline].into_iter().flatten().min()
    }

    /// Sends now, or when the session goes on.
    pub(super) fn send(&mut self, message: ClientMessage) {
        let Ok(seq) = self.link.send(message.clone()) else {
            return self.out.push(Output::Broken("the server does not acknowledge".into()));
        };
        if self.is_open() {
            let frame = ClientFrame::Message { seq, ack: self.link.received(), body: message };
            self.out.push(Output::Send(frame));
            self.owes_ack = false;
        }
    }

    fn connect(&mut self, now: Timestamp) {
        self.net = Net::Connecting { since: now };
        let resume = self.token.clone().map(|token| Resume { token, received: self.link.received() });
        self.out.push(Output::Connect(resume));
    }

    fn closed(&mut self, now: Timestamp) {
        if self.is_open() {
            self.lost_at = now;
        }
        self.net = Net::Idle { retry_at: now + self.backoff };
        self.backoff = (self.backoff + self.backoff).min(RECONNECT_MAX);
    }

    fn frame(&mut self, now: Timestamp, frame: ServerFrame) {
        if let Net::Open { heard_at, .. } = &mut self.net {
            *heard_at = now;
        }
        match frame {
            ServerFrame::Welcome(welcome) => self.welcome(now, &welcome),
            ServerFrame::Refused { error } => {
                self.running = false;
                self.out.push(Output::Refused(error.code));
            }
            ServerFrame::Message { seq, ack, body } => {
                self.acknowledged(ack);
                match self.link.receive(seq) {
                    Ok(Arrival::Duplicate) => self.owes_ack = true,
                    Ok(Arrival::New) => {
                        self.owes_ack = true;
                        self.out.push(Output::Told(body.clone()));
                        self.told(now, body);
                    }
                    Err(error) => self.out.push(Output::Broken(error.to_string())),
                }
            }
            ServerFrame::Ack { ack } => self.acknowledged(ack),
            ServerFrame::Ping {} => self.out.push(Output::Send(ClientFrame::Pong {})),
            ServerFrame::Renewed { .. } | ServerFrame::RenewRefused { .. } | ServerFrame::Unknown => {
                self.out.push(Output::Broken("an unknown frame".into()));
            }
        }
    }

    fn acknowledged(&mut self, ack: u32) {
        if let Err(error) = self.link.acknowledge(ack) {
            self.out.push(Output::Broken(error.to_string()));
        }
    }

    fn welcome(&mut self, now: Timestamp, welcome: &Welcome) {
        self.net = Net::Open { since: now, heard_at: now };
        self.backoff = RECONNECT_MIN;
        self.looks = version_of(&welcome.branding);
        self.token = Some(welcome.resume_token.clone());
        for call in self.calls.values_mut() {
            if !welcome.resumed || call.confirm_by.is_some() {
                call.confirm_by = Some(now + CONFIRM);
            }
        }
        if welcome.resumed {
            let ack = self.link.received();
            match self.link.resume(welcome.received) {
                Ok(again) => self.out.extend(again.map(|(seq, message)| {
                    Output::Send(ClientFrame::Message { seq, ack, body: message.clone() })
                })),
                Err(error) => self.out.push(Output::Broken(error.to_string())),
            }
            return;
        }
        self.link = Link::default();
        self.forget_elsewhere();
        self.looks_told = self.looks;
        self.owes_ack = false;
    }

    fn tick(&mut self, now: Timestamp) {
        if !self.running {
            return;
        }
        if self.placing.as_ref().is_some_and(|placing| placing.since + PLACE_TIMEOUT <= now) {
            if let Net::Open { since, heard_at } = self.net
                && now.since(since) > PLACE_TIMEOUT
                && now.since(heard_at) < HEARTBEAT
            {
                self.out.push(Output::Unanswered);
            }
            self.give_up_placing();
        }
        for (id, call) in std::mem::take(&mut self.calls) {
            if self.is_open() && call.confirm_by.is_some_and(|by| by <= now) {
                self.hang_up_unknown(id);
                self.out.push(Output::Lost(id, Why::Unconfirmed));
            } else if !self.is_open() && self.lost_at + SESSION_GRACE <= now {
                // Should the session go on after all, the other side must not wait for this one.
                self.hang_up_unknown(id);
                self.abandoned.insert(id);
                self.out.push(Output::Lost(id, Why::Offline));
            } else {
                self.calls.insert(id, call);
            }
        }
        match self.net {
            Net::Idle { retry_at } if retry_at <= now => self.connect(now),
            Net::Connecting { since } if since + HELLO_TIMEOUT <= now => self.drop_socket(now),
            Net::Open { heard_at, .. } if heard_at + HEARTBEAT_TIMEOUT <= now => self.drop_socket(now),
            Net::Idle { .. } | Net::Connecting { .. } | Net::Open { .. } => {}
        }
    }

    fn drop_socket(&mut self, now: Timestamp) {
        self.out.push(Output::Drop);
        self.closed(now);
    }
}
