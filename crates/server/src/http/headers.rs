//! Headers that tell browsers what a response may be used for.

use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use tower::layer::util::{Identity, Stack};
use tower_http::set_header::SetResponseHeaderLayer;

type Set = SetResponseHeaderLayer<HeaderValue>;

/// On every response: nothing is to be guessed, and nobody learns where a visitor came from.
pub(crate) fn everywhere() -> Stack<Set, Stack<Set, Identity>> {
    let layers = Stack::new(set(X_CONTENT_TYPE_OPTIONS, "nosniff"), Identity::new());
    Stack::new(set(REFERRER_POLICY, "no-referrer"), layers)
}

/// On the SDK: any page may load it, and asks again after five minutes whether it changed. Longer: pages keep an SDK
/// that the server has replaced; shorter: one more round trip for pages that are opened often.
pub(crate) fn of_the_sdk() -> Stack<Set, Stack<Set, Stack<Set, Identity>>> {
    let layers = Stack::new(set(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), Identity::new());
    let layers =
        Stack::new(set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"), layers);
    Stack::new(set(CACHE_CONTROL, "public, max-age=300"), layers)
}

/// On the demo page: it runs its own scripts alone, talks to this server alone and is framed by nobody. Images and
/// ringtones may come from anywhere, because the person at the page types their addresses. Styles may be inline
/// because the call screens bring theirs with them.
pub(crate) fn of_the_demo() -> Stack<Set, Stack<Set, Stack<Set, Stack<Set, Identity>>>> {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
        connect-src 'self'; img-src 'self' http: https: data:; media-src 'self' http: https: data: blob:; \
        manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let layers = Stack::new(set(CONTENT_SECURITY_POLICY, POLICY), Identity::new());
    let layers = Stack::new(set(X_FRAME_OPTIONS, "DENY"), layers);
    let microphone = set(HeaderName::from_static("permissions-policy"), "microphone=(self), camera=()");
    Stack::new(set(CACHE_CONTROL, "no-cache"), Stack::new(microphone, layers))
}

fn set(name: HeaderName, value: &'static str) -> Set {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
