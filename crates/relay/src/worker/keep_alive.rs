//! Signs of life for legs to which nothing else is sent: while it rings, on hold, when the other side is silent.
//!
//! They are what lets a device tell a dead path from a quiet one: a browser counts the bytes that it received on its
//! candidate pair, and checks do not count. An empty receiver report (RFC 3550 §6.4.2) says nothing, so it spoils no
//! statistics. No leg has a timer: one round looks at all of them and finds when the next is due.

use super::{Send, Worker};
use std::time::{Duration, Instant};
use tring_protocol::limits::MEDIA_KEEP_ALIVE;

/// After how long without a packet a leg gets one.
const EVERY: Duration = Duration::from_millis(MEDIA_KEEP_ALIVE.get());
/// Least time between two rounds. Higher: signs of life come that much late; lower: more wake-ups.
const ROUND: Duration = Duration::from_millis(10);

/// Where the present round stands.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    /// `None` while no leg has keys.
    due: Option<Instant>,
    next_slot: u32,
    /// When the first of the legs seen in this round needs its next.
    soonest: Option<Instant>,
}

impl Rounds {
    /// A leg has got its keys.
    pub(super) fn begin(&mut self, now: Instant) {
        self.due = Some(sooner(self.due, now + EVERY));
    }
}

impl Worker {
    /// When [`Self::keep_alive`] has something next; `None` while there is no leg to keep.
    #[must_use]
    pub fn keep_alive_due(&self) -> Option<Instant> {
        self.rounds.due
    }

    /// The next sign of life that is due, written into `buffer`.
    pub fn keep_alive(&mut self, now: Instant, buffer: &mut [u8]) -> Option<Send> {
        self.rounds.due.filter(|due| *due <= now)?;
        while self.rounds.next_slot < self.connections.places() {
            let connection = self.connections.at_mut(self.rounds.next_slot);
            self.rounds.next_slot += 1;
            let Some(connection) = connection else { continue };
            let Some(keys) = &mut connection.keys else { continue };
            // To a leg that was silent for so long nothing may be sent that it does not ask for (RFC 7675 §5.1).
            if connection.is_silent || connection.path.is_none() {
                self.rounds.soonest = Some(sooner(self.rounds.soonest, now + EVERY));
                continue;
            }
            let due = connection.sent_at + EVERY;
            if due > now {
                self.rounds.soonest = Some(sooner(self.rounds.soonest, due));
                continue;
            }
            connection.sent_at = now;
            self.rounds.soonest = Some(sooner(self.rounds.soonest, now + EVERY));
            if let Some(packet) = buffer.first_chunk_mut::<8>() {
                *packet = empty_report(connection.cold.hears_ssrc);
            }
            if let (Some(to), Ok(end)) = (connection.path, keys.sender.protect_rtcp(buffer, 8)) {
                self.counts.keep_alives += 1;
                self.count_sent(end);
                return Some(Send { to, start: 0, end });
            }
        }
        self.rounds.next_slot = 0;
        self.rounds.due = self.rounds.soonest.take().map(|soonest| soonest.max(now + ROUND));
        None
    }
}

/// A receiver report without blocks, from the stream that the leg was told of.
fn empty_report(ssrc: u32) -> [u8; 8] {
    let [a, b, c, d] = ssrc.to_be_bytes();
    [0x80, 201, 0, 1, a, b, c, d]
}

fn sooner(known: Option<Instant>, other: Instant) -> Instant {
    known.map_or(other, |known| known.min(other))
}
