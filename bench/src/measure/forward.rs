//! CPU per forwarded packet: of the relay and of the floor, at the same number of calls and by the same generator.
//!
//! A forwarded packet is one that arrived at the other side and was opened there. The relay's figure is that of the
//! whole server: signalling heartbeats and consent checks of its calls are in it.

use anyhow::{Result, bail};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tring_load::legs::{Count, LegPlan, Load, Secrets};
use tring_load::peer::sign_in_pairs;
use tring_relay::srtp::Profile;

use super::{hang_up_all, talk_all};
use crate::floor::{Direction, Floor, master_keys};
use crate::machine::SERVER_CORE;
use crate::process::Process;
use crate::server::with_server;

/// From the last set-up to the window, so that nothing of a set-up is in it.
const SETTLE: Duration = Duration::from_millis(2_500);
/// The window. Longer: steadier figures, fewer rounds in the same time.
const WINDOW: Duration = Duration::from_secs(4);

/// One round of one server at one number of calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forwarding {
    /// Of one core, that the process used: 1 is all of it.
    pub(crate) share: f64,
    /// Nanoseconds of CPU per packet.
    pub(crate) total: f64,
    /// The part of it in user space, by the kernel's ticks.
    pub(crate) user: f64,
    /// Milliseconds in each second that the process was ready to run and did not, because something else had its core.
    pub(crate) kept_waiting: f64,
    /// Of one core, that the legs' thread used: at 1 it can do no more.
    pub(crate) generator: f64,
    /// Over the whole life of the calls, from the first packet to the last.
    pub(crate) count: Count,
}

/// Measures the relay; says besides which profile its peers agreed on.
pub(crate) async fn relay(load: &Load, program: &Path, calls: usize) -> Result<(Forwarding, Profile)> {
    with_server(program, async |server| {
        let mut pairs = sign_in_pairs(server.sign_in(), "bench", calls).await?;
        let before = load.count().await?;
        let calls = talk_all(load, &mut pairs).await?;
        let profile = calls.first().map_or(Profile::AeadAes128Gcm, |call| call.profile);
        let figures = window(load, server.process(), before).await?;
        hang_up_all(load, &mut pairs, &calls).await?;
        Ok((figures, profile))
    })
    .await
}

/// Measures the floor with the profile that the relay's peers agreed on.
pub(crate) async fn floor(load: &Load, calls: usize, profile: Profile) -> Result<Forwarding> {
    let mut floor = Floor::start(SERVER_CORE)?;
    let before = load.count().await?;
    let (mut addresses, mut legs) = (Vec::with_capacity(calls), Vec::with_capacity(calls * 2));
    for _ in 0..calls {
        let mut sides = [floor.address(); 2];
        for ((id, stamp), side) in load.new_call().into_iter().zip(&mut sides) {
            let wire = load.wire(id, floor.address().into())?;
            let SocketAddr::V4(address) = wire.local_address()? else { bail!("the floor speaks IPv4") };
            *side = address;
            let keys = |direction| master_keys(profile, *side, direction);
            let secrets = Secrets::agreed(profile, &keys(Direction::In), &keys(Direction::Out))?;
            let ssrc = stamp.call * 2 + u32::from(stamp.side);
            load.join(id, LegPlan { wire, stamp, ssrc, secrets });
            legs.push(id);
        }
        addresses.push(sides);
    }
    floor.begin(profile, &addresses)?;
    for leg in &legs {
        load.talk(*leg);
    }
    let figures = window(load, floor.process(), before).await;
    legs.iter().for_each(|leg| load.leave(*leg));
    figures
}

/// Lets the calls at `process` talk for a while; `before` is what was counted before the first of them. Closes every
/// microphone.
pub(crate) async fn window(load: &Load, process: &Process, before: Count) -> Result<Forwarding> {
    load.gather(true);
    tokio::time::sleep(SETTLE).await;
    let busy_0 = load.busy().await?;
    let (count_0, time_0, began) = (load.count().await?, process.run_time()?, Instant::now());
    tokio::time::sleep(WINDOW).await;
    let (count_1, time_1) = (load.count().await?, process.run_time()?);
    let lasted = began.elapsed().as_secs_f64();
    let busy = load.busy().await? - busy_0;
    load.gather(false);
    load.hush().await;
    let used = time_1.since(time_0);
    let packets = (count_1.delivered - count_0.delivered) as f64;
    Ok(Forwarding {
        share: used.total.as_secs_f64() / lasted,
        total: used.total.as_nanos() as f64 / packets,
        user: used.user.as_nanos() as f64 / packets,
        kept_waiting: used.waited.as_secs_f64() * 1e3 / lasted,
        generator: busy.as_secs_f64() / lasted,
        count: load.count().await?.since(before),
    })
}
