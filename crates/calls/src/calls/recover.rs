//! The calls of a node that was lost, finished from what was stored of them: on its own next start, or by a node that
//! outlived it. They end as `failed/node_lost` at the last moment that is known of them.

use std::collections::BTreeMap;

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::ids::{DeviceAddress, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::ServerMessage;
use tring_protocol::time::Timestamp;

use super::call::CALLER;
use super::{Calls, Effect};

impl Calls {
    pub(super) fn recover(&mut self, now: Timestamp, mut events: Vec<CallEvent>) {
        let Some(last) = events.last() else { return };
        if matches!(last.what, CallEventKind::Ended { .. }) || self.live.contains_key(&last.call) {
            return;
        }
        let what = CallEventKind::Ended { reason: EndReason::NodeLost, by: None };
        let end = CallEvent { call: last.call, index: last.index + 1, at: last.at, what };
        events.push(end.clone());
        let Some(record) = CallRecord::fold(&events) else { return };

        let id = record.call;
        let user = |cuid| UserAddress { account: record.account.clone(), cuid };
        let (caller, callee) = (user(record.caller.clone()), user(record.callee.clone()));
        let message = ServerMessage::Ended {
            call_id: id,
            status: record.reason.status(),
            reason: record.reason,
            by: record.ended_by,
            duration: record.talk_time(),
        };
        let mut devices: Vec<DeviceAddress> = Vec::new();
        let mut legs = BTreeMap::new();
        for event in &events {
            let (leg, user, device) = match &event.what {
                CallEventKind::Placed { device, .. } => (CALLER, caller.clone(), device),
                CallEventKind::Offered { leg, device, .. } => (*leg, callee.clone(), device),
                CallEventKind::TakenOver { leg, from, device, .. } => {
                    let Some(user) = legs.get(from) else { continue };
                    (*leg, UserAddress::clone(user), device)
                }
                _ => continue,
            };
            let device = DeviceAddress { user: user.clone(), device: device.clone() };
            legs.insert(leg, user);
            if !devices.contains(&device) {
                devices.push(device);
            }
        }
        let farewells: Vec<_> = devices.into_iter().map(|device| (device, message.clone())).collect();
        let was_answered = record.answered_at.is_some();

        self.out.push(Effect::Log(end));
        self.out.push(Effect::Finish(Box::new(record)));
        for user in [&caller, &callee] {
            self.out.push(Effect::Release { call: id, user: user.clone() });
        }
        for (device, message) in &farewells {
            self.out.deliver(device, message.clone());
        }
        self.ended.remember(now, id, farewells);
        if was_answered {
            self.ended.search(id, [caller, callee], &mut self.out);
        }
    }
}
