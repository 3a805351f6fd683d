//! CleverTap's three system events, in the vendors' words: who pushes which, and when.

use tring_protocol::ids::CallId;
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::Role;
use tring_protocol::text::Context;

use super::state::Call;
use crate::signalling::output::{CallEvent, EventName};

/// The first event: the caller's, or the callee's.
pub(super) fn first_event(name: EventName, call_id: CallId, context: Context) -> CallEvent {
    CallEvent { name, call_id, context, call_status: None, reason: None, reason_code: None }
}

/// Somebody called this user, who was in a call and did not hear of it before.
pub(super) fn busy_event(call_id: CallId, context: Context) -> CallEvent {
    CallEvent {
        call_status: Some(EndStatus::Declined),
        reason: Some("user busy"),
        reason_code: Some(1001),
        ..first_event(EventName::End, call_id, context)
    }
}

/// The last event of `call` on this side, if this side pushes one: both sides when it was answered, the caller when it was
/// cancelled, the callee when it was declined or missed. A call that never got an id has no event at all.
pub(super) fn end_event(call: &Call, reason: EndReason) -> Option<CallEvent> {
    let event = first_event(EventName::End, call.id?, call.context.clone());
    let ended = |status| CallEvent { call_status: Some(status), ..event.clone() };
    match (reason.status(), call.role) {
        (EndStatus::Over, _) => Some(ended(EndStatus::Over)),
        (EndStatus::Failed, _) if call.is_ongoing() => Some(ended(EndStatus::Over)),
        (EndStatus::Cancelled, Role::Caller) => Some(ended(EndStatus::Cancelled)),
        (EndStatus::Missed, Role::Callee) => Some(ended(EndStatus::Missed)),
        (EndStatus::Declined, Role::Callee) if reason == EndReason::MicrophoneDenied => Some(CallEvent {
            reason: Some("microphone permission not granted"),
            reason_code: Some(1002),
            ..ended(EndStatus::Declined)
        }),
        (EndStatus::Declined, Role::Callee) => Some(ended(EndStatus::Declined)),
        (EndStatus::Failed, _)
        | (EndStatus::Cancelled, Role::Callee)
        | (EndStatus::Missed | EndStatus::Declined, Role::Caller) => None,
    }
}
