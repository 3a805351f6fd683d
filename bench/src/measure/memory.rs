//! Memory of the server's process: what a call adds, and what a signed-in device that does nothing costs.

use anyhow::Result;
use std::path::Path;
use std::time::Duration;
use tring_load::legs::Load;
use tring_load::peer::{sign_in_devices, sign_in_pairs};

use super::{hang_up_all, talk_all};
use crate::server::{Server, with_server};

/// Calls in one wave.
pub(crate) const CALLS: usize = 100;
/// Idle connections.
pub(crate) const IDLE: usize = 5_000;
/// What is only needed while something is set up is gone after this time: finished handshakes, for one.
const SETTLE: Duration = Duration::from_secs(4);

/// Kilobytes (1,024 bytes) of resident memory for each call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PerCall {
    /// A fresh process whose users are signed in, from no call to the first wave.
    pub(crate) first_wave: f64,
    /// A second wave of as many calls while the first goes on: what a call keeps once the heap that handshakes need
    /// is there.
    pub(crate) second_wave: f64,
    /// All hung up, and as many calls again as there were: what the process has grown by since. Nothing, if calls
    /// leave nothing behind.
    pub(crate) again: f64,
}

/// Measures calls.
pub(crate) async fn calls(load: &Load, program: &Path) -> Result<PerCall> {
    with_server(program, async |server| {
        let mut first = sign_in_pairs(server.sign_in(), "first", CALLS).await?;
        let mut second = sign_in_pairs(server.sign_in(), "second", CALLS).await?;

        let empty = settled(server).await?;
        let first_calls = talk_all(load, &mut first).await?;
        let one_wave = settled(server).await?;
        let second_calls = talk_all(load, &mut second).await?;
        let two_waves = settled(server).await?;
        hang_up_all(load, &mut first, &first_calls).await?;
        hang_up_all(load, &mut second, &second_calls).await?;
        let first_calls = talk_all(load, &mut first).await?;
        let second_calls = talk_all(load, &mut second).await?;
        let again = settled(server).await?;
        hang_up_all(load, &mut first, &first_calls).await?;
        hang_up_all(load, &mut second, &second_calls).await?;

        Ok(PerCall {
            first_wave: (one_wave - empty) / CALLS as f64,
            second_wave: (two_waves - one_wave) / CALLS as f64,
            again: (again - two_waves) / (2 * CALLS) as f64,
        })
    })
    .await
}

/// Measures idle connections: kilobytes for each.
pub(crate) async fn idle(program: &Path) -> Result<f64> {
    with_server(program, async |server| {
        // The first device makes the process load what every device shares.
        let _warm = sign_in_devices(server.sign_in(), "warm", 1).await?;
        let before = settled(server).await?;
        let _idle = sign_in_devices(server.sign_in(), "idle", IDLE).await?;
        Ok((settled(server).await? - before) / IDLE as f64)
    })
    .await
}

async fn settled(server: &Server) -> Result<f64> {
    tokio::time::sleep(SETTLE).await;
    Ok(server.process().resident()? as f64 / 1024.0)
}
