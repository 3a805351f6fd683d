//! The TURN servers of an account, with the secrets from which credentials are made: sealed by the vault, because making
//! a credential needs them in clear, and in the account's own row, because every sign-in needs them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde::{Deserialize, Serialize};
use tring_protocol::http::account::AuditChange;
use tring_protocol::http::text::TurnUrl;
use tring_protocol::http::turn::{NewTurnServer, TURN_SERVERS_MAX, TurnServer};
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;

use crate::audit;
use crate::change::Begun;
use crate::codec::{from_json, to_json};
use crate::schema::accounts;
use crate::secrets::random_text;
use crate::vault::Vault;
use crate::{AccountStore, Change, StoreError, VaultError};

const ID_LENGTH: usize = 12;

/// What the history says in the place of a secret.
const MASK: &str = "••••••••";

/// What is asked of a TURN server's credentials: for whoever makes them.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnAccess {
    /// By which devices reach the server.
    pub urls: Vec<TurnUrl>,
    /// What the server knows too.
    pub secret: String,
}

// The secret must not reach a log.
impl std::fmt::Debug for TurnAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TurnAccess").field("urls", &self.urls.len()).finish_non_exhaustive()
    }
}

/// One server as the account's row has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    turn_server_id: String,
    urls: Vec<TurnUrl>,
    /// The sealed secret in base64.
    sealed: String,
    created_at: Timestamp,
}

impl AccountStore<'_> {
    /// The account's TURN servers in the order in which they were added, without their secrets.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn turn_servers(&self) -> Result<Vec<TurnServer>, StoreError> {
        Ok(kept(&self.row().await?)?.into_iter().map(shown).collect())
    }
}

impl Change<'_> {
    /// Adds a TURN server. Devices are told of it when they next sign in or come back.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::LimitReached`], or what the database says.
    pub async fn add_turn_server(&self, new: &NewTurnServer) -> Result<TurnServer, StoreError> {
        let begun = self.begin().await?;
        let mut servers = kept(&begun.account)?;
        if servers.len() as u64 >= TURN_SERVERS_MAX {
            return Err(StoreError::LimitReached { what: "TURN servers", max: TURN_SERVERS_MAX });
        }
        let turn_server_id = random_text("turn_", ID_LENGTH);
        let place = place(&self.account.id, &turn_server_id);
        let server = Kept {
            sealed: BASE64_STANDARD.encode(self.account.store.vault.seal(&place, new.secret.as_str())),
            turn_server_id,
            urls: new.urls.clone(),
            created_at: self.now,
        };
        servers.push(server.clone());
        let added = changes(&server, |field, value| audit::difference(field, None, Some(value)));
        write(begun, servers, "turn_server.added", &server, added).await?;
        Ok(shown(server))
    }

    /// Forgets a TURN server and its secret. Credentials that devices have stay good until they end; who wants them
    /// refused at once changes the secret at the TURN server.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NotFound`], or what the database says.
    pub async fn remove_turn_server(&self, turn_server_id: &str) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let mut servers = kept(&begun.account)?;
        let place = servers.iter().position(|server| server.turn_server_id == turn_server_id);
        let gone = servers.remove(place.ok_or(StoreError::NotFound("TURN server"))?);
        let removed = changes(&gone, |field, value| audit::difference(field, Some(value), None));
        write(begun, servers, "turn_server.removed", &gone, removed).await
    }
}

async fn write(
    begun: Begun<'_>,
    servers: Vec<Kept>,
    action: &str,
    about: &Kept,
    changes: Vec<AuditChange>,
) -> Result<(), StoreError> {
    let mut row: accounts::ActiveModel = begun.account.clone().into();
    row.turn_servers = Set((!servers.is_empty()).then(|| to_json(&servers)));
    row.update(&begun.transaction).await?;
    begun.done(action, Some(&about.turn_server_id), changes).await
}

/// The addresses, and that there was a secret; never which.
fn changes(server: &Kept, difference: impl Fn(&str, &str) -> Option<AuditChange>) -> Vec<AuditChange> {
    let urls = server.urls.iter().map(TurnUrl::as_str).collect::<Vec<_>>().join(", ");
    let fields = [("urls", urls.as_str()), ("secret", MASK)];
    fields.into_iter().filter_map(|(field, value)| difference(field, value)).collect()
}

/// What credentials are made of; none if the account lists no server.
pub(crate) fn opened(
    vault: &Vault,
    id: &AccountId,
    row: &accounts::Model,
) -> Result<Vec<TurnAccess>, StoreError> {
    let open = |server: Kept| {
        let sealed = BASE64_STANDARD.decode(&server.sealed).map_err(|_| VaultError::Sealed)?;
        let secret = vault.open_sealed(&place(id, &server.turn_server_id), &sealed)?;
        Ok(TurnAccess { urls: server.urls, secret })
    };
    kept(row)?.into_iter().map(open).collect()
}

fn kept(row: &accounts::Model) -> Result<Vec<Kept>, StoreError> {
    let servers = row.turn_servers.clone().map(|json| from_json(json, "accounts", "turn_servers"));
    Ok(servers.transpose()?.unwrap_or_default())
}

fn shown(server: Kept) -> TurnServer {
    TurnServer { turn_server_id: server.turn_server_id, urls: server.urls, created_at: server.created_at }
}

/// What a sealed secret is bound to.
fn place(account: &AccountId, turn_server_id: &str) -> String {
    format!("{account}/{turn_server_id}")
}
