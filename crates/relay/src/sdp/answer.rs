//! Writing an answer.

use super::{Direction, Extension, Offer};
use std::fmt::Write as _;
use std::net::SocketAddr;

/// What an answer says besides what the offer decides.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Session id, the same for every answer on one connection.
    pub session: u64,
    /// Counts the answers on one connection.
    pub version: u64,
    /// The relay's ICE user fragment for this connection.
    pub ufrag: &'a str,
    /// The relay's ICE password for this connection.
    pub password: &'a str,
    /// SHA-256 of the relay's certificate.
    pub fingerprint: &'a [u8; 32],
    /// The SSRC of the other leg's audio.
    pub ssrc: u32,
    /// Where the leg reaches the relay, best first; not empty.
    pub addresses: &'a [SocketAddr],
    /// Whether the same are reached over TCP.
    pub tcp: bool,
}

/// Writes the answer to `offer`: the audio section is taken, all others are refused.
///
/// RED stands before Opus where it was offered, because a browser sends the first codec of the answer. The other
/// leg's SSRC is announced before there is another leg: the relay gives it one that lasts as long as the connection,
/// so that no stack has to guess to which section a stream belongs, and none notices when the other leg is replaced.
#[must_use]
pub fn write(offer: &Offer<'_>, answer: &Answer<'_>) -> String {
    let mut out = String::with_capacity(2_048);
    // Writing to a String cannot fail.
    let _ = write_session(&mut out, offer, answer);
    for (at, (line, mid)) in offer.sections.iter().enumerate() {
        let _ = if at == offer.audio_at {
            write_audio(&mut out, offer, answer)
        } else {
            write_refused(&mut out, line, *mid)
        };
    }
    out
}

fn write_session(out: &mut String, offer: &Offer<'_>, answer: &Answer<'_>) -> std::fmt::Result {
    write!(out, "v=0\r\no=- {} {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", answer.session, answer.version)?;
    if offer.audio.bundled {
        write!(out, "a=group:BUNDLE {}\r\n", offer.audio.media.mid)?;
    }
    out.write_str("a=ice-lite\r\na=msid-semantic: WMS *\r\n")
}

fn write_audio(out: &mut String, offer: &Offer<'_>, answer: &Answer<'_>) -> std::fmt::Result {
    let audio = &offer.audio;
    let media = &audio.media;
    let first = answer.addresses.first().copied().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 9)));
    write!(out, "m=audio {} UDP/TLS/RTP/SAVPF", first.port())?;
    for payload in media.red.into_iter().chain([media.opus]).chain(media.events) {
        write!(out, " {payload}")?;
    }
    let family = if first.is_ipv4() { "IP4" } else { "IP6" };
    write!(out, "\r\nc=IN {family} {}\r\na=rtcp:9 IN IP4 0.0.0.0\r\n", first.ip())?;
    write!(out, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 ", answer.ufrag, answer.password)?;
    for (at, byte) in answer.fingerprint.iter().enumerate() {
        write!(out, "{}{byte:02X}", if at == 0 { "" } else { ":" })?;
    }
    out.write_str("\r\na=setup:passive\r\n")?;
    if !media.mid.is_empty() {
        write!(out, "a=mid:{}\r\n", media.mid)?;
    }
    for extension in Extension::ALL {
        if let Some(id) = media.extension_id(extension) {
            write!(out, "a=extmap:{id} {}\r\n", extension.uri())?;
        }
    }
    let direction = audio.direction.mirrored();
    write!(out, "a={}\r\n", direction.name())?;
    if matches!(direction, Direction::SendRecv | Direction::SendOnly) {
        write!(out, "a=msid:tring audio\r\na=ssrc:{} cname:tring\r\n", answer.ssrc)?;
    }
    out.write_str("a=rtcp-mux\r\n")?;
    if audio.reduced_size {
        out.write_str("a=rtcp-rsize\r\n")?;
    }
    if let Some(red) = media.red {
        write!(out, "a=rtpmap:{red} red/48000/2\r\na=fmtp:{red} {0}/{0}\r\n", media.opus)?;
    }
    let opus = media.opus;
    write!(out, "a=rtpmap:{opus} opus/48000/2\r\na=fmtp:{opus} minptime=10;useinbandfec=1\r\n")?;
    if audio.transport_cc {
        write!(out, "a=rtcp-fb:{opus} transport-cc\r\n")?;
    }
    if audio.nack {
        write!(out, "a=rtcp-fb:{opus} nack\r\n")?;
    }
    if let Some(events) = media.events {
        write!(out, "a=rtpmap:{events} telephone-event/48000\r\n")?;
    }
    for (at, address) in answer.addresses.iter().enumerate() {
        // RFC 8445 §5.1.2.1 for a host candidate; earlier addresses are preferred.
        let preference = 65_535_u32.saturating_sub(u32::try_from(at).unwrap_or(u32::MAX));
        let priority = 126 << 24 | preference << 8 | 255;
        let (foundation, ip, port) = (at + 1, address.ip(), address.port());
        write!(out, "a=candidate:{foundation} 1 udp {priority} {ip} {port} typ host\r\n")?;
    }
    for (at, address) in answer.addresses.iter().enumerate().filter(|_| answer.tcp) {
        // RFC 6544 §4.2: the type preference is below that of any UDP candidate, 4 says passive. The foundation is
        // another one because the protocol is (RFC 8445 §5.1.1.3).
        let preference = 4 << 13 | 8_191_u32.saturating_sub(u32::try_from(at).unwrap_or(u32::MAX));
        let priority = 90 << 24 | preference << 8 | 255;
        let (foundation, ip, port) = (answer.addresses.len() + at + 1, address.ip(), address.port());
        write!(out, "a=candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive\r\n")?;
    }
    out.write_str("a=end-of-candidates\r\n")
}

/// A refused section has port zero, and keeps its protocol, formats and mid (RFC 3264 §6, RFC 8829 §5.3.1).
fn write_refused(out: &mut String, line: &str, mid: Option<&str>) -> std::fmt::Result {
    let mut words = line.split(' ');
    write!(out, "m={} 0", words.next().unwrap_or("audio"))?;
    for word in words.skip(1) {
        write!(out, " {word}")?;
    }
    out.write_str("\r\nc=IN IP4 0.0.0.0\r\n")?;
    if let Some(mid) = mid {
        write!(out, "a=mid:{mid}\r\n")?;
    }
    out.write_str("a=inactive\r\n")
}
