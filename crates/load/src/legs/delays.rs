//! How long packets were under way: counted in steps that grow with the delay, so that a million packets take as much
//! room as ten, and a percentile is right to six per cent.

use std::time::Duration;

/// Steps in each doubling of the delay.
const FINE: u64 = 8;
/// Up to 67 seconds; longer delays count as that.
const STEPS: usize = 200;

/// The delays of many packets.
#[derive(Debug, Clone)]
pub struct Delays {
    steps: [u64; STEPS],
    max: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        Self { steps: [0; STEPS], max: Duration::ZERO }
    }
}

impl Delays {
    pub(super) fn note(&mut self, delay: Duration) {
        self.steps[step(delay)] += 1;
        self.max = self.max.max(delay);
    }

    /// The delay that `percent` of the packets did not exceed; `None` if there were none.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<Duration> {
        let total: u64 = self.steps.iter().sum();
        let wanted = ((total as f64 * percent / 100.0).ceil() as u64).max(1);
        let mut seen = 0;
        let step = self.steps.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        Some(middle(step).min(self.max))
    }

    /// The longest.
    #[must_use]
    pub fn max(&self) -> Duration {
        self.max
    }
}

fn step(delay: Duration) -> usize {
    let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
    if micros < FINE {
        return micros as usize;
    }
    let doublings = u64::from(micros.ilog2() - FINE.ilog2());
    let within = (micros >> doublings) - FINE;
    (((doublings + 1) * FINE + within) as usize).min(STEPS - 1)
}

fn middle(step: usize) -> Duration {
    let (doublings, within) = (step as u64 / FINE, step as u64 % FINE);
    Duration::from_micros(match doublings {
        0 => within,
        1 => FINE + within,
        more => ((FINE + within) << (more - 1)) + (1 << (more - 2)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_six_per_cent_over_six_orders_of_magnitude() {
        for micros in [1, 7, 8, 9, 100, 999, 12_345, 1_000_000, 60_000_000] {
            let mut delays = Delays::default();
            // One that is longer, so that the maximum does not help.
            delays.note(Duration::from_micros(micros));
            delays.note(Duration::from_micros(micros * 2 + 10));
            let told = delays.percentile(50.0).unwrap().as_micros() as f64;
            assert!((told / micros as f64 - 1.0).abs() <= 0.0625, "{micros}: {told}");
        }
    }

    #[test]
    fn a_percentile_is_that_of_all_packets() {
        let mut delays = Delays::default();
        assert_eq!(delays.percentile(50.0), None);
        (1..=99).for_each(|_| delays.note(Duration::from_micros(5)));
        delays.note(Duration::from_secs(1));
        assert_eq!(delays.percentile(99.0), Some(Duration::from_micros(5)));
        assert!(delays.percentile(100.0).unwrap() > Duration::from_millis(900));
        assert_eq!(delays.max(), Duration::from_secs(1));
    }

    #[test]
    fn hours_fit() {
        let mut delays = Delays::default();
        delays.note(Duration::from_secs(7_200));
        assert!(delays.percentile(50.0).unwrap() > Duration::from_secs(50));
    }
}
