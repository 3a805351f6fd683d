//! What is served over HTTP: the dashboard, the interface under `/v1`, the SDK, the health of the node, the door to
//! signalling and, in demo mode, the demo page.

pub(crate) mod api;
mod assets;
mod headers;
pub(crate) mod listener;
mod peer;
pub(crate) mod redirect;
mod site;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

use crate::demo::{self, Demo};
use crate::health::Health;
use crate::metrics::{self, Metrics};
use crate::signal::{self, Door};
use api::ApiState;
pub(crate) use headers::strictly_tls;
pub(crate) use peer::{Peer, Proxy};
pub(crate) use site::{Scheme, Site};

/// Every route of the node.
pub(crate) fn router(
    door: Arc<Door>,
    health: Health,
    metrics: Metrics,
    demo: Option<Demo>,
    api: ApiState,
) -> Router {
    let signalling = Router::new().route("/v1/signal", get(signal::enter)).with_state(door);
    let router = Router::new().merge(signalling).merge(node(health)).merge(api::router(api)).merge(sdk());
    let router = match demo {
        Some(demo) => router.merge(demo_page(demo.credentials)),
        None => router,
    };
    router
        .fallback_service(dashboard())
        .layer(map_response(headers::everywhere))
        .layer(from_fn_with_state(metrics, metrics::count_requests))
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

/// What is served at `metrics.listen`.
pub(crate) fn operators_router(health: Health, metrics: Metrics) -> Router {
    Router::new().merge(node(health)).merge(metrics::router(metrics))
}

/// How the node is.
fn node(health: Health) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(health)
}

/// For supervisors: the process lives and answers. Restart it if it does not.
async fn healthz() -> &'static str {
    "ok\n"
}

/// For load balancers: 200 while the node takes calls, 503 while it does not, with how each part is.
async fn readyz(State(health): State<Health>) -> Response {
    let said = health.readiness();
    let status = if said.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CACHE_CONTROL, "no-store")], Json(said)).into_response()
}
