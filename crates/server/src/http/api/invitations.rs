//! Links that make whoever follows them a member of an account.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::{Invitation, InvitationOffer, Me, MemberRole, NewInvitation};
use utoipa_axum::routes;

use super::access::{InAccount, SignedIn};
use super::json::{Id, Json};
use super::me;
use super::members::require_owner;
use super::problem::Answer;
use super::state::ApiState;
use super::table::{Access, Table};
use crate::mail::InvitationMail;

pub(super) fn routes(table: &mut Table) {
    let admin = Access::Account { least: MemberRole::Admin, secret_key: false };
    table.add(Access::Public, routes!(get_offer));
    table.add(Access::Member, routes!(accept_invitation));
    table.add(admin, routes!(list_invitations, invite));
    table.add(admin, routes!(withdraw_invitation));
}

/// What an invitation offers
#[utoipa::path(
    get, path = "/v1/invitations/{token}", tag = "Members",
    responses((status = 200, description = "The offer.", body = InvitationOffer))
)]
async fn get_offer(State(api): State<ApiState>, Id(token): Id<String>) -> Answer<Json<InvitationOffer>> {
    let offer = api.store.invitation(&token, api.clock.now()).await?;
    Ok(Json(offer.ok_or(ErrorCode::LinkExpired)?))
}

/// Accept an invitation
#[utoipa::path(
    post, path = "/v1/invitations/{token}/accept", tag = "Members",
    responses((status = 200, description = "The member with the new account.", body = Me))
)]
async fn accept_invitation(
    State(api): State<ApiState>,
    signed_in: SignedIn,
    Id(token): Id<String>,
) -> Answer<Json<Me>> {
    api.store.accept_invitation(&token, &signed_in.member, api.clock.now()).await?;
    me::shown(&api, &signed_in.member).await.map(Json)
}

/// List the invitations
///
/// Those that were not followed yet, the newest first.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/invitations", tag = "Members",
    responses((status = 200, description = "The open invitations.", body = Vec<Invitation>))
)]
async fn list_invitations(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Vec<Invitation>>> {
    Ok(Json(account.of(&api.store).invitations(api.clock.now()).await?))
}

/// Invite somebody
///
/// The answer has the link, once; it works for seven days. Owners are invited by owners only.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/invitations", tag = "Members",
    responses((status = 201, description = "The invitation with its link.", body = Invitation))
)]
async fn invite(
    State(api): State<ApiState>,
    account: InAccount,
    headers: HeaderMap,
    Json(new): Json<NewInvitation>,
) -> Answer<(StatusCode, Json<Invitation>)> {
    if new.role == MemberRole::Owner {
        require_owner(&account)?;
    }
    let store = account.of(&api.store);
    let made = store.change(&account.actor(), api.clock.now()).invite(new.email.as_ref(), new.role).await?;
    if let Some(email) = &new.email {
        let name = store.overview().await?.name;
        let link = format!("{}/join/{}", api.origins.for_mail(), made.token);
        api.mail.invitation(
            email,
            &InvitationMail { by: &made.invitation.invited_by, account: &name, link: &link },
        );
    }
    let link = format!("{}/join/{}", api.origins.for_requester(&headers), made.token);
    Ok((StatusCode::CREATED, Json(Invitation { link: Some(link), ..made.invitation })))
}

/// Withdraw an invitation
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/invitations/{invitationId}", tag = "Members",
    responses((status = 204, description = "Its link does not work any more."))
)]
async fn withdraw_invitation(
    State(api): State<ApiState>,
    account: InAccount,
    Id(invitation): Id<String>,
) -> Answer<StatusCode> {
    let change = account.of(&api.store).change(&account.actor(), api.clock.now());
    change.withdraw_invitation(&invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}
