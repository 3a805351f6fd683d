//! Whether the collector of traces takes them. Calls do not need it, but who names one wants it.

use super::report::Finding;

const CHECK: &str = "traces";

pub(super) fn judge(answer: &Result<(), String>) -> Finding {
    match answer {
        Ok(()) => Finding::green(CHECK, "the collector takes traces"),
        Err(why) => Finding::red(
            CHECK,
            format!("the collector does not take traces: {why}"),
            "start it, or correct `traces.endpoint` and `traces.headers`: it must take OTLP over HTTP, which is port 4318 as \
             a rule. Calls go on without it",
        ),
    }
}
