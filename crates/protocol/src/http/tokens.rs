//! User tokens: proof from the customer's backend of who somebody is.

use serde::{Deserialize, Serialize};

use crate::ids::Cuid;
use crate::text::{DisplayName, ImageUrl};
use crate::time::Timestamp;

/// Longest life of a token that the server mints, in seconds.
pub const TOKEN_LIFE_MAX: u32 = 7 * 24 * 60 * 60;

/// Life of a token whose request says nothing, in seconds.
pub const TOKEN_LIFE: u32 = 60 * 60;

/// Longest token that is read, in bytes.
pub const TOKEN_MAX: usize = 8 * 1024;

/// `POST /v1/accounts/{accountId}/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewToken {
    /// For whom.
    pub cuid: Cuid,
    /// What others see, whatever the device says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub name: Option<DisplayName>,
    /// The user's picture on the other's screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub image: Option<ImageUrl>,
    /// Seconds from now, 60 to 604,800; an hour if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub expires_in: Option<u32>,
}

/// The answer to [`NewToken`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MintedToken {
    /// The JWT.
    pub token: String,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
}

/// `POST /v1/accounts/{accountId}/tokens/check`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenQuestion {
    /// What somebody pasted.
    pub token: String,
}

// A token signs somebody in; it must not reach a log.
impl std::fmt::Debug for TokenQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenQuestion").finish_non_exhaustive()
    }
}

/// What the tester says of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenVerdict {
    /// Whether a device could sign in with it now.
    pub accepted: bool,
    /// Each thing that was looked at, in order; what could not be looked at any more is left out.
    pub checks: Vec<TokenCheck>,
    /// Its header and claims as pretty JSON, if it could be taken apart.
    pub header: Option<String>,
    /// See `header`.
    pub claims: Option<String>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenCheck {
    /// What, such as `Signature`.
    pub what: String,
    /// How it went.
    pub passed: bool,
    /// What was found and, if it did not pass, what to do.
    pub sentence: String,
}
