//! An account: its settings, its keys, its history of changes.

use serde::{Deserialize, Serialize};

use super::text::{FetchUrl, Title, WebOrigin};
use crate::ids::AccountId;
use crate::settings::{Branding, CallSettings};
use crate::time::Timestamp;

/// `POST /v1/accounts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccount {
    /// What it is called.
    pub name: Title,
}

/// `GET /v1/accounts/{accountId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its public name in every app.
    pub account_id: AccountId,
    /// What its members call it.
    pub name: Title,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it decides.
    pub settings: AccountSettings,
    /// How its call screens look.
    pub branding: Branding,
}

/// What an account decides, as `GET /v1/accounts/{accountId}/settings` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccountSettings {
    /// Timeouts of calls, and whether a user may have many devices.
    pub calls: CallSettings,
    /// Who may sign in as whom, and from which pages.
    pub access: AccessSettings,
    /// How many days calls are kept; 1 to 3,650.
    pub retention_days: u16,
}

/// Who may sign in as whom, and from which pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct AccessSettings {
    /// Whether a user token is asked of everybody; otherwise the apikey alone is trusted.
    pub require_user_tokens: bool,
    /// Where the customer publishes the keys that sign its user tokens; none: the account's token secrets sign.
    pub jwks_url: Option<FetchUrl>,
    /// The pages that may sign in, at most 50; none: every page. Apps send no origin and are not concerned.
    pub allowed_origins: Vec<WebOrigin>,
}

/// Most origins that one account may list.
pub const ORIGINS_MAX: usize = 50;

/// Bounds of [`AccountSettings::retention_days`].
pub const RETENTION_DAYS: std::ops::RangeInclusive<u16> = 1..=3_650;

/// How long calls are kept if the account says nothing.
pub const RETENTION_DAYS_DEFAULT: u16 = 365;

/// `PATCH /v1/accounts/{accountId}/settings`: what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS), ts(optional_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SettingsChange {
    /// What members call the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Title>,
    /// All of them together; a value outside its bounds is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<CallSettings>,
    /// All three together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessSettings>,
    /// Fewer days delete older calls within the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
}

/// A publishable key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Apikey {
    /// The key itself.
    pub apikey: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody last signed in with it.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

/// A key for backends. The key itself is only in the answer that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SecretKey {
    /// Names the key where the key itself must not be seen.
    pub key_id: String,
    /// What its owner calls it.
    pub name: String,
    /// Its last four characters.
    pub ending: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a backend last used it, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// The key, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub secret: Option<String>,
}

/// `POST …/apikeys` and `POST …/secret-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewKey {
    /// What its owner calls it.
    pub name: Title,
}

/// A secret that signs user tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenSecret {
    /// The `kid` of tokens that it signs.
    pub secret_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when tokens signed with it are accepted; none for the one in use.
    pub retires_at: Option<Timestamp>,
    /// The secret, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub secret: Option<String>,
}

/// `POST …/token-secrets`: a new secret takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenSecretRotation {
    /// How many hours tokens of the old one are still accepted; 0 to 720. 0 refuses them at once.
    pub overlap_hours: u16,
}

/// Longest [`TokenSecretRotation::overlap_hours`].
pub const OVERLAP_HOURS_MAX: u16 = 720;

/// `POST …/branding/logo` with a JSON body: the server fetches the image and keeps its own copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogoAddress {
    /// Where the image is.
    pub url: FetchUrl,
}

/// The answer to an uploaded or fetched logo. It is not part of the branding until that is saved with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Logo {
    /// Where this server serves it.
    pub url: crate::text::ImageUrl,
    /// In pixels, after it was made to fit.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Size of the re-encoded file.
    pub bytes: u32,
}

/// One change of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: a member's name, a secret key's name, or `operator` for the command line.
    pub actor: String,
    /// As what they acted.
    pub actor_kind: ActorKind,
    /// What was done, such as `branding.changed`.
    pub action: String,
    /// To what, such as a key's name.
    pub subject: Option<String>,
    /// The changed fields, old and new; never a secret.
    pub changes: Vec<AuditChange>,
}

/// As what somebody acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// Somebody in the dashboard.
    Member,
    /// A backend.
    SecretKey,
    /// The command line on the server.
    Operator,
}

/// One field of an [`AuditEntry`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditChange {
    /// Its path.
    pub field: String,
    /// Before; none if it is new.
    pub from: Option<String>,
    /// After; none if it is gone.
    pub to: Option<String>,
}

/// A page of [`AuditEntry`], newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// At most 50.
    pub items: Vec<AuditEntry>,
    /// Pass it as `cursor` for what follows; none at the end.
    pub next: Option<String>,
}
