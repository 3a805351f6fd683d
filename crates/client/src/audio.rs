//! How sound gets in and out of a call: frames of 10 ms at 48 kHz, one channel, whatever makes or plays them.
//!
//! A phone plugs its own echo-cancelled audio unit in here, a bot its files, a test its tones. Who captures and who plays
//! is the unit's business, and so is its clock: the call adapts to it.

use thiserror::Error;

/// Samples in a second. Opus works at this rate inside, so nothing is resampled on the way.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples in a frame: 10 ms.
pub const FRAME_SAMPLES: usize = 480;

/// 10 ms of sound: signed samples of one channel.
pub type Frame = [i16; FRAME_SAMPLES];

/// 10 ms without a sound.
pub const SILENCE: Frame = [0; FRAME_SAMPLES];

/// A microphone and a speaker, real or not.
///
/// **Each direction is paced by its own clock: `captured` is called once per 10 ms that were heard, `play` once per 10 ms
/// that will be played.** A unit that calls faster makes people speak faster.
///
/// An echo, by which people hear how they sound to others:
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use std::thread::{sleep, spawn};
/// use std::time::{Duration, Instant};
/// use tring_client::audio::{AudioError, AudioLine, AudioUnit, SILENCE};
///
/// struct Echo;
///
/// /// Ends the echo when the call drops it.
/// struct Running(Arc<AtomicBool>);
///
/// impl Drop for Running {
///     fn drop(&mut self) {
///         self.0.store(false, Ordering::Relaxed);
///     }
/// }
///
/// impl AudioUnit for Echo {
///     fn open(&mut self, line: AudioLine) -> Result<Box<dyn Send>, AudioError> {
///         let AudioLine { mut microphone, mut speaker } = line;
///         let runs = Arc::new(AtomicBool::new(true));
///         let running = Running(Arc::clone(&runs));
///         spawn(move || {
///             let mut due = Instant::now();
///             while runs.load(Ordering::Relaxed) {
///                 let mut frame = SILENCE;
///                 speaker.play(&mut frame);
///                 microphone.captured(&frame);
///                 due += Duration::from_millis(10);
///                 sleep(due.saturating_duration_since(Instant::now()));
///             }
///         });
///         Ok(Box::new(running))
///     }
/// }
/// ```
pub trait AudioUnit: Send {
    /// Begins to hear and to play, until what is returned is dropped.
    ///
    /// # Errors
    /// [`AudioError`] if there is no such device, or the system does not give it.
    fn open(&mut self, line: AudioLine) -> Result<Box<dyn Send>, AudioError>;
}

impl AudioUnit for Box<dyn AudioUnit> {
    fn open(&mut self, line: AudioLine) -> Result<Box<dyn Send>, AudioError> {
        (**self).open(line)
    }
}

/// Both directions of a unit, which it may take to different threads. Neither end of it ever waits.
pub struct AudioLine {
    /// What the unit hears goes in here.
    pub microphone: Box<dyn Microphone>,
    /// What the unit plays comes out of here.
    pub speaker: Box<dyn Speaker>,
}

/// Takes what is heard.
pub trait Microphone: Send {
    /// The next 10 ms. Called from a thread that must not wait, so this never does.
    fn captured(&mut self, frame: &Frame);
}

/// Gives what is to be played.
pub trait Speaker: Send {
    /// The next 10 ms; silence if nobody speaks. Called from a thread that must not wait, so this never does.
    fn play(&mut self, frame: &mut Frame);
}

impl std::fmt::Debug for AudioLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AudioLine").finish_non_exhaustive()
    }
}

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AudioError {
    /// There is no such device.
    #[error("there is no {0}; connect one, or choose another device")]
    Missing(String),
    /// The system does not give it.
    #[error("the system does not give this program the {device}: {reason}")]
    Refused {
        /// Which.
        device: String,
        /// What the system said.
        reason: String,
    },
    /// A file cannot be read or written, or has another form than it should.
    #[error("{file}: {reason}")]
    File {
        /// Its name.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
}
