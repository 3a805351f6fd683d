//! Session descriptions (RFC 8866, RFC 8829): the browser's offer in, the relay's answer out.
//!
//! Decides what the two sides speak. Reads defensively: every size is bounded and what is not understood is
//! skipped. Credentials and addresses are given by the caller.

mod answer;
mod offer;

pub use answer::{Answer, write as write_answer};
pub use offer::{AudioOffer, MAX_OFFER_LEN, Offer, OfferError, parse as parse_offer};

/// RTP header extensions that the relay lets pass, by the meaning that both legs must share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// Client-to-mixer audio level, RFC 6464.
    AudioLevel,
    /// Media identification, RFC 8843 §15.
    Mid,
    /// Transport-wide sequence number, draft-holmer-rmcat-transport-wide-cc-extensions.
    TransportCc,
    /// Absolute send time, draft-alvestrand-rmcat-remb §2.
    AbsSendTime,
}

impl Extension {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::AudioLevel, Self::Mid, Self::TransportCc, Self::AbsSendTime];

    /// The name in an `extmap` line.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::AudioLevel => "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            Self::Mid => "urn:ietf:params:rtp-hdrext:sdes:mid",
            Self::TransportCc => "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            Self::AbsSendTime => "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        }
    }
}

/// Which ways audio may flow, seen from the one who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    SendRecv,
    /// Only away from the speaker.
    SendOnly,
    /// Only towards the speaker.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// The same flow, seen from the other side.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            both => both,
        }
    }

    /// The attribute's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// What a leg and the relay agreed on: numbers that differ from browser to browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Name of the audio section.
    pub mid: Box<str>,
    /// Payload type of Opus.
    pub opus: u8,
    /// Payload type of RED over Opus, where offered.
    pub red: Option<u8>,
    /// Payload type of telephone events at 48 kHz, where offered.
    pub events: Option<u8>,
    /// Ids in the order of [`Extension::ALL`]; 0 if not offered.
    pub extensions: [u8; 4],
}

impl Media {
    /// The id that this leg gave to `extension`.
    #[must_use]
    pub fn extension_id(&self, extension: Extension) -> Option<u8> {
        Some(self.extensions[extension as usize]).filter(|id| *id != 0)
    }
}

#[cfg(test)]
mod tests;
