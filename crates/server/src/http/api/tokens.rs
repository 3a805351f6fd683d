//! User tokens: made for a backend that would rather ask than sign, and looked at for somebody who wonders why one does
//! not work.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::tokens::{MintedToken, NewToken, TOKEN_MAX, TokenQuestion, TokenVerdict};
use tring_protocol::time::Timestamp;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::Json;
use super::problem::{Answer, Refusal};
use super::state::{Api, ApiState};
use super::table::{Access, Table};
use crate::clock;
use crate::tokens::{self, MintError, Trust};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Admin, secret_key: true }, routes!(mint_token));
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: true }, routes!(check_token));
}

/// Make a user token
///
/// Signed with the account's token secret in use. An account whose own keys sign (JWKS) makes its tokens itself.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/tokens", tag = "User tokens",
    request_body(content = NewToken, example = json!({
        "cuid": "courier_7", "name": "Asha", "image": "https://shop.example/asha.png", "expiresIn": 3_600,
    })),
    responses((status = 201, description = "The token.", body = MintedToken))
)]
async fn mint_token(
    State(api): State<ApiState>,
    account: InAccount,
    Json(new): Json<NewToken>,
) -> Answer<(StatusCode, Json<MintedToken>)> {
    let now = clock::wall();
    let trust = trust(&api, &account, now).await?;
    match tokens::mint(now, &trust, &new) {
        Ok(minted) => Ok((StatusCode::CREATED, Json(minted))),
        Err(error @ MintError::Life) => Err(Refusal::field("expiresIn", error.to_string())),
        Err(error @ (MintError::OwnKeys | MintError::NoSecret)) => {
            Err(Refusal::with(ErrorCode::Conflict, format!("No token is made: {error}.")))
        }
    }
}

/// Check a user token
///
/// Says of anything that somebody pastes whether a device could sign in with it, and if not, why.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/tokens/check", tag = "User tokens",
    request_body(content = TokenQuestion, example = json!({ "token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl" })),
    responses((status = 200, description = "What there is to say of the token.", body = TokenVerdict))
)]
async fn check_token(
    State(api): State<ApiState>,
    account: InAccount,
    Json(TokenQuestion { token }): Json<TokenQuestion>,
) -> Answer<Json<TokenVerdict>> {
    if token.len() > TOKEN_MAX {
        return Err(Refusal::field("token", format!("may have {TOKEN_MAX} bytes at most")));
    }
    let now = clock::wall();
    let trust = trust(&api, &account, now).await?;
    Ok(Json(api.tokens.check(now, &trust, token.trim()).await))
}

/// What the account trusts.
async fn trust(api: &Api, account: &InAccount, now: Timestamp) -> Answer<Trust> {
    let access = account.of(&api.store).settings().await?.access;
    Ok(Trust::of(&api.store, &account.id, &access, now).await?)
}
