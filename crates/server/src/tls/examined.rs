//! What there is to know of the certificate that a server would show, without serving with it.

use rustls::pki_types::CertificateDer;
use std::path::{Path, PathBuf};
use tring_protocol::time::Timestamp;

use super::acme::kept_at;
use super::identity::{Identity, IdentityError};
use crate::config::Certificate;

/// A certificate that can be served with, as far as a server can check itself.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The chain, the server's own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The host names that it is for.
    pub names: Vec<String>,
    /// Its end.
    pub until: Timestamp,
}

/// Reads what a start would read; `None` where an authority has not given a certificate yet.
///
/// # Errors
/// [`IdentityError`] as a start would meet it.
pub fn examine(
    certificate: &Certificate,
    data: &Path,
    now: Timestamp,
) -> Result<Option<Examined>, IdentityError> {
    let (chain, key): (PathBuf, PathBuf) = match certificate {
        Certificate::Files { certificate, key } => (certificate.clone(), key.clone()),
        Certificate::Acme(acme) => {
            let kept = kept_at(data, &acme.directory);
            if !kept.exists() {
                return Ok(None);
            }
            (kept.clone(), kept)
        }
    };
    let identity = Identity::read(&chain, &key, now)?;
    Ok(Some(Examined {
        chain: identity.key.cert.clone(),
        names: identity.names.clone(),
        until: identity.not_after,
    }))
}
