//! Packet indices: the roll-over counter guessed from a 16-bit sequence number (RFC 3711 §3.3.1) and the window
//! that knows which of the newest packets were seen (§3.3.2).

/// Packets that may arrive late and still be told from replays. RFC 3711 asks for 64; 128 is 2.5 s of audio.
const SIZE: u64 = 128;

/// The state of one stream.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    highest: u64,
    /// Bit `n` says that `highest - n` was seen. Bit 0 is clear only before the first packet.
    seen: u128,
}

impl Window {
    /// The index that `sequence` most likely means: the one nearest to the highest seen.
    pub(super) fn guess(&self, sequence: u16) -> u64 {
        if self.seen == 0 {
            return u64::from(sequence);
        }
        let distance = sequence.wrapping_sub(self.highest as u16) as i16;
        self.highest.checked_add_signed(i64::from(distance)).unwrap_or(u64::from(sequence))
    }

    /// Whether the packet with `index` is neither seen nor too old to know.
    pub(super) fn is_fresh(&self, index: u64) -> bool {
        if self.seen == 0 || index > self.highest {
            return true;
        }
        let age = self.highest - index;
        age < SIZE && self.seen & (1 << age) == 0
    }

    /// Notes that the packet with `index` was seen and says whether it is the newest.
    pub(super) fn mark(&mut self, index: u64) -> bool {
        if self.seen == 0 {
            *self = Self { highest: index, seen: 1 };
            return true;
        }
        if index > self.highest {
            let step = index - self.highest;
            self.seen = if step < SIZE { self.seen << step | 1 } else { 1 };
            self.highest = index;
            return true;
        }
        let age = self.highest - index;
        if age < SIZE {
            self.seen |= 1 << age;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_rolls_over_with_the_sequence_number() {
        let mut window = Window::default();
        window.mark(window.guess(65_534));
        assert_eq!(window.guess(2), 65_538);
        window.mark(65_538);
        assert_eq!(window.guess(65_535), 65_535, "a straggler from before the roll-over");
        assert_eq!(window.guess(3), 65_539);
    }

    #[test]
    fn a_first_packet_that_is_overtaken_does_not_go_below_zero() {
        let mut window = Window::default();
        window.mark(window.guess(0));
        assert_eq!(window.guess(65_535), 65_535);
    }

    #[test]
    fn each_packet_is_fresh_once() {
        let mut window = Window::default();
        for index in [1_000, 1_002, 1_001, 1_127] {
            assert!(window.is_fresh(index));
            window.mark(index);
            assert!(!window.is_fresh(index));
        }
        assert!(!window.is_fresh(999), "too old to know");
        assert!(window.is_fresh(1_003));
        window.mark(9_000);
        assert!(!window.is_fresh(1_003));
    }
}
