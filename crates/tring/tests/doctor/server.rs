use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::tring;

/// A running server with one account, ended with the test.
pub(super) struct Server {
    process: Child,
    pub(super) url: String,
    pub(super) relay: String,
    pub(super) account: String,
    pub(super) apikey: String,
}

impl Server {
    pub(super) fn start(directory: &Path, arguments: &[&str]) -> Self {
        let created = tring(directory, &["account", "create", "Acme", "--json"]).output().unwrap();
        let account: Value = serde_json::from_slice(&created.stdout).unwrap();
        let mut process = tring(directory, &[&["serve", "--json"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            process,
            url: text(&said["http"]),
            relay: text(&said["relay"][0]),
            account: text(&account["accountId"]),
            apikey: text(&account["apikey"]),
        }
    }

    /// Where HTTP listens.
    pub(super) fn listen(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
