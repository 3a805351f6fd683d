//! The second socket of a session whose first may be dead: when to open one, when to try another, when to let it be.
//!
//! A dead socket says nothing for many seconds, and a hint that it is dead may be wrong. So the session is continued on
//! a second socket, and the first is used until that has happened: a wrong hint costs a handshake, and no message.

use tring_protocol::limits::HEARTBEAT_TIMEOUT;
use tring_protocol::time::Millis;

use super::back_off::{Spread, doubled};
use crate::signalling::Moment;

/// How long the first of the sockets beside may take to be of use; doubles up to [`HEARTBEAT_TIMEOUT`]. Higher: one that
/// was opened a moment before the network came back waits for the system to try again; lower: slow networks never get
/// through.
const BESIDE_PATIENCE: Millis = Millis::new(1_500);

/// How old an attempt must be to be given up for another when there is news of the network. Higher: the same as above;
/// lower: several hints for one event throw away what is under way.
pub(super) const REDIAL_AFTER: Millis = Millis::new(500);

/// How far a socket beside has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is on its way.
    Opening,
    /// `hello` was sent on it.
    Greeting,
    /// The last one failed at once, and the next is tried after a while.
    Resting,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Another socket in place of this one.
    Redial,
    /// To let it be: the first socket lives.
    GiveUp,
}

/// The socket beside, if there is one or another is about to be.
#[derive(Debug, Default)]
pub(super) struct Beside(Option<Search>);

/// From the first hint until a socket is found alive.
#[derive(Debug, Clone, Copy)]
struct Search {
    stage: Stage,
    started_at: Moment,
    dialled_at: Moment,
    /// Counts the sockets, from 1.
    attempts: u32,
    due: Moment,
}

impl Search {
    fn dial(self, now: Moment) -> Self {
        let patience = doubled(BESIDE_PATIENCE, self.attempts).min(HEARTBEAT_TIMEOUT);
        Self {
            stage: Stage::Opening,
            dialled_at: now,
            attempts: self.attempts.saturating_add(1),
            due: now + patience,
            ..self
        }
    }
}

impl Beside {
    /// There is a hint; whether to open a socket, in place of one that there may be.
    #[must_use]
    pub(super) fn hint(&mut self, now: Moment) -> bool {
        let search = match self.0 {
            Some(search) if now.since(search.dialled_at) < REDIAL_AFTER => return false,
            Some(search) => search,
            None => Search { stage: Stage::Opening, started_at: now, dialled_at: now, attempts: 0, due: now },
        };
        self.0 = Some(search.dial(now));
        true
    }

    pub(super) fn stage(&self) -> Option<Stage> {
        self.0.map(|search| search.stage)
    }

    pub(super) fn opened(&mut self) {
        if let Some(search) = &mut self.0 {
            search.stage = Stage::Greeting;
        }
    }

    /// It failed, or was refused. `heard_at` is when the first socket was last heard.
    pub(super) fn failed(&mut self, now: Moment, heard_at: Moment, spread: &mut Spread) {
        let Some(search) = &mut self.0 else { return };
        if heard_at > search.started_at {
            // The first socket lives, and the hint was wrong.
            return self.clear();
        }
        search.stage = Stage::Resting;
        search.due = now + spread.before_reconnecting(search.attempts.saturating_sub(1));
    }

    pub(super) fn tick(&mut self, now: Moment, heard_at: Moment) -> Option<Due> {
        let search = self.0.filter(|search| now >= search.due)?;
        if heard_at > search.started_at {
            self.clear();
            return Some(Due::GiveUp);
        }
        self.0 = Some(search.dial(now));
        Some(Due::Redial)
    }

    /// It is not beside any more: it became the first, or there is no first.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.0.map(|search| search.due)
    }
}
