//! What signing in needs.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use thiserror::Error;
use tokio_tungstenite::tungstenite::http::Uri;
use tring_protocol::ids::{AccountId, Cuid, DeviceId, IdError};
use tring_protocol::signal::{Device, Platform, SdkInfo, UserToken};
use tring_protocol::text::{DisplayName, SystemName, TextError};

use super::CHOICES;
use crate::audio::AudioUnit;
use crate::engine;
use crate::signalling::{Choices, Identity};

/// Brings a new user token when one is needed; the text of its error says why there is none.
pub(super) type TokenMaker =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<String, String>> + Send>> + Send + Sync>;

/// Who signs in where, with which sound.
pub struct Options {
    pub(super) server: Server,
    pub(super) identity: Identity,
    pub(super) choices: Choices,
    pub(super) tokens: Option<TokenMaker>,
    pub(super) unit: Option<Box<dyn AudioUnit>>,
    pub(super) engine: engine::Settings,
    pub(super) authorities: Option<PathBuf>,
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_secure: bool,
}

/// Why nobody can sign in with these options.
#[derive(Debug, Error)]
pub enum OptionsError {
    /// No address of a server.
    #[error("{0} is not the address of a server; it looks like https://calls.example.com")]
    Server(String),
    /// A name that breaks its rule.
    #[error("`{field}` {source}")]
    Id {
        /// Which.
        field: &'static str,
        /// The rule.
        source: IdError,
    },
    /// A text that breaks its rule.
    #[error("`{field}` {source}")]
    Text {
        /// Which.
        field: &'static str,
        /// The rule.
        source: TextError,
    },
}

impl Options {
    /// Signs `cuid` in to `account` on `server`, whose address begins with `https://`, or `http://` where nobody listens.
    /// The device is a new one each time; see [`Self::device`].
    ///
    /// # Errors
    /// [`OptionsError`] if one of them breaks its rule.
    pub fn new(server: &str, account: &str, cuid: &str) -> Result<Self, OptionsError> {
        let id = |field| move |source| OptionsError::Id { field, source };
        let identity = Identity {
            account: AccountId::parse(account).map_err(id("account"))?,
            apikey: None,
            token: None,
            cuid: Cuid::parse(cuid).map_err(id("cuid"))?,
            name: None,
            device: Device {
                id: DeviceId::parse(&random_name()).map_err(id("device"))?,
                platform: Platform::Native,
                system: SystemName::parse(&format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH))
                    .ok(),
                network: None,
            },
            sdk: SdkInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            capabilities: Vec::new(),
        };
        Ok(Self {
            server: Server::parse(server).ok_or_else(|| OptionsError::Server(server.to_owned()))?,
            identity,
            choices: CHOICES,
            tokens: None,
            unit: None,
            engine: engine::Settings::default(),
            authorities: None,
        })
    }

    /// The publishable key of the account.
    #[must_use]
    pub fn apikey(mut self, apikey: &str) -> Self {
        self.identity.apikey = Some(apikey.to_owned());
        self
    }

    /// A user token that your backend made.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        self.identity.token = Some(UserToken(token.to_owned()));
        self
    }

    /// Brings user tokens, now and whenever one is about to end.
    ///
    /// ```
    /// # use tring_client::driver::{Options, OptionsError};
    /// # async fn ask_backend() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # fn example() -> Result<Options, OptionsError> {
    /// let options = Options::new("https://calls.example.com", "acme1234", "courier_7")?
    ///     .apikey("pk_live_1")
    ///     .get_token(|| async { ask_backend().await.map_err(|error| error.to_string()) });
    /// # Ok(options)
    /// # }
    /// ```
    #[must_use]
    pub fn get_token<F, T>(mut self, get: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<String, String>> + Send + 'static,
    {
        self.tokens = Some(Arc::new(move || Box::pin(get())));
        self
    }

    /// What others see of the user.
    ///
    /// # Errors
    /// [`OptionsError`] if it is too long, or empty.
    pub fn name(mut self, name: &str) -> Result<Self, OptionsError> {
        let name = DisplayName::parse(name).map_err(|source| OptionsError::Text { field: "name", source })?;
        self.identity.name = Some(name);
        Ok(self)
    }

    /// This installation's own name. An app keeps it, so that it comes back as the same device after a restart.
    ///
    /// # Errors
    /// [`OptionsError`] if it breaks the rule of such names.
    pub fn device(mut self, id: &str) -> Result<Self, OptionsError> {
        self.identity.device.id =
            DeviceId::parse(id).map_err(|source| OptionsError::Id { field: "device", source })?;
        Ok(self)
    }

    /// Microphone and speaker. Without one calls cannot be talked in, only placed and refused.
    #[must_use]
    pub fn audio(mut self, unit: impl AudioUnit + 'static) -> Self {
        self.unit = Some(Box::new(unit));
        self
    }

    /// What may be done with a second call; everything, unless it is said.
    #[must_use]
    pub fn choices(mut self, choices: Choices) -> Self {
        self.choices = choices;
        self
    }

    /// How calls sound.
    #[must_use]
    pub fn sound(mut self, settings: engine::Settings) -> Self {
        self.engine = settings;
        self
    }

    /// A file of certificates (PEM) that are trusted besides those that the system trusts.
    #[must_use]
    pub fn authorities(mut self, file: impl Into<PathBuf>) -> Self {
        self.authorities = Some(file.into());
        self
    }
}

// A `debug` of them must not show keys and tokens.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Server {
    fn parse(address: &str) -> Option<Self> {
        let uri: Uri = address.parse().ok()?;
        let is_secure = match uri.scheme_str()? {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return None,
        };
        let host = uri.host().filter(|host| !host.is_empty())?.trim_matches(['[', ']']).to_owned();
        Some(Self { host, port: uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 }), is_secure })
    }

    /// The address of its signalling.
    pub(super) fn signal(&self) -> String {
        let Self { host, port, is_secure } = self;
        let scheme = if *is_secure { "wss" } else { "ws" };
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        format!("{scheme}://{host}:{port}/v1/signal")
    }
}

/// A name that nobody else has.
pub(super) fn random_name() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_host_port_and_whether_it_is_secure() {
        let signal = |address: &str| Server::parse(address).map(|server| server.signal());
        assert_eq!(signal("https://calls.example.com").unwrap(), "wss://calls.example.com:443/v1/signal");
        assert_eq!(signal("http://127.0.0.1:8080/").unwrap(), "ws://127.0.0.1:8080/v1/signal");
        assert_eq!(signal("https://[::1]:8443").unwrap(), "wss://[::1]:8443/v1/signal");
        for wrong in ["calls.example.com", "ftp://calls.example.com", "https://", ""] {
            assert_eq!(signal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn options_that_break_a_rule_say_which() {
        let error = Options::new("https://calls.example.com", "acme1234", "x").unwrap_err();
        assert!(error.to_string().starts_with("`cuid` must have"), "{error}");
        let options =
            Options::new("https://calls.example.com", "acme1234", "courier_7").unwrap().apikey("secret");
        assert!(!format!("{options:?}").contains("secret"));
    }
}
