//! The calls of a node that was lost, finished from what was stored of them: on its own next start, or by a node that
//! outlived it. They end as `failed/node_lost` at the last moment that is known of them.

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::ids::{DeviceAddress, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::ServerMessage;
use tring_protocol::time::Timestamp;

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
        let devices = events.iter().filter_map(|event| match &event.what {
            CallEventKind::Placed { device, .. } => {
                Some(DeviceAddress { user: caller.clone(), device: device.clone() })
            }
            CallEventKind::Offered { device, .. } => {
                Some(DeviceAddress { user: callee.clone(), device: device.clone() })
            }
            _ => None,
        });
        let farewells: Vec<_> = devices.map(|device| (device, message.clone())).collect();

        self.out.push(Effect::Log(end));
        self.out.push(Effect::Finish(Box::new(record)));
        for user in [caller, callee] {
            self.out.push(Effect::Release { call: id, user });
        }
        for (device, message) in &farewells {
            self.out.deliver(device, message.clone());
        }
        self.ended.remember(now, id, farewells);
    }
}
