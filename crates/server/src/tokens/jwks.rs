//! The keys that a customer publishes (RFC 7517), as far as they can sign user tokens.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::key::SigningKey;

/// Keys of one document that are used; a token that names none is tried with all of them. Higher: such a token costs
/// more; lower: customers with many keys have to name them.
const KEYS_MAX: usize = 50;

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// Reads a document, skipping the keys that are for something else. The error completes "the address …".
pub(super) fn read(document: &[u8]) -> Result<Vec<SigningKey>, String> {
    let Document { keys } = serde_json::from_slice(document)
        .map_err(|_| "does not answer with a JWKS, a JSON object with the list `keys`".to_owned())?;
    Ok(keys.into_iter().filter_map(signing_key).take(KEYS_MAX).collect())
}

fn signing_key(key: Value) -> Option<SigningKey> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        // Also a symmetric key: one that is published is no secret.
        _ => return None,
    };
    let common = &jwk.common;
    let is_for_signing = common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|it| it == named);
    let key = is_for_signing.then(|| DecodingKey::from_jwk(&jwk).ok()).flatten()?;
    Some(SigningKey::new(jwk.common.key_id, algorithm, key))
}
