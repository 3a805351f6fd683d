//! Whether a peer's path to the relay still works, judged by what arrives on it. Twin of the web SDK's `watchdog.ts`.
//!
//! The relay sends something to every device at least each [`MEDIA_KEEP_ALIVE`](limits::MEDIA_KEEP_ALIVE), whether or not
//! the other side is heard, so bytes that stand still are a dead path; a muted, held or silent other side is not. A
//! machine that slept has not watched: what it did not see is no evidence, and it looks anew for as long as it takes to
//! be sure.

use std::time::{Duration, Instant};

use tring_protocol::limits;

use crate::peer::Connection;

/// How long a new peer may take until its connection is up. Higher: a hopeless one is kept; lower: slow networks, which
/// repeat the DTLS handshake after a second and then two, never get through.
pub(super) const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long bytes may stay away once something hinted at a change of network. Higher: the hint is of less use; lower: a
/// hint that meant nothing opens a peer for nothing when keep-alives are lost in a row.
pub(super) const HINTED_STALL: Duration = Duration::from_millis(500);
/// For how long a hint counts.
const HINT_LASTS: Duration = Duration::from_secs(3);
/// A pause between two looks that is longer than this was sleep.
const SLEPT: Duration = Duration::from_secs(2);

/// What is new of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It works, or works again.
    Back,
    /// It is of no use any more.
    Lost,
}

/// Watches one peer.
#[derive(Debug)]
pub(super) struct Watchdog {
    bytes: u64,
    sampled_at: Instant,
    /// Since when nothing has come, or since when it has not come up.
    silent_since: Instant,
    was_up: bool,
    hinted_at: Option<Instant>,
    told: Option<News>,
    gap: Duration,
}

impl Watchdog {
    /// Watches a peer that was opened at `now`.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            bytes: 0,
            sampled_at: now,
            silent_since: now,
            was_up: false,
            hinted_at: None,
            told: None,
            gap: Duration::ZERO,
        }
    }

    /// What is new at `now`, when `bytes` have come since the peer was made.
    pub(super) fn sample(&mut self, now: Instant, bytes: u64, connection: Connection) -> Option<News> {
        let pause = now.saturating_duration_since(self.sampled_at);
        if pause > SLEPT {
            self.silent_since += pause;
        }
        self.sampled_at = now;
        let has_arrived = bytes > self.bytes;
        let came_up = !self.was_up && connection == Connection::Connected;
        let silence = now.saturating_duration_since(self.silent_since);
        if self.was_up {
            self.gap = self.gap.max(silence);
        }
        let mut silence = silence;
        if has_arrived || came_up {
            self.silent_since = now;
            silence = Duration::ZERO;
        }
        self.bytes = self.bytes.max(bytes);
        self.was_up |= came_up;
        if connection == Connection::Failed || silence >= self.patience(now) {
            return self.tell(News::Lost);
        }
        if self.was_up && (has_arrived || came_up) { self.tell(News::Back) } else { None }
    }

    /// Something suggests that the network changed, or checks stay unanswered.
    pub(super) fn hint(&mut self, now: Instant) {
        self.hinted_at = Some(now);
    }

    /// The longest time without a byte since this was asked last.
    pub(super) fn longest_gap(&mut self) -> Duration {
        std::mem::take(&mut self.gap)
    }

    fn patience(&self, now: Instant) -> Duration {
        if !self.was_up {
            return CONNECT_PATIENCE;
        }
        let is_hinted = self.hinted_at.is_some_and(|at| now.saturating_duration_since(at) < HINT_LASTS);
        if is_hinted { HINTED_STALL } else { limits::MEDIA_STALL.into() }
    }

    /// Says it, unless it was the last thing said.
    fn tell(&mut self, news: News) -> Option<News> {
        (self.told.replace(news) != Some(news)).then_some(news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::tests::beginning;

    const LOOK: Duration = Duration::from_millis(100);

    /// Looks every 100 ms until `news`, with `bytes` arriving per look; tells after how long.
    fn until(
        dog: &mut Watchdog,
        now: &mut Instant,
        connection: Connection,
        bytes: &mut u64,
        per_look: u64,
    ) -> (News, Duration) {
        let from = *now;
        for _ in 0..200 {
            *now += LOOK;
            *bytes += per_look;
            if let Some(news) = dog.sample(*now, *bytes, connection) {
                return (news, *now - from);
            }
        }
        panic!("nothing new in 20 s");
    }

    #[test]
    fn a_path_on_which_nothing_comes_is_dead_after_the_stall_and_back_with_the_first_byte() {
        let mut now = beginning();
        let mut dog = Watchdog::new(now);
        let mut bytes = 0;
        let up = until(&mut dog, &mut now, Connection::Connected, &mut bytes, 10);
        assert_eq!(up, (News::Back, LOOK));
        let lost = until(&mut dog, &mut now, Connection::Connected, &mut bytes, 0);
        assert_eq!(lost, (News::Lost, Duration::from(limits::MEDIA_STALL)));
        assert_eq!(dog.longest_gap(), Duration::from(limits::MEDIA_STALL));
        let back = until(&mut dog, &mut now, Connection::Connected, &mut bytes, 1);
        assert_eq!(back, (News::Back, LOOK));
    }

    #[test]
    fn a_hint_shortens_the_patience_for_a_while() {
        let mut now = beginning();
        let mut dog = Watchdog::new(now);
        let mut bytes = 0;
        until(&mut dog, &mut now, Connection::Connected, &mut bytes, 1);
        dog.hint(now);
        let lost = until(&mut dog, &mut now, Connection::Connected, &mut bytes, 0);
        assert_eq!(lost, (News::Lost, HINTED_STALL));
    }

    #[test]
    fn a_peer_that_never_comes_up_is_given_up_and_one_that_fails_is_so_at_once() {
        let mut now = beginning();
        let mut dog = Watchdog::new(now);
        let lost = until(&mut dog, &mut now, Connection::Connecting, &mut 0, 0);
        assert_eq!(lost, (News::Lost, CONNECT_PATIENCE));
        let mut dog = Watchdog::new(now);
        assert_eq!(until(&mut dog, &mut now, Connection::Failed, &mut 0, 0), (News::Lost, LOOK));
    }

    #[test]
    fn what_was_not_watched_is_no_evidence() {
        let mut now = beginning();
        let mut dog = Watchdog::new(now);
        let mut bytes = 0;
        until(&mut dog, &mut now, Connection::Connected, &mut bytes, 1);
        now += Duration::from_secs(60);
        assert_eq!(dog.sample(now, bytes, Connection::Connected), None, "the machine slept");
        let lost = until(&mut dog, &mut now, Connection::Connected, &mut bytes, 0);
        assert_eq!(lost, (News::Lost, Duration::from(limits::MEDIA_STALL)));
    }
}
