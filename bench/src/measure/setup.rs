//! How long a call takes to ring and to be heard, and what setting it up costs the server.

use anyhow::Result;
use futures_util::future::try_join_all;
use std::path::Path;
use std::time::{Duration, Instant};
use tring_load::legs::Load;
use tring_load::peer::{Call, Pair, sign_in_pairs};

use super::spaced;
use crate::figures::percentile;
use crate::server::{Server, with_server};

/// Calls in a round, for the latencies as for the burst.
pub(crate) const CALLS: usize = 40;
/// Between the starts of two calls whose latencies are measured. Lower: they wait for each other's handshakes.
const SPACING: Duration = Duration::from_millis(125);
/// How long such a call lasts.
const TALK: Duration = Duration::from_millis(200);
/// Around the burst: what is left of earlier calls is over, and what the burst set off is done.
const QUIET: Duration = Duration::from_millis(500);
/// How long the idle server is watched.
const IDLE: Duration = Duration::from_secs(1);

/// One round. Times are milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct SetUp {
    /// `place` sent → the callee's device has the call.
    pub(crate) rings: Percentiles,
    /// `place` sent → the caller knows that it rings.
    pub(crate) ringback: Percentiles,
    /// `place` sent → both legs have their keys.
    pub(crate) keyed: Percentiles,
    /// `answer` sent → first packet opened, the later of the two sides.
    pub(crate) heard: Percentiles,
    /// All calls placed in one moment: `place` sent → both legs have their keys.
    pub(crate) burst_keyed: Percentiles,
    /// CPU of the server for each call of the burst, from `place` to both sides answered, without audio.
    pub(crate) cpu: f64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
}

impl Percentiles {
    /// Of all the times of a round.
    pub(crate) fn of(times: impl Iterator<Item = Duration>) -> Self {
        let times: Vec<_> = times.map(|time| time.as_secs_f64() * 1e3).collect();
        let at = |percent| percentile(&times, percent).unwrap_or(f64::NAN);
        Self { p50: at(50.0), p95: at(95.0) }
    }
}

/// Measures both on one fresh server.
pub(crate) async fn measure(load: &Load, program: &Path) -> Result<SetUp> {
    with_server(program, async |server| measure_on(load, server).await).await
}

async fn measure_on(load: &Load, server: &Server) -> Result<SetUp> {
    let mut pairs = sign_in_pairs(server.sign_in(), "setup", CALLS).await?;

    let one_by_one = spaced(SPACING, &mut pairs, async |pair| {
        let call = pair.ring(load).await?;
        let answer = pair.answer_and_talk(load, &call).await?;
        tokio::time::sleep(TALK).await;
        pair.hang_up(load, &call).await?;
        Ok((call.times, answer))
    });
    let (times, answers): (Vec<_>, Vec<_>) = one_by_one.await?.into_iter().unzip();

    tokio::time::sleep(QUIET).await;
    let (cpu, burst) = burst(load, server, &mut pairs).await?;
    let burst_keyed = Percentiles::of(burst.iter().map(|call| call.times.keyed));
    try_join_all(pairs.iter_mut().zip(&burst).map(|(pair, call)| pair.hang_up(load, call))).await?;

    Ok(SetUp {
        rings: Percentiles::of(times.iter().map(|times| times.rings)),
        ringback: Percentiles::of(times.iter().map(|times| times.ringback)),
        keyed: Percentiles::of(times.iter().map(|times| times.keyed)),
        heard: Percentiles::of(answers.iter().map(|answer| answer.heard[0].max(answer.heard[1]))),
        burst_keyed,
        cpu,
    })
}

/// Sets up every pair's call at once with closed microphones; returns milliseconds of CPU for each, and the calls.
async fn burst(load: &Load, server: &Server, pairs: &mut [Pair]) -> Result<(f64, Vec<Call>)> {
    let idle_from = server.process().run_time()?;
    tokio::time::sleep(IDLE).await;
    let (began, from) = (Instant::now(), server.process().run_time()?);
    let idle = from.since(idle_from).total.as_secs_f64() / IDLE.as_secs_f64();

    let set_ups = pairs.iter_mut().map(|pair| async move {
        let call = pair.ring(load).await?;
        pair.answer(&call).await?;
        anyhow::Ok(call)
    });
    let calls = try_join_all(set_ups).await?;
    tokio::time::sleep(QUIET).await;
    let used = server.process().run_time()?.since(from).total.as_secs_f64();
    let set_up = used - idle * began.elapsed().as_secs_f64();
    Ok((set_up * 1e3 / calls.len() as f64, calls))
}
