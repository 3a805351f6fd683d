//! One call from its beginning to its end: what the person's wishes make of it, and what happens by itself.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tring_client::driver::{Call, CallState, Ended};
use tring_client::signalling::{ShownPhase, ShownStatus};

use super::controls::Wish;
use super::outcome::PhoneError;

/// How long the server may take to confirm that a call has ended. Higher: somebody waits for a server that is gone; lower:
/// it learns of the end only when it misses this device.
const GOODBYE: Duration = Duration::from_secs(5);

pub(super) struct Talk {
    call: Call,
    state: CallState,
    /// When it was answered here.
    answered_at: Option<Instant>,
    connected_at: Option<Instant>,
    begins: bool,
    answer_at: Option<Instant>,
    max_duration: Option<Duration>,
    hang_up_at: Option<Instant>,
    /// From when on nobody waits for the end any more.
    give_up_at: Option<Instant>,
    next: Next,
    is_interrupted: bool,
}

/// What the person does after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Stay,
    Leave,
}

/// A call that is over.
pub(super) struct Finished {
    pub(super) ended: Ended,
    pub(super) length: Duration,
    pub(super) next: Next,
}

impl Finished {
    /// For the shell.
    pub(super) fn outcome(self) -> Result<(), PhoneError> {
        if super::outcome::code(&self.ended) == 0 { Ok(()) } else { Err(PhoneError::Call(self.ended)) }
    }
}

impl Talk {
    pub(super) fn placed(call: Call, max_duration: Option<Duration>) -> Self {
        Self::received(call, None, max_duration)
    }

    /// `answer`: after how long it is answered without anybody's doing.
    pub(super) fn received(call: Call, answer: Option<Duration>, max_duration: Option<Duration>) -> Self {
        let state = call.state();
        let answer_at = answer.map(|after| Instant::now() + after);
        let mut talk = Self {
            call,
            state,
            answered_at: None,
            connected_at: None,
            begins: false,
            answer_at,
            max_duration,
            hang_up_at: None,
            give_up_at: None,
            next: Next::Stay,
            is_interrupted: false,
        };
        talk.look();
        talk
    }

    pub(super) fn state(&self) -> &CallState {
        &self.state
    }

    /// Since it was answered.
    pub(super) fn length(&self) -> Option<Duration> {
        self.answered_at.map(|at| at.elapsed())
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    /// The call is like this now.
    pub(super) fn see(&mut self, state: CallState) {
        self.state = state;
        self.look();
    }

    fn look(&mut self) {
        let Some(shown) = &self.state.shown else { return };
        if shown.answered_at.is_some() {
            self.answered_at.get_or_insert_with(Instant::now);
        }
        if shown.phase != ShownPhase::Incoming {
            self.answer_at = None;
        }
        if shown.status == ShownStatus::Connected && self.connected_at.is_none() {
            let now = Instant::now();
            self.connected_at = Some(now);
            self.begins = true;
            self.hang_up_at = self.max_duration.map(|length| now + length);
        }
    }

    /// Whether the two hear each other since the last look at this, for the first time.
    pub(super) fn begins(&mut self) -> bool {
        std::mem::take(&mut self.begins)
    }

    /// Something happens by itself now.
    pub(super) async fn due(&self) {
        match [self.answer_at, self.hang_up_at, self.give_up_at].into_iter().flatten().min() {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn tick(&mut self) {
        let now = Instant::now();
        if self.answer_at.take_if(|at| now >= *at).is_some() {
            self.call.answer();
        }
        if self.hang_up_at.take_if(|at| now >= *at).is_some() {
            self.hang_up();
        }
        if self.give_up_at.is_some_and(|at| now >= at) {
            self.is_interrupted = true;
        }
    }

    pub(super) fn obey(&mut self, wish: Wish) {
        let Some(shown) = &self.state.shown else {
            if matches!(wish, Wish::HangUp | Wish::Leave) {
                self.leave(wish);
            }
            return;
        };
        let is_incoming = shown.phase == ShownPhase::Incoming;
        match wish {
            Wish::Answer if is_incoming => self.call.answer(),
            Wish::Decline if is_incoming => self.call.decline(),
            Wish::Mute => self.call.mute(!shown.muted),
            Wish::Hold => self.call.hold(!shown.held),
            Wish::HangUp | Wish::Leave => self.leave(wish),
            Wish::Answer | Wish::Decline | Wish::Redraw => {}
        }
    }

    /// Hangs up first; who insists leaves at once.
    fn leave(&mut self, wish: Wish) {
        if wish == Wish::Leave {
            self.is_interrupted = self.next == Next::Leave;
            self.next = Next::Leave;
        }
        self.hang_up();
    }

    fn hang_up(&mut self) {
        self.give_up_at.get_or_insert(Instant::now() + GOODBYE);
        self.call.hang_up();
    }

    /// How it ended, once it has.
    pub(super) fn finished(&self) -> Result<Option<Finished>, PhoneError> {
        match &self.state.ended {
            Some(ended) => Ok(Some(Finished {
                ended: ended.clone(),
                length: self.length().unwrap_or_default(),
                next: self.next,
            })),
            None if self.is_interrupted => Err(PhoneError::Interrupted),
            None => Ok(None),
        }
    }
}
