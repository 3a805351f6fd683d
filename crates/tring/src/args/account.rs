//! `tring account`.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use tring_protocol::ids::AccountId;
use tring_protocol::limits;
use tring_protocol::settings::{ButtonTheme, DeclineScope, DevicePolicy};
use tring_protocol::text::{Colour, DisplayName, ImageUrl};
use tring_protocol::time::Millis;
use tring_server::config::parse_length;

use super::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account; prints its accountId, apikey and secret. The secret is shown this one time.
    Create {
        /// What you call it.
        #[arg(value_parser = DisplayName::parse)]
        name: DisplayName,
        #[command(flatten)]
        place: Place,
    },
    /// List the accounts, oldest first.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Show an account's settings, after changing those that are named. Devices follow when they next sign in.
    Settings {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        #[command(flatten)]
        change: Box<SettingsChange>,
        #[command(flatten)]
        place: Place,
    },
}

/// What is to be changed in an account's settings.
#[derive(Debug, Clone, PartialEq, Eq, ClapArgs)]
pub(crate) struct SettingsChange {
    /// How long the callee's devices ring.
    #[arg(long, value_name = "LENGTH", value_parser = ring_timeout)]
    pub(crate) ring_timeout: Option<Millis>,
    /// How long an answered call may take until both sides hear each other.
    #[arg(long, value_name = "LENGTH", value_parser = connect_timeout)]
    pub(crate) connect_timeout: Option<Millis>,
    /// How long a call may last.
    #[arg(long, value_name = "LENGTH", value_parser = max_duration)]
    pub(crate) max_duration: Option<Millis>,
    /// Whether a user may be signed in on one device or on many.
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(crate) devices: Option<Devices>,
    /// Whether a refusal on one device ends the call or leaves it to the user's other devices.
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(crate) decline: Option<Decline>,
    /// The address of the logo on the call screens; `none` removes it.
    #[arg(long, value_name = "URL", value_parser = logo)]
    pub(crate) logo: Option<Logo>,
    /// The background of the call screens.
    #[arg(long, value_name = "#RRGGBB", value_parser = Colour::parse)]
    pub(crate) background: Option<Colour>,
    /// The texts of the call screens.
    #[arg(long, value_name = "#RRGGBB", value_parser = Colour::parse)]
    pub(crate) text: Option<Colour>,
    /// The buttons that are neither green nor red.
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(crate) button_theme: Option<Theme>,
    /// Whether the screens name Tring.
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(crate) powered_by: Option<Shown>,
}

/// A logo, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Logo {
    None,
    At(ImageUrl),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Devices {
    One,
    Many,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decline {
    AllDevices,
    ThisDevice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Theme {
    Default,
    White,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shown {
    Shown,
    Hidden,
}

impl From<Devices> for DevicePolicy {
    fn from(devices: Devices) -> Self {
        match devices {
            Devices::One => Self::One,
            Devices::Many => Self::Many,
        }
    }
}

impl From<Decline> for DeclineScope {
    fn from(decline: Decline) -> Self {
        match decline {
            Decline::AllDevices => Self::AllDevices,
            Decline::ThisDevice => Self::ThisDevice,
        }
    }
}

impl From<Theme> for ButtonTheme {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Default => Self::Default,
            Theme::White => Self::White,
        }
    }
}

fn logo(text: &str) -> Result<Logo, String> {
    if text == "none" {
        return Ok(Logo::None);
    }
    ImageUrl::parse(text).map(Logo::At).map_err(|error| error.to_string())
}

fn ring_timeout(text: &str) -> Result<Millis, String> {
    length_between(text, limits::RING_TIMEOUT_MIN, limits::RING_TIMEOUT_MAX)
}

fn connect_timeout(text: &str) -> Result<Millis, String> {
    length_between(text, limits::CONNECT_TIMEOUT_MIN, limits::CONNECT_TIMEOUT_MAX)
}

fn max_duration(text: &str) -> Result<Millis, String> {
    length_between(text, Millis::seconds(1), limits::CALL_DURATION_MAX)
}

fn length_between(text: &str, min: Millis, max: Millis) -> Result<Millis, String> {
    let length = parse_length(text)?;
    if (min..=max).contains(&length) {
        Ok(length)
    } else {
        Err(format!("must lie between {}s and {}s", min.get() / 1_000, max.get() / 1_000))
    }
}
