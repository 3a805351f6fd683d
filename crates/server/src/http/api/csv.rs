//! The log as a table for spreadsheets (RFC 4180), in UTF-8 with a byte order mark, because the most used one takes it
//! for something else without.

use std::fmt::Write;
use tring_protocol::http::calls::CallSummary;
use tring_protocol::signal::{MediaPath, Role};
use tring_protocol::time::Timestamp;

/// The mark and the names of the columns.
pub(super) const HEAD: &str = "\u{feff}call_id,caller,callee,context,caller_platform,callee_platform,placed_at,\
    ringing_at,answered_at,connected_at,ended_at,status,reason,ended_by,talk_seconds,mos,quality,caller_path,callee_path,\
    path_changes,concealed_percent\r\n";

/// What makes a spreadsheet take a text for a formula, also as East Asian keyboards write it.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Adds one call to `table`.
pub(super) fn write(table: &mut String, call: &CallSummary) {
    let moment = |at: Option<Timestamp>| at.map(moment).unwrap_or_default();
    let by = call.ended_by.map_or("", |role| match role {
        Role::Caller => "caller",
        Role::Callee => "callee",
    });
    let fields = [
        call.call_id.to_string(),
        text(call.caller.as_str()),
        text(call.callee.as_str()),
        text(call.context.as_str()),
        call.caller_platform.as_str().to_owned(),
        call.callee_platform.map_or("", |platform| platform.as_str()).to_owned(),
        moment(Some(call.placed_at)),
        moment(call.ringing_at),
        moment(call.answered_at),
        moment(call.connected_at),
        moment(Some(call.ended_at)),
        call.status.as_str().to_owned(),
        call.reason.as_str().to_owned(),
        by.to_owned(),
        format!("{}.{:03}", call.talk_time.get() / 1_000, call.talk_time.get() % 1_000),
        call.mos.map(|mos| format!("{mos:.3}")).unwrap_or_default(),
        call.quality.map_or("", |band| band.as_str()).to_owned(),
        path(call.caller_path),
        path(call.callee_path),
        call.path_changes.to_string(),
        call.concealed.map(|share| format!("{:.2}", share * 100.0)).unwrap_or_default(),
    ];
    table.push_str(&fields.join(","));
    table.push_str("\r\n");
}

fn path(path: Option<MediaPath>) -> String {
    path.map_or("", MediaPath::as_str).to_owned()
}

/// A moment in ISO 8601, UTC.
fn moment(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// What a person or an app wrote: never a formula, and quoted where it would be taken apart.
fn text(written: &str) -> String {
    let mut field = String::with_capacity(written.len() + 3);
    if written.starts_with(FORMULA) {
        field.push('\'');
    }
    field.push_str(written);
    if field.contains(['"', ',', '\r', '\n']) {
        let inner = field.replace('"', "\"\"");
        field.clear();
        write!(field, "\"{inner}\"").expect("writing to a String never fails");
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_protocol::http::calls::QualityBand;
    use tring_protocol::ids::{CallId, Cuid};
    use tring_protocol::outcome::{EndReason, EndStatus};
    use tring_protocol::signal::Platform;
    use tring_protocol::text::Context;
    use tring_protocol::time::Millis;

    fn call(context: &str) -> CallSummary {
        let at = |millis: u64| Timestamp::from_millis(1_793_520_000_000 + millis);
        CallSummary {
            call_id: CallId::new(at(0), [7; 10]),
            caller: Cuid::parse("alice").unwrap(),
            callee: Cuid::parse("bobby").unwrap(),
            context: Context::parse(context).unwrap(),
            caller_platform: Platform::Web,
            callee_platform: None,
            placed_at: at(5),
            ringing_at: None,
            answered_at: Some(at(1_000)),
            connected_at: None,
            ended_at: at(62_034),
            status: EndStatus::Over,
            reason: EndReason::Hangup,
            ended_by: Some(Role::Callee),
            talk_time: Millis::new(61_034),
            mos: Some(4.25),
            quality: Some(QualityBand::Good),
            caller_path: Some(MediaPath::Tcp),
            callee_path: None,
            path_changes: 2,
            concealed: Some(0.0125),
        }
    }

    #[test]
    fn a_line_has_a_field_for_every_column() {
        let mut line = String::new();
        write(&mut line, &call("Your order"));
        assert_eq!(
            line,
            format!(
                "{},alice,bobby,Your order,web,,2026-11-01T08:00:00.005Z,,2026-11-01T08:00:01.000Z,,\
                 2026-11-01T08:01:02.034Z,over,hangup,callee,61.034,4.250,good,tcp,,2,1.25\r\n",
                call("x").call_id
            )
        );
        assert_eq!(line.split(',').count(), HEAD.split(',').count());
    }

    #[test]
    fn what_a_person_wrote_is_never_a_formula_and_never_two_fields() {
        for (written, field) in [
            ("Your order", "Your order"),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("+49 30", "'+49 30"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("＝1", "'＝1"),
            ("1=1", "1=1"),
        ] {
            assert_eq!(text(written), field);
        }
        assert_eq!(text("\tx"), "'\tx");
    }
}
