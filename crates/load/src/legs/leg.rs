//! One leg of a light peer: a socket, its keys or the way to them, what it sends and what reached it.

use anyhow::Result;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tring_relay::prefetch::prefetch;
use tring_relay::rtp::Header;
use tring_relay::srtp::Profile;
use tring_relay::stun::Message;

use super::delays::Delays;
use super::establish::{Checks, Credentials, Establishing, Identity, Keys};
use super::packet::{self, BUFFER_LEN, Stamp};
use super::speech::Speech;
use super::tally::Tally;
use super::wire::{DATAGRAM_MAX, Wire};
use super::{LegPlan, Secrets};

/// How often an open leg renews consent; browsers take about as long.
const CONSENT: Duration = Duration::from_millis(2_500);
/// How often a leg without keys looks at its timers.
const SETUP_TICK: Duration = Duration::from_millis(10);

/// When a leg got its keys, and for which profile.
#[derive(Debug, Clone, Copy)]
pub struct Keyed {
    /// When the handshake was complete.
    pub at: Instant,
    /// What it agreed on.
    pub profile: Profile,
}

pub(super) struct Leg {
    wire: Wire,
    stamp: Stamp,
    ssrc: u32,
    checks: Option<Checks>,
    state: State,
    pub(super) talking: bool,
    pub(super) sent: u32,
    pub(super) tally: Tally,
    /// What the times in packets are counted from.
    started: Instant,
    /// What was sent before is not what is listened for.
    listens_from: Duration,
    keyed: Option<oneshot::Sender<Result<Keyed>>>,
    heard_at: Option<Instant>,
    on_heard: Option<oneshot::Sender<Instant>>,
}

enum State {
    Establishing(Box<Establishing>),
    Open(Box<Keys>),
    Failed,
}

impl Leg {
    pub(super) fn new(
        plan: LegPlan,
        identity: &Identity,
        keyed: oneshot::Sender<Result<Keyed>>,
        started: Instant,
        now: Instant,
    ) -> Self {
        let (checks, state) = match plan.secrets {
            Secrets::Agreed(keys) => (None, State::Open(keys)),
            Secrets::ByDtls(credentials) => establishing(&credentials, identity, now),
        };
        Self {
            wire: plan.wire,
            stamp: plan.stamp,
            ssrc: plan.ssrc,
            checks,
            state,
            talking: false,
            sent: 0,
            tally: Tally::default(),
            started,
            listens_from: Duration::ZERO,
            keyed: Some(keyed),
            heard_at: None,
            on_heard: None,
        }
    }

    /// Has its keys fetched.
    pub(super) fn prefetch_keys(&self) {
        if let State::Open(keys) = &self.state {
            prefetch(&**keys);
        }
    }

    /// Has fetched what sealing the next packet needs besides.
    pub(super) fn prefetch_sealing(&self) {
        if let State::Open(keys) = &self.state {
            keys.sender.prefetch_key();
        }
    }

    /// Has fetched what opening the next packet needs besides.
    pub(super) fn prefetch_opening(&self) {
        if let State::Open(keys) = &self.state {
            keys.receiver.prefetch_key();
        }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Does what the leg owes to time, audio aside; returns when to call again, if ever.
    pub(super) fn upkeep(&mut self, now: Instant) -> Option<Instant> {
        let (Some(checks), wire) = (&mut self.checks, &self.wire) else {
            if let State::Open(keys) = &self.state {
                let profile = keys.profile;
                self.tell_keyed(Ok(Keyed { at: now, profile }));
            }
            return None;
        };
        match &mut self.state {
            State::Establishing(setup) => {
                let result = setup.tick(checks, now, &mut |bytes| wire.send(bytes));
                self.progress(result, now);
                Some(now + SETUP_TICK)
            }
            State::Open(_) => {
                let mut buffer = [0; 256];
                let sent = checks.write(&mut buffer).and_then(|len| wire.send(&buffer[..len]));
                // A lost consent check is followed by the next; a relay that is gone shows in the audio's losses.
                let _ = sent;
                Some(now + CONSENT)
            }
            State::Failed => None,
        }
    }

    /// Opens the microphone; `heard` is told when the other side's first packet was opened here.
    pub(super) fn open_microphone(&mut self, heard: oneshot::Sender<Instant>) {
        self.talking = true;
        self.on_heard = Some(heard);
        self.tell_heard();
    }

    /// Tells `heard` when the next packet that the other side sends from now on was opened here.
    pub(super) fn listen(&mut self, heard: oneshot::Sender<Instant>, now: Instant) {
        self.listens_from = now - self.started;
        self.heard_at = None;
        self.on_heard = Some(heard);
    }

    /// Goes on from another socket, as a device does whose network has changed: the keys stay.
    /// Returns the socket that it leaves.
    pub(super) fn move_to(&mut self, wire: Wire) -> Result<Wire> {
        let left = std::mem::replace(&mut self.wire, wire);
        self.check().map(|()| left)
    }

    /// The socket of a leg that leaves.
    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    /// Goes on with other ICE credentials over the same socket, and with the same keys (RFC 8445 §2.4).
    pub(super) fn restart(&mut self, credentials: &Credentials) -> Result<()> {
        self.checks = Some(Checks::new(credentials));
        self.check()
    }

    /// Sends a check out of turn.
    fn check(&mut self) -> Result<()> {
        let (State::Open(_), Some(checks)) = (&self.state, &mut self.checks) else { return Ok(()) };
        let mut buffer = [0; 256];
        let len = checks.write(&mut buffer)?;
        self.wire.send(&buffer[..len])
    }

    /// Sends the next packet of audio.
    pub(super) fn talk(&mut self, speech: &Speech, now: Instant) -> Result<()> {
        let State::Open(keys) = &mut self.state else { return Ok(()) };
        let mut buffer = [0; BUFFER_LEN];
        let len = packet::write(&mut buffer, self.ssrc, self.stamp, self.sent, speech, now - self.started);
        let header = Header::parse(&buffer[..len])?;
        let sealed = keys.sender.protect_rtp(&mut buffer, &header, len)?;
        self.sent += 1;
        self.wire.send(&buffer[..sealed])
    }

    /// Takes what has come: one datagram, or all that a stream holds. False once the other end has closed it.
    pub(super) fn receive(&mut self, now: Instant, delays: &mut Delays) -> Result<bool> {
        let mut buffer = [0; DATAGRAM_MAX];
        while let Some(len) = self.wire.receive(&mut buffer)? {
            self.datagram(&mut buffer[..len], now, delays);
            if !self.wire.may_hold_more() {
                break;
            }
        }
        Ok(!self.wire.is_over())
    }

    /// Takes a datagram that has come.
    pub(super) fn datagram(&mut self, datagram: &mut [u8], now: Instant, delays: &mut Delays) {
        // RFC 7983 §7: the first byte tells STUN, DTLS and media apart.
        match datagram.first() {
            Some(0..=3) => self.stun(datagram, now),
            Some(20..=63) => self.dtls(datagram, now),
            Some(128..=191) => self.media(datagram, now, delays),
            _ => self.tally.undecryptable += 1,
        }
    }

    fn stun(&mut self, datagram: &[u8], now: Instant) {
        let (Some(checks), Ok(message), wire) = (&self.checks, Message::parse(datagram), &self.wire) else {
            return;
        };
        let mut buffer = [0; 256];
        if let Some(len) = wire.peer().ok().and_then(|from| checks.answer(&message, from, &mut buffer)) {
            // As with a consent check: a lost answer is asked for again.
            let _ = wire.send(&buffer[..len]);
        }
        if let State::Establishing(setup) = &mut self.state
            && checks.is_answered_by(&message)
        {
            let result = setup.answered(now, &mut |bytes| wire.send(bytes));
            self.progress(result.map(|()| None), now);
        }
    }

    fn dtls(&mut self, datagram: &[u8], now: Instant) {
        // After the handshake only a repeated flight of the relay can come, and it needs no answer.
        let State::Establishing(setup) = &mut self.state else { return };
        let wire = &self.wire;
        let result = setup.datagram(datagram, now, &mut |bytes| wire.send(bytes));
        self.progress(result, now);
    }

    fn media(&mut self, datagram: &mut [u8], now: Instant, delays: &mut Delays) {
        const RTCP: std::ops::RangeInclusive<u8> = 192..=223; // RFC 5761 §4
        if datagram.get(1).is_some_and(|kind| RTCP.contains(kind)) {
            return;
        }
        let State::Open(keys) = &mut self.state else {
            // The relay had its keys first, and its last flight comes behind what it passes on.
            self.tally.before_keys += 1;
            return;
        };
        let opened = Header::parse(datagram)
            .ok()
            .and_then(|header| Some((header.len, keys.receiver.unprotect_rtp(datagram, &header).ok()?.len)));
        let Some((start, end)) = opened else {
            self.tally.undecryptable += 1;
            return;
        };
        match packet::read(&datagram[start..end]) {
            Some((stamp, count, sent_at)) if stamp == self.stamp.other_side() => {
                self.tally.arrived(count);
                delays.note((now - self.started).saturating_sub(sent_at));
                if sent_at >= self.listens_from {
                    self.heard_at.get_or_insert(now);
                    self.tell_heard();
                }
            }
            _ => self.tally.misdelivered += 1,
        }
    }

    fn progress(&mut self, result: Result<Option<Keys>>, now: Instant) {
        match result {
            Ok(None) => {}
            Ok(Some(keys)) => {
                let profile = keys.profile;
                self.state = State::Open(Box::new(keys));
                self.tell_keyed(Ok(Keyed { at: now, profile }));
            }
            Err(error) => {
                self.state = State::Failed;
                self.tell_keyed(Err(error));
            }
        }
    }

    fn tell_heard(&mut self) {
        if let Some(at) = self.heard_at
            && let Some(heard) = self.on_heard.take()
        {
            // Nobody waits any more: the call was given up.
            let _ = heard.send(at);
        }
    }

    fn tell_keyed(&mut self, result: Result<Keyed>) {
        if let Some(keyed) = self.keyed.take() {
            // Nobody waits any more: the call was given up.
            let _ = keyed.send(result);
        }
    }
}

fn establishing(credentials: &Credentials, identity: &Identity, now: Instant) -> (Option<Checks>, State) {
    let setup = Establishing::new(identity, credentials, now);
    (Some(Checks::new(credentials)), State::Establishing(Box::new(setup)))
}
