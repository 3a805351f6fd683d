//! Which connections belong to which leg, and which legs may hear each other.

use super::connection::{Connection, Credentials};
use super::{ConnectionKey, Worker};
use crate::SILENT_AFTER;
use crate::event::RelayEvent;
use crate::forward::Translator;
use crate::handshake::{Job, Keys};
use crate::sdp::Media;
use crate::stun::IntegrityKey;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tring_protocol::ids::{CallId, LegId};

/// After how long without a packet a replaced connection is let go. Higher: its memory is held longer; lower: what comes
/// late by a slow network is lost.
const LEAVING_AFTER: Duration = Duration::from_secs(2);
/// How long a replaced connection is heard at most if its successor, which has keys, sends nothing. Higher: a page that
/// forgets to close one costs more; lower: a page that takes its time to move the microphone is cut off.
const LEAVING_AT_MOST: Duration = Duration::from_secs(10);

/// The relay's own ICE user fragment: eight characters, so that a check finds its connection without a string.
pub type Ufrag = [u8; 8];

/// What the owner wants. Everything here is idempotent.
#[derive(Debug)]
pub enum Control {
    /// A connection for a leg, the first or one that replaces it once it has keys.
    Open(Box<OpenConnection>),
    /// The leg's newest connection gets further ICE credentials (an ICE restart) or the same ones again, and may
    /// have agreed on other media.
    Update(Box<OpenConnection>),
    /// The two legs of one call may hear each other.
    Bridge(LegId, LegId),
    /// They may not, for now.
    Unbridge(LegId, LegId),
    /// The leg hears itself instead of another.
    Echo(LegId),
    /// The leg is over.
    Close(LegId),
    /// All legs of the call are over.
    CloseCall(CallId),
}

/// What offer and answer have settled.
#[derive(Debug, Clone)]
pub struct OpenConnection {
    /// For whom.
    pub leg: LegId,
    /// The relay's user fragment.
    pub ufrag: Ufrag,
    /// The key made of the relay's password.
    pub integrity: IntegrityKey,
    /// SHA-256 of the peer's certificate.
    pub fingerprint: [u8; 32],
    /// The SSRC under which the answer announced the other leg.
    pub hears_ssrc: u32,
    /// Numbers.
    pub media: Media,
}

/// The calls of one worker.
#[derive(Debug, Default)]
pub(super) struct Calls(HashMap<CallId, Call>);

#[derive(Debug, Default)]
struct Call {
    legs: Vec<Leg>,
    /// Pairs of leg indices, one leg twice if it hears itself. May name legs that are not open yet.
    bridges: Vec<(u8, u8)>,
}

#[derive(Debug)]
struct Leg {
    index: u8,
    current: ConnectionKey,
    /// The connection that takes over once it has keys.
    next: Option<ConnectionKey>,
    /// The one that `current` took over from, for what is still under way from it.
    leaving: Option<ConnectionKey>,
}

impl Calls {
    /// Calls and legs.
    pub(super) fn counts(&self) -> (u64, u64) {
        let legs = self.0.values().map(|call| call.legs.len() as u64).sum();
        (self.0.len() as u64, legs)
    }
}

impl Leg {
    fn connections(&self) -> impl Iterator<Item = ConnectionKey> {
        [Some(self.current), self.next, self.leaving].into_iter().flatten()
    }
}

impl Call {
    /// Makes two legs hear each other, or one itself. A leg hears one other: this takes the place of older bridges.
    fn bridge(&mut self, a: u8, b: u8) {
        self.bridges.retain(|pair| [pair.0, pair.1].iter().all(|index| ![a, b].contains(index)));
        self.bridges.push((a, b));
    }

    fn leg(&mut self, index: u8) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.index == index)
    }
}

impl Worker {
    /// Does what the owner wants.
    pub fn control(&mut self, now: Instant, control: Control) {
        match control {
            Control::Open(open) => self.open(now, *open),
            Control::Update(update) => self.update(*update),
            Control::Bridge(a, b) if a.call == b.call && a != b => {
                self.calls.0.entry(a.call).or_default().bridge(a.index, b.index);
                self.link(a.call);
            }
            // Calls live on one worker each, so legs of two calls cannot be bridged.
            Control::Bridge(..) => {}
            Control::Unbridge(a, b) => {
                if let Some(call) = self.calls.0.get_mut(&a.call) {
                    call.bridges.retain(|pair| *pair != (a.index, b.index) && *pair != (b.index, a.index));
                }
                self.link(a.call);
            }
            Control::Echo(leg) => {
                self.calls.0.entry(leg.call).or_default().bridge(leg.index, leg.index);
                self.link(leg.call);
            }
            Control::Close(leg) => self.close(leg),
            Control::CloseCall(call) => {
                if let Some(call) = self.calls.0.remove(&call) {
                    for leg in call.legs {
                        leg.connections().for_each(|key| self.disconnect(key));
                    }
                }
            }
        }
    }

    /// A connection has its keys: from now on it is its leg's.
    pub(super) fn keyed(&mut self, now: Instant, key: ConnectionKey, keys: Box<Keys>) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.keys.is_some() {
            return;
        }
        connection.keys = Some(keys);
        connection.cold.keyed_at = Some(now);
        self.counts.keyed += 1;
        connection.last_heard = now;
        // The handshake went both ways there: no need to wait for the nomination that a browser sends next.
        connection.path = connection.path.or(connection.cold.handshake_route);
        self.rounds.begin(now);
        let leg_id = connection.leg;
        self.events.push_back(RelayEvent::Keyed { leg: leg_id });
        let Some(leg) = self.calls.0.get_mut(&leg_id.call).and_then(|call| call.leg(leg_id.index)) else {
            return;
        };
        if leg.next == Some(key) {
            leg.next = None;
            let old = std::mem::replace(&mut leg.current, key);
            let outdated = leg.leaving.replace(old);
            if let Some(old) = self.connections.get_mut(old) {
                old.is_leaving = true;
                self.events.push_back(RelayEvent::Moved { leg: leg_id });
            }
            if let Some(outdated) = outdated {
                self.disconnect(outdated);
            }
        }
        self.link(leg_id.call);
    }

    /// Lets connections go that were replaced, and replacements that never came to anything: then the leg keeps what
    /// it has.
    pub(super) fn forget_replaced(&mut self, now: Instant) {
        let mut forgotten = Vec::new();
        let since = |at| now.saturating_duration_since(at);
        for leg in self.calls.0.values_mut().flat_map(|call| &mut call.legs) {
            let is_stale = |next: &Connection| since(next.cold.opened_at) >= SILENT_AFTER;
            let is_unused = |key: &ConnectionKey| self.connections.get(*key).is_none_or(is_stale);
            forgotten.extend(leg.next.take_if(|key| is_unused(key)));
            let Some(current) = self.connections.get(leg.current) else { continue };
            let is_past =
                current.is_told_heard || current.cold.keyed_at.is_some_and(|at| since(at) >= LEAVING_AT_MOST);
            let is_quiet = |old: &Connection| since(old.last_heard) >= LEAVING_AFTER;
            let is_gone = |key: &ConnectionKey| self.connections.get(*key).is_none_or(is_quiet);
            forgotten.extend(leg.leaving.take_if(|key| is_past || is_gone(key)));
        }
        for key in forgotten {
            self.disconnect(key);
        }
    }

    fn open(&mut self, now: Instant, open: OpenConnection) {
        let leg_id = open.leg;
        let ufrag = open.ufrag;
        let key = self.connections.insert(|key| Connection::new(key, open, now));
        self.by_ufrag.insert(ufrag, key.slot);
        let call = self.calls.0.entry(leg_id.call).or_default();
        let superseded = match call.leg(leg_id.index) {
            None => {
                call.legs.push(Leg { index: leg_id.index, current: key, next: None, leaving: None });
                None
            }
            Some(leg) => {
                // One that never got keys has nothing to hand over.
                let is_keyed = self.connections.get(leg.current).is_some_and(|old| old.keys.is_some());
                if is_keyed { leg.next.replace(key) } else { Some(std::mem::replace(&mut leg.current, key)) }
            }
        };
        if let Some(superseded) = superseded {
            self.disconnect(superseded);
        }
        self.link(leg_id.call);
    }

    fn update(&mut self, update: OpenConnection) {
        let leg_id = update.leg;
        let Some(leg) = self.calls.0.get_mut(&leg_id.call).and_then(|call| call.leg(leg_id.index)) else {
            return;
        };
        let Some(connection) = self.connections.get_mut(leg.next.unwrap_or(leg.current)) else { return };
        let slot = connection.key.slot;
        connection.cold.media = update.media.clone();
        let credentials = Credentials::of(update);
        let known = &mut connection.cold.credentials;
        if known.iter().all(|old| old.ufrag != credentials.ufrag) {
            self.by_ufrag.insert(credentials.ufrag, slot);
            known.push(credentials);
            connection.cold.restarted_at = None;
        }
        // Two generations may overlap, not more: a page that restarts and restarts must not pile them up.
        while connection.cold.credentials.len() > 2 {
            let oldest = connection.cold.credentials.remove(0);
            self.by_ufrag.remove(&oldest.ufrag);
        }
        self.link(leg_id.call);
    }

    fn close(&mut self, leg_id: LegId) {
        let Some(call) = self.calls.0.get_mut(&leg_id.call) else { return };
        let Some(at) = call.legs.iter().position(|leg| leg.index == leg_id.index) else { return };
        let leg = call.legs.swap_remove(at);
        call.bridges.retain(|pair| pair.0 != leg_id.index && pair.1 != leg_id.index);
        if call.legs.is_empty() {
            self.calls.0.remove(&leg_id.call);
        }
        leg.connections().for_each(|key| self.disconnect(key));
        self.link(leg_id.call);
    }

    /// Makes every connection of the call know where its audio goes.
    fn link(&mut self, call: CallId) {
        let Some(call) = self.calls.0.get(&call) else { return };
        for leg in &call.legs {
            let far = call
                .bridges
                .iter()
                .find_map(|pair| match *pair {
                    (a, b) if a == leg.index => Some(b),
                    (a, b) if b == leg.index => Some(a),
                    _ => None,
                })
                .and_then(|index| call.legs.iter().find(|leg| leg.index == index))
                .and_then(|leg| self.connections.get(leg.current))
                .map(|far| (far.key, far.cold.media.clone()));
            for key in [Some(leg.current), leg.leaving].into_iter().flatten() {
                if let Some(connection) = self.connections.get_mut(key) {
                    connection.send_to(far.as_ref());
                }
            }
        }
    }

    fn disconnect(&mut self, key: ConnectionKey) {
        let Some(connection) = self.connections.remove(key) else { return };
        for credentials in &connection.cold.credentials {
            self.by_ufrag.remove(&credentials.ufrag);
        }
        for route in &connection.cold.routes {
            if self.by_route.get(route) == Some(&key.slot) {
                self.by_route.remove(route);
            }
        }
        for ssrc in &connection.cold.ssrcs {
            if self.by_ssrc.get(ssrc) == Some(&key.slot) {
                self.by_ssrc.remove(ssrc);
            }
        }
        self.jobs.push_back(Job::Drop(key));
    }
}

impl Connection {
    /// Sends this connection's audio to `far` from now on, or nowhere.
    fn send_to(&mut self, far: Option<&(ConnectionKey, Media)>) {
        let Some((key, media)) = far else {
            // Whatever is heard after the pause continues what was heard before it.
            self.far = None;
            self.hears_from = None;
            return;
        };
        self.translator = Some(Translator::between(&self.cold.media, media));
        if self.far != Some(*key) {
            self.is_told_heard = false;
        }
        self.far = Some(*key);
    }
}
