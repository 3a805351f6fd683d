//! The account's TURN servers (RFC 8656), as ways to the relay for networks that let nothing else out.
//!
//! Decides when servers are asked for an address, which of the addresses are kept, and what becomes of one that is lost.
//! What they are used for is ICE's to decide, to which each address is one candidate more; connections to the servers are
//! the caller's, by [`Wanted`] and [`News`].
//!
//! A server that is dead, full or refuses costs its own address and nothing else: all are asked at once, and each
//! that gives none is left alone until the account's servers are told anew.
//!
//! | module | decides |
//! |---|---|
//! | `server` | what a server's address says |
//! | `connection` | nothing: what is said of connections to servers |
//! | `way` | how far one of these addresses has come |
//! | `allocation` | what is asked of a server so that datagrams pass |
//! | `framing` | where messages begin and end on a stream |

mod allocation;
mod connection;
pub mod framing;
mod server;
mod way;

pub use connection::{News, Wanted, WayId};
pub use server::{TurnServer, TurnTransport};

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tring_protocol::signal::MediaPath;

use allocation::{Allocation, Ends, Step};
use way::{Stage, Way, is_on_v6_alone};

/// How long UDP and TCP to the relay are tried before TURN is tried beside them: as long again as UDP has alone. Higher:
/// who has no other way waits longer for sound; lower: allocations for nothing on networks that are only slow.
const TURN_AFTER: Duration = Duration::from_secs(1);
/// How long a server may take until it is connected to. Higher: nothing is gained, the peer has been given up by then.
const OPEN_PATIENCE: Duration = Duration::from_secs(5);
/// How long after the connection is up all other allocations are given back. Higher: servers carry what nobody uses;
/// lower: ICE has not had the time to find the best of them.
const SETTLED_AFTER: Duration = Duration::from_secs(5);
/// How long a server is left alone that lost an allocation. Higher: a longer silence; lower: a server that is being
/// restarted is asked while it cannot answer.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How often a server may send the device on to the next at most. More are a circle, or as good as one.
const SENT_ON_MAX: usize = 3;
/// Ways that are tried at most: UDP, TCP and TLS of two servers. More only cost.
const WAYS_MAX: usize = 6;

/// Whether and when TURN is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Once UDP and TCP have not worked for a second.
    Fallback,
    /// Never.
    Never,
    /// Nothing else is tried.
    Only,
}

/// What follows for the peer.
#[derive(Debug)]
pub(super) enum Told {
    Wanted(Wanted),
    /// The device can be reached here.
    Allocated {
        relayed: SocketAddr,
        base: SocketAddr,
    },
    /// Not any more.
    Gone(SocketAddr),
    /// Somebody sent this to `relayed`.
    Received {
        source: SocketAddr,
        relayed: SocketAddr,
        bytes: Vec<u8>,
    },
}

/// All ways by TURN of one peer.
#[derive(Debug)]
pub(super) struct Ways {
    policy: Turn,
    servers: Vec<TurnServer>,
    /// Whether the relay is reached over IPv6 alone.
    wants_v6: bool,
    begin_at: Option<Instant>,
    settle_at: Option<Instant>,
    is_trying: bool,
    has_settled: bool,
    /// From where something left last that was no check.
    used: Option<SocketAddr>,
    ways: Vec<Way>,
    opened: u32,
    told: VecDeque<Told>,
}

impl Ways {
    pub(super) fn new(policy: Turn, servers: Vec<TurnServer>) -> Self {
        Self {
            policy,
            servers,
            wants_v6: false,
            begin_at: None,
            settle_at: None,
            is_trying: false,
            has_settled: false,
            used: None,
            ways: Vec::new(),
            opened: 0,
            told: VecDeque::new(),
        }
    }

    /// The relay has said where it is, in its answer.
    pub(super) fn answered(&mut self, now: Instant, sdp: &str) {
        self.wants_v6 = is_on_v6_alone(sdp);
        if !self.is_trying && self.settle_at.is_none() && !self.has_settled {
            self.begin_at = match self.policy {
                Turn::Never => None,
                Turn::Fallback => Some(now + TURN_AFTER),
                Turn::Only => Some(now),
            };
        }
    }

    /// The connection is up, by whichever way.
    pub(super) fn connected(&mut self, now: Instant) {
        self.begin_at = None;
        self.settle_at.get_or_insert(now + SETTLED_AFTER);
    }

    /// These are the servers from now on, with these credentials. What is allocated stays as long as its server likes.
    pub(super) fn use_servers(&mut self, now: Instant, servers: &[TurnServer]) {
        if self.servers == servers {
            return;
        }
        self.servers = servers.to_vec();
        self.ways.retain(|way| !matches!(way.stage, Stage::Over));
        if self.is_trying && self.settle_at.is_none() && !self.has_settled {
            self.try_all(now);
        }
    }

    /// Takes what became of a connection.
    pub(super) fn handle(&mut self, now: Instant, news: &News<'_>) {
        let (News::Opened { id, .. } | News::Received { id, .. } | News::Closed { id }) = news;
        // One that is not needed any more may still have something to say.
        let Some(way) = self.ways.iter_mut().find(|way| way.id == *id) else { return };
        match (news, &mut way.stage) {
            (News::Opened { local, server, .. }, Stage::Opening { .. }) => {
                let ends = Ends { local: *local, server: *server };
                let allocation = Box::new(Allocation::new(now, &way.server, ends, self.wants_v6));
                way.stage = Stage::Open { allocation, base: *local };
            }
            (News::Received { message, .. }, Stage::Open { allocation, .. }) => {
                if let Some((source, bytes)) = allocation.receive(now, message)
                    && let Some(relayed) = allocation.relayed()
                {
                    self.told.push_back(Told::Received { source, relayed, bytes });
                }
            }
            (News::Closed { id }, Stage::Opening { .. } | Stage::Open { .. }) => self.end(now, *id),
            _ => {}
        }
        self.advance(now, *id);
    }

    /// What is due at `now`.
    pub(super) fn tick(&mut self, now: Instant) {
        if self.begin_at.take_if(|at| now >= *at).is_some() {
            self.is_trying = true;
            self.try_all(now);
        }
        if self.settle_at.take_if(|at| now >= *at).is_some() {
            self.settle();
        }
        let due: Vec<WayId> =
            self.ways.iter().filter(|way| way.due().is_some_and(|at| now >= at)).map(|way| way.id).collect();
        for id in due {
            let Some(way) = self.ways.iter().find(|way| way.id == id) else { continue };
            match way.stage {
                Stage::Opening { .. } => self.end(now, id),
                Stage::Again { .. } => self.open_again(now, id),
                Stage::Open { .. } => self.advance(now, id),
                Stage::Over => {}
            }
        }
    }

    /// When [`Self::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.ways.iter().filter_map(Way::due).chain(self.begin_at).chain(self.settle_at).min()
    }

    /// Whether `source` is an address that a TURN server gave.
    pub(super) fn has(&self, source: SocketAddr) -> bool {
        self.ways.iter().any(|way| way.relayed() == Some(source))
    }

    /// By what something travels that leaves from `source`, if that is such an address.
    pub(super) fn path(&self, source: SocketAddr) -> Option<MediaPath> {
        self.ways.iter().find(|way| way.relayed() == Some(source)).map(|way| way.server.transport.path())
    }

    /// Sends from the relayed address `source`.
    pub(super) fn send(&mut self, now: Instant, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let Some(way) = self.ways.iter_mut().find(|way| way.relayed() == Some(source)) else { return };
        let Stage::Open { allocation, .. } = &mut way.stage else { return };
        allocation.send(now, destination, bytes);
        let id = way.id;
        self.advance(now, id);
    }

    /// Notes that something which was no check left from `source`.
    pub(super) fn used(&mut self, source: SocketAddr) {
        self.used = Some(source);
    }

    /// Gives all addresses back.
    pub(super) fn close(&mut self) {
        (self.begin_at, self.settle_at, self.is_trying) = (None, None, false);
        for way in std::mem::take(&mut self.ways) {
            self.give_up(way);
        }
    }

    /// What follows, until `None`.
    pub(super) fn poll(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// Opens each server's address that is not tried already.
    fn try_all(&mut self, now: Instant) {
        for server in self.servers.clone() {
            if !self.ways.iter().any(|way| way.server.is_at(&server)) {
                self.open(now, server, Vec::new());
            }
        }
    }

    fn open(&mut self, now: Instant, server: TurnServer, sent_by: Vec<SocketAddr>) {
        if self.ways.len() >= WAYS_MAX {
            return;
        }
        self.opened += 1;
        let id = WayId(self.opened);
        self.told.push_back(Told::Wanted(Wanted::Open(id, server.clone())));
        self.ways.push(Way { id, server, sent_by, stage: Stage::Opening { until: now + OPEN_PATIENCE } });
    }

    fn open_again(&mut self, now: Instant, id: WayId) {
        let Some(place) = self.ways.iter().position(|way| way.id == id) else { return };
        let way = self.ways.remove(place);
        // With the credentials that count now, and not at all if the account has taken it from its list.
        if let Some(server) = self.servers.iter().find(|server| server.is_at(&way.server)).cloned() {
            self.open(now, server, Vec::new());
        }
    }

    fn advance(&mut self, now: Instant, id: WayId) {
        let Some(way) = self.ways.iter_mut().find(|way| way.id == id) else { return };
        let Stage::Open { allocation, base } = &mut way.stage else { return };
        let base = *base;
        for step in allocation.advance(now) {
            match step {
                Step::Send(bytes) => self.told.push_back(Told::Wanted(Wanted::Send(id, bytes))),
                Step::Allocated(relayed) => self.told.push_back(Told::Allocated { relayed, base }),
                Step::Refused => self.succeed(now, id),
                Step::Elsewhere(to) => self.go_on_to(now, id, to),
                Step::Ended => self.end(now, id),
            }
        }
    }

    /// Asks the same server for another address, while the old one lasts.
    fn succeed(&mut self, now: Instant, id: WayId) {
        let Some(way) = self.ways.iter().find(|way| way.id == id) else { return };
        let newest = self.servers.iter().find(|server| server.is_at(&way.server)).cloned();
        if let Some(server) = newest {
            self.open(now, server, Vec::new());
        }
    }

    /// Asks where the server has sent the device, with the same credentials.
    fn go_on_to(&mut self, now: Instant, id: WayId, to: SocketAddr) {
        let Some(place) = self.ways.iter().position(|way| way.id == id) else { return };
        let Way { sent_by, stage, .. } = &mut self.ways[place];
        if let Stage::Open { allocation, .. } = stage {
            sent_by.push(allocation.server());
        }
        if sent_by.len() > SENT_ON_MAX || sent_by.contains(&to) {
            return self.end(now, id);
        }
        let Way { server, sent_by, .. } = self.ways.remove(place);
        self.told.push_back(Told::Wanted(Wanted::Close(id)));
        self.open(now, TurnServer { instead: Some(to), ..server }, sent_by);
    }

    /// A way has ended. One that worked is opened again, unless another to the same server has taken its place.
    fn end(&mut self, now: Instant, id: WayId) {
        let Some(place) = self.ways.iter().position(|way| way.id == id) else { return };
        let way = &self.ways[place];
        let is_followed = self
            .ways
            .iter()
            .any(|other| other.id != id && other.server.is_at(&way.server) && other.is_live());
        let relayed = way.relayed();
        self.told.extend(relayed.map(Told::Gone));
        self.told.push_back(Told::Wanted(Wanted::Close(id)));
        if is_followed {
            self.ways.remove(place);
        } else {
            self.ways[place].stage = match relayed {
                Some(_) => Stage::Again { at: now + AGAIN_AFTER },
                None => Stage::Over,
            };
        }
    }

    /// Keeps what is in use.
    fn settle(&mut self) {
        self.has_settled = true;
        let (keep, leave) = std::mem::take(&mut self.ways)
            .into_iter()
            .partition(|way| way.relayed().is_some() && way.relayed() == self.used);
        self.ways = keep;
        for way in leave {
            self.give_up(way);
        }
    }

    fn give_up(&mut self, way: Way) {
        self.told.extend(way.relayed().map(Told::Gone));
        if !way.is_live() {
            return;
        }
        if let Stage::Open { allocation, .. } = way.stage {
            let goodbye = allocation.give_back();
            self.told.extend(goodbye.map(|bytes| Told::Wanted(Wanted::Send(way.id, bytes))));
        }
        self.told.push_back(Told::Wanted(Wanted::Close(way.id)));
    }
}

#[cfg(test)]
pub(crate) mod tests;
