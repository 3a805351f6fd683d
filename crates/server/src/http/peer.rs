//! Whose address a request counts for.

use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Whether requests come through a proxy of the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// Clients connect here themselves.
    None,
    /// The last entry of `X-Forwarded-For` is the operator's proxy's own word; those before it are anybody's.
    Trusted,
}

impl Peer {
    /// The client's address, as far as limits are concerned: of IPv6 only the network of 64 bits, because a client
    /// has all of it to choose from.
    pub(crate) fn client(self, headers: &HeaderMap, proxy: Proxy) -> IpAddr {
        let forwarded = match proxy {
            Proxy::None => None,
            Proxy::Trusted => forwarded_for(headers),
        };
        match forwarded.unwrap_or(self.0.ip()).to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 => v4,
        }
    }
}

fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], proxy: Proxy) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        Peer(peer.parse().unwrap()).client(&headers, proxy).to_string()
    }

    #[test]
    fn what_a_client_writes_itself_is_not_believed() {
        assert_eq!(client("192.0.2.1:5", &["203.0.113.9"], Proxy::None), "192.0.2.1");
        let through = ["198.51.100.1, 198.51.100.2", "198.51.100.3, 203.0.113.9"];
        assert_eq!(client("192.0.2.1:5", &through, Proxy::Trusted), "203.0.113.9");
        assert_eq!(client("192.0.2.1:5", &["nonsense"], Proxy::Trusted), "192.0.2.1");
        assert_eq!(client("192.0.2.1:5", &[], Proxy::Trusted), "192.0.2.1");
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        assert_eq!(client("[2001:db8:1:2:3:4:5:6]:5", &[], Proxy::None), "2001:db8:1:2::");
        assert_eq!(client("[::ffff:192.0.2.1]:5", &[], Proxy::None), "192.0.2.1");
    }
}
