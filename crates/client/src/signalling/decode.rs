//! From the text of a socket to a frame.
//!
//! A server of a later version may say things that this crate has no word for. What steers the session is understood as
//! far as it can be, because a message that is merely skipped leaves a gap in the numbering, and a call whose end is not
//! understood would never end.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tring_protocol::error::ErrorCode;
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::{ServerFrame, ServerMessage, WeakNetwork};

/// Reads one text frame; `None` for what is not a frame at all.
///
/// A message that cannot be read becomes [`ServerMessage::Unknown`], which is acknowledged and dropped. An error with a code
/// of a later version counts as final, an end with a reason of a later version as its status, and a word of a later version
/// on networks as none.
#[must_use]
pub fn decode(text: &str) -> Option<ServerFrame> {
    if let Ok(frame) = serde_json::from_str(text) {
        return Some(frame);
    }
    let mut frame: Value = serde_json::from_str(text).ok()?;
    for error in ["/error", "/body/error"] {
        replace_unknown::<ErrorCode>(frame.pointer_mut(error), "code", ErrorCode::Protocol.code());
    }
    if let Some(status) = frame.pointer("/body/status").and_then(|status| EndStatus::deserialize(status).ok())
    {
        replace_unknown::<EndReason>(frame.get_mut("body"), "reason", usual(status).as_str());
    }
    // What was said of them before does not hold any more.
    replace_unknown::<WeakNetwork>(frame.get_mut("body"), "weak", "none");
    ServerFrame::deserialize(&frame).ok().or_else(|| skipped(&frame))
}

/// The reason that a call of this status has if nothing is known of it.
fn usual(status: EndStatus) -> EndReason {
    match status {
        EndStatus::Over => EndReason::EndedByServer,
        EndStatus::Declined => EndReason::User,
        EndStatus::Missed => EndReason::RingTimeout,
        EndStatus::Cancelled => EndReason::Caller,
        EndStatus::Failed => EndReason::Internal,
    }
}

fn replace_unknown<T: DeserializeOwned>(holder: Option<&mut Value>, field: &str, with: &str) {
    if let Some(value) =
        holder.and_then(|holder| holder.get_mut(field)).filter(|value| T::deserialize(&**value).is_err())
    {
        *value = with.into();
    }
}

/// A message whose body says nothing to this crate; its numbers count.
fn skipped(frame: &Value) -> Option<ServerFrame> {
    let number = |field| frame.get(field)?.as_u64()?.try_into().ok();
    let is_message = frame.get("type")? == "message" && frame.get("body")?.is_object();
    is_message.then_some(())?;
    Some(ServerFrame::Message { seq: number("seq")?, ack: number("ack")?, body: ServerMessage::Unknown })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_protocol::ids::CallId;

    const ID: &str = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e0f";

    #[test]
    fn a_message_that_cannot_be_read_is_counted_and_dropped() {
        let text = r#"{"type":"message","seq":4,"ack":2,"body":{"type":"ringing","callId":7}}"#;
        assert_eq!(decode(text), Some(ServerFrame::Message { seq: 4, ack: 2, body: ServerMessage::Unknown }));
    }

    #[test]
    fn a_call_that_ended_for_a_reason_of_a_later_version_has_ended() {
        let text = format!(
            r#"{{"type":"message","seq":1,"ack":0,"body":{{"type":"ended","callId":"{ID}","status":"missed","reason":"on_the_moon","duration":0}}}}"#
        );
        let Some(ServerFrame::Message { body: ServerMessage::Ended { reason, .. }, .. }) = decode(&text)
        else {
            panic!("{text}")
        };
        assert_eq!(reason, EndReason::RingTimeout);
    }

    #[test]
    fn a_network_that_is_weak_in_a_way_of_a_later_version_is_no_hint() {
        let text = format!(
            r#"{{"type":"message","seq":1,"ack":0,"body":{{"type":"network","callId":"{ID}","weak":"both"}}}}"#
        );
        let call_id = CallId::parse(ID).unwrap();
        let body = ServerMessage::Network { call_id, weak: WeakNetwork::None };
        assert_eq!(decode(&text), Some(ServerFrame::Message { seq: 1, ack: 0, body }));
    }

    #[test]
    fn a_refusal_with_a_code_of_a_later_version_is_final_and_keeps_its_words() {
        let Some(ServerFrame::Refused { error }) =
            decode(r#"{"type":"refused","error":{"code":"ERR_LATER","message":"Come in spring."}}"#)
        else {
            panic!("not read")
        };
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::Protocol, "Come in spring."));
    }

    #[test]
    fn what_is_no_frame_is_nothing() {
        for text in
            ["", "[]", "{", r#"{"type":"message","seq":-1,"ack":0,"body":{}}"#, r#"{"type":"ack"}"#, "7"]
        {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
