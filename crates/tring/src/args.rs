//! The command line. The words of each option are its help.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::{Email, TurnUrl};
use tring_protocol::http::turn::TURN_URLS;
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::limits;
use tring_protocol::settings::{ButtonTheme, DeclineScope, DevicePolicy};
use tring_protocol::text::{Colour, DisplayName, ImageUrl};
use tring_protocol::time::Millis;
use tring_server::config::{Config, ConfigError, Layers, parse_length};
use tring_store::Store;

use crate::bench::BenchArgs;
use crate::error::CommandError;
use crate::phone::{CallArgs, ListenArgs};

/// Self-hosted in-app voice calling.
#[derive(Debug, Parser)]
#[command(name = "tring", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a server. What the flags do not say is in the configuration; `tring config` prints its manual.
    Serve(ServeArgs),
    /// Check a server before it goes live, on its machine or with `--url` from elsewhere; ends with 1 if something is red.
    Doctor(Box<DoctorArgs>),
    /// Make accounts, list them, change what they decide.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Make, list and revoke the publishable keys of an account.
    #[command(subcommand)]
    Key(KeyCommand),
    /// List, add and remove the TURN servers of an account.
    #[command(subcommand)]
    TurnServer(TurnServerCommand),
    /// Make a user token for trying, signed with the account's token secret.
    Token(Box<TokenArgs>),
    /// List the members who sign in to the dashboard, invite the first one, help one who forgot their password.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Fill the account of the demo with plausible calls up to now, for the dashboard to show.
    Demo(DemoArgs),
    /// Copy the embedded database to a file, also while a server runs on it.
    Backup(BackupArgs),
    /// Put a copy of the embedded database back, while no server runs on it.
    Restore(RestoreArgs),
    /// Call somebody and talk, by the sound card or from and to files. The exit code says how the call ended.
    Call(Box<CallArgs>),
    /// Wait for calls and talk, by the sound card or from and to files.
    Listen(Box<ListenArgs>),
    /// Place real calls, signalling and audio, against a server, and report how it bore them.
    Bench(Box<BenchArgs>),
    /// Print the default configuration, which is also its manual.
    Config,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerFlags,
    /// Say where the server is with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the command line decides about a server, over the other layers of its configuration.
#[derive(Debug, ClapArgs)]
pub(crate) struct ServerFlags {
    /// Where HTTP and signalling listen; port 0 takes a free one (`http.listen`).
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<String>,
    /// Where audio listens, one UDP address for each worker thread (`relay.listen`).
    #[arg(long, value_name = "ADDR:PORT,…")]
    pub(crate) relay: Option<String>,
    /// The addresses that the outside world reaches the relay by (`relay.advertise`).
    #[arg(long, value_name = "IP,…")]
    pub(crate) advertise: Option<String>,
    /// The directory of the database (`data`).
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The configuration file; `tring.toml` if it exists.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Serve the demo page (`demo`).
    #[arg(long)]
    pub(crate) demo: bool,
}

impl From<ServerFlags> for Layers {
    fn from(flags: ServerFlags) -> Self {
        let ServerFlags { listen, relay, advertise, data, config, demo } = flags;
        let flags = [
            ("http.listen", listen),
            ("relay.listen", relay),
            ("relay.advertise", advertise),
            ("data", data.map(|data| data.to_string_lossy().into_owned())),
            ("demo", demo.then(|| "true".to_owned())),
        ];
        let flags = flags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        Self { file: config, flags, ..Self::default() }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) server: ServerFlags,
    /// Look at a server that runs, from outside, in place of this machine: https://calls.shop.example.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The account in which two people call each other at `--url`; its accountId.
    #[arg(long, value_name = "ACCOUNT", env = "TRING_ACCOUNT", requires = "apikey")]
    pub(crate) account: Option<String>,
    /// A key of that account.
    #[arg(long, value_name = "KEY", env = "TRING_APIKEY", hide_env_values = true, requires = "account")]
    pub(crate) apikey: Option<String>,
    /// Certificates (PEM) that are trusted besides those that the system trusts.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// A STUN server on the internet, which tells by which address this machine is seen.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) stun: Option<String>,
    /// How many calls at the same time the machine is to carry.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    pub(crate) calls: u32,
    /// How many devices are to be signed in at the same time.
    #[arg(long, default_value_t = 500, value_name = "NUMBER")]
    pub(crate) devices: u32,
    /// Place no calls, which take some seconds.
    #[arg(long)]
    pub(crate) no_calls: bool,
    /// Do not call over TCP at `--url`: its `relay.tcp` is off.
    #[arg(long, requires = "url")]
    pub(crate) udp_only: bool,
    /// Answer with JSON: what was checked, how it is and what to do.
    #[arg(long)]
    pub(crate) json: bool,
}

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

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key for an app.
    New {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// What you call it.
        #[arg(long, default_value = "unnamed", value_parser = DisplayName::parse)]
        name: DisplayName,
        #[command(flatten)]
        place: Place,
    },
    /// List the keys of an account, oldest first.
    List {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        #[command(flatten)]
        place: Place,
    },
    /// Refuse a key from now on. Devices that are signed in with it stay so until their session ends.
    Revoke {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// The apikey.
        key: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TurnServerCommand {
    /// Add one, such as a coturn with `use-auth-secret`.
    Add {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// By which devices reach it, such as turns:turn.shop.example:443?transport=tcp; up to four.
        #[arg(required = true, num_args = TURN_URLS, value_name = "URL", value_parser = TurnUrl::parse)]
        urls: Vec<TurnUrl>,
        /// The file with its `static-auth-secret`; `-` reads the standard input.
        #[arg(long, value_name = "FILE")]
        secret_file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// List them without their secrets.
    List {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        #[command(flatten)]
        place: Place,
    },
    /// Give out no more credentials for one.
    Remove {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// Its id, as the list has it.
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// List the members of all accounts, oldest first.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Print a link that makes who follows it a member of an account.
    Invite {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// Who alone may follow it.
        #[arg(long, value_parser = Email::parse)]
        email: Option<Email>,
        /// What they will be allowed.
        #[arg(long, value_name = "WHICH", value_enum, default_value = "owner")]
        role: Role,
        #[command(flatten)]
        place: Place,
    },
    /// Print a link with which a member sets a new password.
    PasswordReset {
        /// How they sign in.
        #[arg(value_parser = Email::parse)]
        email: Email,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DemoArgs {
    /// How many weeks back. Days that have calls only get those that came since their last one.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=104))]
    pub(crate) weeks: u32,
    /// How many calls an ordinary day has.
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) calls_per_day: u32,
    /// The same seed makes the same people and calls.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BackupArgs {
    /// The new file.
    pub(crate) file: PathBuf,
    /// A new file for the key that opens the secrets in the database too. Keep it apart from the copy: who has both can
    /// sign user tokens of every account.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RestoreArgs {
    /// The copy.
    pub(crate) file: PathBuf,
    /// The copy of the key, if the one in place is not that of the copy.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Take the place of a database that is there. It is put aside as `tring.db.before-restore`.
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TokenArgs {
    /// The accountId.
    #[arg(long, value_parser = AccountId::parse)]
    pub(crate) account: AccountId,
    /// Who signs in with it.
    #[arg(long, value_parser = Cuid::parse)]
    pub(crate) cuid: Cuid,
    /// What others see, whatever the device says.
    #[arg(long, value_parser = DisplayName::parse)]
    pub(crate) name: Option<DisplayName>,
    /// The address of the user's picture.
    #[arg(long, value_name = "URL", value_parser = ImageUrl::parse)]
    pub(crate) image: Option<ImageUrl>,
    /// How long it is accepted, from 60s to 168h; 1h if left out.
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) expires: Option<Millis>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Where the database is, and how to answer.
#[derive(Debug, ClapArgs)]
pub(crate) struct Place {
    /// The directory of the database; may be in use by a running server (`data`).
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The configuration to read where the database is from; `tring.toml` if it exists.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Answer with JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Place {
    /// What a server of this place is told.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let data = self.data.as_ref().map(|data| ("data", data.to_string_lossy().into_owned()));
        let layers =
            Layers { file: self.config.clone(), flags: data.into_iter().collect(), ..Layers::default() };
        Config::load(&layers)
    }

    /// The database that such a server uses.
    pub(crate) async fn store(&self) -> Result<Store, CommandError> {
        let config = self.config()?;
        Ok(Store::open(&config.database(), &config.key_source()).await?)
    }
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    Viewer,
    Admin,
    Owner,
}

impl From<Role> for MemberRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
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
