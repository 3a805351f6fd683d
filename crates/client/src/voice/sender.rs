//! One microphone on its way out: frames are gathered into packets, encoded, and sent with a copy of the packet before.
//!
//! A muted microphone goes on sending, silence: the relay and the far end tell a dead network from a silent person by
//! what comes, as web pages do with a track that is disabled.

use super::Form;
use super::codec::{CodecError, Encoder, LARGEST_FRAME, SILENT_BYTES};
use super::red::{self, Block};
use crate::audio::{FRAME_SAMPLES, Frame};

/// How much speech a packet holds. Longer ones cost fewer heads of IP, UDP and RTP and less of the relay's time, but
/// delay speech by their length and lose more of it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum PacketTime {
    /// 20 ms, 50 packets a second: what browsers send.
    #[default]
    Ms20,
    /// 40 ms, 25 packets a second.
    Ms40,
    /// 60 ms, 16 to 17 packets a second.
    Ms60,
}

impl PacketTime {
    /// All, shortest first.
    pub const ALL: [Self; 3] = [Self::Ms20, Self::Ms40, Self::Ms60];

    /// Its length in milliseconds.
    #[must_use]
    pub const fn millis(self) -> u32 {
        match self {
            Self::Ms20 => 20,
            Self::Ms40 => 40,
            Self::Ms60 => 60,
        }
    }

    /// Its length in samples.
    #[must_use]
    pub const fn samples(self) -> usize {
        self.millis() as usize * 48
    }
}

/// Samples of the longest packet.
const LONGEST: usize = PacketTime::Ms60.samples();
/// Largest Opus packet: 60 ms of music-like sound are three frames of 20 ms.
const LARGEST_PACKET: usize = 3 * LARGEST_FRAME + 7;

/// Whether each packet brings a copy of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Redundancy {
    /// Plain Opus.
    #[default]
    None,
    /// RED with one copy: single losses are made good at the price of twice the bits.
    OneCopy,
}

/// Whether packets are left out while nobody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dtx {
    /// Every packet is sent.
    #[default]
    Off,
    /// In silence two packets in 400 ms are sent.
    On,
}

/// What a [`Sender`] begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct SendSettings {
    /// Bits per second of the speech itself, without copies and heads.
    pub bitrate: u32,
    /// How much speech a packet holds.
    pub packet_time: PacketTime,
    /// Whether copies are sent.
    pub redundancy: Redundancy,
    /// Whether silence is sent.
    pub dtx: Dtx,
    /// The share of packets, 0 to 1, that the network is expected to lose.
    pub expected_loss: f32,
    /// The payload type that was agreed on for Opus: redundant audio names it for each block.
    pub opus_payload_type: u8,
}

impl Default for SendSettings {
    /// Full-band speech as browsers send it: 32 kbit/s in packets of 20 ms, RFC 7587 §3.1.1 recommends 28 to 40 kbit/s.
    fn default() -> Self {
        Self {
            bitrate: 32_000,
            packet_time: PacketTime::Ms20,
            redundancy: Redundancy::None,
            dtx: Dtx::Off,
            expected_loss: 0.0,
            opus_payload_type: 111,
        }
    }
}

/// A packet to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded<'a> {
    /// What follows the head of RTP.
    pub payload: &'a [u8],
    /// When the first of its samples was heard, counted in samples from the sender's beginning. RTP adds an offset.
    pub timestamp: u32,
    /// How many samples it holds.
    pub samples: u32,
    /// Whether it is the first after a silence in which nothing was sent (RFC 3551 §4.1).
    pub marker: bool,
    /// Under which of the agreed payload types it is sent.
    pub form: Form,
}

/// One microphone.
pub struct Sender {
    encoder: Encoder,
    packet_time: PacketTime,
    redundancy: Redundancy,
    opus_payload_type: u8,
    muted: bool,
    /// How loud the microphone was at the end of the last frame: a step to or from silence would be a click.
    gain: f32,
    heard: Box<[i16; LONGEST]>,
    /// Samples of `heard` that are filled.
    filled: usize,
    /// How many samples the packet that is being filled will hold.
    wanted: usize,
    /// When the packet that is being filled began.
    timestamp: u32,
    before: Before,
    packet: Box<[u8; LARGEST_PACKET]>,
    payload: Box<[u8]>,
}

/// The packet that was sent before.
struct Before {
    bytes: Vec<u8>,
    timestamp: u32,
    is_sent: bool,
    is_silent: bool,
}

impl Sender {
    /// A microphone that has heard nothing yet.
    ///
    /// # Errors
    /// [`CodecError`] if Opus cannot be set up.
    pub fn new(settings: SendSettings) -> Result<Self, CodecError> {
        let mut encoder = Encoder::new(settings.dtx == Dtx::On)?;
        encoder.set_bitrate(settings.bitrate);
        encoder.expect_loss(settings.expected_loss);
        Ok(Self {
            encoder,
            packet_time: settings.packet_time,
            redundancy: settings.redundancy,
            opus_payload_type: settings.opus_payload_type,
            muted: false,
            gain: 1.0,
            heard: Box::new([0; LONGEST]),
            filled: 0,
            wanted: settings.packet_time.samples(),
            timestamp: 0,
            before: Before {
                bytes: Vec::with_capacity(LARGEST_PACKET),
                timestamp: 0,
                is_sent: false,
                is_silent: false,
            },
            packet: Box::new([0; LARGEST_PACKET]),
            payload: vec![0; red::PAYLOAD_MAX + LARGEST_PACKET].into_boxed_slice(),
        })
    }

    /// Takes the next 10 ms. Some when a packet is full and worth sending.
    pub fn push(&mut self, frame: &Frame) -> Option<Encoded<'_>> {
        let into = &mut self.heard[self.filled..self.filled + FRAME_SAMPLES];
        let aim = if self.muted { 0.0 } else { 1.0 };
        fade(frame, into, self.gain, aim);
        self.gain = aim;
        self.filled += FRAME_SAMPLES;
        if self.filled < self.wanted {
            return None;
        }
        let (samples, timestamp) = (self.filled, self.timestamp);
        self.filled = 0;
        self.wanted = self.packet_time.samples();
        self.timestamp = timestamp.wrapping_add(samples as u32);
        let len = self.encoder.encode(&self.heard[..samples], &mut self.packet[..])?;
        self.pack(len, timestamp, samples as u32)
    }

    /// Whether silence is sent instead of what is heard, from the next frame on.
    pub fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// The share of packets, 0 to 1, that the network is expected to lose: what in-band FEC is for.
    pub fn set_loss(&mut self, share: f32) {
        self.encoder.expect_loss(share);
    }

    /// Bits per second of the speech itself.
    pub fn set_bitrate(&mut self, bits: u32) {
        self.encoder.set_bitrate(bits);
    }

    /// How much speech a packet holds, from the next packet on.
    pub fn set_packet_time(&mut self, time: PacketTime) {
        self.packet_time = time;
        if self.filled == 0 {
            self.wanted = time.samples();
        }
    }

    /// Whether copies are sent, from the next packet on.
    pub fn set_redundancy(&mut self, redundancy: Redundancy) {
        self.redundancy = redundancy;
    }

    fn pack(&mut self, len: usize, timestamp: u32, samples: u32) -> Option<Encoded<'_>> {
        let packet = &self.packet[..len];
        let marker = !self.before.is_sent;
        // The first silent one is sent, so that the far end knows that nothing is missing.
        let is_silent = len <= SILENT_BYTES;
        if is_silent && self.before.is_silent {
            self.before.is_sent = false;
            return None;
        }
        self.before.is_silent = is_silent;
        let earlier = timestamp.wrapping_sub(self.before.timestamp);
        let (payload_len, form) = match self.redundancy {
            Redundancy::None => {
                self.payload[..len].copy_from_slice(packet);
                (len, Form::Opus)
            }
            Redundancy::OneCopy => {
                let copy = (!marker).then_some(Block { earlier, packet: &self.before.bytes });
                (red::write(self.opus_payload_type, copy, packet, &mut self.payload), Form::Red)
            }
        };
        self.before.bytes.clear();
        self.before.bytes.extend_from_slice(packet);
        self.before.timestamp = timestamp;
        self.before.is_sent = true;
        Some(Encoded { payload: &self.payload[..payload_len], timestamp, samples, marker, form })
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("packet_time", &self.packet_time).finish_non_exhaustive()
    }
}

/// Copies `frame` with a loudness that goes from `from` to `to` in its course.
fn fade(frame: &Frame, into: &mut [i16], from: f32, to: f32) {
    if (from, to) == (1.0, 1.0) {
        return into.copy_from_slice(frame);
    }
    let step = (to - from) / FRAME_SAMPLES as f32;
    for (at, (sample, out)) in frame.iter().zip(into).enumerate() {
        *out = (f32::from(*sample) * (from + step * at as f32)) as i16;
    }
}
