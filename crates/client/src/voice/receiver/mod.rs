//! One voice on its way in: packets as a network brings them become speech without gaps.
//!
//! | module | decides |
//! |---|---|
//! | `arrivals` | what sequence numbers and timestamps say: new, again, another stream |
//! | `delay` | how long speech waits |
//! | `store` | packets that wait |
//! | `playout` | what is heard next: which packet, or what is made up for it |
//! | `pace` | whether speech goes on as it was spoken, quicker or slower |
//! | `speech` | decoding, restoring and making up, joined without a step |
//! | `line` | decoded speech that waits |
//! | `splice` | shortening and drawing out without a step |
//! | `comfort` | what an outage sounds like |
//!
//! Speech is played so far behind the quickest packet of the last seconds as `delay` wants. It is compared by the clock,
//! not by how much is in the buffer, so that a pause, a drifting clock and a speaker that asks in bursts need no care of
//! their own. When the next packet is not there, the line waits: sound is made up and the position stays, because the
//! packet may only be late. When a later one comes instead, what was made up counts for what is missing. When it comes
//! itself after all, it teaches the decoder what was said, and speech goes on where it should be by now: what was made up
//! stands for the part whose moment is over, unless the wait has grown meanwhile, as then the gap was the beginning of it.

mod arrivals;
mod comfort;
mod delay;
mod line;
mod pace;
mod playout;
mod speech;
mod splice;
mod store;

use super::codec::{CodecError, PacketFacts};
use super::red::Blocks;
use super::{Form, Micros, ReceiveStatistics};
use crate::audio::Frame;
use arrivals::{Arrivals, Numbered};
use delay::{Bounds, Delay};
use playout::Playout;
use std::time::Duration;
use store::Put;

/// The step in which speech that came is remembered, 2.5 ms, and how much of it: 1.3 s.
const PIECE: i64 = 120;
const PIECES: usize = 512;

/// What a [`Receiver`] begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiveSettings {
    /// The shortest wait. Higher: more delay where the network is even.
    pub delay_min: Duration,
    /// The longest wait that is planned for. Higher: nothing is made up on a very uneven network, and people talk at the
    /// same time; beyond 400 ms one way ITU-T G.114 does not plan with speech at all.
    pub delay_max: Duration,
    /// How much of what a standstill of the network held back is heard after all, quicker than it was spoken, up to a
    /// second; less than 120 ms is none. Longer: words that came late are not lost, for who writes down or records what is
    /// said, and everything is heard late until they are caught up with, at up to half as quick again; none: a conversation
    /// keeps its pace.
    pub catch_up: Duration,
}

impl Default for ReceiveSettings {
    fn default() -> Self {
        Self {
            delay_min: Duration::from_millis(10),
            delay_max: Duration::from_millis(400),
            catch_up: Duration::ZERO,
        }
    }
}

/// A packet that came, without its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// Sequence number of RTP.
    pub sequence: u16,
    /// Timestamp of RTP, 48,000 in a second.
    pub timestamp: u32,
    /// What follows the head, without padding; nothing in a packet that only probes the path.
    pub payload: &'a [u8],
    /// Under which of the agreed payload types it came.
    pub form: Form,
    /// Stream.
    pub ssrc: u32,
}

/// One voice.
pub struct Receiver {
    arrivals: Arrivals,
    delay: Delay,
    playout: Playout,
    /// Beginnings of speech that can be heard, each in the slot of its time.
    pieces: Box<[i64; PIECES]>,
    /// Where the present stream began: nothing before it is missed.
    first: i64,
    counted: ReceiveStatistics,
}

impl Receiver {
    /// A voice of which nothing has come yet.
    ///
    /// # Errors
    /// [`CodecError`] if Opus cannot be set up.
    pub fn new(settings: ReceiveSettings) -> Result<Self, CodecError> {
        Ok(Self {
            arrivals: Arrivals::default(),
            delay: Delay::new(Bounds::new(settings.delay_min, settings.delay_max)),
            playout: Playout::new(delay::samples(settings.catch_up.min(Duration::from_secs(1))))?,
            pieces: Box::new([i64::MIN; PIECES]),
            first: i64::MIN,
            counted: ReceiveStatistics::default(),
        })
    }

    /// Takes a packet that came at `now`. Any packet: what makes no sense is counted and thrown away.
    pub fn insert(&mut self, now: Micros, packet: Arrived<'_>) {
        let now = now.samples();
        let Arrived { sequence, timestamp, payload, form, ssrc } = packet;
        let blocks = match form {
            _ if payload.is_empty() => None,
            Form::Red => Blocks::read(payload).ok(),
            Form::Opus => None,
        };
        let primary = match (form, &blocks) {
            (Form::Opus, _) => payload,
            (Form::Red, Some(blocks)) => blocks.primary(),
            (Form::Red, None) => &[],
        };
        let facts = PacketFacts::of(primary);
        let start = match self.arrivals.take(now, ssrc, sequence, timestamp) {
            Numbered::New(start) => start,
            Numbered::Again => {
                self.counted.packets_repeated += 1;
                return;
            }
            // Nothing says where a stream begins but a packet that can be heard.
            Numbered::OtherStream if facts.is_none() => {
                self.counted.packets_discarded += u64::from(!payload.is_empty());
                return;
            }
            Numbered::OtherStream => self.begin(now, ssrc, sequence, timestamp),
        };
        let Some(facts) = facts else {
            self.counted.packets_discarded += u64::from(!payload.is_empty());
            return;
        };
        self.delay.arrived(now, start);
        self.keep(now, start, facts, Origin::Packet, primary);
        for copy in blocks.iter().flat_map(Blocks::copies) {
            if let Some(facts) = PacketFacts::of(copy.packet) {
                self.keep(now, start - i64::from(copy.earlier), facts, Origin::Copy, copy.packet);
            }
        }
    }

    /// Gives the next 10 ms at `now`. Never waits, and after the first seconds never allocates.
    pub fn play(&mut self, now: Micros, frame: &mut Frame) {
        let now = now.samples();
        self.delay.look(now);
        self.playout.play(now, &self.delay, &mut self.counted, frame);
    }

    /// What was counted until now.
    #[must_use]
    pub fn statistics(&self) -> ReceiveStatistics {
        ReceiveStatistics {
            packets_received: self.arrivals.received(),
            packets_lost: self.arrivals.lost(),
            jitter: self.arrivals.jitter(),
            delay_target: self.delay.target() as f32 / 48.0,
            ..self.counted
        }
    }

    fn begin(&mut self, now: i64, ssrc: u32, sequence: u16, timestamp: u32) -> i64 {
        let start = self.arrivals.begin(now, ssrc, sequence, timestamp);
        self.delay.begin();
        self.playout.begin();
        self.pieces.fill(i64::MIN);
        self.first = start;
        start
    }

    /// Keeps speech that begins with `start`, and learns from when it, or what it repeats, could be heard.
    fn keep(&mut self, now: i64, start: i64, facts: PacketFacts, origin: Origin, bytes: &[u8]) {
        if start < self.first {
            return;
        }
        if self.is_news(start) {
            self.delay.learn(now, start, facts.samples);
        }
        for frame in (start..start + facts.samples as i64).step_by(facts.frame.max(1)).skip(1) {
            self.is_news(frame);
        }
        let before = start - facts.frame as i64;
        if facts.repeats && before >= self.first && self.is_news(before) {
            self.delay.learn(now, before, facts.frame);
        }
        if self.playout.is_over(start) {
            self.counted.packets_late += u64::from(origin == Origin::Packet);
            return;
        }
        match self.playout.put(start, now, facts, origin, bytes) {
            Put::In | Put::Known => {}
            Put::Refused => self.counted.packets_discarded += 1,
        }
    }

    /// Whether nothing that begins with `start` could be heard before; the next time it is none.
    fn is_news(&mut self, start: i64) -> bool {
        let slot = &mut self.pieces[(start / PIECE) as usize % PIECES];
        std::mem::replace(slot, start) != start
    }
}

/// How speech came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// In a packet of its own.
    Packet,
    /// As a copy in a later one.
    Copy,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("statistics", &self.statistics()).finish_non_exhaustive()
    }
}
