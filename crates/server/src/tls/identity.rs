//! A certificate with its key: read from PEM, and checked as far as a server can check itself.

use jiff::Timestamp as Moment;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error as TlsError, InconsistentKeys};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tring_protocol::time::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// What the server shows to prove its name.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// The chain, the server's own certificate first, and its key.
    pub(crate) key: Arc<CertifiedKey>,
    /// The host names that the certificate is for.
    pub(crate) names: Vec<String>,
    /// From when on it is valid.
    pub(crate) not_before: Timestamp,
    /// Until when.
    pub(crate) not_after: Timestamp,
}

/// Why a certificate and a key cannot be served with, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No block of PEM is a certificate.
    #[error(
        "{} has no certificate that can be read; it must be PEM, the server's own certificate first and those of the \
         authorities in between after it",
        .0.display()
    )]
    NoCertificate(PathBuf),
    /// No block of PEM is a key.
    #[error("{} has no private key that can be read; it must be PEM and without a passphrase", .0.display())]
    NoKey(PathBuf),
    /// The key is of a kind that TLS has no use for.
    #[error("the key in {} cannot be used; take one of ECDSA P-256 or RSA with 2048 bits or more", .0.display())]
    Key(PathBuf),
    /// They do not belong together.
    #[error(
        "the key in {} is not that of the first certificate in {}; the server's own certificate must be the first",
        key.display(),
        certificate.display()
    )]
    Mismatch {
        /// The file with the chain.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
    },
    /// It is over.
    #[error("the certificate in {} was valid until {until}; put a new one there", certificate.display())]
    Expired {
        /// The file with the chain.
        certificate: PathBuf,
        /// Its end.
        until: Moment,
    },
    /// It has not begun.
    #[error(
        "the certificate in {} is not valid before {from}; is the clock of this machine right?",
        certificate.display()
    )]
    NotYet {
        /// The file with the chain.
        certificate: PathBuf,
        /// Its begin.
        from: Moment,
    },
}

impl Identity {
    /// Reads both files; they may be the same.
    pub(crate) fn read(certificate: &Path, key: &Path, now: Timestamp) -> Result<Self, IdentityError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|source| IdentityError::Read { path: path.to_owned(), source })
        };
        let (chain, secret) = (read(certificate)?, read(key)?);
        let identity = Self::parse(&chain, &secret).map_err(|fault| fault.in_files(certificate, key))?;
        if identity.not_after <= now {
            let until = moment(identity.not_after);
            return Err(IdentityError::Expired { certificate: certificate.to_owned(), until });
        }
        if identity.not_before > now {
            let from = moment(identity.not_before);
            return Err(IdentityError::NotYet { certificate: certificate.to_owned(), from });
        }
        Ok(identity)
    }

    /// Takes both from PEM, whatever the time is.
    pub(crate) fn parse(chain: &[u8], key: &[u8]) -> Result<Self, Fault> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|_| Fault::NoCertificate)?;
        let own = chain.first().ok_or(Fault::NoCertificate)?.clone();
        let (_, facts) = X509Certificate::from_der(&own).map_err(|_| Fault::NoCertificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| Fault::NoKey)?;
        let key = match CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()) {
            Ok(key) => Arc::new(key),
            Err(TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch)) => return Err(Fault::Mismatch),
            Err(TlsError::InvalidCertificate(_)) => return Err(Fault::NoCertificate),
            Err(_) => return Err(Fault::Key),
        };
        let validity = facts.validity();
        Ok(Self {
            key,
            names: names(&facts),
            not_before: seconds(validity.not_before.timestamp()),
            not_after: seconds(validity.not_after.timestamp()),
        })
    }

    /// For people and logs.
    pub(crate) fn valid_until(&self) -> Moment {
        moment(self.not_after)
    }
}

/// What is wrong with PEM that is not in a file yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    NoCertificate,
    NoKey,
    Key,
    Mismatch,
}

impl Fault {
    fn in_files(self, certificate: &Path, key: &Path) -> IdentityError {
        match self {
            Self::NoCertificate => IdentityError::NoCertificate(certificate.to_owned()),
            Self::NoKey => IdentityError::NoKey(key.to_owned()),
            Self::Key => IdentityError::Key(key.to_owned()),
            Self::Mismatch => {
                IdentityError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
            }
        }
    }
}

/// Browsers look at the alternative names alone, so the subject's common name is none.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternative)) = certificate.subject_alternative_name() else { return Vec::new() };
    let dns = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    };
    alternative.value.general_names.iter().filter_map(dns).collect()
}

fn seconds(since_1970: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(since_1970).unwrap_or(0).saturating_mul(1_000))
}

fn moment(at: Timestamp) -> Moment {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    Moment::from_millisecond(millis).unwrap_or(Moment::MAX)
}

#[cfg(test)]
mod tests;
