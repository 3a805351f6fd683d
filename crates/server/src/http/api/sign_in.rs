//! Signing up, in and out. Each sign-in makes a new session and ends the one that came with it, so that nobody can be
//! put into a session that somebody else knows.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::{Login, Me, SignUp};
use tring_protocol::http::text::Title;
use tring_store::{Member, NewMember};
use utoipa_axum::routes;

use super::access::{Address, transport};
use super::cookie;
use super::json::Json;
use super::me;
use super::problem::{Answer, Refusal};
use super::state::{Api, ApiState};
use super::table::{Access, Table};
use crate::config;

/// How long browsers keep the cookie; the server ends sessions that are not used long before.
const COOKIE_SECONDS: u64 = 180 * 24 * 60 * 60;

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Public, routes!(sign_up));
    table.add(Access::Public, routes!(sign_in));
    table.add(Access::Public, routes!(sign_out));
}

/// Whether somebody without an invitation may sign up at this moment.
pub(super) async fn may_strangers_sign_up(api: &Api) -> Answer<bool> {
    Ok(match api.sign_up {
        config::SignUp::Open => true,
        config::SignUp::First => api.store.count_members().await? == 0,
        config::SignUp::Closed => false,
    })
}

/// Sign up
///
/// With an invitation, or where strangers may. Signs the new member in.
#[utoipa::path(
    post, path = "/v1/sign-up", tag = "Members",
    responses((status = 201, description = "The new member, signed in.", body = Me, headers(("Set-Cookie" = String, description = "The session."))))
)]
async fn sign_up(
    State(api): State<ApiState>,
    Address(address): Address,
    headers: HeaderMap,
    Json(wish): Json<SignUp>,
) -> Answer<Response> {
    api.attempts.by_address(address)?;
    let member = match (&wish.invitation, &wish.account_name) {
        (Some(_), Some(_)) => {
            return Err(Refusal::field("accountName", "must be left out by who follows an invitation"));
        }
        (Some(token), None) => sign_up_invited(&api, &wish, token).await?,
        (None, Some(account)) => sign_up_stranger(&api, &wish, account).await?,
        (None, None) => return Err(Refusal::field("accountName", "is missing")),
    };
    let response = begin(&api, &headers, &member).await?;
    Ok((StatusCode::CREATED, response).into_response())
}

async fn sign_up_invited(api: &Api, wish: &SignUp, token: &str) -> Answer<Member> {
    let now = api.clock.now();
    let offer = api.store.invitation(token, now).await?.ok_or(ErrorCode::LinkExpired)?;
    if offer.email.is_some_and(|email| email.key() != wish.email.key()) {
        return Err(Refusal::field("email", "must be the one that the invitation was sent to"));
    }
    let member = make(api, wish).await?;
    api.store.accept_invitation(token, &member, now).await?;
    Ok(member)
}

async fn sign_up_stranger(api: &Api, wish: &SignUp, account: &Title) -> Answer<Member> {
    // Asked before the slow part too, so that a closed server is not kept busy with passwords.
    if !may_strangers_sign_up(api).await? {
        return Err(ErrorCode::SignUpClosed.into());
    }
    let member = {
        let _turn = api.sign_up_turn.lock().await;
        if !may_strangers_sign_up(api).await? {
            return Err(ErrorCode::SignUpClosed.into());
        }
        make(api, wish).await?
    };
    api.store.new_account_for(&member, account, api.clock.now()).await?;
    Ok(member)
}

async fn make(api: &Api, wish: &SignUp) -> Answer<Member> {
    let password_hash = api.passwords.hash(wish.password.as_str()).await?;
    let new = NewMember { email: &wish.email, name: &wish.name, password_hash: &password_hash };
    Ok(api.store.new_member(&new, api.clock.now()).await?)
}

/// Sign in
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "Members",
    responses((status = 200, description = "The member.", body = Me, headers(("Set-Cookie" = String, description = "The session."))))
)]
async fn sign_in(
    State(api): State<ApiState>,
    Address(address): Address,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Answer<Response> {
    api.attempts.by_address(address)?;
    api.attempts.with_email(login.email.key())?;
    let known = api.store.member_by_email(&login.email).await?;
    let kept = known.as_ref().map(|known| known.password_hash.as_str());
    let right = api.passwords.matches(&login.password, kept).await?;
    let known = known.filter(|_| right).ok_or(ErrorCode::LoginRefused)?;
    let member = api.store.member(&known.member_id).await?.ok_or(ErrorCode::LoginRefused)?;
    begin(&api, &headers, &member).await
}

/// Sign out
///
/// Ends the session of the cookie, if there is one.
#[utoipa::path(
    post, path = "/v1/sign-out", tag = "Members",
    responses((status = 204, description = "The session has ended.", headers(("Set-Cookie" = String, description = "Without the session."))))
)]
async fn sign_out(State(api): State<ApiState>, headers: HeaderMap) -> Answer<Response> {
    let transport = transport(&api, &headers);
    if let Some(token) = cookie::read(&headers, transport) {
        api.store.end_session(token).await?;
    }
    let taken = AppendHeaders([(SET_COOKIE, cookie::take(transport))]);
    Ok((StatusCode::NO_CONTENT, taken).into_response())
}

/// Begins a session in the browser that asks.
async fn begin(api: &Api, headers: &HeaderMap, member: &Member) -> Answer<Response> {
    let transport = transport(api, headers);
    if let Some(old) = cookie::read(headers, transport) {
        api.store.end_session(old).await?;
    }
    let token = api.store.start_session(&member.id, api.clock.now()).await?;
    let given = AppendHeaders([(SET_COOKIE, cookie::give(&token, transport, COOKIE_SECONDS))]);
    Ok((given, Json(me::shown(api, member).await?)).into_response())
}
