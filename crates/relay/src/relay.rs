//! The handle on a running relay: offers in, answers out, and which worker has which call.
//!
//! Decides whether an offer is a new connection, an ICE restart or the same again. Everything after that happens
//! on the worker's thread, to which it goes through one channel.

use crate::event::{RelayCounts, RelayEvent, WorkerState};
use crate::handshake::{Identity, IdentityError};
use crate::sdp::{self, Answer, Offer, OfferError};
use crate::shell::{self, Setup, WorkerHandle};
use crate::stun::IntegrityKey;
use crate::worker::{Control, OpenConnection, Ufrag};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tring_protocol::ids::{CallId, LegId};

/// What a relay needs to know.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// Where to listen: one worker, that is one thread, one UDP socket and one TCP port of the same number, for each. Port 0 takes any free one.
    pub listen: Vec<SocketAddr>,
    /// The addresses by which legs reach this machine, best first, if they are not the ones it listens on (behind
    /// NAT, or when it listens on all). Ports are those listened on.
    pub advertise: Vec<IpAddr>,
    /// Whether to take ICE-TCP connections (RFC 6544) too, on the same port numbers, from devices whose network lets
    /// no UDP through.
    pub tcp: bool,
    /// Bytes of the kernel's buffer for each direction of each socket. Higher: a longer stall of the machine
    /// loses nothing, then everything comes at once; lower: short stalls lose packets. The kernel may cap it.
    pub socket_buffer: usize,
}

impl RelayConfig {
    /// Listens on `listen`, over UDP and TCP, and advertises the same; 4 MiB of buffer, two seconds of 200 calls.
    #[must_use]
    pub fn on(listen: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self {
            listen: listen.into_iter().collect(),
            advertise: Vec::new(),
            tcp: true,
            socket_buffer: 4 << 20,
        }
    }
}

/// Why a relay could not start.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// [`RelayConfig::listen`] is empty.
    #[error("no address to listen on")]
    NoListener,
    /// Nothing that a leg could send to: it listens on all addresses and advertises none of that kind.
    #[error("listening on {0} needs an address to advertise")]
    NothingToAdvertise(SocketAddr),
    /// The system refused a socket or a thread.
    #[error("cannot listen on {address}")]
    Socket {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system refused the TCP port that belongs to a UDP port.
    #[error("cannot listen on {address} over TCP, which ICE-TCP needs: free the port, or switch it off")]
    Tcp {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// No certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// A running relay. Dropping it stops its threads; what they hold is gone with them.
pub struct Relay {
    workers: Vec<WorkerHandle>,
    addresses: Vec<SocketAddr>,
    /// Whether the same are reached over TCP.
    tcp: bool,
    fingerprint: [u8; 32],
    calls: Mutex<HashMap<CallId, CallEntry>>,
}

/// What must be known of a call to answer its next offer.
struct CallEntry {
    worker: usize,
    legs: Vec<LegEntry>,
}

struct LegEntry {
    index: u8,
    origin: Box<str>,
    fingerprint: [u8; 32],
    remote_ufrag: Box<str>,
    credentials: Credentials,
    /// Under which SSRC the leg hears the other.
    hears_ssrc: u32,
    session: u64,
    version: u64,
}

#[derive(Clone)]
struct Credentials {
    ufrag: Ufrag,
    password: [u8; 24],
}

impl Relay {
    /// Binds the sockets and starts the threads. `events` is called on them and must return at once: while it
    /// runs, its worker forwards nothing.
    ///
    /// # Errors
    /// [`RelayError`] if the configuration cannot work or the system refuses.
    pub fn start(
        config: RelayConfig,
        events: impl Fn(RelayEvent) + Send + Sync + 'static,
    ) -> Result<Self, RelayError> {
        if config.listen.is_empty() {
            return Err(RelayError::NoListener);
        }
        let identity = Identity::generate()?;
        let events: shell::Events = Arc::new(events);
        let mut workers = Vec::with_capacity(config.listen.len());
        for &listen in &config.listen {
            if reachable(listen, &config.advertise).is_empty() {
                return Err(RelayError::NothingToAdvertise(listen));
            }
            workers.push(WorkerHandle::start(Setup {
                listen,
                tcp: config.tcp,
                socket_buffer: config.socket_buffer,
                identity: identity.clone(),
                events: Arc::clone(&events),
            })?);
        }
        for worker in &mut workers {
            worker.addresses = reachable(worker.bound, &config.advertise);
        }
        let addresses: Vec<_> = workers.iter().flat_map(|worker| &worker.addresses).copied().collect();
        let tcp = config.tcp;
        Ok(Self { workers, addresses, tcp, fingerprint: identity.fingerprint(), calls: Mutex::default() })
    }

    /// Where legs reach this relay, worker by worker.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where legs that have no UDP reach this relay, worker by worker; empty without [`RelayConfig::tcp`].
    #[must_use]
    pub fn tcp_addresses(&self) -> &[SocketAddr] {
        if self.tcp { &self.addresses } else { &[] }
    }

    /// Answers a leg's offer: the first, a later one of the same peer connection, or one of a new peer connection
    /// that is to replace the old. Does not wait for anything but other callers of this handle.
    ///
    /// # Errors
    /// [`OfferError`] if the offer cannot be answered; the leg is then as it was.
    pub fn open(&self, leg: LegId, offer: &str) -> Result<String, OfferError> {
        let offer = sdp::parse_offer(offer)?;
        let mut calls = self.calls();
        let worker = self.worker_of(&mut calls, leg.call);
        let entry = calls.get_mut(&leg.call).ok_or(OfferError::Stopped)?;
        let known = entry.legs.iter_mut().find(|entry| entry.index == leg.index);
        let is_same_peer = known.as_ref().is_some_and(|known| known.is_same_peer(&offer));
        let mut fresh = LegEntry::new(leg.index, &offer);
        let (entry, is_same_peer) = match known {
            Some(known) if is_same_peer => {
                known.renew(fresh);
                (&*known, true)
            }
            Some(known) => {
                std::mem::swap(known, &mut fresh);
                (&*known, false)
            }
            None => {
                entry.legs.push(fresh);
                (&entry.legs[entry.legs.len() - 1], false)
            }
        };
        let open = Box::new(OpenConnection {
            leg,
            ufrag: entry.credentials.ufrag,
            integrity: IntegrityKey::new(&entry.credentials.password),
            fingerprint: entry.fingerprint,
            hears_ssrc: entry.hears_ssrc,
            media: offer.audio.media.clone(),
        });
        let worker = &self.workers[worker];
        let answer = sdp::write_answer(&offer, &entry.answer(&self.fingerprint, &worker.addresses, self.tcp));
        let control = if is_same_peer { Control::Update(open) } else { Control::Open(open) };
        if worker.control(control) { Ok(answer) } else { Err(OfferError::Stopped) }
    }

    /// Lets the two legs hear each other, as soon as both can. A leg that was bridged with another is taken from it.
    pub fn bridge(&self, a: LegId, b: LegId) {
        let mut calls = self.calls();
        let worker = self.worker_of(&mut calls, a.call);
        self.workers[worker].control(Control::Bridge(a, b));
    }

    /// Stops the two legs hearing each other; [`Self::bridge`] lets them again.
    pub fn unbridge(&self, a: LegId, b: LegId) {
        if let Some(entry) = self.calls().get(&a.call) {
            self.workers[entry.worker].control(Control::Unbridge(a, b));
        }
    }

    /// Lets the leg hear itself, as soon as it can, and nobody else: what a device needs to try out its network.
    pub fn echo(&self, leg: LegId) {
        let mut calls = self.calls();
        let worker = self.worker_of(&mut calls, leg.call);
        self.workers[worker].control(Control::Echo(leg));
    }

    /// Frees what the leg holds.
    pub fn close(&self, leg: LegId) {
        let mut calls = self.calls();
        let Some(entry) = calls.get_mut(&leg.call) else { return };
        self.workers[entry.worker].control(Control::Close(leg));
        entry.legs.retain(|entry| entry.index != leg.index);
        if entry.legs.is_empty() {
            calls.remove(&leg.call);
        }
    }

    /// Frees what the call holds. Every call that was opened or bridged must be closed so in the end.
    pub fn close_call(&self, call: CallId) {
        if let Some(entry) = self.calls().remove(&call) {
            self.workers[entry.worker].control(Control::CloseCall(call));
        }
    }

    /// What the relay holds and has done, as its workers last told: at most one second old.
    #[must_use]
    pub fn counts(&self) -> RelayCounts {
        self.workers.iter().fold(RelayCounts::default(), |sum, worker| sum.plus(&worker.counts()))
    }

    /// Each worker by itself, in the order of [`RelayConfig::listen`].
    #[must_use]
    pub fn workers(&self) -> Vec<WorkerState> {
        self.workers.iter().map(WorkerHandle::state).collect()
    }

    /// The call's worker; a new call gets the one with the fewest calls.
    fn worker_of(&self, calls: &mut HashMap<CallId, CallEntry>, call: CallId) -> usize {
        if let Some(entry) = calls.get(&call) {
            return entry.worker;
        }
        let mut load = vec![0_usize; self.workers.len()];
        calls.values().for_each(|entry| load[entry.worker] += 1);
        let worker = (0..load.len()).min_by_key(|worker| load[*worker]).unwrap_or(0);
        calls.insert(call, CallEntry { worker, legs: Vec::new() });
        worker
    }

    /// The map stays whole whatever happens to a thread that holds it: each change is one step.
    fn calls(&self) -> MutexGuard<'_, HashMap<CallId, CallEntry>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl LegEntry {
    fn new(index: u8, offer: &Offer<'_>) -> Self {
        Self {
            index,
            origin: offer.origin.into(),
            fingerprint: offer.audio.fingerprint,
            remote_ufrag: offer.audio.ufrag.into(),
            credentials: Credentials::random(),
            hears_ssrc: u32::from_be_bytes(random()),
            session: u64::from_be_bytes(random()) >> 2,
            version: 1,
        }
    }

    /// A peer connection keeps its certificate and its origin for life. A page may give one certificate to two
    /// peer connections; then the origin tells them apart.
    fn is_same_peer(&self, offer: &Offer<'_>) -> bool {
        self.fingerprint == offer.audio.fingerprint && *self.origin == *offer.origin
    }

    /// Goes on with a further offer of the same peer: a changed user fragment restarts ICE (RFC 8839 §4.4.1.1.1).
    fn renew(&mut self, offered: Self) {
        self.version += 1;
        if self.remote_ufrag != offered.remote_ufrag {
            self.remote_ufrag = offered.remote_ufrag;
            self.credentials = offered.credentials;
        }
    }

    fn answer<'a>(&'a self, fingerprint: &'a [u8; 32], addresses: &'a [SocketAddr], tcp: bool) -> Answer<'a> {
        Answer {
            session: self.session,
            version: self.version,
            ufrag: as_text(&self.credentials.ufrag),
            password: as_text(&self.credentials.password),
            fingerprint,
            ssrc: self.hears_ssrc,
            addresses,
            tcp,
        }
    }
}

impl Credentials {
    /// 48 bits name the connection, 144 bits keep it (RFC 8445 §5.3 asks for 24 and 128).
    fn random() -> Self {
        Self { ufrag: random_text(), password: random_text() }
    }
}

fn random_text<const N: usize>() -> [u8; N] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    random::<N>().map(|byte| ALPHABET[usize::from(byte & 63)])
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's randomness does not fail once it has started");
    bytes
}

fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("made of ASCII letters")
}

/// Where legs reach a socket: the advertised addresses of its family, or the one it is bound to.
fn reachable(bound: SocketAddr, advertise: &[IpAddr]) -> Vec<SocketAddr> {
    let of_family: Vec<_> = advertise
        .iter()
        .filter(|ip| ip.is_ipv4() == bound.is_ipv4())
        .map(|ip| SocketAddr::new(*ip, bound.port()))
        .collect();
    match of_family.is_empty() {
        true if bound.ip().is_unspecified() => Vec::new(),
        true => vec![bound],
        false => of_family,
    }
}
