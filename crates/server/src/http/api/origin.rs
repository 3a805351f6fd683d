//! What this server is called by those who reach it, and whether a request came from one of its own pages.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use tring_protocol::error::ErrorCode;
use tring_protocol::http::text::WebOrigin;

use super::problem::Refusal;
use crate::http::{Proxy, Site};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The names of this server.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    public: Option<WebOrigin>,
    own: Site,
    proxy: Proxy,
}

impl Origins {
    /// `public` is what the operator says, `own` is what is known otherwise.
    pub(crate) fn new(public: Option<WebOrigin>, own: Site, proxy: Proxy) -> Self {
        Self { public, own, proxy }
    }

    /// What links begin with that go to somebody else than the requester. A request has no say in it: with a `Host` of
    /// their own choice, strangers would have the server send their links.
    pub(crate) fn for_mail(&self) -> String {
        match &self.public {
            Some(origin) => origin.as_str().to_owned(),
            None => self.own.origin(),
        }
    }

    /// What links begin with that the requester is shown.
    pub(crate) fn for_requester(&self, headers: &HeaderMap) -> String {
        match (&self.public, host(headers)) {
            (None, Some(host)) => {
                let scheme = if self.is_secure(headers) { "https" } else { "http" };
                let origin = WebOrigin::parse(&format!("{scheme}://{host}"));
                origin.map_or_else(|_| self.for_mail(), String::from)
            }
            _ => self.for_mail(),
        }
    }

    /// Whether the requester reaches the server by TLS: its own, or that of the operator's proxy, as that says.
    pub(crate) fn is_secure(&self, headers: &HeaderMap) -> bool {
        if self.own.is_tls() {
            return true;
        }
        let said = || headers.get_all(FORWARDED_PROTO).iter().next_back()?.to_str().ok()?.rsplit(',').next();
        self.proxy == Proxy::Trusted
            && said().is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
    }

    /// Lets pass what one of the server's own pages asks for.
    ///
    /// # Errors
    /// [`ErrorCode::CrossSite`] if another page asks, or nobody knows which.
    pub(crate) fn require_own_page(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        match self.asking(headers) {
            Asking::OwnPage => Ok(()),
            Asking::OtherPage | Asking::Unknown => Err(ErrorCode::CrossSite.into()),
        }
    }

    /// Lets pass what no other page asks for.
    ///
    /// # Errors
    /// [`ErrorCode::CrossSite`] if one does.
    pub(crate) fn refuse_other_pages(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        match self.asking(headers) {
            Asking::OtherPage => Err(ErrorCode::CrossSite.into()),
            Asking::OwnPage | Asking::Unknown => Ok(()),
        }
    }

    /// By what browsers say and pages cannot forge: `Sec-Fetch-Site`, or `Origin` from those that are too old for it
    /// or reach a plain http address.
    fn asking(&self, headers: &HeaderMap) -> Asking {
        if let Some(site) = headers.get(FETCH_SITE) {
            return if site == "same-origin" { Asking::OwnPage } else { Asking::OtherPage };
        }
        let Some(origin) = headers.get(ORIGIN) else { return Asking::Unknown };
        let origin = origin.to_str().unwrap_or_default();
        let named = origin.split_once("://").map(|(_, host)| host);
        let public = self.public.as_ref().is_some_and(|public| public.as_str().eq_ignore_ascii_case(origin));
        let own = named.zip(host(headers)).is_some_and(|(named, host)| named.eq_ignore_ascii_case(host));
        if own || public { Asking::OwnPage } else { Asking::OtherPage }
    }
}

/// Who made a browser ask.
enum Asking {
    OwnPage,
    OtherPage,
    /// No browser of our days.
    Unknown,
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(HOST)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Scheme;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn origins(public: Option<&str>, proxy: Proxy) -> Origins {
        speaking(Scheme::Http, public, proxy)
    }

    fn speaking(scheme: Scheme, public: Option<&str>, proxy: Proxy) -> Origins {
        let public = public.map(|text| WebOrigin::parse(text).unwrap());
        Origins::new(public, Site { address: "0.0.0.0:7880".parse().unwrap(), scheme }, proxy)
    }

    #[test]
    fn only_the_servers_own_pages_pass() {
        let origins = origins(Some("https://calls.shop.example"), Proxy::None);
        for own in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("origin", "http://tring.local:80"), ("host", "tring.local:80")],
            &[("origin", "https://calls.shop.example"), ("host", "inside")],
        ] {
            assert!(origins.require_own_page(&headers(own)).is_ok(), "{own:?}");
        }
        for other in [
            &[("sec-fetch-site", "same-site")][..],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://h"), ("host", "h")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null"), ("host", "h")],
            &[("origin", "https://evil.example"), ("host", "h")],
            &[("origin", "https://h.evil.example"), ("host", "h")],
        ] {
            assert!(origins.require_own_page(&headers(other)).is_err(), "{other:?}");
            assert!(origins.refuse_other_pages(&headers(other)).is_err(), "{other:?}");
        }
        assert!(origins.require_own_page(&headers(&[("host", "h")])).is_err());
        assert!(origins.refuse_other_pages(&headers(&[("host", "h")])).is_ok());
    }

    #[test]
    fn a_request_cannot_choose_where_links_for_others_lead() {
        let forged = headers(&[("host", "evil.example"), ("x-forwarded-proto", "https")]);
        assert_eq!(origins(None, Proxy::None).for_mail(), "http://127.0.0.1:7880");
        assert_eq!(
            origins(Some("https://c.example"), Proxy::None).for_requester(&forged),
            "https://c.example"
        );
        assert_eq!(origins(None, Proxy::None).for_requester(&forged), "http://evil.example");
        assert_eq!(origins(None, Proxy::Trusted).for_requester(&forged), "https://evil.example");
        let nonsense = headers(&[("host", "a/b\"")]);
        assert_eq!(origins(None, Proxy::None).for_requester(&nonsense), "http://127.0.0.1:7880");
    }

    #[test]
    fn tls_is_what_the_operators_proxy_says_and_nobody_else() {
        let said = headers(&[("x-forwarded-proto", "https")]);
        assert!(origins(None, Proxy::Trusted).is_secure(&said));
        assert!(!origins(None, Proxy::None).is_secure(&said));
        let through_two = headers(&[("x-forwarded-proto", "https, http")]);
        assert!(!origins(None, Proxy::Trusted).is_secure(&through_two));
    }

    #[test]
    fn with_tls_of_its_own_nobody_has_to_say_so() {
        let own = speaking(Scheme::Https { name: Some("c.example".to_owned()) }, None, Proxy::None);
        assert!(own.is_secure(&headers(&[])) && own.is_secure(&headers(&[("x-forwarded-proto", "http")])));
        assert_eq!(own.for_mail(), "https://c.example:7880");
        assert_eq!(own.for_requester(&headers(&[("host", "d.example:7880")])), "https://d.example:7880");
    }
}
