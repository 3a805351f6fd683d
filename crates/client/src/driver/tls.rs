//! Whom a server's certificate is checked against: whom the system trusts, and whoever the app adds.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use thiserror::Error;

/// Why no secure connection can be made at all.
#[derive(Debug, Error)]
pub(super) enum TlsError {
    #[error("the certificates in {0} cannot be read: {1}")]
    Authorities(String, rustls::pki_types::pem::Error),
    #[error("the system does not say whom it trusts: {0}")]
    System(#[from] rustls::Error),
}

/// For TLS 1.2 and 1.3; `authorities` are trusted besides those that the system trusts.
pub(super) fn config(authorities: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = match authorities {
        Some(file) => {
            let unreadable = |error| TlsError::Authorities(file.display().to_string(), error);
            let certificates: Vec<CertificateDer<'static>> =
                CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(unreadable)?;
            Verifier::new_with_extra_roots(certificates, Arc::clone(&provider))?
        }
        None => Verifier::new(Arc::clone(&provider))?,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        // "Dangerous" is whatever is not webpki with a list of its own; this one asks the system.
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}
