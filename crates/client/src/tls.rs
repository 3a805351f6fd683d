//! Whom a server's certificate is checked against: whom the system trusts, and whoever is added.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use thiserror::Error;

/// Why no server can be trusted at all.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file with more authorities is not one, or not there.
    #[error("the certificates in {0} cannot be read: {1}")]
    Authorities(String, rustls::pki_types::pem::Error),
    /// Nobody is trusted, or one of the certificates in the file cannot be.
    #[error("the system does not say whom it trusts: {0}")]
    System(#[from] rustls::Error),
}

/// What a connection to a server is begun with, for TLS 1.2 and 1.3. `authorities` is a file of certificates (PEM) that are
/// trusted besides those that the system trusts.
///
/// # Errors
/// [`TlsError`] if it cannot be read, or the system cannot be asked.
pub fn config(authorities: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        // "Dangerous" is whatever is not webpki with a list of its own; this one asks the system.
        .with_custom_certificate_verifier(by(authorities, provider)?)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// What [`config`] checks certificates with, for who has one without a connection.
///
/// # Errors
/// The same.
pub fn verifier(authorities: Option<&Path>) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    by(authorities, Arc::new(aws_lc_rs::default_provider()))
}

fn by(
    authorities: Option<&Path>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    let more: Vec<CertificateDer<'static>> = match authorities {
        None => Vec::new(),
        Some(file) => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|error| TlsError::Authorities(file.display().to_string(), error))?,
    };
    Ok(Arc::new(Verifier::new_with_extra_roots(more, provider)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let (missing, broken) = (directory.path().join("missing.pem"), directory.path().join("broken.pem"));
        std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
        for file in [missing, broken] {
            let error = config(Some(&file)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the certificates in {} cannot", file.display())), "{error}");
        }
    }
}
