//! `tring doctor` as an operator meets it: every condition is brought about for real, and its line, advice and exit code
//! are looked at.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "doctor/calls.rs"]
mod calls;
#[path = "doctor/certificate.rs"]
mod certificate;
#[path = "doctor/configuration.rs"]
mod configuration;
#[path = "doctor/database.rs"]
mod database;
#[path = "doctor/machine.rs"]
mod machine;
#[path = "doctor/names.rs"]
mod names;
#[path = "doctor/outside.rs"]
mod outside;
#[path = "doctor/ports.rs"]
mod ports;
#[path = "doctor/server.rs"]
mod server;
#[path = "doctor/traces.rs"]
mod traces;

use serde_json::Value;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Free ports and nothing else: a configuration with which nothing is wrong.
const WELL: [&str; 4] = ["--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0"];

/// What `tring doctor --json` said.
struct Said {
    code: Option<i32>,
    answer: Value,
}

impl Said {
    fn of(mut command: Command) -> Self {
        let output = command.output().unwrap();
        let answer = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        Self { code: output.status.code(), answer }
    }

    /// Finding and advice of every line of `check` with this verdict.
    fn lines(&self, check: &str, verdict: &str) -> Vec<(String, String)> {
        let all = self.answer["checks"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        all.filter(|line| line["check"] == check && line["verdict"] == verdict)
            .map(|line| (text(&line["finding"]), text(&line["advice"])))
            .collect()
    }

    /// Asserts a red line of `check` that says `finding`, with what to do, and that the exit code tells it.
    #[track_caller]
    fn is_red(&self, check: &str, finding: &str, advice: &str) {
        let lines = self.lines(check, "red");
        let found = lines.iter().any(|(says, does)| says.contains(finding) && does.contains(advice));
        assert!(found, "no red line of {check} says {finding:?} and {advice:?}: {:#}", self.answer);
        assert_eq!((self.code, &self.answer["ok"]), (Some(1), &Value::Bool(false)));
    }

    /// Asserts a green line of `check` that says `finding`, and none that is red.
    #[track_caller]
    fn is_green(&self, check: &str, finding: &str) {
        let lines = self.lines(check, "green");
        let found = lines.iter().any(|(says, _)| says.contains(finding));
        assert!(found, "no green line of {check} says {finding:?}: {:#}", self.answer);
        assert_eq!(self.lines(check, "red"), []);
    }

    /// Asserts that nothing at all is red.
    #[track_caller]
    fn is_well(&self) {
        assert_eq!((self.code, &self.answer["ok"]), (Some(0), &Value::Bool(true)), "{:#}", self.answer);
    }
}

/// Where a `timedatectl` is that says this of the clock: machines differ in whether theirs follows a time server.
fn clock_that(follows: &str) -> PathBuf {
    let directory =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clock-{follows}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let program = directory.join("timedatectl");
    std::fs::write(&program, format!("#!/bin/sh\necho {follows}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// Written before anything is started, so that nobody starts it while it is.
static RIGHT_CLOCK: LazyLock<PathBuf> = LazyLock::new(|| clock_that("yes"));
static WRONG_CLOCK: LazyLock<PathBuf> = LazyLock::new(|| clock_that("no"));

/// The path of programs with this directory before all others.
fn path_with(directory: &Path) -> String {
    format!("{}:{}", directory.display(), std::env::var("PATH").unwrap())
}

/// The command in a directory of its own, with an environment that says nothing of Tring.
fn tring(directory: &Path, arguments: &[&str]) -> Command {
    under(&[], directory, arguments)
}

/// The same, started by another program.
fn under(starter: &[&str], directory: &Path, arguments: &[&str]) -> Command {
    let mut words =
        starter.iter().copied().chain([env!("CARGO_BIN_EXE_tring")]).chain(arguments.iter().copied());
    let mut command = Command::new(words.next().unwrap());
    command.args(words).current_dir(directory);
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("TRING")) {
        command.env_remove(key);
    }
    LazyLock::force(&WRONG_CLOCK);
    command.env("PATH", path_with(&RIGHT_CLOCK));
    command
}

/// Starts programs without the capabilities that let root do everything; who is not root has none.
fn without_capabilities() -> &'static [&'static str] {
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    if is_root { &["setpriv", "--bounding-set=-all", "--inh-caps=-all"] } else { &[] }
}

/// What the doctor says of this configuration without calling anybody.
fn examined(directory: &Path, arguments: &[&str]) -> Said {
    Said::of(tring(directory, &[&["doctor", "--json", "--no-calls"], arguments].concat()))
}

/// The same for a `tring.toml`.
fn configured(directory: &Path, toml: &str) -> Said {
    std::fs::write(directory.join("tring.toml"), toml).unwrap();
    examined(directory, &[])
}
