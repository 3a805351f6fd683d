//! Calls by state and end, and how long they took to set up: a fold over what the journal has written.

use metrics::{Counter, Gauge, Histogram};
use std::collections::HashMap;
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::time::Timestamp;

use super::registry::{Registry, TALK_SECONDS};

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Placed,
    Ringing,
    Answered,
    Connected,
}

impl Stage {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Placed, "placed"),
        (Self::Ringing, "ringing"),
        (Self::Answered, "answered"),
        (Self::Connected, "connected"),
    ];
}

/// Written to by one task.
pub(crate) struct CallFigures {
    live: HashMap<CallId, Stage>,
    stages: [Gauge; 4],
    placed: Counter,
    ended: Vec<(EndReason, Counter)>,
    moved: Counter,
    held: Counter,
    taken_over: Counter,
    ringing_after: Histogram,
    answered_after: Histogram,
    connected_after: Histogram,
    talk: Histogram,
}

impl CallFigures {
    pub(super) fn new(registry: &Registry) -> Self {
        let stages = Stage::ALL.map(|(_, state)| {
            registry.gauge(
                "tring_calls",
                "Calls that have not ended, by how far they have come.",
                &[("state", state)],
            )
        });
        let ended = EndReason::ALL.iter().map(|reason| {
            let labels = [("status", reason.status().as_str()), ("reason", reason.as_str())];
            (
                *reason,
                registry.counter(
                    "tring_calls_ended_total",
                    "Calls that have ended, by how and why.",
                    &labels,
                ),
            )
        });
        Self {
            live: HashMap::new(),
            stages,
            ended: ended.collect(),
            placed: registry.counter("tring_calls_placed_total", "Calls placed.", &[]),
            moved: registry.counter(
                "tring_call_path_changes_total",
                "How often a device's audio went on over another network.",
                &[],
            ),
            held: registry.counter("tring_call_holds_total", "How often a call was put on hold.", &[]),
            taken_over: registry.counter(
                "tring_call_takeovers_total",
                "How often a call was moved to another device of the same person.",
                &[],
            ),
            ringing_after: registry.histogram(
                "tring_call_ringing_after_seconds",
                "From placing a call to the first device that shows it.",
                &[],
            ),
            answered_after: registry.histogram(
                "tring_call_answered_after_seconds",
                "From the first device that rings to the answer.",
                &[],
            ),
            connected_after: registry.histogram(
                "tring_call_connected_after_seconds",
                "From the answer until both sides hear each other.",
                &[],
            ),
            talk: registry.histogram(
                TALK_SECONDS,
                "From the answer to the end, of calls that were answered.",
                &[],
            ),
        }
    }

    /// Counts what was written.
    pub(crate) fn written(&mut self, events: &[CallEvent], records: &[CallRecord]) {
        for event in events {
            self.event(event);
        }
        for record in records {
            self.record(record);
        }
    }

    fn event(&mut self, event: &CallEvent) {
        match event.what {
            CallEventKind::Placed { .. } => {
                self.placed.increment(1);
                self.enter(event.call, Stage::Placed);
            }
            // A further device that rings does not take a call back.
            CallEventKind::Ringing { .. } if self.live.get(&event.call) == Some(&Stage::Placed) => {
                self.enter(event.call, Stage::Ringing);
            }
            CallEventKind::Answered { .. } => self.enter(event.call, Stage::Answered),
            CallEventKind::Connected => self.enter(event.call, Stage::Connected),
            CallEventKind::Ended { .. } => self.leave(event.call),
            CallEventKind::Moved { .. } => self.moved.increment(1),
            CallEventKind::Held { .. } => self.held.increment(1),
            CallEventKind::TakenOver { .. } => self.taken_over.increment(1),
            CallEventKind::Ringing { .. }
            | CallEventKind::Offered { .. }
            | CallEventKind::Keyed { .. }
            | CallEventKind::Heard { .. }
            | CallEventKind::Away { .. }
            | CallEventKind::Back { .. }
            | CallEventKind::Resumed { .. }
            | CallEventKind::MediaFailed { .. }
            | CallEventKind::Quality { .. } => {}
        }
    }

    fn enter(&mut self, call: CallId, stage: Stage) {
        self.leave(call);
        self.live.insert(call, stage);
        self.stages[stage as usize].increment(1);
    }

    fn leave(&mut self, call: CallId) {
        if let Some(stage) = self.live.remove(&call) {
            self.stages[stage as usize].decrement(1);
        }
    }

    fn record(&self, record: &CallRecord) {
        if let Some((_, counter)) = self.ended.iter().find(|(reason, _)| *reason == record.reason) {
            counter.increment(1);
        }
        let between = |histogram: &Histogram, from: Option<Timestamp>, to: Option<Timestamp>| {
            if let (Some(from), Some(to)) = (from, to) {
                histogram.record(seconds(to.since(from)));
            }
        };
        between(&self.ringing_after, Some(record.placed_at), record.ringing_at);
        between(&self.answered_after, record.ringing_at, record.answered_at);
        between(&self.connected_after, record.answered_at, record.connected_at);
        between(&self.talk, record.answered_at, Some(record.ended_at));
    }
}

fn seconds(time: tring_protocol::time::Millis) -> f64 {
    std::time::Duration::from(time).as_secs_f64()
}
