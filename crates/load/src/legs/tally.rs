//! What became of the packets: counted at the leg that should have received them.

use std::ops::AddAssign;

/// Counts over many legs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Handed to the kernel by the light peers.
    pub sent: u64,
    /// Not sent, because the generator itself came too late: noise of the machine.
    pub skipped: u64,
    /// Arrived at the right leg, opened, with the right stamp, once.
    pub delivered: u64,
    /// Never arrived: gaps between numbers that did, and what is missing behind the last one once a stream stopped.
    pub lost: u64,
    /// Sent before the first packet that arrived: the other side's microphone was open before this path was.
    pub clipped: u64,
    /// Opened, but of another call or side, or a second time.
    pub misdelivered: u64,
    /// Came before the keys did: the other side's audio overtook the last flight of the handshake.
    pub before_keys: u64,
    /// Could not be opened.
    pub undecryptable: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.skipped += other.skipped;
        self.delivered += other.delivered;
        self.lost += other.lost;
        self.clipped += other.clipped;
        self.misdelivered += other.misdelivered;
        self.before_keys += other.before_keys;
        self.undecryptable += other.undecryptable;
    }
}

impl Count {
    /// What was added since `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            sent: self.sent.saturating_sub(earlier.sent),
            skipped: self.skipped.saturating_sub(earlier.skipped),
            delivered: self.delivered.saturating_sub(earlier.delivered),
            lost: self.lost.saturating_sub(earlier.lost),
            clipped: self.clipped.saturating_sub(earlier.clipped),
            misdelivered: self.misdelivered.saturating_sub(earlier.misdelivered),
            before_keys: self.before_keys.saturating_sub(earlier.before_keys),
            undecryptable: self.undecryptable.saturating_sub(earlier.undecryptable),
        }
    }
}

/// The arrivals at one leg.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The number that arrived first.
    first: Option<u32>,
    /// How many with a smaller number came after it.
    early: u32,
    /// The number after the highest that arrived.
    next: u32,
    delivered: u64,
    pub(super) misdelivered: u64,
    pub(super) before_keys: u64,
    pub(super) undecryptable: u64,
}

impl Tally {
    /// Notes packet number `count` of the stream that belongs here. Replays were refused by SRTP already.
    pub(super) fn arrived(&mut self, count: u32) {
        self.delivered += 1;
        self.next = self.next.max(count + 1);
        if count < *self.first.get_or_insert(count) {
            self.early += 1;
        }
    }

    /// The sums, given how many packets the other side has sent if its stream has stopped and had time to arrive, or
    /// `None` while it runs, when only gaps can be told from packets under way.
    pub(super) fn count(&self, sent_by_other: Option<u32>) -> Count {
        let end = self.next.max(sent_by_other.unwrap_or_default());
        let first = self.first.unwrap_or(end);
        Count {
            sent: 0,
            skipped: 0,
            delivered: self.delivered,
            lost: u64::from(end - first + self.early).saturating_sub(self.delivered),
            // A side that begins again counts from 0 again: more may come early than were clipped.
            clipped: u64::from(first.saturating_sub(self.early)),
            misdelivered: self.misdelivered,
            before_keys: self.before_keys,
            undecryptable: self.undecryptable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: &[u32]) -> Tally {
        let mut tally = Tally::default();
        counts.iter().for_each(|count| tally.arrived(*count));
        tally
    }

    #[test]
    fn a_gap_is_a_loss_until_the_late_packet_comes() {
        assert_eq!(tally(&[0, 1, 3]).count(None).lost, 1);
        assert_eq!(tally(&[0, 1, 3, 2]).count(None).lost, 0);
    }

    #[test]
    fn what_is_missing_at_the_end_is_lost_once_the_stream_has_stopped() {
        assert_eq!(tally(&[0, 1, 2]).count(None).lost, 0);
        assert_eq!(tally(&[0, 1, 2]).count(Some(5)).lost, 2);
    }

    #[test]
    fn what_came_before_the_path_was_open_is_clipped_not_lost() {
        let count = tally(&[3, 4]).count(Some(5));
        assert_eq!((count.clipped, count.lost, count.delivered), (3, 0, 2));
    }

    #[test]
    fn a_stream_may_begin_out_of_order() {
        let count = tally(&[1, 0, 2]).count(Some(3));
        assert_eq!((count.clipped, count.lost, count.delivered), (0, 0, 3));
    }

    #[test]
    fn a_side_that_begins_again_and_again_is_no_negative_clipping() {
        let count = tally(&[2, 3, 0, 1, 2, 0, 1, 2]).count(None);
        assert_eq!((count.clipped, count.lost, count.delivered), (0, 0, 8));
    }

    #[test]
    fn a_leg_that_heard_nothing_missed_everything() {
        let count = tally(&[]).count(Some(5));
        assert_eq!((count.clipped, count.lost, count.delivered), (5, 0, 0));
    }
}
