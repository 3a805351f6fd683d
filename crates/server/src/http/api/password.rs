//! New passwords for those who forgot theirs: by a link that works once, for one hour.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::{PasswordForgotten, PasswordReset};
use tring_protocol::http::text::Email;
use tring_store::StoreError;
use utoipa_axum::routes;

use super::access::Address;
use super::json::Json;
use super::problem::Answer;
use super::state::{Api, ApiState};
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Public, routes!(password_forgotten));
    table.add(Access::Public, routes!(reset_password));
}

/// Ask for a link for a new password
///
/// It goes out by mail, or into the server's log where there is no mail server. The answer is the same whether there
/// is such a member or not.
#[utoipa::path(post, path = "/v1/password/forgotten", tag = "Members", responses((status = 202, description = "The link is on its way if there is such a member.")))]
async fn password_forgotten(
    State(api): State<ApiState>,
    Address(address): Address,
    Json(PasswordForgotten { email }): Json<PasswordForgotten>,
) -> Answer<StatusCode> {
    api.attempts.by_address(address)?;
    api.attempts.with_email(email.key())?;
    // In the background: how long it takes would tell a stranger who is a member.
    tokio::spawn(async move {
        if let Err(error) = send_link(&api, &email).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a link for a new password cannot be made"
            );
        }
    });
    Ok(StatusCode::ACCEPTED)
}

async fn send_link(api: &Api, email: &Email) -> Result<(), StoreError> {
    if let Some(known) = api.store.member_by_email(email).await? {
        let token = api.store.new_reset(&known.member_id, api.clock.now()).await?;
        let link = format!("{}/reset/{token}", api.origins.for_mail());
        api.mail.reset(email, &known.member_id, &link);
    }
    Ok(())
}

/// Set a new password
///
/// With the token of a link. Ends every session of the member.
#[utoipa::path(post, path = "/v1/password/reset", tag = "Members", responses((status = 204, description = "The new password is the one that counts.")))]
async fn reset_password(
    State(api): State<ApiState>,
    Address(address): Address,
    Json(reset): Json<PasswordReset>,
) -> Answer<StatusCode> {
    api.attempts.by_address(address)?;
    if !api.store.reset_works(&reset.token, api.clock.now()).await? {
        return Err(ErrorCode::LinkExpired.into());
    }
    let hash = api.passwords.hash(reset.password.as_str()).await?;
    api.store.use_reset(&reset.token, &hash, api.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
