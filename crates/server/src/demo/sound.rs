//! How a device sounds in one call of the demo: its network on most days, its bad moments, and the way its audio takes.

use rand::RngExt;
use rand::rngs::StdRng;
use std::ops::Range;
use tring_protocol::call::LegQuality;
use tring_protocol::http::calls::QualitySample;
use tring_protocol::limits;
use tring_protocol::mos::opinion_score;
use tring_protocol::signal::{MediaPath, Platform};
use tring_protocol::time::{Millis, Timestamp};

use super::people::{Device, Network};

/// Audio packets of a second: one for 20 ms of speech.
const PACKETS_A_SECOND: u64 = 50;

/// What a jitter buffer and a far end's delay add to half a round trip, in milliseconds.
const DELAY_OF_ENDS: f32 = 60.0;

/// A leg's time in a talk that began at some moment: milliseconds from there, and those in which it was on hold.
#[derive(Debug, Clone)]
pub(super) struct Spell {
    pub(super) leg: u8,
    pub(super) time: Range<u64>,
    pub(super) on_hold: Range<u64>,
}

/// Samples a leg for its time in a talk, and sums it up.
pub(super) fn of(
    random: &mut StdRng,
    device: &Device,
    spell: &Spell,
    began: Timestamp,
) -> (Vec<QualitySample>, LegQuality) {
    let usual = Usual::of(device, random);
    let Spell { leg, time, on_hold } = spell;
    // A stretch in which the network is at its limit.
    let bad = random.random_bool(usual.bad_moments).then(|| {
        let from = random.random_range(time.clone());
        from..from + random.random_range(8_000..40_000)
    });
    let (mut samples, mut whole) = (Vec::new(), Mean::default());
    let mut end = time.start;
    while end < time.end {
        let fine = end - time.start < limits::QUALITY_FINE_FOR.get();
        let stretch = if fine { limits::QUALITY_SAMPLE } else { limits::QUALITY_SAMPLE_LATE }.get();
        let stretch = stretch.min(time.end - end);
        end += stretch;
        if on_hold.contains(&end) || on_hold.contains(&(end - stretch)) {
            continue;
        }
        let is_bad = bad.as_ref().is_some_and(|bad| bad.contains(&end));
        let sample = QualitySample {
            leg: *leg,
            at: began + Millis::new(end),
            ..usual.sample(random, stretch, is_bad)
        };
        whole.add(&sample);
        // The relay tells no sample of the piece that is left when a call ends.
        if end < time.end {
            samples.push(sample);
        }
    }
    (samples, LegQuality { path: Some(usual.path), ..whole.quality() })
}

/// How a device's network mostly is during one call.
#[derive(Debug, Clone, Copy)]
struct Usual {
    rtt: f32,
    jitter: f32,
    loss: f32,
    bad_moments: f64,
    path: MediaPath,
    /// Whether the device says how much of what it plays is made up.
    reports: bool,
}

impl Usual {
    fn of(device: &Device, random: &mut StdRng) -> Self {
        let (rtt, jitter, loss, bad_moments, blocked) = match device.network {
            Network::Wired => (12.0, 0.6, 0.000_1, 0.01, 0.02),
            Network::Wifi => (28.0, 3.0, 0.001, 0.08, 0.05),
            Network::Lte => (55.0, 6.0, 0.004, 0.12, 0.01),
            Network::Edge => (190.0, 22.0, 0.022, 0.55, 0.01),
        };
        let spread = random.random_range(0.7..1.6);
        // Guests' and offices' networks that let no UDP through; some of them nothing but the web.
        let path = match random.random_bool(blocked) {
            false => MediaPath::Udp,
            true if random.random_bool(0.3) => MediaPath::TurnTls,
            true => MediaPath::Tcp,
        };
        // What is lost comes again, later.
        let (late, left) = if path == MediaPath::Udp { (1.0, 1.0) } else { (1.8, 0.0) };
        Self {
            rtt: rtt * spread * late,
            jitter: jitter * spread * late,
            loss: loss * spread * left,
            bad_moments,
            path,
            reports: device.platform != Platform::Native,
        }
    }

    fn sample(self, random: &mut StdRng, millis: u64, is_bad: bool) -> QualitySample {
        let worse = if is_bad { random.random_range(1.8..3.5) } else { random.random_range(0.8..1.25) };
        let rtt = self.rtt * worse;
        let burst = if is_bad && self.path == MediaPath::Udp { random.random_range(0.03..0.14) } else { 0.0 };
        let sent = u32::try_from(millis * PACKETS_A_SECOND / 1_000).unwrap_or(u32::MAX);
        let lost = (sent as f32 * (self.loss * worse + burst) + random.random_range(0.0..0.5)).floor() as u32;
        let lost = lost.min(sent);
        let loss = lost as f32 / sent.max(1) as f32;
        // Redundancy repairs most of what is lost one by one, and less of what is lost in bursts.
        let concealed = self.reports.then(|| loss * random.random_range(0.25..0.55));
        QualitySample {
            leg: 0,
            at: Timestamp::default(),
            packets: sent - lost,
            lost,
            jitter: self.jitter * worse,
            rtt: Some(rtt),
            mos: (sent > 0).then(|| opinion_score(rtt / 2.0 + DELAY_OF_ENDS, concealed.unwrap_or(loss))),
            concealed,
        }
    }
}

/// The figures of a leg over its whole time.
#[derive(Debug, Default)]
struct Mean {
    packets: u32,
    lost: u32,
    samples: f32,
    jitter: f32,
    rtt: f32,
    mos: (f32, f32),
    concealed: (f32, f32),
}

impl Mean {
    fn add(&mut self, sample: &QualitySample) {
        self.packets += sample.packets;
        self.lost += sample.lost;
        self.samples += 1.0;
        self.jitter += sample.jitter;
        self.rtt += sample.rtt.unwrap_or(0.0);
        for (sum, value) in [(&mut self.mos, sample.mos), (&mut self.concealed, sample.concealed)] {
            if let Some(value) = value {
                *sum = (sum.0 + value, sum.1 + 1.0);
            }
        }
    }

    fn quality(&self) -> LegQuality {
        let mean = |(sum, count): (f32, f32)| (count > 0.0).then(|| sum / count);
        LegQuality {
            packets: self.packets,
            lost: self.lost,
            jitter: mean((self.jitter, self.samples)).unwrap_or(0.0),
            rtt: mean((self.rtt, self.samples)),
            mos: mean(self.mos),
            concealed: mean(self.concealed),
            ..LegQuality::default()
        }
    }
}
