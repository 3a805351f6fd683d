//! The experiments. Each starts a fresh process, measures one thing and stops the process, so that rounds of all of
//! them can be interleaved and none inherits another's heap.

pub(crate) mod forward;
pub(crate) mod memory;
pub(crate) mod setup;
pub(crate) mod size;

use anyhow::Result;
use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::time::Duration;
use tring_load::legs::Load;
use tring_load::peer::{Call, Pair};

/// How many calls are set up at a time where the set-up itself is not measured.
const SET_UPS_AT_ONCE: usize = 8;

/// Does `each` for every item, a few at a time; the results are in the items' order.
pub(crate) async fn a_few_at_once<I, T>(
    items: impl IntoIterator<Item = I>,
    each: impl AsyncFn(I) -> Result<T>,
) -> Result<Vec<T>> {
    let each = &each;
    let doing = items.into_iter().map(move |item| each(item));
    stream::iter(doing).buffered(SET_UPS_AT_ONCE).try_collect().await
}

/// Begins `each` for every item, `spacing` after the one before; the results are in the items' order.
pub(crate) async fn spaced<I, T>(
    spacing: Duration,
    items: impl IntoIterator<Item = I>,
    each: impl AsyncFn(I) -> Result<T>,
) -> Result<Vec<T>> {
    let each = &each;
    let doing = items.into_iter().enumerate().map(move |(n, item)| async move {
        tokio::time::sleep(spacing * n as u32).await;
        each(item).await
    });
    try_join_all(doing).await
}

/// Connects every pair, microphones open at both ends.
async fn talk_all(load: &Load, pairs: &mut [Pair]) -> Result<Vec<Call>> {
    a_few_at_once(pairs, async |pair| {
        let call = pair.ring(load).await?;
        pair.answer_and_talk(load, &call).await?;
        Ok(call)
    })
    .await
}

/// Ends every call; `calls` are those of `pairs` in the same order.
async fn hang_up_all(load: &Load, pairs: &mut [Pair], calls: &[Call]) -> Result<()> {
    a_few_at_once(pairs.iter_mut().zip(calls), async |(pair, call)| pair.hang_up(load, call).await).await?;
    Ok(())
}
