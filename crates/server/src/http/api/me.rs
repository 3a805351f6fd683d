//! What members do about themselves.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::account::NewAccount;
use tring_protocol::http::members::{Me, MemberRole, Membership, MyChange, PasswordChange};
use tring_store::Member;
use utoipa_axum::routes;

use super::access::SignedIn;
use super::json::Json;
use super::problem::{Answer, Refusal};
use super::state::{Api, ApiState};
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Member, routes!(get_me, change_me));
    table.add(Access::Member, routes!(change_password));
    table.add(Access::Member, routes!(sign_out_everywhere));
    table.add(Access::Member, routes!(create_account));
}

/// A member and their accounts.
pub(super) async fn shown(api: &Api, member: &Member) -> Answer<Me> {
    Ok(Me {
        member_id: member.id.clone(),
        email: member.email.clone(),
        name: member.name.clone(),
        accounts: api.store.memberships_of(&member.id).await?,
    })
}

/// Who is signed in
#[utoipa::path(
    get, path = "/v1/me", tag = "Members",
    responses((status = 200, description = "The member and their accounts.", body = Me))
)]
async fn get_me(State(api): State<ApiState>, signed_in: SignedIn) -> Answer<Json<Me>> {
    shown(&api, &signed_in.member).await.map(Json)
}

/// Change what colleagues see
#[utoipa::path(
    patch, path = "/v1/me", tag = "Members",
    responses((status = 200, description = "The member as they are now.", body = Me))
)]
async fn change_me(
    State(api): State<ApiState>,
    signed_in: SignedIn,
    Json(change): Json<MyChange>,
) -> Answer<Json<Me>> {
    let member = Member { name: change.name, ..signed_in.member.as_ref().clone() };
    api.store.set_member_name(&member.id, &member.name).await?;
    shown(&api, &member).await.map(Json)
}

/// Change the password
///
/// Ends every other session of the member.
#[utoipa::path(
    post, path = "/v1/me/password", tag = "Members",
    responses((status = 204, description = "The new password is the one that counts."))
)]
async fn change_password(
    State(api): State<ApiState>,
    signed_in: SignedIn,
    Json(change): Json<PasswordChange>,
) -> Answer<StatusCode> {
    let SignedIn { member, token } = signed_in;
    // Whoever finds an open browser must not guess the password there either.
    api.attempts.with_email(member.email.key())?;
    let known = api.store.credentials(&member.id).await?.ok_or(ErrorCode::Unauthenticated)?;
    if !api.passwords.matches(&change.current, Some(&known.password_hash)).await? {
        return Err(Refusal::field("current", "is not your password"));
    }
    let hash = api.passwords.hash(change.new.as_str()).await?;
    api.store.set_password(&member.id, &hash, Some(&token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out everywhere else
///
/// Ends every session of the member but this one.
#[utoipa::path(
    post, path = "/v1/me/sign-out-everywhere", tag = "Members",
    responses((status = 204, description = "All other sessions have ended."))
)]
async fn sign_out_everywhere(State(api): State<ApiState>, signed_in: SignedIn) -> Answer<StatusCode> {
    api.store.end_sessions_of(&signed_in.member.id, Some(&signed_in.token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make an account
///
/// The member becomes its owner.
#[utoipa::path(
    post, path = "/v1/accounts", tag = "Accounts",
    responses((status = 201, description = "The new account.", body = Membership))
)]
async fn create_account(
    State(api): State<ApiState>,
    signed_in: SignedIn,
    Json(new): Json<NewAccount>,
) -> Answer<(StatusCode, Json<Membership>)> {
    let account_id = api.store.new_account_for(&signed_in.member, &new.name, api.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(Membership { account_id, name: new.name, role: MemberRole::Owner })))
}
