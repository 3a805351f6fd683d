//! The catalogue and the table of outcomes as JSON, for the tests of every SDK.

use serde_json::{Value, json};
use tring_protocol::error::ErrorCode;
use tring_protocol::outcome::{EndReason, WebOutcome};

pub(crate) fn errors() -> String {
    let rows: Vec<Value> = ErrorCode::ALL.iter().map(|&error| self::error(error)).collect();
    pretty(&json!(rows))
}

pub(crate) fn error(error: ErrorCode) -> Value {
    json!({
        "code": error.code(),
        "number": error.number(),
        "http": error.http_status(),
        "blame": error.blame(),
        "retry": error.retry(),
        "message": error.sentence(),
    })
}

pub(crate) fn end_status() -> String {
    let rows: Vec<Value> = EndReason::ALL.iter().map(|&reason| outcome(reason)).collect();
    pretty(&json!(rows))
}

pub(crate) fn outcome(reason: EndReason) -> Value {
    let web = match reason.web() {
        WebOutcome::Resolves(value) => json!({ "resolves": value }),
        WebOutcome::Rejects(value) => json!({ "rejects": value }),
        WebOutcome::RejectsError(code) => json!({ "rejectsError": code }),
    };
    json!({
        "status": reason.status(),
        "reason": reason,
        "web": web,
        "ios": reason.ios(),
        "sendbird": reason.sendbird(),
        "dashboard": reason.dashboard(),
    })
}

pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
