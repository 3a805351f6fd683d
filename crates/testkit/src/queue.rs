//! What happens next: events in the order of their time, and of their making within the same millisecond.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tring_calls::bus::{Present, ToCalls, ToSessions};
use tring_calls::calls::{Claim, RelayEvent};
use tring_calls::sessions::{ConnId, Seat};
use tring_protocol::error::WireError;
use tring_protocol::ids::{CallId, LegId, UserAddress};
use tring_protocol::signal::{ClientFrame, Resume, ServerFrame};
use tring_protocol::text::Sdp;
use tring_protocol::time::Timestamp;

use crate::account::Account;
use crate::client::Command;
use crate::network::Break;
use crate::node::{Machine, NodeRef, Round};
use crate::plan::Action;

#[derive(Debug)]
pub(crate) enum Event {
    /// Somebody does what the plan says.
    Act(Action),
    /// Somebody reacts; only if their page is still the one that was asked.
    React {
        client: usize,
        page: u32,
        command: Command,
    },
    /// A client's page wakes up.
    PageTimer {
        client: usize,
        page: u32,
    },
    /// A closed page is opened again.
    Open {
        client: usize,
    },
    /// A client's network is back.
    Online {
        client: usize,
    },
    /// Something gets through one of a client's interfaces again.
    PassesAgain {
        client: usize,
        interface: usize,
    },
    /// A socket could not be opened, or its end reached the client.
    ClosedAtClient {
        conn: ConnId,
    },
    /// The end of a socket reached the server.
    ClosedAtServer {
        conn: ConnId,
        how: Break,
    },
    ToServer {
        conn: ConnId,
        what: Up,
    },
    ToClient {
        conn: ConnId,
        what: Down,
    },
    /// The other nodes have said who of a user is there.
    SignIn {
        conn: ConnId,
        resume: Option<Resume>,
        elsewhere: Vec<Seat>,
        /// As it was read when the device came.
        account: Box<Account>,
    },
    NodeTimer {
        node: NodeRef,
        machine: Machine,
        at: Timestamp,
    },
    /// A round's batch is on disk; what it wants to happen may happen.
    Stored {
        node: NodeRef,
        round: Box<Round>,
    },
    BusToSessions {
        node: usize,
        message: ToSessions,
    },
    BusToCalls {
        node: usize,
        message: ToCalls,
    },
    /// A slot operation reaches the slots.
    Claim {
        node: NodeRef,
        call: CallId,
        user: UserAddress,
        with: UserAddress,
    },
    Release {
        call: CallId,
        user: UserAddress,
    },
    Claimed {
        node: NodeRef,
        call: CallId,
        user: UserAddress,
        claim: Claim,
    },
    /// One node's answer to a `Find`, or that it did not come in time.
    FoundSome {
        call: CallId,
        devices: Vec<Present>,
    },
    FindTimeout {
        call: CallId,
        search: u64,
    },
    RelayAnswer {
        node: NodeRef,
        leg: LegId,
        answer: Result<Sdp, WireError>,
    },
    /// `opening` tells this connection of the leg from those before and after it.
    Relay {
        node: NodeRef,
        leg: LegId,
        opening: u64,
        event: RelayEvent,
    },
    /// A node finds the account changed.
    AccountFound {
        node: usize,
    },
    /// The others notice that a node is gone.
    NodeMissed {
        node: NodeRef,
    },
    NodeUp {
        node: usize,
    },
    /// Everybody leaves.
    Finale,
}

/// What a client sends on a socket.
#[derive(Debug, Clone)]
pub(crate) enum Up {
    Hello { resume: Option<Resume> },
    Frame(ClientFrame),
}

/// What a server sends on a socket.
#[derive(Debug, Clone)]
pub(crate) enum Down {
    Frame(ServerFrame),
    Close,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<Entry>>,
    made: u64,
}

#[derive(Debug)]
struct Entry {
    key: (Timestamp, u64),
    event: Event,
}

impl Queue {
    pub(crate) fn push(&mut self, at: Timestamp, event: Event) {
        self.made += 1;
        self.heap.push(Reverse(Entry { key: (at, self.made), event }));
    }

    pub(crate) fn pop(&mut self) -> Option<(Timestamp, Event)> {
        self.heap.pop().map(|Reverse(entry)| (entry.key.0, entry.event))
    }

    /// How many events were made so far.
    pub(crate) fn made(&self) -> u64 {
        self.made
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}
