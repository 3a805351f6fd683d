//! Speech from and to files, for programs without a sound card: what is said is read, what is heard is written.
//!
//! | module | decides |
//! |---|---|
//! | `ogg` | how Opus in Ogg is read and written |
//! | `paced` | when the next 10 ms are due, in place of a sound card's clock |

mod ogg;
mod paced;

pub use paced::{Paced, Reel};

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use self::ogg::OggRecording;
use crate::audio::{AudioError, FRAME_SAMPLES, Frame, SAMPLE_RATE, SILENCE};

/// What WAV files of this module are.
const FORM: WavSpec =
    WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// Reads a file: Opus in Ogg, or WAV of 48 kHz and 16 bits, of which the first channel is taken.
///
/// # Errors
/// [`AudioError::File`] if it cannot be read, or has another form.
pub fn read(path: &Path) -> Result<Vec<i16>, AudioError> {
    let mut beginning = [0; 4];
    let mut file = File::open(path).map_err(|error| broken(path, error))?;
    match file.read_exact(&mut beginning) {
        Ok(()) if &beginning == b"OggS" => self::ogg::read(path),
        _ => read_wav(path),
    }
}

/// Reads a WAV file of 48 kHz and 16 bits; of several channels the first is taken.
///
/// # Errors
/// [`AudioError::File`] if it cannot be read, or has another form.
pub fn read_wav(path: &Path) -> Result<Vec<i16>, AudioError> {
    let mut reader = WavReader::open(path).map_err(|error| unreadable(path, &error))?;
    let WavSpec { channels, sample_rate, bits_per_sample, sample_format } = reader.spec();
    if (sample_rate, bits_per_sample, sample_format) != (SAMPLE_RATE, 16, SampleFormat::Int) {
        let form =
            format!("it has {sample_rate} Hz and {bits_per_sample} bits; convert it to 48000 Hz and 16 bits");
        return Err(broken(path, form));
    }
    let samples: Result<Vec<i16>, _> = reader.samples().step_by(usize::from(channels.max(1))).collect();
    samples.map_err(|error| unreadable(path, &error))
}

/// Either it cannot be opened, or it is something else, or not all of it.
fn unreadable(path: &Path, error: &hound::Error) -> AudioError {
    match error {
        hound::Error::IoError(error)
            if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) =>
        {
            broken(path, error)
        }
        error => broken(path, format!("it is no whole WAV file, and no Ogg file ({error})")),
    }
}

fn broken(path: &Path, reason: impl std::fmt::Display) -> AudioError {
    AudioError::File { file: path.display().to_string(), reason: reason.to_string() }
}

/// Says what a file holds, once, then silence; writes what it hears to another.
///
/// Both begin when a call opens the sound, which a caller does before it rings, or at a cue. A recording of an earlier
/// call is written over then, and not before.
pub struct Files {
    /// Whether nothing is said and written yet.
    waits: AtomicBool,
    /// Whether it begins so.
    on_cue: bool,
    speech: Vec<i16>,
    said: usize,
    recording: Option<PathBuf>,
    /// Where the recording goes that has not begun.
    blank: Option<PathBuf>,
    tape: Option<Tape>,
    /// Why the recording is not whole.
    failure: Option<AudioError>,
}

impl Files {
    /// Says what `speech` holds and writes to `recording`, whose name says the form: `.wav`, `.ogg` or `.opus`; nothing
    /// where there is no file.
    ///
    /// # Errors
    /// [`AudioError::File`] if `speech` cannot be read, `recording` not be written, one of them has another form than
    /// [`read`] takes, or both are the same file.
    pub fn new(speech: Option<&Path>, recording: Option<&Path>) -> Result<Paced<Self>, AudioError> {
        if let Some(path) = recording {
            Form::of(path)?;
            if speech.is_some_and(|speech| is_same(speech, path)) {
                return Err(broken(
                    path,
                    "what is heard would be written over what is said; name another file",
                ));
            }
            try_writing(path).map_err(|error| broken(path, format!("it cannot be written: {error}")))?;
        }
        let speech = speech.map(read).transpose()?.unwrap_or_default();
        let recording = recording.map(Path::to_owned);
        let waits = AtomicBool::new(false);
        Ok(Paced::new(Self {
            waits,
            on_cue: false,
            speech,
            said: 0,
            recording,
            blank: None,
            tape: None,
            failure: None,
        }))
    }

    /// The same, but nothing is said and written until [`Self::cue`] after each opening.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn on_cue(speech: Option<&Path>, recording: Option<&Path>) -> Result<Paced<Self>, AudioError> {
        let files = Self::new(speech, recording)?;
        files.change(|files| files.on_cue = true);
        Ok(files)
    }

    /// Begins.
    pub fn cue(&self) {
        self.waits.store(false, Ordering::Relaxed);
    }

    /// Why what was heard since the last opening is not all in the recording; none if it is.
    #[must_use]
    pub fn failure(&self) -> Option<AudioError> {
        self.failure.clone()
    }

    fn not_whole(&mut self, error: impl std::fmt::Display) {
        let path = self.recording.as_deref().unwrap_or(Path::new(""));
        self.failure = Some(broken(path, format!("the recording is not whole: {error}")));
    }

    /// How long it takes to say everything, in milliseconds.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        self.speech.len() as u64 * 1_000 / u64::from(SAMPLE_RATE)
    }
}

impl Reel for Files {
    fn begin(&mut self) -> Result<(), AudioError> {
        self.said = 0;
        self.waits.store(self.on_cue, Ordering::Relaxed);
        (self.tape, self.failure) = (None, None);
        if self.on_cue {
            self.blank.clone_from(&self.recording);
        } else {
            self.tape = self.recording.as_deref().map(Tape::create).transpose()?;
        }
        Ok(())
    }

    fn speak(&mut self, frame: &mut Frame) {
        *frame = SILENCE;
        if self.waits.load(Ordering::Relaxed) {
            return;
        }
        let rest = &self.speech[self.said.min(self.speech.len())..];
        for (sample, said) in frame.iter_mut().zip(rest) {
            *sample = *said;
        }
        self.said += FRAME_SAMPLES;
    }

    fn hear(&mut self, frame: &Frame) {
        if self.waits.load(Ordering::Relaxed) {
            return;
        }
        if let Some(path) = self.blank.take() {
            match Tape::create(&path) {
                Ok(tape) => self.tape = Some(tape),
                Err(error) => self.failure = Some(error),
            }
        }
        // A full disk ends the recording, not the call.
        if let Some(Err(error)) = self.tape.as_mut().map(|tape| tape.write(frame)) {
            self.tape = None;
            self.not_whole(error);
        }
    }

    fn end(&mut self) {
        if let Some(Err(error)) = self.tape.take().map(Tape::finish) {
            self.not_whole(error);
        }
    }
}

/// Whether both are there, and one file.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Finds out whether the file can be written, and leaves everything as it is: a call that nobody answers must not cost the
/// recording of the one before.
fn try_writing(path: &Path) -> std::io::Result<()> {
    let is_new = !path.exists();
    OpenOptions::new().append(true).create(true).open(path)?;
    if is_new { std::fs::remove_file(path) } else { Ok(()) }
}

/// In which form a recording is written.
enum Form {
    Wav,
    Ogg,
}

impl Form {
    fn of(path: &Path) -> Result<Self, AudioError> {
        match path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("wav") => Ok(Self::Wav),
            Some("ogg" | "opus") => Ok(Self::Ogg),
            _ => Err(broken(path, "a recording's name ends in .wav, .ogg or .opus")),
        }
    }
}

enum Tape {
    Wav(WavWriter<BufWriter<File>>),
    Ogg(Box<OggRecording>),
}

impl Tape {
    fn create(path: &Path) -> Result<Self, AudioError> {
        Ok(match Form::of(path)? {
            Form::Wav => Self::Wav(WavWriter::create(path, FORM).map_err(|error| broken(path, error))?),
            Form::Ogg => Self::Ogg(Box::new(OggRecording::create(path)?)),
        })
    }

    fn write(&mut self, frame: &Frame) -> Result<(), hound::Error> {
        match self {
            Self::Wav(writer) => frame.iter().try_for_each(|sample| writer.write_sample(*sample)),
            Self::Ogg(recording) => Ok(recording.write(frame)?),
        }
    }

    fn finish(self) -> Result<(), hound::Error> {
        match self {
            Self::Wav(writer) => writer.finalize(),
            Self::Ogg(recording) => Ok(recording.finish()?),
        }
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("recording", &self.recording).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_can_be_said_again_and_silence_follows() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("heard.wav");
        Files::new(None, Some(&path)).unwrap().change(|ear| {
            ear.begin().unwrap();
            ear.hear(&[7; FRAME_SAMPLES]);
            ear.hear(&[-9; FRAME_SAMPLES]);
            ear.end();
        });
        let speech = read_wav(&path).unwrap();
        assert_eq!((speech.len(), speech[0], speech[959]), (960, 7, -9));
        let mouth = Files::new(Some(&path), None).unwrap();
        assert_eq!(mouth.look(Files::length_ms), 20);
        mouth.change(|mouth| mouth.begin().unwrap());
        assert_eq!(said(&mouth, 3), [7, -9, 0]);
    }

    /// The last sample of each of the next frames.
    fn said(mouth: &Paced<Files>, frames: usize) -> Vec<i16> {
        let speak = |mouth: &mut Files| {
            let mut frame = SILENCE;
            mouth.speak(&mut frame);
            frame[479]
        };
        (0..frames).map(|_| mouth.change(speak)).collect()
    }

    #[test]
    fn on_cue_nothing_is_said_and_recorded_before_it() {
        let directory = tempfile::tempdir().unwrap();
        let (spoken, heard) = (directory.path().join("spoken.wav"), directory.path().join("heard.wav"));
        let mut speech = WavWriter::create(&spoken, FORM).unwrap();
        (0..FRAME_SAMPLES).for_each(|_| speech.write_sample(5_i16).unwrap());
        speech.finalize().unwrap();
        let files = Files::on_cue(Some(&spoken), Some(&heard)).unwrap();
        for _ in 0..2 {
            files.change(|files| files.begin().unwrap());
            files.change(|files| files.hear(&[1; FRAME_SAMPLES]));
            assert_eq!(said(&files, 2), [0, 0]);
            files.look(Files::cue);
            files.change(|files| files.hear(&[2; FRAME_SAMPLES]));
            assert_eq!(said(&files, 2), [5, 0]);
            files.change(Files::end);
            assert_eq!(read(&heard).unwrap(), [2; FRAME_SAMPLES]);
        }
    }

    #[test]
    fn a_recording_that_cannot_be_made_is_refused_before_a_call() {
        let refused = |speech: Option<&Path>, recording: &Path| {
            Files::new(speech, Some(recording)).map(|_| ()).unwrap_err().to_string()
        };
        let form = refused(None, Path::new("heard.mp3"));
        assert!(form.contains(".wav, .ogg or .opus"), "{form}");
        let directory = tempfile::tempdir().unwrap();
        let nowhere = refused(None, &directory.path().join("missing/heard.wav"));
        assert!(nowhere.contains("cannot be written"), "{nowhere}");
        let path = directory.path().join("both.wav");
        WavWriter::create(&path, FORM).unwrap().finalize().unwrap();
        let same = refused(Some(&path), &path);
        assert!(same.contains("name another file"), "{same}");
    }

    #[test]
    fn a_call_that_comes_to_nothing_leaves_the_recording_of_the_one_before() {
        let directory = tempfile::tempdir().unwrap();
        let (kept, new) = (directory.path().join("kept.wav"), directory.path().join("new.wav"));
        std::fs::write(&kept, b"of yesterday").unwrap();
        for path in [&kept, &new] {
            let files = Files::on_cue(None, Some(path)).unwrap();
            files.change(|files| files.begin().unwrap());
            files.change(|files| files.hear(&[1; FRAME_SAMPLES]));
            files.change(Files::end);
        }
        assert_eq!(std::fs::read(&kept).unwrap(), b"of yesterday");
        assert!(!new.exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_ends_a_recording_and_is_told() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["heard.wav", "heard.ogg"] {
            let path = directory.path().join(name);
            std::os::unix::fs::symlink("/dev/full", &path).unwrap();
            let files = Files::on_cue(None, Some(&path)).unwrap();
            files.change(|files| files.begin().unwrap());
            files.look(Files::cue);
            assert_eq!(files.look(Files::failure), None);
            files.change(|files| (0..100).for_each(|_| files.hear(&[1; FRAME_SAMPLES])));
            files.change(Files::end);
            let failure = files.look(Files::failure).unwrap().to_string();
            assert!(failure.contains(name) && failure.contains("No space left"), "{failure}");
        }
    }

    #[test]
    fn what_is_no_sound_is_refused_in_words_that_say_so() {
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in
            [("empty.wav", &b""[..]), ("song.mp3", b"ID3"), ("cut.wav", b"RIFF\x24\0\0\0WAVE")]
        {
            let path = directory.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains("no whole WAV file, and no Ogg file"), "{error}");
        }
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
