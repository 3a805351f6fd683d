//! Headers that tell browsers what a response may be used for.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// On every response: nothing is to be guessed, and nobody learns where a visitor came from.
pub(super) async fn everywhere(response: Response) -> Response {
    with(response, [(X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")])
}

/// On the SDK: any page may load it, and asks again after five minutes whether it changed. Longer: pages keep an SDK
/// that the server has replaced; shorter: one more round trip for pages that are opened often.
pub(super) async fn of_the_sdk(response: Response) -> Response {
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache = if found { "public, max-age=300" } else { "no-store" };
    with(
        response,
        [(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (RESOURCE_POLICY, "cross-origin"), (CACHE_CONTROL, cache)],
    )
}

/// On the demo page: it runs its own scripts alone, talks to this server alone and is framed by nobody. Images and
/// ringtones may come from anywhere, because the person at the page types their addresses.
pub(super) async fn of_the_demo(response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
        connect-src 'self'; img-src 'self' http: https: data:; media-src 'self' http: https: data: blob:; \
        manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        (PERMISSIONS_POLICY, "microphone=(self), camera=()"),
        (CACHE_CONTROL, "no-cache"),
    ];
    with(response, headers)
}

fn with<const N: usize>(mut response: Response, headers: [(HeaderName, &'static str); N]) -> Response {
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
