//! What the fuzz targets in `fuzz/` call. Present only when built for fuzzing.
//!
//! Each takes any bytes and must return. The assertions are the promises of the module under test.

use crate::event::RelayEvent;
use crate::framing::Deframer;
use crate::handshake::{Handshakes, Identity};
use crate::rtp::{self, Header};
use crate::sdp::{self, Answer};
use crate::srtp::Profile;
use crate::stun::{IntegrityKey, Message};
use crate::worker::lab::{self, Lab};
use crate::worker::{Control, MAX_DATAGRAM, Route, SWEEP};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A STUN message.
pub fn stun(bytes: &[u8]) {
    if let Ok(message) = Message::parse(bytes) {
        let _ = message.verify(&IntegrityKey::new(b"password"));
        let _ = (message.local_ufrag(), message.remote_ufrag());
    }
}

/// An RTP packet: header, extensions, RED.
pub fn rtp(bytes: &[u8]) {
    let Ok(header) = Header::parse(bytes) else { return };
    let mut packet = bytes.to_vec();
    rtp::rewrite_extensions(&mut packet, &header, |id, _| id);
    assert_eq!(packet, bytes, "renaming nothing changes nothing");
    rtp::rewrite_extensions(&mut packet, &header, |id, _| id / 2);
    if let Ok(primary) = rtp::rewrite_red(&mut packet[header.len..], |pt| pt ^ 1) {
        assert!(primary.offset <= packet.len() - header.len);
    }
    header.write(&mut packet);
    assert_eq!(packet.len(), bytes.len());
}

/// A RED payload: where its primary block begins, nothing if the relay passes it on as it is.
#[must_use]
pub fn red(payload: &[u8]) -> Option<usize> {
    let mut renamed = payload.to_vec();
    let primary = rtp::rewrite_red(&mut renamed, |pt| pt).ok()?;
    assert_eq!(renamed, payload, "renaming nothing changes nothing");
    assert!(primary.offset <= payload.len());
    Some(primary.offset)
}

/// RTCP compounds between two legs that hear each other. The first byte chooses the direction of each.
pub fn rtcp(bytes: &[u8]) {
    let (mut lab, mut a, mut b) = Lab::call(start(), Profile::AeadAes128Gcm);
    lab.across(&mut a, &mut b, &lab::rtp(111, 40_000, 0xA, b"x"));
    lab.across(&mut b, &mut a, &lab::rtp(109, 1, 0xB, b"x"));
    for part in bytes.chunks(200) {
        let (from, to) = if part[0] & 1 == 0 { (&mut a, &mut b) } else { (&mut b, &mut a) };
        let mut plain = part[1..].to_vec();
        if let [first, second, ..] = &mut plain[..] {
            *first = 0x80 | *first & 0x3F;
            *second = 200 + *second % 8;
        }
        if let Some(translated) = lab.across(from, to, &plain) {
            assert!(translated.len() <= plain.len());
        }
    }
}

/// What a TCP connection brings, in pieces: the first byte says how long they are. However it is cut, the same datagrams
/// come out, or the same end.
pub fn framing(bytes: &[u8]) {
    let Some((piece, stream)) = bytes.split_first() else { return };
    let whole = deframed(stream.chunks(stream.len().max(1)));
    assert_eq!(deframed(stream.chunks(usize::from(*piece).max(1))), whole);
    for datagram in &whole.0 {
        assert!(!datagram.is_empty() && datagram.len() <= MAX_DATAGRAM);
    }
}

fn deframed<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, bool) {
    let (mut deframer, mut datagrams) = (Deframer::default(), Vec::new());
    for piece in pieces {
        if deframer.feed(piece, |datagram| datagrams.push(datagram.to_vec())).is_err() {
            return (datagrams, false);
        }
    }
    (datagrams, true)
}

/// An offer, and the answer to it if it is one.
pub fn sdp(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(offer) = sdp::parse_offer(text) else { return };
    let addresses = [SocketAddr::from(([127, 0, 0, 1], 4_000))];
    let answer = sdp::write_answer(
        &offer,
        &Answer {
            session: 1,
            version: 1,
            ufrag: "ufrag",
            password: "password",
            fingerprint: &[0; 32],
            ssrc: 1,
            addresses: &addresses,
            tcp: true,
        },
    );
    assert_eq!(answer.lines().filter(|line| line.starts_with("m=")).count(), offer.sections.len());
}

/// Whatever reaches a worker: raw datagrams, packets sealed with the right keys, checks with the right password,
/// handshakes, control and time, in any order.
pub fn datagram(bytes: &[u8]) {
    let (mut lab, mut a, mut b) = Lab::call(start(), Profile::Aes128CmHmacSha1_80);
    let mut handshakes = Handshakes::new(identity());
    let mut fresh = lab.open(lab::leg(2), 3, Profile::AeadAes128Gcm, lab::media(96, None));
    let tcp = Route::Tcp { stream: 1, peer: SocketAddr::from(([10, 0, 0, 9], 9)) };
    let mut rest = bytes;
    while let [operation, len, tail @ ..] = rest {
        let (data, tail) = tail.split_at(usize::from(*len).min(tail.len()));
        rest = tail;
        let address = [a.address, b.address, fresh.address][usize::from(operation >> 4) % 3];
        match operation & 15 {
            0..=2 => drop(lab.datagram(address, data)),
            3 => match len {
                0 => lab.worker.control(lab.now, Control::Echo(lab::leg(2))),
                1 => lab.restart(lab::leg(0), &a, [b'r'; 8], lab::media(111, Some(63))),
                2 => lab.worker.route_closed(tcp),
                3 => drop(lab.signs_of_life()),
                _ => drop(lab.datagram(tcp, data)),
            },
            4..=6 => drop(lab.send(&mut a, data)),
            7 | 8 => drop(lab.send(&mut b, data)),
            9 => {
                let route = if data.is_empty() { tcp } else { address };
                let _ = lab.check(&fresh, route, data.len() > 1);
            }
            10 => lab.worker.control(lab.now, Control::Bridge(lab::leg(0), lab::leg(1 + len % 2))),
            11 => lab.worker.control(lab.now, Control::Unbridge(lab::leg(0), lab::leg(1))),
            12 => lab.key(&mut fresh, Profile::AeadAes128Gcm),
            13 => lab.worker.control(lab.now, Control::Close(lab::leg(len % 3))),
            14 => {
                lab.worker.sweep(lab.now);
                handshakes.sweep(lab.now);
            }
            _ => lab.pass(Duration::from_millis(u64::from(*len)) * 10),
        }
        while let Some(job) = lab.worker.poll_job() {
            handshakes.handle(lab.now, job);
        }
        while let Some(outcome) = handshakes.poll() {
            lab.worker.outcome(lab.now, outcome);
        }
    }
    lab.pass(SWEEP);
    lab.worker.sweep(lab.now);
    assert!(lab.events().iter().all(|event| !matches!(event, RelayEvent::Moved { leg } if leg.index > 2)));
    lab.worker.control(lab.now, Control::CloseCall(lab::leg(0).call));
    let counts = lab.worker.counts();
    assert_eq!((counts.calls, counts.legs, counts.connections), (0, 0, 0));
    assert!(lab.worker.holds_nothing());
}

fn identity() -> Identity {
    static IDENTITY: std::sync::OnceLock<Identity> = std::sync::OnceLock::new();
    IDENTITY.get_or_init(|| Identity::generate().expect("a certificate can be made")).clone()
}

#[expect(clippy::disallowed_methods, reason = "an Instant cannot be made otherwise; targets only add to it")]
fn start() -> Instant {
    Instant::now()
}
