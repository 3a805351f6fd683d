//! What somebody on hold hears, so that they know that they are not forgotten: two soft steps and a long rest, over and
//! over. Twin of `HOLD` in the web SDK's `score.ts`, at the same pitches and as loud.
//!
//! Computed while it is played: it rests most of the time, and a recording of its period would be half a megabyte.

use std::f64::consts::TAU;

use crate::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE};

/// From one beginning to the next, in samples: 5 s. Higher: people think that they were cut off; lower: it tires them.
const PERIOD: usize = 5 * SAMPLE_RATE as usize;

/// One struck tone, which fades like that of a wooden bar.
struct Note {
    /// When it begins in the period, in seconds.
    at: f64,
    /// In seconds, fading included.
    length: f64,
    /// In hertz.
    pitch: f64,
    /// Loudness at the peak, 0 to 1.
    gain: f64,
}

/// E5 and B5 in equal temperament.
const NOTES: [Note; 2] = [
    Note { at: 0.1, length: 0.9, pitch: 659.255_114, gain: 0.24 },
    Note { at: 0.45, length: 1.1, pitch: 987.766_603, gain: 0.2 },
];

/// How long a tone takes to come and to go at its ends, in seconds; less would click.
const ATTACK: f64 = 0.008;
const RELEASE: f64 = 0.06;
/// By how much a tone fades in a second, in powers of e.
const FADING: f64 = 5.5;
/// How loud the bar's overtone, at four times its pitch, is beside it, and by how much that fades.
const OVERTONE: f64 = 0.25;
const OVERTONE_FADING: f64 = 14.0;

/// The tone, where it is now.
#[derive(Debug, Default)]
pub(super) struct HoldTone(State);

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Silent,
    /// The sample of the period that is played next.
    Playing(usize),
    /// The same; it is gone 10 ms later.
    Leaving(usize),
}

impl HoldTone {
    /// Begins, if it is not playing already.
    pub(super) fn begin(&mut self) {
        if !matches!(self.0, State::Playing(_)) {
            self.0 = State::Playing(0);
        }
    }

    /// Ends, without a click.
    pub(super) fn end(&mut self) {
        if let State::Playing(at) = self.0 {
            self.0 = State::Leaving(at);
        }
    }

    /// Adds its next 10 ms to what is heard.
    pub(super) fn add_to(&mut self, frame: &mut Frame) {
        let (at, next) = match self.0 {
            State::Silent => return,
            State::Playing(at) => (at, State::Playing((at + FRAME_SAMPLES) % PERIOD)),
            State::Leaving(at) => (at, State::Silent),
        };
        for (n, heard) in frame.iter_mut().enumerate() {
            let stays = match next {
                State::Silent => 1.0 - n as f64 / FRAME_SAMPLES as f64,
                _ => 1.0,
            };
            let tone = stays * sample((at + n) % PERIOD);
            *heard = heard.saturating_add((tone * f64::from(i16::MAX)) as i16);
        }
        self.0 = next;
    }
}

/// One sample of the period, -1 to 1.
fn sample(at: usize) -> f64 {
    let at = at as f64 / f64::from(SAMPLE_RATE);
    NOTES.iter().map(|note| note.sample(at - note.at)).sum()
}

impl Note {
    /// So many seconds after its beginning.
    fn sample(&self, seconds: f64) -> f64 {
        if !(0.0..self.length).contains(&seconds) {
            return 0.0;
        }
        let turn = TAU * self.pitch * seconds;
        let wave = turn.sin() + OVERTONE * (-OVERTONE_FADING * seconds).exp() * (4.0 * turn).sin();
        let attack = (seconds / ATTACK).min(1.0);
        let release = ((self.length - seconds) / RELEASE).min(1.0);
        self.gain * (-FADING * seconds).exp() * attack * release * wave
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    /// What the tone adds to silence, from now on.
    fn listen(tone: &mut HoldTone, samples: usize) -> Vec<i16> {
        let mut heard = Vec::new();
        while heard.len() < samples {
            let mut frame = SILENCE;
            tone.add_to(&mut frame);
            heard.extend_from_slice(&frame);
        }
        heard
    }

    #[test]
    fn it_sounds_as_in_the_web_sdk() {
        let mut tone = HoldTone::default();
        assert!(listen(&mut tone, PERIOD).iter().all(|sample| *sample == 0), "nobody is on hold");
        tone.begin();
        let heard = listen(&mut tone, PERIOD);
        // What the web SDK's own code makes of its score at this rate.
        let there = [
            (5_000, -0.124_389_9),
            (5_280, -0.088_829_3),
            (12_000, -0.068_974_2),
            (22_000, 0.203_802_5),
            (30_000, -0.050_020_9),
            (48_000, 0.009_622_6),
        ];
        for (at, expected) in there {
            let here = f64::from(heard[at]) / f64::from(i16::MAX);
            assert!((here - expected).abs() < 1e-4, "sample {at}: {here} instead of {expected}");
        }
        let peak = heard.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((f64::from(peak) / f64::from(i16::MAX) - 0.267).abs() < 1e-3, "{peak}");
        assert!(heard[75_000..].iter().all(|sample| *sample == 0), "a rest of more than three seconds");
    }

    #[test]
    fn it_begins_anew_every_five_seconds_and_after_each_hold() {
        let mut tone = HoldTone::default();
        tone.begin();
        let first = listen(&mut tone, PERIOD);
        tone.begin();
        assert_eq!(listen(&mut tone, PERIOD), first, "told again, it goes on");
        listen(&mut tone, PERIOD / 8);
        tone.end();
        listen(&mut tone, PERIOD);
        tone.begin();
        assert_eq!(listen(&mut tone, PERIOD), first);
    }

    #[test]
    fn it_is_added_to_what_is_heard_and_gone_10_ms_after_its_end_without_a_jump() {
        let mut tone = HoldTone::default();
        tone.begin();
        let before = listen(&mut tone, 12 * FRAME_SAMPLES);
        tone.end();
        let last = listen(&mut tone, FRAME_SAMPLES);
        assert!(last.iter().any(|sample| sample.unsigned_abs() > 1_000), "it is loud where it ends");
        let joined: Vec<i32> = before.iter().chain(&last).chain(&SILENCE).map(|s| i32::from(*s)).collect();
        let jump = joined.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max().unwrap();
        assert!(jump < 2_000, "{jump}");
        assert_eq!(listen(&mut tone, FRAME_SAMPLES), SILENCE);

        tone.begin();
        let mut loud = [i16::MAX; FRAME_SAMPLES];
        (0..30).for_each(|_| tone.add_to(&mut loud));
        assert!(loud.iter().all(|sample| *sample > 0), "it is clipped, and does not wrap");
    }
}
