//! `tring account …`: directly on the database, whether or not a server runs on it.

use serde::Serialize;
use tring_protocol::http::account::SettingsChange as ChangedSettings;
use tring_protocol::ids::AccountId;
use tring_protocol::settings::{Branding, CallSettings, DeclineScope};
use tring_protocol::text::ImageUrl;
use tring_protocol::time::Timestamp;
use tring_server::clock;
use tring_store::Actor;

use crate::args::{AccountCommand, Logo, Place, SettingsChange, Shown};
use crate::error::CommandError;
use crate::output::Output;

pub(crate) async fn run(command: AccountCommand) -> Result<(), CommandError> {
    match command {
        AccountCommand::Create { name, place } => create(name.as_str(), &place).await,
        AccountCommand::List { place } => list(&place).await,
        AccountCommand::Settings { account, change, place } => settings(&account, *change, &place).await,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    account_id: &'a AccountId,
    name: &'a str,
    apikey: &'a str,
    secret: &'a str,
}

async fn create(name: &str, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    let new = store.create_account(name, clock::wall()).await?;
    let answer = Created { account_id: &new.id, name, apikey: &new.apikey, secret: &new.secret };
    Output::of(place.json).answer(
        &answer,
        &[
            format!("accountId  {}", new.id),
            format!("apikey     {}", new.apikey),
            format!("secret     {}", new.secret),
            "Write the secret down: it is kept as a hash only and cannot be shown again.".to_owned(),
        ],
    )
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    account_id: AccountId,
    name: String,
    created_at: Timestamp,
}

async fn list(place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    let accounts = store.accounts().await?;
    let lines: Vec<_> = accounts.iter().map(|account| format!("{}  {}", account.id, account.name)).collect();
    let listed = accounts.into_iter().map(|account| Listed {
        account_id: account.id,
        name: account.name,
        created_at: account.created_at,
    });
    Output::of(place.json).answer(&listed.collect::<Vec<_>>(), &lines)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings<'a> {
    account_id: &'a AccountId,
    branding: &'a Branding,
    call_settings: &'a CallSettings,
}

async fn settings(account: &AccountId, change: SettingsChange, place: &Place) -> Result<(), CommandError> {
    let store = place.store().await?;
    let scoped = store.account(account);
    let rules = scoped.rules().await?;
    let (branding, calls) = apply(change, rules.branding, rules.calls);
    // What did not change is not written, and not in the history.
    let changed = scoped.change(&Actor::Operator, clock::wall());
    changed.branding(&branding).await?;
    changed.settings(&ChangedSettings { calls: Some(calls.clone()), ..ChangedSettings::default() }).await?;
    let answer = Settings { account_id: account, branding: &branding, call_settings: &calls };
    Output::of(place.json).answer(&answer, &lines(&branding, &calls))
}

fn apply(change: SettingsChange, branding: Branding, calls: CallSettings) -> (Branding, CallSettings) {
    (
        Branding {
            logo: match change.logo {
                None => branding.logo,
                Some(Logo::None) => None,
                Some(Logo::At(logo)) => Some(logo),
            },
            background_color: change.background.unwrap_or(branding.background_color),
            text_color: change.text.unwrap_or(branding.text_color),
            button_theme: change.button_theme.map_or(branding.button_theme, Into::into),
            powered_by: change.powered_by.map_or(branding.powered_by, |shown| shown == Shown::Shown),
        },
        CallSettings {
            ring_timeout: change.ring_timeout.unwrap_or(calls.ring_timeout),
            connect_timeout: change.connect_timeout.unwrap_or(calls.connect_timeout),
            max_duration: change.max_duration.unwrap_or(calls.max_duration),
            devices: change.devices.map_or(calls.devices, Into::into),
            decline: change.decline.map_or(calls.decline, Into::into),
        },
    )
}

fn lines(branding: &Branding, calls: &CallSettings) -> Vec<String> {
    vec![
        format!("ring timeout     {}", calls.ring_timeout),
        format!("connect timeout  {}", calls.connect_timeout),
        format!("max duration     {}", calls.max_duration),
        format!("devices          {:?}", calls.devices).to_lowercase(),
        format!("decline          {}", decline(calls.decline)),
        format!("logo             {}", branding.logo.as_ref().map_or("none", ImageUrl::as_str)),
        format!("background       {}", branding.background_color.as_str()),
        format!("text             {}", branding.text_color.as_str()),
        format!("button theme     {:?}", branding.button_theme).to_lowercase(),
        format!("powered by       {}", if branding.powered_by { "shown" } else { "hidden" }),
    ]
}

fn decline(scope: DeclineScope) -> &'static str {
    match scope {
        DeclineScope::AllDevices => "all devices",
        DeclineScope::ThisDevice => "this device",
    }
}
