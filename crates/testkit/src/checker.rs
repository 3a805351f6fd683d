//! The invariants of the design, as they can be seen from outside: by what clients are told, what is stored, and what
//! is left when everybody has gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tring_calls::bus::Attendee;
use tring_protocol::call::CallEventKind;
use tring_protocol::ids::CallId;
use tring_protocol::signal::{CallState, Role, ServerMessage};
use tring_protocol::time::Timestamp;

use crate::client::Why;
use crate::journal::Journal;
use crate::node::Node;
use crate::world::World;

/// Holds the invariants while a world is played.
#[derive(Debug, Default)]
pub struct Checker {
    violations: Vec<Violation>,
    /// Calls that a page was told the end of.
    over: BTreeSet<(usize, u32, CallId)>,
    /// Calls that a page was told are not there any more, but go on: it may get them back.
    withdrawn: BTreeSet<(usize, u32, CallId)>,
    /// The callee's client that was told that it won.
    winners: BTreeMap<CallId, usize>,
    /// Who asked to have which call moved to them.
    takers: BTreeSet<(usize, CallId)>,
    troubles: u64,
    pub(crate) crossed: u64,
    pub(crate) restored: u64,
    pub(crate) told_again: u64,
    pub(crate) checked: u64,
    pub(crate) switched: u64,
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number in the design.
    pub invariant: u8,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {} is broken: {}", self.invariant, self.what)
    }
}

impl Checker {
    /// What was found so far.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    fn violated(&mut self, invariant: u8, what: String) {
        self.violations.push(Violation { invariant, what });
    }

    /// The journal refused something: a call ends exactly once, and its record follows from its events.
    pub(crate) fn ends_once(&mut self, what: String) {
        self.violated(1, what);
    }

    /// A session lost or doubled a message, or an honest client was called a liar: nobody can agree on anything then.
    pub(crate) fn broken(&mut self, what: String) {
        self.violated(1, what);
    }

    pub(crate) fn unreadable(&mut self, what: String) {
        self.violated(1, format!("a bus message cannot be read: {what}"));
    }

    pub(crate) fn not_silent(&mut self) {
        self.violated(4, "something still happens long after everybody has left".into());
    }

    pub(crate) fn left_over(&mut self, what: String) {
        self.violated(4, what);
    }

    pub(crate) fn sampled_wrongly(&mut self, what: String) {
        self.violated(1, what);
    }

    /// A node crashed, or the slots are slow: not every wait is worth while.
    pub(crate) fn troubled(&mut self) {
        self.troubles += 1;
    }

    /// A client's page was told something for the first time.
    pub(crate) fn told(
        &mut self,
        journal: &Journal,
        (client, page): (usize, u32),
        attendee: Attendee,
        message: &ServerMessage,
    ) {
        let stored = |call: CallId, what: fn(&CallEventKind) -> bool| {
            journal.get(call).is_some_and(|kept| kept.has(what))
        };
        match message {
            ServerMessage::Ended { call_id, .. } => {
                self.told_end(journal, *call_id, message);
                if !self.over.insert((client, page, *call_id)) {
                    self.told_again += 1;
                }
            }
            ServerMessage::Withdrawn { call_id, .. } => {
                self.withdrawn.insert((client, page, *call_id));
            }
            ServerMessage::Placed { call_id, role, .. } => {
                if *role == Role::Callee {
                    self.crossed += 1;
                    // One who refused the call for this device may still dial the caller.
                    self.withdrawn.remove(&(client, page, *call_id));
                }
                self.goes_on((client, page), *call_id, message);
                if !stored(*call_id, |what| matches!(what, CallEventKind::Placed { .. })) {
                    self.violated(
                        5,
                        format!("client {client} knows of call {call_id}, the journal does not"),
                    );
                }
            }
            ServerMessage::Answered { call_id, .. } => {
                self.goes_on((client, page), *call_id, message);
                self.won(journal, client, &attendee, *call_id);
            }
            ServerMessage::Connected { call_id, .. } => {
                self.goes_on((client, page), *call_id, message);
                if !stored(*call_id, |what| *what == CallEventKind::Connected) {
                    self.violated(5, format!("client {client} is connected, the journal does not know"));
                }
            }
            ServerMessage::Restored { call } => {
                self.restored += 1;
                if self.takers.contains(&(client, call.call_id)) {
                    // It was withdrawn when the call moved away, and takes it back.
                    self.withdrawn.remove(&(client, page, call.call_id));
                }
                self.goes_on((client, page), call.call_id, message);
                if call.state >= CallState::Answered {
                    self.won(journal, client, &attendee, call.call_id);
                }
            }
            ServerMessage::Incoming { call_id, .. } | ServerMessage::Ringing { call_id, .. } => {
                self.goes_on((client, page), *call_id, message);
            }
            ServerMessage::CheckAnswer { .. } => self.checked += 1,
            _ => {}
        }
    }

    /// Both parties, the record and the journal tell the same end.
    fn told_end(&mut self, journal: &Journal, call: CallId, message: &ServerMessage) {
        let ServerMessage::Ended { status, reason, by, duration, .. } = message else { return };
        let Some(record) = journal.get(call).and_then(|kept| kept.record.as_ref()) else {
            return self.violated(5, format!("a client was told the end of {call}, which has no record"));
        };
        let told = (*status, *reason, *by, *duration);
        let kept = (record.reason.status(), record.reason, record.ended_by, record.talk_time());
        if told != kept {
            self.violated(
                1,
                format!("a client was told that {call} ended as {told:?}, the record says {kept:?}"),
            );
        }
    }

    fn goes_on(&mut self, (client, page): (usize, u32), call: CallId, message: &ServerMessage) {
        let told = (client, page, call);
        if self.over.contains(&told) || self.withdrawn.contains(&told) {
            self.violated(1, format!("client {client} was told {message:?} after the end"));
        }
    }

    fn won(&mut self, journal: &Journal, client: usize, attendee: &Attendee, call: CallId) {
        let Some(kept) = journal.get(call) else {
            return self.violated(5, format!("client {client} talks in {call}, the journal does not know"));
        };
        if !kept.has(|what| matches!(what, CallEventKind::Answered { .. })) {
            self.violated(5, format!("client {client} talks in {call}, which nobody answered"));
        }
        let callee = kept.has(
            |what| matches!(what, CallEventKind::Placed { callee, .. } if *callee == attendee.device.user.cuid),
        );
        let takes = self.takers.contains(&(client, call));
        if callee && !takes && *self.winners.entry(call).or_insert(client) != client {
            self.violated(3, format!("{call} was answered on two devices"));
        }
    }

    /// No user is in two calls, unless all but one are on hold.
    pub(crate) fn live_calls(&mut self, now: Timestamp, nodes: &[Node]) {
        let mut users = BTreeSet::new();
        let engaged = nodes.iter().filter(|node| node.alive).flat_map(|node| node.calls.engaged());
        for (call, user) in engaged {
            if !users.insert(user) {
                let what = format!("{} is in {call} and another call at {}", user.cuid, now.as_millis());
                self.violations.push(Violation { invariant: 2, what });
            }
        }
    }

    /// A page gives a call up that nobody told it the end of.
    pub(crate) fn gave_up(&mut self, client: usize, call: CallId, why: Why) {
        if why == Why::Unconfirmed && self.troubles == 0 {
            self.violated(1, format!("client {client} was never told what became of {call}"));
        }
    }

    /// A page waited in vain for the answer to its `place`, on a socket that was open all the time.
    pub(crate) fn unanswered(&mut self, client: usize) {
        if self.troubles == 0 {
            self.violated(1, format!("client {client} was not told what became of its `place`"));
        }
    }

    /// What a page shows is not what is on record.
    pub(crate) fn disagreed(&mut self, what: String) {
        self.violated(1, what);
    }

    /// A device asked for a call that its user is in on another one.
    pub(crate) fn asked_to_take(&mut self, client: usize, call: CallId) {
        self.takers.insert((client, call));
    }
}

impl World {
    /// Nothing is left to happen: nothing may be left over either.
    pub(crate) fn check_silence(&mut self) {
        let mut left = Vec::new();
        for node in &self.nodes {
            let name = node.me.node;
            if !node.sessions.is_empty() {
                left.push(format!("node {name} keeps {} session(s)", node.sessions.len()));
            }
            if node.sessions.connected() > 0 {
                left.push(format!("node {name} keeps {} socket(s)", node.sessions.connected()));
            }
            if !node.calls.is_empty() {
                left.push(format!("node {name} keeps {} call(s)", node.calls.len()));
            }
            if node.calls.checks() > 0 {
                left.push(format!("node {name} keeps {} network check(s)", node.calls.checks()));
            }
            left.extend(
                self.relays[name].legs().map(|leg| format!("the relay of node {name} keeps {leg:?}")),
            );
        }
        left.extend(self.slots.held().map(|(user, call)| format!("{} is still held by {call}", user.cuid)));
        for what in left {
            self.checker.violated(4, what);
        }
        let open: Vec<_> = self.journal.calls().filter(|(_, kept)| kept.record.is_none()).collect();
        for (call, kept) in open {
            self.checker.violated(1, format!("{call} never ended: {:?}", kept.events));
        }
        self.check_overlaps();
    }

    /// No two calls of a user overlap in the journal, but for those that they held or that found them busy.
    fn check_overlaps(&mut self) {
        let mut spans: BTreeMap<_, Vec<(Timestamp, Timestamp, CallId)>> = BTreeMap::new();
        for (_, kept) in self.journal.calls() {
            let Some(record) = &kept.record else { continue };
            for (role, user) in [(Role::Caller, &record.caller), (Role::Callee, &record.callee)] {
                let its = kept.spans(role).into_iter().map(|(from, to)| (from, to, record.call));
                spans.entry(user).or_default().extend(its);
            }
        }
        for (user, mut spans) in spans {
            spans.sort();
            for pair in spans.windows(2) {
                if pair[1].0 < pair[0].1 {
                    let what = format!("{user} was in {} and {} at once", pair[0].2, pair[1].2);
                    self.checker.violations.push(Violation { invariant: 2, what });
                }
            }
        }
    }
}
