//! What spans say, and by which names: those of OpenTelemetry's conventions where there are any (semantic conventions
//! 1.42), else `tring.…`. The table in `deploy/README.md` is for who reads them.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use tring_protocol::call::LegQuality;
use tring_protocol::signal::{MediaPath, Role};

// Of the conventions.
pub(super) const SERVICE_NAME: &str = "service.name";
pub(super) const SERVICE_VERSION: &str = "service.version";
pub(super) const SERVICE_INSTANCE_ID: &str = "service.instance.id";
pub(super) const ERROR_TYPE: &str = "error.type";
pub(super) const DB_SYSTEM_NAME: &str = "db.system.name";
const NETWORK_TRANSPORT: &str = "network.transport";

// Of a call.
pub(super) const CALL_ID: &str = "tring.call.id";
pub(super) const CALL_STATUS: &str = "tring.call.status";
pub(super) const CALL_REASON: &str = "tring.call.reason";
pub(super) const CALL_ENDED_BY: &str = "tring.call.ended_by";
pub(super) const CALL_WAITING: &str = "tring.call.waiting";
pub(super) const CALL_LEFT_OUT: &str = "tring.call.left_out";

// Of a leg.
pub(super) const LEG_INDEX: &str = "tring.leg.index";
pub(super) const LEG_ROLE: &str = "tring.leg.role";
pub(super) const LEG_PLATFORM: &str = "tring.leg.platform";
pub(super) const LEG_TOOK_PART: &str = "tring.leg.took_part";

// Of its audio.
pub(super) const MEDIA_READY: &str = "tring.media.ready";
const MEDIA_PATH: &str = "tring.media.path";
const MEDIA_PATH_CHANGES: &str = "tring.media.path_changes";
const MEDIA_PACKETS: &str = "tring.media.packets";
const MEDIA_LOST: &str = "tring.media.lost";
const MEDIA_JITTER: &str = "tring.media.jitter_ms";
const MEDIA_ROUND_TRIP: &str = "tring.media.round_trip_ms";
const MEDIA_CONCEALED: &str = "tring.media.concealed";
const MEDIA_MOS: &str = "tring.media.mos";

// Of a transaction.
pub(super) const JOURNAL_EVENTS: &str = "tring.journal.events";
pub(super) const JOURNAL_ATTEMPTS: &str = "tring.journal.attempts";

/// How it is written in an attribute.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Caller => "caller",
        Role::Callee => "callee",
    }
}

/// How a leg sounded.
pub(super) fn sound(quality: &LegQuality) -> Vec<KeyValue> {
    let LegQuality { packets, lost, jitter, rtt, mos, concealed, path, path_changes } = quality;
    let mut said = vec![
        number(MEDIA_PACKETS, i64::from(*packets)),
        number(MEDIA_LOST, i64::from(*lost)),
        real(MEDIA_JITTER, *jitter),
        number(MEDIA_PATH_CHANGES, i64::from(*path_changes)),
    ];
    said.extend(rtt.map(|rtt| real(MEDIA_ROUND_TRIP, rtt)));
    said.extend(mos.map(|mos| real(MEDIA_MOS, mos)));
    said.extend(concealed.map(|concealed| real(MEDIA_CONCEALED, concealed)));
    if let Some(path) = path {
        said.push(text(MEDIA_PATH, path.as_str()));
        said.push(text(NETWORK_TRANSPORT, transport(*path)));
    }
    said
}

/// What the device speaks to the first server on the way.
fn transport(path: MediaPath) -> &'static str {
    match path {
        MediaPath::Udp | MediaPath::TurnUdp => "udp",
        MediaPath::Tcp | MediaPath::TurnTcp | MediaPath::TurnTls => "tcp",
    }
}

pub(super) fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

pub(super) fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

pub(super) fn flag(key: &str, value: bool) -> KeyValue {
    attribute(key, Value::BoolValue(value))
}

fn real(key: &str, value: f32) -> KeyValue {
    attribute(key, Value::DoubleValue(f64::from(value)))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
