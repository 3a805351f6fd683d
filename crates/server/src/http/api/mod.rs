//! `/v1` over HTTP: for the dashboard with a session, for backends with a secret key.
//!
//! A request passes [`access::identify`] (who is it, have they asked too often), then the route's own
//! [`access::guard`] (may they), under an account [`idempotency::once`] (was it done before), and then its handler.
//! **Handlers never ask who may do what; the table in [`table`] says it.**

mod access;
mod accounts;
mod audit;
mod branding;
mod calls;
mod cookie;
mod csv;
mod docs;
mod idempotency;
mod images;
mod invitations;
mod json;
mod keys;
mod limits;
mod me;
mod members;
mod origin;
mod password;
mod passwords;
mod problem;
mod refusals;
mod server;
mod settings;
mod sign_in;
mod state;
mod statistics;
mod stream;
mod table;
mod token_secrets;
mod tokens;
mod turn_servers;
mod users;

pub(crate) use limits::{Attempts, Limits};
pub(crate) use origin::Origins;
pub(crate) use passwords::Passwords;
pub(crate) use state::{Api, ApiState};
pub(crate) use stream::Streams;
pub use table::{Access, Route};

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::any;
use tring_protocol::error::ErrorCode;

use problem::Refusal;
use table::Table;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Every route with its rule.
fn table() -> Table {
    let mut table = Table::new(docs::description());
    server::routes(&mut table);
    sign_in::routes(&mut table);
    password::routes(&mut table);
    me::routes(&mut table);
    invitations::routes(&mut table);
    members::routes(&mut table);
    audit::routes(&mut table);
    accounts::routes(&mut table);
    settings::routes(&mut table);
    branding::routes(&mut table);
    keys::routes(&mut table);
    token_secrets::routes(&mut table);
    tokens::routes(&mut table);
    turn_servers::routes(&mut table);
    users::routes(&mut table);
    calls::routes(&mut table);
    statistics::routes(&mut table);
    stream::routes(&mut table);
    table
}

/// The list of routes with their rules.
#[must_use]
pub fn routes() -> Vec<Route> {
    table().into_routes()
}

/// What serves the interface and its documents.
pub(crate) fn router(api: ApiState) -> Router {
    let (router, description) = table().split();
    router
        .method_not_allowed_fallback(async || Refusal::from(ErrorCode::MethodNotAllowed))
        .route("/v1", any(nothing))
        .route("/v1/", any(nothing))
        .route("/v1/{*rest}", any(nothing))
        .layer(from_fn_with_state(api.clone(), access::identify))
        .layer(map_response(headers))
        .with_state(api.clone())
        .merge(images::router(api))
        .merge(docs::router(description))
}

async fn nothing() -> Refusal {
    ErrorCode::NotFound.into()
}

/// On every answer: it is for the requester alone, and for no other site's page.
async fn headers(mut response: Response) -> Response {
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}
