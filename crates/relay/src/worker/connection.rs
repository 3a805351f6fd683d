//! One leg's WebRTC connection as the worker sees it.

use super::{ConnectionKey, OpenConnection, Route, Ufrag};
use crate::SILENT_AFTER;
use crate::forward::Translator;
use crate::handshake::Keys;
use crate::quality::Meter;
use crate::repair::Repair;
use crate::repetition::Repetition;
use crate::sdp::Media;
use crate::stream::Stream;
use crate::stun::{IntegrityKey, TransactionId};
use std::time::{Duration, Instant};
use tring_protocol::ids::LegId;

/// Routes that one connection may have in the table. A phone on two networks with IPv4 and IPv6 has four.
/// Higher: a hostile peer takes more memory; lower: a peer's older route must be checked anew.
const MAX_ROUTES: usize = 8;
/// After how long without a packet a nominated check says where the leg is. Ten packets; higher: a leg that only listens
/// is followed later; lower: a check that was captured and played again may take the path for an instant.
const SPEAKS_FOR: Duration = Duration::from_millis(200);
/// Transactions remembered per connection, so that a captured check cannot be played again from elsewhere. A
/// browser sends one each 2.5 s on the pair that it uses. Higher: more memory per leg; lower: checks that were captured
/// earlier can be played again sooner.
const REMEMBERED_CHECKS: usize = 64;

/// What is needed for each packet comes first; what is not lies elsewhere in [`Cold`].
pub(super) struct Connection {
    /// Where the leg is reached; `None` until something vouched for a way.
    pub(super) path: Option<Route>,
    /// The other leg's connection, if audio may pass; its own if it is echoed.
    pub(super) far: Option<ConnectionKey>,
    /// The stream that is heard from this leg.
    pub(super) ssrc: Option<u32>,
    /// Present once the handshake is done.
    pub(super) keys: Option<Box<Keys>>,
    pub(super) translator: Option<Translator>,
    /// What the leg hears.
    pub(super) hears: Stream,
    /// Whose audio was the last in it; `None` after a pause.
    pub(super) hears_from: Option<ConnectionKey>,
    /// What went to the leg last, once it has asked for something again.
    pub(super) repair: Option<Box<Repair>>,
    /// Once packets got lost on the way to a leg that can neither ask again nor read copies.
    pub(super) repetition: Option<Box<Repetition>>,
    /// When the last packet for the leg went out; checks and handshakes are not counted.
    pub(super) sent_at: Instant,
    pub(super) meter: Meter,
    pub(super) last_heard: Instant,
    /// When the newest packet came that showed where the leg is.
    pub(super) packet_at: Option<Instant>,
    pub(super) is_silent: bool,
    /// Whether the leg has a newer connection, which is only not heard yet.
    pub(super) is_leaving: bool,
    /// Whether the owner knows that audio passes.
    pub(super) is_told_heard: bool,
    pub(super) leg: LegId,
    pub(super) key: ConnectionKey,
    pub(super) cold: Box<Cold>,
}

/// What only checks, handshakes and control look at.
pub(super) struct Cold {
    /// The newest credentials last; after an ICE restart the old ones hold for a while.
    pub(super) credentials: Vec<Credentials>,
    /// When the newest credentials were used first.
    pub(super) restarted_at: Option<Instant>,
    pub(super) fingerprint: [u8; 32],
    pub(super) media: Media,
    /// The SSRC under which this leg was promised to hear the other.
    pub(super) hears_ssrc: u32,
    pub(super) routes: Vec<Route>,
    /// By which way the handshake goes: where DTLS last came from, or what was nominated since.
    pub(super) handshake_route: Option<Route>,
    pub(super) ssrcs: Vec<u32>,
    pub(super) opened_at: Instant,
    pub(super) keyed_at: Option<Instant>,
    /// DTLS datagrams taken so far.
    pub(super) handshake_datagrams: u32,
    checks: [TransactionId; REMEMBERED_CHECKS],
    next_check: usize,
}

/// The half of a connection that speaks.
pub(super) struct Mouth<'a> {
    pub(super) key: ConnectionKey,
    pub(super) leg: LegId,
    pub(super) is_leaving: bool,
    pub(super) translator: Option<&'a Translator>,
    pub(super) is_told_heard: &'a mut bool,
}

/// The half that listens.
pub(super) struct Ear<'a> {
    pub(super) path: Option<Route>,
    pub(super) keys: Option<&'a mut Keys>,
    pub(super) hears: &'a mut Stream,
    pub(super) hears_from: &'a mut Option<ConnectionKey>,
    pub(super) repair: Option<&'a mut Repair>,
    pub(super) repetition: Option<&'a mut Repetition>,
    pub(super) sent_at: &'a mut Instant,
}

/// One generation of ICE credentials.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    pub(super) ufrag: Ufrag,
    pub(super) key: IntegrityKey,
}

impl Credentials {
    pub(super) fn of(open: OpenConnection) -> Self {
        Self { ufrag: open.ufrag, key: open.integrity }
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
            hears: Stream::new(hears_ssrc),
            hears_from: None,
            repair: None,
            repetition: None,
            sent_at: now,
            meter: Meter::default(),
            last_heard: now,
            packet_at: None,
            is_silent: false,
            is_leaving: false,
            is_told_heard: false,
            leg,
            key,
            cold: Box::new(Cold {
                credentials: vec![Credentials::of(open)],
                restarted_at: None,
                fingerprint,
                media,
                hears_ssrc,
                routes: Vec::new(),
                handshake_route: None,
                ssrcs: Vec::new(),
                opened_at: now,
                keyed_at: None,
                handshake_datagrams: 0,
                checks: [[0; 12]; REMEMBERED_CHECKS],
                next_check: 0,
            }),
        }
    }

    /// What speaking and hearing need of it, so that a connection can also hear itself.
    pub(super) fn halves(&mut self) -> (Mouth<'_>, Ear<'_>) {
        let mouth = Mouth {
            key: self.key,
            leg: self.leg,
            is_leaving: self.is_leaving,
            translator: self.translator.as_ref(),
            is_told_heard: &mut self.is_told_heard,
        };
        let ear = Ear {
            path: self.path,
            keys: self.keys.as_deref_mut(),
            hears: &mut self.hears,
            hears_from: &mut self.hears_from,
            repair: self.repair.as_deref_mut(),
            repetition: self.repetition.as_deref_mut(),
            sent_at: &mut self.sent_at,
        };
        (mouth, ear)
    }

    /// Whether packets come from where the leg is reached, so that checks need not say where it is.
    pub(super) fn speaks(&self, now: Instant) -> bool {
        let is_recent = |at| now.saturating_duration_since(at) < SPEAKS_FOR;
        self.path.is_some() && self.packet_at.is_some_and(is_recent)
    }

    /// Notes that something authentic came; true if the leg had been reported silent.
    pub(super) fn hears(&mut self, now: Instant) -> bool {
        self.last_heard = now;
        std::mem::take(&mut self.is_silent)
    }

    /// Whether the leg is silent since now. One that was never keyed is not silent but not there yet.
    pub(super) fn falls_silent(&mut self, now: Instant) -> bool {
        let falls = !self.is_silent
            && !self.is_leaving
            && self.keys.is_some()
            && now.saturating_duration_since(self.last_heard) >= SILENT_AFTER;
        self.is_silent |= falls;
        falls
    }
}

impl Cold {
    /// Takes `route` into the list; returns one that had to make room.
    pub(super) fn add_route(&mut self, route: Route) -> Option<Route> {
        if let Some(at) = self.routes.iter().position(|known| *known == route) {
            self.routes[at..].rotate_left(1);
            return None;
        }
        let evicted = (self.routes.len() == MAX_ROUTES).then(|| self.routes.remove(0));
        self.routes.push(route);
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
