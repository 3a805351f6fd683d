//! What became of the traces of calls.

use metrics::Counter;
use std::sync::atomic::{AtomicU64, Ordering};

use super::registry::Registry;

/// Of those who tell them.
pub(crate) struct TraceFigures {
    sent: Counter,
    dropped: Counter,
    refused: Counter,
    rejected: Counter,
    failed: Counter,
    lost: AtomicU64,
}

impl TraceFigures {
    pub(crate) fn new(registry: &Registry) -> Self {
        let traces = |outcome| {
            let help = "Traces of calls that the collector took (sent), will never take (refused), and that were let go because \
                        it did not take them for long (dropped).";
            registry.counter("tring_traces_total", help, &[("outcome", outcome)])
        };
        Self {
            sent: traces("sent"),
            dropped: traces("dropped"),
            refused: traces("refused"),
            rejected: registry.counter(
                "tring_trace_spans_rejected_total",
                "Parts of traces that the collector threw away.",
                &[],
            ),
            failed: registry.counter(
                "tring_trace_failures_total",
                "How often the collector could not be reached or took nothing; some are tried again.",
                &[],
            ),
            lost: AtomicU64::new(0),
        }
    }

    pub(crate) fn sent(&self, traces: u64) {
        self.sent.increment(traces);
    }

    /// Nobody took them in time.
    pub(crate) fn dropped(&self, traces: u64) {
        self.dropped.increment(traces);
        self.lost.fetch_add(traces, Ordering::Relaxed);
    }

    /// Nobody will take them.
    pub(crate) fn refused(&self, traces: u64) {
        self.refused.increment(traces);
        self.lost.fetch_add(traces, Ordering::Relaxed);
    }

    pub(crate) fn rejected(&self, spans: u64) {
        self.rejected.increment(spans);
    }

    pub(crate) fn failed(&self) {
        self.failed.increment(1);
    }

    /// How many were dropped or refused since the start.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}
