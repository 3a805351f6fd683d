//! What a peer may do.

use std::net::SocketAddr;

use super::turn::{Turn, TurnServer};

/// What a peer may do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The device's addresses, one of a UDP socket each; best first.
    pub addresses: Vec<SocketAddr>,
    /// Whether redundant audio (RFC 2198) is offered.
    pub redundancy: Redundancy,
    /// Whether and when TCP is tried.
    pub tcp: Tcp,
    /// Whether and when TURN is tried.
    pub turn: Turn,
    /// The account's TURN servers.
    pub turn_servers: Vec<TurnServer>,
}

/// Whether redundant audio is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    /// As Chromium does.
    Offered,
    /// As Firefox does.
    None,
}

/// Whether and when TCP (RFC 6544) is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tcp {
    /// Once UDP has not worked for half a second.
    Fallback,
    /// Never.
    Never,
    /// Nothing else is tried.
    Only,
}
