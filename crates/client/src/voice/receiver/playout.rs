//! What is heard next: which packet, or what is made up for it. See the module above for the idea.

use super::super::ReceiveStatistics;
use super::super::codec::{CodecError, LONGEST, PacketFacts, SHORTEST};
use super::Origin;
use super::delay::Delay;
use super::pace::{self, Change, Moment, Pace};
use super::speech::{FADES_UNTIL, Speech};
use super::splice;
use super::store::{Put, Store};
use crate::audio::{FRAME_SAMPLES, Frame};

/// After so much made up, 240 ms, nothing of it is heard any more and speech goes on as if it began: at the delay it
/// should have.
const INTERRUPTED: i64 = FADES_UNTIL as i64;
/// What comes up to 120 ms late is never caught up with: that is shorter than a syllable, so what was made up stands for it.
/// Higher: words are lost that the settings wanted to hear; lower: each late packet makes everything later for a while.
const STANDS_FOR: i64 = 120 * 48;
/// So much before what is heard again is decoded unheard, 80 ms, because a decoder needs a run-up (RFC 7845 §4.6).
const RUN_UP: i64 = 80 * 48;
/// What is made up at once at most, 20 ms: Opus makes up whole frames best, and two halves become quieter than one whole.
const MADE_UP_MOST: usize = 960;

/// See the module.
pub(super) struct Playout {
    store: Store,
    speech: Speech,
    pace: Pace,
    /// The first sample that is not decoded yet; none before a stream is heard.
    position: Option<i64>,
    /// How much was made up while what begins at `position` was waited for.
    waited: i64,
    /// Samples to be played until the next splice in speech.
    rest: usize,
    /// How long the speaker's frames are, [`MADE_UP_MOST`] at most.
    frame: usize,
    /// How much of what was held back is caught up with.
    catch_up: i64,
}

impl Playout {
    pub(super) fn new(catch_up: i64) -> Result<Self, CodecError> {
        Ok(Self {
            store: Store::new(),
            speech: Speech::new()?,
            pace: Pace::default(),
            position: None,
            waited: 0,
            rest: 0,
            frame: FRAME_SAMPLES,
            catch_up,
        })
    }

    /// Another stream begins. What is heard of the old one fades into it.
    pub(super) fn begin(&mut self) {
        if self.position.take().is_some() {
            self.speech.break_off();
        }
        self.store.clear();
        self.speech.begin();
        self.waited = 0;
        self.pace.forget();
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
        self.take_back(counted);
        while self.speech.len() < FRAME_SAMPLES {
            self.extend(now, delay, counted);
        }
        self.speech.take(frame);
        self.rest = self.rest.saturating_sub(FRAME_SAMPLES);
        if self.position.is_some() {
            counted.samples_played += FRAME_SAMPLES as u64;
        }
    }

    /// Takes back what was made up and not heard yet of what has come meanwhile.
    fn take_back(&mut self, counted: &mut ReceiveStatistics) {
        let (Some(position), Some(first)) = (self.position, self.store.first()) else { return };
        let known_from = first.start - if first.facts.repeats { first.facts.frame as i64 } else { 0 };
        let most = (position + self.waited - known_from).clamp(0, self.waited);
        if most > 0 {
            self.waited -= self.speech.take_back(usize::try_from(most).unwrap_or(0), counted) as i64;
        }
    }

    /// Keeps what is played as far behind as it should be.
    fn steer(&mut self, now: i64, delay: &Delay, counted: &mut ReceiveStatistics) {
        let Some(position) = self.position else { return };
        let transit = self.pace.look(now - position + self.speech.len() as i64);
        let Some(behind) = delay.behind(transit) else { return };
        // While something is made up nothing is behind: it is not known what comes next.
        if self.speech.made_up() > 0 {
            return;
        }
        counted.delay = behind as f32 / 48.0;
        let moment = match self.rest {
            _ if self.speech.is_pause() => Moment::Pause,
            0 => Moment::Speech,
            _ => Moment::SplicedSpeech,
        };
        match pace::change(behind, delay.target(), moment) {
            Change::Shorten(terms, rest) => {
                self.decode_until(now, splice::NEEDED_TO_SHORTEN, counted);
                let Some(removed) = self.speech.shorten(terms) else { return };
                self.rest = rest;
                self.pace.shift(-(removed as i64));
                counted.samples_accelerated += removed as u64;
            }
            Change::DrawOut(terms, rest) => {
                self.decode_until(now, splice::NEEDED_TO_DRAW_OUT, counted);
                let Some(added) = self.speech.draw_out(terms) else { return };
                self.rest = rest;
                self.pace.shift(added as i64);
                counted.samples_stretched += added as u64;
            }
            Change::Skip(by) => self.skip(position + by, counted),
            Change::Steady => {}
        }
    }

    /// How far behind the next sample on the line is, if `position` follows the line.
    fn behind(&self, now: i64, delay: &Delay, position: i64) -> Option<i64> {
        delay.behind(now - position + self.speech.len() as i64)
    }

    /// Decodes ahead of need, as far as nothing is missing.
    fn decode_until(&mut self, now: i64, wanted: usize, counted: &mut ReceiveStatistics) {
        while self.speech.len() < wanted {
            let next = self.store.first().map(|first| first.start);
            if next.is_none() || next != self.position || !self.say_first(now, 0, counted) {
                return;
            }
        }
    }

    /// Leaves out what begins before `to`, as it is too far behind.
    fn skip(&mut self, to: i64, counted: &mut ReceiveStatistics) {
        let (Some(position), Some(to)) = (self.position, self.store.skip_to(to)) else { return };
        counted.samples_skipped += u64::try_from(to - position).unwrap_or(0);
        self.speech.break_off();
        self.go_to(to);
    }

    /// Brings at least one sample more to the line, or finds out where speech goes on.
    fn extend(&mut self, now: i64, delay: &Delay, counted: &mut ReceiveStatistics) {
        let next = self.store.first().map(|first| (first.start, first.facts));
        let is_due = next.is_some_and(|(start, _)| {
            self.behind(now, delay, start).is_none_or(|behind| behind >= delay.target())
        });
        let (position, start, facts) = match (self.position, next) {
            (None, Some((start, _))) if is_due => return self.go_to(start),
            (None, _) => return self.speech.fill(),
            (Some(_), None) => return self.wait(counted),
            (Some(position), Some((start, facts))) => (position, start, facts),
        };
        let is_late = start < position + SHORTEST as i64;
        if self.waited >= INTERRUPTED && !is_late || self.speech.is_silent() && self.waited > 0 {
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
        let missing = start - position;
        if missing < SHORTEST as i64 {
            self.position = Some(start);
            let known = self.known(now, start, delay);
            if !self.run_up(start, known, counted) {
                self.say_first(now, known, counted);
            }
        } else if missing < self.waited + SHORTEST as i64 {
            // What was made up stands for what is missing, and perhaps for more.
            self.position = Some(start);
            self.waited = (self.waited - missing).max(0);
        } else {
            // It is not late but lost, since what comes after it is there; what was made up for it counts.
            self.position = Some(position + self.waited);
            let missing = usize::try_from(missing - self.waited).unwrap_or(LONGEST) / SHORTEST * SHORTEST;
            self.waited = 0;
            self.bridge(missing, facts, counted);
        }
    }

    /// How much of what begins with `start` is not to be heard, as what was made up while it was waited for stands for it:
    /// so much that the conversation keeps its pace, but for what is to be caught up with.
    fn known(&self, now: i64, start: i64, delay: &Delay) -> i64 {
        let late = self.behind(now, delay, start).unwrap_or(0) - delay.target();
        let caught_up = if late > STANDS_FOR { self.catch_up } else { 0 };
        (late - caught_up).clamp(0, self.waited)
    }

    /// Leaves out the packets of the `known` samples from `start` on without decoding them, but for a run-up; whether there
    /// were any.
    fn run_up(&mut self, start: i64, known: i64, counted: &mut ReceiveStatistics) -> bool {
        if known <= RUN_UP {
            return false;
        }
        let Some(to) = self.store.skip_to(start + known - RUN_UP).filter(|to| *to > start) else {
            return false;
        };
        counted.samples_skipped += u64::try_from(to - start).unwrap_or(0);
        self.waited = (self.waited - (to - start)).max(0);
        self.position = Some(to);
        true
    }

    /// Decodes the earliest packet and says all but the first `known` samples; whether it could be decoded. It is gone in
    /// any case.
    fn say_first(&mut self, now: i64, known: i64, counted: &mut ReceiveStatistics) -> bool {
        let Some(packet) = self.store.take_first() else { return false };
        let known = usize::try_from(known).unwrap_or(0).min(packet.facts.samples);
        let waits = self.speech.len() as i64;
        self.frame = packet.facts.frame.min(MADE_UP_MOST);
        let samples = self.speech.say(&packet.bytes, packet.facts.silent, known);
        if let Some(samples) = samples {
            self.position = Some(packet.start + samples as i64);
            counted.samples_skipped += known as u64;
            if known < samples {
                if self.waited > 0 {
                    self.pace.forget();
                }
                self.waited = 0;
                counted.restored_from_copies += u64::from(packet.origin == Origin::Copy);
                let waited = now - packet.arrived + waits;
                counted.jitter_buffer_delay += waited.max(0) as f64 / 48_000.0 * (samples - known) as f64;
                counted.jitter_buffer_emitted += (samples - known) as u64;
            } else {
                self.waited -= samples as i64;
            }
        } else {
            counted.packets_discarded += 1;
        }
        self.store.recycle(packet);
        samples.is_some()
    }

    /// Brings the line on by a part at least of the `missing` samples before the earliest packet.
    fn bridge(&mut self, missing: usize, facts: PacketFacts, counted: &mut ReceiveStatistics) {
        let restored = if facts.repeats { facts.frame } else { 0 };
        let lacking = self.speech.lacking().max(self.frame);
        let Some(position) = self.position else { return };
        let mut heard = missing;
        if missing > restored {
            heard = (missing - restored).min(lacking);
            self.speech.make_up(heard, counted);
        } else if let Some(packet) = self.store.first()
            // Opus restores a frame whole; what was made up of it already is left out.
            && self.speech.restore(&packet.bytes, restored, restored - missing)
        {
            counted.restored_by_fec += 1;
        } else {
            heard = missing.min(lacking);
            self.speech.make_up(heard, counted);
        }
        self.position = Some(position + heard as i64);
    }

    /// Makes up what is lacking without going on: what is waited for may yet come.
    fn wait(&mut self, counted: &mut ReceiveStatistics) {
        let lacking = self.speech.lacking().max(self.frame);
        self.speech.make_up(lacking, counted);
        self.waited += lacking as i64;
    }

    fn go_to(&mut self, start: i64) {
        self.position = Some(start);
        self.waited = 0;
        self.pace.forget();
    }
}
