//! Reading an offer.

use super::{Direction, Extension, Media};

/// Longest offer that is read, in bytes. A browser's audio offer has 2 to 6 KB. Higher: more work for a hostile
/// page; lower: offers with video and many candidates are refused.
pub const MAX_OFFER_LEN: usize = 65_536;
/// Most media sections; what a page re-offers keeps its dead sections for ever.
const MAX_SECTIONS: usize = 32;
/// Most payload types in a section.
const MAX_PAYLOADS: usize = 64;
/// Longest name of a section. Its extension element has at most 16 bytes in the one-byte form; JSEP allows more.
const MAX_MID_LEN: usize = 64;

/// Why an offer cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Longer than [`MAX_OFFER_LEN`] or with too many sections.
    #[error("the offer is too large")]
    TooLarge,
    /// Not a session description.
    #[error("the offer is not a session description: {0}")]
    Malformed(&'static str),
    /// No live audio section over DTLS-SRTP.
    #[error("the offer has no audio section over UDP/TLS/RTP/SAVPF")]
    NoAudio,
    /// Opus at 48 kHz is not among the codecs.
    #[error("the offer does not have Opus")]
    NoOpus,
    /// RTP and RTCP on two ports.
    #[error("the offer does not have rtcp-mux")]
    NoRtcpMux,
    /// No ICE user fragment or password of legal length.
    #[error("the offer has no ICE credentials")]
    NoCredentials,
    /// No SHA-256 fingerprint of a certificate.
    #[error("the offer has no sha-256 fingerprint")]
    NoFingerprint,
    /// The offerer wants to wait for the relay's ClientHello.
    #[error("the offer has setup:passive, but the relay is always passive")]
    Passive,
    /// The leg's call is not served by this relay any more, or the relay has stopped.
    #[error("the relay has stopped")]
    Stopped,
}

/// An offer, with the audio section that will be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'a> {
    /// User name and session id of the `o=` line: the same for every offer of one peer connection.
    pub origin: &'a str,
    /// Every section's `m=` line without the `m=`, and its mid.
    pub sections: Vec<(&'a str, Option<&'a str>)>,
    /// Which of them is the audio section.
    pub audio_at: usize,
    /// What it says.
    pub audio: AudioOffer<'a>,
}

/// The audio section of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioOffer<'a> {
    /// The peer's ICE user fragment.
    pub ufrag: &'a str,
    /// SHA-256 of the peer's certificate.
    pub fingerprint: [u8; 32],
    /// Which ways the peer wants audio to flow.
    pub direction: Direction,
    /// Whether the mid is in a BUNDLE group.
    pub bundled: bool,
    /// Whether reduced-size RTCP is offered.
    pub reduced_size: bool,
    /// `rtcp-fb` values that the relay passes on and the peer offered for Opus.
    pub transport_cc: bool,
    /// Generic NACK for Opus.
    pub nack: bool,
    /// Numbers.
    pub media: Media,
}

/// Reads `text`.
///
/// # Errors
/// [`OfferError`] with the first thing that keeps it from being answered.
pub fn parse(text: &str) -> Result<Offer<'_>, OfferError> {
    if text.len() > MAX_OFFER_LEN {
        return Err(OfferError::TooLarge);
    }
    let mut lines = text.lines().map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty());
    if lines.next() != Some("v=0") {
        return Err(OfferError::Malformed("it does not begin with v=0"));
    }
    let mut session = Section::default();
    let mut origin = None;
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in lines {
        let Some((kind, value)) = line.split_once('=') else {
            return Err(OfferError::Malformed("a line has no ="));
        };
        match kind {
            "o" => origin = Some(value),
            "m" if sections.len() == MAX_SECTIONS => return Err(OfferError::TooLarge),
            "m" => sections.push(Section { line: value, ..Section::default() }),
            "a" => sections.last_mut().unwrap_or(&mut session).attributes.push(value),
            _ => {}
        }
    }
    let origin = origin.and_then(session_identity).ok_or(OfferError::Malformed("it has no o= line"))?;
    let audio_at = sections.iter().position(Section::is_live_audio).ok_or(OfferError::NoAudio)?;
    let audio = sections[audio_at].audio(&session)?;
    let sections = sections.iter().map(|section| (section.line, section.value("mid"))).collect();
    Ok(Offer { origin, sections, audio_at, audio })
}

/// `o=<username> <session id> <version> …`: the first two name the peer connection.
fn session_identity(value: &str) -> Option<&str> {
    let (username, rest) = value.split_once(' ')?;
    let (id, _) = rest.split_once(' ')?;
    value.get(..username.len() + 1 + id.len())
}

#[derive(Default)]
struct Section<'a> {
    line: &'a str,
    attributes: Vec<&'a str>,
}

impl<'a> Section<'a> {
    /// The value of the first `a=name:value`.
    fn value(&self, name: &str) -> Option<&'a str> {
        self.values(name).next()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().filter_map(move |attribute| attribute.strip_prefix(name)?.strip_prefix(':'))
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.contains(&name)
    }

    fn is_live_audio(&self) -> bool {
        let mut words = self.line.split(' ');
        let is_audio = words.next() == Some("audio");
        let is_live = words.next().is_some_and(|port| port != "0") || self.has("bundle-only");
        is_audio && is_live && words.next() == Some("UDP/TLS/RTP/SAVPF")
    }

    fn audio(&self, session: &Self) -> Result<AudioOffer<'a>, OfferError> {
        if !self.has("rtcp-mux") {
            return Err(OfferError::NoRtcpMux);
        }
        let either = |name| self.value(name).or_else(|| session.value(name));
        if either("setup") == Some("passive") {
            return Err(OfferError::Passive);
        }
        let ufrag = either("ice-ufrag").filter(|text| is_ice_text(text, 4));
        let password = either("ice-pwd").filter(|text| is_ice_text(text, 22));
        let (Some(ufrag), Some(_)) = (ufrag, password) else { return Err(OfferError::NoCredentials) };
        let fingerprint = self
            .values("fingerprint")
            .chain(session.values("fingerprint"))
            .find_map(sha256_fingerprint)
            .ok_or(OfferError::NoFingerprint)?;
        let mid = self.value("mid").unwrap_or("");
        if mid.len() > MAX_MID_LEN || !mid.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(OfferError::Malformed("the mid is not a short word"));
        }
        let media = self.media(mid)?;
        let feedback = |kind: &str| {
            self.values("rtcp-fb").any(|value| {
                value
                    .split_once(' ')
                    .is_some_and(|(pt, what)| (pt == "*" || pt.parse() == Ok(media.opus)) && what == kind)
            })
        };
        let bundled = session.values("group").any(|group| {
            let mut words = group.split(' ');
            words.next() == Some("BUNDLE") && words.any(|word| word == mid)
        });
        Ok(AudioOffer {
            ufrag,
            fingerprint,
            direction: self.direction(session),
            bundled,
            reduced_size: self.has("rtcp-rsize"),
            transport_cc: feedback("transport-cc"),
            nack: feedback("nack"),
            media,
        })
    }

    fn direction(&self, session: &Self) -> Direction {
        let of = |section: &Self| {
            [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive]
                .into_iter()
                .find(|direction| section.has(direction.name()))
        };
        of(self).or_else(|| of(session)).unwrap_or(Direction::SendRecv)
    }

    fn media(&self, mid: &str) -> Result<Media, OfferError> {
        let offered: Vec<u8> = self
            .line
            .split(' ')
            .skip(3)
            .take(MAX_PAYLOADS)
            .filter_map(|word| word.parse().ok())
            .filter(|pt| *pt < 128 && !(64..96).contains(pt))
            .collect();
        let payload = |encoding: &str| {
            offered.iter().copied().find(|pt| {
                self.values("rtpmap").any(|value| {
                    value.split_once(' ').is_some_and(|(number, name)| {
                        number.parse() == Ok(*pt) && name.eq_ignore_ascii_case(encoding)
                    })
                })
            })
        };
        let opus = payload("opus/48000/2").ok_or(OfferError::NoOpus)?;
        // RED is only of use around Opus; its fmtp names the payload types of its blocks (RFC 2198 §5).
        let red = payload("red/48000/2").filter(|red| {
            self.values("fmtp").any(|value| {
                value.split_once(' ').is_some_and(|(number, blocks)| {
                    number.parse() == Ok(*red) && blocks.split('/').all(|block| block.parse() == Ok(opus))
                })
            })
        });
        let mut extensions = [0; 4];
        for value in self.values("extmap") {
            let mut words = value.split(' ');
            let id = words.next().and_then(|id| id.split('/').next()).and_then(|id| id.parse::<u8>().ok());
            let uri = words.next();
            let known = Extension::ALL.into_iter().find(|extension| Some(extension.uri()) == uri);
            // Ids above 14 need the two-byte form, which the answer does not agree to.
            if let (Some(id @ 1..=14), Some(extension)) = (id, known)
                && !extensions.contains(&id)
            {
                extensions[extension as usize] = id;
            }
        }
        Ok(Media { mid: mid.into(), opus, red, events: payload("telephone-event/48000"), extensions })
    }
}

/// RFC 8839 §5.4: 4 to 256 characters for a fragment, 22 to 256 for a password, of a small alphabet.
fn is_ice_text(text: &str, least: usize) -> bool {
    (least..=256).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'='))
}

fn sha256_fingerprint(value: &str) -> Option<[u8; 32]> {
    let (hash, hex) = value.split_once(' ')?;
    if !hash.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    let mut fingerprint = [0; 32];
    let mut bytes = hex.split(':');
    for byte in &mut fingerprint {
        let pair = bytes.next().filter(|pair| pair.len() == 2)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    bytes.next().is_none().then_some(fingerprint)
}
