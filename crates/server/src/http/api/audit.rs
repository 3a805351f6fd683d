//! Who changed what in an account.

use axum::extract::State;
use serde::Deserialize;
use tring_protocol::http::account::AuditPage;
use tring_protocol::http::members::MemberRole;
use tring_store::StoreError;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Json, Query};
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Admin, secret_key: false }, routes!(list_changes));
}

/// Where a page of a list begins.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct Page {
    /// From the last page's `next`.
    cursor: Option<String>,
}

/// List the changes of an account
///
/// The newest first, fifty to a page.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/audit", tag = "Accounts", params(Page),
    responses((status = 200, description = "A page of changes.", body = AuditPage))
)]
async fn list_changes(
    State(api): State<ApiState>,
    account: InAccount,
    Query(page): Query<Page>,
) -> Answer<Json<AuditPage>> {
    match account.of(&api.store).audit(page.cursor.as_deref()).await {
        Err(StoreError::NotFound(_)) => Err(Refusal::field("cursor", "is not one that this server gave out")),
        answer => Ok(Json(answer?)),
    }
}
