//! How fast one device may speak. A device in a call sends some ten messages and a `pong` every few seconds; one that
//! floods is read slowly, so that it floods its own network's buffers and not the hub.

use std::time::Duration;
use tokio::time::Instant;

/// Time that one frame stands for once the burst is used up. Higher: reconnecting devices are held up.
const FRAME: Duration = Duration::from_millis(50);

/// Frames that may come at once: a resumed session repeats up to its whole outbox.
const BURST: u32 = 256;

/// When the frames read so far will have been paid for.
#[derive(Debug)]
pub(super) struct Pace(Instant);

impl Pace {
    pub(super) fn start(now: Instant) -> Self {
        Self(now)
    }

    /// Counts one frame. `Some` until when not to read on.
    pub(super) fn count(&mut self, now: Instant) -> Option<Instant> {
        self.0 = self.0.max(now) + FRAME;
        let until = self.0.checked_sub(FRAME * BURST)?;
        (until > now).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_a_flood_is_slowed() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut pace = Pace::start(start);
        for _ in 0..BURST {
            assert_eq!(pace.count(start), None);
        }
        assert_eq!(pace.count(start), Some(start + FRAME));
        assert_eq!(pace.count(start + FRAME * 3), None, "time pays for frames");
    }

    #[test]
    fn silence_is_not_saved_up() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut pace = Pace::start(start);
        let later = start + Duration::from_secs(3600);
        for _ in 0..BURST {
            assert_eq!(pace.count(later), None);
        }
        assert!(pace.count(later).is_some());
    }
}
