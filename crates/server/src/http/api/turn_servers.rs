//! The account's TURN servers: listed, added and removed, never with their secret.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::turn::{NewTurnServer, TURN_URLS, TurnServer};
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Id, Json};
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: true }, routes!(list_turn_servers));
    let admins = Access::Account { least: MemberRole::Admin, secret_key: true };
    table.add(admins, routes!(add_turn_server));
    table.add(admins, routes!(remove_turn_server));
}

/// List the TURN servers
///
/// In the order in which they were added, without their secrets.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/turn-servers", tag = "Settings",
    responses((status = 200, description = "The servers, at most 4.", body = Vec<TurnServer>))
)]
async fn list_turn_servers(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Vec<TurnServer>>> {
    Ok(Json(account.of(&api.store).turn_servers().await?))
}

/// Add a TURN server
///
/// For devices whose network lets neither UDP nor direct TCP through. The server must be one that makes its users'
/// passwords of a secret, such as coturn with `use-auth-secret`. Devices get credentials that end after 12 hours when
/// they sign in or come back; the secret itself leaves Tring by no way.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/turn-servers", tag = "Settings",
    request_body(content = NewTurnServer, example = json!({
        "urls": ["turn:turn.shop.example:3478?transport=udp", "turns:turn.shop.example:443?transport=tcp"],
        "secret": "the static-auth-secret of coturn",
    })),
    responses((status = 201, description = "The server, without its secret.", body = TurnServer))
)]
async fn add_turn_server(
    State(api): State<ApiState>,
    account: InAccount,
    Json(new): Json<NewTurnServer>,
) -> Answer<(StatusCode, Json<TurnServer>)> {
    if !TURN_URLS.contains(&new.urls.len()) {
        let rule = format!("must have {} to {} addresses", TURN_URLS.start(), TURN_URLS.end());
        return Err(Refusal::field("urls", rule));
    }
    let kept = account.of(&api.store);
    let added = kept.change(&account.actor(), api.clock.now()).add_turn_server(&new).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Remove a TURN server
///
/// Credentials that devices have are good until they end. To refuse them at once, change the secret at the server.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/turn-servers/{turnServerId}", tag = "Settings",
    responses((status = 204, description = "No new credentials of it are given out."))
)]
async fn remove_turn_server(
    State(api): State<ApiState>,
    account: InAccount,
    Id(server): Id<String>,
) -> Answer<StatusCode> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).remove_turn_server(&server).await?;
    Ok(StatusCode::NO_CONTENT)
}
