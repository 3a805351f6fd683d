//! How many calls one core of Tring bears, and who gave way first if packets are missing: the server's core, the
//! generator's, or the machine under both.

use anyhow::Result;
use std::path::Path;
use std::time::Duration;
use tring_load::legs::{Load, PACKET_TIME};

use crate::measure::forward::{self, Forwarding};

/// Calls that one core is asked to bear, unless other numbers are asked for. The goal is for these and more.
pub(super) const CALLS: usize = 1_500;
/// The longer packets that are shown beside the usual ones.
pub(super) const LONG_PACKETS: Duration = Duration::from_millis(40);
/// The share of its core from which on the generator can do no more: the rest goes to who signals on the same core.
const FULL: f64 = 0.9;

/// One round of Tring with so many calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    pub(super) calls: usize,
    /// Packets of 20 ms.
    pub(super) short: Forwarding,
    /// Packets of [`LONG_PACKETS`].
    pub(super) long: Forwarding,
    /// The floor with packets of 20 ms: its losses are the machine's.
    pub(super) floor: Forwarding,
}

/// What kept a round from saying what the server can bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    /// Nothing: every packet was sent, and what is missing the server has lost.
    Nothing,
    /// The floor lost packets too.
    Machine,
    /// It did not send everything, or had no time left.
    Generator,
}

/// Measures the server that is `program`.
pub(super) async fn measure(program: &Path, calls: usize) -> Result<Capacity> {
    // With a socket for each leg the generator's core, not the server's, would be the limit.
    let load = Load::start_sharing_a_socket(PACKET_TIME)?;
    let (short, profile) = forward::relay(&load, program, calls).await?;
    let floor = forward::floor(&load, calls, profile).await?;
    let (long, _) = forward::relay(&Load::start_sharing_a_socket(LONG_PACKETS)?, program, calls).await?;
    Ok(Capacity { calls, short, long, floor })
}

impl Capacity {
    /// Of the packets of 20 ms.
    pub(super) fn limit(&self) -> Limit {
        match self {
            Self { short, .. } if short.count.skipped > 0 || short.generator >= FULL => Limit::Generator,
            Self { short, floor, .. } if short.count.lost > 0 && floor.count.lost > 0 => Limit::Machine,
            _ => Limit::Nothing,
        }
    }

    /// Milliseconds of the server's CPU that one of the calls takes in a minute.
    pub(super) fn call_minute(&self, forwarding: &Forwarding) -> f64 {
        forwarding.share * 60_000.0 / self.calls as f64
    }
}

impl Limit {
    /// For the reader of a figure.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Machine => "the machine was the limit: it loses packets of the floor too",
            Self::Generator => "the generator was the limit, not the server",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_load::legs::Count;

    fn forwarding(skipped: u64, lost: u64, generator: f64) -> Forwarding {
        let count = Count { skipped, lost, ..Count::default() };
        Forwarding { share: 0.5, total: 3_000.0, user: 1_000.0, kept_waiting: 0.0, generator, count }
    }

    #[test]
    fn a_loss_is_the_servers_only_if_neither_generator_nor_floor_explain_it() {
        let limit = |short, floor| Capacity { calls: CALLS, short, long: short, floor }.limit();
        let (whole, leaky) = (forwarding(0, 0, 0.6), forwarding(0, 7, 0.6));
        assert_eq!(limit(whole, whole), Limit::Nothing);
        assert_eq!(limit(leaky, whole), Limit::Nothing);
        assert_eq!(limit(whole, leaky), Limit::Nothing);
        assert_eq!(limit(leaky, leaky), Limit::Machine);
        assert_eq!(limit(forwarding(1, 0, 0.6), whole), Limit::Generator);
        assert_eq!(limit(forwarding(0, 0, 0.97), whole), Limit::Generator);
        assert_eq!(limit(forwarding(1, 7, 0.6), leaky), Limit::Generator);
    }

    #[test]
    fn a_call_minute_is_a_calls_share_of_the_cores_minute() {
        let half = forwarding(0, 0, 0.5);
        let capacity = Capacity { calls: 1_500, short: half, long: half, floor: half };
        // Half a core is 30 s of a minute.
        assert!((capacity.call_minute(&half) - 20.0).abs() < 1e-9);
    }
}
