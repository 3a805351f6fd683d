//! One server: both machines, and the round in which they are driven, as the real hub drives them.

use std::collections::{BTreeMap, VecDeque};

use tring_calls::bus::{ToCalls, ToSessions, Topic};
use tring_calls::sessions::ConnId;
use tring_calls::{Calls, Sessions, calls, sessions};
use tring_protocol::call::{CallEvent, CallRecord};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::CallId;
use tring_protocol::signal::ServerFrame;
use tring_protocol::time::Timestamp;

/// A node in one of its lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeRef {
    pub(crate) node: usize,
    pub(crate) life: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    Sessions,
    Calls,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) me: NodeRef,
    pub(crate) alive: bool,
    pub(crate) sessions: Sessions,
    pub(crate) calls: Calls,
    pub(crate) sessions_timer: Option<Timestamp>,
    pub(crate) calls_timer: Option<Timestamp>,
    /// When the round before this one will be stored: batches are stored in order.
    pub(crate) stored_at: Timestamp,
}

/// What one round wants stored, and then done.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) events: Vec<CallEvent>,
    pub(crate) records: Vec<CallRecord>,
    pub(crate) samples: Vec<(CallId, QualitySample)>,
    pub(crate) outward: Vec<Outward>,
    pub(crate) timers: Vec<(Machine, Timestamp)>,
}

#[derive(Debug)]
pub(crate) enum Outward {
    Send {
        conn: ConnId,
        frame: ServerFrame,
    },
    Close {
        conn: ConnId,
    },
    /// To every other node; each knows whether it is concerned.
    ToSessions(ToSessions),
    ToCalls(ToCalls),
    /// Slots and relay.
    Ask(calls::Effect),
}

pub(crate) enum Input {
    Sessions(sessions::Input),
    Calls(calls::Input),
}

/// Which node listens to a call's topic.
pub(crate) type Homes = BTreeMap<CallId, NodeRef>;

impl Node {
    pub(crate) fn new(me: NodeRef, seed: [u8; 32]) -> Self {
        Self {
            me,
            alive: true,
            sessions: Sessions::new(),
            calls: Calls::new(seed),
            sessions_timer: None,
            calls_timer: None,
            stored_at: Timestamp::default(),
        }
    }

    /// Handles one input and everything that comes of it on this node.
    pub(crate) fn round(&mut self, now: Timestamp, first: Input, homes: &mut Homes) -> Round {
        let mut round = Round::default();
        let mut inputs = VecDeque::from([first]);
        while let Some(input) = inputs.pop_front() {
            match input {
                Input::Sessions(input) => self.sessions.handle(now, input),
                Input::Calls(input) => self.calls.handle(now, input),
            }
            self.drain(&mut round, &mut inputs, homes);
        }
        self.sessions.handle(now, sessions::Input::Settled);
        self.drain(&mut round, &mut inputs, homes);
        debug_assert!(inputs.is_empty(), "settling a round asks nobody anything");
        round
    }

    fn drain(&mut self, round: &mut Round, inputs: &mut VecDeque<Input>, homes: &mut Homes) {
        while let Some(effect) = self.sessions.poll() {
            match effect {
                sessions::Effect::Send { conn, frame } => round.outward.push(Outward::Send { conn, frame }),
                sessions::Effect::Close { conn } => round.outward.push(Outward::Close { conn }),
                sessions::Effect::ToCalls(message) => self.to_calls(message, round, inputs, homes),
                sessions::Effect::ToOtherNodes(message) => round.outward.push(Outward::ToSessions(message)),
                sessions::Effect::Timer(at) => round.timers.push((Machine::Sessions, at)),
            }
        }
        while let Some(effect) = self.calls.poll() {
            match effect {
                calls::Effect::ToSessions(message) => {
                    // A search is gathered from all nodes, this one included.
                    if !matches!(message, ToSessions::Find { .. }) {
                        inputs.push_back(Input::Sessions(sessions::Input::Bus(message.clone())));
                    }
                    round.outward.push(Outward::ToSessions(message));
                }
                calls::Effect::ToCalls(message) => self.to_calls(message, round, inputs, homes),
                calls::Effect::Log(event) => round.events.push(event),
                calls::Effect::Finish(record) => round.records.push(*record),
                calls::Effect::Sample(call, sample) => round.samples.push((call, sample)),
                calls::Effect::Timer(at) => round.timers.push((Machine::Calls, at)),
                ask => {
                    if let calls::Effect::Claim { call, .. } = &ask {
                        homes.entry(*call).or_insert(self.me);
                    }
                    round.outward.push(Outward::Ask(ask));
                }
            }
        }
    }

    fn to_calls(&self, message: ToCalls, round: &mut Round, inputs: &mut VecDeque<Input>, homes: &Homes) {
        match message.topic() {
            // What a node finds of its own is gathered with what the others find.
            Topic::Call(_) if matches!(message, ToCalls::Found { .. }) => {
                round.outward.push(Outward::ToCalls(message));
            }
            Topic::Call(id) if homes.get(&id) == Some(&self.me) => {
                inputs.push_back(Input::Calls(calls::Input::Bus(message)));
            }
            Topic::Here => inputs.push_back(Input::Calls(calls::Input::Bus(message))),
            Topic::User(_) => {
                inputs.push_back(Input::Calls(calls::Input::Bus(message.clone())));
                round.outward.push(Outward::ToCalls(message));
            }
            Topic::Call(_) | Topic::Device(_) => round.outward.push(Outward::ToCalls(message)),
        }
    }
}
