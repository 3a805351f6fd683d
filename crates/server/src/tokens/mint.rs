//! Tokens that the server makes itself: for backends that would rather ask than sign, and for trying.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::ops::RangeInclusive;
use tring_protocol::http::tokens::{MintedToken, NewToken, TOKEN_LIFE, TOKEN_LIFE_MAX};
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::text::{DisplayName, ImageUrl};
use tring_protocol::time::{Millis, Timestamp};

use super::{Signers, Trust};

/// How many seconds a token may live. Shorter: it is over before it was used.
const LIFE: RangeInclusive<u32> = 60..=TOKEN_LIFE_MAX;

/// Why no token is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// The customer's own keys sign; what the server signed would not be accepted.
    #[error(
        "this account's user tokens are signed by its own keys (JWKS): have your backend sign them, or remove the \
         address of the keys in the settings"
    )]
    OwnKeys,
    /// There is no secret in force.
    #[error("this account has no token secret: make one in its settings")]
    NoSecret,
    /// Of `expires_in`. Completes "`field` …".
    #[error("must be {} to {} seconds", LIFE.start(), LIFE.end())]
    Life,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a AccountId,
    sub: &'a Cuid,
    iat: u64,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a ImageUrl>,
}

/// Makes a token with the account's first token secret. `now` is the wall's.
///
/// # Errors
/// [`MintError`].
pub fn mint(now: Timestamp, trust: &Trust, new: &NewToken) -> Result<MintedToken, MintError> {
    let secret = match &trust.signers {
        Signers::Published(_) => return Err(MintError::OwnKeys),
        Signers::Secrets(secrets) => secrets.first().ok_or(MintError::NoSecret)?,
    };
    sign(now, &trust.account, Some(&secret.secret_id), &secret.secret, new)
}

/// Makes a token as a backend does that was given one of `account`'s token secrets, but not its name.
///
/// # Errors
/// [`MintError::Life`].
pub fn mint_with(
    now: Timestamp,
    account: &AccountId,
    secret: &str,
    new: &NewToken,
) -> Result<MintedToken, MintError> {
    sign(now, account, None, secret, new)
}

fn sign(
    now: Timestamp,
    account: &AccountId,
    name: Option<&str>,
    secret: &str,
    new: &NewToken,
) -> Result<MintedToken, MintError> {
    let life = new.expires_in.unwrap_or(TOKEN_LIFE);
    if !LIFE.contains(&life) {
        return Err(MintError::Life);
    }
    let iat = now.as_millis() / 1_000;
    let exp = iat + u64::from(life);
    let claims =
        Claims { iss: account, sub: &new.cuid, iat, exp, name: new.name.as_ref(), image: new.image.as_ref() };
    let header = Header { kid: name.map(str::to_owned), ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::encode(&header, &claims, &key)
        .expect("HMAC takes a key of any length, and the claims are JSON");
    Ok(MintedToken { token, expires_at: Timestamp::default() + Millis::seconds(exp) })
}
