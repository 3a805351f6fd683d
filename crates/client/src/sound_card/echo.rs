//! What of the microphone is the person: the speaker's echo and the room's noise are taken out, as browsers do it, by a port
//! of the same algorithms.

use sonora::config::{EchoCanceller as Echo, HighPassFilter, MaxProcessingRate, NoiseSuppression, Pipeline};
use sonora::{AudioProcessing, Config, StreamConfig};

use crate::audio::{Frame, SAMPLE_RATE};

/// **What was played is told before what was heard of it.**
pub(super) struct EchoCanceller {
    processing: AudioProcessing,
    cleaned: Frame,
}

impl EchoCanceller {
    pub(super) fn new() -> Self {
        let config = Config {
            // 32 kHz, its default, would cut off what Opus keeps.
            pipeline: Pipeline {
                maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
                ..Pipeline::default()
            },
            high_pass_filter: Some(HighPassFilter::default()),
            echo_canceller: Some(Echo::default()),
            noise_suppression: Some(NoiseSuppression::default()),
            ..Config::default()
        };
        let form = || StreamConfig::new(SAMPLE_RATE, 1);
        let processing =
            AudioProcessing::builder().config(config).capture_config(form()).render_config(form()).build();
        Self { processing, cleaned: [0; _] }
    }

    /// The speaker played this.
    pub(super) fn played(&mut self, frame: &Frame) {
        // Only refused for forms other than the two above.
        let _ = self.processing.process_render_i16(frame, &mut self.cleaned);
    }

    /// The microphone heard this; what the person said is left.
    pub(super) fn clean(&mut self, frame: &mut Frame) {
        if self.processing.process_capture_i16(frame, &mut self.cleaned).is_ok() {
            *frame = self.cleaned;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    /// Noise in bursts, as the strength of speech goes up and down.
    fn chatter(seed: u32) -> impl FnMut() -> Frame {
        let (mut dice, mut at) = (seed, 0_u32);
        move || {
            let mut frame = SILENCE;
            for sample in &mut frame {
                dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                at += 1;
                let strength = if at / 9_600 % 2 == 0 { 0.25 } else { 0.05 };
                *sample = (f32::from((dice >> 16) as i16) * strength) as i16;
            }
            frame
        }
    }

    fn power(frame: &Frame) -> f64 {
        frame.iter().map(|sample| f64::from(*sample).powi(2)).sum()
    }

    #[test]
    fn an_echo_of_the_speaker_is_not_sent_back() {
        let (mut canceller, mut says) = (EchoCanceller::new(), chatter(1));
        // It comes back 40 ms later at half its strength.
        let mut on_its_way = std::collections::VecDeque::from([SILENCE; 4]);
        let (mut heard, mut left) = (0.0, 0.0);
        for number in 0..1_000 {
            let played = says();
            canceller.played(&played);
            on_its_way.push_back(played.map(|sample| sample / 2));
            let mut frame = on_its_way.pop_front().unwrap();
            // It needs a few seconds to learn the room.
            if number >= 700 {
                heard += power(&frame);
            }
            canceller.clean(&mut frame);
            if number >= 700 {
                left += power(&frame);
            }
        }
        assert!(left * 1_000.0 < heard, "{left} of {heard} is left: less than 30 dB");
    }

    #[test]
    fn who_speaks_while_nothing_is_played_is_heard() {
        let mut canceller = EchoCanceller::new();
        let (mut said, mut sent) = (0.0, 0.0);
        for number in 0..300_u32 {
            canceller.played(&SILENCE);
            let mut frame = SILENCE;
            for (place, sample) in (0_u32..).zip(&mut frame) {
                let at = (number * 480 + place) as f32 / 48_000.0;
                // Four syllables a second with pauses between them, each at a pitch of its own, as speech has it: what
                // goes on and on is noise.
                let (syllable, within) = ((at * 4.0).floor(), (at * 4.0).fract());
                let strength = (within * 1.5 * std::f32::consts::PI).sin().max(0.0);
                let pitch = 120.0 + 17.0 * (syllable * 2.3).sin() + 20.0 * within;
                let tone: f32 =
                    (1_u8..8).map(|h| (at * pitch * f32::from(h) * std::f32::consts::TAU).sin()).sum();
                *sample = (2_000.0 * strength * tone) as i16;
            }
            said += power(&frame);
            canceller.clean(&mut frame);
            sent += power(&frame);
        }
        // An echo loses 30 dB and more.
        assert!(sent > said * 0.1, "{sent} of {said} is left: more than 10 dB are gone");
    }
}
