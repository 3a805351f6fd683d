//! The device's audio unit: opened beside the task while calls need it, and its frames carried to and from the engine.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::mpsc;

use super::line::Line;
use crate::audio::{AudioError, AudioUnit, SILENCE};
use crate::engine::Engine;

/// A unit that was opened, its line, and which opening it was.
type Opened = (u64, Result<(Box<dyn Send>, Line), AudioError>);

/// Microphone and speaker.
pub(super) struct Sound {
    unit: Option<Arc<Mutex<Box<dyn AudioUnit>>>>,
    running: Option<Running>,
    openings: u64,
    to_bring: mpsc::UnboundedSender<Opened>,
    brought: mpsc::UnboundedReceiver<Opened>,
}

/// A unit that is open. Dropped in this order: the unit stops before its queues go.
struct Running {
    _unit: Box<dyn Send>,
    line: Line,
}

impl Sound {
    /// Closed.
    pub(super) fn new(unit: Option<Box<dyn AudioUnit>>) -> Self {
        let (to_bring, brought) = mpsc::unbounded_channel();
        let unit = unit.map(|unit| Arc::new(Mutex::new(unit)));
        Self { unit, running: None, openings: 0, to_bring, brought }
    }

    /// Whether there is a unit; then it is being opened, and [`Self::opened`] says what came of it.
    pub(super) fn open(&mut self) -> bool {
        let Some(unit) = self.unit.clone() else { return false };
        self.openings += 1;
        let (opening, bring) = (self.openings, self.to_bring.clone());
        // A sound card takes its time; signalling does not wait for it.
        tokio::task::spawn_blocking(move || {
            let (line, ends) = Line::new();
            let open = unit.lock().map_err(|_| AudioError::Missing("audio unit that works".to_owned()));
            let result = open.and_then(|mut unit| unit.open(ends)).map(|unit| (unit, line));
            let _ = bring.send((opening, result));
        });
        true
    }

    /// What came of the last opening.
    pub(super) async fn opened(&mut self) -> Result<(), AudioError> {
        loop {
            // There is a sender as long as there is the receiver: here.
            let Some((opening, result)) = self.brought.recv().await else { continue };
            if opening == self.openings {
                return result.map(|(unit, line)| self.running = Some(Running { _unit: unit, line }));
            }
        }
    }

    pub(super) fn close(&mut self) {
        // One that is still being opened is not needed any more.
        self.openings += 1;
        self.running = None;
    }

    pub(super) fn is_open(&self) -> bool {
        self.running.is_some()
    }

    /// Carries frames from the microphone and for the speaker.
    pub(super) fn pass(&mut self, now: Instant, engine: &mut Engine) {
        let Some(Running { line, .. }) = &mut self.running else { return };
        while let Ok(frame) = line.heard.pop() {
            engine.captured(now, &frame);
        }
        while !line.to_play.is_full() {
            let mut frame = SILENCE;
            engine.play(now, &mut frame);
            let _ = line.to_play.push(frame);
        }
    }
}
