//! All figures of a run, and how they are asked for: by contestant and number of calls, or as ratios.

use std::net::Ipv4Addr;

use super::Contestant;
use super::beginning::SetUp;
use super::capacity::Capacity;
use super::standing::Standing;
use crate::measure::forward::Forwarding;

/// What a run has found.
pub(super) struct Found {
    /// At which all of them were.
    pub(super) address: Ipv4Addr,
    pub(super) present: Vec<Contestant>,
    /// Not installed.
    pub(super) absent: Vec<Contestant>,
    /// The numbers of calls at which forwarding was asked for.
    pub(super) calls: Vec<usize>,
    pub(super) standings: Vec<(Round, Standing)>,
    /// The least that opening and sealing each packet takes on this machine, at so many calls.
    pub(super) floors: Vec<(usize, Forwarding)>,
    pub(super) set_ups: Vec<(Round, SetUp)>,
    pub(super) capacities: Vec<Capacity>,
    /// What went wrong at the others; at Tring it ends the run.
    pub(super) failures: Vec<String>,
}

/// Whose figure of which round, at how many calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) number: usize,
    pub(super) contestant: Contestant,
    pub(super) calls: usize,
}

impl Found {
    /// Before the first round.
    pub(super) fn nothing(address: Ipv4Addr, present: Vec<Contestant>, absent: Vec<Contestant>) -> Self {
        Self {
            address,
            present,
            absent,
            calls: Vec::new(),
            standings: Vec::new(),
            floors: Vec::new(),
            set_ups: Vec::new(),
            capacities: Vec::new(),
            failures: Vec::new(),
        }
    }
}

/// One figure of all rounds of `contestant` at so many calls.
pub(super) fn values<T>(
    found: &[(Round, T)],
    contestant: Contestant,
    calls: usize,
    figure: impl Fn(&T) -> f64,
) -> Vec<f64> {
    of(found, contestant, calls).map(|(_, figures)| figure(figures)).collect()
}

/// Tring's figure over the other's of the same round, so that both are of the same minute; nothing of a round that has
/// not both.
pub(super) fn ratios<T>(
    found: &[(Round, T)],
    other: Contestant,
    calls: usize,
    figure: impl Fn(&T) -> f64,
) -> Vec<f64> {
    of(found, Contestant::Tring, calls)
        .filter_map(|(round, ours)| {
            let (_, theirs) = of(found, other, calls).find(|(theirs, _)| theirs.number == round.number)?;
            Some(figure(ours) / figure(theirs))
        })
        .collect()
}

fn of<T>(found: &[(Round, T)], contestant: Contestant, calls: usize) -> impl Iterator<Item = &(Round, T)> {
    found.iter().filter(move |(round, _)| round.contestant == contestant && round.calls == calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(number: usize, contestant: Contestant, calls: usize, value: f64) -> (Round, f64) {
        (Round { number, contestant, calls }, value)
    }

    #[test]
    fn a_ratio_is_of_one_round_and_one_number_of_calls() {
        let found = [
            figure(1, Contestant::Tring, 100, 1.0),
            figure(1, Contestant::Janus, 100, 10.0),
            figure(1, Contestant::Janus, 50, 1_000.0),
            // Janus failed in the second round.
            figure(2, Contestant::Tring, 100, 2.0),
            figure(3, Contestant::Tring, 100, 3.0),
            figure(3, Contestant::Coturn, 100, 1_000.0),
            figure(3, Contestant::Janus, 100, 12.0),
        ];
        assert_eq!(ratios(&found, Contestant::Janus, 100, |value| *value), [0.1, 0.25]);
        assert!(ratios(&found, Contestant::Rtpengine, 100, |value| *value).is_empty());
        assert_eq!(values(&found, Contestant::Tring, 100, |value| value * 2.0), [2.0, 4.0, 6.0]);
    }
}
