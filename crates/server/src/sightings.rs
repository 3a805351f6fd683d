//! Notes in the background who signed in where: many at a time, so that a whole office that returns is one write.

use std::time::Duration;
use tokio::sync::mpsc;
use tring_store::{Sighting, Store};

/// Sign-ins that may wait to be noted; beyond, they are not noted.
pub(crate) const WAITING: usize = 4_096;

/// How long sign-ins are gathered. Higher: fewer writes, and `last used` is less exact.
const GATHER: Duration = Duration::from_millis(500);

/// Runs until nobody can sign in any more.
pub(crate) async fn run(store: Store, mut sightings: mpsc::Receiver<Sighting>) {
    let mut gathered = Vec::new();
    while sightings.recv_many(&mut gathered, WAITING).await > 0 {
        if let Err(error) = store.note(&gathered).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "sign-ins cannot be noted");
        }
        gathered.clear();
        tokio::time::sleep(GATHER).await;
    }
}
