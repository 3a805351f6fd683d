//! How browsers reach the node's own listener.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The port that https has unless an address names another.
const HTTPS: u16 = 443;

/// What the listener speaks, and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    pub(crate) scheme: Scheme,
}

/// What the listener speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Plain.
    Http,
    /// TLS, with a certificate for this host name if it is for any.
    Https {
        /// The first of its names.
        name: Option<String>,
    },
}

impl Site {
    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.scheme, Scheme::Https { .. })
    }

    /// What its addresses begin with: without TLS, and as long as nobody said otherwise, that of this machine.
    pub(crate) fn origin(&self) -> String {
        match &self.scheme {
            Scheme::Http => format!("http://{}", reachable(self.address)),
            Scheme::Https { name: Some(name) } => format!("https://{name}{}", self.port()),
            Scheme::Https { name: None } => format!("https://{}", reachable(self.address)),
        }
    }

    /// The port as it is written behind a host of https.
    pub(super) fn port(&self) -> String {
        match self.address.port() {
            HTTPS => String::new(),
            port => format!(":{port}"),
        }
    }
}

/// An address that a browser on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(_) => (Ipv6Addr::LOCALHOST, address.port()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(address: &str, scheme: Scheme) -> String {
        Site { address: address.parse().unwrap(), scheme }.origin()
    }

    #[test]
    fn a_name_in_the_certificate_is_what_browsers_can_check() {
        let named = || Scheme::Https { name: Some("calls.shop.example".to_owned()) };
        assert_eq!(origin("0.0.0.0:443", named()), "https://calls.shop.example");
        assert_eq!(origin("0.0.0.0:7880", named()), "https://calls.shop.example:7880");
        assert_eq!(origin("0.0.0.0:7880", Scheme::Https { name: None }), "https://127.0.0.1:7880");
        assert_eq!(origin("[::]:7880", Scheme::Http), "http://[::1]:7880");
        assert_eq!(origin("192.0.2.1:80", Scheme::Http), "http://192.0.2.1:80");
    }
}
