//! The last station before the sockets: what a batch logged is on disk before any of its frames leaves, so what a
//! client was told or acknowledged survives a crash of the server (invariant 5).
//!
//! Batches leave in the order in which they came. One that logged nothing, such as a heartbeat's, costs no trip to the
//! database; those that wait behind a write are written together by the next one.

use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tring_calls::sessions::ConnId;
use tring_protocol::call::{CallEvent, CallRecord};
use tring_protocol::ids::AccountId;

use crate::changes::{Change, Changes};
use crate::clock::Clock;
use crate::health::Health;
use crate::metrics::{CallFigures, JournalFigures};
use crate::signal::queue::{Outgoing, Writer};
use crate::traces::{Opened, Tracer, Write};

/// Batches that may wait for the disk. Higher: more memory when it is slow; lower: the hub waits sooner.
pub(crate) const BATCHES: usize = 64;

/// First wait before a failed write is tried again; doubles up to [`RETRY_MAX`].
const RETRY_MIN: Duration = Duration::from_millis(100);
/// Longest wait before a failed write is tried again.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// What is counted and told of it.
pub(crate) struct Figures {
    pub(crate) calls: CallFigures,
    pub(crate) journal: JournalFigures,
    pub(crate) traces: Option<Tracer>,
}

/// What one round of the hub has to say.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// To append.
    pub(crate) events: Vec<CallEvent>,
    /// To write in the same transaction.
    pub(crate) records: Vec<CallRecord>,
    /// Legs that the relay was asked for, which only traces tell.
    pub(crate) opened: Vec<Opened>,
    /// Whose calls went a step further, for those who watch.
    pub(crate) stepped: Vec<AccountId>,
    /// For the sockets, once that is done.
    pub(crate) deliveries: Vec<(ConnId, Delivery)>,
}

/// What happens to a socket's queue.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// It is this one.
    Begin(Writer),
    /// This goes into it.
    Tell(Outgoing),
    /// Nothing more goes into it.
    End,
}

impl Batch {
    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.records.is_empty() && self.deliveries.is_empty()
    }
}

/// Runs until no batch can come any more. Returns when everything is written and handed to the sockets, and then no
/// queue has a sender left.
pub(crate) async fn run(
    store: tring_store::Journal,
    clock: Clock,
    health: Health,
    changes: Changes,
    mut figures: Figures,
    mut batches: mpsc::Receiver<Batch>,
) {
    let mut queues = Queues::default();
    let mut waiting = Vec::new();
    while batches.recv_many(&mut waiting, BATCHES).await > 0 {
        figures.journal.waiting(waiting.len() - 1);
        let mut together = Batch::default();
        for batch in waiting.drain(..) {
            together.events.extend(batch.events);
            together.records.extend(batch.records);
            together.opened.extend(batch.opened);
            together.stepped.extend(batch.stepped);
            together.deliveries.extend(batch.deliveries);
        }
        if let Some(tracer) = &mut figures.traces {
            tracer.opened(std::mem::take(&mut together.opened));
        }
        if !together.events.is_empty() || !together.records.is_empty() {
            let at = clock.now();
            let (took, attempts) = write(&store, &health, &figures.journal, &together).await;
            figures.calls.written(&together.events, &together.records);
            for record in &together.records {
                tracing::debug!(call = %record.call, reason = record.reason.as_str(), "a call has ended");
                changes.tell(&record.account, Change::Ended);
            }
            for account in &together.stepped {
                changes.tell(account, Change::Live);
            }
            if let Some(tracer) = &mut figures.traces {
                let write = Write { at, took, attempts, events: together.events.len() };
                tracer.written(together.events, write);
            }
        }
        for (conn, delivery) in together.deliveries {
            queues.deliver(conn, delivery);
        }
    }
}

/// Writes until it is written. Nobody is told anything meanwhile, so nothing is promised that could be lost; the node
/// reports itself unfit, and calls that are connected go on.
///
/// Returns how long that took, and how often it was tried.
async fn write(
    store: &tring_store::Journal,
    health: &Health,
    figures: &JournalFigures,
    batch: &Batch,
) -> (Duration, u32) {
    let (begun, mut wait, mut attempts) = (Instant::now(), RETRY_MIN, 1);
    while let Err(error) = store.write(&batch.events, &batch.records, &[]).await {
        health.journal_fails(true);
        figures.failed();
        tracing::error!(
            error = &error as &dyn std::error::Error,
            events = batch.events.len(),
            records = batch.records.len(),
            "the database refuses what happened in calls; signalling waits until it takes it"
        );
        tokio::time::sleep(wait).await;
        attempts += 1;
        wait = (wait * 2).min(RETRY_MAX);
    }
    if health.is_journal_failing() {
        tracing::info!("the database takes what happened in calls again");
        health.journal_fails(false);
    }
    let took = begun.elapsed();
    figures.wrote(batch.events.len(), took);
    (took, attempts)
}

/// The queues of the sockets.
#[derive(Debug, Default)]
struct Queues(HashMap<ConnId, Writer>);

impl Queues {
    fn deliver(&mut self, conn: ConnId, delivery: Delivery) {
        match delivery {
            Delivery::Begin(queue) => {
                self.0.insert(conn, queue);
            }
            Delivery::Tell(outgoing) => {
                // A socket that does not take what it is sent loses its queue, and its task closes it. What it missed
                // is still in its session, should it come back.
                if self.0.get(&conn).is_some_and(|queue| queue.push(outgoing).is_err()) {
                    self.0.remove(&conn);
                }
            }
            Delivery::End => {
                self.0.remove(&conn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::queue::queue;

    #[tokio::test]
    async fn a_socket_that_does_not_keep_up_gets_what_waits_and_then_the_end() {
        let (conn, mut queues) = (ConnId(1), Queues::default());
        let (writer, mut reader) = queue();
        queues.deliver(conn, Delivery::Begin(writer));
        for _ in 0..1_000 {
            queues.deliver(conn, Delivery::Tell(Outgoing::Close));
        }
        let mut waited = 0;
        while reader.next().await.is_some() {
            waited += 1;
        }
        assert!((100..1_000).contains(&waited), "{waited} waited");
        queues.deliver(conn, Delivery::Tell(Outgoing::Close));
        assert!(queues.0.is_empty());
    }

    #[tokio::test]
    async fn what_is_for_a_closed_socket_is_let_go() {
        let (conn, mut queues) = (ConnId(1), Queues::default());
        let (writer, mut reader) = queue();
        queues.deliver(conn, Delivery::Begin(writer));
        queues.deliver(conn, Delivery::End);
        queues.deliver(conn, Delivery::Tell(Outgoing::Close));
        assert!(reader.next().await.is_none());
    }
}
