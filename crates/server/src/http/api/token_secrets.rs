//! The secrets that sign user tokens.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::http::account::{OVERLAP_HOURS_MAX, TokenSecret, TokenSecretRotation};
use tring_protocol::http::members::MemberRole;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Id, Json};
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    let admins = Access::Account { least: MemberRole::Admin, secret_key: false };
    table.add(admins, routes!(list_token_secrets, rotate_token_secret));
    table.add(admins, routes!(refuse_token_secret));
    table.add(admins, routes!(reveal_token_secret));
}

/// List the token secrets in force
///
/// The one in use first, then those whose tokens are still accepted; none with the secret itself.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/token-secrets", tag = "Keys",
    responses((status = 200, description = "The secrets in force, without the secrets themselves.", body = Vec<TokenSecret>))
)]
async fn list_token_secrets(
    State(api): State<ApiState>,
    account: InAccount,
) -> Answer<Json<Vec<TokenSecret>>> {
    Ok(Json(account.of(&api.store).token_secrets(api.clock.now()).await?))
}

/// Rotate the token secret
///
/// A new secret takes over. Tokens of the old one are accepted for the hours of the overlap; with none of them devices
/// that are signed in stay so, and their next token must be of the new secret.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/token-secrets", tag = "Keys",
    request_body(content = TokenSecretRotation, example = json!({ "overlapHours": 24 })),
    responses((status = 201, description = "The new secret, with the secret itself.", body = TokenSecret))
)]
async fn rotate_token_secret(
    State(api): State<ApiState>,
    account: InAccount,
    Json(TokenSecretRotation { overlap_hours }): Json<TokenSecretRotation>,
) -> Answer<(StatusCode, Json<TokenSecret>)> {
    if overlap_hours > OVERLAP_HOURS_MAX {
        return Err(Refusal::field("overlapHours", format!("must be 0 to {OVERLAP_HOURS_MAX} hours")));
    }
    let kept = account.of(&api.store);
    let made = kept.change(&account.actor(), api.clock.now()).rotate_token_secret(overlap_hours).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Refuse a token secret at once
///
/// For one that was rotated out and has leaked. The one in use has to be rotated out first.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/token-secrets/{secretId}", tag = "Keys",
    responses((status = 204, description = "Its tokens are refused from now on."))
)]
async fn refuse_token_secret(
    State(api): State<ApiState>,
    account: InAccount,
    Id(secret): Id<String>,
) -> Answer<StatusCode> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).refuse_token_secret(&secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show a token secret
///
/// The account's history says who asked.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/token-secrets/{secretId}/reveal", tag = "Keys",
    responses((status = 200, description = "The secret itself.", body = TokenSecret))
)]
async fn reveal_token_secret(
    State(api): State<ApiState>,
    account: InAccount,
    Id(secret): Id<String>,
) -> Answer<Json<TokenSecret>> {
    let kept = account.of(&api.store);
    Ok(Json(kept.change(&account.actor(), api.clock.now()).reveal_token_secret(&secret).await?))
}
