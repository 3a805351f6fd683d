//! One key that may have signed a token.

use jsonwebtoken::{Algorithm, DecodingKey};
use tring_store::SigningSecret;

use super::parts::Parts;

/// A key, with the one algorithm that it is for.
#[derive(Clone)]
pub(super) struct SigningKey {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
    key: DecodingKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    pub(super) fn new(kid: Option<String>, algorithm: Algorithm, key: DecodingKey) -> Self {
        Self { kid, algorithm, key }
    }

    pub(super) fn of_secret(secret: &SigningSecret) -> Self {
        let key = DecodingKey::from_secret(secret.secret.as_bytes());
        Self::new(Some(secret.secret_id.clone()), Algorithm::HS256, key)
    }

    /// Whether a token that names `kid` may be signed with this. A key without a name may be any.
    pub(super) fn answers_to(&self, kid: Option<&str>) -> bool {
        match (&self.kid, kid) {
            (Some(own), Some(asked)) => own == asked,
            (None, _) | (_, None) => true,
        }
    }

    /// Whether this key made the token's signature.
    pub(super) fn signed(&self, parts: &Parts<'_>) -> bool {
        let message = parts.message.as_bytes();
        jsonwebtoken::crypto::verify(parts.signature, message, &self.key, self.algorithm).unwrap_or(false)
    }
}
