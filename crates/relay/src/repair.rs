//! What was sent to a leg and did not get there, sent again when the leg asks for it (RFC 4585 §6.2.1, generic NACK).
//!
//! The relay has what was lost behind it, and answers sooner than the speaking device could; what was lost before it is
//! asked of that device. **Nothing is kept for a leg that has never asked**, so a good network costs nothing.

use std::time::{Duration, Instant};

/// Packets kept, the newest. 32 are 640 ms at 20 ms a packet: more than a jitter buffer waits. A power of two.
const KEPT: usize = 32;
/// Longest packet kept. Two copies of 60 ms at 32 kbit/s with their headers take 540 bytes; the longest in use, two of
/// 20 ms at 40 kbit/s, 260. Higher: more memory for each leg on a bad network.
const LONGEST: usize = 576;
/// How often a packet is sent again at most: a second repetition is for a first that was lost. Bounds what a leg that asks
/// for everything can cost.
const TIMES: u8 = 2;
/// A packet that was asked for again so soon is still under way.
const UNDER_WAY: Duration = Duration::from_millis(20);

/// The newest packets that went to one leg, sealed as they went: the same bytes again are no new use of a key.
pub(crate) struct Repair {
    kept: Box<[Kept; KEPT]>,
    /// Bit `n` says that the packet in place `n` is to be sent again.
    wanted: u32,
}

#[derive(Clone, Copy)]
struct Kept {
    sequence: u16,
    /// 0 where nothing is kept.
    len: u16,
    left: u8,
    sent_at: Instant,
    bytes: [u8; LONGEST],
}

impl Repair {
    pub(crate) fn new(now: Instant) -> Self {
        let nothing = Kept { sequence: 0, len: 0, left: 0, sent_at: now, bytes: [0; LONGEST] };
        Self { kept: Box::new([nothing; KEPT]), wanted: 0 }
    }

    /// Keeps a packet that goes out. One that is too long is not kept, and neither is what it takes the place of.
    pub(crate) fn keep(&mut self, now: Instant, sequence: u16, packet: &[u8]) {
        let kept = &mut self.kept[usize::from(sequence) % KEPT];
        let len = if packet.len() <= LONGEST { packet.len() } else { 0 };
        kept.bytes[..len].copy_from_slice(&packet[..len]);
        (kept.sequence, kept.len, kept.left, kept.sent_at) = (sequence, len as u16, TIMES, now);
    }

    /// Whether the request for this packet ends here: it is here and will be sent again, or is under way already.
    pub(crate) fn takes(&mut self, now: Instant, sequence: u16) -> bool {
        let place = usize::from(sequence) % KEPT;
        let kept = &mut self.kept[place];
        if kept.len == 0 || kept.sequence != sequence {
            return false;
        }
        if kept.left > 0 && now.saturating_duration_since(kept.sent_at) >= UNDER_WAY {
            kept.left -= 1;
            kept.sent_at = now;
            self.wanted |= 1 << place;
        }
        true
    }

    /// The next packet that is to be sent again.
    pub(crate) fn poll(&mut self) -> Option<&[u8]> {
        let place = self.wanted.trailing_zeros() as usize;
        let kept = self.kept.get(place)?;
        self.wanted &= self.wanted - 1;
        Some(&kept.bytes[..usize::from(kept.len)])
    }
}

/// The packets that one entry of a NACK asks for: a number, and a bit for each of the sixteen after it.
pub(crate) fn asked(first: u16, following: u16) -> impl Iterator<Item = u16> {
    let others = (0..16).filter(move |bit| following >> bit & 1 == 1);
    std::iter::once(first).chain(others.map(move |bit| first.wrapping_add(bit + 1)))
}

/// The entry that asks for these packets, which are in order and at most sixteen apart; `None` if there are none.
pub(crate) fn entry(mut asked: impl Iterator<Item = u16>) -> Option<(u16, u16)> {
    let first = asked.next()?;
    Some((first, asked.fold(0, |following, sequence| following | 1 << (sequence.wrapping_sub(first) - 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Duration = Duration::from_millis(50);

    fn sent_again(repair: &mut Repair) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| repair.poll().map(<[u8]>::to_vec)).collect()
    }

    #[test]
    fn what_is_asked_for_is_sent_as_it_was_and_at_most_twice() {
        let start = crate::testing::now();
        let mut repair = Repair::new(start);
        for sequence in 65_530..=65_535 {
            repair.keep(start, sequence, &[sequence as u8; 200]);
        }
        repair.keep(start, 0, &[7; 40]);
        let mut now = start;
        for expected in [vec![vec![7; 40], vec![0xFD; 200]], vec![vec![7; 40], vec![0xFD; 200]], vec![]] {
            now += LATER;
            assert!(repair.takes(now, 65_533) && repair.takes(now, 0), "it is not the sender's business");
            assert_eq!(sent_again(&mut repair), expected);
        }
    }

    #[test]
    fn what_is_under_way_is_not_sent_once_more() {
        let start = crate::testing::now();
        let mut repair = Repair::new(start);
        repair.keep(start, 9, &[9; 100]);
        assert!(repair.takes(start + LATER, 9));
        assert_eq!(sent_again(&mut repair).len(), 1);
        assert!(repair.takes(start + LATER + Duration::from_millis(5), 9));
        assert_eq!(sent_again(&mut repair).len(), 0);
    }

    #[test]
    fn what_is_not_here_is_the_senders_business() {
        let start = crate::testing::now();
        let mut repair = Repair::new(start);
        let now = start + LATER;
        assert!(!repair.takes(now, 0), "nothing was sent yet");
        repair.keep(start, 5, &[5; 100]);
        repair.keep(start, 5 + KEPT as u16, &[6; LONGEST + 1]);
        assert!(!repair.takes(now, 5), "its place was taken");
        assert!(!repair.takes(now, 5 + KEPT as u16), "too long to be kept");
        assert_eq!(sent_again(&mut repair).len(), 0);
    }

    #[test]
    fn an_entry_asks_for_what_it_was_made_of() {
        for (first, following) in [(10, 0), (65_530, 0xFFFF), (7, 0x8001)] {
            assert_eq!(entry(asked(first, following)), Some((first, following)));
        }
        assert_eq!(asked(65_535, 1).collect::<Vec<_>>(), [65_535, 0]);
        assert_eq!(entry(asked(100, 0b1010).skip(1)), Some((102, 0b10)), "the first was taken out");
        assert_eq!(entry(std::iter::empty()), None);
    }
}
