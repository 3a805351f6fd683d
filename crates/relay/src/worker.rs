//! One worker: the calls that live on one UDP port, and what happens to each datagram there. Sans-IO.
//!
//! Decides who a datagram is from, whether it is authentic, where it goes and what it becomes on the way.
//! **After each [`Worker::handle`], [`Worker::control`], [`Worker::outcome`] and [`Worker::sweep`], take what
//! [`Worker::poll_send`], [`Worker::poll_job`] and [`Worker::poll_event`] hold; sweep every [`SWEEP`], and take what
//! [`Worker::keep_alive`] holds when it is due.**
//!
//! ```no_run
//! # use tring_relay::worker::{BUFFER_LEN, Route, Worker};
//! # use std::{net::UdpSocket, time::Instant};
//! # let (socket, mut worker) = (UdpSocket::bind("127.0.0.1:0").unwrap(), Worker::new(Instant::now()));
//! let mut buffer = [0; BUFFER_LEN];
//! loop {
//!     let (len, source) = socket.recv_from(&mut buffer).unwrap();
//!     if let Some(send) = worker.handle(Instant::now(), Route::Udp(source), &mut buffer, len) {
//!         socket.send_to(&buffer[send.start..send.end], send.to.address()).unwrap();
//!     }
//!     while let Some(job) = worker.poll_job() { /* to the handshakes */ }
//!     while let Some(event) = worker.poll_event() { /* to the owner */ }
//! }
//! ```
//!
//! A datagram makes at most one other, in the same buffer: an answer to a check, or the packet for the far leg.
//! So forwarding allocates nothing.

mod calls;
mod checks;
mod connection;
mod keep_alive;
#[cfg(any(test, fuzzing))]
pub(crate) mod lab;
mod lookahead;
mod packets;
mod route;
mod slots;

use crate::event::{Dropped, RelayCounts, RelayEvent};
use crate::handshake::{Job, Outcome};
use crate::rtp;
use crate::stun;
use calls::Calls;
pub use calls::{Control, OpenConnection, Ufrag};
use connection::Connection;
use keep_alive::Rounds;
pub use route::Route;
pub use slots::ConnectionKey;
use slots::Slots;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Room for a datagram: the largest that is read is [`MAX_DATAGRAM`], and sealing may make it longer.
pub const BUFFER_LEN: usize = 2_048;
/// Longest datagram that is read; an Ethernet frame holds 1 472 bytes.
pub const MAX_DATAGRAM: usize = BUFFER_LEN - 64;
/// How often [`Worker::sweep`] is due.
pub const SWEEP: Duration = Duration::from_secs(1);

/// Keys of tables are chosen by peers, so the hash is seeded; it is looked up per packet, so it is a quick one.
type Table<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Part of the buffer that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Send {
    /// To whom.
    pub to: Route,
    /// Where it starts in the buffer.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The state of one worker.
pub struct Worker {
    started: Instant,
    connections: Slots<Connection>,
    by_route: Table<Route, u32>,
    by_ssrc: Table<u32, u32>,
    by_ufrag: Table<Ufrag, u32>,
    calls: Calls,
    rounds: Rounds,
    counts: RelayCounts,
    sends: VecDeque<(Route, Box<[u8]>)>,
    jobs: VecDeque<Job>,
    events: VecDeque<RelayEvent>,
}

impl Worker {
    /// A worker without calls.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            started: now,
            connections: Slots::default(),
            by_route: Table::default(),
            by_ssrc: Table::default(),
            by_ufrag: Table::default(),
            calls: Calls::default(),
            rounds: Rounds::default(),
            counts: RelayCounts::default(),
            sends: VecDeque::new(),
            jobs: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes the datagram in the first `len` bytes of `buffer`, which must be [`BUFFER_LEN`] long for every packet
    /// to fit. What is to be sent because of it lies in the same buffer afterwards.
    pub fn handle(&mut self, now: Instant, source: Route, buffer: &mut [u8], len: usize) -> Option<Send> {
        self.counts.datagrams_in += 1;
        let len = len.min(buffer.len());
        self.counts.bytes_in += len as u64;
        let handled = match buffer[..len] {
            [first, ..] if stun::is_stun(first) => self.check(now, source, buffer, len),
            [20..=63, ..] => self.handshake(now, source, &buffer[..len]),
            [first, second, ..] if rtp::is_rtp_or_rtcp(first) => {
                if rtp::is_rtcp(second) {
                    self.report(now, source, buffer, len)
                } else {
                    self.audio(now, source, buffer, len)
                }
            }
            _ => Err(Dropped::Malformed),
        };
        match handled {
            Ok(send) => {
                if let Some(send) = &send {
                    self.count_sent(send.end - send.start);
                }
                send
            }
            Err(reason) => {
                self.count_dropped(reason);
                None
            }
        }
    }

    /// Takes what a handshake came to.
    pub fn outcome(&mut self, now: Instant, outcome: Outcome) {
        match outcome {
            Outcome::Send { key, bytes } => {
                let Some(connection) = self.connections.get(key) else { return };
                let Some(to) = connection.cold.handshake_route.or(connection.path) else { return };
                self.count_sent(bytes.len());
                self.sends.push_back((to, bytes));
            }
            Outcome::Keyed { key, keys } => self.keyed(now, key, keys),
            Outcome::Failed { key, reason } => {
                if let Some(connection) = self.connections.get(key) {
                    self.counts.not_keyed += 1;
                    self.events.push_back(RelayEvent::Failed { leg: connection.leg, reason });
                }
            }
            Outcome::Closed(key) => {
                if let Some(connection) = self.connections.get(key) {
                    self.events.push_back(RelayEvent::Closed { leg: connection.leg });
                }
            }
        }
    }

    /// Closes a second: reports quality and who has fallen silent.
    pub fn sweep(&mut self, now: Instant) {
        for connection in self.connections.iter_mut() {
            if connection.is_leaving {
                continue;
            }
            let path = connection.path.map(Route::media_path);
            if let Some(report) = connection.meter.fold(path) {
                self.counts.audio_lost += u64::from(report.lost);
                self.events.push_back(RelayEvent::Quality { leg: connection.leg, report });
            }
            if connection.falls_silent(now) {
                self.events.push_back(RelayEvent::Silent { leg: connection.leg });
            }
        }
        self.forget_replaced(now);
    }

    /// The next datagram that no received one made.
    pub fn poll_send(&mut self) -> Option<(Route, Box<[u8]>)> {
        self.sends.pop_front()
    }

    /// The next job for the handshakes.
    pub fn poll_job(&mut self) -> Option<Job> {
        self.jobs.pop_front()
    }

    /// The next event for the owner.
    pub fn poll_event(&mut self) -> Option<RelayEvent> {
        self.events.pop_front()
    }

    /// What the worker holds and has done. Handshakes are counted by [`crate::handshake::Handshakes`].
    #[must_use]
    pub fn counts(&self) -> RelayCounts {
        let (calls, legs) = self.calls.counts();
        RelayCounts { calls, legs, connections: self.connections.len() as u64, ..self.counts }
    }

    fn count_sent(&mut self, bytes: usize) {
        self.counts.datagrams_out += 1;
        self.counts.bytes_out += bytes as u64;
    }

    /// Whether every table is empty, as it must be without calls.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn holds_nothing(&self) -> bool {
        self.by_route.is_empty() && self.by_ssrc.is_empty() && self.by_ufrag.is_empty()
    }

    /// Counts a datagram that went no further; the shell tells of those that the system refused.
    pub fn count_dropped(&mut self, reason: Dropped) {
        self.counts.dropped[reason as usize] += 1;
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
