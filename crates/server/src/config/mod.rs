//! What the operator decides, from four layers: the default file, `tring.toml`, the environment, the flags. The last
//! one that says something wins.
//!
//! [`DEFAULT`] is both the default and the manual, so a key without an explanation cannot exist. Wrong values and
//! unknown keys are refused before anything is opened, with one sentence that names the key.

mod database;
mod tls;
mod traces;
mod value;

pub use database::{DatabaseUrl, Secrets};
pub use tls::{Acme, Certificate, HostName, Tls};
pub use traces::{Collector, Headers, Traces};
pub use value::parse_length;

use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use tring_protocol::http::text::WebOrigin;
use tring_protocol::time::Millis;

/// The default file, which `tring config` prints.
pub const DEFAULT: &str = include_str!("config.default.toml");

/// The file that is read if the command names none and it is there.
pub const FILE: &str = "tring.toml";

/// What the operator decided.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the embedded database lives, and the key that opens its secrets.
    pub data: PathBuf,
    /// The PostgreSQL database to use in its place.
    #[serde(deserialize_with = "DatabaseUrl::read")]
    pub database_url: Option<DatabaseUrl>,
    /// Whether the demo page is served.
    pub demo: bool,
    /// How long running calls may go on after the server was told to stop.
    #[serde(deserialize_with = "value::length")]
    pub drain: Millis,
    /// What is logged, in the words of `tracing_subscriber::EnvFilter`.
    pub log: String,
    /// How it is written.
    #[serde(deserialize_with = "value::log_format")]
    pub log_format: LogFormat,
    /// HTTP and signalling.
    pub http: Http,
    /// TLS of the server's own.
    pub tls: Tls,
    /// Certificates from an authority.
    pub acme: Acme,
    /// Audio.
    pub relay: Relay,
    /// How often one address may sign in.
    pub sign_in: SignIn,
    /// The dashboard.
    pub dashboard: Dashboard,
    /// How often one address may try a password of the dashboard.
    pub login: Pace,
    /// How often one requester may use the HTTP interface.
    pub api: Pace,
    /// How mail goes out.
    pub mail: Mail,
    /// What the server fetches because somebody named its address.
    pub outbound: Outbound,
    /// What opens the secrets in the database.
    pub secrets: Secrets,
    /// Figures for the operator.
    pub metrics: Metrics,
    /// Calls as traces for the operator.
    pub traces: Traces,
}

/// HTTP and signalling.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where to listen.
    #[serde(deserialize_with = "value::socket_address")]
    pub listen: SocketAddr,
    /// Whether `X-Forwarded-For` is believed.
    pub behind_proxy: bool,
}

/// Audio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// One UDP address for each worker.
    #[serde(deserialize_with = "value::socket_addresses")]
    pub listen: Vec<SocketAddr>,
    /// The addresses to name in SDP answers; empty for those of `listen`.
    #[serde(deserialize_with = "value::ip_addresses")]
    pub advertise: Vec<IpAddr>,
    /// Whether audio is also taken over TCP.
    pub tcp: bool,
}

/// How often one address may sign in.
pub type SignIn = Pace;

/// The dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Who may sign up without an invitation.
    #[serde(deserialize_with = "value::sign_up")]
    pub sign_up: SignUp,
    /// The origin that members know the server by; empty if the operator said nothing.
    #[serde(deserialize_with = "value::origin")]
    pub public_url: Option<WebOrigin>,
}

/// Who may sign up without an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    Open,
    /// Whoever comes first, and nobody after that.
    First,
    /// Nobody.
    Closed,
}

impl SignUp {
    /// A demo is there to be looked at: where strangers may come first, they may come later too.
    pub(crate) fn for_a_demo(self) -> Self {
        match self {
            Self::Open | Self::First => Self::Open,
            Self::Closed => Self::Closed,
        }
    }
}

/// How mail goes out.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server that takes it, with user and password; empty: links are written to the log.
    #[serde(deserialize_with = "value::text")]
    pub smtp_url: Option<String>,
    /// The sender.
    #[serde(deserialize_with = "value::text")]
    pub from: Option<String>,
}

// The address has the password in it.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// At once.
    #[serde(deserialize_with = "value::count")]
    pub burst: NonZeroU32,
    /// Afterwards.
    #[serde(deserialize_with = "value::count")]
    pub per_minute: NonZeroU32,
}

/// What the server fetches because somebody named its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// Whether http and private addresses may be reached.
    pub allow_private: bool,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// Figures for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Where they are told, if anywhere.
    #[serde(deserialize_with = "value::optional_socket_address")]
    pub listen: Option<SocketAddr>,
}

/// What is laid over the default file.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// A file that must exist. Without it [`FILE`] is read if it exists.
    pub file: Option<PathBuf>,
    /// The environment's `TRING__…` variables; `None` for those of the process.
    pub environment: Option<Vec<(String, String)>>,
    /// Keys and values of the command's flags.
    pub flags: Vec<(&'static str, String)>,
}

/// Why a configuration is refused, in one sentence that names the key and says what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads all layers and checks the result.
    ///
    /// # Errors
    /// [`ConfigError`] with the first thing that is wrong.
    pub fn load(layers: &Layers) -> Result<Self, ConfigError> {
        let path = layers.file.as_deref().unwrap_or(Path::new(FILE));
        let sentence = |error| sentence(error, path);
        let mut builder = config::Config::builder()
            .add_source(config::File::from_str(DEFAULT, config::FileFormat::Toml))
            .add_source(file(path, layers.file.is_some())?)
            .add_source(environment(layers.environment.clone()));
        for (key, text) in &layers.flags {
            builder = builder.set_override(*key, text.as_str()).map_err(sentence)?;
        }
        builder.build().and_then(config::Config::try_deserialize::<Self>).map_err(sentence)?.checked()
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let refuse = |text: &str| Err(ConfigError(text.to_owned()));
        if self.secrets.key.is_some() && self.secrets.key_file.is_some() {
            return refuse("`secrets.key` and `secrets.key_file` are both given; keep one of them");
        }
        if self.relay.listen.is_empty() {
            return refuse("`relay.listen` must name at least one address and port, such as 127.0.0.1:7881");
        }
        if self.relay.advertise.is_empty() && self.relay.listen.iter().any(|at| at.ip().is_unspecified()) {
            return refuse(
                "`relay.advertise` must name the addresses that clients reach this machine by, because `relay.listen` \
                 is every interface",
            );
        }
        if self.relay.advertise.iter().any(IpAddr::is_unspecified) {
            return refuse("`relay.advertise` must name addresses that clients can reach, not 0.0.0.0 or ::");
        }
        if self.mail.smtp_url.is_some() && (self.mail.from.is_none() || self.dashboard.public_url.is_none()) {
            return refuse(
                "`mail.smtp_url` needs `mail.from`, the sender, and `dashboard.public_url`, where the links in the mail \
                 lead",
            );
        }
        self.check_tls()?;
        Ok(self)
    }
}

fn file(
    path: &Path,
    required: bool,
) -> Result<config::File<config::FileSourceFile, config::FileFormat>, ConfigError> {
    if required && !path.is_file() {
        return Err(ConfigError(format!(
            "there is no file {} to read the configuration from",
            path.display()
        )));
    }
    Ok(config::File::from(path).format(config::FileFormat::Toml).required(required))
}

fn environment(given: Option<Vec<(String, String)>>) -> config::Environment {
    config::Environment::with_prefix("TRING")
        .prefix_separator("__")
        .separator("__")
        .source(given.map(|variables| variables.into_iter().collect()))
}

/// The library's error in our words: "`key` …".
fn sentence(error: config::ConfigError, file: &Path) -> ConfigError {
    use config::ConfigError as E;
    ConfigError(match error {
        E::At { error, key: Some(key), .. } => match *error {
            E::Message(what) => about(&key, &what),
            other => about(&key, &sentence(other, file).0),
        },
        E::Type { unexpected, expected, key: Some(key), .. } => {
            format!("`{key}` must be {expected}, not {unexpected}")
        }
        E::Message(what) => about("", &what),
        E::FileParse { cause, .. } => {
            format!("{} is not valid TOML: {}", file.display(), in_one_line(&cause.to_string()))
        }
        other => other.to_string(),
    })
}

/// The parser draws the line and points at the place; of that the place and the reason are enough.
fn in_one_line(drawing: &str) -> String {
    let mut lines = drawing.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let place = first.rsplit_once(" at ").map_or(first, |(_, place)| place);
    match lines.next_back() {
        Some(reason) => format!("{place}: {reason}"),
        None => place.to_owned(),
    }
}

fn about(key: &str, what: &str) -> String {
    let Some((unknown, expected)) =
        what.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected "))
    else {
        return format!("`{key}` {what}");
    };
    let known = expected.trim_start_matches("one of ").replace(" or ", ", ");
    let (dot, place) =
        if key.is_empty() { ("", "at the top".to_owned()) } else { (".", format!("in [{key}]")) };
    format!("`{key}{dot}{unknown}` is not a key of this version; {place} there are {known}")
}

#[cfg(test)]
mod tests;
