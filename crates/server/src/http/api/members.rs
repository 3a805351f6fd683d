//! Who belongs to an account, and as what.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::{Member, MemberChange, MemberRole};
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Id, Json};
use super::problem::{Answer, Refusal};
use super::state::{Api, ApiState};
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: false }, routes!(list_members));
    table.add(Access::Account { least: MemberRole::Admin, secret_key: false }, routes!(change_member));
    table.add(Access::AccountOrSelf { least: MemberRole::Admin }, routes!(remove_member));
}

/// List the members
///
/// Who has been in the account the longest comes first.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/members", tag = "Members",
    responses((status = 200, description = "The members.", body = Vec<Member>))
)]
async fn list_members(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Vec<Member>>> {
    Ok(Json(account.of(&api.store).members().await?))
}

/// Change what a member may do
///
/// Owners are made and changed by owners only. The last owner stays one.
#[utoipa::path(
    patch, path = "/v1/accounts/{accountId}/members/{memberId}", tag = "Members",
    responses((status = 200, description = "The member from now on.", body = Member))
)]
async fn change_member(
    State(api): State<ApiState>,
    account: InAccount,
    Id(member): Id<String>,
    Json(change): Json<MemberChange>,
) -> Answer<Json<Member>> {
    let known = find(&api, &account, &member).await?;
    if known.role == MemberRole::Owner || change.role == MemberRole::Owner {
        require_owner(&account)?;
    }
    account.of(&api.store).change(&account.actor(), api.clock.now()).set_role(&member, change.role).await?;
    find(&api, &account, &member).await.map(Json)
}

/// Remove a member
///
/// Owners are removed by owners only; everybody may leave. The last owner stays.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/members/{memberId}", tag = "Members",
    responses((status = 204, description = "They are no member any more."))
)]
async fn remove_member(
    State(api): State<ApiState>,
    account: InAccount,
    Id(member): Id<String>,
) -> Answer<StatusCode> {
    let known = find(&api, &account, &member).await?;
    if known.role == MemberRole::Owner {
        require_owner(&account)?;
    }
    account.of(&api.store).change(&account.actor(), api.clock.now()).remove_member(&member).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets only owners pass.
pub(super) fn require_owner(account: &InAccount) -> Answer<()> {
    if account.role < MemberRole::Owner {
        let message = "Only an owner of the account may make, change or remove an owner.";
        return Err(Refusal::with(ErrorCode::Forbidden, message));
    }
    Ok(())
}

async fn find(api: &Api, account: &InAccount, member: &str) -> Answer<Member> {
    Ok(account.of(&api.store).member(member).await?.ok_or(ErrorCode::NotFound)?)
}
