//! Sound of one rate as sound of another, in pieces of 10 ms.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Turns samples of one rate into samples of another; passes them on as they are if both are the same.
pub(super) struct Converter {
    resampler: Option<Fft<f32>>,
    waiting: Vec<f32>,
    converted: Vec<f32>,
}

impl Converter {
    /// Rates in Hz.
    pub(super) fn new(from: u32, to: u32) -> Result<Self, String> {
        let why = |error: &dyn std::fmt::Display| format!("{from} Hz cannot become {to} Hz: {error}");
        let size = |rate: u32| usize::try_from(rate).map_err(|error| why(&error));
        let resampler = if from == to {
            None
        } else {
            let piece = size(from / 100)?;
            let resampler = Fft::new(size(from)?, size(to)?, piece, 1, FixedSync::Input);
            Some(resampler.map_err(|error| why(&error))?)
        };
        // All that is ever needed, so that nothing is allocated in the card's threads.
        let room = resampler.as_ref().map_or(0, Resampler::output_frames_max);
        let waiting = Vec::with_capacity(resampler.as_ref().map_or(0, Resampler::input_frames_max));
        Ok(Self { resampler, waiting, converted: vec![0.0; room] })
    }

    /// The next sample; `take` gets those that are ready.
    pub(super) fn push(&mut self, sample: f32, mut take: impl FnMut(f32)) {
        let Some(resampler) = &mut self.resampler else { return take(sample) };
        self.waiting.push(sample);
        let (needed, room) = (self.waiting.len(), self.converted.len());
        if needed < resampler.input_frames_next() {
            return;
        }
        let count = match (
            InterleavedSlice::new(&self.waiting, 1, needed),
            InterleavedSlice::new_mut(&mut self.converted, 1, room),
        ) {
            (Ok(from), Ok(mut to)) => {
                resampler.process_into_buffer(&from, &mut to, None).map_or(0, |done| done.1)
            }
            // The sizes are those that it asked for.
            _ => 0,
        };
        self.waiting.clear();
        self.converted[..count].iter().for_each(|sample| take(*sample));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stays_the_tone_and_a_second_stays_a_second() {
        for (from, to) in [(44_100_u32, 48_000_u32), (48_000, 44_100), (16_000, 48_000), (48_000, 48_000)] {
            let mut converter = Converter::new(from, to).unwrap();
            let mut converted = Vec::new();
            for at in 0..from {
                let sample = (at as f32 * 440.0 * std::f32::consts::TAU / from as f32).sin();
                converter.push(sample, |sample| converted.push(sample));
            }
            let missing = to as usize - converted.len();
            assert!(missing <= to as usize / 25, "{from} → {to}: {missing} samples are missing");
            let steady = &converted[converted.len() / 2..];
            let periods = steady.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
            let wanted = 440.0 * steady.len() as f32 / to as f32;
            assert!((periods as f32 - wanted).abs() <= 2.0, "{from} → {to}: {periods} for {wanted}");
            assert!(steady.iter().any(|sample| *sample > 0.95), "{from} → {to} keeps its strength");
        }
    }
}
