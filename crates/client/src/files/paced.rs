//! A unit whose clock is a thread: every 10 ms a frame is said and one is heard.
#![expect(clippy::disallowed_methods, reason = "it stands in for a sound card, whose clock is real")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::audio::{AudioError, AudioLine, AudioUnit, Frame, SILENCE};

const FRAME: Duration = Duration::from_millis(10);
/// How late a frame may be until the clock goes on from now. Higher: after a pause of the machine frames come in a burst;
/// lower: what a busy machine delays is lost for good.
const LATE_MAX: Duration = Duration::from_millis(500);

/// What is said and heard, in place of a microphone and a speaker.
pub trait Reel: Send + 'static {
    /// A call opens the sound.
    ///
    /// # Errors
    /// Why there is none.
    fn begin(&mut self) -> Result<(), AudioError>;
    /// The next 10 ms to be said.
    fn speak(&mut self, frame: &mut Frame);
    /// The next 10 ms that were heard.
    fn hear(&mut self, frame: &Frame);
    /// The sound is closed.
    fn end(&mut self);
}

/// A unit that says and hears what a [`Reel`] has.
#[derive(Debug)]
pub struct Paced<R>(Arc<Mutex<R>>);

impl<R: Reel> Paced<R> {
    /// A unit of this reel.
    pub fn new(reel: R) -> Self {
        Self(Arc::new(Mutex::new(reel)))
    }

    /// Changes the reel between two frames.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut R) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the reel.
    pub fn look<T>(&self, look: impl FnOnce(&R) -> T) -> T {
        look(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<R> Clone for Paced<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Reel> AudioUnit for Paced<R> {
    fn open(&mut self, line: AudioLine) -> Result<Box<dyn Send>, AudioError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).begin()?;
        let stop = Arc::new(AtomicBool::new(false));
        let (reel, stopped) = (Arc::clone(&self.0), Arc::clone(&stop));
        let thread = std::thread::spawn(move || run(&reel, line, &stopped));
        Ok(Box::new(Running { stop, thread: Some(thread) }))
    }
}

fn run<R: Reel>(reel: &Mutex<R>, line: AudioLine, stopped: &AtomicBool) {
    let AudioLine { mut microphone, mut speaker } = line;
    let mut due = Instant::now();
    while !stopped.load(Ordering::Relaxed) {
        let mut reel = reel.lock().unwrap_or_else(PoisonError::into_inner);
        let mut frame = SILENCE;
        reel.speak(&mut frame);
        microphone.captured(&frame);
        speaker.play(&mut frame);
        reel.hear(&frame);
        drop(reel);
        due += FRAME;
        let now = Instant::now();
        if now > due + LATE_MAX {
            due = now;
        }
        std::thread::sleep(due.saturating_duration_since(now));
    }
    reel.lock().unwrap_or_else(PoisonError::into_inner).end();
}

/// A thread that stops when this is dropped.
struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
