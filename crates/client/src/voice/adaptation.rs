//! How much is sent and how well it is protected, from what the far end reports. Pure: reports in, a choice out.
//!
//! | seen | meaning | answer |
//! |---|---|---|
//! | round trip grows far above its least, or a fifth is lost | the road is full | fewer bits, then longer packets, no copies |
//! | loss at an even round trip | the road is bad, not full | copies if both ends can, else in-band FEC |
//! | neither, for a while | the road is good | a step back |
//!
//! Each step is taken at once in the direction of safety, and back only after [`PATIENCE`] without cause.

use super::sender::{PacketTime, Redundancy};
use tring_protocol::time::Millis;

/// Bits per second of the speech, best first. RFC 7587 §3.1.1 recommends 28 to 40 kbit/s for full-band speech, 16 to 20
/// for wide-band and 8 to 12 for narrow-band: the last step still has wide-band in libopus, and is as little as is worth
/// sending beside 58 bytes of heads in each packet.
const BITRATES: [u32; 5] = [40_000, 32_000, 24_000, 16_000, 12_000];
/// From this on copies are worth their bits, and from this on no more. WebRTC's audio network adaptor turns FEC on
/// between 3 and 5 % for the same reason: at 2 % single losses are heard by few. Both lower: bits for nothing.
const COPIES_FROM: f32 = 0.03;
const COPIES_UNTIL: f32 = 0.01;
/// The most that the encoder is told beside copies, as the relay does to browsers (`LOSS_BESIDE_COPIES`, with the
/// figures): what copies restore needs no FEC, and FEC for more takes the bits that speech is made of.
const LOSS_BESIDE_COPIES: f32 = 0.05;
/// The most that the encoder is told at all. libopus gives FEC its greatest share at about this.
const LOSS_MOST: f32 = 0.25;
/// A loss that no bad road has for long but a full one does: the TCP-friendly rate of RFC 5348 is below 32 kbit/s in
/// packets of 20 ms from about here on, at a round trip of 200 ms.
const LOSS_OF_FULL_ROAD: f32 = 0.20;
/// How much longer than its least the round trip may be before the road is full, and from where on it is good again. A
/// second hop's queue of 100 ms is heard; RFC 8836 §2 asks for queues well below that.
const QUEUE_FULL: Millis = Millis::new(150);
const QUEUE_GONE: Millis = Millis::new(60);
/// For how long there must be no cause before a step is taken back. Longer: poorer speech after a bad moment; shorter:
/// up and down on a road that is just too narrow.
const PATIENCE: Millis = Millis::seconds(8);
/// How long a step must have worked before the next in the same direction: two reports at the usual 5 s of RFC 3550 are
/// too slow for speech, WebRTC sends them every second or so.
const SETTLING: Millis = Millis::seconds(2);
/// For how long the least round trip holds. A path that became longer for good is no full road.
const LEAST_HOLDS: Millis = Millis::seconds(60);
/// How much of a lower loss one report brings; a higher one is believed at once.
const RELIEF: f32 = 0.25;

/// What an account and a connection allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdaptationSettings {
    /// Most bits per second of the speech.
    pub bitrate_max: u32,
    /// The shortest packets: an account that wants less load has longer ones.
    pub packet_time_min: PacketTime,
    /// The longest packets.
    pub packet_time_max: PacketTime,
    /// Whether redundant audio was agreed on.
    pub red: bool,
}

impl Default for AdaptationSettings {
    fn default() -> Self {
        Self {
            bitrate_max: 32_000,
            packet_time_min: PacketTime::Ms20,
            packet_time_max: PacketTime::Ms60,
            red: false,
        }
    }
}

/// What the far end reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Share of the packets that it did not get since its last report, 0 to 1.
    pub loss: f32,
    /// There and back, if it could be measured.
    pub round_trip: Option<Millis>,
}

/// How to send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Bits per second of the speech, without copies.
    pub bitrate: u32,
    /// What the encoder is told that the network loses, 0 to 1.
    pub expected_loss: f32,
    /// How much speech a packet holds.
    pub packet_time: PacketTime,
    /// Whether copies are sent.
    pub redundancy: Redundancy,
}

/// Follows one road.
#[derive(Debug, Clone)]
pub struct Adaptation {
    settings: AdaptationSettings,
    /// 0 to 1, up at once and down slowly.
    loss: f32,
    least_trip: Option<(Millis, Millis)>,
    /// Steps down from the best: first bits, then packet times.
    steps: usize,
    copies: bool,
    /// When the last step was taken, and when there was cause last.
    stepped: Option<Millis>,
    troubled: Millis,
    lossy: Millis,
}

impl Adaptation {
    /// A road of which nothing is known.
    #[must_use]
    pub fn new(settings: AdaptationSettings) -> Self {
        Self {
            settings,
            loss: 0.0,
            least_trip: None,
            steps: 0,
            copies: false,
            stepped: None,
            troubled: Millis::default(),
            lossy: Millis::default(),
        }
    }

    /// Takes a report that came at `now`.
    pub fn report(&mut self, now: Millis, heard: Heard) -> Choice {
        let loss = if heard.loss.is_finite() { heard.loss.clamp(0.0, 1.0) } else { 0.0 };
        self.loss = if loss > self.loss { loss } else { self.loss + RELIEF * (loss - self.loss) };
        let queue = heard.round_trip.map_or(Millis::default(), |trip| self.queue(now, trip));
        let is_full = queue >= QUEUE_FULL || self.loss >= LOSS_OF_FULL_ROAD;
        let is_free = queue <= QUEUE_GONE && self.loss < LOSS_OF_FULL_ROAD / 2.0;
        if !is_free {
            self.troubled = now;
        }
        let has_settled = |since: Millis| self.stepped.is_none_or(|stepped| now - stepped >= since);
        if is_full && has_settled(SETTLING) && self.steps < self.most_steps() {
            self.steps += 1;
            self.stepped = Some(now);
        } else if self.steps > 0 && now - self.troubled >= PATIENCE && has_settled(PATIENCE) {
            self.steps -= 1;
            self.stepped = Some(now);
        }
        if self.loss >= COPIES_FROM {
            self.copies = true;
            self.lossy = now;
        } else if self.loss >= COPIES_UNTIL {
            self.lossy = now;
        } else if now - self.lossy >= PATIENCE {
            self.copies = false;
        }
        self.choice()
    }

    /// How to send now.
    #[must_use]
    pub fn choice(&self) -> Choice {
        let rates = self.rates();
        let rate = self.steps.min(rates.len() - 1);
        let times = self.packet_times();
        let time = (self.steps - rate).min(times.len() - 1);
        // A full road gets emptier by what is left out, not by sending everything twice.
        let redundancy = if self.settings.red && self.copies && self.steps <= 1 {
            Redundancy::OneCopy
        } else {
            Redundancy::None
        };
        let expected = match redundancy {
            Redundancy::OneCopy => LOSS_BESIDE_COPIES,
            Redundancy::None => LOSS_MOST,
        };
        Choice {
            bitrate: rates
                .first()
                .map_or(self.settings.bitrate_max, |_| rates[rate].min(self.settings.bitrate_max)),
            expected_loss: self.loss.min(expected),
            packet_time: times[time],
            redundancy,
        }
    }

    /// The steps of bits that the settings allow, best first: never none.
    fn rates(&self) -> &'static [u32] {
        let most = self.settings.bitrate_max;
        let from = BITRATES.iter().position(|rate| *rate <= most).unwrap_or(BITRATES.len() - 1);
        &BITRATES[from..]
    }

    fn packet_times(&self) -> &'static [PacketTime] {
        let (min, max) = (self.settings.packet_time_min, self.settings.packet_time_max);
        let at = |time: PacketTime| PacketTime::ALL.iter().position(|one| *one == time).unwrap_or(0);
        &PacketTime::ALL[at(min)..=at(max.max(min))]
    }

    fn most_steps(&self) -> usize {
        self.rates().len() - 1 + self.packet_times().len() - 1
    }

    /// How much longer the way there and back takes than it has to.
    fn queue(&mut self, now: Millis, trip: Millis) -> Millis {
        let (least, _) = match self.least_trip {
            Some((least, since)) if trip > least && now - since < LEAST_HOLDS => (least, since),
            _ => (trip, now),
        };
        if self.least_trip.is_none_or(|(before, _)| before != least) || trip == least {
            self.least_trip = Some((least, now));
        }
        trip - least
    }
}

#[cfg(test)]
mod tests;
