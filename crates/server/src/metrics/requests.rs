//! HTTP requests by route, method and status. The route is the pattern of the table, such as
//! `/v1/accounts/{accountId}/calls`, so no id gets into a label.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Counter, Histogram};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use super::Metrics;
use super::registry::Registry;

/// The series seen so far: bounded by the table of routes, because what has no route shares one name.
#[derive(Default)]
pub(super) struct RequestFigures {
    answered: RwLock<HashMap<Answered, Counter>>,
    took: RwLock<HashMap<Box<str>, Histogram>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Answered {
    method: &'static str,
    route: Box<str>,
    status: u16,
}

/// Around every route: counts the answer, and the time until its head is there.
pub(crate) async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).into();
    let method = method(request.method());
    let begun = Instant::now();
    let response = next.run(request).await;
    let inner = &*metrics.0;
    let answered = Answered { method, route, status: response.status().as_u16() };
    inner.requests.answered(&inner.registry, answered, begun.elapsed().as_secs_f64());
    response
}

impl RequestFigures {
    fn answered(&self, registry: &Registry, answered: Answered, seconds: f64) {
        of(&self.took, &answered.route, || {
            let help = "How long the server took until the head of the answer was there.";
            registry.histogram("tring_http_request_seconds", help, &[("route", &answered.route)])
        })
        .record(seconds);
        of(&self.answered, &answered, || {
            let status = answered.status.to_string();
            let labels = [("method", answered.method), ("route", &*answered.route), ("status", &status)];
            registry.counter("tring_http_requests_total", "HTTP requests answered.", &labels)
        })
        .increment(1);
    }
}

/// The figure named `key`, made when it is first needed.
fn of<K: Clone + Eq + std::hash::Hash, F: Clone>(
    known: &RwLock<HashMap<K, F>>,
    key: &K,
    new: impl FnOnce() -> F,
) -> F {
    let found = known.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
    found.unwrap_or_else(|| {
        known.write().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_insert_with(new).clone()
    })
}

/// A client can make up methods.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
