//! What waits for the database, and how long it takes.

use metrics::{Counter, Gauge, Histogram};
use std::time::Duration;

use super::registry::Registry;

/// Of the journal.
pub(crate) struct JournalFigures {
    waiting: Gauge,
    took: Histogram,
    events: Counter,
    failed: Counter,
}

impl JournalFigures {
    pub(super) fn new(registry: &Registry) -> Self {
        Self {
            waiting: registry.gauge(
                "tring_journal_waiting_batches",
                "Batches that waited for the database when it was last free; signalling waits when there are 64.",
                &[],
            ),
            took: registry.histogram(
                "tring_journal_write_seconds",
                "How long the database took to write what happened in calls, with all attempts.",
                &[],
            ),
            events: registry.counter("tring_journal_events_total", "Events of calls written.", &[]),
            failed: registry.counter(
                "tring_journal_failures_total",
                "How often the database refused what happened in calls; it is tried again.",
                &[],
            ),
        }
    }

    /// So many batches had to wait.
    pub(crate) fn waiting(&self, batches: usize) {
        self.waiting.set(batches as f64);
    }

    /// So many events were written in that time.
    pub(crate) fn wrote(&self, events: usize, took: Duration) {
        self.events.increment(events as u64);
        self.took.record(took.as_secs_f64());
    }

    /// The database refused.
    pub(crate) fn failed(&self) {
        self.failed.increment(1);
    }
}
