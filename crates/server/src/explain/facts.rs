//! What the events say of each leg, gathered once: the sentences ask for facts, not for events.

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord, LegQuality};
use tring_protocol::http::calls::CallLeg;
use tring_protocol::ids::DeviceId;
use tring_protocol::signal::{DeviceDetails, Platform, Role};
use tring_protocol::time::Timestamp;

/// The leg of the device that placed the call.
pub(super) const CALLER: u8 = 0;

/// A call by its legs.
#[derive(Debug, Default)]
pub(super) struct Facts {
    legs: Vec<Leg>,
    /// The leg that spoke last for the caller; another than [`CALLER`] if they moved to another device.
    caller: u8,
    /// The leg that spoke last for the callee: the one that answered, or the one that took the call over.
    callee: Option<u8>,
    waiting: bool,
}

/// What is known of one leg.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    pub(super) index: u8,
    /// Whose device it is.
    pub(super) role: Role,
    /// Whether it ever spoke for its side.
    pub(super) took_part: bool,
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

    /// The leg that spoke last for the caller. Absent only if the events were lost.
    pub(super) fn caller(&self) -> Option<&Leg> {
        self.leg(self.caller)
    }

    /// The leg that spoke last for the callee, once one has answered.
    pub(super) fn callee(&self) -> Option<&Leg> {
        self.leg(self.callee?)
    }

    /// Whether the call was offered beside another one that the callee was in.
    pub(super) fn was_waiting(&self) -> bool {
        self.waiting
    }

    /// Every leg that spoke, also those from which the call was moved away.
    pub(super) fn speakers(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.took_part)
    }

    /// A side's legs in the order in which they came into the call.
    pub(super) fn of_side(&self, role: Role) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(move |leg| leg.role == role)
    }

    pub(super) fn leg(&self, index: u8) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.index == index)
    }

    /// The legs as the interface has them.
    pub(super) fn legs(&self, record: &CallRecord) -> Vec<CallLeg> {
        let leg = |leg: &Leg| CallLeg {
            leg: leg.index,
            role: leg.role,
            cuid: match leg.role {
                Role::Caller => record.caller.clone(),
                Role::Callee => record.callee.clone(),
            },
            device_id: leg.device.clone(),
            platform: leg.platform,
            system: leg.details.system.as_ref().map(|name| name.as_str().to_owned()),
            sdk: leg.details.sdk.as_ref().map(|name| name.as_str().to_owned()),
            network: leg.details.network.as_ref().map(|name| name.as_str().to_owned()),
            took_part: leg.took_part,
            quality: leg.quality,
        };
        self.legs.iter().map(leg).collect()
    }

    fn take(&mut self, event: &CallEvent) {
        match &event.what {
            CallEventKind::Placed { device, platform, details, .. } => {
                self.legs.push(Leg {
                    took_part: true,
                    ..Leg::new(CALLER, Role::Caller, device, *platform, details)
                });
            }
            CallEventKind::Offered { leg, device, platform, details, waiting } => {
                self.waiting |= *waiting;
                self.legs.push(Leg::new(*leg, Role::Callee, device, *platform, details));
            }
            CallEventKind::Answered { leg } => {
                self.callee.get_or_insert(*leg);
                self.at(*leg, |leg| leg.took_part = true);
            }
            CallEventKind::TakenOver { leg, from, device, platform, details } => {
                let role = self.leg(*from).map_or(Role::Callee, |leg| leg.role);
                // A device that rang, or that had the call before, has its leg already.
                if self.leg(*leg).is_none() {
                    self.legs.push(Leg::new(*leg, role, device, *platform, details));
                }
                self.at(*leg, |leg| leg.took_part = true);
                match role {
                    Role::Caller => self.caller = *leg,
                    Role::Callee => self.callee = Some(*leg),
                }
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
    fn new(index: u8, role: Role, device: &DeviceId, platform: Platform, details: &DeviceDetails) -> Self {
        Self {
            index,
            role,
            took_part: false,
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

fn first(moment: &mut Option<Timestamp>, at: Timestamp) {
    moment.get_or_insert(at);
}
