//! What an account decides about its calls and how they look.

use serde::{Deserialize, Serialize};

use crate::limits;
use crate::text::{Colour, ImageUrl};
use crate::time::Millis;

/// How the call screens look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Branding {
    /// The business's logo; none shows the initial of the other person instead.
    pub logo: Option<ImageUrl>,
    /// Behind everything.
    pub background_color: Colour,
    /// Of every text.
    pub text_color: Colour,
    /// Of the buttons that are neither green nor red.
    pub button_theme: ButtonTheme,
    /// Whether the screens name Tring.
    pub powered_by: bool,
}

/// The look of the neutral buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ButtonTheme {
    /// A translucent shade of the text colour.
    Default,
    /// White with dark symbols.
    White,
}

impl Default for Branding {
    fn default() -> Self {
        let colour = |hex| Colour::parse(hex).expect("a colour written in this file is a colour");
        Self {
            logo: None,
            background_color: colour("#1b1f3b"),
            text_color: colour("#ffffff"),
            button_theme: ButtonTheme::Default,
            powered_by: true,
        }
    }
}

/// Whether one user may be signed in on several devices at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DevicePolicy {
    /// As the vendors do: a second device is refused with `ERR_ALREADY_SIGNEDIN`.
    #[default]
    One,
    /// All of a user's devices ring.
    Many,
}

/// What it means when one of a user's devices declines a call that rings on several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeclineScope {
    /// The person does not want the call: it ends.
    #[default]
    AllDevices,
    /// The person does not want it on this device: the others go on ringing, and the last one's refusal ends it.
    ThisDevice,
}

/// An account's rules for its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CallSettings {
    /// How long the callee's devices ring.
    pub ring_timeout: Millis,
    /// How long both sides may take from the answer to audio.
    pub connect_timeout: Millis,
    /// How long a call may last.
    pub max_duration: Millis,
    /// One device or many for a user.
    pub devices: DevicePolicy,
    /// What one device's refusal means to the others.
    pub decline: DeclineScope,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            ring_timeout: limits::RING_TIMEOUT,
            connect_timeout: limits::CONNECT_TIMEOUT,
            max_duration: limits::CALL_DURATION_MAX,
            devices: DevicePolicy::One,
            decline: DeclineScope::AllDevices,
        }
    }
}

impl CallSettings {
    /// The same settings with every value moved inside its bounds.
    #[must_use]
    pub fn clamped(self) -> Self {
        Self {
            ring_timeout: self.ring_timeout.clamp(limits::RING_TIMEOUT_MIN, limits::RING_TIMEOUT_MAX),
            connect_timeout: self
                .connect_timeout
                .clamp(limits::CONNECT_TIMEOUT_MIN, limits::CONNECT_TIMEOUT_MAX),
            max_duration: self.max_duration.clamp(Millis::seconds(1), limits::CALL_DURATION_MAX),
            devices: self.devices,
            decline: self.decline,
        }
    }
}
