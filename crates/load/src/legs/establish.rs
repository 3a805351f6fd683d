//! The beginning of a leg as a browser has it: connectivity checks until one is answered, then DTLS as the client,
//! until there are keys. Checks of the other side are answered at any time.

use anyhow::{Context as _, Result, bail, ensure};
use dimpl::{Dtls, Output, SrtpProfile};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tring_relay::srtp::{self, Profile};
use tring_relay::stun::{self, Check, Class, IntegrityKey, Message, Role, TransactionId};

/// How long an unanswered check waits before it is repeated, as Chrome does.
const CHECK_REPEAT: Duration = Duration::from_millis(50);
/// How long an unanswered DTLS flight waits at first, as Chrome does.
const FLIGHT_REPEAT: Duration = Duration::from_millis(50);
/// How often it is repeated, each time after twice as long: for 26 seconds, which is longer than anybody waits for a call.
/// Browsers do not give up sooner either. Lower: a handshake fails that a loaded server was about to answer.
const FLIGHT_REPEATS: usize = 8;

/// What all legs share: one certificate, because making thousands would only heat the generator.
#[derive(Clone)]
pub(super) struct Identity {
    certificate: dimpl::DtlsCertificate,
    config: Arc<dimpl::Config>,
}

impl Identity {
    pub(super) fn new() -> Result<Self> {
        let certificate =
            dimpl::certificate::generate_self_signed_certificate().context("making a certificate")?;
        let config = dimpl::Config::builder().flight_start_rto(FLIGHT_REPEAT).flight_retries(FLIGHT_REPEATS);
        let config = config.build().context("configuring DTLS")?;
        Ok(Self { certificate, config: Arc::new(config) })
    }

    /// As SDP writes it.
    pub(super) fn fingerprint(&self) -> String {
        self.certificate.fingerprint_str()
    }
}

/// What the other side said about itself, and what it was told about this leg.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Its own username fragment.
    pub local_ufrag: String,
    /// Its own password, which keys the other side's checks.
    pub local_password: String,
    /// The other side's.
    pub remote_ufrag: String,
    /// The other side's password, which keys the checks.
    pub remote_password: String,
    /// SHA-256 of the other side's certificate, as SDP writes it.
    pub remote_fingerprint: String,
}

/// The connectivity checks of a leg, from the first to the last consent check.
pub(super) struct Checks {
    username: String,
    key: IntegrityKey,
    /// Of the other side's checks, and of their answers.
    local_key: IntegrityKey,
    transaction: TransactionId,
    tie_breaker: u64,
}

impl Checks {
    pub(super) fn new(credentials: &Credentials) -> Self {
        Self {
            username: format!("{}:{}", credentials.remote_ufrag, credentials.local_ufrag),
            key: IntegrityKey::new(credentials.remote_password.as_bytes()),
            local_key: IntegrityKey::new(credentials.local_password.as_bytes()),
            transaction: rand::random(),
            tie_breaker: rand::random(),
        }
    }

    /// Writes a new nominating check, which also renews consent (RFC 7675).
    pub(super) fn write(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.transaction = rand::random();
        self.repeat(buffer)
    }

    fn repeat(&self, buffer: &mut [u8]) -> Result<usize> {
        let check = Check {
            username: &self.username,
            priority: 0x7E7F_1EFF,
            role: Role::Controlling(self.tie_breaker),
            use_candidate: true,
        };
        stun::write_request(buffer, &self.transaction, &check, &self.key).context("a check fits its buffer")
    }

    /// Whether a message is the authentic answer to the last check.
    pub(super) fn is_answered_by(&self, message: &Message<'_>) -> bool {
        message.class == Class::Success
            && message.transaction == self.transaction
            && message.verify(&self.key)
    }

    /// Writes the answer to a check that came from `from`; `None` if the message is none, or not by who was told of this
    /// leg. Lite agents send none, except libnice's (Janus), which believes in a path only after such an answer.
    pub(super) fn answer(&self, message: &Message<'_>, from: SocketAddr, buffer: &mut [u8]) -> Option<usize> {
        let is_theirs = message.class == Class::Request && message.verify(&self.local_key);
        is_theirs.then(|| stun::write_success(buffer, &message.transaction, from, &self.local_key)).flatten()
    }
}

/// Keys for both directions.
pub struct Keys {
    pub(super) profile: Profile,
    pub(super) sender: srtp::Sender,
    pub(super) receiver: srtp::Receiver,
}

/// A leg that has no keys yet.
pub(super) struct Establishing {
    dtls: Dtls,
    remote_fingerprint: String,
    checked_at: Option<Instant>,
    answered: bool,
    dtls_due: Option<Instant>,
}

impl Establishing {
    pub(super) fn new(identity: &Identity, credentials: &Credentials, now: Instant) -> Self {
        let mut dtls = Dtls::new_12(Arc::clone(&identity.config), identity.certificate.clone(), now);
        dtls.set_active(true);
        Self {
            dtls,
            remote_fingerprint: credentials.remote_fingerprint.clone(),
            checked_at: None,
            answered: false,
            dtls_due: None,
        }
    }

    /// Does what time asks for: the first check, repeated checks, repeated flights.
    pub(super) fn tick(
        &mut self,
        checks: &mut Checks,
        now: Instant,
        send: &mut Send<'_>,
    ) -> Result<Option<Keys>> {
        if !self.answered {
            if self.checked_at.is_none_or(|at| now >= at + CHECK_REPEAT) {
                let mut buffer = [0; 256];
                let len = if self.checked_at.is_none() {
                    checks.write(&mut buffer)
                } else {
                    checks.repeat(&mut buffer)
                };
                send(&buffer[..len?])?;
                self.checked_at = Some(now);
            }
            return Ok(None);
        }
        if self.dtls_due.is_some_and(|due| now >= due) {
            self.dtls.handle_timeout(now).context("DTLS gave up")?;
            return self.drain(send);
        }
        Ok(None)
    }

    /// The first check was answered: the handshake begins.
    pub(super) fn answered(&mut self, now: Instant, send: &mut Send<'_>) -> Result<()> {
        if !self.answered {
            self.answered = true;
            self.dtls.handle_timeout(now).context("starting DTLS")?;
            self.drain(send)?;
        }
        Ok(())
    }

    /// Takes a DTLS datagram; returns the keys once the handshake is complete.
    pub(super) fn datagram(
        &mut self,
        bytes: &[u8],
        now: Instant,
        send: &mut Send<'_>,
    ) -> Result<Option<Keys>> {
        self.dtls.handle_timeout(now).context("DTLS gave up")?;
        self.dtls.handle_packet(bytes).context("the DTLS handshake failed")?;
        self.drain(send)
    }

    fn drain(&mut self, send: &mut Send<'_>) -> Result<Option<Keys>> {
        let mut buffer = vec![0; 2048];
        let mut keys = None;
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(packet) => send(packet)?,
                Output::BufferTooSmall { needed } => buffer.resize(needed, 0),
                Output::PeerCert(der) => {
                    let digest = dimpl::certificate::calculate_fingerprint(der);
                    let seen = dimpl::certificate::format_fingerprint(&digest);
                    ensure!(
                        seen.eq_ignore_ascii_case(&self.remote_fingerprint),
                        "the relay's certificate is not the one that its SDP names"
                    );
                }
                Output::KeyingMaterial(material, profile) => keys = Some(split(&material, profile)?),
                Output::CloseNotify => bail!("the relay closed DTLS during the handshake"),
                Output::Timeout(due) => {
                    self.dtls_due = Some(due);
                    return Ok(keys);
                }
                _ => {}
            }
        }
    }
}

/// Sends a datagram to the other side.
pub(super) type Send<'s> = dyn FnMut(&[u8]) -> Result<()> + 's;

fn split(material: &[u8], profile: SrtpProfile) -> Result<Keys> {
    let profile = match profile {
        SrtpProfile::AEAD_AES_128_GCM => Profile::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Profile::AeadAes256Gcm,
        SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmHmacSha1_80,
        other => bail!("DTLS agreed on {other:?}"),
    };
    let [client_key, client_salt, server_key, server_salt] =
        srtp::split_keying_material(profile, material).context("keying material of the wrong length")?;
    Ok(Keys {
        profile,
        sender: srtp::Sender::new(profile, client_key, client_salt)?,
        receiver: srtp::Receiver::new(profile, server_key, server_salt)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(local: &str, remote: &str) -> Credentials {
        Credentials {
            local_ufrag: format!("{local}-ufrag"),
            local_password: format!("{local}-password"),
            remote_ufrag: format!("{remote}-ufrag"),
            remote_password: format!("{remote}-password"),
            remote_fingerprint: String::new(),
        }
    }

    #[test]
    fn a_check_is_answered_so_that_its_sender_believes_it_and_a_strangers_is_not() {
        let leg = Checks::new(&credentials("leg", "server"));
        let mut server = Checks::new(&credentials("server", "leg"));
        let from: SocketAddr = "192.0.2.7:3478".parse().unwrap();
        let (mut check, mut answer) = ([0; 256], [0; 256]);

        let len = server.write(&mut check).unwrap();
        let check = Message::parse(&check[..len]).unwrap();
        let len = leg.answer(&check, from, &mut answer).expect("an answer");
        let answered = Message::parse(&answer[..len]).unwrap();
        assert!(server.is_answered_by(&answered));
        assert_eq!(answered.mapped, Some(from));

        let stranger = Checks::new(&credentials("stranger", "server"));
        assert_eq!(stranger.answer(&check, from, &mut [0; 256]), None);
        assert_eq!(leg.answer(&answered, from, &mut [0; 256]), None, "an answer is not answered");
    }
}
