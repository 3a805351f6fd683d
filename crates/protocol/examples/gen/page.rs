//! The protocol page: limits, errors and outcomes for people who read.

use std::fmt::Write;
use tring_protocol::error::{Blame, ErrorCode, Retry};
use tring_protocol::outcome::{EndReason, WebOutcome};

const LIMITS_SOURCE: &str = include_str!("../../src/limits.rs");

pub(crate) fn protocol() -> String {
    let mut out = String::from(
        "<!-- Generated from crates/protocol by `make gen`. Do not edit. -->\n# The protocol in tables\n\nThe messages themselves are documented where they are defined, in `crates/protocol/src/signal/`; one example of\neach is in `vectors/messages/`.\n\n## Limits\n\n| limit | value | what it does |\n|---|---|---|\n",
    );
    for (name, doc) in documented_limits() {
        writeln!(out, "| {name} | {} | {doc} |", value_of(&name)).expect("a string takes every text");
    }
    out.push_str("\n## Errors\n\n| code | number | HTTP | whose turn | again? | what it says |\n|---|---|---|---|---|---|\n");
    for &error in ErrorCode::ALL {
        let blame = match error.blame() {
            Blame::App => "the app",
            Blame::User => "this person",
            Blame::Peer => "the other person",
            Blame::Network => "the network",
            Blame::Server => "the operator",
        };
        let retry = if error.retry() == Retry::Later { "later" } else { "after a change" };
        writeln!(
            out,
            "| `{}` | {} | {} | {blame} | {retry} | {} |",
            error.code(),
            error.number(),
            error.http_status(),
            error.sentence()
        )
        .expect("a string takes every text");
    }
    out.push_str("\n## How a call ends\n\n| status | reason | `call()` in the web SDKs | iOS | Sendbird | dashboard |\n|---|---|---|---|---|---|\n");
    for &reason in EndReason::ALL {
        let web = match reason.web() {
            WebOutcome::Resolves(value) => format!("resolves `\"{value}\"`"),
            WebOutcome::Rejects(value) => format!("rejects `\"{value}\"`"),
            WebOutcome::RejectsError(code) => format!("rejects `{{code: {}, message}}`", code.code()),
        };
        let row = [
            reason.status().as_str(),
            reason.as_str(),
            &web,
            reason.ios(),
            reason.sendbird(),
            reason.dashboard(),
        ];
        writeln!(out, "| {} |", row.join(" | ")).expect("a string takes every text");
    }
    out
}

/// Each constant of `limits.rs` with its doc comment, read from the source so that the page cannot differ from it.
fn documented_limits() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut doc = String::new();
    for line in LIMITS_SOURCE.lines() {
        if let Some(text) = line.strip_prefix("///") {
            doc.push_str(text);
        } else if let Some((name, _)) = line.strip_prefix("pub const ").and_then(|rest| rest.split_once(':'))
        {
            if name != "FOR_CLIENTS" {
                found.push((name.to_owned(), doc.trim().replace('|', "\\|")));
            }
            doc.clear();
        } else {
            doc.clear();
        }
    }
    found
}

fn value_of(name: &str) -> String {
    let declared = LIMITS_SOURCE
        .lines()
        .find_map(|line| line.strip_prefix(&format!("pub const {name}: ")))
        .and_then(|rest| rest.split_once(" = "))
        .map_or("", |(_, value)| value.trim_end_matches(';'));
    if let Some(seconds) = declared.strip_prefix("Millis::seconds(").and_then(|rest| rest.strip_suffix(')')) {
        let product: u64 = seconds.split(" * ").filter_map(|factor| factor.parse::<u64>().ok()).product();
        return format!("{product} s");
    }
    if let Some(millis) = declared.strip_prefix("Millis::new(").and_then(|rest| rest.strip_suffix(')')) {
        return format!("{millis} ms");
    }
    let factors = declared.replace('_', "");
    factors.split(" * ").filter_map(|factor| factor.parse::<usize>().ok()).product::<usize>().to_string()
}
