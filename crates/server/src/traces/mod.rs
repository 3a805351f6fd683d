//! Each call as a trace for the operator, told by OTLP over HTTP to a collector once the call has ended: where the time
//! of a set-up went, who was gone when, and why it failed.
//!
//! ```text
//! journal ── what was written ──► Tracer ── stories of ended calls ──► Exporter ──► collector
//! ```
//!
//! | module | decides |
//! |---|---|
//! | `story` | what is kept of a call while it lasts |
//! | `parts` | which parts a story has |
//! | `spans` | which spans they become, and their ids |
//! | `attributes` | what they say, and by which names |
//! | `export` | what waits, what is sent together and again, and what is let go |
//! | `collector` | what one request asks and what its answer means |
//!
//! A trace has the 128 bits of its call's id, so that the dashboard's page of a call, its line in the log and its trace
//! are found from each other. **A span never says who or where somebody is**: no account, cuid, name, device, address or
//! context; a test reads the bytes that go out. **Calls never wait for a trace**: the journal's task keeps what it has
//! written anyway, and what does not fit into the queue is let go and counted.

mod attributes;
mod collector;
mod export;
mod parts;
mod spans;
mod story;

pub(crate) use export::Exporter;
pub(crate) use story::{Opened, Write};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::ids::CallId;

use crate::config;
use crate::metrics::TraceFigures;
use collector::{Answer, Collector};
use spans::Server;
use story::Story;

/// Ended calls that may wait for the collector, at a few kilobytes each. Higher: more memory while it is away; lower:
/// its restart costs a busy server some traces.
const WAITING: usize = 1_000;

/// Where the traces of a node come from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The node's name.
    pub(crate) node: &'static str,
    /// What the database is called in the conventions of OpenTelemetry.
    pub(crate) database: &'static str,
}

/// Follows the calls that the journal writes.
pub(crate) struct Tracer {
    live: HashMap<CallId, Story>,
    ended: mpsc::Sender<Story>,
    figures: Arc<TraceFigures>,
}

/// The two ends of the way to the collector, which is not asked for anything yet.
///
/// # Errors
/// If this system cannot speak https at all.
pub(crate) fn start(
    endpoint: &config::Collector,
    config: &config::Traces,
    origin: &Origin,
    figures: TraceFigures,
) -> Result<(Tracer, Exporter), reqwest::Error> {
    let collector = Collector::new(endpoint, config)?;
    let server = Server::new(origin, &config.resource);
    let figures = Arc::new(figures);
    let (ended, stories) = mpsc::channel(WAITING);
    let exporter = Exporter::new(collector, server, stories, Arc::clone(&figures));
    Ok((Tracer::new(ended, figures), exporter))
}

/// Sends a collector no traces, to hear whether it takes them: for who looks before a server goes live. `None` if the
/// configuration names none.
///
/// # Errors
/// Why it does not, in words.
pub async fn ask_collector(config: &config::Traces) -> Option<Result<(), String>> {
    let collector = match Collector::new(config.endpoint.as_ref()?, config) {
        Ok(collector) => collector,
        Err(error) => return Some(Err(error.to_string())),
    };
    // Not without a single byte: servers want the length of a body, and an empty one goes out without it.
    let nothing = ExportTraceServiceRequest { resource_spans: vec![ResourceSpans::default()] };
    Some(match collector.send(collector.encode(&nothing)).await {
        Answer::Took { .. } => Ok(()),
        Answer::Later { why, .. } | Answer::Never { why } => Err(why),
    })
}

impl Tracer {
    fn new(ended: mpsc::Sender<Story>, figures: Arc<TraceFigures>) -> Self {
        Self { live: HashMap::new(), ended, figures }
    }

    /// Knows the calls that the node's last life left open: they are about to end.
    pub(crate) fn remember(&mut self, unfinished: &[Vec<CallEvent>]) {
        for events in unfinished {
            if let Some(first) = events.first() {
                self.live.insert(first.call, Story::of(events));
            }
        }
    }

    /// The relay was asked for these legs, before what is written next.
    pub(crate) fn opened(&mut self, opened: Vec<Opened>) {
        for opened in opened {
            // Devices also try their network without a call.
            if let Some(story) = self.live.get_mut(&opened.leg.call) {
                story.was_opened(opened);
            }
        }
    }

    /// Takes what was written together.
    pub(crate) fn written(&mut self, events: Vec<CallEvent>, write: Write) {
        for event in events {
            let call = event.call;
            let is_end = matches!(event.what, CallEventKind::Ended { .. });
            let story = match event.what {
                CallEventKind::Placed { .. } => Some(self.live.entry(call).or_default()),
                // Of a call whose beginning is not known nothing could be told.
                _ => self.live.get_mut(&call),
            };
            if let Some(story) = story {
                story.take(event);
                story.was_written(write);
            }
            if is_end
                && let Some(story) = self.live.remove(&call)
                && self.ended.try_send(story).is_err()
            {
                self.figures.dropped(1);
            }
        }
    }
}

#[cfg(test)]
mod tests;
