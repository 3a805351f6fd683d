//! A device tries its network before a call: a leg of its own at the relay, which sends back what it hears. It is no
//! call and not on record, and its home is the device's node.

use std::collections::BTreeMap;

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::{CallId, DeviceAddress, LegId};
use tring_protocol::limits::{CHECK_MAX, REFERENCE_MAX};
use tring_protocol::signal::ServerMessage;
use tring_protocol::text::Sdp;
use tring_protocol::time::Timestamp;

use super::{Calls, Effect};
use crate::bus::{Presence, Present, Sender};

/// The checks that are under way, at most one for each device.
#[derive(Debug, Default)]
pub(super) struct Checks {
    by_id: BTreeMap<CallId, Check>,
    by_device: BTreeMap<DeviceAddress, CallId>,
}

#[derive(Debug)]
struct Check {
    device: DeviceAddress,
    /// When the session began that asked for it.
    since: Timestamp,
    reference: String,
}

impl Checks {
    pub(super) fn is(&self, id: CallId) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }
}

impl Calls {
    pub(super) fn check(&mut self, now: Timestamp, from: &Sender, reference: &str, offer: Sdp) {
        let device = from.attendee.device.clone();
        let reference = kept(reference);
        if self.draining {
            let error = ErrorCode::Draining.into();
            return self.out.deliver(&device, ServerMessage::CheckRefused { reference, error });
        }
        if let Some(older) = self.checks.by_device.get(&device) {
            self.end_check(*older);
        }
        let id = self.new_id(now);
        let leg = LegId { call: id, index: 0 };
        self.out.push(Effect::OpenRelay { leg, offer });
        self.out.push(Effect::Echo { leg });
        self.timers.set(id, now + CHECK_MAX);
        self.checks.by_device.insert(device.clone(), id);
        self.checks.by_id.insert(id, Check { device, since: from.since, reference });
    }

    pub(super) fn check_done(&mut self, from: &Sender, reference: &str) {
        if let Some(id) = self.checks.by_device.get(&from.attendee.device).copied()
            && self.checks.by_id.get(&id).is_some_and(|check| check.reference == kept(reference))
        {
            self.end_check(id);
        }
    }

    pub(super) fn check_answered(&mut self, id: CallId, answer: Result<Sdp, WireError>) {
        let Some(check) = self.checks.by_id.get(&id) else { return };
        let reference = check.reference.clone();
        match answer {
            Ok(sdp) => self.out.deliver(&check.device, ServerMessage::CheckAnswer { reference, sdp }),
            Err(error) => {
                self.out.deliver(&check.device, ServerMessage::CheckRefused { reference, error });
                self.end_check(id);
            }
        }
    }

    /// A device that is not there, or that was reloaded, tries nothing any more.
    pub(super) fn check_presence(&mut self, of: &Present, change: Presence) {
        if let Some(id) = self.checks.by_device.get(&of.attendee.device).copied()
            && change != Presence::Resumed
            && self.checks.by_id.get(&id).is_some_and(|check| check.since <= of.since)
        {
            self.end_check(id);
        }
    }

    pub(super) fn end_check(&mut self, id: CallId) {
        if let Some(check) = self.checks.by_id.remove(&id) {
            self.checks.by_device.remove(&check.device);
            self.timers.clear(id);
            self.out.push(Effect::CloseRelay { leg: LegId { call: id, index: 0 } });
        }
    }
}

/// As much of a device's reference as is kept.
fn kept(reference: &str) -> String {
    reference.chars().take(REFERENCE_MAX).collect()
}
