//! What is heard when nothing can be heard: the far room's quiet noise instead of a dead line.

use super::splice::loudness;

/// The loudest noise that is made, -50 dBov. Higher: a loud street is drawn out through an outage; lower: a gap.
const LOUDEST: f32 = 100.0;
/// How quickly what counts as the room's noise rises while it is louder, per 10 ms: doubles in 7 s. Higher: speech without
/// a pause becomes noise.
const RISE: f32 = 1.001;
/// How much of the noise's highs are left: a room hums more than it hisses.
const DULLNESS: f32 = 0.8;

/// Knows how loud the far room is, and sounds like it.
#[derive(Debug, Clone)]
pub(super) struct Comfort {
    /// The root of the mean square of its noise.
    floor: Option<f32>,
    random: u32,
    last: f32,
}

impl Default for Comfort {
    fn default() -> Self {
        Self { floor: None, random: 0x9E37_79B9, last: 0.0 }
    }
}

impl Comfort {
    /// Listens to what was decoded: its quietest moments are the room.
    pub(super) fn hear(&mut self, speech: &[i16]) {
        for frame in speech.chunks(480) {
            let now = loudness(frame);
            let floor = self.floor.unwrap_or(now);
            self.floor =
                Some(if now < floor { (floor + now) / 2.0 } else { (floor * RISE).clamp(1.0, now.max(1.0)) });
        }
    }

    /// Below which loudness nobody speaks: twice (6 dB) what the room makes.
    pub(super) fn quiet(&self) -> f32 {
        2.0 * self.floor.unwrap_or(0.0).min(LOUDEST)
    }

    /// Lets speech that is made up go over into the room's noise: `gain` of the first, the rest of the second.
    pub(super) fn blend(&mut self, speech: &mut [i16], gain: impl Fn(usize) -> f32) {
        let floor = self.floor.unwrap_or(0.0).min(LOUDEST);
        // Even noise between -1 and 1 has 0.577 of its height as loudness, and loses some in being dulled.
        let height = floor / 0.577 * ((1.0 + DULLNESS) / (1.0 - DULLNESS)).sqrt();
        for (at, sample) in speech.iter_mut().enumerate() {
            self.random ^= self.random << 13;
            self.random ^= self.random >> 17;
            self.random ^= self.random << 5;
            let white = self.random as f32 / (u32::MAX / 2) as f32 - 1.0;
            self.last = DULLNESS * self.last + (1.0 - DULLNESS) * white;
            let gain = gain(at);
            *sample = (f32::from(*sample) * gain + self.last * height * (1.0 - gain)) as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_as_loud_as_the_quiet_moments_were() {
        let mut room = Comfort::default();
        let mut state = 1_u32;
        let mut noise = |height: i32| -> Vec<i16> {
            std::iter::repeat_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (((state >> 16) as i32 - 32_768) * height / 32_768) as i16
            })
            .take(480)
            .collect()
        };
        for turn in 0..200 {
            room.hear(&noise(if turn % 20 < 15 { 8_000 } else { 60 }));
        }
        let mut silence = vec![0; 48_000];
        room.blend(&mut silence, |_| 0.0);
        let (made, heard) = (loudness(&silence), loudness(&noise(60)));
        assert!((0.6..1.4).contains(&(made / heard)), "made {made}, heard {heard}");
        let mut speech = vec![1_000; 480];
        room.blend(&mut speech, |_| 1.0);
        assert_eq!(speech, [1_000; 480]);
    }

    #[test]
    fn a_loud_street_is_not_drawn_out() {
        let mut street = Comfort::default();
        street.hear(&vec![5_000; 48_000]);
        let mut silence = vec![0; 48_000];
        street.blend(&mut silence, |_| 0.0);
        assert!(loudness(&silence) < 1.2 * LOUDEST);
    }
}
