//! `tring key …`: directly on the database. A running server asks the database at each sign-in, so what is done here
//! holds for the next one.

use serde::Serialize;
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;
use tring_server::clock;
use tring_store::Store;

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
struct Key {
    apikey: String,
    name: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    account_id: &'a AccountId,
    apikey: &'a str,
}

async fn new(account: &AccountId, name: &str, place: &Place) -> Result<(), CommandError> {
    let store = Store::open(&place.directory()?).await?;
    let apikey = store.account(account).new_key(name, clock::wall()).await?;
    let answer = Named { account_id: account, apikey: &apikey };
    Output::of(place.json).answer(&answer, &[format!("apikey     {apikey}")])
}

async fn list(account: &AccountId, place: &Place) -> Result<(), CommandError> {
    let store = Store::open(&place.directory()?).await?;
    let keys = store.account(account).keys().await?;
    let state = |key: &tring_store::Key| match (key.revoked_at, key.last_used_at) {
        (Some(_), _) => "revoked",
        (None, Some(_)) => "in use",
        (None, None) => "never used",
    };
    let lines: Vec<_> =
        keys.iter().map(|key| format!("{}  {:10}  {}", key.apikey, state(key), key.name)).collect();
    let listed = keys.into_iter().map(|key| Key {
        apikey: key.apikey,
        name: key.name,
        created_at: key.created_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
    });
    Output::of(place.json).answer(&listed.collect::<Vec<_>>(), &lines)
}

async fn revoke(account: &AccountId, key: &str, place: &Place) -> Result<(), CommandError> {
    let store = Store::open(&place.directory()?).await?;
    store.account(account).revoke_key(key, clock::wall()).await?;
    let answer = Named { account_id: account, apikey: key };
    Output::of(place.json).answer(&answer, &[format!("revoked    {key}")])
}
