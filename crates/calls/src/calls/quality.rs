//! How a leg sounds: the relay's windows, added up over the whole call for its record, and stretch by stretch for
//! whoever asks when it became bad.
//!
//! Stretches are short while a call is young and longer later, so a call of hours takes hundreds of rows and not
//! thousands. Adding a window costs a few additions; nothing here happens per packet.

use tring_protocol::call::{CallEventKind, LegQuality};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::limits::{QUALITY_FINE_FOR, QUALITY_SAMPLE, QUALITY_SAMPLE_LATE, QUALITY_SAMPLES_MAX};
use tring_protocol::signal::{LegReport, MediaPath};
use tring_protocol::time::Timestamp;

use super::call::Call;
use super::{Effect, Effects};

/// What is known of one leg.
#[derive(Debug, Default)]
pub(super) struct Quality {
    whole: Mean,
    stretch: Mean,
    /// When the stretch began; `None` until the leg takes part.
    began: Option<Timestamp>,
    samples: u32,
    /// By what the device's audio travelled last, and how often that changed.
    path: Option<MediaPath>,
    path_changes: u32,
}

/// Windows, added up; means are weighted by the packets of their window.
#[derive(Debug, Default)]
struct Mean {
    packets: u32,
    lost: u32,
    jitter: f64,
    rtt: (f64, f64),
    mos: (f64, f64),
    reports: Reports,
}

/// A device's reports, added up; each is of a second.
#[derive(Debug, Default)]
struct Reports {
    concealed: (f64, f64),
    rtt: (f64, f64),
    mos: (f64, f64),
}

impl Call {
    /// A window of a leg has come. Only the legs that talk are sampled: what rang elsewhere is of no interest.
    pub(super) fn sounds(&mut self, now: Timestamp, index: u8, window: LegQuality, out: &mut Effects) {
        self.judge_networks(now, index, window, out);
        let answered_at = self.answered_at.filter(|_| self.other(index).is_some());
        let media = &mut self.leg_mut(index).media;
        media.rtt = window.rtt.or(media.rtt);
        let quality = &mut media.quality;
        quality.whole.add(window);
        let Some(answered_at) = answered_at else { return };
        quality.stretch.add(window);
        if quality.is_due(now, answered_at) {
            self.sample(now, index, out);
        }
    }

    /// Writes down how each leg sounded, once, before the call ends.
    pub(super) fn log_quality(&mut self, now: Timestamp, out: &mut Effects) {
        let totals: Vec<_> =
            (0..).zip(&self.legs).filter_map(|(leg, it)| Some((leg, it.media.quality.total()?))).collect();
        for (leg, quality) in totals {
            self.log(now, CallEventKind::Quality { leg, quality }, out);
        }
    }

    /// The stretches that the end of the call has cut short.
    pub(super) fn last_samples(&mut self, now: Timestamp, out: &mut Effects) {
        for index in (0..).take(self.legs.len()) {
            if self.leg(index).media.quality.stretch.total().is_some() {
                self.sample(now, index, out);
            }
        }
    }

    fn sample(&mut self, now: Timestamp, leg: u8, out: &mut Effects) {
        let quality = &mut self.leg_mut(leg).media.quality;
        let LegQuality { packets, lost, jitter, rtt, mos, concealed, .. } =
            std::mem::take(&mut quality.stretch).figures();
        if quality.samples < QUALITY_SAMPLES_MAX {
            quality.samples += 1;
            let sample = QualitySample { leg, at: now, packets, lost, jitter, rtt, mos, concealed };
            out.push(Effect::Sample(self.id, sample));
        }
    }
}

impl Quality {
    /// The device heard the other side for a second as `report` says, which sounded like `mos`.
    pub(super) fn report(&mut self, report: &LegReport, mos: f32) {
        self.whole.reports.add(report, mos);
        self.stretch.reports.add(report, mos);
        if let Some(path) = report.path {
            self.path_changes += u32::from(self.path.is_some_and(|before| before != path));
            self.path = Some(path);
        }
    }

    /// The connection goes on from another address.
    pub(super) fn moved(&mut self) {
        self.path_changes = self.path_changes.saturating_add(1);
    }

    fn total(&self) -> Option<LegQuality> {
        let total = self.whole.total()?;
        Some(LegQuality { path: self.path, path_changes: self.path_changes, ..total })
    }

    /// Whether the stretch is as long as it is to be; the next one then begins. They follow each other at even
    /// distances although windows come when they come, unless there was a gap.
    fn is_due(&mut self, now: Timestamp, answered_at: Timestamp) -> bool {
        let began = *self.began.get_or_insert(answered_at);
        let is_young = began.since(answered_at) < QUALITY_FINE_FOR;
        let length = if is_young { QUALITY_SAMPLE } else { QUALITY_SAMPLE_LATE };
        if now.since(began) < length {
            return false;
        }
        let next = began + length;
        self.began = Some(if now.since(next) < length { next } else { now });
        true
    }
}

impl Mean {
    fn add(&mut self, window: LegQuality) {
        let weight = f64::from(window.packets);
        self.packets = self.packets.saturating_add(window.packets);
        self.lost = self.lost.saturating_add(window.lost);
        self.jitter += weight * f64::from(window.jitter);
        for (sum, value) in [(&mut self.rtt, window.rtt), (&mut self.mos, window.mos)] {
            if let Some(value) = value {
                *sum = (sum.0 + weight * f64::from(value), sum.1 + weight);
            }
        }
    }

    /// `None` if there was no audio.
    fn total(&self) -> Option<LegQuality> {
        (self.packets > 0 || self.lost > 0).then(|| self.figures())
    }

    fn figures(&self) -> LegQuality {
        LegQuality {
            packets: self.packets,
            lost: self.lost,
            jitter: mean((self.jitter, f64::from(self.packets))).unwrap_or_default(),
            rtt: mean(self.rtt).or(mean(self.reports.rtt)),
            // What a person heard says more than what may have been heard of them.
            mos: mean(self.reports.mos).or(mean(self.mos)),
            concealed: mean(self.reports.concealed),
            ..LegQuality::default()
        }
    }
}

impl Reports {
    fn add(&mut self, report: &LegReport, mos: f32) {
        let rtt = report.rtt.map(|rtt| (&mut self.rtt, rtt));
        let known = [(&mut self.concealed, report.concealed), (&mut self.mos, mos)];
        for (sum, value) in known.into_iter().chain(rtt) {
            *sum = (sum.0 + f64::from(value), sum.1 + 1.0);
        }
    }
}

/// Of a sum and its weight.
fn mean((sum, weight): (f64, f64)) -> Option<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "a mean of f32 values fits one")]
    let mean = (weight > 0.0).then(|| (sum / weight) as f32);
    mean
}
