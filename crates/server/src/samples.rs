//! Writes down in the background how calls sound over time. Nothing waits for it: when the database is slow samples
//! pile up to a bound, and beyond it, or when it refuses them, they are let go. Calls take no notice.

use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::CallId;
use tring_store::Journal;

/// A sample and its call.
pub(crate) type Sample = (CallId, QualitySample);

/// Samples that may wait to be written, those of 2,000 calls. Higher: more memory while the database is slow; lower: a
/// busy node loses some.
pub(crate) const WAITING: usize = 4_096;

/// How long samples are gathered. Higher: fewer writes, and a call's page shows them later.
const GATHER: Duration = Duration::from_secs(1);

/// Runs until no call can be sampled any more.
pub(crate) async fn run(journal: Journal, mut samples: mpsc::Receiver<Sample>) {
    let mut gathered = Vec::new();
    while let Some(first) = samples.recv().await {
        gathered.push(first);
        // Ends early when no more can come: a node that stops does not wait for this.
        let more = async {
            while gathered.len() < WAITING && samples.recv_many(&mut gathered, WAITING).await > 0 {}
        };
        let _ = timeout(GATHER, more).await;
        if let Err(error) = journal.write(&[], &[], &gathered).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, samples = gathered.len(), "how calls sounded cannot be written");
        }
        gathered.clear();
    }
}
