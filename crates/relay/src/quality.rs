//! How good a leg sounds, from what passes: loss, jitter, round trip and an estimate of the opinion score.
//!
//! The relay hears the way from the leg to itself and reads what the leg's own reports say about the whole way
//! to its ear. Folding over time and thresholds are for `calls`.

use std::time::{Duration, Instant};
use tring_protocol::signal::MediaPath;

/// One second of one leg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityReport {
    /// Audio packets that arrived from the leg in this second.
    pub received: u32,
    /// Audio packets that should have arrived from the leg in this second and did not.
    pub lost: u32,
    /// Interarrival jitter of what arrives from the leg, in milliseconds (RFC 3550 §6.4.1).
    pub jitter_ms: f32,
    /// Round trip between relay and leg, in milliseconds; `None` until the leg has answered a sender report.
    pub round_trip_ms: Option<f32>,
    /// Share of the packets sent by the other leg that did not reach this one, 0 to 1, as this leg reports it;
    /// `None` while it does not.
    pub heard_loss: Option<f32>,
    /// Estimated mean opinion score of what the other side hears of this leg, 1 to 4.5, see [`opinion_score`].
    pub opinion_score: f32,
    /// By what the leg is reached; `None` while it is not, between the end of one way and the next.
    pub path: Option<MediaPath>,
}

pub use tring_protocol::mos::opinion_score;

/// Counts what arrives from one leg (RFC 3550 appendix A.3 and A.8).
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    ssrc: u32,
    highest: u64,
    expected_before: u64,
    received: u64,
    received_before: u64,
    started: bool,
    transit: u32,
    /// In RTP ticks, sixteen-fold.
    jitter: u32,
    round_trip: Option<Duration>,
    /// The worst report of this second.
    heard_loss: Option<u8>,
    /// The newest, until it is taken.
    reported_loss: Option<u8>,
    passed: [Option<PassedReport>; 4],
    next_passed: u8,
}

/// A sender report that went out to the leg, by the middle of its NTP time.
#[derive(Debug, Clone, Copy)]
struct PassedReport {
    middle: u32,
    at: Instant,
}

impl Meter {
    /// Counts an authentic packet. `index` is its extended sequence number, `arrival` a 48 kHz clock.
    pub(crate) fn count(&mut self, ssrc: u32, index: u64, timestamp: u32, arrival: u32) {
        if !self.started || ssrc != self.ssrc {
            self.ssrc = ssrc;
            self.highest = index;
            self.expected_before = index;
            self.received = 0;
            self.received_before = 0;
            self.started = true;
            self.transit = arrival.wrapping_sub(timestamp);
        }
        self.received += 1;
        self.highest = self.highest.max(index);
        let transit = arrival.wrapping_sub(timestamp);
        let difference = (transit.wrapping_sub(self.transit) as i32).unsigned_abs().min(48_000);
        self.transit = transit;
        self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
    }

    /// Notes that a sender report with this NTP time went out to the leg.
    pub(crate) fn report_passed(&mut self, ntp: u64, now: Instant) {
        let slot = usize::from(self.next_passed) % self.passed.len();
        self.passed[slot] = Some(PassedReport { middle: (ntp >> 16) as u32, at: now });
        self.next_passed = self.next_passed.wrapping_add(1);
    }

    /// Reads a report block of the leg: share lost in 1/256, and which sender report it answers.
    pub(crate) fn report_heard(&mut self, fraction_lost: u8, last_report: u32, delay: u32, now: Instant) {
        self.heard_loss = self.heard_loss.max(Some(fraction_lost));
        self.reported_loss = Some(fraction_lost);
        let Some(passed) = self.passed.iter().flatten().find(|passed| passed.middle == last_report) else {
            return;
        };
        let held = Duration::from_secs_f64(f64::from(delay) / 65_536.0);
        self.round_trip = now.saturating_duration_since(passed.at).checked_sub(held).or(self.round_trip);
    }

    /// What the leg lost by its newest report, in 1/256; `None` if that was taken before.
    pub(crate) fn take_reported_loss(&mut self) -> Option<u8> {
        self.reported_loss.take()
    }

    /// How long the way to the leg and back took when last heard.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Closes a second, in which the leg was reached by `path`; `None` if nothing ever arrived.
    pub(crate) fn fold(&mut self, path: Option<MediaPath>) -> Option<QualityReport> {
        if !self.started {
            return None;
        }
        let expected = self.highest + 1 - self.expected_before.min(self.highest + 1);
        self.expected_before = self.highest + 1;
        let received = self.received - self.received_before;
        self.received_before = self.received;
        let lost = expected.saturating_sub(received);
        let loss = if expected == 0 { 0.0 } else { lost as f32 / expected as f32 };
        let jitter_ms = self.jitter as f32 / 16.0 / 48.0;
        let round_trip_ms = self.round_trip.map(|time| time.as_secs_f32() * 1_000.0);
        // Mouth to ear: half the round trip, one packet of 20 ms, and a jitter buffer of twice the jitter.
        let delay = round_trip_ms.unwrap_or(0.0) / 2.0 + 20.0 + 2.0 * jitter_ms;
        Some(QualityReport {
            received: u32::try_from(received).unwrap_or(u32::MAX),
            lost: u32::try_from(lost).unwrap_or(u32::MAX),
            jitter_ms,
            round_trip_ms,
            heard_loss: self.heard_loss.take().map(|lost| f32::from(lost) / 256.0),
            opinion_score: opinion_score(delay, loss),
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_counts_what_is_missing_once() {
        let mut meter = Meter::default();
        assert_eq!(meter.fold(None), None);
        for n in (0..50).filter(|n| n % 10 != 3) {
            meter.count(7, 1_000 + n, 960 * n as u32, 960 * n as u32);
        }
        let report = meter.fold(None).unwrap();
        assert_eq!((report.received, report.lost), (45, 5));
        assert!(report.jitter_ms < 0.01);
        let report = meter.fold(None).unwrap();
        assert_eq!((report.received, report.lost), (0, 0));
    }

    #[test]
    fn jitter_is_that_of_rfc_3550() {
        let mut meter = Meter::default();
        for n in 0..500_u32 {
            let late = if n % 2 == 0 { 480 } else { 0 };
            meter.count(7, u64::from(n), 960 * n, 960 * n + late);
        }
        // Every packet is 10 ms earlier or later than the one before it.
        let jitter = meter.fold(None).unwrap().jitter_ms;
        assert!((9.0..10.5).contains(&jitter), "{jitter}");
    }

    #[test]
    fn the_round_trip_is_what_the_report_did_not_lie_at_the_leg() {
        let now = crate::testing::now();
        let mut meter = Meter::default();
        meter.count(7, 1, 0, 0);
        meter.report_passed(0x0000_1111_2222_3333, now);
        meter.report_heard(64, 0x1111_2222, 65_536 / 2, now + Duration::from_millis(580));
        let report = meter.fold(None).unwrap();
        let round_trip = report.round_trip_ms.unwrap();
        assert!((79.0..81.0).contains(&round_trip), "{round_trip}");
        assert_eq!(report.heard_loss, Some(0.25));
        assert_eq!(meter.fold(None).unwrap().heard_loss, None, "a report counts once");
    }

    #[test]
    fn the_score_falls_with_loss_and_delay() {
        assert!(opinion_score(20.0, 0.0) > 4.3);
        assert!((3.0..4.0).contains(&opinion_score(20.0, 0.03)));
        assert!(opinion_score(20.0, 0.20) < 2.0);
        assert!(opinion_score(400.0, 0.0) < 3.7);
        assert!(opinion_score(f32::MAX, 1.0) >= 1.0);
    }
}
