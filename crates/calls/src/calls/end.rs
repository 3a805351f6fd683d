//! The one end of a call: its last events and record, what is freed, and who is told.

use tring_protocol::call::CallEventKind;
use tring_protocol::ids::DeviceAddress;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallState, Role, ServerMessage};
use tring_protocol::time::{Millis, Timestamp};

use super::call::{Call, End};
use super::leg::Standing;
use super::slot::Slot;
use super::{Effect, Effects};

impl Call {
    /// Ends the call, unless it has ended. Slots are freed before anybody is told, so that whoever is told may place
    /// the next call at once.
    pub(super) fn end(&mut self, now: Timestamp, reason: EndReason, by: Option<Role>, out: &mut Effects) {
        if self.ended.is_some() {
            return;
        }
        self.log_quality(now, out);
        self.log(now, CallEventKind::Ended { reason, by }, out);
        self.state = CallState::Ended;
        self.ended = Some(End { at: now, reason, by });
        if let Some(record) = self.record() {
            out.push(Effect::Finish(Box::new(record)));
        }
        self.last_samples(now, out);
        for index in (0..).take(self.legs.len()) {
            self.close_relay(index, out);
        }
        for role in [Role::Caller, Role::Callee] {
            if self.side(role).slot != Slot::Free {
                self.release(role, out);
            }
        }
        for leg in self.legs.iter().filter(|leg| leg.standing == Standing::In) {
            if let Some(message) = self.last_word(leg.standing) {
                out.deliver(leg.device(), message);
            }
        }
        self.dismiss_others(out);
    }

    /// What each device is told again if it asks after the end. `None` while the call goes on.
    pub(super) fn farewells(&self) -> Option<Vec<(DeviceAddress, ServerMessage)>> {
        self.ended?;
        let told = |leg: &super::leg::Leg| Some((leg.device().clone(), self.last_word(leg.standing)?));
        Some(self.legs.iter().filter_map(told).collect())
    }

    fn last_word(&self, standing: Standing) -> Option<ServerMessage> {
        let end = self.ended?;
        Some(match standing {
            Standing::Withdrawn(reason) => ServerMessage::Withdrawn { call_id: self.id, reason },
            Standing::In | Standing::Out => ServerMessage::Ended {
                call_id: self.id,
                status: end.reason.status(),
                reason: end.reason,
                by: end.by,
                duration: self.answered_at.map_or(Millis::default(), |answered| end.at.since(answered)),
            },
        })
    }
}
