//! The demo's own account and its owner: made at the first start, named to the demo page and on the dashboard's sign-in
//! page, never used for anything else.

mod day;
mod fill;
mod people;
mod sound;
mod story;

pub use fill::{Filled, Plan, fill};

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tring_protocol::http::DemoLogin;
use tring_protocol::http::account::SettingsChange;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::{Email, Title};
use tring_protocol::ids::AccountId;
use tring_protocol::settings::{CallSettings, DevicePolicy};
use tring_protocol::time::Timestamp;
use tring_store::{Actor, Member, NewMember, Store, StoreError};

use crate::StartError;
use crate::http::api::Passwords;

/// The demo's account. Its name is fixed, so that each start finds it again.
const ACCOUNT: &str = "demo";

/// Whoever looks at a demo is its owner, and is told this.
const EMAIL: &str = "demo@tring.example";
const PASSWORD: &str = "tring-demo-2026";

/// What a page needs to sign in to the demo's account. Publishable, like every apikey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The account.
    pub account_id: AccountId,
    /// A key in force.
    pub apikey: String,
}

/// What a demo is tried with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Demo {
    /// For the demo page.
    #[serde(flatten)]
    pub credentials: Credentials,
    /// For the dashboard.
    pub login: DemoLogin,
}

/// Finds the demo's account and its member, or makes them.
pub(crate) async fn prepare(
    store: &Store,
    passwords: &Passwords,
    now: Timestamp,
) -> Result<Demo, StartError> {
    let credentials = account(store, now).await?;
    let account_id = credentials.account_id.clone();
    let account = store.account(&account_id);
    let login = DemoLogin {
        email: Email::parse(EMAIL).expect("it is an email address"),
        password: PASSWORD.to_owned(),
    };
    let member = match store.member_by_email(&login.email).await? {
        Some(known) => store.member(&known.member_id).await?,
        None => Some(sign_up(store, passwords, &login, now).await?),
    };
    if let Some(member) = member
        && store.role_in(&member.id, &account_id).await? != Some(MemberRole::Owner)
    {
        let invited =
            account.change(&Actor::Operator, now).invite(Some(&login.email), MemberRole::Owner).await?;
        store.accept_invitation(&invited.token, &member, now).await?;
    }
    Ok(Demo { credentials, login })
}

/// Finds the demo's account, or makes it.
async fn account(store: &Store, now: Timestamp) -> Result<Credentials, StoreError> {
    let account_id = AccountId::parse(ACCOUNT).expect("demo is an account id");
    let account = store.account(&account_id);
    let apikey = match account.apikeys().await {
        Ok(keys) => match keys.into_iter().find(|key| key.revoked_at.is_none()) {
            Some(key) => key.apikey,
            None => account.change(&Actor::Operator, now).new_apikey("demo").await?,
        },
        Err(StoreError::NoSuchAccount(_)) => {
            let made = store.create_account_as(account_id.clone(), "Demo", now).await?;
            // So that a second tab of the same person shows how a call moves from one device to another.
            let calls = CallSettings { devices: DevicePolicy::Many, ..CallSettings::default() };
            let many = SettingsChange { calls: Some(calls), ..SettingsChange::default() };
            account.change(&Actor::Operator, now).settings(&many).await?;
            made.apikey
        }
        Err(error) => return Err(error),
    };
    Ok(Credentials { account_id, apikey })
}

async fn sign_up(
    store: &Store,
    passwords: &Passwords,
    login: &DemoLogin,
    now: Timestamp,
) -> Result<Member, StoreError> {
    let name = Title::parse("Demo").expect("it is a name");
    let password_hash = passwords.hash_now(&login.password);
    store
        .new_member(&NewMember { email: &login.email, name: &name, password_hash: &password_hash }, now)
        .await
}

/// `GET /demo/config.json`.
pub(crate) async fn config(State(credentials): State<Credentials>) -> Json<Credentials> {
    Json(credentials)
}

#[cfg(test)]
mod tests;
