//! What certificate authorities are shown to prove that the server's names lead here: a text over HTTP (RFC 8555 §8.3)
//! or a certificate over TLS (RFC 8737). Each is shown for as long as its order is under way.

use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The protocol that an authority asks for (RFC 8737 §6.2).
pub(super) const ALPN: &[u8] = b"acme-tls/1";

/// Everything that is shown at the moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Challenges(Arc<Mutex<Shown>>);

#[derive(Debug, Default)]
struct Shown {
    /// By token.
    texts: HashMap<String, String>,
    /// By host name.
    certificates: HashMap<String, Arc<CertifiedKey>>,
}

/// Takes away what was shown when it is dropped.
#[derive(Debug)]
pub(super) struct Showing {
    challenges: Challenges,
    what: What,
}

#[derive(Debug)]
enum What {
    Text { token: String },
    Certificate { name: String },
}

impl Challenges {
    /// What is answered at `/.well-known/acme-challenge/` and this token.
    pub(crate) fn text(&self, token: &str) -> Option<String> {
        self.shown().texts.get(token).cloned()
    }

    /// The certificate that proves this name.
    pub(super) fn certificate(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.shown().certificates.get(name).cloned()
    }

    /// Shows a text over HTTP.
    pub(super) fn show_text(&self, token: &str, text: &str) -> Showing {
        self.shown().texts.insert(token.to_owned(), text.to_owned());
        Showing { challenges: self.clone(), what: What::Text { token: token.to_owned() } }
    }

    /// Shows a certificate for `name` with the digest of the key authorization in it.
    ///
    /// # Errors
    /// If it cannot be made, which only a name can be at fault for that is none.
    pub(super) fn show_certificate(&self, name: &str, digest: &[u8]) -> Result<Showing, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.distinguished_name = DistinguishedName::new();
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        let certificate = params.self_signed(&key)?;
        let certified = certified(certificate.der().clone(), &key);
        self.shown().certificates.insert(name.to_owned(), Arc::new(certified));
        Ok(Showing { challenges: self.clone(), what: What::Certificate { name: name.to_owned() } })
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        // Nothing in here can be half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Showing {
    fn drop(&mut self) {
        let mut shown = self.challenges.shown();
        match &self.what {
            What::Text { token } => drop(shown.texts.remove(token)),
            What::Certificate { name } => drop(shown.certificates.remove(name)),
        }
    }
}

/// A certificate that was just made, ready for TLS. Not compared with its key: the library that would do so refuses the
/// critical extension that the proof is in.
fn certified(certificate: CertificateDer<'static>, key: &KeyPair) -> CertifiedKey {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = aws_lc_rs::default_provider().key_provider.load_private_key(key);
    CertifiedKey::new(vec![certificate], key.expect("a key that was just made can be used"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_gone_with_its_order() {
        let challenges = Challenges::default();
        let text = challenges.show_text("token", "token.thumbprint");
        let certificate = challenges.show_certificate("calls.shop.example", &[7; 32]).unwrap();
        assert_eq!(challenges.text("token").as_deref(), Some("token.thumbprint"));
        assert_eq!(challenges.text("other"), None);
        assert!(challenges.certificate("calls.shop.example").is_some());
        drop((text, certificate));
        assert_eq!(challenges.text("token"), None);
        assert!(challenges.certificate("calls.shop.example").is_none());
    }
}
