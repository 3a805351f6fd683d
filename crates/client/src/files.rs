//! Speech from and to files, for programs without a sound card: what is said is read, what is heard is written.
//!
//! | module | decides |
//! |---|---|
//! | `paced` | when the next 10 ms are due, in place of a sound card's clock |

mod paced;

pub use paced::{Paced, Reel};

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::audio::{AudioError, FRAME_SAMPLES, Frame, SAMPLE_RATE, SILENCE};

/// What every file of this module is.
const FORM: WavSpec =
    WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// Reads a WAV file of 48 kHz and 16 bits; of several channels the first is taken.
///
/// # Errors
/// [`AudioError::File`] if it cannot be read, or has another form.
pub fn read_wav(path: &Path) -> Result<Vec<i16>, AudioError> {
    let mut reader = WavReader::open(path).map_err(|error| broken(path, error))?;
    let WavSpec { channels, sample_rate, bits_per_sample, sample_format } = reader.spec();
    if (sample_rate, bits_per_sample, sample_format) != (SAMPLE_RATE, 16, SampleFormat::Int) {
        let form =
            format!("it has {sample_rate} Hz and {bits_per_sample} bits; convert it to 48000 Hz and 16 bits");
        return Err(broken(path, form));
    }
    let samples: Result<Vec<i16>, _> = reader.samples().step_by(usize::from(channels.max(1))).collect();
    samples.map_err(|error| broken(path, error))
}

fn broken(path: &Path, reason: impl std::fmt::Display) -> AudioError {
    AudioError::File { file: path.display().to_string(), reason: reason.to_string() }
}

/// Says what a WAV file holds, once, then silence; writes what it hears to another.
///
/// Both begin when a call opens the sound. A recording of an earlier opening is written over.
pub struct WavFiles {
    speech: Vec<i16>,
    said: usize,
    recording: Option<PathBuf>,
    writer: Option<WavWriter<BufWriter<File>>>,
}

impl WavFiles {
    /// Says what `speech` holds and writes to `recording`; nothing where there is no file.
    ///
    /// # Errors
    /// [`AudioError::File`] if `speech` cannot be read, or has another form than [`read_wav`] takes.
    pub fn new(speech: Option<&Path>, recording: Option<&Path>) -> Result<Paced<Self>, AudioError> {
        let speech = speech.map(read_wav).transpose()?.unwrap_or_default();
        let recording = recording.map(Path::to_owned);
        Ok(Paced::new(Self { speech, said: 0, recording, writer: None }))
    }

    /// How long it takes to say everything, in milliseconds.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        self.speech.len() as u64 * 1_000 / u64::from(SAMPLE_RATE)
    }
}

impl Reel for WavFiles {
    fn begin(&mut self) -> Result<(), AudioError> {
        self.said = 0;
        if let Some(path) = &self.recording {
            self.writer = Some(WavWriter::create(path, FORM).map_err(|error| broken(path, error))?);
        }
        Ok(())
    }

    fn speak(&mut self, frame: &mut Frame) {
        *frame = SILENCE;
        let rest = &self.speech[self.said.min(self.speech.len())..];
        for (sample, said) in frame.iter_mut().zip(rest) {
            *sample = *said;
        }
        self.said += FRAME_SAMPLES;
    }

    fn hear(&mut self, frame: &Frame) {
        let Some(writer) = &mut self.writer else { return };
        // A full disk ends the recording, not the call.
        if frame.iter().try_for_each(|sample| writer.write_sample(*sample)).is_err() {
            self.writer = None;
        }
    }

    fn end(&mut self) {
        if let Some(writer) = self.writer.take() {
            let _ = writer.finalize();
        }
    }
}

impl std::fmt::Debug for WavFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WavFiles").field("recording", &self.recording).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_can_be_said_again_and_silence_follows() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("heard.wav");
        let mut ear = WavFiles { speech: Vec::new(), said: 0, recording: Some(path.clone()), writer: None };
        ear.begin().unwrap();
        ear.hear(&[7; FRAME_SAMPLES]);
        ear.hear(&[-9; FRAME_SAMPLES]);
        ear.end();
        let speech = read_wav(&path).unwrap();
        assert_eq!((speech.len(), speech[0], speech[959]), (960, 7, -9));
        let mut mouth = WavFiles { speech, said: 0, recording: None, writer: None };
        assert_eq!(mouth.length_ms(), 20);
        mouth.begin().unwrap();
        let said: Vec<i16> = (0..3)
            .map(|_| {
                let mut frame = SILENCE;
                mouth.speak(&mut frame);
                frame[479]
            })
            .collect();
        assert_eq!(said, [7, -9, 0]);
    }

    #[test]
    fn a_file_of_another_form_is_refused_with_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("slow.wav");
        let spec = WavSpec { sample_rate: 22_050, ..FORM };
        WavWriter::create(&path, spec).unwrap().finalize().unwrap();
        let error = read_wav(&path).unwrap_err().to_string();
        assert!(error.contains("22050 Hz") && error.contains("convert it to 48000 Hz"), "{error}");
        assert!(matches!(read_wav(&directory.path().join("none.wav")), Err(AudioError::File { .. })));
    }
}
