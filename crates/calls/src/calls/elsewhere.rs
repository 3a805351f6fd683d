//! The devices that a person has beside the one in the call: they are told that it goes on, so that it can be moved to
//! them, and when it is over. Only where the account lets a person have several devices.
//!
//! They are found once after the answer, and those that sign in later say so themselves. The same search tells whether
//! the device of a call on hold, from which nothing is heard, is still there.

use tring_protocol::ids::DeviceAddress;
use tring_protocol::limits::DEVICES_MAX;
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::DevicePolicy;
use tring_protocol::signal::{Role, ServerMessage};
use tring_protocol::time::Timestamp;

use super::call::Call;
use super::{Effect, Effects};
use crate::bus::{Presence, Present, ToSessions};

/// A device that is told of a call in which it is not.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) device: DeviceAddress,
    /// When the session began that it is known by.
    pub(super) since: Timestamp,
}

impl Call {
    /// The call is answered: looks for everybody else who may want to know.
    pub(super) fn look_for_others(&mut self, out: &mut Effects) {
        if self.settings.devices == DevicePolicy::Many {
            self.search(Role::Caller, out);
            self.search(Role::Callee, out);
        }
    }

    /// The devices of the person who was searched for.
    pub(super) fn found(&mut self, now: Timestamp, devices: &[Present], out: &mut Effects) {
        let Some(role) = self.searches.pop_front() else { return };
        if let Some(next) = self.searches.front() {
            self.find(*next, out);
        }
        let user = self.user(role).clone();
        for device in devices.iter().filter(|device| device.attendee.device.user == user) {
            self.notice(role, device, out);
        }
        self.miss(now, role, devices, out);
    }

    /// A device of one of the two, which has no part in the call, came or is gone.
    pub(super) fn other_presence(&mut self, of: &Present, change: Presence, out: &mut Effects) {
        let Some(role) = self.role_of(&of.attendee.device.user) else { return };
        match change {
            Presence::Arrived => self.notice(role, of, out),
            Presence::Gone(_) => {
                let is_it = |other: &Other| other.device == of.attendee.device && other.since <= of.since;
                self.side_mut(role).others.retain(|other| !is_it(other));
            }
            Presence::Resumed | Presence::Away => {}
        }
    }

    /// Tells a device, now and whenever it changes, that the call goes on without it.
    pub(super) fn notice(&mut self, role: Role, device: &Present, out: &mut Effects) {
        let address = &device.attendee.device;
        let has_part = self.leg_of(address).is_some_and(|leg| self.side(role).has(leg));
        if !self.is_answered() || self.settings.devices != DevicePolicy::Many || has_part {
            return;
        }
        let others = &mut self.side_mut(role).others;
        match others.iter().position(|other| other.device == *address) {
            Some(known) => others[known].since = others[known].since.max(device.since),
            None if others.len() < DEVICES_MAX => {
                others.push(Other { device: address.clone(), since: device.since });
            }
            None => return,
        }
        out.deliver(address, self.elsewhere(role));
    }

    /// Tells them how the call stands now.
    pub(super) fn tell_others(&self, out: &mut Effects) {
        for role in [Role::Caller, Role::Callee] {
            for other in &self.side(role).others {
                out.deliver(&other.device, self.elsewhere(role));
            }
        }
    }

    /// Tells them that the call has ended.
    pub(super) fn dismiss_others(&mut self, out: &mut Effects) {
        for role in [Role::Caller, Role::Callee] {
            for other in std::mem::take(&mut self.side_mut(role).others) {
                out.deliver(&other.device, ServerMessage::ElsewhereEnded { call_id: self.id });
            }
        }
    }

    /// Asks after the device of a call on hold whose leg has been silent for long.
    pub(super) fn ask_for_silent(&mut self, now: Timestamp, out: &mut Effects) {
        for role in [Role::Caller, Role::Callee] {
            let Some(leg) = self.side(role).leg else { continue };
            if self.asks_at(leg).is_some_and(|at| at <= now) {
                self.leg_mut(leg).asked_at = now;
                self.search(role, out);
            }
        }
    }

    /// A device on hold that two searches did not find is lost. One may miss it while it moves from node to node.
    fn miss(&mut self, now: Timestamp, role: Role, devices: &[Present], out: &mut Effects) {
        let Some(leg) = self.side(role).leg else { return };
        let is_here = devices.iter().any(|device| device.attendee.device == *self.leg(leg).device());
        let is_asked_for = self.is_held() && self.leg(leg).media.silent_since.is_some();
        if is_here || !is_asked_for {
            self.leg_mut(leg).missed = false;
        } else if self.leg(leg).missed {
            self.end(now, EndReason::ConnectionLost, Some(role), out);
        } else {
            self.leg_mut(leg).missed = true;
        }
    }

    fn search(&mut self, role: Role, out: &mut Effects) {
        self.searches.push_back(role);
        // One at a time, because an answer does not say whom it is about.
        if self.searches.len() == 1 {
            self.find(role, out);
        }
    }

    fn find(&self, role: Role, out: &mut Effects) {
        let find = ToSessions::Find { call: self.id, user: self.user(role).clone() };
        out.push(Effect::ToSessions(find));
    }

    fn elsewhere(&self, role: Role) -> ServerMessage {
        ServerMessage::Elsewhere { call: self.snapshot_of(role, self.side(role).leg) }
    }
}
