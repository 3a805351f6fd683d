//! The users of an account.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::users::{User, UserPage};
use tring_protocol::ids::Cuid;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Id, Json, Query};
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};

/// Longest search, in characters: no cuid and no name is longer.
const SEARCH_MAX: usize = 50;

pub(super) fn routes(table: &mut Table) {
    let viewers = Access::Account { least: MemberRole::Viewer, secret_key: true };
    table.add(viewers, routes!(list_users));
    table.add(viewers, routes!(get_user));
    table.add(Access::Account { least: MemberRole::Admin, secret_key: true }, routes!(delete_user));
}

/// Which users are meant.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct UserFilter {
    /// How a cuid or a name begins, at most 50 characters; capitals do not matter.
    search: Option<String>,
    /// From the last page's `next`.
    cursor: Option<String>,
}

/// List users
///
/// Whoever signed in to the account, in the order of their cuids, fifty to a page.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/users", tag = "Users", params(UserFilter),
    responses((status = 200, description = "A page of users.", body = UserPage))
)]
async fn list_users(
    State(api): State<ApiState>,
    account: InAccount,
    Query(filter): Query<UserFilter>,
) -> Answer<Json<UserPage>> {
    let search = filter.search.as_deref().map(str::trim);
    if search.is_some_and(|search| search.chars().nth(SEARCH_MAX).is_some()) {
        return Err(Refusal::field("search", format!("may have {SEARCH_MAX} characters at most")));
    }
    // What a page ends with is the cuid of its last user.
    if filter.cursor.as_deref().is_some_and(|cursor| Cuid::parse(cursor).is_err()) {
        return Err(Refusal::field("cursor", "is not one that this server gave out"));
    }
    Ok(Json(account.of(&api.store).users(search, filter.cursor.as_deref()).await?))
}

/// Get a user
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/users/{cuid}", tag = "Users",
    responses((status = 200, description = "The user with their devices.", body = User))
)]
async fn get_user(State(api): State<ApiState>, account: InAccount, Id(cuid): Id<Cuid>) -> Answer<Json<User>> {
    Ok(Json(account.of(&api.store).user(&cuid).await?.ok_or(ErrorCode::NotFound)?))
}

/// Forget a user
///
/// Their name and their devices are removed. Calls in the log that name them stay until their time is over, and the
/// user is known again from their next sign-in.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/users/{cuid}", tag = "Users",
    responses((status = 204, description = "The user is forgotten."))
)]
async fn delete_user(
    State(api): State<ApiState>,
    account: InAccount,
    Id(cuid): Id<Cuid>,
) -> Answer<StatusCode> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).delete_user(&cuid).await?;
    Ok(StatusCode::NO_CONTENT)
}
