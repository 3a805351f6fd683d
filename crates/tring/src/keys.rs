//! `tring key …`: directly on the database. A running server asks the database at each sign-in, so what is done here
//! holds for the next one.

use serde::Serialize;
use tring_protocol::http::account::Apikey;
use tring_protocol::ids::AccountId;
use tring_server::clock;
use tring_store::Actor;

use crate::args::{KeyCommand, Place};
use crate::error::CommandError;
use crate::output::Output;

pub(crate) async fn run(command: KeyCommand) -> Result<(), CommandError> {
    match command {
        KeyCommand::New { account, name, place } => new(&account, name.as_str(), &place).await,
        KeyCommand::List { account, place } => list(&account, &place).await,
        KeyCommand::Revoke { account, key, place } => revoke(&account, &key, &place).await,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    account_id: &'a AccountId,
    apikey: &'a str,
}

async fn new(account: &AccountId, name: &str, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    let apikey = store.account(account).change(&Actor::Operator, clock::wall()).new_apikey(name).await?;
    let answer = Named { account_id: account, apikey: &apikey };
    Output::of(place.json).answer(&answer, &[format!("apikey     {apikey}")])
}

async fn list(account: &AccountId, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    let keys = store.account(account).apikeys().await?;
    let state = |key: &Apikey| match (key.revoked_at, key.last_used_at) {
        (Some(_), _) => "revoked",
        (None, Some(_)) => "in use",
        (None, None) => "never used",
    };
    let lines: Vec<_> =
        keys.iter().map(|key| format!("{}  {:10}  {}", key.apikey, state(key), key.name)).collect();
    Output::of(place.json).answer(&keys, &lines)
}

async fn revoke(account: &AccountId, key: &str, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    store.account(account).change(&Actor::Operator, clock::wall()).revoke_apikey(key).await?;
    let answer = Named { account_id: account, apikey: key };
    Output::of(place.json).answer(&answer, &[format!("revoked    {key}")])
}
