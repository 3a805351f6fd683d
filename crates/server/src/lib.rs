//! Every socket of the server side: HTTP, WebSocket, the bus, the relay's glue. The rules of calls are elsewhere; this
//! crate carries what they say to the outside and what the outside says to them.
//!
//! | module | decides |
//! |---|---|
//! | [`app`] | what a node is made of, how it starts and ends |
//! | [`config`] | what the operator may decide, and what is refused |
//! | `http` | which address serves what, and with which headers |
//! | `tls` | which certificate is shown, and where it comes from |
//! | [`tokens`] | what a user token proves |
//! | `mail` | what the dashboard writes to people, and how it goes out |
//! | `signal` | who may come in, and how a socket lives |
//! | `hub` | when the machines of `tring_calls` think |
//! | `journal` | that nothing is promised before it is on disk |
//! | `bus` | what nodes share |
//! | `changes` | who is told at once that calls of an account changed |
//! | `watch` | that what changes in an account reaches its sessions |
//! | `samples` | how calls sound over time, written when there is time |
//! | `turn` | what a device needs for the TURN servers of its account |
//! | `media` | what the relay is told and tells |
//! | `explain` | how a call is put into plain sentences |
//! | `zone` | which moments a viewer's days and hours are |
//! | `logo` | what becomes of an image that somebody sent |
//! | `outbound` | what the server may fetch because somebody named its address |
//! | `retention` | when calls are forgotten |
//! | `health` | whether the node takes calls |
//! | `metrics` | what is counted, and how it is told |
//! | `traces` | what is told of each call to the operator's collector |
//! | [`clock`] | the time |
//! | [`demo`] | the demo's account |
#![forbid(unsafe_code)]

pub mod app;
mod bus;
mod changes;
pub mod clock;
pub mod config;
pub mod demo;
mod explain;
mod health;
mod http;
mod hub;
mod journal;
mod logo;
mod mail;
mod media;
mod metrics;
mod outbound;
mod retention;
mod samples;
mod sightings;
mod signal;
mod tls;
pub mod tokens;
mod traces;
mod turn;
mod watch;
mod zone;

pub use app::{Node, start};
pub use http::api::{Access, Route, routes};
pub use tls::{Examined, IdentityError, KeptError, examine};
pub use traces::ask_collector;

use std::net::SocketAddr;

/// Why a node cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] tring_store::StoreError),
    /// The socket for HTTP and signalling.
    #[error("`http.listen` cannot be {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The socket for figures.
    #[error("`metrics.listen` cannot be {address}")]
    Metrics {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The socket for plain HTTP beside TLS.
    #[error("`tls.redirect` cannot be {address}")]
    Redirect {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The files of the certificate.
    #[error("TLS cannot be served")]
    Certificate(#[from] tls::IdentityError),
    /// What was got from a certificate authority.
    #[error("certificates cannot be kept")]
    KeptCertificate(#[from] tls::KeptError),
    /// The mail server.
    #[error("`{key}` is not one that mail can be sent with; the explanation in `tring config` has examples")]
    Mail {
        /// Which key of the configuration.
        key: &'static str,
    },
    /// The collector of traces.
    #[error("`traces.endpoint` cannot be spoken to from this system")]
    Traces(#[source] reqwest::Error),
    /// The audio path.
    #[error("the relay cannot start")]
    Relay(#[from] tring_relay::RelayError),
}
