//! Who may come in: what the account asks for, and what a `hello` or a `renew` proves.

use tring_calls::sessions::Proof;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::http::account::AccessSettings;
use tring_protocol::ids::UserAddress;
use tring_protocol::signal::{Hello, UserToken};
use tring_store::{Rules, StoreError};

use super::Door;
use crate::clock;
use crate::tokens::{Trust, Verified};

/// A `hello` that proved what its account asks for.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) rules: Rules,
    /// What the user token says, if one came.
    pub(super) verified: Option<Verified>,
}

/// Judges a `hello` that came from the page `origin`; apps have none.
pub(super) async fn admit(door: &Door, hello: &Hello, origin: Option<&str>) -> Result<Admitted, WireError> {
    let account = door.store.account(&hello.account);
    let rules = match (&hello.apikey, &hello.token) {
        (Some(apikey), _) => account.admit(apikey).await.map_err(broken)?,
        // The token's signature proves which account it is.
        (None, Some(_)) => match account.rules().await {
            Ok(rules) => Some(rules),
            Err(StoreError::NoSuchAccount(_)) => return Err(ErrorCode::TokenInvalid.into()),
            Err(error) => return Err(broken(error)),
        },
        (None, None) => None,
    };
    let rules = rules.ok_or(ErrorCode::InvalidCredentials)?;
    let user = UserAddress { account: hello.account.clone(), cuid: hello.cuid.clone() };
    let verified = match &hello.token {
        Some(token) => Some(verify(door, &user, &rules.access, token).await?),
        None if rules.access.require_user_tokens => return Err(ErrorCode::TokenRequired.into()),
        None => None,
    };
    // Last, so that nobody without a key finds out which pages an account has.
    check_origin(origin, &rules.access)?;
    Ok(Admitted { rules, verified })
}

/// Judges the token of a `renew` as the account has it now.
pub(super) async fn renew(door: &Door, user: &UserAddress, token: UserToken) -> Result<Proof, WireError> {
    let rules = door.store.account(&user.account).rules().await.map_err(broken)?;
    let verified = verify(door, user, &rules.access, &token).await?;
    Ok(proof(door, &verified))
}

/// What a session keeps of a token.
pub(super) fn proof(door: &Door, verified: &Verified) -> Proof {
    // The token's end is the wall's time, and the machines have a clock of their own.
    let left = verified.expires_at.since(clock::wall());
    Proof { expires_at: door.clock.now() + left, image: verified.image.clone() }
}

async fn verify(
    door: &Door,
    user: &UserAddress,
    access: &AccessSettings,
    token: &UserToken,
) -> Result<Verified, WireError> {
    let now = clock::wall();
    let trust = Trust::of(&door.store, &user.account, access, now).await.map_err(broken)?;
    Ok(door.tokens.verify(now, &trust, token, &user.cuid).await?)
}

fn check_origin(origin: Option<&str>, access: &AccessSettings) -> Result<(), WireError> {
    let Some(origin) = origin else { return Ok(()) };
    let allowed = &access.allowed_origins;
    if allowed.is_empty() || allowed.iter().any(|allowed| same_origin(allowed.as_str(), origin)) {
        return Ok(());
    }
    let sentence = format!(
        "Pages of {origin} may not sign in to this account. Add this origin to the allowed web origins in the \
         account's settings."
    );
    Err(WireError::with(ErrorCode::OriginNotAllowed, sentence))
}

/// Whether two origins are one (RFC 6454 §5): browsers write them in small letters and leave the usual port out, people
/// do not.
fn same_origin(one: &str, other: &str) -> bool {
    fn plain(origin: &str) -> &str {
        let usual = if origin.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
            ":443"
        } else {
            ":80"
        };
        origin.strip_suffix(usual).unwrap_or(origin)
    }
    plain(one).eq_ignore_ascii_case(plain(other))
}

fn broken(error: StoreError) -> WireError {
    tracing::error!(error = &error as &dyn std::error::Error, "a sign-in cannot be checked");
    ErrorCode::Internal.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_protocol::http::text::WebOrigin;

    fn access(origins: &[&str]) -> AccessSettings {
        let allowed_origins = origins.iter().map(|origin| WebOrigin::parse(origin).unwrap()).collect();
        AccessSettings { allowed_origins, ..AccessSettings::default() }
    }

    #[test]
    fn an_app_and_an_account_without_a_list_are_not_concerned() {
        assert_eq!(check_origin(None, &access(&["https://shop.example"])), Ok(()));
        assert_eq!(check_origin(Some("https://anywhere.example"), &access(&[])), Ok(()));
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_less() {
        let listed = access(&["https://Shop.Example:443", "http://localhost:8080"]);
        for good in ["https://shop.example", "http://localhost:8080"] {
            assert_eq!(check_origin(Some(good), &listed), Ok(()), "{good}");
        }
        for bad in [
            "http://shop.example",
            "https://shop.example:8443",
            "https://evil-shop.example",
            "https://shop.example.evil.example",
            "http://localhost",
            "null",
            "",
        ] {
            let refused = check_origin(Some(bad), &listed).unwrap_err();
            assert_eq!(refused.code, ErrorCode::OriginNotAllowed, "{bad}");
            assert!(refused.message.contains(bad));
        }
    }
}
