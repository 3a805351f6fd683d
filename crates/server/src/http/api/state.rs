//! What the handlers share.

use std::sync::Arc;
use tokio::sync::Mutex;
use tring_protocol::http::DemoLogin;
use tring_store::Store;

use super::limits::{Attempts, Limits};
use super::origin::Origins;
use super::passwords::Passwords;
use super::stream::Streams;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::config::SignUp;
use crate::http::Proxy;
use crate::hub::HubHandle;
use crate::mail::Mail;
use crate::outbound::Outbound;
use crate::tokens::Tokens;
use crate::watch::Poke;

/// Cheap to clone.
pub(crate) type ApiState = Arc<Api>;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) store: Store,
    pub(crate) hub: HubHandle,
    pub(crate) clock: Clock,
    /// Wakes who tells the hub what changed in accounts; the routes under an account do it by themselves.
    pub(crate) poke: Poke,
    /// For pages that show calls live.
    pub(crate) changes: Changes,
    pub(crate) streams: Streams,
    pub(crate) outbound: Outbound,
    pub(crate) tokens: Tokens,
    pub(crate) proxy: Proxy,
    pub(crate) limits: Limits,
    pub(crate) attempts: Attempts,
    pub(crate) passwords: Passwords,
    pub(crate) mail: Mail,
    pub(crate) origins: Origins,
    pub(crate) sign_up: SignUp,
    /// Held from the question whether strangers may sign up until one has, so that only one comes first.
    pub(crate) sign_up_turn: Mutex<()>,
    /// Held while a logo is made.
    pub(crate) logo_turn: Mutex<()>,
    pub(crate) demo: Option<DemoLogin>,
}
