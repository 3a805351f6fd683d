//! What two people of the doctor's say to each other, and how much of it arrives: beeps of one pitch.
//!
//! Beeps and not one long tone, because a codec takes what never changes for the noise of a room, and stops sending it.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use tring_client::audio::{AudioError, FRAME_SAMPLES, Frame, SAMPLE_RATE, SILENCE};
use tring_client::files::Reel;

/// Frames from one beep to the next, and how many of them are heard: 0.4 s of 0.5 s.
const BEEP_EVERY: usize = 50;
const BEEP: usize = 40;

/// How high the beeps are: 12 dB below the loudest, less 3 dB because they are round.
const HEIGHT: f64 = 8_192.0;

/// Frames that are measured together. Longer: pitch is told finer; shorter: more of them lie within one beep.
const WINDOW: usize = 10;

/// Windows that are kept, the newest: three seconds.
const KEPT: usize = 30;

/// What arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heard {
    /// How loud the beeps are in decibels below the loudest (dBov).
    pub(super) level: f64,
    /// Which share of what is heard in them is their pitch, 0 to 1.
    pub(super) purity: f64,
}

/// Beeps at one pitch, and listens for another.
#[derive(Debug)]
pub(super) struct Beeper {
    says: f64,
    listens_for: f64,
    said: usize,
    /// Of the window that is not full yet.
    heard: Vec<f64>,
    windows: VecDeque<Heard>,
}

impl Beeper {
    /// Both in Hz.
    pub(super) fn new(says: f64, listens_for: f64) -> Self {
        Self { says, listens_for, said: 0, heard: Vec::new(), windows: VecDeque::new() }
    }

    /// What was heard lately; `None` before there was enough of it.
    pub(super) fn heard(&self) -> Option<Heard> {
        if self.windows.len() < KEPT {
            return None;
        }
        let mut windows: Vec<_> = self.windows.iter().copied().collect();
        // Two thirds of them lie wholly within a beep; the loudest third surely does.
        windows.sort_by(|a, b| b.level.total_cmp(&a.level));
        let within = &windows[..KEPT / 3];
        let mean = |of: fn(&Heard) -> f64| within.iter().map(of).sum::<f64>() / within.len() as f64;
        Some(Heard { level: mean(|heard| heard.level), purity: mean(|heard| heard.purity) })
    }
}

impl Reel for Beeper {
    fn begin(&mut self) -> Result<(), AudioError> {
        Ok(())
    }

    fn speak(&mut self, frame: &mut Frame) {
        *frame = SILENCE;
        let at = self.said;
        self.said += 1;
        if at % BEEP_EVERY >= BEEP {
            return;
        }
        for (n, sample) in frame.iter_mut().enumerate() {
            let turns = (at * FRAME_SAMPLES + n) as f64 * self.says / f64::from(SAMPLE_RATE);
            *sample = (HEIGHT * (TAU * turns.fract()).sin()) as i16;
        }
    }

    fn hear(&mut self, frame: &Frame) {
        self.heard.extend(frame.iter().map(|sample| f64::from(*sample)));
        if self.heard.len() < WINDOW * FRAME_SAMPLES {
            return;
        }
        if self.windows.len() == KEPT {
            self.windows.pop_front();
        }
        self.windows.push_back(measure(&self.heard, self.listens_for));
        self.heard.clear();
    }

    fn end(&mut self) {}
}

/// Loudness, and the share of `pitch` in it: one line of a Fourier transform.
fn measure(window: &[f64], pitch: f64) -> Heard {
    let energy: f64 = window.iter().map(|sample| sample * sample).sum();
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (n, sample) in window.iter().enumerate() {
        let angle = TAU * (n as f64 * pitch / f64::from(SAMPLE_RATE)).fract();
        real += sample * angle.cos();
        imaginary += sample * angle.sin();
    }
    let length = window.len() as f64;
    let of_pitch = 2.0 * (real * real + imaginary * imaginary) / length;
    let loudness = (energy / length).sqrt() / 32_768.0;
    Heard {
        level: if loudness > 0.0 { 20.0 * loudness.log10() } else { -127.0 },
        purity: if energy > 0.0 { (of_pitch / energy).min(1.0) } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hears(speaker: f64, listener: f64) -> Option<Heard> {
        let mut mouth = Beeper::new(speaker, 1.0);
        let mut ear = Beeper::new(1.0, listener);
        for _ in 0..WINDOW * KEPT {
            let mut frame = SILENCE;
            mouth.speak(&mut frame);
            ear.hear(&frame);
        }
        ear.heard()
    }

    #[test]
    fn a_beep_is_heard_as_loud_as_it_was_said_and_of_its_pitch_alone() {
        let heard = hears(440.0, 440.0).unwrap();
        // An amplitude of a quarter, as a sine: 12.04 + 3.01 dB below the loudest.
        assert!((heard.level + 15.05).abs() < 0.1 && heard.purity > 0.99, "{heard:?}");
        let other = hears(440.0, 700.0).unwrap();
        assert!(other.purity < 0.01, "{other:?}");
    }

    #[test]
    fn too_little_is_nothing_and_silence_has_no_pitch() {
        let mut ear = Beeper::new(1.0, 440.0);
        assert_eq!(ear.heard(), None);
        for _ in 0..WINDOW * KEPT {
            ear.hear(&SILENCE);
        }
        assert_eq!(ear.heard(), Some(Heard { level: -127.0, purity: 0.0 }));
    }
}
