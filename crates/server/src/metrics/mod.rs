//! Figures about the node in the words of Prometheus, for `/metrics` at an address of its own.
//!
//! | module | counts |
//! |---|---|
//! | `calls` | calls by state and end, and how long they took to set up |
//! | `signalling` | sockets, sign-ins, sessions, TURN credentials |
//! | `journal` | what waits for the database, and how long it takes |
//! | `requests` | HTTP requests by route |
//! | `relay` | each worker's packets, bytes, losses and handshakes |
//! | `traces` | what became of the traces of calls |
//! | `process` | processor time, memory and files of the process |
//!
//! **A label never says who or where somebody is, and has few values**: no account, cuid, call, device or address.
//! Counting takes no lock; what the relay counts by itself is read when somebody asks.

mod calls;
mod journal;
mod process;
mod registry;
mod relay;
mod requests;
mod signalling;
mod traces;

pub(crate) use calls::CallFigures;
pub(crate) use journal::JournalFigures;
pub(crate) use registry::Registry;
pub(crate) use requests::count as count_requests;
pub(crate) use signalling::{SessionFigures, SignallingFigures};
pub(crate) use traces::TraceFigures;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::Gauge;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::health::Health;
use crate::media::RelayView;
use process::ProcessFigures;
use relay::RelayFigures;
use requests::RequestFigures;

/// How often what histograms gathered is put into their buckets. Higher: more memory between two scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// The figures of one node.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    /// Of the sockets' door.
    signalling: Arc<SignallingFigures>,
    requests: RequestFigures,
    relay: RelayFigures,
    process: ProcessFigures,
    ready: Vec<(&'static str, Gauge)>,
    health: Health,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Everything at zero.
    pub(crate) fn new(relay: RelayView, health: Health) -> Self {
        let registry = Registry::new();
        let version = env!("CARGO_PKG_VERSION");
        registry
            .gauge("tring_build_info", "1; the label says which version runs.", &[("version", version)])
            .set(1);
        let help = "1 while this part of the node takes calls, 0 while it does not; `/readyz` says why.";
        let parts = health.readiness();
        let ready =
            parts.parts().map(|(name, _)| (name, registry.gauge("tring_ready", help, &[("part", name)])));
        let inner = Inner {
            signalling: Arc::new(SignallingFigures::new(&registry)),
            requests: RequestFigures::default(),
            relay: RelayFigures::new(relay),
            process: ProcessFigures::new(&registry),
            ready: ready.collect(),
            health,
            registry,
        };
        Self(Arc::new(inner))
    }

    /// For who writes calls down.
    pub(crate) fn calls(&self) -> CallFigures {
        CallFigures::new(&self.0.registry)
    }

    /// For who writes at all.
    pub(crate) fn journal(&self) -> JournalFigures {
        JournalFigures::new(&self.0.registry)
    }

    /// For who tells calls as traces, if anybody does.
    pub(crate) fn traces(&self) -> TraceFigures {
        TraceFigures::new(&self.0.registry)
    }

    /// For the door.
    pub(crate) fn signalling(&self) -> Arc<SignallingFigures> {
        Arc::clone(&self.0.signalling)
    }

    /// For the hub.
    pub(crate) fn sessions(&self) -> SessionFigures {
        SessionFigures::new(&self.0.registry)
    }

    fn render(&self) -> String {
        let inner = &*self.0;
        inner.relay.read(&inner.registry);
        inner.process.read();
        for ((name, ok), (known, gauge)) in inner.health.readiness().parts().zip(&inner.ready) {
            debug_assert_eq!(name, *known, "the parts are always the same");
            gauge.set(f64::from(u8::from(ok)));
        }
        inner.registry.render()
    }
}

/// `GET /metrics`, which is served at an address of its own.
pub(crate) fn router(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(metrics)
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}

/// Keeps the memory of the histograms bounded until `stop`, whether or not anybody asks for them.
pub(crate) async fn keep(metrics: Metrics, stop: CancellationToken) {
    let mut times = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            _ = times.tick() => metrics.0.registry.keep(),
            () = stop.cancelled() => return,
        }
    }
}
