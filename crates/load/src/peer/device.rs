//! One signed-in device of a light peer: what it says, and what it waits for.

use anyhow::{Context as _, Result, anyhow};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::signal::{ClientMessage, ServerMessage, UserToken};

use super::connection::{Break, Connection, Heard, Identity, Order};
use super::server::Server;
use super::trouble::Trouble;

/// How long anything may take that a light peer waits for. Far above every goal: what takes longer is a fault.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Where and as which account to sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Where it is.
    pub server: Server,
    /// The account.
    pub account: AccountId,
    /// One of its keys.
    pub apikey: String,
    /// What makes user tokens, if devices are to bring them.
    pub tokens: Option<UserTokens>,
}

/// Makes the token that proves who somebody is, where an account requires one.
#[derive(Clone)]
pub struct UserTokens(Arc<dyn Fn(&Cuid) -> String + Send + Sync>);

impl UserTokens {
    /// Those that `make` makes. They have to live as long as the device: it asks for none again.
    pub fn new(make: impl Fn(&Cuid) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    pub(super) fn of(&self, cuid: &Cuid) -> UserToken {
        UserToken((self.0)(cuid))
    }
}

impl fmt::Debug for UserTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserTokens").finish_non_exhaustive()
    }
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
    /// The task has ended and was asked why.
    told_why: bool,
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
        Ok(Self { cuid, identity, orders, hear, unread, attends: None, ended, task, told_why: false })
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
        if std::mem::replace(&mut self.told_why, true) {
            return Err(Trouble::Lost.into());
        }
        self.say(ClientMessage::SignOut {});
        timeout(PATIENCE, &mut self.task).await.context("signing out takes too long")??
    }

    /// Waits for the message that `pick` takes, and says when it arrived; others stay unread. A message that ends
    /// the call or refuses something, and is not what was waited for, is an error.
    pub async fn wait_for<T>(
        &mut self,
        what: &'static str,
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
            let Some(heard) =
                next.map_err(|_| anyhow!(Trouble::Late(what)).context(format!("{} waits", self.cuid)))?
            else {
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
                ServerMessage::Ended { reason, .. } => {
                    return Err(self.while_waiting(Trouble::Ended(*reason), what));
                }
                ServerMessage::Rejected { error, .. } | ServerMessage::MediaRefused { error, .. } => {
                    return Err(self.while_waiting(Trouble::Refused(error.clone()), what));
                }
                _ => self.unread.push_back(heard),
            }
        }
    }

    /// Lets time pass until `until`. Whatever ends the call or the connection before is an error.
    ///
    /// # Errors
    /// With the [`Trouble`] that it was.
    pub async fn stay(&mut self, until: Instant) -> Result<()> {
        self.wait_until(until).await.map_or(Ok(()), Err)
    }

    async fn wait_until(&mut self, until: Instant) -> Option<anyhow::Error> {
        loop {
            let next = tokio::time::timeout_at(until.into(), self.hear.recv()).await.ok()?;
            let Some(heard) = next else {
                return Some(self.why_lost().await.unwrap_or_else(|error| error));
            };
            self.count_end(&heard);
            if let ServerMessage::Ended { reason, .. } = heard.message {
                return Some(self.while_waiting(Trouble::Ended(reason), "the end of its time"));
            }
        }
    }

    fn while_waiting(&self, trouble: Trouble, what: &str) -> anyhow::Error {
        anyhow!(trouble).context(format!("{} waited for {what}", self.cuid))
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
        if std::mem::replace(&mut self.told_why, true) {
            return Ok(anyhow!(Trouble::Lost));
        }
        let error = (&mut self.task).await?.err().unwrap_or_else(|| anyhow!(Trouble::Lost));
        Ok(if Trouble::of(&error).is_some() { error } else { error.context(Trouble::Lost) })
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.task.abort();
    }
}
