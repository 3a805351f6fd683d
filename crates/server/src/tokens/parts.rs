//! A token taken apart (RFC 7515 §3.1), before anything of it is believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use tring_protocol::http::tokens::TOKEN_MAX;

/// A token of the right shape.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// What is signed.
    pub(super) message: &'a str,
    /// Still in base64.
    pub(super) signature: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes `token` apart. The error is a sentence.
    pub(super) fn of(token: &'a str) -> Result<Self, String> {
        let token = token.trim();
        if token.is_empty() {
            return Err("There is no token. Paste the whole text that your backend made.".to_owned());
        }
        if token.len() > TOKEN_MAX {
            return Err(format!(
                "The token has {} bytes; at most {TOKEN_MAX} are read. Put fewer claims into it.",
                token.len()
            ));
        }
        if token.contains(char::is_whitespace) {
            return Err(
                "There is white space inside the token. Pass the token alone, without `Bearer` and in one \
                        line."
                    .to_owned(),
            );
        }
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            let parts = token.split('.').count();
            let hint = if parts == 5 { " It is encrypted (a JWE); sign it instead." } else { "" };
            return Err(format!(
                "A signed token has three parts with dots between them; this has {parts}.{hint}"
            ));
        };
        Ok(Self {
            header: object("header", header)?,
            claims: object("claims", claims)?,
            message: &token[..header.len() + 1 + claims.len()],
            signature,
        })
    }

    /// The algorithm that the token says it is signed with.
    pub(super) fn algorithm(&self) -> Option<&str> {
        self.header.get("alg").and_then(Value::as_str)
    }

    /// The key that the token says it is signed with.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }
}

fn object(what: &str, part: &str) -> Result<Map<String, Value>, String> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|error| {
        format!("The {what} is not base64url without padding: {error}. Paste the token whole.")
    })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(format!("The {what} is JSON, but not an object. Make the token with a JWT library.")),
        Err(error) => Err(format!("The {what} is not JSON: {error}. Make the token with a JWT library.")),
    }
}
