//! `tring token`: a user token for trying, signed with the account's token secret.

use tring_protocol::http::tokens::NewToken;
use tring_server::clock;
use tring_server::tokens::{Trust, mint};

use crate::args::TokenArgs;
use crate::error::CommandError;
use crate::output::Output;

pub(crate) async fn run(args: TokenArgs) -> Result<(), CommandError> {
    let TokenArgs { account, cuid, name, image, expires, place } = args;
    let store = place.store().await?;
    let now = clock::wall();
    let rules = store.account(&account).rules().await?;
    let trust = Trust::of(&store, &account, &rules.access, now).await?;
    let expires_in = expires.map(|life| u32::try_from(life.get() / 1_000).unwrap_or(u32::MAX));
    let minted = mint(now, &trust, &NewToken { cuid, name, image, expires_in })?;
    // Alone in its line, so that it can be handed to another command.
    let token = minted.token.clone();
    Output::of(place.json).answer(&minted, &[token])
}
