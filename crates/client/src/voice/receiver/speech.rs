//! Speech on its way to the speaker: packets decoded, restored or made up, and joined so that no step is heard.

use super::super::ReceiveStatistics;
use super::super::codec::{CodecError, Decoder, LONGEST, SHORTEST};
use super::comfort::Comfort;
use super::line::Line;
use super::splice::{self, FADE, Terms, faded};
use crate::audio::{FRAME_SAMPLES, Frame};

/// What is made up becomes quieter from this on, 80 ms, and is gone after the second, 240 ms: a vowel that goes on for
/// longer than people say one sounds like a machine.
const FADES_FROM: usize = 80 * 48;
pub(super) const FADES_UNTIL: usize = 240 * 48;

/// After so long a quiet, 200 ms, nobody speaks. Higher: fewer pauses are found; lower: the closure of a "p" is taken for
/// one.
const PAUSE: usize = 200 * 48;

/// See the module. Lengths are in samples.
pub(super) struct Speech {
    decoder: Decoder,
    line: Line,
    comfort: Comfort,
    /// How much was made up since speech was decoded last.
    made_up: usize,
    /// What was made up last.
    newest: MadeUp,
    /// Whether the speaker said last that silence follows.
    is_silent: bool,
    /// For how long it was quiet, up to what was played last.
    quiet_for: usize,
    /// What is to fade into what comes to the line next, if that does not follow what came before.
    seam: Option<Box<[i16; FADE]>>,
    spare_seam: Option<Box<[i16; FADE]>>,
    decoded: Box<[i16; LONGEST]>,
}

/// One piece that was made up.
#[derive(Debug, Clone, Copy, Default)]
struct MadeUp {
    samples: usize,
    is_silent: bool,
}

impl Speech {
    pub(super) fn new() -> Result<Self, CodecError> {
        Ok(Self {
            decoder: Decoder::new()?,
            line: Line::new(),
            comfort: Comfort::default(),
            made_up: 0,
            newest: MadeUp::default(),
            is_silent: false,
            quiet_for: 0,
            seam: None,
            spare_seam: Some(Box::new([0; FADE])),
            decoded: Box::new([0; LONGEST]),
        })
    }

    /// Another stream begins: nothing of the old one is of use to it.
    pub(super) fn begin(&mut self) {
        self.decoder.forget();
        self.is_silent = false;
    }

    /// What waits on the line.
    pub(super) fn len(&self) -> usize {
        self.line.len()
    }

    /// How much was made up since speech was decoded last.
    pub(super) fn made_up(&self) -> usize {
        self.made_up
    }

    /// Whether the speaker said last that silence follows.
    pub(super) fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// How much the next frame lacks, as Opus counts.
    pub(super) fn lacking(&self) -> usize {
        FRAME_SAMPLES.saturating_sub(self.line.len()).next_multiple_of(SHORTEST)
    }

    /// Decodes `packet` and says all but its first `known` samples, for which something else was heard already. Returns
    /// how much it holds, nothing if it cannot be decoded.
    pub(super) fn say(&mut self, packet: &[u8], is_silent: bool, known: usize) -> Option<usize> {
        if known > 0 {
            self.go_over();
        }
        let samples = self.decoder.decode(packet, &mut self.decoded[..])?;
        self.comfort.hear(&self.decoded[..samples]);
        self.is_silent = is_silent;
        self.heard(known, samples);
        Some(samples)
    }

    /// Says what `packet` repeats of the `samples` before it, but for the first `known`; whether it repeats any.
    pub(super) fn restore(&mut self, packet: &[u8], samples: usize, known: usize) -> bool {
        if known > 0 {
            self.go_over();
        }
        if self.decoder.decode_before(packet, &mut self.decoded[..samples]) != Some(samples) {
            return false;
        }
        self.heard(known, samples);
        true
    }

    /// Makes up `samples`, a multiple of 2.5 ms.
    pub(super) fn make_up(&mut self, samples: usize, counted: &mut ReceiveStatistics) {
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
        self.newest = MadeUp { samples, is_silent };
        self.push(0, samples);
    }

    /// What is heard before a stream can be.
    pub(super) fn fill(&mut self) {
        let lacking = self.lacking();
        self.decoded[..lacking].fill(0);
        self.comfort.blend(&mut self.decoded[..lacking], |_| 0.0);
        self.push(0, lacking);
    }

    /// Takes what waits off the line, to fade into what is said next instead.
    pub(super) fn break_off(&mut self) {
        if let (None, Some(next)) = (&self.seam, self.line.future().first_chunk::<FADE>())
            && let Some(mut seam) = self.spare_seam.take()
        {
            *seam = *next;
            self.seam = Some(seam);
        } else {
            self.go_over();
        }
        self.newest = MadeUp::default();
        self.line.clear();
    }

    /// Shortens what waits; by how much.
    pub(super) fn shorten(&mut self, terms: Terms) -> Option<usize> {
        splice::shorten(&mut self.line, self.comfort.quiet(), terms)
    }

    /// Draws out what waits; by how much.
    pub(super) fn draw_out(&mut self, terms: Terms) -> Option<usize> {
        splice::draw_out(&mut self.line, self.comfort.quiet(), terms)
    }

    /// Takes the next 10 ms. Silence for what is not there.
    pub(super) fn take(&mut self, frame: &mut Frame) {
        self.line.take(frame);
        self.quiet_for =
            if splice::loudness(frame) <= self.comfort.quiet() { self.quiet_for + FRAME_SAMPLES } else { 0 };
    }

    /// Whether nobody speaks.
    pub(super) fn is_pause(&self) -> bool {
        self.quiet_for >= PAUSE
    }

    /// Takes up to `most` samples that were made up last and not heard yet off the line again, to fade into what is said
    /// instead; how many.
    pub(super) fn take_back(&mut self, most: usize, counted: &mut ReceiveStatistics) -> usize {
        let count = most.min(self.newest.samples).min(self.line.len());
        let at = self.line.len() - count;
        if let (None, Some(next)) = (&self.seam, self.line.future()[at..].first_chunk::<FADE>())
            && let Some(mut seam) = self.spare_seam.take()
        {
            *seam = *next;
            self.seam = Some(seam);
        }
        self.line.remove(at, count);
        self.made_up = self.made_up.saturating_sub(count);
        self.newest.samples -= count;
        counted.samples_concealed -= count as u64;
        counted.samples_concealed_silent -= if self.newest.is_silent { count as u64 } else { 0 };
        count
    }

    /// What would be made up next is to fade into what is said next instead.
    fn go_over(&mut self) {
        if self.seam.is_some() {
            return;
        }
        let Some(mut seam) = self.spare_seam.take() else { return };
        if self.decoder.make_up(&mut seam[..]) != Some(FADE) {
            seam.fill(0);
        }
        if !self.is_silent {
            let before = self.made_up;
            self.comfort.blend(&mut seam[..], |at| loudness_after(before + at));
        }
        self.seam = Some(seam);
    }

    /// Puts speech that was decoded on the line, after what was made up.
    fn heard(&mut self, known: usize, samples: usize) {
        if known >= samples {
            return;
        }
        let from = loudness_after(self.made_up);
        if from < 1.0 && !self.is_silent && self.seam.is_none() {
            let until = samples.min(known + FADE);
            let gain = |at: usize| from + (1.0 - from) * at as f32 / FADE as f32;
            self.comfort.blend(&mut self.decoded[known..until], gain);
        }
        self.made_up = 0;
        self.newest = MadeUp::default();
        self.push(known, samples);
    }

    /// Puts what was decoded on the line. If it does not follow what was played, that fades into it.
    fn push(&mut self, from: usize, until: usize) {
        let speech = &mut self.decoded[from..until];
        if let Some(seam) = self.seam.take() {
            for (at, (sample, before)) in speech.iter_mut().zip(seam.iter()).enumerate() {
                *sample = faded(*before, *sample, at);
            }
            self.spare_seam = Some(seam);
        }
        self.line.push(speech);
    }
}

/// How loud what is made up is once so much of it was.
fn loudness_after(made_up: usize) -> f32 {
    let faded = made_up.saturating_sub(FADES_FROM) as f32 / (FADES_UNTIL - FADES_FROM) as f32;
    (1.0 - faded).max(0.0)
}
