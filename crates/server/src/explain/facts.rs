//! What the events say of each leg, gathered once: the sentences ask for facts, not for events.

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord, LegQuality};
use tring_protocol::http::calls::CallLeg;
use tring_protocol::ids::DeviceId;
use tring_protocol::signal::{DeviceDetails, Platform, Role};
use tring_protocol::time::Timestamp;

/// The caller's leg.
pub(super) const CALLER: u8 = 0;

/// A call by its legs.
#[derive(Debug, Default)]
pub(super) struct Facts {
    legs: Vec<Leg>,
    winner: Option<u8>,
}

/// What is known of one leg.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    pub(super) index: u8,
    pub(super) device: DeviceId,
    pub(super) platform: Platform,
    details: DeviceDetails,
    pub(super) rang_at: Option<Timestamp>,
    pub(super) keyed_at: Option<Timestamp>,
    pub(super) heard_at: Option<Timestamp>,
    /// Since when its signalling is lost; none while it is there.
    pub(super) away_since: Option<Timestamp>,
    pub(super) media_failed_at: Option<Timestamp>,
    pub(super) quality: Option<LegQuality>,
}

impl Facts {
    pub(super) fn of(events: &[CallEvent]) -> Self {
        let mut facts = Self::default();
        for event in events {
            facts.take(event);
        }
        facts
    }

    /// The caller's leg. Absent only if the events were lost.
    pub(super) fn caller(&self) -> Option<&Leg> {
        self.leg(CALLER)
    }

    /// The leg that answered.
    pub(super) fn winner(&self) -> Option<&Leg> {
        self.leg(self.winner?)
    }

    /// The callee's legs in the order in which they were rung.
    pub(super) fn callees(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.index != CALLER)
    }

    pub(super) fn leg(&self, index: u8) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.index == index)
    }

    /// The legs as the interface has them.
    pub(super) fn legs(&self, record: &CallRecord) -> Vec<CallLeg> {
        let leg = |leg: &Leg| {
            let role = role(leg.index);
            CallLeg {
                leg: leg.index,
                role,
                cuid: match role {
                    Role::Caller => record.caller.clone(),
                    Role::Callee => record.callee.clone(),
                },
                device_id: leg.device.clone(),
                platform: leg.platform,
                system: leg.details.system.as_ref().map(|name| name.as_str().to_owned()),
                sdk: leg.details.sdk.as_ref().map(|name| name.as_str().to_owned()),
                network: leg.details.network.as_ref().map(|name| name.as_str().to_owned()),
                took_part: leg.index == CALLER || self.winner == Some(leg.index),
                quality: leg.quality,
            }
        };
        self.legs.iter().map(leg).collect()
    }

    fn take(&mut self, event: &CallEvent) {
        match &event.what {
            CallEventKind::Placed { device, platform, details, .. } => {
                self.legs.push(Leg::new(CALLER, device, *platform, details));
            }
            CallEventKind::Offered { leg, device, platform, details, .. } => {
                self.legs.push(Leg::new(*leg, device, *platform, details));
            }
            CallEventKind::Answered { leg } => {
                self.winner.get_or_insert(*leg);
            }
            CallEventKind::Ringing { leg } => self.at(*leg, |leg| first(&mut leg.rang_at, event.at)),
            CallEventKind::Keyed { leg } => self.at(*leg, |leg| {
                first(&mut leg.keyed_at, event.at);
                leg.media_failed_at = None;
            }),
            CallEventKind::Heard { leg } => self.at(*leg, |leg| first(&mut leg.heard_at, event.at)),
            CallEventKind::Away { leg } => self.at(*leg, |leg| first(&mut leg.away_since, event.at)),
            CallEventKind::Back { leg } => self.at(*leg, |leg| leg.away_since = None),
            CallEventKind::MediaFailed { leg } => self.at(*leg, |leg| leg.media_failed_at = Some(event.at)),
            CallEventKind::Quality { leg, quality } => self.at(*leg, |leg| leg.quality = Some(*quality)),
            CallEventKind::Connected
            | CallEventKind::Moved { .. }
            | CallEventKind::Held { .. }
            | CallEventKind::Resumed { .. }
            | CallEventKind::TakenOver { .. }
            | CallEventKind::Ended { .. } => {}
        }
    }

    fn at(&mut self, index: u8, change: impl FnOnce(&mut Leg)) {
        if let Some(leg) = self.legs.iter_mut().find(|leg| leg.index == index) {
            change(leg);
        }
    }
}

impl Leg {
    fn new(index: u8, device: &DeviceId, platform: Platform, details: &DeviceDetails) -> Self {
        Self {
            index,
            device: device.clone(),
            platform,
            details: details.clone(),
            rang_at: None,
            keyed_at: None,
            heard_at: None,
            away_since: None,
            media_failed_at: None,
            quality: None,
        }
    }
}

/// Whose leg it is.
pub(super) fn role(leg: u8) -> Role {
    if leg == CALLER { Role::Caller } else { Role::Callee }
}

fn first(moment: &mut Option<Timestamp>, at: Timestamp) {
    moment.get_or_insert(at);
}
