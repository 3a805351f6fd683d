//! Calls that stand and talk: what it takes of a server to pass their packets on, and to hold them.

use anyhow::Result;
use std::time::Duration;
use tring_load::legs::Load;
use tring_relay::srtp::Profile;

use super::contest::Experiment;
use super::leg::Connected;
use super::{Rival, lines};
use crate::measure::a_few_at_once;
use crate::measure::forward::{self, Forwarding};

/// Between the first half of the calls and the look at memory: what is only needed for a moment is given back by then.
const REST: Duration = Duration::from_secs(3);

/// What so many calls cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) forwarding: Forwarding,
    /// Kilobytes (1,024 bytes) of resident memory that the process grew by for each call of the second half. The first
    /// ones load what a call takes, and fill what signing in has left in the heap: they would say too much or too little.
    pub(super) memory: f64,
    pub(super) profile: Profile,
}

/// So many calls at a time.
pub(super) struct Stand {
    pub(super) calls: usize,
}

impl Experiment for Stand {
    type Figures = Standing;

    async fn at<R: Rival>(&self, server: &R, load: &Load) -> Result<Standing> {
        let process = server.daemon().process();
        let mut lines = lines(server, self.calls).await?;
        let (first, second) = lines.split_at_mut(self.calls / 2);
        let before = load.count().await?;
        let mut calls = connect(server, first, load).await?;
        tokio::time::sleep(REST).await;
        let half = process.resident()?;
        calls.extend(connect(server, second, load).await?);
        let forwarding = forward::window(load, process, before).await?;
        let grown = process.resident()? as f64 - half as f64;
        let memory = grown / 1024.0 / second.len() as f64;
        for (line, call) in lines.iter_mut().zip(&calls) {
            server.hang_up(line, load).await?;
            call.leave(load);
        }
        Ok(Standing {
            forwarding,
            memory,
            profile: calls.first().map_or(Profile::AeadAes128Gcm, |call| call.profile),
        })
    }
}

async fn connect<R: Rival>(server: &R, lines: &mut [R::Line], load: &Load) -> Result<Vec<Connected>> {
    a_few_at_once(lines, async |line| server.connect(line, load).await).await
}
