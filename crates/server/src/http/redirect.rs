//! The listener beside that of TLS: it sends everybody on, and answers certificate authorities.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, LOCATION};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tring_protocol::http::text::WebOrigin;

use super::site::Site;
use crate::tls::Challenges;

/// Where everybody is sent.
#[derive(Debug)]
struct Target {
    /// What the operator says the server is called.
    public: Option<WebOrigin>,
    site: Site,
}

/// The routes of this listener.
pub(crate) fn router(challenges: Challenges, public: Option<WebOrigin>, site: Site) -> Router {
    let answers =
        Router::new().route("/.well-known/acme-challenge/{token}", get(answer)).with_state(challenges);
    let target = Arc::new(Target { public, site });
    Router::new().merge(answers).fallback(send_on).with_state(target)
}

/// RFC 8555 §8.3.
async fn answer(State(challenges): State<Challenges>, Path(token): Path<String>) -> Response {
    match challenges.text(&token) {
        Some(text) => {
            ([(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "no-store")], text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The same place by https, with the same method.
async fn send_on(State(target): State<Arc<Target>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(to) = target.instead_of(host, &uri) else {
        return (StatusCode::BAD_REQUEST, "The request names no host.\n").into_response();
    };
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, to)]).into_response()
}

impl Target {
    /// The requester's own word for the server, because it may have several names, except where the operator gave that
    /// name a port of its own.
    fn instead_of(&self, host: Option<&str>, uri: &Uri) -> Option<String> {
        let authority: Authority = host?.parse().ok()?;
        let host = authority.host();
        if host.is_empty() || authority.as_str().contains('@') {
            return None;
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let said = self.public.as_ref().map(WebOrigin::as_str).filter(|origin| {
            let public = origin.strip_prefix("https://").and_then(|public| public.parse::<Authority>().ok());
            public.is_some_and(|public| public.host().eq_ignore_ascii_case(host))
        });
        Some(match said {
            Some(origin) => format!("{origin}{path}"),
            None => format!("https://{host}{}{path}", self.site.port()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::site::Scheme;
    use super::*;

    fn sent(public: Option<&str>, listen: &str, host: &str, uri: &str) -> Option<String> {
        let public = public.map(|text| WebOrigin::parse(text).unwrap());
        let site = Site { address: listen.parse().unwrap(), scheme: Scheme::Https { name: None } };
        Target { public, site }.instead_of(Some(host), &uri.parse().unwrap())
    }

    #[test]
    fn the_name_the_place_and_the_query_stay() {
        let to = |host, uri| sent(None, "0.0.0.0:443", host, uri);
        assert_eq!(to("c.example", "/demo?as=a%20b&x"), Some("https://c.example/demo?as=a%20b&x".to_owned()));
        assert_eq!(to("c.example:80", "/"), Some("https://c.example/".to_owned()));
        assert_eq!(to("[2001:db8::1]:80", "/"), Some("https://[2001:db8::1]/".to_owned()));
        assert_eq!(sent(None, "0.0.0.0:8443", "c.example", "/"), Some("https://c.example:8443/".to_owned()));
    }

    #[test]
    fn the_operators_word_counts_for_its_own_name() {
        let to = |host| sent(Some("https://c.example:444"), "0.0.0.0:7880", host, "/x");
        assert_eq!(to("C.example"), Some("https://c.example:444/x".to_owned()));
        assert_eq!(to("other.example"), Some("https://other.example:7880/x".to_owned()));
    }

    #[test]
    fn nonsense_is_sent_nowhere() {
        for host in ["", "a b", "user@c.example", "c.example/evil"] {
            assert_eq!(sent(None, "0.0.0.0:443", host, "/"), None, "{host}");
        }
    }
}
