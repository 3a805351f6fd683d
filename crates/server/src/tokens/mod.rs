//! User tokens: JWTs (RFC 7519) in which the customer's backend says who somebody is.
//!
//! Decides whether a token proves that a device belongs to a cuid, and says why not. One function judges
//! ([`judge::judge`]); a sign-in takes its outcome and the dashboard's tester its sentences, so that the two cannot
//! disagree. Signed by the account's token secrets (HS256), or by keys that the customer publishes (JWKS; RS256, ES256,
//! EdDSA): never by both, and the algorithm follows from the account and not from the token, so that a public key is
//! never taken for a secret.

mod judge;
mod jwks;
mod key;
mod key_sets;
mod mint;
mod parts;

use std::sync::Arc;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::http::account::AccessSettings;
use tring_protocol::http::text::FetchUrl;
use tring_protocol::http::tokens::TokenVerdict;
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::signal::UserToken;
use tring_protocol::text::{DisplayName, ImageUrl};
use tring_protocol::time::Timestamp;
use tring_store::{SigningSecret, Store, StoreError};

use crate::outbound::Outbound;
use judge::{Found, Judgement};
use key::SigningKey;
use key_sets::KeySets;
pub use mint::{MintError, mint, mint_with};
use parts::Parts;

/// Judges tokens. Cloning shares the published keys that were fetched.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    key_sets: Arc<KeySets>,
}

/// Whose tokens are judged, and by which keys they are signed.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The issuer.
    pub account: AccountId,
    /// The keys.
    pub signers: Signers,
}

/// By what an account's tokens are signed.
#[derive(Debug, Clone)]
pub enum Signers {
    /// The account's token secrets in force, the one in use first. Their characters are the key as they are: nothing
    /// is decoded, because that is what the libraries of backends do with a text.
    Secrets(Vec<SigningSecret>),
    /// What the customer publishes at this address.
    Published(FetchUrl),
}

impl Trust {
    /// What `account` trusts at `now`, the wall's.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Vault`].
    pub async fn of(
        store: &Store,
        account: &AccountId,
        access: &AccessSettings,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let signers = match &access.jwks_url {
            Some(url) => Signers::Published(url.clone()),
            None => Signers::Secrets(store.account(account).token_secrets_in_force(now).await?),
        };
        Ok(Self { account: account.clone(), signers })
    }
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Who.
    pub(crate) cuid: Cuid,
    /// What others see, whatever the device says.
    pub(crate) name: Option<DisplayName>,
    /// The user's picture on the other's screen.
    pub(crate) image: Option<ImageUrl>,
    /// Until when, by the clock on the wall.
    pub(crate) expires_at: Timestamp,
}

/// Why a token is not taken. No more than this reaches a device; the reasons are for the dashboard's tester.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refusal {
    /// It was good until its time was over.
    Expired,
    /// The keys that would tell cannot be fetched at the moment.
    KeysUnavailable,
    /// It proves nothing.
    Invalid,
}

impl From<Refusal> for WireError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Expired => ErrorCode::TokenExpired.into(),
            Refusal::Invalid => ErrorCode::TokenInvalid.into(),
            Refusal::KeysUnavailable => Self::with(
                ErrorCode::FetchFailed,
                "The server could not fetch the keys that sign this account's user tokens. Try again in a moment.",
            ),
        }
    }
}

impl Tokens {
    pub(crate) fn new(outbound: Outbound) -> Self {
        Self { key_sets: Arc::new(KeySets::new(outbound)) }
    }

    /// What `token` says, if it proves that a device belongs to `cuid`. `now` is the wall's.
    ///
    /// # Errors
    /// [`Refusal`]; the reason goes to the log at debug level.
    pub(crate) async fn verify(
        &self,
        now: Timestamp,
        trust: &Trust,
        token: &UserToken,
        cuid: &Cuid,
    ) -> Result<Verified, Refusal> {
        let judgement = self.judge(now, trust, &token.0, Some(cuid)).await;
        if let Some(check) = judgement.checks.iter().find(|check| !check.passed) {
            tracing::debug!(account = %trust.account, check = check.what, why = check.sentence, "a user token is refused");
        }
        judgement.outcome
    }

    /// What there is to say of `token`: for somebody who wonders why it does not work.
    pub(crate) async fn check(&self, now: Timestamp, trust: &Trust, token: &str) -> TokenVerdict {
        let judgement = self.judge(now, trust, token, None).await;
        TokenVerdict {
            accepted: judgement.outcome.is_ok(),
            checks: judgement.checks,
            header: judgement.header,
            claims: judgement.claims,
        }
    }

    async fn judge(&self, now: Timestamp, trust: &Trust, token: &str, cuid: Option<&Cuid>) -> Judgement {
        let parts = Parts::of(token);
        let found = match &parts {
            Ok(parts) => self.keys(trust, parts).await,
            Err(_) => Found::default(),
        };
        judge::judge(now, trust, &parts, &found, cuid)
    }

    /// The keys that may have signed the token, as far as they can be had.
    async fn keys(&self, trust: &Trust, parts: &Parts<'_>) -> Found {
        match &trust.signers {
            Signers::Secrets(secrets) => {
                Found { keys: secrets.iter().map(SigningKey::of_secret).collect(), failure: None }
            }
            // A token with an algorithm that no published key can have is not worth a fetch.
            Signers::Published(url) if judge::may_be_published(parts) => {
                self.key_sets.find(url, parts.kid()).await
            }
            Signers::Published(_) => Found::default(),
        }
    }
}

#[cfg(test)]
mod tests;
