//! The clock of the voice: microseconds since any moment, which the caller keeps.

use std::ops::Add;
use std::time::Duration;

/// A moment, in microseconds since a beginning that is the same for all calls to one voice. Finer than the milliseconds
/// of signalling, because a clock that drifts is told from one that does not by less than a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Micros(u64);

impl Micros {
    /// The moment `micros` after the beginning.
    #[must_use]
    pub const fn new(micros: u64) -> Self {
        Self(micros)
    }

    /// The moment `millis` after the beginning.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Microseconds since the beginning.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The same moment in samples of 48 kHz since the beginning.
    pub(super) fn samples(self) -> i64 {
        i64::try_from(u128::from(self.0) * 48 / 1_000).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
    }
}

impl From<Duration> for Micros {
    fn from(since_beginning: Duration) -> Self {
        Self(u64::try_from(since_beginning.as_micros()).unwrap_or(u64::MAX))
    }
}

impl Add<Duration> for Micros {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(Self::from(length).0))
    }
}
