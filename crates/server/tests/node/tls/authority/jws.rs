//! Requests to an authority as RFC 8555 §6.2 has them: signed, for one address, with a nonce that counts once.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use serde_json::Value;

use super::Refusal;

/// The key of an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Jwk {
    /// RFC 7638 §3.
    pub(super) fn thumbprint(&self) -> String {
        let Self { kty, crv, x, y } = self;
        let text = format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#);
        BASE64.encode(digest(&SHA256, text.as_bytes()))
    }
}

/// What the signature covers, before it is checked.
pub(super) struct Request {
    pub(super) nonce: String,
    pub(super) signer: Signer,
    payload: String,
    protected: String,
    signature: Vec<u8>,
}

pub(super) enum Signer {
    /// Somebody who is not known yet.
    Key(Jwk),
    /// The address of an account.
    Account(String),
}

#[derive(Deserialize)]
struct Envelope {
    protected: String,
    payload: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    nonce: String,
    url: String,
    jwk: Option<Jwk>,
    kid: Option<String>,
}

impl Request {
    /// Takes the envelope apart. `url` is where it was sent.
    pub(super) fn open(body: &[u8], url: &str) -> Result<Self, Refusal> {
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| malformed("no JWS"))?;
        let header = decode(&envelope.protected)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| malformed("no header"))?;
        if header.alg != "ES256" {
            return Err(Refusal::new("badSignatureAlgorithm", "ES256 is the one"));
        }
        if header.url != url {
            return Err(Refusal::new("unauthorized", "signed for another address"));
        }
        let signer = match (header.jwk, header.kid) {
            (Some(key), None) => Signer::Key(key),
            (None, Some(account)) => Signer::Account(account),
            _ => return Err(malformed("either jwk or kid")),
        };
        let signature = decode(&envelope.signature)?;
        let (protected, payload) = (envelope.protected, envelope.payload);
        Ok(Self { nonce: header.nonce, signer, payload, protected, signature })
    }

    /// What was said, if this key signed it; `Null` for a read ("POST-as-GET").
    pub(super) fn verified(&self, key: &Jwk) -> Result<Value, Refusal> {
        let point = [vec![4], decode(&key.x)?, decode(&key.y)?].concat();
        let signed = format!("{}.{}", self.protected, self.payload);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(signed.as_bytes(), &self.signature)
            .map_err(|_| malformed("the signature does not fit"))?;
        if self.payload.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&decode(&self.payload)?).map_err(|_| malformed("the payload is not JSON"))
    }
}

pub(super) fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    BASE64.decode(text).map_err(|_| malformed("not base64url"))
}

pub(super) fn malformed(detail: &str) -> Refusal {
    Refusal::new("malformed", detail)
}
