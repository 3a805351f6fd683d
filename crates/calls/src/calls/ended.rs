//! What is still known of a call after its end, for a while: a device that missed the end is told again, whether it
//! asks late or comes back as a new page. Bounded in time and number.

use std::collections::{BTreeMap, VecDeque};

use tring_protocol::ids::{CallId, DeviceAddress};
use tring_protocol::limits::{ENDED_MEMORY, ENDED_MEMORY_MAX};
use tring_protocol::signal::ServerMessage;
use tring_protocol::time::Timestamp;

use super::Effects;

#[derive(Debug, Default)]
pub(super) struct EndedCalls {
    calls: BTreeMap<CallId, Vec<(DeviceAddress, ServerMessage)>>,
    by_device: BTreeMap<DeviceAddress, Vec<CallId>>,
    queue: VecDeque<(Timestamp, CallId)>,
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

    /// Tells a new page about the calls that ended while it was away; it ignores those that it does not know.
    pub(super) fn tell_arrived(&self, device: &DeviceAddress, out: &mut Effects) {
        for id in self.by_device.get(device).into_iter().flatten() {
            self.tell_again(*id, device, out);
        }
    }

    fn forget_oldest(&mut self) {
        let Some((_, id)) = self.queue.pop_front() else { return };
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
