//! `tring turn-server …`: directly on the database. Devices learn of it when they next sign in or come back.

use serde::Serialize;
use tring_protocol::http::text::{TurnSecret, TurnUrl};
use tring_protocol::http::turn::{NewTurnServer, TurnServer};
use tring_protocol::ids::AccountId;
use tring_server::clock;
use tring_store::Actor;

use crate::args::{Place, TurnServerCommand};
use crate::error::CommandError;
use crate::output::Output;
use crate::secret_file;

pub(crate) async fn run(command: TurnServerCommand) -> Result<(), CommandError> {
    match command {
        TurnServerCommand::Add { account, urls, secret_file, place } => {
            let secret =
                TurnSecret::parse(&secret_file::read(&secret_file)?).map_err(CommandError::Secret)?;
            let new = NewTurnServer { urls, secret };
            add(&account, &new, &place).await
        }
        TurnServerCommand::List { account, place } => list(&account, &place).await,
        TurnServerCommand::Remove { account, id, place } => remove(&account, &id, &place).await,
    }
}

async fn add(account: &AccountId, new: &NewTurnServer, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    let change = store.account(account).change(&Actor::Operator, clock::wall());
    let server = change.add_turn_server(new).await?;
    Output::of(place.json).answer(&server, &[line(&server)])
}

async fn list(account: &AccountId, place: &Place) -> Result<(), CommandError> {
    let servers = place.store().await?.account(account).turn_servers().await?;
    let lines: Vec<_> = servers.iter().map(line).collect();
    Output::of(place.json).answer(&servers, &lines)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    account_id: &'a AccountId,
    turn_server_id: &'a str,
}

async fn remove(account: &AccountId, id: &str, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    store.account(account).change(&Actor::Operator, clock::wall()).remove_turn_server(id).await?;
    let answer = Named { account_id: account, turn_server_id: id };
    Output::of(place.json).answer(&answer, &[format!("removed    {id}")])
}

fn line(server: &TurnServer) -> String {
    let urls = server.urls.iter().map(TurnUrl::as_str).collect::<Vec<_>>().join("  ");
    format!("{}  {urls}", server.turn_server_id)
}
