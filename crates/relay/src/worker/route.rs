//! Where a datagram comes from and goes to.

use std::net::SocketAddr;
use tring_protocol::signal::MediaPath;

/// One end of the way between a leg and the relay. A route is as good as the check or packet that vouched for it:
/// what is known of one is never taken over by another, be it from the same address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// Datagrams to and from this address.
    Udp(SocketAddr),
    /// Frames (RFC 4571) on a connection that the leg has opened (RFC 6544).
    Tcp {
        /// Which of all connections that the worker ever accepted; numbers do not come again.
        stream: u64,
        /// The other end.
        peer: SocketAddr,
    },
}

impl Route {
    /// The leg's address as the relay sees it.
    #[must_use]
    pub fn address(self) -> SocketAddr {
        match self {
            Self::Udp(address) | Self::Tcp { peer: address, .. } => address,
        }
    }

    /// What reports call it. That a TURN server lies on the way cannot be seen from here.
    #[must_use]
    pub fn media_path(self) -> MediaPath {
        match self {
            Self::Udp(_) => MediaPath::Udp,
            Self::Tcp { .. } => MediaPath::Tcp,
        }
    }
}

impl From<SocketAddr> for Route {
    fn from(address: SocketAddr) -> Self {
        Self::Udp(address)
    }
}
