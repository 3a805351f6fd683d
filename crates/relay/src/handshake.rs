//! DTLS handshakes (RFC 5764), beside the forwarding loop because they are its most expensive burst: one costs as
//! much as forwarding two seconds of a call.
//!
//! Decides whether the peer is the one of its offer and derives the SRTP keys. The protocol itself is `dimpl`.
//! Sans-IO: **after each [`Handshakes::handle`] or [`Handshakes::sweep`], call [`Handshakes::poll`] until `None`;
//! sweep every [`SWEEP`] while [`Handshakes::count`] is not zero.**

use crate::event::FailReason;
use crate::srtp::{Profile, Receiver, Sender, split_keying_material};
use crate::worker::ConnectionKey;
use aws_lc_rs::digest::{SHA256, digest};
use dimpl::{Config, Dtls, DtlsCertificate, Output, SrtpProfile};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often timers are looked at. Higher: a lost flight is repeated later; lower: idle wake-ups.
pub const SWEEP: Duration = Duration::from_millis(20);
/// How long a finished handshake answers a repeated last flight. Higher: more memory per call; lower: a peer whose
/// last flight's answer was lost twice never connects.
pub(crate) const LINGER: Duration = Duration::from_secs(3);
/// First repetition of a flight. Browsers repeat after 50 ms to 1 s. Higher: a lost packet is heard longer; lower:
/// needless repetitions on slow paths.
const FIRST_RETRY: Duration = Duration::from_millis(200);
/// How long a handshake may take; longer than the longest connect timeout is of no use.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Handshakes in progress at once. Each holds tens of kilobytes, and only peers with credentials start one.
/// Higher: more memory under attack; lower: large bursts of calls wait for a repeated flight.
const MAX_OPEN: usize = 4_096;

/// What the forwarding loop wants of the handshakes.
#[derive(Debug)]
pub enum Job {
    /// A DTLS datagram arrived from an authenticated address of the connection.
    Datagram {
        /// Whose.
        key: ConnectionKey,
        /// SHA-256 of the certificate that the peer must show.
        fingerprint: [u8; 32],
        /// The datagram.
        bytes: Box<[u8]>,
    },
    /// The connection is closed.
    Drop(ConnectionKey),
}

/// What the handshakes want of the forwarding loop.
#[derive(Debug)]
pub enum Outcome {
    /// Send this to the peer.
    Send {
        /// Whose peer.
        key: ConnectionKey,
        /// The datagram.
        bytes: Box<[u8]>,
    },
    /// The peer is who it should be, and these are its keys.
    Keyed {
        /// Whose.
        key: ConnectionKey,
        /// Keys of both directions.
        keys: Box<Keys>,
    },
    /// The handshake came to nothing.
    Failed {
        /// Whose.
        key: ConnectionKey,
        /// Why.
        reason: FailReason,
    },
    /// The peer closed the connection.
    Closed(ConnectionKey),
}

/// The SRTP keys of a connection.
#[derive(Debug)]
pub struct Keys {
    /// Opens what the peer sends.
    pub receiver: Receiver,
    /// Seals what the peer gets.
    pub sender: Sender,
}

/// The identity with which a relay shakes hands: one per process, because a certificate of its own for each leg
/// would cost more than the handshake.
#[derive(Clone)]
pub struct Identity {
    config: Arc<Config>,
    certificate: DtlsCertificate,
}

impl Identity {
    /// Makes a new P-256 key with a self-signed certificate.
    ///
    /// # Errors
    /// If the system has no randomness or the cipher library does not work.
    pub fn generate() -> Result<Self, IdentityError> {
        let certificate =
            dimpl::certificate::generate_self_signed_certificate().map_err(|_| IdentityError)?;
        // The address has passed a connectivity check, which proves more than a cookie would.
        let config = Config::builder()
            .use_server_cookie(false)
            .flight_start_rto(FIRST_RETRY)
            .flight_retries(7)
            .handshake_timeout(TIMEOUT)
            .build()
            .map_err(|_| IdentityError)?;
        Ok(Self { config: Arc::new(config), certificate })
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        sha256(&self.certificate.certificate)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity")
    }
}

/// No key or certificate could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no certificate could be made")]
pub struct IdentityError;

/// The handshakes of one worker.
#[derive(Debug)]
pub struct Handshakes {
    identity: Identity,
    open: HashMap<ConnectionKey, Handshake>,
    out: VecDeque<Outcome>,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Handshake {
    dtls: Dtls,
    fingerprint: [u8; 32],
    is_verified: bool,
    is_connected: bool,
    keyed_at: Option<Instant>,
    due: Instant,
}

/// How a handshake stands after it was driven.
enum Progress {
    Goes(Instant),
    Ends(Outcome),
}

impl Handshakes {
    /// None yet.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self { identity, open: HashMap::new(), out: VecDeque::new(), buffer: vec![0; 2_048] }
    }

    /// How many are alive.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open.len()
    }

    /// Takes a job.
    pub fn handle(&mut self, now: Instant, job: Job) {
        match job {
            Job::Drop(key) => {
                self.open.remove(&key);
            }
            Job::Datagram { key, fingerprint, bytes } => {
                if !self.open.contains_key(&key) {
                    if self.open.len() >= MAX_OPEN {
                        return;
                    }
                    self.open.insert(key, Handshake::new(&self.identity, fingerprint, now));
                }
                self.drive(key, now, Some(&bytes));
            }
        }
    }

    /// Repeats what was lost and forgets what is done.
    pub fn sweep(&mut self, now: Instant) {
        self.open.retain(|_, handshake| handshake.keyed_at.is_none_or(|at| now < at + LINGER));
        let due: Vec<_> =
            self.open.iter().filter(|(_, handshake)| handshake.due <= now).map(|(key, _)| *key).collect();
        for key in due {
            self.drive(key, now, None);
        }
    }

    /// The next thing to do for the forwarding loop.
    pub fn poll(&mut self) -> Option<Outcome> {
        self.out.pop_front()
    }

    fn drive(&mut self, key: ConnectionKey, now: Instant, datagram: Option<&[u8]>) {
        let Some(handshake) = self.open.get_mut(&key) else { return };
        match handshake.drive(key, now, datagram, &mut self.buffer, &mut self.out) {
            Progress::Goes(due) => handshake.due = due,
            Progress::Ends(outcome) => {
                let was_keyed = handshake.keyed_at.is_some();
                self.open.remove(&key);
                // A connection that has its keys does not need the handshake any more.
                if !(was_keyed && matches!(outcome, Outcome::Failed { .. })) {
                    self.out.push_back(outcome);
                }
            }
        }
    }
}

impl Handshake {
    fn new(identity: &Identity, fingerprint: [u8; 32], now: Instant) -> Self {
        let dtls = Dtls::new_12(Arc::clone(&identity.config), identity.certificate.clone(), now);
        Self { dtls, fingerprint, is_verified: false, is_connected: false, keyed_at: None, due: now }
    }

    fn drive(
        &mut self,
        key: ConnectionKey,
        now: Instant,
        datagram: Option<&[u8]>,
        buffer: &mut Vec<u8>,
        out: &mut VecDeque<Outcome>,
    ) -> Progress {
        let failed = |reason| Progress::Ends(Outcome::Failed { key, reason });
        let fed = self
            .dtls
            .handle_timeout(now)
            .and_then(|()| datagram.map_or(Ok(()), |bytes| self.dtls.handle_packet(bytes)));
        if fed.is_err() {
            return failed(FailReason::Handshake);
        }
        loop {
            match self.dtls.poll_output(buffer) {
                Output::Packet(bytes) => out.push_back(Outcome::Send { key, bytes: bytes.into() }),
                Output::BufferTooSmall { needed } => buffer.resize(needed, 0),
                Output::Timeout(_) if self.is_connected && self.keyed_at.is_none() => {
                    // Done, but without use_srtp there is nothing to key.
                    return failed(FailReason::NoProfile);
                }
                Output::Timeout(due) => return Progress::Goes(due),
                Output::PeerCert(der) if sha256(der) != self.fingerprint => {
                    return failed(FailReason::WrongFingerprint);
                }
                Output::PeerCert(_) => self.is_verified = true,
                Output::KeyingMaterial(..) if !self.is_verified => {
                    return failed(FailReason::WrongFingerprint);
                }
                Output::KeyingMaterial(material, profile) => {
                    let Some(keys) = server_keys(profile, &material) else {
                        return failed(FailReason::NoProfile);
                    };
                    self.keyed_at = Some(now);
                    out.push_back(Outcome::Keyed { key, keys: Box::new(keys) });
                }
                Output::CloseNotify => return Progress::Ends(Outcome::Closed(key)),
                Output::Connected => self.is_connected = true,
                _ => {}
            }
        }
    }
}

/// The relay is the DTLS server: the client's half opens, the server's half seals.
fn server_keys(profile: SrtpProfile, material: &[u8]) -> Option<Keys> {
    let profile = match profile {
        SrtpProfile::AEAD_AES_128_GCM => Profile::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Profile::AeadAes256Gcm,
        SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmHmacSha1_80,
        _ => return None,
    };
    let [client_key, client_salt, server_key, server_salt] = split_keying_material(profile, material)?;
    Some(Keys {
        receiver: Receiver::new(profile, client_key, client_salt).ok()?,
        sender: Sender::new(profile, server_key, server_salt).ok()?,
    })
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests;
