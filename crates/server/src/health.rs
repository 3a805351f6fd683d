//! Whether the node takes calls at the moment, and if not why: what `/readyz` says to load balancers.
//!
//! The node is looked at every few seconds, so that asking costs nothing however often it is done. What its parts find
//! out themselves (the journal, the drain) holds at once.

use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tring_store::Store;

use crate::clock::Clock;
use crate::hub::HubHandle;
use crate::media::RelayView;

/// How often the parts are looked at; a worker of the relay counts its life by the second, so it must be more than a
/// few. Higher: a load balancer learns later; lower: more writes, and a machine that stood still for a moment counts as
/// broken.
const EVERY: Duration = Duration::from_secs(5);

/// How long a write may take. Higher: a database that hangs is noticed later; lower: a backup or a slow disk counts as
/// a failure.
const WRITE: Duration = Duration::from_secs(4);

/// Shared by those who know and those who ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    draining: AtomicBool,
    journal_fails: AtomicBool,
    database_fails: AtomicBool,
    relay_fails: AtomicBool,
    hub_is_gone: AtomicBool,
}

/// What `/readyz` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Readiness {
    /// Whether the node takes calls: every part is well.
    pub(crate) ready: bool,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Part {
    name: &'static str,
    ok: bool,
    /// What is wrong, in a sentence that says what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Readiness {
    /// The name of each part and whether it is well; always the same parts in the same order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.parts.iter().map(|part| (part.name, part.ok))
    }
}

impl Health {
    /// The node is going down.
    pub(crate) fn drains(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// The database refuses what must be written, or takes it again.
    pub(crate) fn journal_fails(&self, fails: bool) {
        self.0.journal_fails.store(fails, Ordering::Relaxed);
    }

    /// Whether nothing that needs the database can be promised.
    pub(crate) fn is_journal_failing(&self) -> bool {
        self.0.journal_fails.load(Ordering::Relaxed)
    }

    /// How every part is.
    pub(crate) fn readiness(&self) -> Readiness {
        let part = |name, wrong: &AtomicBool, reason| {
            let ok = !wrong.load(Ordering::Relaxed);
            Part { name, ok, reason: (!ok).then_some(reason) }
        };
        let state = &*self.0;
        let parts = vec![
            part("drain", &state.draining, "the node was told to stop and lets its calls end"),
            part(
                "database",
                if self.is_journal_failing() { &state.journal_fails } else { &state.database_fails },
                "the database does not take what must be written: look for its error in the log, and at the disk",
            ),
            part(
                "relay",
                &state.relay_fails,
                "a worker of the relay stands still or has ended: restart the node",
            ),
            part("calls", &state.hub_is_gone, "nothing decides about calls any more: restart the node"),
        ];
        Readiness { ready: parts.iter().all(|part| part.ok), parts }
    }
}

/// What is looked at.
pub(crate) struct Parts {
    pub(crate) node: &'static str,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) relay: RelayView,
    pub(crate) hub: HubHandle,
}

/// Looks at the parts until `stop`.
pub(crate) async fn watch(health: Health, parts: Parts, stop: CancellationToken) {
    let mut times = interval(EVERY);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seconds = Vec::new();
    loop {
        tokio::select! {
            _ = times.tick() => {}
            () = stop.cancelled() => return,
        }
        let state = &*health.0;
        note(&state.database_fails, !can_write(&parts).await, "the database");
        let workers = parts.relay.workers();
        let before = std::mem::replace(&mut seconds, workers.iter().map(|worker| worker.seconds).collect());
        let stands_still =
            before.len() == seconds.len() && before.iter().zip(&seconds).any(|(b, now)| b == now);
        let is_dead = workers.is_empty() || workers.iter().any(|worker| !worker.lives);
        note(&state.relay_fails, is_dead || stands_still, "the relay");
        note(&state.hub_is_gone, parts.hub.is_gone(), "the hub");
    }
}

async fn can_write(parts: &Parts) -> bool {
    match timeout(WRITE, parts.store.note_node(parts.node, parts.clock.now())).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database cannot be written to");
            false
        }
        Err(_) => {
            tracing::warn!(waited = ?WRITE, "the database does not answer");
            false
        }
    }
}

/// Says a change once.
fn note(fails: &AtomicBool, fails_now: bool, part: &'static str) {
    match (fails.swap(fails_now, Ordering::Relaxed), fails_now) {
        (false, true) => tracing::error!(part, "the node is not ready for calls; `/readyz` says why"),
        (true, false) => tracing::info!(part, "is well again"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_ready_while_every_part_is_and_says_which_is_not() {
        let health = Health::default();
        assert!(health.readiness().ready);
        for (set, name) in [
            (&health.0.draining, "drain"),
            (&health.0.journal_fails, "database"),
            (&health.0.database_fails, "database"),
            (&health.0.relay_fails, "relay"),
            (&health.0.hub_is_gone, "calls"),
        ] {
            set.store(true, Ordering::Relaxed);
            let said = health.readiness();
            let wrong: Vec<_> = said.parts.iter().filter(|part| !part.ok).collect();
            assert!(!said.ready && wrong.len() == 1, "{said:?}");
            assert_eq!((wrong[0].name, wrong[0].reason.is_some()), (name, true));
            set.store(false, Ordering::Relaxed);
        }
    }
}
