//! Time stretching by WSOLA (Verhelst and Roelands, 1993): a stretch of speech is left out or said twice where both sides
//! of the splice look alike, and the two are faded into each other. In voiced speech that is a period of the pitch, which
//! changes the length and not the pitch; where it is quiet, anything.

use super::line::Line;

/// Shortest and longest splice: periods of voices from 400 Hz down to 67 Hz.
const SHORTEST: usize = 120;
pub(super) const LONGEST: usize = 720;
/// How long one side fades into the other, 5 ms. Longer: words smear; shorter: clicks.
pub(super) const FADE: usize = 240;
/// How much is compared, half of it before the splice and half after.
const COMPARED: usize = 2 * FADE;
/// What a search looks at.
const WINDOW: usize = COMPARED + LONGEST;
/// A first look takes the mean of so many samples for one: 12 kHz are enough for what a pitch is made of.
const COARSE: usize = 4;

/// How much must be waiting to be shortened.
pub(super) const NEEDED_TO_SHORTEN: usize = LONGEST + FADE;
/// How much must be waiting to be drawn out.
pub(super) const NEEDED_TO_DRAW_OUT: usize = FADE;

/// What a splice may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Terms {
    /// How alike both sides must be, as a correlation. Lower: more can be spliced, and heard.
    pub(super) alike: f32,
    /// How long a splice may be at most where it is quiet, in samples; in speech the pitch decides.
    pub(super) most: usize,
}

/// Leaves out up to 15 ms of what waits, anything where it is no louder than `quiet`; returns how many samples, none if
/// there is no good place for it here.
pub(super) fn shorten(line: &mut Line, quiet: f32, terms: Terms) -> Option<usize> {
    if line.len() < NEEDED_TO_SHORTEN {
        return None;
    }
    let (samples, now) = line.around();
    let window = samples.get(now - FADE..)?.first_chunk()?;
    let lag = find(window, 0, quiet, terms)?;
    for at in 0..FADE {
        samples[now + lag + at] = faded(samples[now + at], samples[now + lag + at], at);
    }
    line.remove(0, lag);
    Some(lag)
}

/// Says up to 15 ms of what was played last again, anything where it is no louder than `quiet`; returns how many samples,
/// none if there is no good place for it here.
pub(super) fn draw_out(line: &mut Line, quiet: f32, terms: Terms) -> Option<usize> {
    if line.len() < NEEDED_TO_DRAW_OUT {
        return None;
    }
    let (samples, now) = line.around();
    let window = samples.get(now - FADE - LONGEST..)?.first_chunk()?;
    let lag = find(window, LONGEST, quiet, terms)?;
    line.repeat(lag);
    let (samples, now) = line.around();
    for at in now..now + FADE {
        samples[at] = faded(samples[at + lag], samples[at], at - now);
    }
    Some(lag)
}

/// Fades `from` into `to`, `at` samples after its beginning.
pub(super) fn faded(from: i16, to: i16, at: usize) -> i16 {
    let (at, whole) = (at.min(FADE) as i32, FADE as i32);
    ((i32::from(from) * (whole - at) + i32::from(to) * at) / whole) as i16
}

/// How far from `here` the window looks most like it does at `here`; the other side lies behind if there is room behind.
fn find(window: &[i16; WINDOW], here: usize, quiet: f32, terms: Terms) -> Option<usize> {
    if loudness(window) <= quiet {
        return Some(terms.most.min(LONGEST));
    }
    let other = |lag: usize| if here == 0 { lag } else { here - lag };
    let coarse: [f32; WINDOW / COARSE] = std::array::from_fn(|n| {
        window[n * COARSE..(n + 1) * COARSE].iter().map(|sample| f32::from(*sample)).sum()
    });
    let alike = |lag: usize| likeness(&coarse, here / COARSE, other(lag) / COARSE, COMPARED / COARSE);
    let rough = best((SHORTEST..=LONGEST).step_by(COARSE), alike)?.0;
    let fine: [f32; WINDOW] = std::array::from_fn(|n| f32::from(window[n]));
    let near = rough.saturating_sub(COARSE).max(SHORTEST)..=(rough + COARSE).min(LONGEST);
    let (lag, likeness) = best(near, |lag| likeness(&fine, here, other(lag), COMPARED))?;
    (likeness >= terms.alike).then_some(lag)
}

fn best(lags: impl Iterator<Item = usize>, alike: impl Fn(usize) -> f32) -> Option<(usize, f32)> {
    lags.map(|lag| (lag, alike(lag))).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The correlation of two stretches, -1 to 1.
fn likeness(samples: &[f32], a: usize, b: usize, len: usize) -> f32 {
    let (a, b) = (&samples[a..a + len], &samples[b..b + len]);
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        both += a * b;
        first += a * a;
        second += b * b;
    }
    if first <= 0.0 || second <= 0.0 { 0.0 } else { both / (first * second).sqrt() }
}

/// The root of the mean square.
pub(super) fn loudness(samples: &[i16]) -> f32 {
    let energy: f32 = samples.iter().map(|sample| f32::from(*sample).powi(2)).sum();
    (energy / samples.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{FRAME_SAMPLES, SILENCE};

    const STRICT: Terms = Terms { alike: 0.9, most: LONGEST };
    const LOUD: f32 = 0.0;

    /// A voice's vowel: 120 Hz and its harmonics.
    fn vowel(from: usize, len: usize) -> Vec<i16> {
        (from..from + len)
            .map(|n| {
                let phase = std::f32::consts::TAU * 120.0 * n as f32 / 48_000.0;
                (6_000.0 * (phase.sin() + 0.5 * (2.0 * phase).sin() + 0.3 * (5.0 * phase).sin())) as i16
            })
            .collect()
    }

    /// A line on which 30 ms of the vowel were played and 30 ms wait.
    fn speaking() -> Line {
        let mut line = Line::new();
        line.push(&vowel(0, 2 * 1_440));
        for _ in 0..3 {
            line.take(&mut SILENCE.clone());
        }
        line
    }

    fn steepest(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
    }

    #[test]
    fn a_vowel_is_shortened_by_whole_periods_without_a_step() {
        let mut line = speaking();
        let removed = shorten(&mut line, LOUD, STRICT).unwrap();
        assert_eq!(removed % 400, 0, "120 Hz has 400 samples in a period, {removed} were removed");
        assert_eq!(line.len(), 1_440 - removed);
        let (samples, now) = line.around();
        assert!(steepest(&samples[now - FRAME_SAMPLES..]) <= steepest(&vowel(0, 1_440)) + 1);
    }

    #[test]
    fn a_vowel_is_drawn_out_by_whole_periods_without_a_step() {
        let mut line = speaking();
        let added = draw_out(&mut line, LOUD, STRICT).unwrap();
        assert_eq!(added % 400, 0, "120 Hz has 400 samples in a period, {added} were added");
        assert_eq!(line.len(), 1_440 + added);
        let (samples, now) = line.around();
        assert!(steepest(&samples[now - FRAME_SAMPLES..]) <= steepest(&vowel(0, 1_440)) + 1);
    }

    #[test]
    fn noise_is_left_as_it_is_unless_it_is_quiet() {
        let mut line = Line::new();
        let mut state = 1_u32;
        let noise: Vec<i16> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) as i16) / 64
        })
        .take(2_880)
        .collect();
        line.push(&noise);
        for _ in 0..3 {
            line.take(&mut SILENCE.clone());
        }
        assert_eq!(shorten(&mut line, LOUD, STRICT), None);
        assert_eq!(draw_out(&mut line, LOUD, STRICT), None);
        assert_eq!(shorten(&mut line, 400.0, STRICT), Some(LONGEST));
        assert_eq!(draw_out(&mut line, 400.0, Terms { most: 360, ..STRICT }), Some(360));
    }
}
