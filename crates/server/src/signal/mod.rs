//! `/v1/signal`: the door that every device comes through. It reads frames within their bounds, lets in who can prove
//! who they are, and carries frames between the socket and the hub. What the frames mean is decided behind it.

mod admission;
mod connection;
mod hello;
mod pace;
pub(crate) mod queue;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use tring_calls::sessions::ConnId;
use tring_protocol::limits::FRAME_MAX;
use tring_protocol::signal::RelayInfo;
use tring_store::{Sighting, Store};

use crate::clock::Clock;
use crate::config::SignIn;
use crate::http::{Peer, Proxy};
use crate::hub::HubHandle;
use crate::metrics::SignallingFigures;
use crate::tokens::Tokens;

/// What is read from a socket at once. axum's own default keeps 128 KB for each idle phone; an SDP offer that is
/// longer than this takes a few reads more.
const READ_BUFFER: usize = 1024;

/// What sockets share.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) store: Store,
    pub(crate) hub: HubHandle,
    pub(crate) clock: Clock,
    pub(crate) relay: RelayInfo,
    pub(crate) proxy: Proxy,
    pub(crate) attempts: Attempts,
    /// Noted in the background.
    pub(crate) sightings: mpsc::Sender<Sighting>,
    /// The tasks of the sockets.
    pub(crate) tasks: TaskTracker,
    pub(crate) conns: Conns,
    /// Judges user tokens.
    pub(crate) tokens: Tokens,
    /// What is counted of sockets.
    pub(crate) figures: Arc<SignallingFigures>,
}

/// Where a socket comes from.
#[derive(Debug)]
pub(crate) struct Caller {
    /// The address that is rate-limited.
    pub(crate) address: IpAddr,
    /// The page that opened it, if it is a page and not one of this server's own.
    pub(crate) origin: Option<Box<str>>,
}

/// Longest origin that is repeated to its page.
const ORIGIN_SHOWN: usize = 300;

/// Names sockets.
#[derive(Debug, Default)]
pub(crate) struct Conns(AtomicU64);

impl Conns {
    fn next(&self) -> ConnId {
        ConnId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// How often each address may still sign in.
#[derive(Debug)]
pub(crate) struct Attempts(governor::DefaultKeyedRateLimiter<IpAddr>);

impl Attempts {
    pub(crate) fn new(limit: SignIn) -> Self {
        let quota = governor::Quota::per_minute(limit.per_minute).allow_burst(limit.burst);
        Self(governor::RateLimiter::keyed(quota))
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.0.check_key(&address).is_ok()
    }

    /// Forgets the addresses that have all their attempts again.
    pub(crate) fn forget(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }
}

/// `GET /v1/signal`.
pub(crate) async fn enter(
    State(door): State<Arc<Door>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let caller = Caller { address: peer.client(&headers, door.proxy), origin: foreign_origin(&headers) };
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(FRAME_MAX)
        .max_frame_size(FRAME_MAX);
    // The upgrade's own task is larger than what a socket needs for the rest of its life, so it ends here.
    upgrade.on_upgrade(async move |socket| {
        let tasks = door.tasks.clone();
        tasks.spawn(connection::run(door, caller, Box::new(socket)));
    })
}

/// The `Origin` of a page that is not served from here: the dashboard's test call works whatever an account allows.
fn foreign_origin(headers: &HeaderMap) -> Option<Box<str>> {
    let origin = String::from_utf8_lossy(headers.get(header::ORIGIN)?.as_bytes()).into_owned();
    let own = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_own = origin.split_once("://").is_some_and(|(_, host)| Some(host) == own);
    (!is_own).then(|| origin.chars().take(ORIGIN_SHOWN).collect::<String>().into())
}
