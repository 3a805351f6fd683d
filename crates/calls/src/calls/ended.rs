//! What is still known of a call after its end, for a while: a device that missed the end is told again, whether it
//! asks late or comes back as a new page. Bounded in time and number.

use std::collections::{BTreeMap, VecDeque};

use tring_protocol::ids::{CallId, DeviceAddress, UserAddress};
use tring_protocol::limits::{ENDED_MEMORY, ENDED_MEMORY_MAX};
use tring_protocol::signal::ServerMessage;
use tring_protocol::time::Timestamp;

use super::{Effect, Effects};
use crate::bus::{Present, ToSessions};

#[derive(Debug, Default)]
pub(super) struct EndedCalls {
    calls: BTreeMap<CallId, Vec<(DeviceAddress, ServerMessage)>>,
    by_device: BTreeMap<DeviceAddress, Vec<CallId>>,
    queue: VecDeque<(Timestamp, CallId)>,
    /// Of calls of a lost node: whose devices are searched for, because one may believe that the call goes on elsewhere.
    searches: BTreeMap<CallId, VecDeque<UserAddress>>,
}

impl EndedCalls {
    pub(super) fn remember(
        &mut self,
        now: Timestamp,
        id: CallId,
        farewells: Vec<(DeviceAddress, ServerMessage)>,
    ) {
        self.forget(now);
        if self.queue.len() >= ENDED_MEMORY_MAX {
            self.forget_oldest();
        }
        for (device, _) in &farewells {
            self.by_device.entry(device.clone()).or_default().push(id);
        }
        self.calls.insert(id, farewells);
        self.queue.push_back((now + ENDED_MEMORY, id));
    }

    pub(super) fn forget(&mut self, now: Timestamp) {
        while self.queue.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_oldest();
        }
    }

    /// Answers a device that speaks of a call which has ended. Nobody else learns of it.
    pub(super) fn tell_again(&self, id: CallId, device: &DeviceAddress, out: &mut Effects) {
        let farewells = self.calls.get(&id).into_iter().flatten();
        if let Some((_, message)) = farewells.into_iter().find(|(other, _)| other == device) {
            out.deliver(device, message.clone());
        }
    }

    /// Whether somebody of this user was in the call.
    pub(super) fn concerns(&self, id: CallId, user: &UserAddress) -> bool {
        self.calls.get(&id).into_iter().flatten().any(|(device, _)| device.user == *user)
    }

    /// Tells a new page about the calls that ended while it was away; it ignores those that it does not know.
    pub(super) fn tell_arrived(&self, device: &DeviceAddress, out: &mut Effects) {
        for id in self.by_device.get(device).into_iter().flatten() {
            self.tell_again(*id, device, out);
        }
    }

    /// Looks for all devices of these users, one user after the other, to tell them that the call is over.
    pub(super) fn search(&mut self, id: CallId, users: [UserAddress; 2], out: &mut Effects) {
        self.searches.insert(id, users.into());
        self.find_next(id, out);
    }

    /// The devices of the user that was searched for. One of them may have been about to take the call over, which is on
    /// no record: to it the call ends as to those that were in it.
    pub(super) fn found(&mut self, id: CallId, devices: &[Present], out: &mut Effects) {
        let Some(users) = self.searches.get_mut(&id) else { return };
        users.pop_front();
        for device in devices {
            let device = &device.attendee.device;
            if let Some(farewells) = self.calls.get_mut(&id)
                && let Some((_, message)) = farewells.first().cloned()
                && !farewells.iter().any(|(known, _)| known == device)
            {
                out.deliver(device, message.clone());
                farewells.push((device.clone(), message));
                self.by_device.entry(device.clone()).or_default().push(id);
            }
            out.deliver(device, ServerMessage::ElsewhereEnded { call_id: id });
        }
        self.find_next(id, out);
    }

    fn find_next(&mut self, id: CallId, out: &mut Effects) {
        match self.searches.get(&id).and_then(VecDeque::front) {
            Some(user) => {
                let find = ToSessions::Find { call: id, user: user.clone() };
                out.push(Effect::ToSessions(find));
            }
            None => {
                self.searches.remove(&id);
            }
        }
    }

    fn forget_oldest(&mut self) {
        let Some((_, id)) = self.queue.pop_front() else { return };
        self.searches.remove(&id);
        for (device, _) in self.calls.remove(&id).into_iter().flatten() {
            if let Some(calls) = self.by_device.get_mut(&device) {
                calls.retain(|other| *other != id);
                if calls.is_empty() {
                    self.by_device.remove(&device);
                }
            }
        }
    }
}
