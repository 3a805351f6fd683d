//! A worker in virtual time with peers whose keys are known, for tests and fuzzing: everything but the handshake.

use super::{BUFFER_LEN, ConnectionKey, Control, OpenConnection, Route, Worker};
use crate::event::RelayEvent;
use crate::handshake::{Keys, Outcome};
use crate::rtp::Header;
use crate::sdp::Media;
use crate::srtp::{Profile, Receiver, Sender};
use crate::stun::{self, Check, IntegrityKey, Message, Role};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tring_protocol::ids::{CallId, LegId};
use tring_protocol::time::Timestamp;

/// A worker and the peers of one call.
pub(crate) struct Lab {
    pub(crate) worker: Worker,
    pub(crate) now: Instant,
    checks: u64,
}

/// One connection of a leg, seen from the device.
pub(crate) struct Device {
    pub(crate) address: Route,
    pub(crate) ufrag: [u8; 8],
    pub(crate) key: ConnectionKey,
    sender: Sender,
    receiver: Receiver,
}

/// What a datagram became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) to: Route,
    pub(crate) bytes: Vec<u8>,
}

impl Lab {
    pub(crate) fn new(now: Instant) -> Self {
        Self { worker: Worker::new(now), now, checks: 0 }
    }

    /// Two legs, keyed with `profile`, checked and bridged.
    pub(crate) fn call(now: Instant, profile: Profile) -> (Self, Device, Device) {
        let mut lab = Self::new(now);
        let a = lab.connect(leg(0), 1, profile, media(111, Some(63)));
        let b = lab.connect(leg(1), 2, profile, media(109, Some(63)));
        lab.worker.control(now, Control::Bridge(leg(0), leg(1)));
        lab.events();
        (lab, a, b)
    }

    /// Opens a connection that is reached at port `number`, and takes it up to its keys.
    pub(crate) fn connect(&mut self, leg: LegId, number: u8, profile: Profile, media: Media) -> Device {
        let mut device = self.open(leg, number, profile, media);
        let address = device.address;
        assert!(self.check(&device, address, true).is_some());
        self.key(&mut device, profile);
        device
    }

    /// Opens a connection, without a check and without keys.
    pub(crate) fn open(&mut self, leg: LegId, number: u8, profile: Profile, media: Media) -> Device {
        let ufrag = [b'A' + number % 26; 8];
        self.worker.control(self.now, Control::Open(connection(leg, ufrag, number, media)));
        let slot = self.worker.by_ufrag[&ufrag];
        let key = self.worker.connections.at(slot).map(|connection| connection.key).expect("just opened");
        let address = Route::Udp(SocketAddr::from(([10, 0, 0, number], 4_000)));
        let (sender, receiver) = (half(profile, number, 1).1, half(profile, number, 2).0);
        Device { address, ufrag, key, sender, receiver }
    }

    /// The device restarts ICE: from now on the relay has `ufrag` for it too.
    pub(crate) fn restart(&mut self, leg: LegId, device: &Device, ufrag: [u8; 8], media: Media) {
        let number = device.ufrag[0] - b'A';
        self.worker.control(self.now, Control::Update(connection(leg, ufrag, number, media)));
    }

    /// Ends the handshake of `device` well.
    pub(crate) fn key(&mut self, device: &mut Device, profile: Profile) {
        let number = device.ufrag[0] - b'A';
        let (receiver, sender) = (half(profile, number, 1).0, half(profile, number, 2).1);
        let keys = Box::new(Keys { receiver, sender });
        self.worker.outcome(self.now, Outcome::Keyed { key: device.key, keys });
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    pub(crate) fn events(&mut self) -> Vec<RelayEvent> {
        std::iter::from_fn(|| self.worker.poll_event()).collect()
    }

    /// The signs of life that are due, as (to, plain packet).
    pub(crate) fn signs_of_life(&mut self) -> Vec<Sent> {
        let mut buffer = [0; BUFFER_LEN];
        std::iter::from_fn(|| {
            let send = self.worker.keep_alive(self.now, &mut buffer)?;
            Some(Sent { to: send.to, bytes: buffer[send.start..send.end].to_vec() })
        })
        .collect()
    }

    /// Sends raw bytes to the worker.
    pub(crate) fn datagram(&mut self, source: Route, bytes: &[u8]) -> Option<Sent> {
        let mut buffer = [0; BUFFER_LEN];
        let len = bytes.len().min(super::MAX_DATAGRAM);
        buffer[..len].copy_from_slice(&bytes[..len]);
        let send = self.worker.handle(self.now, source, &mut buffer, len)?;
        Some(Sent { to: send.to, bytes: buffer[send.start..send.end].to_vec() })
    }

    /// Sends a check with the right credentials from `source`; the answer is checked.
    pub(crate) fn check(&mut self, device: &Device, source: Route, nominates: bool) -> Option<SocketAddr> {
        let sent = self.raw_check(device.ufrag, &password(device.ufrag), source, nominates)?;
        let answer = Message::parse(&sent.bytes).expect("the answer is well-formed");
        assert!(answer.verify(&IntegrityKey::new(&password(device.ufrag))));
        assert_eq!(sent.to, source);
        answer.mapped
    }

    /// Sends a check with any credentials.
    pub(crate) fn raw_check(
        &mut self,
        ufrag: [u8; 8],
        password: &[u8],
        source: Route,
        nominates: bool,
    ) -> Option<Sent> {
        let bytes = self.check_bytes(ufrag, password, nominates, Role::Controlling(1));
        self.datagram(source, &bytes)
    }

    pub(crate) fn check_bytes(
        &mut self,
        ufrag: [u8; 8],
        password: &[u8],
        nominates: bool,
        role: Role,
    ) -> Vec<u8> {
        let username = format!("{}:peer", String::from_utf8_lossy(&ufrag));
        self.named_check_bytes(&username, password, nominates, role)
    }

    /// A check under any name.
    pub(crate) fn named_check_bytes(
        &mut self,
        username: &str,
        password: &[u8],
        nominates: bool,
        role: Role,
    ) -> Vec<u8> {
        self.checks += 1;
        let mut transaction = [0; 12];
        transaction[4..].copy_from_slice(&self.checks.to_be_bytes());
        let check = Check { username, priority: 1, role, use_candidate: nominates };
        let mut buffer = [0; 256];
        let len = stun::write_request(&mut buffer, &transaction, &check, &IntegrityKey::new(password))
            .expect("fits");
        buffer[..len].to_vec()
    }

    /// Seals an RTP or RTCP packet as `device` and sends it from its address.
    pub(crate) fn send(&mut self, device: &mut Device, plain: &[u8]) -> Option<Sent> {
        let source = device.address;
        let sealed = device.seal(plain)?;
        self.datagram(source, &sealed)
    }

    /// Sends a packet from one device and opens what comes out at the other.
    pub(crate) fn across(&mut self, from: &mut Device, to: &mut Device, plain: &[u8]) -> Option<Vec<u8>> {
        let sent = self.send(from, plain)?;
        assert_eq!(sent.to, to.address);
        Some(to.open(&sent.bytes))
    }
}

impl Device {
    /// `None` if it is not a packet that can be sealed.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut buffer = plain.to_vec();
        buffer.resize(plain.len() + 64, 0);
        let len = if is_rtcp(plain) {
            self.sender.protect_rtcp(&mut buffer, plain.len()).ok()?
        } else {
            let header = Header::parse(plain).ok()?;
            self.sender.protect_rtp(&mut buffer, &header, plain.len()).ok()?
        };
        buffer.truncate(len);
        Some(buffer)
    }

    /// Opens what the relay sent; that it cannot be opened is a fault.
    pub(crate) fn open(&mut self, sealed: &[u8]) -> Vec<u8> {
        let mut buffer = sealed.to_vec();
        let opened = if is_rtcp(sealed) {
            self.receiver.unprotect_rtcp(&mut buffer)
        } else {
            let header = Header::parse(sealed).expect("the relay sends well-formed RTP");
            self.receiver.unprotect_rtp(&mut buffer, &header)
        };
        buffer.truncate(opened.expect("the relay seals with the right keys").len);
        buffer
    }
}

/// Leg `index` of the lab's call.
pub(crate) fn leg(index: u8) -> LegId {
    LegId { call: CallId::new(Timestamp::from_millis(1), [7; 10]), index }
}

/// All extensions under the ids 1 to 4.
pub(crate) fn media(opus: u8, red: Option<u8>) -> Media {
    Media { mid: "0".into(), opus, red, events: Some(110), extensions: [1, 2, 3, 4] }
}

/// An RTP packet without extensions.
pub(crate) fn rtp(payload_type: u8, sequence: u16, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 960).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// What a leg's device number `number` is known by, under the name `ufrag`.
fn connection(leg: LegId, ufrag: [u8; 8], number: u8, media: Media) -> Box<OpenConnection> {
    Box::new(OpenConnection {
        leg,
        ufrag,
        integrity: IntegrityKey::new(&password(ufrag)),
        fingerprint: [number; 32],
        hears_ssrc: 0x0E0E_0000 + u32::from(number),
        media,
    })
}

/// The ICE password that goes with `ufrag`.
pub(crate) fn password(ufrag: [u8; 8]) -> Vec<u8> {
    [ufrag, ufrag, ufrag].concat()
}

fn half(profile: Profile, number: u8, side: u8) -> (Receiver, Sender) {
    let (key, salt) = ([number ^ side << 6; 32], [side; 14]);
    let (key, salt) = (&key[..profile.key_len()], &salt[..profile.salt_len()]);
    (
        Receiver::new(profile, key, salt).expect("of the right length"),
        Sender::new(profile, key, salt).expect("of the right length"),
    )
}

fn is_rtcp(packet: &[u8]) -> bool {
    packet.get(1).is_some_and(|second| crate::rtp::is_rtcp(*second))
}
