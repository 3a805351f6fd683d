//! The cookie that holds a session: unreadable for scripts, never sent by other sites' pages.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// How the requester reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// By TLS: the cookie goes nowhere else, and its prefix tells browsers not to take one of that name from others.
    Tls,
    /// Without.
    Plain,
}

impl Transport {
    fn name(self) -> &'static str {
        match self {
            Self::Tls => "__Host-tring_session",
            Self::Plain => "tring_session",
        }
    }

    fn attributes(self) -> &'static str {
        match self {
            Self::Tls => "Path=/; HttpOnly; SameSite=Strict; Secure",
            Self::Plain => "Path=/; HttpOnly; SameSite=Strict",
        }
    }
}

/// The session's token in a request.
pub(crate) fn read(headers: &HeaderMap, transport: Transport) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == transport.name()).map(|(_, value)| value)
}

/// Gives a browser its session.
pub(crate) fn give(token: &str, transport: Transport, seconds: u64) -> HeaderValue {
    write(token, transport, seconds)
}

/// Takes it away.
pub(crate) fn take(transport: Transport) -> HeaderValue {
    write("", transport, 0)
}

fn write(token: &str, transport: Transport, seconds: u64) -> HeaderValue {
    let (name, attributes) = (transport.name(), transport.attributes());
    let cookie = format!("{name}={token}; {attributes}; Max-Age={seconds}");
    let mut value = HeaderValue::try_from(cookie).expect("tokens are letters and digits");
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_of_this_transport_counts() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=b; tring_session=plain".parse().unwrap());
        headers.append(COOKIE, "__Host-tring_session=secure; c=d".parse().unwrap());
        assert_eq!(read(&headers, Transport::Plain), Some("plain"));
        assert_eq!(read(&headers, Transport::Tls), Some("secure"));
        headers.remove(COOKIE);
        headers.append(COOKIE, "xtring_session=no".parse().unwrap());
        assert_eq!(read(&headers, Transport::Plain), None);
    }

    #[test]
    fn scripts_and_other_sites_never_have_it() {
        let given = give("abc", Transport::Tls, 60);
        let expected = "__Host-tring_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=60";
        assert_eq!(given.to_str().unwrap(), expected);
        let taken = take(Transport::Plain);
        assert_eq!(taken.to_str().unwrap(), "tring_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    }
}
