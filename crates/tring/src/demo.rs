//! `tring demo`: fills the account of the demo with calls that could have been, for the dashboard to show.

use serde::Serialize;
use tring_protocol::ids::AccountId;
use tring_server::clock;
use tring_server::demo::{Plan, fill};

use crate::args::DemoArgs;
use crate::error::CommandError;
use crate::output::Output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Filled<'a> {
    account_id: &'a AccountId,
    calls: u64,
}

pub(crate) async fn run(args: DemoArgs) -> Result<(), CommandError> {
    let DemoArgs { weeks, calls_per_day, seed, place } = args;
    let store = place.store().await?;
    let filled = fill(&store, Plan { weeks, calls_per_day, seed }, clock::wall()).await?;
    store.close().await?;
    let answer = Filled { account_id: &filled.account, calls: filled.calls };
    let line = match filled.calls {
        0 => format!("account {} has its demo calls up to now", filled.account),
        calls => format!("{calls} demo calls added to account {}", filled.account),
    };
    Output::of(place.json).answer(&answer, &[line])
}
