//! ICE-TCP (RFC 6544): the connections that devices open where their network lets no UDP through.
//!
//! Decides who may connect, for how long without a word that anybody vouches for, and what becomes of audio that a
//! slow reader does not take: it is dropped, because a queue of old audio is worse than a gap. What the datagrams
//! mean is for the worker.

use super::wake::Sleeper;
use crate::framing::{self, Deframer, FrameTooLong};
use crate::rtp;
use crate::worker::Route;
use socket2::SockRef;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The name under which the listener is watched; connections have the numbers above it.
pub(super) const LISTENER: u64 = 1;
/// Connections that one worker holds. Higher: more descriptors and memory under attack; lower: fewer calls from
/// networks without UDP.
const MAX_OPEN: usize = 4_096;
/// Connections from one IPv4 address or one IPv6 network of a site (/64). Higher: one attacker may take more; lower:
/// fewer people behind one firewall can speak at a time.
const MAX_PER_SITE: usize = 256;
/// Connections for which nobody has vouched yet; the oldest has to make room. Higher: more memory under attack; lower:
/// an attack pushes out slow networks.
const MAX_UNVOUCHED: usize = 256;
/// How long a connection may last without an authentic check. A browser sends one at once. Higher: idle connections
/// cost longer; lower: very slow networks are cut off.
const UNVOUCHED_FOR: Duration = Duration::from_secs(10);
/// Bytes that the kernel may hold for a connection and has not sent: a fifth of a second of audio. Higher: after a
/// stall of the network old audio is heard; lower: short stalls lose audio.
const UNSENT_MAX: u32 = 2_048;
/// Bytes of checks and handshakes that wait for a slow reader; audio never waits here. Higher: more memory for a
/// hostile reader; lower: a handshake over a slow network may lose a flight.
const PENDING_MAX: usize = 8_192;
/// After how long without an acknowledgement the kernel gives a connection up: its network is gone.
const DEAD_AFTER: Duration = Duration::from_secs(20);

/// The listener of one worker and what it has accepted.
pub(super) struct Streams {
    listener: TcpListener,
    /// By number, so oldest first.
    open: BTreeMap<u64, Stream>,
    per_site: HashMap<IpAddr, usize>,
    last_number: u64,
    /// Whether the system is out of descriptors: nothing is accepted until the next sweep.
    is_paused: bool,
}

struct Stream {
    socket: TcpStream,
    route: Route,
    deframer: Deframer,
    /// What the system did not take.
    pending: Vec<u8>,
    accepted_at: Instant,
    is_vouched: bool,
}

/// What became of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Yes,
    No,
}

impl Streams {
    pub(super) fn new(listener: TcpListener, sleeper: &Sleeper) -> io::Result<Self> {
        sleeper.watch(&listener, LISTENER)?;
        Ok(Self {
            listener,
            open: BTreeMap::new(),
            per_site: HashMap::new(),
            last_number: LISTENER,
            is_paused: false,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// Takes who has connected; returns the route of one that had to make room.
    pub(super) fn accept(&mut self, now: Instant, sleeper: &Sleeper) -> Option<Route> {
        match self.listener.accept() {
            Ok((socket, peer)) => self.admit(now, socket, peer, sleeper),
            Err(error) if is_passing(&error) => None,
            Err(_) => {
                self.is_paused = sleeper.forget(&self.listener).is_ok();
                None
            }
        }
    }

    /// Reads once from connection `number` and calls `take` with itself and each datagram that is whole. The route of
    /// a connection that has ended is returned.
    pub(super) fn read(
        &mut self,
        number: u64,
        chunk: &mut [u8],
        mut take: impl FnMut(&mut Self, Route, &[u8]),
    ) -> Option<Route> {
        let stream = self.open.get_mut(&number)?;
        let len = match stream.socket.read(chunk) {
            Ok(0) => return self.close(number),
            Ok(len) => len,
            Err(error) if is_passing(&error) => return None,
            Err(_) => return self.close(number),
        };
        let route = stream.route;
        let mut deframer = std::mem::take(&mut stream.deframer);
        let fed = deframer.feed(&chunk[..len], |datagram| take(self, route, datagram));
        match (fed, self.open.get_mut(&number)) {
            (Ok(()), Some(stream)) => {
                stream.deframer = deframer;
                None
            }
            (Ok(()), None) => None,
            (Err(FrameTooLong), _) => self.close(number),
        }
    }

    /// Sends a datagram on connection `number`.
    pub(super) fn send(&mut self, number: u64, datagram: &[u8], sleeper: &Sleeper) -> Sent {
        let Some(stream) = self.open.get_mut(&number) else { return Sent::No };
        let had_pending = !stream.pending.is_empty();
        let sent = stream.send(datagram);
        stream.watch(number, had_pending, sleeper);
        sent
    }

    /// Goes on with what connection `number` did not take before.
    pub(super) fn flush(&mut self, number: u64, sleeper: &Sleeper) {
        let Some(stream) = self.open.get_mut(&number) else { return };
        let had_pending = !stream.pending.is_empty();
        if let Ok(len) = stream.socket.write(&stream.pending) {
            stream.pending.drain(..len);
        }
        stream.watch(number, had_pending, sleeper);
    }

    /// Somebody who knew a password has sent a check on connection `number`.
    pub(super) fn vouch(&mut self, number: u64) {
        if let Some(stream) = self.open.get_mut(&number) {
            stream.is_vouched = true;
        }
    }

    /// Closes connections that belong to nobody, or to nobody any more; returns the routes.
    pub(super) fn sweep(
        &mut self,
        now: Instant,
        sleeper: &Sleeper,
        knows: impl Fn(Route) -> bool,
    ) -> Vec<Route> {
        if self.is_paused && sleeper.watch(&self.listener, LISTENER).is_ok() {
            self.is_paused = false;
        }
        let is_done = |stream: &Stream| {
            let is_late = now.saturating_duration_since(stream.accepted_at) >= UNVOUCHED_FOR;
            !knows(stream.route) && (stream.is_vouched || is_late)
        };
        let done: Vec<_> =
            self.open.iter().filter(|(_, stream)| is_done(stream)).map(|(number, _)| *number).collect();
        done.into_iter().filter_map(|number| self.close(number)).collect()
    }

    fn admit(
        &mut self,
        now: Instant,
        socket: TcpStream,
        peer: SocketAddr,
        sleeper: &Sleeper,
    ) -> Option<Route> {
        let from_there = self.per_site.get(&site(peer)).copied().unwrap_or(0);
        if self.open.len() >= MAX_OPEN || from_there >= MAX_PER_SITE || prepare(&socket).is_err() {
            return None;
        }
        let unvouched = || self.open.iter().filter(|(_, stream)| !stream.is_vouched);
        let oldest = unvouched().map(|(number, _)| *number).next();
        let is_full = unvouched().count() >= MAX_UNVOUCHED;
        let evicted = oldest.filter(|_| is_full).and_then(|oldest| self.close(oldest));
        self.last_number += 1;
        let number = self.last_number;
        if sleeper.watch(&socket, number).is_ok() {
            let route = Route::Tcp { stream: number, peer };
            let (deframer, pending) = (Deframer::default(), Vec::new());
            self.open.insert(
                number,
                Stream { socket, route, deframer, pending, accepted_at: now, is_vouched: false },
            );
            *self.per_site.entry(site(peer)).or_default() += 1;
        }
        evicted
    }

    /// Ends connection `number`; what is known of it elsewhere goes by the route that is returned.
    fn close(&mut self, number: u64) -> Option<Route> {
        let stream = self.open.remove(&number)?;
        let site = site(stream.route.address());
        if let Some(count) = self.per_site.get_mut(&site) {
            *count -= 1;
            if *count == 0 {
                self.per_site.remove(&site);
            }
        }
        Some(stream.route)
    }
}

impl Stream {
    fn send(&mut self, datagram: &[u8]) -> Sent {
        let Some(prefix) = framing::prefix(datagram.len()) else { return Sent::No };
        let is_audio = datagram.first().is_some_and(|first| rtp::is_rtp_or_rtcp(*first));
        let mut done = 0;
        if self.pending.is_empty() {
            match self.socket.write_vectored(&[IoSlice::new(&prefix), IoSlice::new(datagram)]) {
                Ok(len) => done = len,
                Err(error) if is_passing(&error) => {}
                // It shows when it is read next.
                Err(_) => return Sent::No,
            }
        }
        let rest = prefix.len() + datagram.len() - done;
        // A frame that was begun must be ended, or nothing behind it can be found.
        if rest > 0 && done == 0 && (is_audio || self.pending.len() + rest > PENDING_MAX) {
            return Sent::No;
        }
        self.pending.extend(prefix.iter().chain(datagram).skip(done));
        Sent::Yes
    }

    /// Asks to be told when more is taken, for as long as there is something that was not.
    fn watch(&self, number: u64, had_pending: bool, sleeper: &Sleeper) {
        if had_pending == self.pending.is_empty() {
            // Fails only for a descriptor that is not watched, and each is.
            let _ = sleeper.watch_writing(&self.socket, number, !self.pending.is_empty());
        }
    }
}

/// Small writes go out at once, and little waits in the kernel.
fn prepare(socket: &TcpStream) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    socket.set_nodelay(true)?;
    let socket = SockRef::from(socket);
    socket.set_tcp_notsent_lowat(UNSENT_MAX)?;
    socket.set_tcp_user_timeout(Some(DEAD_AFTER))
}

/// What counts as one place that connections come from: whoever has an IPv6 network has 2^64 addresses.
fn site(peer: SocketAddr) -> IpAddr {
    match peer.ip() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
    }
}

/// Whether nothing is wrong with the connection.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted)
}

#[cfg(test)]
mod tests;
