//! Opus, one channel at 48 kHz (RFC 6716): what is asked of the library and what of its answers is believed.

use super::sender::PacketTime;
use crate::audio::SAMPLE_RATE;
use opus::{Application, Bitrate, Channels};
use thiserror::Error;

/// The longest that one packet holds, 120 ms (RFC 6716 §2.1.4).
pub(super) const LONGEST: usize = 5_760;
/// The shortest frame of Opus, 2.5 ms: what is made up for a loss comes in multiples of it.
pub(super) const SHORTEST: usize = 120;
/// Largest packet that one frame makes (RFC 6716 §3.4).
pub(super) const LARGEST_FRAME: usize = 1_275;
/// A packet of one or two bytes says that the speaker is silent and need not be sent (RFC 7587 §3.1.3).
pub(super) const SILENT_BYTES: usize = 2;

/// Opus does not work.
#[derive(Debug, Error)]
pub enum CodecError {
    /// The library could not be set up: out of memory, or a setting that it does not take.
    #[error("Opus could not be set up; this is a fault of this program")]
    Setup(#[source] opus::Error),
}

/// Speech to packets.
pub(super) struct Encoder(opus::Encoder);

impl Encoder {
    pub(super) fn new(dtx: bool) -> Result<Self, CodecError> {
        let new = || {
            let mut encoder = opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip)?;
            encoder.set_inband_fec(true)?;
            encoder.set_dtx(dtx)?;
            Ok(Self(encoder))
        };
        new().map_err(CodecError::Setup)
    }

    /// The share of packets, 0 to 1, that the network is expected to lose: how much of the bits goes into in-band FEC.
    pub(super) fn expect_loss(&mut self, share: f32) {
        let percent = (share.clamp(0.0, 1.0) * 100.0).round() as i32;
        // Only refused outside of 0 to 100.
        let _ = self.0.set_packet_loss_perc(percent);
    }

    /// Bits per second of what is encoded from now on.
    pub(super) fn set_bitrate(&mut self, bits: u32) {
        let bits = i32::try_from(bits).unwrap_or(i32::MAX).clamp(6_000, 128_000);
        // Only refused below 500.
        let _ = self.0.set_bitrate(Bitrate::Bits(bits));
    }

    /// One packet of what was heard in `packet_time`; `None` if the library fails, which loses these milliseconds only.
    pub(super) fn encode(&mut self, heard: &[i16], into: &mut [u8]) -> Option<usize> {
        debug_assert!(PacketTime::ALL.iter().any(|time| time.samples() == heard.len()));
        self.0.encode(heard, into).ok()
    }
}

/// Packets to speech.
pub(super) struct Decoder(opus::Decoder);

impl Decoder {
    pub(super) fn new() -> Result<Self, CodecError> {
        opus::Decoder::new(SAMPLE_RATE, Channels::Mono).map(Self).map_err(CodecError::Setup)
    }

    /// Decodes `packet`, which takes `into` at most; `None` if it is none.
    pub(super) fn decode(&mut self, packet: &[u8], into: &mut [i16]) -> Option<usize> {
        if packet.is_empty() {
            return None;
        }
        self.0.decode(packet, into, false).ok()
    }

    /// Decodes what `packet` says about the `into.len()` samples before it, a multiple of 2.5 ms.
    pub(super) fn decode_before(&mut self, packet: &[u8], into: &mut [i16]) -> Option<usize> {
        self.0.decode(packet, into, true).ok()
    }

    /// Makes up `into.len()` samples, a multiple of 2.5 ms, from what was heard last.
    pub(super) fn make_up(&mut self, into: &mut [i16]) -> Option<usize> {
        self.0.decode(&[], into, false).ok()
    }

    /// Forgets what was heard: what comes now is another stream.
    pub(super) fn forget(&mut self) {
        // Cannot fail on a decoder that exists.
        let _ = self.0.reset_state();
    }
}

/// What can be told of a packet without decoding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PacketFacts {
    /// How many samples it holds.
    pub(super) samples: usize,
    /// How many samples its first frame holds: as many of those before it does it say again, if any.
    pub(super) frame: usize,
    /// Whether it says again, in fewer bits, what the packet before it said.
    pub(super) repeats: bool,
    /// Whether it says no more than that the speaker is silent.
    pub(super) silent: bool,
}

impl PacketFacts {
    /// Reads the head of `packet`; `None` if it is no Opus packet.
    pub(super) fn of(packet: &[u8]) -> Option<Self> {
        let samples = opus::packet::get_nb_samples(packet, SAMPLE_RATE).ok()?;
        if samples == 0 || samples > LONGEST {
            return None;
        }
        let frame = opus::packet::get_samples_per_frame(packet, SAMPLE_RATE).ok()?;
        let repeats = first_frame(packet).is_some_and(|frame| repeats(packet[0], frame));
        Some(Self { samples, frame, repeats, silent: packet.len() <= SILENT_BYTES })
    }
}

/// From the first frame of a packet on (RFC 6716 §3.2).
fn first_frame(packet: &[u8]) -> Option<&[u8]> {
    /// Bytes that a length takes which begins with `first`.
    fn length_bytes(first: u8) -> usize {
        if first < 252 { 1 } else { 2 }
    }
    let at = match packet.first()? & 3 {
        0 | 1 => 1,
        2 => 1 + length_bytes(*packet.get(1)?),
        _ => {
            let head = *packet.get(1)?;
            let mut at = 2;
            if head & 0x40 != 0 {
                // How long the padding is; 255 goes on.
                while *packet.get(at)? == 255 {
                    at += 1;
                }
                at += 1;
            }
            if head & 0x80 != 0 {
                for _ in 1..head & 0x3F {
                    at += length_bytes(*packet.get(at)?);
                }
            }
            at
        }
    };
    packet.get(at..)
}

/// Whether a frame begins with a coarser copy of the one before. The layer for speech, which the first sixteen
/// configurations have, starts with one flag of voice activity for each 20 ms and then one that tells it
/// (RFC 6716 §3.1, §4.2.3, §4.2.4; for one channel).
fn repeats(head: u8, frame: &[u8]) -> bool {
    let configuration = head >> 3;
    let activity_flags = match configuration {
        0..12 => match configuration & 3 {
            0 | 1 => 1,
            2 => 2,
            _ => 3,
        },
        12..16 => 1,
        _ => return false,
    };
    frame.first().is_some_and(|first| first << activity_flags & 0x80 != 0)
}
