//! One call of the demo, told as the events that a server writes of such a call, and as the samples of how it sounded.
//!
//! The record is not made here: it is folded from these events, as that of every call.

use rand::RngExt;
use rand::rngs::StdRng;
use std::ops::Range;
use tring_protocol::call::{CallEvent, CallEventKind, LegQuality};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::{AccountId, CallId};
use tring_protocol::limits;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;
use tring_protocol::text::Context;
use tring_protocol::time::{Millis, Timestamp};

use super::people::{Device, Person};
use super::sound::{self, Spell};

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

/// What happens during a talk; times are milliseconds since it began.
#[derive(Debug, Clone)]
enum Incident {
    None,
    Away { leg: u8, at: u64 },
    Reloaded { leg: u8, at: u64 },
    Moved { leg: u8, at: u64, times: u32 },
    Held { leg: u8, time: Range<u64> },
    TakenOver { from: u8, to: u8, at: u64 },
}

impl Incident {
    /// When each leg is heard: the caller's first, the last one of the callee's last.
    fn spells(&self, winner: u8, length: u64) -> Vec<Spell> {
        let on_hold = match self {
            Self::Held { time, .. } => time.clone(),
            _ => 0..0,
        };
        let spell = |leg, time| Spell { leg, time, on_hold: on_hold.clone() };
        match *self {
            Self::TakenOver { from, to, at } => {
                vec![spell(0, 0..length), spell(from, 0..at), spell(to, at..length)]
            }
            _ => vec![spell(0, 0..length), spell(winner, 0..length)],
        }
    }
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
        let incident = self.incident(winner, length);
        let sounds: Vec<_> = incident
            .spells(winner, length)
            .iter()
            .map(|spell| {
                let device = self.device(spell.leg).clone();
                let (samples, quality) = sound::of(self.random, &device, spell, began);
                self.story.samples.extend(samples.into_iter().map(|sample| (self.call, sample)));
                (spell.leg, quality)
            })
            .collect();
        self.happen(&incident, began);
        self.now = began + Millis::new(length);
        if reason == EndReason::ConnectionLost {
            let last = sounds.last().map_or(winner, |(leg, _)| *leg);
            let lost = if self.random.random_bool(0.5) { 0 } else { last };
            self.log(CallEventKind::Away { leg: lost });
            self.log(CallEventKind::MediaFailed { leg: lost });
            self.now = self.now + limits::MEDIA_LOST;
        }
        for (leg, quality) in sounds {
            let moved = |event: &&CallEvent| event.what == CallEventKind::Moved { leg };
            let path_changes =
                u32::try_from(self.story.events.iter().filter(moved).count()).unwrap_or(u32::MAX);
            self.log(CallEventKind::Quality { leg, quality: LegQuality { path_changes, ..quality } });
        }
        let by = match reason {
            EndReason::Hangup if self.random.random_bool(0.55) => Some(Role::Caller),
            EndReason::Hangup => Some(Role::Callee),
            _ => None,
        };
        self.end(reason, by);
    }

    /// What may happen to a call that goes on: a lift, a reloaded page, a walk out of the Wi-Fi, a look into the files,
    /// and a callee who goes on at the computer.
    fn incident(&mut self, winner: u8, length: u64) -> Incident {
        if length < 30_000 {
            return Incident::None;
        }
        let at = self.random.random_range(5_000..length / 3);
        let leg = if self.random.random_bool(0.5) { 0 } else { winner };
        let has_second = self.cast.callee.devices.len() > 1;
        match self.random.random_range(0..100) {
            0..5 => Incident::Away { leg, at },
            5..8 => Incident::Reloaded { leg, at },
            8..13 => Incident::Moved { leg, at, times: 1 },
            // A train, or a Wi-Fi at its edge.
            13 => Incident::Moved { leg, at, times: self.random.random_range(4..9) },
            14..19 => {
                let longest = (length / 2).min(90_000);
                Incident::Held { leg, time: at..at + self.random.random_range(4_000..longest) }
            }
            19..25 if has_second => Incident::TakenOver { from: winner, to: 3 - winner, at },
            _ => Incident::None,
        }
    }

    fn happen(&mut self, incident: &Incident, began: Timestamp) {
        let moment = |millis: u64| began + Millis::new(millis);
        match *incident {
            Incident::None => {}
            Incident::Away { leg, at } => {
                self.now = moment(at);
                self.log(CallEventKind::Away { leg });
                self.wait(700, 6_000);
                self.log(CallEventKind::Back { leg });
            }
            Incident::Reloaded { leg, at } => {
                self.now = moment(at);
                // A page that is loaded again builds its audio path anew.
                self.log(CallEventKind::Away { leg });
                self.wait(500, 2_500);
                self.log(CallEventKind::Back { leg });
                self.wait(150, 500);
                self.log(CallEventKind::Keyed { leg });
            }
            Incident::Moved { leg, at, times } => {
                self.now = moment(at);
                for _ in 0..times {
                    self.log(CallEventKind::Moved { leg });
                    self.wait(400, 2_000);
                }
            }
            Incident::Held { leg, ref time } => {
                self.now = moment(time.start);
                self.log(CallEventKind::Held { leg });
                self.now = moment(time.end);
                self.log(CallEventKind::Resumed { leg });
            }
            Incident::TakenOver { from, to, at } => {
                self.now = moment(at);
                let Device { id: device, platform, details, .. } = self.device(to).clone();
                self.log(CallEventKind::TakenOver { leg: to, from, device, platform, details });
                self.log(CallEventKind::Keyed { leg: to });
            }
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

    fn device(&self, leg: u8) -> &Device {
        match leg {
            0 => &self.cast.caller.devices[0],
            leg => &self.cast.callee.devices[usize::from(leg) - 1],
        }
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
