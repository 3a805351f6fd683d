//! What a TURN server's address says (RFC 7065), and who may use it.

use std::fmt;
use std::net::SocketAddr;

use tring_protocol::signal::{IceServer, MediaPath};

/// Where plain TURN listens, unless it is said (RFC 8656 §18.2).
const PORT: u16 = 3478;
/// Where TURN over TLS listens, unless it is said.
const TLS_PORT: u16 = 5349;

/// By what a TURN server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TurnTransport {
    /// Messages in datagrams.
    Udp,
    /// Messages on a stream.
    Tcp,
    /// Messages on a stream that nobody on the way can read.
    Tls,
}

impl TurnTransport {
    /// How audio travels that goes by it.
    pub(super) fn path(self) -> MediaPath {
        match self {
            Self::Udp => MediaPath::TurnUdp,
            Self::Tcp => MediaPath::TurnTcp,
            Self::Tls => MediaPath::TurnTls,
        }
    }
}

/// One address of a TURN server, and what this device says there of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnServer {
    /// A name or an address, IPv6 without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// By what it is reached there.
    pub transport: TurnTransport,
    /// Where to go instead of there, if the server has said so. A certificate is `host`'s all the same.
    pub instead: Option<SocketAddr>,
    pub(super) username: String,
    pub(super) credential: String,
}

impl TurnServer {
    /// All addresses of these servers that can be used, in their order: neither TURN over DTLS nor what is no address.
    #[must_use]
    pub fn list(servers: &[IceServer]) -> Vec<Self> {
        let of = |server: &IceServer| -> Vec<Self> {
            server
                .urls
                .iter()
                .filter_map(|url| Self::parse(url, &server.username, &server.credential))
                .collect()
        };
        servers.iter().flat_map(of).collect()
    }

    fn parse(url: &str, username: &str, credential: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
        let is_stream = match query {
            None => None,
            Some("transport=udp") => Some(false),
            Some("transport=tcp") => Some(true),
            Some(_) => return None,
        };
        let (transport, usual) = match (scheme.to_ascii_lowercase().as_str(), is_stream) {
            ("turn", None | Some(false)) => (TurnTransport::Udp, PORT),
            ("turn", Some(true)) => (TurnTransport::Tcp, PORT),
            ("turns", None | Some(true)) => (TurnTransport::Tls, TLS_PORT),
            _ => return None,
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(v6) => v6.split_once(']').map(|(host, rest)| (host, rest.strip_prefix(':')))?,
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Ok(usual), str::parse).ok()?;
        let (username, credential) = (username.to_owned(), credential.to_owned());
        let (host, instead) = (host.to_owned(), None);
        (!host.is_empty()).then_some(Self { host, port, transport, instead, username, credential })
    }

    /// Whether it is the same address, with whatever credentials and wherever it has sent the device.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        (&self.host, self.port, self.transport) == (&other.host, other.port, other.transport)
    }
}

// Credentials let others use the account's server.
impl fmt::Debug for TurnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TurnServer({}:{} by {:?})", self.host, self.port, self.transport)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(urls: &[&str]) -> Vec<TurnServer> {
        let urls = urls.iter().map(|url| (*url).to_owned()).collect();
        TurnServer::list(&[IceServer { urls, username: "17:x".into(), credential: "hush".into() }])
    }

    #[test]
    fn an_address_says_host_port_and_transport() {
        let places = listed(&[
            "turn:turn.example",
            "turn:turn.example:443?transport=tcp",
            "turn:192.0.2.1:9?transport=udp",
            "turns:turn.example",
            "turns:[2001:db8::1]:443?transport=tcp",
            "TURNS:[2001:db8::1]",
        ]);
        let places: Vec<_> =
            places.iter().map(|place| (place.host.as_str(), place.port, place.transport)).collect();
        let expected = [
            ("turn.example", 3478, TurnTransport::Udp),
            ("turn.example", 443, TurnTransport::Tcp),
            ("192.0.2.1", 9, TurnTransport::Udp),
            ("turn.example", 5349, TurnTransport::Tls),
            ("2001:db8::1", 443, TurnTransport::Tls),
            ("2001:db8::1", 5349, TurnTransport::Tls),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        let wrong = [
            "stun:turn.example",
            "turns:turn.example?transport=udp",
            "turn:turn.example?transport=sctp",
            "turn::3478",
            "turn:turn.example:port",
            "turn:[2001:db8::1",
            "turn.example",
        ];
        assert_eq!(listed(&wrong), []);
    }

    #[test]
    fn credentials_are_not_shown() {
        let shown = format!("{:?}", listed(&["turn:turn.example"]));
        assert!(
            shown.contains("turn.example") && !shown.contains("hush") && !shown.contains("17:x"),
            "{shown}"
        );
    }
}
