//! The one task that owns the two machines of `tring_calls`. It takes what sockets, relay and timers bring, lets both
//! machines think until they are silent, and hands what goes out to the journal as one batch.
//!
//! Nothing in here waits for a socket, a disk or a lock, so a round takes microseconds and the machines need none.

mod round;

use rand::Rng;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tring_calls::calls::RelayEvent;
use tring_calls::sessions::{Closed, ConnId, Proof, SignIn};
use tring_protocol::call::CallEvent;
use tring_protocol::error::WireError;
use tring_protocol::ids::{AccountId, CallId, LegId};
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::signal::ClientFrame;

use crate::clock::Clock;
use crate::journal::Batch;
use crate::media::Media;
use crate::metrics::SessionFigures;
use crate::samples::Sample;
use crate::signal::queue;
use round::Machines;

/// Inputs that may wait for the hub. Higher: a flood uses more memory; lower: sockets wait sooner.
const INPUTS: usize = 4_096;

/// Most inputs of one round, so that the first of them does not wait long for its answer.
const ROUND: usize = 256;

/// What the hub is told.
#[derive(Debug)]
pub(crate) enum Input {
    /// A device proved who it is. What it is to be told goes into `queue`.
    SignIn { sign_in: Box<SignIn>, queue: queue::Writer },
    /// A frame after the `hello`.
    Frame { conn: ConnId, frame: ClientFrame },
    /// What came of a socket's new user token.
    Renewed { conn: ConnId, outcome: Result<Proof, WireError> },
    /// A socket is closed.
    Closed { conn: ConnId, how: Closed },
    /// What the relay noticed.
    Relay { leg: LegId, event: RelayEvent },
    /// End a call of an account. The answer is whether it ran here.
    EndCall { account: AccountId, call: CallId, answer: oneshot::Sender<bool> },
    /// An account's rules and looks as they are now. May be said again.
    AccountChanged { account: AccountId, settings: CallSettings, branding: Branding },
    /// An account is no more: its calls and sessions end.
    AccountGone { account: AccountId },
    /// Take no new calls, and say when the last one has ended.
    Drain,
    /// End every call now.
    EndCalls,
}

/// The way to the hub.
#[derive(Debug, Clone)]
pub(crate) struct HubHandle {
    inputs: mpsc::Sender<Input>,
}

impl HubHandle {
    /// Tells the hub, waiting while it has too much to do. A hub that has stopped hears nothing more.
    pub(crate) async fn tell(&self, input: Input) {
        if let Err(TrySendError::Full(input)) = self.inputs.try_send(input) {
            // In a box, because room for it in every socket's task would be paid for all the time. Fails only when
            // the node is stopping.
            let _ = Box::pin(self.inputs.send(input)).await;
        }
    }

    /// Whether the hub has stopped.
    pub(crate) fn is_gone(&self) -> bool {
        self.inputs.is_closed()
    }

    /// Ends a call of the account as [`EndReason::EndedByServer`](tring_protocol::outcome::EndReason); false if no
    /// such call of this account runs on this node. Both sides are told and the record is written shortly after.
    pub(crate) async fn end_call(&self, account: &AccountId, call: CallId) -> bool {
        let (answer, ended) = oneshot::channel();
        self.tell(Input::EndCall { account: account.clone(), call, answer }).await;
        ended.await.unwrap_or(false)
    }
}

/// What the hub is made of.
pub(crate) struct Hub {
    /// Of the node.
    pub(crate) clock: Clock,
    /// The audio path.
    pub(crate) media: Media,
    /// What the relay noticed; unbounded, because its threads never wait. It speaks a few times per leg and call.
    pub(crate) notices: mpsc::UnboundedReceiver<Input>,
    /// What goes out.
    pub(crate) journal: mpsc::Sender<Batch>,
    /// How calls sound; past what it holds, samples are let go.
    pub(crate) samples: mpsc::Sender<Sample>,
    /// What is counted of sessions.
    pub(crate) figures: SessionFigures,
    /// Cancelled when the node drains and no call is left.
    pub(crate) drained: CancellationToken,
    /// Stops the hub.
    pub(crate) stop: CancellationToken,
}

/// The two ends of the way to a hub.
pub(crate) fn handle() -> (HubHandle, mpsc::Receiver<Input>) {
    let (inputs, receiver) = mpsc::channel(INPUTS);
    (HubHandle { inputs }, receiver)
}

/// Runs the hub until it is stopped. The calls in `unfinished` are those that the node's last life left open: they
/// end before anything else happens.
pub(crate) async fn run(hub: Hub, mut inputs: mpsc::Receiver<Input>, unfinished: Vec<Vec<CallEvent>>) {
    let Hub { clock, media, mut notices, journal, samples, figures, drained, stop } = hub;
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    let mut machines = Machines::new(seed, media, samples, figures);
    let mut waiting = Vec::with_capacity(ROUND);
    machines.recover(clock.now(), unfinished);
    loop {
        let batch = machines.settle(clock.now());
        if !batch.is_empty() && journal.send(batch).await.is_err() {
            return;
        }
        if machines.is_drained() {
            drained.cancel();
        }
        tokio::select! {
            count = inputs.recv_many(&mut waiting, ROUND) => if count == 0 { return },
            Some(input) = notices.recv() => waiting.push(input),
            () = until(&clock, machines.deadline()) => {}
            () = stop.cancelled() => return,
        }
        while waiting.len() < ROUND
            && let Ok(input) = notices.try_recv()
        {
            waiting.push(input);
        }
        let now = clock.now();
        for input in waiting.drain(..) {
            machines.take(now, input);
        }
        machines.tick(now);
    }
}

async fn until(clock: &Clock, deadline: Option<tring_protocol::time::Timestamp>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
        None => std::future::pending().await,
    }
}
