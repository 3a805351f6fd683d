//! The command as the shell sees it: what it prints, where, and with which exit code.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "cli/accounts.rs"]
mod accounts;
#[path = "cli/backup.rs"]
mod backup;
mod command;
#[path = "cli/members.rs"]
mod members;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/tokens.rs"]
mod tokens;
#[path = "cli/turn_servers.rs"]
mod turn_servers;
#[path = "cli/usage.rs"]
mod usage;

use command::tring;
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn run(directory: &Path, arguments: &[&str]) -> Output {
    tring(directory, arguments).output().unwrap()
}

/// Runs a command that must succeed and returns the JSON that it printed.
fn json(directory: &Path, arguments: &[&str]) -> Value {
    let output = run(directory, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs a command that must fail with `code`, print nothing, and returns its complaint.
fn complaint(directory: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(directory, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
