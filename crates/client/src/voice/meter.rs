//! How loud it is: for a meter on a screen and for the audio level of RFC 6464.

use crate::audio::Frame;

/// How much of a meter's fall is left after 10 ms. From full to a tenth it takes 0.3 s, so that an eye can follow.
const RELEASE: f32 = 0.926;
/// What a meter shows as nothing, in dB below the loudest: quieter is the noise of a quiet room.
const FLOOR: f32 = 60.0;

/// How loud 10 ms were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// What a meter shows, 0 to 1: decibels above -60 dBov, rises at once and falls slowly.
    pub shown: f32,
    /// Decibels below the loudest, 0 to 127 (RFC 6464 §3): 127 is silence.
    pub below_overload: u8,
}

/// Follows how loud one voice is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Meter {
    shown: f32,
}

impl Meter {
    /// Takes the next 10 ms.
    pub fn measure(&mut self, frame: &Frame) -> Level {
        let energy: f64 = frame.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        // RFC 6464 §3: the level of a square wave as loud as the samples can tell is 0 dBov.
        let loudness = (energy / frame.len() as f64).sqrt() / 32_768.0;
        let below = if loudness > 0.0 { (-20.0 * loudness.log10()) as f32 } else { f32::INFINITY };
        let now = (1.0 - below / FLOOR).clamp(0.0, 1.0);
        self.shown = now.max(self.shown * RELEASE);
        Level { shown: self.shown, below_overload: below.clamp(0.0, 127.0).round() as u8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{FRAME_SAMPLES, SILENCE};

    #[test]
    fn levels_are_those_of_rfc_6464() {
        let loudest: Frame = std::array::from_fn(|n| if n % 2 == 0 { i16::MAX } else { i16::MIN });
        assert_eq!(Meter::default().measure(&loudest).below_overload, 0);
        // A sine has 3 dB less than a square wave, half of its height 6 dB less again.
        let sine: Frame = std::array::from_fn(|n| {
            (16_384.0 * (std::f32::consts::TAU * 10.0 * n as f32 / FRAME_SAMPLES as f32).sin()) as i16
        });
        assert_eq!(Meter::default().measure(&sine).below_overload, 9);
        assert_eq!(Meter::default().measure(&SILENCE).below_overload, 127);
    }

    #[test]
    fn a_meter_rises_at_once_and_falls_slowly_to_nothing() {
        let mut meter = Meter::default();
        assert!(meter.measure(&[i16::MAX; FRAME_SAMPLES]).shown > 0.99);
        let falling: Vec<f32> = (0..100).map(|_| meter.measure(&SILENCE).shown).collect();
        assert!(falling[0] > 0.9 && falling.is_sorted_by(|a, b| a > b) && falling[99] < 0.001, "{falling:?}");
    }
}
