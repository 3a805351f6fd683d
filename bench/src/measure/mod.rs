//! The experiments. Each starts a fresh process, measures one thing and stops the process, so that rounds of all of
//! them can be interleaved and none inherits another's heap.

pub(crate) mod forward;
pub(crate) mod memory;
pub(crate) mod setup;
pub(crate) mod size;

use anyhow::Result;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tring_load::legs::Load;
use tring_load::peer::{Call, Pair};

/// How many calls are set up at a time where the set-up itself is not measured.
const SET_UPS_AT_ONCE: usize = 8;

/// Connects every pair, microphones open at both ends.
async fn talk_all(load: &Load, pairs: &mut [Pair]) -> Result<Vec<Call>> {
    let calls = pairs.iter_mut().map(|pair| async move {
        let call = pair.ring(load).await?;
        pair.answer_and_talk(load, &call).await?;
        anyhow::Ok(call)
    });
    stream::iter(calls).buffered(SET_UPS_AT_ONCE).try_collect().await
}

/// Ends every call; `calls` are those of `pairs` in the same order.
async fn hang_up_all(load: &Load, pairs: &mut [Pair], calls: &[Call]) -> Result<()> {
    let hang_ups = pairs.iter_mut().zip(calls).map(|(pair, call)| pair.hang_up(load, call));
    stream::iter(hang_ups).buffered(SET_UPS_AT_ONCE).try_collect::<()>().await
}
