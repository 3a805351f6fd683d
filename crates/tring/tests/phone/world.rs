//! A running server, and phones in terminals that call each other on it.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::command::tring;
use crate::speech::Voice;

/// How long anything that must happen may take on a busy machine. Nothing waits for it to pass.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server with one account, ended with the test.
pub(crate) struct World {
    server: Child,
    pub(crate) origin: String,
    pub(crate) account: String,
    pub(crate) apikey: String,
    pub(crate) dir: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let created = tring(dir.path(), &["account", "create", "Acme", "--json"]).output().unwrap();
        let account: Value = serde_json::from_slice(&created.stdout).unwrap();
        let listen = ["serve", "--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0", "--json"];
        let mut server =
            tring(dir.path(), &listen).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (account, apikey) = (text(&account["accountId"]), text(&account["apikey"]));
        Self { server, origin: text(&said["http"]), account, apikey, dir }
    }

    /// A file with twenty seconds of a voice.
    pub(crate) fn speech(&self, name: &str, voice: &Voice) -> PathBuf {
        let path = self.dir.path().join(name);
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for sample in voice.samples().iter().cycle().take(20 * 48_000) {
            writer.write_sample(*sample).unwrap();
        }
        writer.finalize().unwrap();
        path
    }

    /// Returns once a recording has grown by so many seconds. It does not begin before the call is heard.
    pub(crate) fn until_longer(&self, name: &str, seconds: u64) {
        let path = self.dir.path().join(name);
        let length = || std::fs::metadata(&path).map_or(0, |file| file.len());
        let wanted = length() + seconds * 48_000 * 2;
        let deadline = Instant::now() + PATIENCE;
        while length() < wanted {
            assert!(Instant::now() < deadline, "{name} does not grow");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `tring call` or `tring listen` as this user, with silence for a voice unless `arguments` say otherwise.
    pub(crate) fn command(&self, cuid: &str, arguments: &[&str]) -> Command {
        let mut command = tring(self.dir.path(), arguments);
        command
            .env("TRING_SERVER", &self.origin)
            .env("TRING_ACCOUNT", &self.account)
            .env("TRING_APIKEY", &self.apikey)
            .env("TRING_CUID", cuid);
        if !arguments.iter().any(|argument| ["--play", "--record"].contains(argument)) {
            command.args(["--record", &format!("{cuid}.wav")]);
        }
        command
    }

    /// A phone that tells events, and is told letters.
    pub(crate) fn phone(&self, cuid: &str, arguments: &[&str]) -> Phone {
        let mut process = self
            .command(cuid, arguments)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (told, events) = channel();
        let out = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = told.send(serde_json::from_str(&line).unwrap());
            }
        });
        let phone = Phone { process, events, cuid: cuid.to_owned() };
        phone.until("signed in", |event| event["event"] == "signed_in");
        phone
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A running `tring call` or `tring listen`, ended with the test.
pub(crate) struct Phone {
    process: Child,
    events: Receiver<Value>,
    cuid: String,
}

impl Phone {
    /// The next event that is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut seen = Vec::new();
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok(event) if is_so(&event) => return event,
                Ok(event) => seen.push(event),
                Err(error) => panic!("{}: no {what} ({error}), only {seen:#?}", self.cuid),
            }
        }
    }

    /// The next event in which the call has this status.
    pub(crate) fn until_status(&self, status: &str) -> Value {
        self.until(status, |event| event["event"] == "call" && event["status"] == status)
    }

    pub(crate) fn type_in(&mut self, letters: &str) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{letters}").unwrap();
    }

    /// What Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// The exit code, and the event that came last.
    pub(crate) fn end(mut self) -> (i32, Value) {
        let rest: Vec<Value> = self.events.iter().collect();
        let is_documented = |event: &Value| event["event"] != "call" || event["status"] != "ended";
        assert!(rest.iter().all(is_documented), "the end has an event of its own: {rest:#?}");
        (code(&mut self.process), rest.last().cloned().unwrap_or(Value::Null))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The exit code of a process that is about to end.
pub(crate) fn code(process: &mut Child) -> i32 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status.code().unwrap();
        }
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}
