//! Headers that tell browsers what a response may be used for.

use axum::Router;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use tring_protocol::time::Millis;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// On every response: nothing is to be guessed, and nobody learns where a visitor came from.
pub(super) async fn everywhere(response: Response) -> Response {
    with(response, [(X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")])
}

/// On every response over TLS, if the operator wants that browsers use nothing else for so long (RFC 6797).
pub(crate) fn strictly_tls(router: Router, length: Millis) -> Router {
    let age = format!("max-age={}", length.get() / 1_000);
    let age = HeaderValue::try_from(age).expect("digits are ASCII");
    router.layer(map_response(move |mut response: Response| {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, age.clone());
        std::future::ready(response)
    }))
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

/// On the dashboard: it runs its own scripts and styles alone and talks to this server alone. Its charts and widgets
/// set styles of single elements. Images may come from where accounts keep their logos. The phones of its test call and
/// its preview are framed by itself, everything else by nobody.
pub(super) fn of_the_dashboard(name: &str, response: Response) -> Response {
    const COMMON: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
        connect-src 'self'; img-src 'self' data: blob: https:; media-src 'self' data: blob: https:; font-src 'self'; \
        frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";
    let framed = FRAMED.contains(&name);
    let (ancestors, frame) = if framed { ("'self'", "SAMEORIGIN") } else { ("'none'", "DENY") };
    let policy = format!("{COMMON}; frame-ancestors {ancestors}");
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (X_FRAME_OPTIONS, frame),
        (PERMISSIONS_POLICY, "microphone=(self), autoplay=(self), camera=(), geolocation=()"),
        (RESOURCE_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
        (CACHE_CONTROL, cache),
    ];
    let mut response = with(response, headers);
    let policy = HeaderValue::try_from(policy).expect("the policy is ASCII");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// The pages of the dashboard that it frames itself.
const FRAMED: [&str; 2] = ["phone.html", "preview.html"];

fn with<const N: usize>(mut response: Response, headers: [(HeaderName, &'static str); N]) -> Response {
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
