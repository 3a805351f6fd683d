//! What is served over HTTP: the dashboard, the interface under `/v1`, the SDK, the health of the node, the door to
//! signalling and, in demo mode, the demo page.

pub(crate) mod api;
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

use crate::demo::{self, Demo};
use crate::health::Health;
use crate::signal::{self, Door};
use api::ApiState;
pub(crate) use peer::{Peer, Proxy};

/// Every route of the node.
pub(crate) fn router(door: Arc<Door>, health: Health, demo: Option<Demo>, api: ApiState) -> Router {
    let signalling = Router::new().route("/v1/signal", get(signal::enter)).with_state(door);
    let node = Router::new().route("/healthz", get(healthz)).with_state(health);
    let router = Router::new().merge(signalling).merge(node).merge(api::router(api)).merge(sdk());
    let router = match demo {
        Some(demo) => router.merge(demo_page(demo.credentials)),
        None => router,
    };
    router.fallback_service(dashboard()).layer(map_response(headers::everywhere))
}

/// At every address that nothing else has.
fn dashboard() -> Router {
    Router::new().fallback(assets::dashboard).layer(CompressionLayer::new())
}

fn sdk() -> Router {
    Router::new()
        .route("/sdk/{*file}", get(assets::sdk))
        .layer(map_response(headers::of_the_sdk))
        .layer(CompressionLayer::new())
}

fn demo_page(credentials: demo::Credentials) -> Router {
    Router::new()
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

/// For load balancers and supervisors: 200 while the node takes calls, 503 with the reason while it does not.
async fn healthz(State(health): State<Health>) -> Response {
    match health.trouble() {
        None => "ok\n".into_response(),
        Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")).into_response(),
    }
}
