//! What goes into a peer and what comes out of it.

use std::net::SocketAddr;
use std::sync::Arc;

use super::turn::{News, TurnServer, Wanted};
use crate::voice::Form;

/// By what a datagram travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// As it is.
    Udp,
    /// On a stream, each with its length before it (RFC 4571).
    Tcp,
}

/// What the peer is told.
#[derive(Debug)]
pub enum Input<'a> {
    /// A datagram came.
    Datagram(Datagram<'a>),
    /// [`Peer::deadline`](super::Peer::deadline) has come.
    Tick,
    /// The device has these addresses now.
    AddressesChanged(&'a [SocketAddr]),
    /// The account has these TURN servers now, with these credentials.
    TurnServers(&'a [TurnServer]),
    /// Something happened to a connection to one of them.
    Turn(News<'a>),
}

/// A datagram that came. Over TCP, `destination` is what the peer gave as `source` when it sent.
#[derive(Debug)]
pub struct Datagram<'a> {
    /// By what.
    pub transport: Transport,
    /// From where.
    pub source: SocketAddr,
    /// To which of the device's addresses.
    pub destination: SocketAddr,
    /// What.
    pub bytes: &'a [u8],
}

/// What the peer wants done, or tells.
#[derive(Debug)]
pub enum Output {
    /// A datagram is to be sent.
    Transmit(Transmit),
    /// A connection to a TURN server is to be opened, written to or closed.
    Turn(Wanted),
    /// Audio came.
    Audio(Audio),
    /// The connection is up: ICE and DTLS are done.
    Connected,
    /// Checks go unanswered: the network may have changed.
    Doubted,
    /// The connection cannot be made, or has ended. Nothing comes after it.
    Failed,
    /// The far end said how much of what was sent is lost there, 0 to 1.
    FarLoss(f32),
}

/// A datagram to be sent.
#[derive(Debug)]
pub struct Transmit {
    /// By what. Over TCP the caller connects to `destination`, from any port; `source` and `destination` name the connection.
    pub transport: Transport,
    /// From which of the device's addresses.
    pub source: SocketAddr,
    /// Where to.
    pub destination: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// Audio that came.
#[derive(Debug)]
pub struct Audio {
    /// Whose.
    pub ssrc: u32,
    /// Its place in the row.
    pub sequence: u16,
    /// When it was said, at 48 kHz.
    pub timestamp: u32,
    /// What its payload is.
    pub form: Form,
    /// What was said.
    pub payload: Arc<[u8]>,
}

/// Audio to be sent.
#[derive(Debug)]
pub struct Speech<'a> {
    /// What is said.
    pub payload: &'a [u8],
    /// When, at 48 kHz.
    pub timestamp: u32,
    /// Whether speech begins after a pause.
    pub marker: bool,
    /// What the payload is.
    pub form: Form,
    /// How loud it is, in dB below the loudest possible (RFC 6464): 0 is loud, 127 silent.
    pub level: u8,
}
