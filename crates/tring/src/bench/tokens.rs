//! User tokens for all users of a run, for an account that requires them.

use tring_load::peer::UserTokens;
use tring_protocol::http::tokens::{NewToken, TOKEN_LIFE_MAX};
use tring_protocol::ids::AccountId;
use tring_server::clock;
use tring_server::tokens::mint_with;

use super::BenchError;

/// Those that a backend would make with this secret. Each lives for a week, which no run does, so that none is renewed.
pub(super) fn signed_with(secret: &str, account: &AccountId) -> Result<UserTokens, BenchError> {
    let (secret, account) = (secret.trim().to_owned(), account.clone());
    if secret.is_empty() {
        return Err(BenchError::NoSecret);
    }
    Ok(UserTokens::new(move |cuid| {
        let new = NewToken { cuid: cuid.clone(), name: None, image: None, expires_in: Some(TOKEN_LIFE_MAX) };
        let minted = mint_with(clock::wall(), &account, &secret, &new);
        minted.expect("the longest life that there is is allowed").token
    }))
}
