//! Where the server's certificate comes from.

use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use tring_protocol::time::Millis;

use super::{Config, ConfigError, value};

/// TLS of the server's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The file with the chain.
    #[serde(deserialize_with = "value::text")]
    pub certificate: Option<String>,
    /// The file with the key.
    #[serde(deserialize_with = "value::text")]
    pub key: Option<String>,
    /// Where plain HTTP is sent on to TLS.
    #[serde(deserialize_with = "value::optional_socket_address")]
    pub redirect: Option<SocketAddr>,
    /// How long browsers are to use nothing but TLS; zero for no word about it.
    #[serde(deserialize_with = "value::length")]
    pub hsts: Millis,
}

/// Certificates from an authority.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    /// What the certificate is for; empty if there is no authority to ask.
    #[serde(deserialize_with = "value::host_names")]
    pub names: Vec<HostName>,
    /// Whom the authority may write to.
    #[serde(deserialize_with = "value::text")]
    pub contact: Option<String>,
    /// Whether the operator agrees to the authority's terms.
    pub terms_agreed: bool,
    /// The address of the authority's directory.
    pub directory: String,
    /// The file with the root that its certificate is checked with, in place of those of the system.
    #[serde(deserialize_with = "value::text")]
    pub directory_ca: Option<String>,
}

/// A name that a certificate can be got for by looking where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// In small letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = ();

    /// By RFC 1123 §2.1, with at least one dot, and no address.
    fn from_str(text: &str) -> Result<Self, ()> {
        let name = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_name = name.len() <= 253 && name.contains('.') && name.split('.').all(is_label);
        if is_name && name.parse::<IpAddr>().is_err() { Ok(Self(name)) } else { Err(()) }
    }
}

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// From files that somebody else renews.
    Files {
        /// The chain.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// From an authority.
    Acme(Acme),
}

impl Config {
    /// Where the certificate comes from; `None` without TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        match (&self.tls.certificate, &self.tls.key) {
            (Some(certificate), Some(key)) => {
                Some(Certificate::Files { certificate: certificate.into(), key: key.into() })
            }
            _ if self.acme.names.is_empty() => None,
            _ => Some(Certificate::Acme(self.acme.clone())),
        }
    }

    pub(super) fn check_tls(&self) -> Result<(), ConfigError> {
        let refuse = |text: &str| Err(ConfigError(text.to_owned()));
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            return refuse("`tls.certificate` and `tls.key` need each other; give both files or none");
        }
        if self.tls.certificate.is_some() && !self.acme.names.is_empty() {
            return refuse(
                "`acme.names` and `tls.certificate` are both given; the certificate comes from an authority or from a \
                 file",
            );
        }
        if self.certificate().is_none() && (self.tls.redirect.is_some() || self.tls.hsts > Millis::default())
        {
            return refuse(
                "`tls.redirect` and `tls.hsts` need a certificate: `tls.certificate` and `tls.key`, or `acme.names`",
            );
        }
        if !self.acme.names.is_empty() && !self.acme.terms_agreed {
            return refuse(
                "`acme.terms_agreed` must be true for a certificate: read the terms of the authority in \
                 `acme.directory`",
            );
        }
        if !self.acme.directory.starts_with("https://") {
            return refuse("`acme.directory` must begin with https://");
        }
        Ok(())
    }
}
