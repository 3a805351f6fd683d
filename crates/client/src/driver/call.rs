//! A call as an app has it: what it sees of it, and what it can do.

use thiserror::Error;
use tokio::sync::watch;
use tring_protocol::error::WireError;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndStatus;
use tring_protocol::signal::WithdrawnReason;

use super::Commands;
use crate::engine::{CallQuality, Levels};
use crate::signalling::{CurrentCall, Ending, Input, ShownCall, ShownPhase, ShownStatus};

/// What is known of a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallState {
    /// As a person sees it; none until it was placed.
    pub shown: Option<ShownCall>,
    /// How the last second sounded; none until one was heard.
    pub quality: Option<CallQuality>,
    /// How it ended, once it has.
    pub ended: Option<Ended>,
}

/// How a call ended on this device.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Ended {
    /// The server said why, or the call went to another device.
    #[error("the call ended: {}", said(.0))]
    Because(Ending),
    /// It was not placed.
    #[error("the call was not placed: {0}")]
    NotPlaced(WireError),
    /// This device signed out, or was.
    #[error("the call ended because this device is not signed in any more")]
    SignedOut,
}

impl Ended {
    /// The status that both sides, the record and the dashboard tell; none if the call never was, or goes on elsewhere.
    #[must_use]
    pub fn status(&self) -> Option<EndStatus> {
        match self {
            Self::Because(Ending::Ended(reason)) => Some(reason.status()),
            _ => None,
        }
    }
}

fn said(ending: &Ending) -> &'static str {
    match ending {
        Ending::Ended(reason) => reason.as_str(),
        Ending::Withdrawn(WithdrawnReason::AnsweredElsewhere) => "answered on another device",
        Ending::Withdrawn(WithdrawnReason::DeclinedElsewhere) => "declined on another device",
        Ending::Withdrawn(WithdrawnReason::TakenOver) => "it goes on on another device",
    }
}

/// A call. A clone is a handle to the same.
///
/// What a screen shows of it, and what its buttons do:
/// ```no_run
/// # use tring_client::driver::Call;
/// # async fn example(mut call: Call) {
/// let buttons = call.clone();
/// buttons.mute(true);
/// buttons.hold(true);
/// buttons.hold(false);
/// loop {
///     let state = call.changed().await;
///     if let Some(shown) = &state.shown {
///         println!("{}: {:?}, muted: {}", shown.peer.cuid, shown.status, shown.muted);
///     }
///     if let Some(quality) = &state.quality {
///         println!("MOS {:.1}, {:.1} % lost, {:?}", quality.mos, quality.lost * 100.0, call.levels());
///     }
///     if let Some(ended) = &state.ended {
///         println!("{ended}");
///         break;
///     }
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Call {
    commands: Commands,
    levels: watch::Receiver<Levels>,
    /// If it was placed here.
    reference: Option<String>,
    state: watch::Receiver<CallState>,
}

impl Call {
    pub(super) fn new(
        commands: Commands,
        levels: watch::Receiver<Levels>,
        reference: Option<String>,
        state: watch::Receiver<CallState>,
    ) -> Self {
        Self { commands, levels, reference, state }
    }

    /// The server's name for it, once it has one.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.state.borrow().shown.as_ref()?.call_id
    }

    /// What is known of it now.
    #[must_use]
    pub fn state(&self) -> CallState {
        self.state.borrow().clone()
    }

    /// How the last second sounded.
    #[must_use]
    pub fn quality(&self) -> Option<CallQuality> {
        self.state.borrow().quality
    }

    /// How loud microphone and speaker of the device are now.
    #[must_use]
    pub fn levels(&self) -> Levels {
        *self.levels.borrow()
    }

    /// Waits until something is different, and tells what is known then.
    pub async fn changed(&mut self) -> CallState {
        let is_told = self.state.changed().await.is_ok();
        let mut state = self.state.borrow_and_update().clone();
        if !is_told {
            state.ended.get_or_insert(Ended::SignedOut);
        }
        state
    }

    /// Waits until `is_so`, or until the call ended.
    pub async fn until(&self, mut is_so: impl FnMut(&ShownCall) -> bool) -> CallState {
        let mut state = self.state.clone();
        let found =
            state.wait_for(|state| state.ended.is_some() || state.shown.as_ref().is_some_and(&mut is_so));
        match found.await {
            Ok(state) => state.clone(),
            // Its task is gone, and it with it.
            Err(_) => CallState { ended: Some(Ended::SignedOut), ..self.state() },
        }
    }

    /// Waits until both hear each other.
    ///
    /// # Errors
    /// How it ended, if it did so before.
    pub async fn connected(&self) -> Result<(), Ended> {
        let is_connected = |shown: &ShownCall| shown.status == ShownStatus::Connected;
        self.until(is_connected).await.ended.map_or(Ok(()), Err)
    }

    /// Waits until it has ended, and tells how.
    pub async fn ended(&self) -> Ended {
        self.until(|_| false).await.ended.unwrap_or(Ended::SignedOut)
    }

    /// Takes a call that rings here; the call that the person is in ends for it.
    pub fn answer(&self) {
        self.answer_and(CurrentCall::End);
    }

    /// Takes a call that rings here, and says what becomes of the call that the person is in.
    pub fn answer_and(&self, current: CurrentCall) {
        self.commands.input(Input::Answer { call_id: self.id(), current });
    }

    /// Refuses a call that rings here.
    pub fn decline(&self) {
        self.commands.input(Input::Decline { call_id: self.id() });
    }

    /// Cancels, declines or ends it, whichever its state makes of it.
    pub fn hang_up(&self) {
        let reference = self.reference.clone();
        self.commands.input(Input::Hangup { call_id: self.id(), reference });
    }

    /// Closes or opens the microphone.
    pub fn mute(&self, muted: bool) {
        self.commands.input(Input::Mute { muted, call_id: self.id() });
    }

    /// Puts it on hold, or goes on with it.
    pub fn hold(&self, held: bool) {
        self.commands.input(Input::Hold { held, call_id: self.id() });
    }

    /// Whether it rings here and waits for an answer.
    #[must_use]
    pub fn is_ringing_here(&self) -> bool {
        self.state.borrow().shown.as_ref().is_some_and(|shown| shown.phase == ShownPhase::Incoming)
    }
}

/// Somebody calls. It rings until it is answered or declined, the caller gives up, or its time is over.
///
/// A second caller, while the first one waits:
/// ```no_run
/// # use tring_client::driver::Incoming;
/// # use tring_client::signalling::CurrentCall;
/// # async fn example(first: tring_client::driver::Call, incoming: Incoming) {
/// let second = incoming.answer_and(CurrentCall::Hold);
/// second.ended().await;
/// first.hold(false);
/// # }
/// ```
#[derive(Debug)]
pub struct Incoming(pub(super) Call);

impl Incoming {
    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.0
    }

    /// Takes it; the call that the person is in ends for it.
    #[must_use]
    pub fn answer(self) -> Call {
        self.0.answer();
        self.0
    }

    /// Takes it, and says what becomes of the call that the person is in.
    #[must_use]
    pub fn answer_and(self, current: CurrentCall) -> Call {
        self.0.answer_and(current);
        self.0
    }

    /// Refuses it.
    pub fn decline(self) {
        self.0.decline();
    }
}
