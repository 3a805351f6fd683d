//! Every socket of the server side: HTTP, WebSocket, the bus, the relay's glue. The rules of calls are elsewhere; this
//! crate carries what they say to the outside and what the outside says to them.
#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
