//! Times of many calls put together.

use serde::Serialize;
use std::time::Duration;
use tring_load::legs::Delays;

/// Milliseconds that so many per cent of the times did not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Percentiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

impl Percentiles {
    /// Nearest rank; `None` without any times.
    pub(super) fn of(times: &[Duration]) -> Option<Self> {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied().map(millis)
        };
        Some(Self { p50: at(50)?, p95: at(95)?, p99: at(99)?, max: at(100)? })
    }

    /// Of the packets that arrived; `None` if none did.
    pub(super) fn of_packets(delays: &Delays) -> Option<Self> {
        let at = |percent| delays.percentile(percent).map(millis);
        Some(Self { p50: at(50.0)?, p95: at(95.0)?, p99: at(99.0)?, max: millis(delays.max()) })
    }
}

/// To the microsecond.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        let expected = Percentiles { p50: 100.0, p95: 190.0, p99: 198.0, max: 200.0 };
        assert_eq!(Percentiles::of(&times), Some(expected));
        assert_eq!(Percentiles::of(&[]), None);
    }
}
