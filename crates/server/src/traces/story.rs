//! What is kept of a call while it lasts: what the journal wrote of it, and what the journal does not know.

use std::time::Duration;
use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::ids::LegId;
use tring_protocol::time::Timestamp;

/// Most events of a call that are kept; an ordinary one has twenty. What decides its end is always kept. Higher: calls
/// of flapping devices take more memory; lower: less to see of them.
const EVENTS_MAX: usize = 250;

/// Most writes and most openings of a call that are kept; the first ones, which are those of its set-up.
const NOTES_MAX: usize = 50;

/// A call so far.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) events: Vec<CallEvent>,
    pub(super) opened: Vec<Opened>,
    pub(super) writes: Vec<Write>,
    /// What happened beyond the bounds.
    pub(super) left_out: u32,
}

/// The relay was asked for a leg's connection, and answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    /// Whose.
    pub(crate) leg: LegId,
    /// When it was asked.
    pub(crate) at: Timestamp,
    /// How long it took.
    pub(crate) took: Duration,
    /// Whether it could not use the offer.
    pub(crate) refused: bool,
}

/// One transaction of the journal, which may be of many calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Write {
    /// When it began.
    pub(crate) at: Timestamp,
    /// How long it took, with all attempts.
    pub(crate) took: Duration,
    /// How often the database had to be asked; 1 if it took it at once.
    pub(crate) attempts: u32,
    /// How many events it wrote, of all calls.
    pub(crate) events: usize,
}

impl Story {
    /// A call of the node's last life.
    pub(super) fn of(events: &[CallEvent]) -> Self {
        let mut story = Self::default();
        for event in events {
            story.take(event.clone());
        }
        story
    }

    pub(super) fn take(&mut self, event: CallEvent) {
        let decides = matches!(
            event.what,
            CallEventKind::Answered { .. }
                | CallEventKind::Connected
                | CallEventKind::TakenOver { .. }
                | CallEventKind::Quality { .. }
                | CallEventKind::Ended { .. }
        );
        if decides || self.events.len() < EVENTS_MAX {
            self.events.push(event);
        } else {
            self.left_out += 1;
        }
    }

    /// Part of it was in this transaction. May be said again of the same one.
    pub(super) fn was_written(&mut self, write: Write) {
        if self.writes.last() == Some(&write) {
            return;
        }
        keep(&mut self.writes, write, &mut self.left_out);
    }

    pub(super) fn was_opened(&mut self, opened: Opened) {
        keep(&mut self.opened, opened, &mut self.left_out);
    }
}

fn keep<T>(notes: &mut Vec<T>, note: T, left_out: &mut u32) {
    if notes.len() < NOTES_MAX {
        notes.push(note);
    } else {
        *left_out = left_out.saturating_add(1);
    }
}
