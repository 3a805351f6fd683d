//! Voices that can be told apart, and how much a recording is like one of them.
//!
//! A voice is a loop of syllables: harmonics of a pitch that wanders, in bursts with pauses between. Nothing of it repeats
//! within the loop, so that a piece of it is found in one place only.

use std::sync::{Mutex, PoisonError};

use tring_client::audio::{AudioError, Frame};
use tring_client::files::Reel;

const SAMPLE_RATE: usize = 48_000;
/// Length of the loop in seconds.
const LOOP: usize = 6;
/// What is compared has a sixteenth of the samples: pitch and its lowest harmonics are below its 1.5 kHz.
const THINNED: usize = 16;
/// Samples (thinned) that are compared at a time: 0.1 s. Longer: one stretched syllable spoils more, and on a machine that is
/// short of time there are many; shorter: any two voiced sounds are alike.
const PIECE: usize = SAMPLE_RATE / 10 / THINNED;

/// What somebody says over and over.
#[derive(Debug, Clone)]
pub(crate) struct Voice(Vec<i16>);

impl Voice {
    /// A voice around 110 Hz.
    pub(crate) fn low() -> Self {
        Self::around(110.0, 7)
    }

    /// A voice around 190 Hz, which says something else.
    pub(crate) fn high() -> Self {
        Self::around(190.0, 11)
    }

    /// One round of the loop, at 48 kHz.
    pub(crate) fn samples(&self) -> &[i16] {
        &self.0
    }

    fn around(pitch: f32, seed: u32) -> Self {
        let mut dice = seed;
        let mut random = move || {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (dice >> 8) as f32 / (1_u32 << 24) as f32
        };
        let mut samples = Vec::with_capacity(LOOP * SAMPLE_RATE);
        let mut phase = 0.0_f32;
        while samples.len() < LOOP * SAMPLE_RATE {
            let length = (SAMPLE_RATE as f32 * (0.12 + 0.2 * random())) as usize;
            let (from, to) = (pitch * (0.8 + 0.4 * random()), pitch * (0.8 + 0.4 * random()));
            let strengths = [1.0, random(), random(), 0.5 * random(), 0.5 * random()];
            for at in 0..length {
                let done = at as f32 / length as f32;
                phase = (phase + (from + (to - from) * done) / SAMPLE_RATE as f32).fract();
                let tone: f32 = strengths
                    .iter()
                    .zip(1_u8..)
                    .map(|(strength, harmonic)| {
                        strength * (std::f32::consts::TAU * phase * f32::from(harmonic)).sin()
                    })
                    .sum();
                samples.push((5_000.0 * tone * (std::f32::consts::PI * done).sin()) as i16);
            }
            samples.resize(samples.len() + (SAMPLE_RATE as f32 * 0.06 * random()) as usize, 0);
        }
        Self(samples)
    }
}

/// Says a voice, and keeps what it hears.
#[derive(Debug)]
pub(crate) struct Heard {
    voice: Voice,
    said: usize,
    heard: Mutex<Vec<i16>>,
}

impl Heard {
    pub(crate) fn of(voice: &Voice) -> Self {
        Self { voice: voice.clone(), said: 0, heard: Mutex::default() }
    }

    pub(crate) fn forget(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn take(&self) -> Vec<i16> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Reel for Heard {
    fn begin(&mut self) -> Result<(), AudioError> {
        Ok(())
    }

    fn speak(&mut self, frame: &mut Frame) {
        let voice = self.voice.samples();
        for sample in frame {
            *sample = voice[self.said % voice.len()];
            self.said += 1;
        }
    }

    fn hear(&mut self, frame: &Frame) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(frame);
    }

    fn end(&mut self) {}
}

/// How much of `heard` is what `voice` says: the median over its audible pieces of the best normalised correlation with any
/// place of the loop, 0 to 1; 0 if less than a quarter of it is audible.
pub(crate) fn likeness(heard: &[i16], voice: &Voice) -> f32 {
    let heard = thin(heard);
    let mut said = thin(&voice.0);
    said.extend_from_within(..PIECE);
    let pieces = heard.chunks_exact(PIECE);
    let all = pieces.len();
    assert!(all >= 15, "too little was heard to say anything");
    let mut scores: Vec<f32> =
        pieces.filter(|piece| is_audible(piece)).map(|piece| best_match(piece, &said)).collect();
    scores.sort_by(f32::total_cmp);
    if scores.len() * 4 < all { 0.0 } else { scores[scores.len() / 2] }
}

/// Less than 30 of 32,768 is silence.
fn is_audible(piece: &[f32]) -> bool {
    energy(piece) > 900.0 * piece.len() as f32
}

fn energy(piece: &[f32]) -> f32 {
    piece.iter().map(|sample| sample * sample).sum()
}

fn best_match(piece: &[f32], said: &[f32]) -> f32 {
    let energy = energy(piece);
    said.windows(piece.len()).fold(0.0, |best, place| {
        let (product, square) =
            piece.iter().zip(place).fold((0.0, 0.0), |(product, square), (heard, said)| {
                (product + heard * said, square + said * said)
            });
        if square > 0.0 { best.max(product / (energy * square).sqrt()) } else { best }
    })
}

fn thin(samples: &[i16]) -> Vec<f32> {
    samples
        .chunks_exact(THINNED)
        .map(|few| few.iter().map(|one| f32::from(*one)).sum::<f32>() / 16.0)
        .collect()
}
