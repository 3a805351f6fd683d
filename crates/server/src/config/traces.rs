//! Where calls are told as traces, and with what beside them.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::value;

/// What the path of every receiver of traces ends with (OTLP 1, "OTLP/HTTP Request").
const PATH: &str = "/v1/traces";

/// Calls as traces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// The collector; without one no traces are made.
    #[serde(deserialize_with = "Collector::read")]
    pub endpoint: Option<Collector>,
    /// What it asks for.
    #[serde(deserialize_with = "Headers::read")]
    pub headers: Headers,
    /// What else is said of the server.
    #[serde(deserialize_with = "value::pairs")]
    pub resource: Vec<(String, String)>,
    /// Whether what goes out is compressed.
    pub gzip: bool,
}

/// The address of a collector.
#[derive(Clone, PartialEq, Eq)]
pub struct Collector(Url);

impl Collector {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let written = value::text(deserializer)?;
        written.map(|text| Self::parse(&text)).transpose().map_err(D::Error::custom)
    }

    /// Does not repeat what it was given, which may have a password in it.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.fragment().is_none()
        });
        let mut url = url.ok_or(
            "must be the http or https address of an OpenTelemetry collector, such as http://127.0.0.1:4318; names and \
             passwords belong into `traces.headers`",
        )?;
        let path = url.path().trim_end_matches('/');
        let path = if path.ends_with(PATH) { path.to_owned() } else { format!("{path}{PATH}") };
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Where traces are sent.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }
}

// Some have a key in the path.
impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

/// Headers of every request.
#[derive(Clone, PartialEq, Eq)]
pub struct Headers(HeaderMap);

impl Headers {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut headers = HeaderMap::new();
        for (name, value) in value::pairs(deserializer)? {
            let refuse = |_| D::Error::custom(format!("has {name:?}, which no HTTP header can be"));
            let header = HeaderName::try_from(&name).map_err(|_| refuse(()))?;
            let mut value = HeaderValue::try_from(&value).map_err(|_| refuse(()))?;
            value.set_sensitive(true);
            headers.append(header, value);
        }
        Ok(Self(headers))
    }

    /// As they are sent.
    #[must_use]
    pub fn map(&self) -> &HeaderMap {
        &self.0
    }
}

// The keys of collectors must not reach a log.
impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Headers").finish_non_exhaustive()
    }
}
