//! How long to wait before something is tried again.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tring_protocol::limits::{RECONNECT_MAX, RECONNECT_MIN};
use tring_protocol::time::Millis;

/// Spreads the attempts of many devices, so that a restarted server is not flooded by everybody in the same instant.
#[derive(Debug)]
pub(in crate::signalling) enum Spread {
    /// Every wait is full.
    None,
    /// Up to half of each wait is cut off at random.
    Random(Box<StdRng>),
}

impl Spread {
    pub(in crate::signalling) fn seeded(seed: u64) -> Self {
        Self::Random(Box::new(StdRng::seed_from_u64(seed)))
    }

    /// The wait before attempt `attempt` (counted from 0): doubles from `first` up to `longest`.
    pub(super) fn wait(&mut self, attempt: u32, first: Millis, longest: Millis) -> Millis {
        let full = doubled(first, attempt).min(longest);
        match self {
            Self::None => full,
            Self::Random(random) => full - Millis::new(random.random_range(0..=full.get() / 2)),
        }
    }

    /// The wait before attempt `attempt` to open a lost socket again.
    pub(super) fn before_reconnecting(&mut self, attempt: u32) -> Millis {
        self.wait(attempt, RECONNECT_MIN, RECONNECT_MAX)
    }
}

/// `length` doubled `times`; beyond what can be counted it stays at the greatest.
pub(super) fn doubled(length: Millis, times: u32) -> Millis {
    Millis::new(length.get().saturating_mul(1_u64.checked_shl(times).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> =
            [0, 1, 2, 4, 5, 63, 64, u32::MAX].map(|n| Spread::None.before_reconnecting(n).get()).to_vec();
        assert_eq!(waits, [250, 500, 1_000, 4_000, 5_000, 5_000, 5_000, 5_000]);
    }

    #[test]
    fn at_most_half_of_a_wait_is_cut_off() {
        let mut spread = Spread::seeded(1);
        let waits: Vec<u64> = (0..1_000).map(|_| spread.before_reconnecting(2).get()).collect();
        assert!(waits.iter().all(|wait| (500..=1_000).contains(wait)));
        assert!(waits.iter().any(|&wait| wait < 600) && waits.iter().any(|&wait| wait > 900));
    }
}
