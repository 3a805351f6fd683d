//! The time that the machines are told: milliseconds since 1970 that never go back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tring_protocol::time::Timestamp;

/// A clock that reads the wall once and then counts by itself: when the operator or NTP sets the wall's clock, no
/// timeout fires early and none is put off.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    started_at: Timestamp,
}

impl Clock {
    /// Begins to count.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), started_at: wall() }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let counted = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.started_at + tring_protocol::time::Millis::new(counted)
    }

    /// The same moment for tokio's timers.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> tokio::time::Instant {
        (self.started + std::time::Duration::from(at.since(self.started_at))).into()
    }
}

/// What the clock on the wall says, for a command that lives for a moment.
#[must_use]
pub fn wall() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_agrees_with_the_wall_and_with_the_timers() {
        let clock = Clock::start();
        assert!(clock.now() >= clock.started_at);
        assert!(clock.now().since(wall()).get() < 1_000 && wall().since(clock.now()).get() < 1_000);
        assert!(clock.instant(clock.now()) <= tokio::time::Instant::now());
    }
}
