//! The interface described: `/v1/openapi.json`, made from the routes and types themselves; `/docs`, an explorer of it
//! that works without the internet; `/docs/errors`, the catalogue with an anchor for each error.

use axum::Router;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use tower_http::compression::CompressionLayer;
use tring_protocol::error::{Blame, ErrorCode, Retry};
use tring_protocol::http::Problem;
use tring_protocol::http::statistics::Interval;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

/// The explorer's only script, with its styles in it.
const EXPLORER: &str = "scalar.js";

/// Loaded besides it, because the policy of the page runs no script that is written into it.
const START: &str = "Scalar.createApiReference('#app', {\n  url: '/v1/openapi.json',\n  withDefaultFonts: false,\n  \
    telemetry: false,\n  agent: { disabled: true },\n  mcp: { disabled: true },\n  hideClientButton: true,\n  showDeveloperTools: 'never',\n});\n";

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
    content=\"width=device-width, initial-scale=1\">\n<title>Tring: the HTTP interface</title>\n<link rel=\"icon\" href=\"/tring.svg\">\n</head>\n<body>\n\
    <main id=\"app\"></main>\n<script src=\"/docs/scalar.js\"></script>\n<script src=\"/docs/start.js\"></script>\n\
    </body>\n</html>\n";

/// The explorer writes its styles into the page as it draws it, so styles cannot be told apart; it loads nothing from
/// elsewhere and talks to this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
    img-src 'self' data: blob:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Tring",
        description = "Accounts, users, tokens, calls, statistics and branding, for the dashboard and for backends.\n\n\
            **Proof.** A backend sends a secret key as `Authorization: Bearer sk_…`; it belongs to one account. The \
            dashboard has a session in a cookie. `x-tring-access` says for each route who may use it.\n\n\
            **Errors** are `application/problem+json` (RFC 9457); `code` is stable, and /docs/errors lists them all.\n\n\
            **Writes** under an account take an `Idempotency-Key` and are then carried out once, however often they \
            come.\n\n\
            **Limits.** Every answer says in `RateLimit` and `RateLimit-Policy` how many requests are left; 429 comes \
            with `Retry-After`.\n\n\
            **Lists** come in pages, newest first; pass `next` as `cursor` for what follows.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    // What only queries name is not found by itself.
    components(schemas(Problem, Interval)),
    modifiers(&Proofs)
)]
struct Description;

struct Proofs;

impl Modify for Proofs {
    fn modify(&self, description: &mut OpenApi) {
        let cookie = ApiKeyValue::with_description(
            "tring_session",
            "A session of the dashboard, from `POST /v1/sign-in`. Requests that change something must come from the \
             dashboard's own page, as `Sec-Fetch-Site` or `Origin` says. By TLS the cookie is `__Host-tring_session`.",
        );
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A secret key of the account, which begins with `sk_`."))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        components.add_security_scheme("secretKey", SecurityScheme::Http(key));
    }
}

/// What the description says besides the routes.
pub(super) fn description() -> OpenApi {
    let mut description = Description::openapi();
    description.info.version = env!("CARGO_PKG_VERSION").to_owned();
    description
}

/// The documents' addresses.
pub(super) fn router(description: OpenApi) -> Router {
    let text = description.to_json().expect("a description has only strings, numbers and lists");
    let described = Router::new().route("/v1/openapi.json", get(openapi)).with_state(Arc::from(text));
    Router::new()
        .route("/docs", get(async || Html(PAGE)))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route("/docs/start.js", get(async || ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], START)))
        .route("/docs/scalar.js", get(explorer))
        .route("/docs/errors", get(async || Html(ERRORS.as_str())))
        .route("/docs/errors.css", get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .merge(described)
        .layer(map_response(headers))
        .layer(CompressionLayer::new())
}

async fn openapi(State(text): State<Arc<str>>) -> Response {
    ([(CONTENT_TYPE, "application/json")], text.to_string()).into_response()
}

async fn explorer(request: HeaderMap) -> Response {
    // The program and the script are one release: its version says whether the browser's copy is the same.
    let tag = HeaderValue::from_static(concat!("W/\"", env!("CARGO_PKG_VERSION"), "\""));
    if request.get(IF_NONE_MATCH) == Some(&tag) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    match scalar_api_reference::get_asset(EXPLORER) {
        Some(script) => {
            let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
            ([(CONTENT_TYPE, kind), (ETAG, tag)], script).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn headers(mut response: Response) -> Response {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        (CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const STYLE: &str = ":root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }\n\
    body { max-width: 50rem; margin: 0 auto; padding: 1rem; }\n\
    h2 { margin: 2rem 0 .25rem; font-size: 1.125rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }\n\
    h2:target { outline: 2px solid; outline-offset: .25rem; }\n\
    p { margin: .25rem 0; }\n\
    dl { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: .25rem 0; }\n\
    dl div { display: flex; gap: .5rem; }\n\
    dd { margin: 0; font-weight: 600; }\n";

static ERRORS: LazyLock<String> = LazyLock::new(|| {
    let mut page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
        content=\"width=device-width, initial-scale=1\">\n<title>Tring: errors</title>\n<link rel=\"icon\" href=\"/tring.svg\">\n<link rel=\"stylesheet\" \
        href=\"/docs/errors.css\">\n</head>\n<body>\n<main>\n<h1>Errors</h1>\n<p>Every error that crosses a wire, \
        in the SDKs and over HTTP. The code never changes its meaning.</p>\n"
        .to_owned();
    for &error in ErrorCode::ALL {
        let (code, sentence) = (error.code(), escape(error.sentence()));
        write!(
            page,
            "<h2 id=\"{code}\">{code}</h2>\n<p>{sentence}</p>\n<dl>\
             <div><dt>Number</dt><dd>{}</dd></div><div><dt>HTTP status</dt><dd>{}</dd></div>\
             <div><dt>Who has to act</dt><dd>{}</dd></div><div><dt>Does a retry help?</dt><dd>{}</dd></div></dl>\n",
            error.number(),
            error.http_status(),
            actor(error.blame()),
            if error.retry() == Retry::Later { "after a while" } else { "no" },
        )
        .expect("writing to a String never fails");
    }
    page + "</main>\n</body>\n</html>\n"
});

fn actor(blame: Blame) -> &'static str {
    match blame {
        Blame::App => "the integrator",
        Blame::User => "the person at the device",
        Blame::Peer => "the other person",
        Blame::Network => "the network",
        Blame::Server => "the operator of the server",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
