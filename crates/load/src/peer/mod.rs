//! Light peers: devices that sign in and call each other like SDKs, without being browsers.

mod call;
mod connection;
mod device;
mod media;
pub mod sdp;
mod server;
mod trouble;

pub use call::{AnswerTimes, Call, ConnectTimes, Pair, SetUpTimes, answered_and_heard, ring};
pub use connection::{Break, Identity};
pub use device::{Device, PATIENCE, SignIn, UserTokens};
pub use media::{Media, wait_keyed};
pub use server::Server;
pub use trouble::Trouble;

use anyhow::Result;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

/// How many sign-ins are under way at a time. Higher: the server's accept queue is measured; lower: it takes longer.
pub const SIGN_INS_AT_ONCE: usize = 32;

/// Signs in `count` devices, each of a user of its own. `name` keeps them apart from all others of this server.
pub async fn sign_in_devices(at: &SignIn, name: &str, count: usize) -> Result<Vec<Device>> {
    let sign_ins = (0..count).map(|n| {
        let cuid = format!("{name}_{n}");
        async move { Device::sign_in(at, Identity::of(&cuid)?).await }
    });
    stream::iter(sign_ins).buffer_unordered(SIGN_INS_AT_ONCE).try_collect().await
}

/// Signs in two devices for each of `count` calls.
pub async fn sign_in_pairs(at: &SignIn, name: &str, count: usize) -> Result<Vec<Pair>> {
    let mut devices = sign_in_devices(at, name, count * 2).await?.into_iter();
    let pairs = std::iter::from_fn(|| Some(Pair { caller: devices.next()?, callee: devices.next()? }));
    Ok(pairs.collect())
}
