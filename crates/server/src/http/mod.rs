//! What is served over HTTP: the SDK, the health of the node, the door to signalling and, in demo mode, the demo page.

mod assets;
mod headers;
pub(crate) mod listener;
mod peer;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

use crate::demo;
use crate::health::Health;
use crate::signal::{self, Door};
pub(crate) use peer::{Peer, Proxy};

/// Every route of the node.
pub(crate) fn router(door: Arc<Door>, health: Health, demo: Option<demo::Credentials>) -> Router {
    let signalling = Router::new().route("/v1/signal", get(signal::enter)).with_state(door);
    let node = Router::new().route("/healthz", get(healthz)).with_state(health);
    Router::new()
        .merge(signalling)
        .merge(node)
        .merge(sdk())
        .merge(demo.map_or_else(nothing_at_the_root, demo_page))
        .fallback(not_found)
        .layer(map_response(headers::everywhere))
}

fn sdk() -> Router {
    Router::new()
        .route("/sdk/{*file}", get(assets::sdk))
        .layer(map_response(headers::of_the_sdk))
        .layer(CompressionLayer::new())
}

fn demo_page(credentials: demo::Credentials) -> Router {
    Router::new()
        .route("/", get(to_the_demo))
        .route("/demo", get(to_the_demo))
        .route("/demo/", get(assets::demo_index))
        .route("/demo/config.json", get(demo::config).with_state(credentials))
        .route("/demo/{*file}", get(assets::demo))
        .layer(map_response(headers::of_the_demo))
        .layer(CompressionLayer::new())
}

/// With the query: it may say who the visitor wants to be.
async fn to_the_demo(RawQuery(query): RawQuery) -> Redirect {
    Redirect::temporary(&query.map_or_else(|| "/demo/".to_owned(), |query| format!("/demo/?{query}")))
}

fn nothing_at_the_root() -> Router {
    const TEXT: &str =
        "This is Tring. Pages load its SDK from /sdk/signed-call.mjs or /sdk/signed-call.umd.js.\n";
    Router::new().route("/", get(|| async { TEXT }))
}

/// For load balancers and supervisors: 200 while the node takes calls, 503 with the reason while it does not.
async fn healthz(State(health): State<Health>) -> Response {
    match health.trouble() {
        None => "ok\n".into_response(),
        Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")).into_response(),
    }
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response()
}
