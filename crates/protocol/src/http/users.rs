//! The users of an account, as far as sign-ins told.

use serde::{Deserialize, Serialize};

use crate::ids::{Cuid, DeviceId};
use crate::signal::Platform;
use crate::text::DisplayName;
use crate::time::Timestamp;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Who.
    pub cuid: Cuid,
    /// Their last name that was given.
    pub name: Option<DisplayName>,
    /// Their first sign-in.
    pub created_at: Timestamp,
    /// Their last sign-in.
    pub last_seen_at: Timestamp,
    /// Where they signed in.
    pub devices: Vec<UserDevice>,
}

/// One device of a [`User`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserDevice {
    /// Its own name for itself.
    pub device_id: DeviceId,
    /// What it runs on.
    pub platform: Platform,
    /// Its last sign-in.
    pub last_seen_at: Timestamp,
}

/// A page of users in the order of their cuids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserPage {
    /// At most 50.
    pub items: Vec<User>,
    /// Pass it as `cursor` for what follows; none at the end.
    pub next: Option<String>,
}
