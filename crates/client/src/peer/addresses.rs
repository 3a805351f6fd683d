//! The device's own addresses, as ways to the relay: which of them ICE is told, and when TCP is tried beside UDP.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::net::{Protocol, TcpType};
use str0m::{Candidate, Rtc};

use super::settings::{Settings, Tcp};
use super::turn::Turn;

/// How long UDP is tried alone before TCP is tried beside it. Higher: networks that drop UDP wait longer for sound; lower:
/// a TCP connection for nothing on networks that are only slow.
pub(super) const TCP_AFTER: Duration = Duration::from_millis(500);

/// What an active TCP candidate has for a port, since it never listens (RFC 6544 §4.5).
const TCP_ACTIVE_PORT: u16 = 9;

/// The candidates that ICE has of the device itself.
pub(super) struct Addresses {
    pub(super) candidates: Vec<Candidate>,
    /// Whether they are used at all, and not only what TURN servers give.
    are_used: bool,
    tcp: Tcp,
    /// When TCP is tried, if nothing works until then.
    tcp_at: Option<Instant>,
}

impl Addresses {
    /// None yet.
    pub(super) fn new(settings: &Settings) -> Self {
        let are_used = settings.turn != Turn::Only;
        Self { candidates: Vec::new(), are_used, tcp: settings.tcp, tcp_at: None }
    }

    /// The relay has answered, and nothing works yet.
    pub(super) fn answered(&mut self, now: Instant) {
        if self.tcp == Tcp::Fallback {
            self.tcp_at = Some(now + TCP_AFTER);
        }
    }

    /// The connection is up, by whichever way.
    pub(super) fn connected(&mut self) {
        self.tcp_at = None;
    }

    /// What is due at `now`.
    pub(super) fn tick(&mut self, now: Instant, rtc: &mut Rtc) {
        if self.tcp_at.is_some_and(|at| now >= at) {
            self.tcp_at = None;
            let addresses: Vec<_> = self.candidates.iter().map(Candidate::addr).collect();
            self.add_tcp(&addresses, rtc);
        }
    }

    /// When [`Self::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.tcp_at
    }

    /// Makes the candidates those of `addresses`; what stays is not touched.
    pub(super) fn become_those_of(&mut self, addresses: &[SocketAddr], rtc: &mut Rtc) {
        if !self.are_used {
            return;
        }
        let is_wanted = |candidate: &Candidate| match candidate.proto() {
            Protocol::Udp => addresses.contains(&candidate.addr()),
            _ => addresses.iter().any(|address| address.ip() == candidate.addr().ip()),
        };
        let (stay, leave) = self.candidates.drain(..).partition(is_wanted);
        self.candidates = stay;
        for candidate in &leave {
            rtc.direct_api().invalidate_candidate(candidate);
        }
        let has_tcp =
            leave.iter().chain(&self.candidates).any(|candidate| candidate.proto() == Protocol::Tcp);
        if self.tcp != Tcp::Only {
            for address in addresses {
                self.add(Candidate::builder().udp().host(*address).build().ok(), rtc);
            }
        }
        if self.tcp == Tcp::Only || has_tcp {
            self.add_tcp(addresses, rtc);
        }
    }

    fn add_tcp(&mut self, addresses: &[SocketAddr], rtc: &mut Rtc) {
        for address in addresses {
            let from = SocketAddr::new(address.ip(), TCP_ACTIVE_PORT);
            self.add(Candidate::builder().tcp().host(from).tcptype(TcpType::Active).build().ok(), rtc);
        }
    }

    /// Adds what is not there yet; an address that no candidate can have (link-local IPv4, multicast) is left out.
    fn add(&mut self, candidate: Option<Candidate>, rtc: &mut Rtc) {
        let Some(candidate) = candidate else { return };
        let is_known =
            |known: &Candidate| known.addr() == candidate.addr() && known.proto() == candidate.proto();
        if !self.candidates.iter().any(is_known) {
            rtc.add_local_candidate(candidate.clone());
            self.candidates.push(candidate);
        }
    }
}
