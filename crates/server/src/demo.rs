//! The demo's own account: made at the first start, named to the demo page, never used for anything else.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;
use tring_store::{Store, StoreError};

/// The demo's account. Its name is fixed, so that each start finds it again.
const ACCOUNT: &str = "demo";

/// What a page needs to sign in to the demo's account. Publishable, like every apikey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The account.
    pub account_id: AccountId,
    /// A key in force.
    pub apikey: String,
}

/// Finds the demo's account, or makes it.
pub(crate) async fn prepare(store: &Store, now: Timestamp) -> Result<Credentials, StoreError> {
    let account_id = AccountId::parse(ACCOUNT).expect("demo is an account id");
    let account = store.account(&account_id);
    let apikey = match account.keys().await {
        Ok(keys) => match keys.into_iter().find(|key| key.revoked_at.is_none()) {
            Some(key) => key.apikey,
            None => account.new_key("demo", now).await?,
        },
        Err(StoreError::NoSuchAccount(_)) => {
            store.create_account_as(account_id.clone(), "Demo", now).await?.apikey
        }
        Err(error) => return Err(error),
    };
    Ok(Credentials { account_id, apikey })
}

/// `GET /demo/config.json`.
pub(crate) async fn config(State(credentials): State<Credentials>) -> Json<Credentials> {
    Json(credentials)
}
