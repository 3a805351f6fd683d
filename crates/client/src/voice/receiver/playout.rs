//! What is heard next. See the module above for the idea.

use super::super::ReceiveStatistics;
use super::super::codec::{CodecError, Decoder, LONGEST, PacketFacts, SHORTEST};
use super::Origin;
use super::comfort::Comfort;
use super::delay::Delay;
use super::line::Line;
use super::splice::{self, FADE, Terms, faded};
use super::store::{Put, Store, Stored};
use crate::audio::{FRAME_SAMPLES, Frame};

/// What is made up becomes quieter from this on, 80 ms, and is gone after the second, 240 ms: a vowel that goes on for
/// longer than people say one sounds like a machine.
const FADES_FROM: usize = 80 * 48;
const FADES_UNTIL: usize = 240 * 48;
/// After so much made up, 120 ms, speech goes on as if it began: at the delay it should have.
const INTERRUPTED: i64 = 120 * 48;
/// How much too far behind speech may be before it is shortened, 12 ms, and how much too close before it is drawn out,
/// 5 ms. Their sum must exceed the longest splice, or one would undo the other.
const TOO_FAR: i64 = 12 * 48;
const TOO_CLOSE: i64 = 5 * 48;
/// Of the wait itself, a quarter more is left as it is: on a road that changes all the time every splice would be undone.
const TOLERANCE: i64 = 4;
const _: () = assert!(TOO_FAR + TOO_CLOSE > splice::LONGEST as i64);
/// From so far behind on, 60 and 200 ms, splices are made more often and where sides are less alike.
const FAR: i64 = 60 * 48;
const VERY_FAR: i64 = 200 * 48;
/// What lies farther behind, 1.2 seconds, is not played at all. Higher: after an outage a conversation takes longer to come
/// back to its pace, at a quarter faster than it was spoken; lower: more words are lost that did arrive.
const HOPELESS: i64 = 57_600;
/// The delay counts as what it was at least in so many frames, a third of a second: a sound card that asks for 40 ms at
/// once is as far behind as the last of its frames.
const LOOKS: usize = 32;

/// See the module.
pub(super) struct Playout {
    decoder: Decoder,
    store: Store,
    line: Line,
    comfort: Comfort,
    /// The first sample that is not decoded yet; none before a stream is heard.
    position: Option<i64>,
    /// How much was made up while the packet at `position` was waited for.
    waited: i64,
    /// How much was made up since speech was decoded last.
    made_up: usize,
    /// Whether the speaker said last that silence follows.
    is_silent: bool,
    /// What is to fade into what is decoded next, if that does not follow what was decoded before.
    seam: Option<Box<[i16; FADE]>>,
    spare_seam: Option<Box<[i16; FADE]>>,
    behind: Behind,
    /// Samples to be played until the next splice.
    rest: usize,
    decoded: Box<[i16; LONGEST]>,
}

impl Playout {
    pub(super) fn new() -> Result<Self, CodecError> {
        Ok(Self {
            decoder: Decoder::new()?,
            store: Store::new(),
            line: Line::new(),
            comfort: Comfort::default(),
            position: None,
            waited: 0,
            made_up: 0,
            is_silent: false,
            seam: None,
            spare_seam: Some(Box::new([0; FADE])),
            behind: Behind::default(),
            rest: 0,
            decoded: Box::new([0; LONGEST]),
        })
    }

    /// Another stream begins. What is heard of the old one fades into it.
    pub(super) fn begin(&mut self) {
        if self.position.take().is_some() {
            self.leave_seam();
        }
        self.store.clear();
        self.decoder.forget();
        self.waited = 0;
        self.is_silent = false;
        self.behind.forget();
    }

    /// Whether the moment of what begins with `start` is over.
    pub(super) fn is_over(&self, start: i64) -> bool {
        self.position.is_some_and(|position| start + SHORTEST as i64 <= position)
    }

    /// Keeps a packet until its moment.
    pub(super) fn put(
        &mut self,
        start: i64,
        now: i64,
        facts: PacketFacts,
        origin: Origin,
        bytes: &[u8],
    ) -> Put {
        if self.store.is_full()
            && let Some(first) = self.store.take_first()
        {
            self.store.recycle(first);
        }
        self.store.put(start, now, facts, origin, bytes)
    }

    /// Gives the next 10 ms.
    pub(super) fn play(
        &mut self,
        now: i64,
        delay: &Delay,
        counted: &mut ReceiveStatistics,
        frame: &mut Frame,
    ) {
        self.steer(now, delay, counted);
        while self.line.len() < FRAME_SAMPLES {
            self.extend(now, delay, counted);
        }
        self.line.take(frame);
        self.rest = self.rest.saturating_sub(FRAME_SAMPLES);
        if self.position.is_some() {
            counted.samples_played += FRAME_SAMPLES as u64;
        }
    }

    /// Keeps what is played as far behind as it should be.
    fn steer(&mut self, now: i64, delay: &Delay, counted: &mut ReceiveStatistics) {
        let Some(position) = self.position else { return };
        let Some(behind) = delay.behind(now, position - self.line.len() as i64) else { return };
        let behind = self.behind.least(behind);
        let excess = behind - delay.target();
        if excess > HOPELESS {
            return self.skip(now, delay, counted);
        }
        // While something is made up nothing is behind: it is not known what comes next.
        if self.made_up > 0 {
            return;
        }
        counted.delay = behind as f32 / 48.0;
        if self.rest > 0 {
            return;
        }
        let quiet = self.comfort.quiet();
        let terms = |alike| Terms { alike, quiet };
        if excess > TOO_FAR + delay.target() / TOLERANCE {
            self.decode_until(now, splice::NEEDED_TO_SHORTEN, counted);
            let (alike, rest) = match excess {
                ..FAR => (0.8, 2_880),
                FAR..VERY_FAR => (0.6, 1_440),
                _ => (0.4, 960),
            };
            if let Some(removed) = splice::shorten(&mut self.line, terms(alike)) {
                self.rest = rest;
                self.behind.shift(-(removed as i64));
                counted.samples_accelerated += removed as u64;
            }
        } else if excess < -TOO_CLOSE {
            self.decode_until(now, splice::NEEDED_TO_DRAW_OUT, counted);
            let (alike, rest) = if excess < -FAR { (0.6, 1_440) } else { (0.8, 2_880) };
            if let Some(added) = splice::draw_out(&mut self.line, terms(alike)) {
                self.rest = rest;
                self.behind.shift(added as i64);
                counted.samples_stretched += added as u64;
            }
        }
    }

    /// Decodes ahead of need, as far as nothing is missing.
    fn decode_until(&mut self, now: i64, wanted: usize, counted: &mut ReceiveStatistics) {
        while self.line.len() < wanted {
            let next = self.store.first().map(|first| first.start);
            if next.is_none() || next != self.position || !self.decode_first(now, counted) {
                return;
            }
        }
    }

    /// Leaves out what is too far behind.
    fn skip(&mut self, now: i64, delay: &Delay, counted: &mut ReceiveStatistics) {
        let Some(position) = self.position else { return };
        let behind = delay.behind(now, position).unwrap_or(0);
        let Some(to) = self.store.skip_to(position + behind - delay.target()) else { return };
        counted.samples_skipped += u64::try_from(to - position).unwrap_or(0);
        self.leave_seam();
        self.go_to(to);
    }

    /// Brings at least one sample more to the line, or finds out where speech goes on.
    fn extend(&mut self, now: i64, delay: &Delay, counted: &mut ReceiveStatistics) {
        let next = self.store.first().map(|first| (first.start, first.facts));
        let is_due = next.is_some_and(|(start, _)| {
            let played = start - self.line.len() as i64;
            delay.behind(now, played).is_none_or(|behind| behind >= delay.target())
        });
        let (position, start, facts) = match (self.position, next) {
            (None, Some((start, _))) if is_due => return self.go_to(start),
            (None, _) => return self.fill(),
            (Some(_), None) => return self.wait(counted),
            (Some(position), Some((start, facts))) => (position, start, facts),
        };
        if self.waited >= INTERRUPTED || self.is_silent && self.waited > 0 {
            return if is_due { self.go_to(start) } else { self.wait(counted) };
        }
        if start + SHORTEST as i64 <= position {
            // It overlaps what was heard: the speaker's packets do not join.
            if let Some(packet) = self.store.take_first() {
                self.store.recycle(packet);
                counted.packets_discarded += 1;
            }
            return;
        }
        let missing = start - position - self.waited;
        if missing < SHORTEST as i64 {
            if start != position {
                self.go_to(start);
            }
            self.decode_first(now, counted);
            return;
        }
        // It is not late but lost, since what comes after it is there; what was made up for it counts.
        self.position = Some(position + self.waited);
        self.waited = 0;
        let missing = usize::try_from(missing).unwrap_or(LONGEST) / SHORTEST * SHORTEST;
        let restored = if facts.repeats { facts.frame } else { 0 };
        match missing {
            _ if missing == restored => self.restore(missing, counted),
            // Opus restores a frame whole or not at all.
            _ if missing < restored => self.make_up(missing.min(self.lacking()), counted),
            _ => self.make_up((missing - restored).min(self.lacking()), counted),
        }
    }

    /// Decodes the earliest packet; whether it could be decoded. It is gone in any case.
    fn decode_first(&mut self, now: i64, counted: &mut ReceiveStatistics) -> bool {
        let Some(packet) = self.store.take_first() else { return false };
        let samples = self.decoder.decode(&packet.bytes, &mut self.decoded[..]);
        if let Some(samples) = samples {
            self.comfort.hear(&self.decoded[..samples]);
            self.heard(samples);
            self.position = Some(packet.start + samples as i64);
            self.is_silent = packet.facts.silent;
            counted.restored_from_copies += u64::from(packet.origin == Origin::Copy);
            let waited = now - packet.arrived + (self.line.len() - samples) as i64;
            counted.jitter_buffer_delay += waited.max(0) as f64 / 48_000.0 * samples as f64;
            counted.jitter_buffer_emitted += samples as u64;
        } else {
            counted.packets_discarded += 1;
        }
        self.store.recycle(packet);
        samples.is_some()
    }

    /// Decodes the `missing` samples before the earliest packet from what it repeats of them.
    fn restore(&mut self, missing: usize, counted: &mut ReceiveStatistics) {
        let Some(Stored { bytes, .. }) = self.store.first() else { return };
        match self.decoder.decode_before(bytes, &mut self.decoded[..missing]) {
            Some(samples) if samples > 0 => {
                self.heard(samples);
                self.position = self.position.map(|position| position + samples as i64);
                counted.restored_by_fec += 1;
            }
            _ => self.make_up(missing.min(self.lacking()), counted),
        }
    }

    /// Puts speech that was decoded on the line, after what was made up.
    fn heard(&mut self, samples: usize) {
        let from = loudness_after(self.made_up);
        if from < 1.0 && !self.is_silent {
            let fade = samples.min(FADE);
            let gain = |at: usize| from + (1.0 - from) * at as f32 / FADE as f32;
            self.comfort.blend(&mut self.decoded[..fade], gain);
        }
        if self.waited > 0 {
            self.behind.forget();
        }
        self.waited = 0;
        self.made_up = 0;
        self.push(samples);
    }

    /// Makes up what is lacking without going on: what is waited for may yet come.
    fn wait(&mut self, counted: &mut ReceiveStatistics) {
        let lacking = self.lacking();
        let position = self.position;
        self.make_up(lacking, counted);
        self.position = position;
        self.waited += lacking as i64;
    }

    /// Makes up `samples` and goes on by as many.
    fn make_up(&mut self, samples: usize, counted: &mut ReceiveStatistics) {
        let into = &mut self.decoded[..samples];
        if self.decoder.make_up(into) != Some(samples) {
            into.fill(0);
        }
        // A silence that the speaker's encoder described goes on for as long as it takes.
        if !self.is_silent {
            let before = self.made_up;
            self.comfort.blend(into, |at| loudness_after(before + at));
        }
        let is_silent = self.is_silent || self.made_up >= FADES_UNTIL;
        counted.concealment_events += u64::from(self.made_up == 0);
        counted.samples_concealed += samples as u64;
        counted.samples_concealed_silent += if is_silent { samples as u64 } else { 0 };
        self.made_up += samples;
        self.position = self.position.map(|position| position + samples as i64);
        self.push(samples);
    }

    /// What is heard before a stream can be.
    fn fill(&mut self) {
        let lacking = self.lacking();
        self.decoded[..lacking].fill(0);
        self.comfort.blend(&mut self.decoded[..lacking], |_| 0.0);
        self.push(lacking);
    }

    /// Puts what was decoded on the line. If it does not follow what was played, that fades into it.
    fn push(&mut self, samples: usize) {
        let speech = &mut self.decoded[..samples];
        if let Some(seam) = self.seam.take() {
            for (at, (sample, before)) in speech.iter_mut().zip(seam.iter()).enumerate() {
                *sample = faded(*before, *sample, at);
            }
            self.spare_seam = Some(seam);
        }
        self.line.push(speech);
    }

    /// Takes what would be heard next off the line, to fade into what is heard instead.
    fn leave_seam(&mut self) {
        let Some(mut seam) = self.seam.take().or_else(|| self.spare_seam.take()) else { return };
        if let Some(next) = self.line.future().first_chunk() {
            *seam = *next;
        } else if self.decoder.make_up(&mut seam[..]) != Some(FADE) {
            seam.fill(0);
        }
        self.line.clear();
        self.seam = Some(seam);
    }

    fn go_to(&mut self, start: i64) {
        self.position = Some(start);
        self.waited = 0;
        self.behind.forget();
    }

    /// How much the next frame lacks, as Opus counts.
    fn lacking(&self) -> usize {
        FRAME_SAMPLES.saturating_sub(self.line.len()).next_multiple_of(SHORTEST)
    }
}

/// How loud what is made up is once so much of it was.
fn loudness_after(made_up: usize) -> f32 {
    let faded = made_up.saturating_sub(FADES_FROM) as f32 / (FADES_UNTIL - FADES_FROM) as f32;
    (1.0 - faded).max(0.0)
}

/// How far behind the last frames were.
#[derive(Debug, Default)]
struct Behind {
    looks: [i64; LOOKS],
    count: usize,
    next: usize,
}

impl Behind {
    /// Takes another look and returns the least.
    fn least(&mut self, behind: i64) -> i64 {
        self.looks[self.next] = behind;
        self.next = (self.next + 1) % LOOKS;
        self.count = (self.count + 1).min(LOOKS);
        self.looks[..self.count].iter().copied().min().unwrap_or(behind)
    }

    /// What was too far or too close was put right by so much.
    fn shift(&mut self, by: i64) {
        for look in &mut self.looks {
            *look += by;
        }
    }

    /// What was is no measure any more.
    fn forget(&mut self) {
        (self.count, self.next) = (0, 0);
    }
}
