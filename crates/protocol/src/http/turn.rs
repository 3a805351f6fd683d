//! The TURN servers that an account lists, for devices whose network lets no UDP through.

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

use super::text::{TurnSecret, TurnUrl};
use crate::time::Timestamp;

/// Most TURN servers of one account. Higher: browsers warn of more than four, because each costs every call time.
pub const TURN_SERVERS_MAX: u64 = 4;

/// How many addresses one server may have: UDP, TCP and TLS, and a second of one of them.
pub const TURN_URLS: RangeInclusive<usize> = 1..=4;

/// A TURN server of the account. Its secret is not part of this: it is written once and never told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TurnServer {
    /// Names the server in this account.
    pub turn_server_id: String,
    /// By which devices reach it, `turn:` and `turns:`.
    pub urls: Vec<TurnUrl>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// `POST /v1/accounts/{accountId}/turn-servers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTurnServer {
    /// By which devices reach it, 1 to 4 addresses such as `turns:turn.shop.example:443?transport=tcp`.
    pub urls: Vec<TurnUrl>,
    /// What coturn calls `static-auth-secret`. Devices never see it, only credentials made with it.
    pub secret: TurnSecret,
}
