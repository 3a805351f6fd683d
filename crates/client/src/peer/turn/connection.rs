//! Connections to TURN servers, as the peer and whoever has the sockets tell each other.

use std::fmt;
use std::net::SocketAddr;

use super::TurnServer;

/// Names a connection to a TURN server, one of a peer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WayId(pub(super) u32);

/// What is wanted of whoever has the sockets.
pub enum Wanted {
    /// A connection to this server; answered by [`News::Opened`] or [`News::Closed`].
    Open(WayId, TurnServer),
    /// The server is sent this message, on a stream as it is.
    Send(WayId, Vec<u8>),
    /// The connection is not needed any more, once what was sent on it has left.
    Close(WayId),
}

/// What became of a connection to a TURN server.
pub enum News<'a> {
    /// It is open.
    Opened {
        /// Which.
        id: WayId,
        /// The device's address.
        local: SocketAddr,
        /// The server's.
        server: SocketAddr,
    },
    /// The server sent this message: one datagram, or as much as [`framing::length`](super::framing::length) says, without
    /// its padding.
    Received {
        /// On which.
        id: WayId,
        /// What.
        message: &'a [u8],
    },
    /// It could not be opened, or is closed.
    Closed {
        /// Which.
        id: WayId,
    },
}

// What is sent may be of any size, and says nothing to a reader.
impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(id, server) => f.debug_tuple("Open").field(id).field(server).finish(),
            Self::Send(id, bytes) => write!(f, "Send({id:?}, {} bytes)", bytes.len()),
            Self::Close(id) => f.debug_tuple("Close").field(id).finish(),
        }
    }
}

impl fmt::Debug for News<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened { id, local, server } => write!(f, "Opened({id:?}, {local} to {server})"),
            Self::Received { id, message } => write!(f, "Received({id:?}, {} bytes)", message.len()),
            Self::Closed { id } => write!(f, "Closed({id:?})"),
        }
    }
}
