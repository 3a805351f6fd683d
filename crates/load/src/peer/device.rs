//! One signed-in device of a light peer: what it says, and what it waits for.

use anyhow::{Context as _, Result, anyhow, bail};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::signal::{ClientMessage, ServerMessage};

use super::connection::{Break, Connection, Heard, Identity, Order};

/// How long anything may take that a light peer waits for. Far above every goal: what takes longer is a fault.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Where and as which account to sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Where it listens for HTTP.
    pub server: SocketAddr,
    /// The account.
    pub account: AccountId,
    /// One of its keys.
    pub apikey: String,
}

/// A signed-in device. Dropping it closes its socket.
pub struct Device {
    /// Its user.
    pub cuid: Cuid,
    /// Which device it is.
    pub identity: Identity,
    orders: UnboundedSender<Order>,
    hear: UnboundedReceiver<Heard>,
    unread: VecDeque<Heard>,
    /// The call whose end it waits for or that spoils what it waits for; any, if none was named.
    attends: Option<CallId>,
    /// Of which calls it was told the end, on which page of its life, once for each time.
    ended: Vec<(u32, CallId)>,
    task: JoinHandle<Result<()>>,
}

impl Device {
    /// Connects, says hello and waits for the welcome.
    pub async fn sign_in(at: &SignIn, identity: Identity) -> Result<Self> {
        let (heard, hear) = unbounded_channel();
        let connection = Connection::open(at, &identity, heard).await?;
        let (orders, obeyed) = unbounded_channel();
        let task = tokio::spawn(connection.serve(obeyed));
        let cuid = identity.cuid.clone();
        let (unread, ended) = (VecDeque::new(), Vec::new());
        Ok(Self { cuid, identity, orders, hear, unread, attends: None, ended, task })
    }

    /// Sends a message, without waiting for anything.
    pub fn say(&self, message: ClientMessage) {
        // A connection that is gone shows at the next message that is waited for.
        let _ = self.orders.send(Order::Say(message));
    }

    /// Breaks the connection in this way; returns once it is back, or away for good.
    pub async fn break_off(&mut self, how: Break) -> Result<()> {
        let (done, finished) = oneshot::channel();
        let _ = self.orders.send(Order::Break(how, done));
        match timeout(PATIENCE * 2, finished).await.context("a broken connection takes too long")? {
            Ok(()) => Ok(()),
            Err(_) => Err(self.why_lost().await?.context(format!("{} did not come back", self.cuid))),
        }
    }

    /// Signs out, and returns once the server has closed the connection.
    pub async fn sign_out(&mut self) -> Result<()> {
        self.say(ClientMessage::SignOut {});
        timeout(PATIENCE, &mut self.task).await.context("signing out takes too long")??
    }

    /// Waits for the message that `pick` takes, and says when it arrived; others stay unread. A message that ends
    /// the call or refuses something, and is not what was waited for, is an error.
    pub async fn wait_for<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&ServerMessage) -> Option<T>,
    ) -> Result<(Instant, T)> {
        let found =
            self.unread.iter().enumerate().find_map(|(i, heard)| Some((i, heard.at, pick(&heard.message)?)));
        if let Some((i, at, picked)) = found {
            self.unread.remove(i);
            return Ok((at, picked));
        }
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let next = tokio::time::timeout_at(deadline, self.hear.recv()).await;
            let Some(heard) = next.map_err(|_| anyhow!("{} waited in vain for {what}", self.cuid))? else {
                let error = self.why_lost().await?;
                return Err(
                    error.context(format!("{} lost its connection while waiting for {what}", self.cuid))
                );
            };
            self.count_end(&heard);
            if let Some(picked) = pick(&heard.message) {
                return Ok((heard.at, picked));
            }
            match &heard.message {
                // A new page is told again of calls that have ended.
                ServerMessage::Ended { call_id, .. }
                    if self.attends.is_some_and(|attended| attended != *call_id) => {}
                ServerMessage::Ended { status, reason, .. } => {
                    bail!("the call ended ({status:?}, {reason:?}) while {} waited for {what}", self.cuid)
                }
                ServerMessage::Rejected { error, .. } | ServerMessage::MediaRefused { error, .. } => {
                    bail!("refused while {} waited for {what}: {error:?}", self.cuid)
                }
                _ => self.unread.push_back(heard),
            }
        }
    }

    /// Forgets what was not waited for, so that nothing of one call is read in the next.
    pub fn forget(&mut self) {
        self.unread.clear();
        while let Ok(heard) = self.hear.try_recv() {
            self.count_end(&heard);
        }
    }

    /// From now on only the end of this call spoils what the device waits for.
    pub fn attend(&mut self, call: CallId) {
        self.attends = Some(call);
    }

    /// Of which calls it was told the end since it was last asked, and on which page, once for each time.
    pub fn take_ended(&mut self) -> Vec<(u32, CallId)> {
        self.forget();
        std::mem::take(&mut self.ended)
    }

    fn count_end(&mut self, heard: &Heard) {
        if let ServerMessage::Ended { call_id, .. } = heard.message {
            self.ended.push((heard.page, call_id));
        }
    }

    async fn why_lost(&mut self) -> Result<anyhow::Error> {
        Ok((&mut self.task).await?.err().unwrap_or_else(|| anyhow!("the server closed it")))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.task.abort();
    }
}
