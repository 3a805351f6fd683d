//! How the last second of a call sounded, and whether this device's network spoils it. Twin of the web SDK's `report.ts` and
//! `quality.ts`.
//!
//! Of what two people miss of each other a device cannot tell on whose way it was lost: the other's up to the relay, or its
//! own down from it. The server, where both ways meet, can, and says so
//! ([`ShownCall::poor_network`](crate::signalling::ShownCall::poor_network)). What a device knows by itself is a long way to
//! the relay, and a time without even the relay's signs of life; both are its own without doubt.

use std::time::{Duration, Instant};

use tring_protocol::mos::opinion_score;
use tring_protocol::signal::{LegReport, MediaPath};

use crate::peer::Figures;
use crate::signalling::PoorNetwork;
use crate::voice::ReceiveStatistics;

/// A packet of audio holds this many milliseconds, which the speaker's microphone needs to fill it.
const PACKET: f32 = 20.0;
/// Round trip to the relay above which two people begin to talk into each other.
const POOR_ROUND_TRIP: Duration = Duration::from_millis(500);
/// A time without a byte from the relay, which sends at least every 100 ms, above which my own way is uneven.
const POOR_GAP: Duration = Duration::from_millis(400);
/// Length of one judgement. Higher: later hints; lower: hints for a single gap.
const WINDOW: Duration = Duration::from_secs(3);
/// Judgements in a row until the hint comes, and until it goes: it should come late and not flicker.
const COMES_AFTER: u32 = 2;
const GOES_AFTER: u32 = 3;

/// How the last second of a call sounded here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallQuality {
    /// Estimated opinion of a listener, 1 to 4.5 (ITU-T G.107).
    pub mos: f32,
    /// Share of the packets that did not arrive, 0 to 1.
    pub lost: f32,
    /// Interarrival jitter in milliseconds.
    pub jitter: f32,
    /// To the relay and back in milliseconds, once it was measured.
    pub rtt: Option<f32>,
    /// Share of what was played that was made up, 0 to 1.
    pub concealed: f32,
    /// By what the audio travels.
    pub path: Option<MediaPath>,
    /// Whose network spoils it. The engine says no more than whether this device's does; of a call of the driver it is what
    /// the server says, unless it is this device's anyway.
    pub poor_network: PoorNetwork,
}

impl CallQuality {
    /// A report in the app's terms. What redundancy and the decoder made good is not missing for the ear.
    pub(super) fn of(report: &LegReport, poor_network: PoorNetwork) -> Self {
        let delay = report.rtt.unwrap_or(0.0) / 2.0 + PACKET + report.playout_delay;
        Self {
            mos: opinion_score(delay, report.concealed),
            lost: report.lost,
            jitter: report.jitter,
            rtt: report.rtt,
            concealed: report.concealed,
            path: report.path,
            poor_network,
        }
    }

    /// A second in which nothing came although the relay sends all the time.
    pub(super) const fn dead() -> Self {
        Self {
            mos: 1.0,
            lost: 1.0,
            jitter: 0.0,
            rtt: None,
            concealed: 1.0,
            path: None,
            poor_network: PoorNetwork::Mine,
        }
    }
}

/// What is known at one moment.
#[derive(Debug)]
pub(super) struct Counters {
    pub(super) heard: ReceiveStatistics,
    pub(super) connection: Figures,
}

/// What happened between two looks; nothing if nothing was sent, as on hold.
pub(super) fn leg_report(before: &Counters, after: &Counters) -> Option<LegReport> {
    let (was, is) = (&before.heard, &after.heard);
    let received = is.packets_received.saturating_sub(was.packets_received);
    if received == 0 && is.packets_lost <= was.packets_lost {
        return None;
    }
    Some(LegReport {
        lost: is.lost_since(was),
        concealed: is.concealed_since(was),
        playout_delay: is.waited_since(was),
        jitter: is.jitter,
        rtt: after.connection.round_trip.map(|trip| trip.as_secs_f32() * 1_000.0),
        path: after.connection.path,
    })
}

/// Judges, second by second, whether this device's network is poor.
#[derive(Debug, Default)]
pub(super) struct Judge {
    since: Option<Instant>,
    longest_gap: Duration,
    shown: PoorNetwork,
    verdict: PoorNetwork,
    in_a_row: u32,
}

impl Judge {
    /// Takes the round trip to the relay as it is at `now`, and the longest time without a byte from it since the last
    /// second; returns the hint to show from now on, which is never [`PoorNetwork::Theirs`].
    pub(super) fn judge(&mut self, now: Instant, round_trip: Option<Duration>, gap: Duration) -> PoorNetwork {
        self.longest_gap = self.longest_gap.max(gap);
        if now.saturating_duration_since(*self.since.get_or_insert(now)) >= WINDOW {
            let is_far = round_trip.is_some_and(|trip| trip >= POOR_ROUND_TRIP);
            let is_poor = is_far || self.longest_gap >= POOR_GAP;
            self.settle(if is_poor { PoorNetwork::Mine } else { PoorNetwork::None });
            self.since = Some(now);
            self.longest_gap = Duration::ZERO;
        }
        self.shown
    }

    fn settle(&mut self, verdict: PoorNetwork) {
        self.in_a_row = if verdict == self.verdict { self.in_a_row + 1 } else { 1 };
        self.verdict = verdict;
        let enough = if verdict == PoorNetwork::None { GOES_AFTER } else { COMES_AFTER };
        if self.in_a_row >= enough {
            self.shown = verdict;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::tests::beginning;

    fn counters(received: u64, lost: u64) -> Counters {
        let heard = ReceiveStatistics {
            packets_received: received,
            packets_lost: lost,
            samples_played: received * 960,
            ..ReceiveStatistics::default()
        };
        Counters { heard, connection: Figures::default() }
    }

    #[test]
    fn a_second_in_which_nothing_was_sent_is_not_reported() {
        assert_eq!(leg_report(&counters(50, 1), &counters(50, 1)), None);
    }

    #[test]
    fn a_report_says_what_happened_since_the_last_one() {
        let mut after = counters(140, 10);
        after.heard.jitter = 3.0;
        after.connection.round_trip = Some(Duration::from_millis(40));
        let report = leg_report(&counters(50, 0), &after).unwrap();
        assert!((report.lost - 0.1).abs() < 1e-6, "{report:?}");
        assert_eq!((report.jitter, report.rtt), (3.0, Some(40.0)));
        assert!(CallQuality::of(&report, PoorNetwork::None).mos > CallQuality::dead().mos);
    }

    #[test]
    fn a_hint_comes_after_two_bad_judgements_and_goes_after_three_good_ones() {
        let mut judge = Judge::default();
        let mut now = beginning();
        let mut shown = Vec::new();
        for second in 0..24 {
            now += Duration::from_secs(1);
            let round_trip = Duration::from_millis(if second < 9 { 500 } else { 40 });
            shown.push(judge.judge(now, Some(round_trip), Duration::ZERO));
        }
        let is_mine = |hint: &PoorNetwork| *hint == PoorNetwork::Mine;
        let (from, until) = (shown.iter().position(is_mine), shown.iter().rposition(is_mine));
        // Judged in the seconds 3, 6, 9, and so on.
        assert_eq!((from, until), (Some(6), Some(14)), "{shown:?}");
    }

    #[test]
    fn gaps_without_signs_of_life_are_ones_own_network() {
        let mut judge = Judge::default();
        let mut now = beginning();
        let mut shown = PoorNetwork::None;
        for second in 0..8 {
            now += Duration::from_secs(1);
            let gap = if second % 3 == 1 { POOR_GAP } else { Duration::ZERO };
            shown = judge.judge(now, None, gap);
        }
        assert_eq!(shown, PoorNetwork::Mine);
    }
}
