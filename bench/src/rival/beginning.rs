//! Calls that begin: how long it takes until both sides have their keys and hear each other.

use anyhow::Result;
use std::time::Duration;
use tring_load::legs::Load;

use super::contest::Experiment;
use super::{Rival, lines};
use crate::measure::setup::Percentiles;
use crate::measure::spaced;

/// Calls of a round.
pub(super) const CALLS: usize = 20;
/// Between two of them. Lower: they wait for each other's handshakes.
const SPACING: Duration = Duration::from_millis(250);
/// How long each lasts.
const TALK: Duration = Duration::from_millis(200);
/// Between the last sign-in and the first call: the server has nothing else to do by then.
const REST: Duration = Duration::from_secs(1);

/// Milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetUp {
    /// The caller's request → both sides have their keys.
    pub(super) keyed: Percentiles,
    /// The caller's request → both sides have opened a packet of the other.
    pub(super) heard: Percentiles,
}

/// [`CALLS`] calls, one after the other.
pub(super) struct Begin;

impl Experiment for Begin {
    type Figures = SetUp;

    async fn at<R: Rival>(&self, server: &R, load: &Load) -> Result<SetUp> {
        let mut lines = lines(server, CALLS).await?;
        tokio::time::sleep(REST).await;
        let one_by_one = spaced(SPACING, &mut lines, async |line| {
            let call = server.connect(line, load).await?;
            tokio::time::sleep(TALK).await;
            server.hang_up(line, load).await?;
            call.leave(load);
            Ok(call)
        });
        let calls = one_by_one.await?;
        Ok(SetUp {
            keyed: Percentiles::of(calls.iter().map(|call| call.keyed)),
            heard: Percentiles::of(calls.iter().map(|call| call.heard)),
        })
    }
}
