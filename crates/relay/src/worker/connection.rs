//! One leg's WebRTC connection as the worker sees it.

use super::{ConnectionKey, OpenConnection, Ufrag};
use crate::SILENT_AFTER;
use crate::forward::Translator;
use crate::handshake::Keys;
use crate::quality::Meter;
use crate::sdp::Media;
use crate::stream::Stream;
use crate::stun::{IntegrityKey, TransactionId};
use std::net::SocketAddr;
use std::time::Instant;
use tring_protocol::ids::LegId;

/// Addresses that one connection may have in the table. A phone on two networks with IPv4 and IPv6 has four.
/// Higher: a hostile peer takes more memory; lower: a peer's older address must be checked anew.
const MAX_ADDRESSES: usize = 8;
/// Transactions remembered per connection, so that a captured check cannot be played again from elsewhere. A
/// browser has at most a few checks under way.
const REMEMBERED_CHECKS: usize = 16;

/// What is needed for each packet comes first; what is not lies elsewhere in [`Cold`].
pub(super) struct Connection {
    /// Where the leg is reached; `None` until a check nominated a path.
    pub(super) path: Option<SocketAddr>,
    /// The other leg's connection, if audio may pass.
    pub(super) far: Option<u32>,
    /// The stream that is heard from this leg.
    pub(super) ssrc: Option<u32>,
    /// Present once the handshake is done.
    pub(super) keys: Option<Box<Keys>>,
    pub(super) translator: Option<Translator>,
    pub(super) stream: Stream,
    pub(super) meter: Meter,
    pub(super) last_heard: Instant,
    pub(super) is_silent: bool,
    /// Whether the owner knows that audio passes.
    pub(super) is_told_heard: bool,
    pub(super) leg: LegId,
    pub(super) key: ConnectionKey,
    /// Where DTLS last came from, for answers before a path is nominated.
    pub(super) handshake_source: Option<SocketAddr>,
    pub(super) cold: Box<Cold>,
}

/// What only checks, handshakes and control look at.
pub(super) struct Cold {
    /// The newest credentials last; after an ICE restart the old ones hold until the new ones are used.
    pub(super) credentials: Vec<Credentials>,
    pub(super) fingerprint: [u8; 32],
    pub(super) media: Media,
    /// The SSRC under which this leg was promised to hear the other.
    pub(super) hears_ssrc: u32,
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) ssrcs: Vec<u32>,
    /// The far connection for which `stream` counts.
    pub(super) stream_for: Option<ConnectionKey>,
    pub(super) opened_at: Instant,
    pub(super) keyed_at: Option<Instant>,
    /// DTLS datagrams taken so far.
    pub(super) handshake_datagrams: u32,
    checks: [TransactionId; REMEMBERED_CHECKS],
    next_check: usize,
}

/// One generation of ICE credentials.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    pub(super) ufrag: Ufrag,
    pub(super) key: IntegrityKey,
    pub(super) remote_ufrag: Box<str>,
}

impl Credentials {
    pub(super) fn of(open: OpenConnection) -> Self {
        Self { ufrag: open.ufrag, key: open.integrity, remote_ufrag: open.remote_ufrag }
    }
}

impl Connection {
    pub(super) fn new(key: ConnectionKey, open: OpenConnection, now: Instant) -> Self {
        let OpenConnection { leg, fingerprint, ref media, hears_ssrc, .. } = open;
        let media = media.clone();
        Self {
            path: None,
            far: None,
            ssrc: None,
            keys: None,
            translator: None,
            stream: Stream::new(0),
            meter: Meter::default(),
            last_heard: now,
            is_silent: false,
            is_told_heard: false,
            leg,
            key,
            handshake_source: None,
            cold: Box::new(Cold {
                credentials: vec![Credentials::of(open)],
                fingerprint,
                media,
                hears_ssrc,
                addresses: Vec::new(),
                ssrcs: Vec::new(),
                stream_for: None,
                opened_at: now,
                keyed_at: None,
                handshake_datagrams: 0,
                checks: [[0; 12]; REMEMBERED_CHECKS],
                next_check: 0,
            }),
        }
    }

    /// Notes that something authentic came; true if the leg had been reported silent.
    pub(super) fn hears(&mut self, now: Instant) -> bool {
        self.last_heard = now;
        std::mem::take(&mut self.is_silent)
    }

    /// Whether the leg is silent since now. One that was never keyed is not silent but not there yet.
    pub(super) fn falls_silent(&mut self, now: Instant) -> bool {
        let falls = !self.is_silent
            && self.keys.is_some()
            && now.saturating_duration_since(self.last_heard) >= SILENT_AFTER;
        self.is_silent |= falls;
        falls
    }
}

impl Cold {
    /// Takes `address` into the list; returns one that had to make room.
    pub(super) fn add_address(&mut self, address: SocketAddr) -> Option<SocketAddr> {
        if let Some(at) = self.addresses.iter().position(|known| *known == address) {
            self.addresses[at..].rotate_left(1);
            return None;
        }
        let evicted = (self.addresses.len() == MAX_ADDRESSES).then(|| self.addresses.remove(0));
        self.addresses.push(address);
        evicted
    }

    /// Whether the check with this transaction is new; it is not from then on.
    pub(super) fn is_new_check(&mut self, transaction: TransactionId) -> bool {
        let remembered = self.next_check.min(REMEMBERED_CHECKS);
        if self.checks[..remembered].contains(&transaction) {
            return false;
        }
        self.checks[self.next_check % REMEMBERED_CHECKS] = transaction;
        self.next_check += 1;
        true
    }
}
