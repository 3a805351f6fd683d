//! What anybody may know of this server.

use axum::extract::State;
use tring_protocol::http::ServerInfo;
use utoipa_axum::routes;

use super::json::Json;
use super::problem::Answer;
use super::sign_in::may_strangers_sign_up;
use super::state::ApiState;
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Public, routes!(server_info));
}

/// What this server is
#[utoipa::path(
    get, path = "/v1/server", tag = "Server",
    responses((status = 200, description = "The server.", body = ServerInfo))
)]
async fn server_info(State(api): State<ApiState>) -> Answer<Json<ServerInfo>> {
    Ok(Json(ServerInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sign_up_open: may_strangers_sign_up(&api).await?,
        sends_mail: api.mail.sends(),
        demo: api.demo.clone(),
    }))
}
