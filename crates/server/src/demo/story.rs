//! One call of the demo, told as the events that a server writes of such a call, and as the samples of how it sounded.
//!
//! The record is not made here: it is folded from these events, as that of every call.

use rand::RngExt;
use rand::rngs::StdRng;
use tring_protocol::call::{CallEvent, CallEventKind, LegQuality};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::{AccountId, CallId};
use tring_protocol::limits;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;
use tring_protocol::text::Context;
use tring_protocol::time::{Millis, Timestamp};
use tring_relay::quality::opinion_score;

use super::people::{Device, Network, Person};

/// Audio packets of a second: one for 20 ms of speech.
const PACKETS_A_SECOND: u64 = 50;

/// Who takes part in a call, and about what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cast<'a> {
    pub(super) account: &'a AccountId,
    pub(super) caller: &'a Person,
    pub(super) callee: &'a Person,
    pub(super) context: &'a str,
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Story {
    pub(super) events: Vec<CallEvent>,
    pub(super) samples: Vec<(CallId, QualitySample)>,
}

/// Tells a call that was placed `at` and ended for `reason`.
pub(super) fn tell(random: &mut StdRng, cast: Cast<'_>, at: Timestamp, reason: EndReason) -> Story {
    let call = CallId::new(at, random.random());
    let mut teller = Teller { random, cast, call, now: at, story: Story::default() };
    teller.tell(reason);
    teller.story
}

struct Teller<'a> {
    random: &'a mut StdRng,
    cast: Cast<'a>,
    call: CallId,
    now: Timestamp,
    story: Story,
}

impl Teller<'_> {
    fn tell(&mut self, reason: EndReason) {
        self.place();
        match reason {
            EndReason::Unreachable | EndReason::Busy => {
                self.wait(40, 200);
                self.end(reason, None);
            }
            EndReason::NotificationsDisabled => {
                self.offer();
                self.wait(300, 900);
                self.end(reason, Some(Role::Callee));
            }
            EndReason::RingTimeout => {
                self.ring();
                self.now = self.placed_at() + limits::RING_TIMEOUT;
                self.end(reason, None);
            }
            EndReason::Caller => {
                self.ring();
                self.wait(2_000, 22_000);
                self.end(reason, Some(Role::Caller));
            }
            EndReason::CallerLost => {
                self.ring();
                self.wait(1_000, 6_000);
                self.log(CallEventKind::Away { leg: 0 });
                self.now = self.now + limits::PAGE_RETURN;
                self.end(reason, Some(Role::Caller));
            }
            EndReason::User | EndReason::MicrophoneDenied | EndReason::LoggedOut => {
                self.ring();
                self.wait(1_500, 14_000);
                self.end(reason, Some(Role::Callee));
            }
            EndReason::Internal => {
                self.ring();
                self.wait(500, 5_000);
                self.end(reason, None);
            }
            EndReason::ConnectTimeout => {
                let winner = self.answer();
                self.wait(200, 600);
                let keyed = if self.random.random_bool(0.7) { 0 } else { winner };
                self.log(CallEventKind::Keyed { leg: keyed });
                self.now = self.now + limits::CONNECT_TIMEOUT;
                self.end(reason, None);
            }
            EndReason::Hangup
            | EndReason::MaxDuration
            | EndReason::BalanceExhausted
            | EndReason::EndedByServer
            | EndReason::ConnectionLost
            | EndReason::NodeLost => self.talk(reason),
        }
    }

    fn talk(&mut self, reason: EndReason) {
        let winner = self.answer();
        self.connect(winner);
        let length = match reason {
            EndReason::MaxDuration => limits::CALL_DURATION_MAX.get(),
            // Many are short, few are long.
            _ => {
                let share: f64 = self.random.random();
                8_000 + (share * share * share * 420_000.0) as u64
            }
        };
        let began = self.now;
        let sound = [self.sound(0, began, length), self.sound(winner, began, length)];
        self.incidents(winner, length);
        self.now = began + Millis::new(length);
        if reason == EndReason::ConnectionLost {
            let lost = if self.random.random_bool(0.5) { 0 } else { winner };
            self.log(CallEventKind::Away { leg: lost });
            self.log(CallEventKind::MediaFailed { leg: lost });
            self.now = self.now + limits::MEDIA_LOST;
        }
        for (leg, quality) in [0, winner].into_iter().zip(sound) {
            self.log(CallEventKind::Quality { leg, quality });
        }
        let by = match reason {
            EndReason::Hangup if self.random.random_bool(0.55) => Some(Role::Caller),
            EndReason::Hangup => Some(Role::Callee),
            _ => None,
        };
        self.end(reason, by);
    }

    /// What may happen to a call that goes on: a lift, a reloaded page, a walk out of the Wi-Fi.
    fn incidents(&mut self, winner: u8, length: u64) {
        if length < 30_000 {
            return;
        }
        self.now = self.now + Millis::new(self.random.random_range(5_000..length / 3));
        let leg = if self.random.random_bool(0.5) { 0 } else { winner };
        match self.random.random_range(0..100) {
            0..5 => {
                self.log(CallEventKind::Away { leg });
                self.wait(700, 6_000);
                self.log(CallEventKind::Back { leg });
            }
            5..8 => {
                // A page that is loaded again builds its audio path anew.
                self.log(CallEventKind::Away { leg });
                self.wait(500, 2_500);
                self.log(CallEventKind::Back { leg });
                self.wait(150, 500);
                self.log(CallEventKind::Keyed { leg });
            }
            8..14 => self.log(CallEventKind::Moved { leg }),
            _ => {}
        }
    }

    fn place(&mut self) {
        let Device { id, platform, details, .. } = self.cast.caller.devices[0].clone();
        self.log(CallEventKind::Placed {
            account: self.cast.account.clone(),
            caller: self.cast.caller.cuid.clone(),
            device: id,
            platform,
            details,
            callee: self.cast.callee.cuid.clone(),
            context: Context::parse(self.cast.context).expect("the demo's contexts are texts"),
        });
    }

    fn offer(&mut self) {
        self.wait(5, 30);
        for (device, leg) in self.cast.callee.devices.iter().zip(1..) {
            let Device { id, platform, details, .. } = device.clone();
            self.log(CallEventKind::Offered { leg, device: id, platform, details, waiting: false });
        }
    }

    fn ring(&mut self) {
        self.offer();
        for (_, leg) in self.cast.callee.devices.iter().zip(1..) {
            self.wait(120, 1_100);
            self.log(CallEventKind::Ringing { leg });
        }
    }

    /// Returns the leg that took the call.
    fn answer(&mut self) -> u8 {
        self.ring();
        self.wait(1_800, 17_000);
        let has_second = self.cast.callee.devices.len() > 1;
        let leg = if has_second && self.random.random_bool(0.3) { 2 } else { 1 };
        self.log(CallEventKind::Answered { leg });
        leg
    }

    fn connect(&mut self, winner: u8) {
        for leg in [winner, 0] {
            self.wait(60, 350);
            self.log(CallEventKind::Keyed { leg });
        }
        for leg in [0, winner] {
            self.wait(20, 120);
            self.log(CallEventKind::Heard { leg });
        }
        self.log(CallEventKind::Connected);
    }

    /// Samples a leg for the length of the talk, and sums it up.
    fn sound(&mut self, leg: u8, began: Timestamp, length: u64) -> LegQuality {
        let network = match leg {
            0 => self.cast.caller.devices[0].network,
            leg => self.cast.callee.devices[usize::from(leg) - 1].network,
        };
        let usual = Usual::of(network, self.random);
        // A stretch in which the network is at its limit.
        let bad = self.random.random_bool(usual.bad_moments).then(|| {
            let from = self.random.random_range(0..length);
            from..from + self.random.random_range(8_000..40_000)
        });
        let mut whole = Mean::default();
        let mut end = 0;
        while end < length {
            let fine = end < limits::QUALITY_FINE_FOR.get();
            let stretch = if fine { limits::QUALITY_SAMPLE } else { limits::QUALITY_SAMPLE_LATE }.get();
            let stretch = stretch.min(length - end);
            end += stretch;
            let is_bad = bad.as_ref().is_some_and(|bad| bad.contains(&end));
            let sample = usual.sample(self.random, stretch, is_bad);
            whole.add(&sample);
            // The relay tells no sample of the piece that is left when a call ends.
            if end < length {
                let sample = QualitySample { leg, at: began + Millis::new(end), ..sample };
                self.story.samples.push((self.call, sample));
            }
        }
        whole.quality()
    }

    fn end(&mut self, reason: EndReason, by: Option<Role>) {
        self.log(CallEventKind::Ended { reason, by });
    }

    fn log(&mut self, what: CallEventKind) {
        let index = u32::try_from(self.story.events.len()).expect("a call has few events");
        self.story.events.push(CallEvent { call: self.call, index, at: self.now, what });
    }

    fn wait(&mut self, least: u64, most: u64) {
        self.now = self.now + Millis::new(self.random.random_range(least..most));
    }

    fn placed_at(&self) -> Timestamp {
        self.call.placed_at()
    }
}

/// How a device's network mostly is during one call.
#[derive(Debug, Clone, Copy)]
struct Usual {
    rtt: f32,
    jitter: f32,
    loss: f32,
    bad_moments: f64,
}

impl Usual {
    fn of(network: Network, random: &mut StdRng) -> Self {
        let (rtt, jitter, loss, bad_moments) = match network {
            Network::Wired => (12.0, 0.6, 0.000_1, 0.01),
            Network::Wifi => (28.0, 3.0, 0.001, 0.08),
            Network::Lte => (55.0, 6.0, 0.004, 0.12),
            Network::Edge => (190.0, 22.0, 0.022, 0.55),
        };
        let spread = random.random_range(0.7..1.6);
        Self { rtt: rtt * spread, jitter: jitter * spread, loss: loss * spread, bad_moments }
    }

    fn sample(self, random: &mut StdRng, millis: u64, is_bad: bool) -> QualitySample {
        let worse = if is_bad { random.random_range(1.8..3.5) } else { random.random_range(0.8..1.25) };
        let rtt = self.rtt * worse;
        let loss =
            if is_bad { self.loss * worse + random.random_range(0.03..0.14) } else { self.loss * worse };
        let sent = u32::try_from(millis * PACKETS_A_SECOND / 1_000).unwrap_or(u32::MAX);
        let lost = (sent as f32 * loss + random.random_range(0.0..1.0)).floor() as u32;
        let lost = lost.min(sent);
        QualitySample {
            leg: 0,
            at: Timestamp::default(),
            packets: sent - lost,
            lost,
            jitter: self.jitter * worse,
            rtt: Some(rtt),
            mos: (sent > 0).then(|| opinion_score(rtt / 2.0 + 60.0, lost as f32 / sent as f32)),
            concealed: None,
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
    rated: f32,
    mos: f32,
}

impl Mean {
    fn add(&mut self, sample: &QualitySample) {
        self.packets += sample.packets;
        self.lost += sample.lost;
        self.samples += 1.0;
        self.jitter += sample.jitter;
        self.rtt += sample.rtt.unwrap_or(0.0);
        if let Some(mos) = sample.mos {
            self.rated += 1.0;
            self.mos += mos;
        }
    }

    fn quality(&self) -> LegQuality {
        let mean = |sum: f32, count: f32| (count > 0.0).then(|| sum / count);
        LegQuality {
            packets: self.packets,
            lost: self.lost,
            jitter: mean(self.jitter, self.samples).unwrap_or(0.0),
            rtt: mean(self.rtt, self.samples),
            mos: mean(self.mos, self.rated),
            ..LegQuality::default()
        }
    }
}
