//! `tring member …`: for the operator where no member can help: nobody is in an account yet, or somebody locked
//! themselves out.

use serde::Serialize;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::{Email, Title};
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;
use tring_server::clock;
use tring_server::config::Config;
use tring_store::{Actor, Member};

use crate::args::{MemberCommand, Place};
use crate::error::CommandError;
use crate::output::Output;

pub(crate) async fn run(command: MemberCommand) -> Result<(), CommandError> {
    match command {
        MemberCommand::List { place } => list(&place).await,
        MemberCommand::Invite { account, email, role, place } => {
            invite(&account, email.as_ref(), role.into(), &place).await
        }
        MemberCommand::PasswordReset { email, place } => password_reset(&email, &place).await,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    member_id: String,
    email: Email,
    name: Title,
    created_at: Timestamp,
    last_seen_at: Option<Timestamp>,
}

async fn list(place: &Place) -> Result<(), CommandError> {
    let members = place.store().await?.members().await?;
    let line =
        |member: &Member| format!("{}  {}  {}", member.id, member.email.as_str(), member.name.as_str());
    let lines: Vec<_> = members.iter().map(line).collect();
    let listed = members.into_iter().map(|member| Listed {
        member_id: member.id,
        email: member.email,
        name: member.name,
        created_at: member.created_at,
        last_seen_at: member.last_seen_at,
    });
    Output::of(place.json).answer(&listed.collect::<Vec<_>>(), &lines)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    link: String,
}

async fn invite(
    account: &AccountId,
    email: Option<&Email>,
    role: MemberRole,
    place: &Place,
) -> Result<(), CommandError> {
    let config = place.config()?;
    let store = place.store().await?;
    let invited = store.account(account).change(&Actor::Operator, clock::wall()).invite(email, role).await?;
    let link = format!("{}/join/{}", origin(&config), invited.token);
    let lines = [link.clone(), "Whoever follows this link within a week joins the account, once.".to_owned()];
    Output::of(place.json).answer(&Link { link }, &lines)
}

async fn password_reset(email: &Email, place: &Place) -> Result<(), CommandError> {
    let config = place.config()?;
    let store = place.store().await?;
    let member = store.member_by_email(email).await?.ok_or(CommandError::NoSuchMember)?;
    let token = store.new_reset(&member.member_id, clock::wall()).await?;
    let link = format!("{}/reset/{token}", origin(&config));
    let lines =
        [link.clone(), "Whoever follows this link within an hour sets a new password, once.".to_owned()];
    Output::of(place.json).answer(&Link { link }, &lines)
}

/// Where the dashboard is, as far as the configuration tells.
fn origin(config: &Config) -> String {
    match &config.dashboard.public_url {
        Some(origin) => origin.as_str().to_owned(),
        None => format!("http://{}", config.http.listen),
    }
}
