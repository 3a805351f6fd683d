//! One account as a whole.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::http::account::Account;
use tring_protocol::http::members::MemberRole;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::Json;
use super::problem::Answer;
use super::state::ApiState;
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: true }, routes!(get_account));
    table.add(Access::Account { least: MemberRole::Owner, secret_key: false }, routes!(delete_account));
}

/// Get an account
///
/// With its settings and its branding.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}", tag = "Accounts",
    responses((status = 200, description = "The account.", body = Account))
)]
async fn get_account(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Account>> {
    Ok(Json(account.of(&api.store).overview().await?))
}

/// Delete an account
///
/// At once: its keys open nothing any more, its calls and sessions end, and nobody finds it. What it wrote, calls and
/// users among it, is removed a day later. This cannot be undone.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}", tag = "Accounts",
    responses((status = 204, description = "The account is no more."))
)]
async fn delete_account(State(api): State<ApiState>, account: InAccount) -> Answer<StatusCode> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).delete_account().await?;
    Ok(StatusCode::NO_CONTENT)
}
