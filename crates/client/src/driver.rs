//! A phone that runs: sockets, timers and threads around the pure core, and an API to call and be called with.
//!
//! [`Client::sign_in`] starts one task that owns everything of one device; a [`Client`] and the [`Call`]s it gives are
//! handles to it. The task decides nothing: what happens becomes an input of [`signalling::Machine`](crate::signalling::Machine)
//! or [`engine::Engine`](crate::engine::Engine), and what these ask for is done. It reconnects by itself and keeps calls over
//! a change of network.
//!
//! Calling somebody:
//! ```no_run
//! # use tring_client::driver::{Client, Options};
//! # async fn example(unit: impl tring_client::audio::AudioUnit + 'static) -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::new("https://calls.example.com", "acme1234", "courier_7")?.apikey("pk_live_1").audio(unit);
//! let client = Client::sign_in(options).await?;
//! let call = client.call("customer_1", "Your parcel")?;
//! call.connected().await?;
//! println!("we talk: {:?}", call.quality());
//! println!("it ended: {:?}", call.ended().await);
//! # Ok(())
//! # }
//! ```
//!
//! Being called:
//! ```no_run
//! # use tring_client::driver::{Client, Event};
//! # async fn example(client: Client) {
//! let mut events = client.events();
//! while let Some(event) = events.next().await {
//!     if let Event::Incoming(incoming) = event {
//!         let call = incoming.answer();
//!         call.ended().await;
//!     }
//! }
//! # }
//! ```
//!
//! | module | decides |
//! |---|---|
//! | `options` | what signing in needs |
//! | `call` | what an app sees of a call and does with it |
//! | `handles` | what handles are told |
//! | `run` | nothing: it carries inputs and outputs between the core and the rest |
//! | `wires` | nothing: the WebSocket in use, and the one that is to follow it |
//! | `wire` | how a WebSocket is opened, read and written |
//! | `sound` | nothing: the audio unit, opened and closed as calls need it |
//! | `roads` | the UDP and TCP sockets of peers |
//! | `turn` | nothing: connections to TURN servers, opened and read |
//! | `line` | the queues between the sound's threads and the task |

mod call;
mod handles;
mod line;
mod options;
mod roads;
mod run;
mod sound;
mod turn;
mod wire;
mod wires;

pub use call::{Call, CallState, Ended, Incoming};
pub use options::{Options, OptionsError};

use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::signal::CallSnapshot;
use tring_protocol::text::Context;

use crate::audio::AudioError;
use crate::engine::Levels;
use crate::signalling::{CallRequest, Choices, Input, WakeReason};
use run::Device;

/// How long signing in may take. Higher: somebody waits in vain for a server that is not there; lower: slow networks never
/// sign in.
const SIGN_IN_PATIENCE: Duration = Duration::from_secs(15);

/// One signed-in user on this device. A clone is a handle to the same; when the last handle is gone, and with it all calls',
/// the device signs out.
#[derive(Debug, Clone)]
pub struct Client {
    commands: Commands,
    levels: watch::Receiver<Levels>,
}

/// What happens to a client.
#[derive(Debug)]
pub enum Event {
    /// Somebody calls.
    Incoming(Incoming),
    /// A call is here that was not placed here: it was moved from another device, or goes on after a restart.
    Arrived(Call),
    /// The connection is back.
    Connected,
    /// The connection was lost; it is looked for.
    Lost,
    /// The server signed this device out, for good. Nothing comes after it.
    Refused(WireError),
    /// The calls that this user is in on other devices.
    Elsewhere(Vec<CallSnapshot>),
    /// There is no sound.
    NoSound(AudioError),
}

/// What happens to a client, one after the other.
#[derive(Debug)]
pub struct Events(mpsc::UnboundedReceiver<Event>);

impl Events {
    /// The next one; `None` when the client has signed out.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }
}

impl Client {
    /// Signs in, and stays signed in until all handles are gone.
    ///
    /// # Errors
    /// What the server refused it with; `ERR_INTERNET_LOST`, with what stood in the way, if no server could be reached in
    /// 15 s.
    pub async fn sign_in(options: Options) -> Result<Self, WireError> {
        let (commands, inbox) = mpsc::unbounded_channel();
        let (levels, heard) = watch::channel(Levels::default());
        let (signed_in, answer) = oneshot::channel();
        let commands = Commands(commands);
        let (trouble, in_the_way) = watch::channel(None);
        let address = options.server.signal();
        let device = Device::new(options, inbox, &commands, levels, signed_in, trouble)?;
        tokio::spawn(Box::pin(device.run()));
        let client = Self { commands, levels: heard };
        match tokio::time::timeout(SIGN_IN_PATIENCE, answer).await {
            Ok(Ok(answer)) => answer.map(|()| client),
            Ok(Err(_)) => Err(ErrorCode::Internal.into()),
            Err(_) => Err(unreached(&address, in_the_way.borrow().as_deref())),
        }
    }

    /// Calls somebody and says why. How it goes is the [`Call`]'s to tell.
    ///
    /// # Errors
    /// `ERR_INVALID_CALL_PARAMETERS`, if `to` or `context` break a rule.
    pub fn call(&self, to: &str, context: &str) -> Result<Call, WireError> {
        let broken = |field: &str, error: &dyn std::fmt::Display| {
            WireError::with(ErrorCode::InvalidCallParameters, format!("`{field}` {error}"))
        };
        let to = Cuid::parse(to).map_err(|error| broken("to", &error))?;
        let context = Context::parse(context).map_err(|error| broken("context", &error))?;
        Ok(self.place(CallRequest {
            reference: options::random_name(),
            to,
            context,
            remote_context: None,
            images: tring_protocol::signal::CallImages::default(),
            invalid: None,
        }))
    }

    /// Calls with all that a call may have. The reference must be one of its own.
    #[must_use]
    pub fn place(&self, request: CallRequest) -> Call {
        let (state, view) = watch::channel(CallState::default());
        let call =
            Call::new(self.commands.clone(), self.levels.clone(), Some(request.reference.clone()), view);
        self.commands.send(Command::Place(request, state));
        call
    }

    /// What happens from now on; calls that ring already, or are elsewhere, are told first.
    #[must_use]
    pub fn events(&self) -> Events {
        let (subscriber, events) = mpsc::unbounded_channel();
        self.commands.send(Command::Subscribe(subscriber));
        Events(events)
    }

    /// Moves a call here from another of the user's devices; returns once it is here. It comes as [`Event::Arrived`].
    ///
    /// ```no_run
    /// # use tring_client::driver::{Client, Event};
    /// # async fn example(client: Client) -> Result<(), tring_protocol::error::WireError> {
    /// let mut events = client.events();
    /// while let Some(event) = events.next().await {
    ///     match event {
    ///         Event::Elsewhere(calls) => {
    ///             if let Some(elsewhere) = calls.first() {
    ///                 client.take_over(elsewhere.call_id).await?;
    ///             }
    ///         }
    ///         Event::Arrived(call) => println!("it goes on here: {:?}", call.id()),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Why it stays where it is, as the server says; `ERR_INTERNET_LOST` if this device signs out meanwhile.
    pub async fn take_over(&self, call_id: CallId) -> Result<(), WireError> {
        let (arrived, has_arrived) = oneshot::channel();
        self.commands.send(Command::TakeOver { call_id, reference: options::random_name(), arrived });
        has_arrived.await.unwrap_or_else(|_| Err(ErrorCode::InternetLost.into()))
    }

    /// The system says that the network is another: connections are looked after at once. On Linux the driver notices a
    /// change of route by itself within a second.
    pub fn network_changed(&self) {
        self.commands.send(Command::NetworkChanged(WakeReason::Network));
    }

    /// How loud microphone and speaker are now.
    #[must_use]
    pub fn levels(&self) -> Levels {
        *self.levels.borrow()
    }

    /// Signs out: all calls end. Returns when the server was told, or cannot be.
    pub async fn sign_out(self) {
        let (done, is_done) = oneshot::channel();
        self.commands.send(Command::SignOut(done));
        let _ = is_done.await;
    }
}

/// No server was reached, and why.
fn unreached(address: &str, why: Option<&str>) -> WireError {
    match why {
        Some(why) => WireError::with(
            ErrorCode::InternetLost,
            format!("{address} cannot be reached: {why}. Check the address and the network, and try again."),
        ),
        None => ErrorCode::InternetLost.into(),
    }
}

/// What handles tell the task.
#[derive(Debug)]
enum Command {
    Input(Input),
    Place(CallRequest, watch::Sender<CallState>),
    TakeOver { call_id: CallId, reference: String, arrived: handles::Waiting },
    Subscribe(mpsc::UnboundedSender<Event>),
    NetworkChanged(WakeReason),
    SignOut(oneshot::Sender<()>),
}

/// The way to the task. Once it has ended nothing is left to be told.
#[derive(Debug, Clone)]
struct Commands(mpsc::UnboundedSender<Command>);

impl Commands {
    fn send(&self, command: Command) {
        let _ = self.0.send(command);
    }

    fn input(&self, input: Input) {
        self.send(Command::Input(input));
    }
}

/// What an app may do with a second call, unless it chooses otherwise: a program can do everything.
const CHOICES: Choices = Choices { call_waiting: true, hold: true };
