//! Moments on the machine's own clock, which begins at 0 with the machine.

use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};
use tring_protocol::time::{Millis, Timestamp};

/// A moment in milliseconds since the machine's beginning. Negative for what was before it: a call that is gone on with
/// may have been answered long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// The moment `millis` after the machine's beginning.
    #[must_use]
    pub const fn new(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the machine's beginning.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Millis {
        Millis::new(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<Millis> for Moment {
    fn from(since_the_beginning: Millis) -> Self {
        Self(signed(since_the_beginning.get()))
    }
}

impl Add<Millis> for Moment {
    type Output = Self;
    fn add(self, length: Millis) -> Self {
        Self(self.0.saturating_add(signed(length.get())))
    }
}

impl AddAssign<Millis> for Moment {
    fn add_assign(&mut self, length: Millis) {
        *self = *self + length;
    }
}

/// The server's clock, seen from this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ServerClock {
    /// What it shows minus what this machine's shows, in milliseconds.
    offset: i64,
}

impl ServerClock {
    /// The server's clock showed `time` when this machine's showed `now`.
    pub(super) fn read(now: Moment, time: Timestamp) -> Self {
        Self { offset: signed(time.as_millis()).saturating_sub(now.0) }
    }

    /// When the server's clock shows `time`.
    pub(super) fn here(self, time: Timestamp) -> Moment {
        Moment(signed(time.as_millis()).saturating_sub(self.offset))
    }
}

/// Beyond the range lies a time that nobody waits for.
fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}
