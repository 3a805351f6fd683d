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

/// Calls that come and go before the others, so that a server has loaded what a call takes and has in its heap what
/// handshakes need for a moment. What signing in needed is reused for it or given back: mimalloc (Tring) does that only
/// when there is something to do, and what it had not done would make the calls look smaller.
const WARM_UP: usize = 8;
/// Between these and the first look at memory.
const REST: Duration = Duration::from_secs(3);

/// What so many calls cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) forwarding: Forwarding,
    /// Kilobytes (1,024 bytes) of resident memory for each call, people being signed in.
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
        let mut lines = lines(server, self.calls + WARM_UP).await?;
        let (measured, warm_up) = lines.split_at_mut(self.calls);
        let calls = connect(server, warm_up, load).await?;
        hang_up(server, warm_up, &calls, load).await?;
        tokio::time::sleep(REST).await;

        let empty = process.resident()?;
        let before = load.count().await?;
        let calls = connect(server, measured, load).await?;
        let forwarding = forward::window(load, process, before).await?;
        let grown = process.resident()? as f64 - empty as f64;
        hang_up(server, measured, &calls, load).await?;

        Ok(Standing {
            forwarding,
            memory: grown / 1024.0 / self.calls as f64,
            profile: calls.first().map_or(Profile::AeadAes128Gcm, |call| call.profile),
        })
    }
}

async fn connect<R: Rival>(server: &R, lines: &mut [R::Line], load: &Load) -> Result<Vec<Connected>> {
    a_few_at_once(lines, async |line| server.connect(line, load).await).await
}

/// Ends `calls`, which are those of `lines` in the same order.
async fn hang_up<R: Rival>(
    server: &R,
    lines: &mut [R::Line],
    calls: &[Connected],
    load: &Load,
) -> Result<()> {
    for (line, call) in lines.iter_mut().zip(calls) {
        server.hang_up(line, load).await?;
        call.leave(load);
    }
    Ok(())
}
