use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{complaint, json, text, tring};

/// How long a server may take to stop; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server, ended with the test.
pub(super) struct Server {
    process: Child,
    listening: Value,
}

impl Server {
    pub(super) fn start(directory: &Path, more: &[&str]) -> Self {
        let ports = ["--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0,127.0.0.1:0", "--json"];
        let arguments = [&["serve"], &ports[..], more].concat();
        let mut process =
            tring(directory, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let listening = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON line: {line:?}"));
        Self { process, listening }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "the server does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it as a loss of power would.
    pub(super) fn crash(&mut self) {
        self.signal("-KILL");
        self.wait();
    }

    fn log(&mut self) -> String {
        let mut log = Vec::new();
        self.process.stderr.as_mut().unwrap().read_to_end(&mut log).unwrap();
        text(&log)
    }

    /// A device of `cuid`, signed in with these credentials.
    pub(super) async fn device(&self, credentials: &Value, cuid: &str) -> Device {
        let url = self.listening["http"].as_str().unwrap().replace("http://", "ws://") + "/v1/signal";
        let mut device = Device(connect_async(url).await.unwrap().0);
        device
            .send(json!({
                "type": "hello", "protocol": 1, "account": credentials["accountId"],
                "apikey": credentials["apikey"], "cuid": cuid,
                "device": { "id": format!("device-of-{cuid}"), "platform": "web" },
                "sdk": { "name": "test", "version": "1" },
            }))
            .await;
        device
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails when it has stopped already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(super) struct Device(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Device {
    async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame of this type, or message whose body has it.
    pub(super) async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap();
            let Message::Text(text) = message else { continue };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"] == kind || frame["body"]["type"] == kind {
                return frame;
            }
        }
    }

    pub(super) async fn place(&mut self, to: &str) {
        let body = json!({ "type": "place", "reference": "1", "to": to, "context": "Hello" });
        self.send(json!({ "type": "message", "seq": 1, "ack": 0, "body": body })).await;
    }
}

#[tokio::test]
async fn it_says_where_it_is_and_serves_accounts_that_are_made_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    assert_eq!(server.listening["event"], "listening");
    assert!(server.listening["demo"].is_null());
    assert_eq!(server.listening["relay"].as_array().unwrap().len(), 2);
    assert!(!server.listening.to_string().contains(":0\""), "ports are the real ones: {}", server.listening);

    let account = json(dir.path(), &["account", "create", "Acme"]);
    server.device(&account, "alice").await.hear("welcome").await;
    let (id, key) = (account["accountId"].as_str().unwrap(), account["apikey"].as_str().unwrap());
    json(dir.path(), &["key", "revoke", id, key]);
    let refused = server.device(&account, "alice").await.hear("refused").await;
    assert_eq!(refused["error"]["code"], "ERR_INVALID_CREDENTIALS");
    let settings = json(dir.path(), &["key", "new", id]);
    json(dir.path(), &["account", "settings", id, "--ring-timeout", "5s"]);
    assert_eq!(server.device(&settings, "alice").await.hear("welcome").await["ringTimeout"], 5_000);
}

#[tokio::test]
async fn the_demo_has_an_account_of_its_own_that_stays_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &["--demo"]).listening["demo"].clone();
    let server = Server::start(dir.path(), &["--demo"]);
    let second = &server.listening["demo"];
    assert_eq!((&first["accountId"], &first["apikey"]), (&second["accountId"], &second["apikey"]));
    assert_eq!(second["login"], first["login"]);
    assert_eq!(second["url"], format!("{}/demo/", server.listening["http"].as_str().unwrap()));
    server.device(second, "alice").await.hear("welcome").await;
}

#[test]
fn people_are_told_what_to_open() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--demo", "--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0"];
    let mut server = Server {
        process: tring(dir.path(), &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap(),
        listening: Value::Null,
    };
    let lines: Vec<String> =
        BufReader::new(server.process.stdout.as_mut().unwrap()).lines().take(9).map(Result::unwrap).collect();
    let said = |what: &str| lines.iter().find(|line| line.trim_start().starts_with(what)).unwrap();
    assert!(said("dashboard").contains("http://127.0.0.1:"), "{lines:?}");
    assert!(said("sign in there with").contains("demo@tring.example and "), "{lines:?}");
    assert!(said("open this in two tabs").contains("http://127.0.0.1:"), "{lines:?}");
    assert!(said("accountId").contains("demo") && said("apikey").contains("pk_"), "{lines:?}");
    assert!(said("data").contains(dir.path().canonicalize().unwrap().to_str().unwrap()), "{lines:?}");
    server.signal("-INT");
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn with_tls_of_its_own_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let acme = "[acme]\nnames = [\"calls.test\"]\nterms_agreed = true\ndirectory = \"https://127.0.0.1:1/directory\"\n";
    std::fs::write(dir.path().join("tring.toml"), format!("{acme}[tls]\nredirect = \"127.0.0.1:0\"\n"))
        .unwrap();
    let server = Server::start(dir.path(), &["--demo"]);
    let said = |value: &Value| value.as_str().unwrap().to_owned();
    let origin = said(&server.listening["http"]);
    assert!(origin.starts_with("https://calls.test:"), "{origin}");
    assert_eq!(said(&server.listening["demo"]["url"]), format!("{origin}/demo/"));
    assert!(said(&server.listening["redirect"]).starts_with("http://127.0.0.1:"), "{}", server.listening);
}

#[tokio::test]
async fn told_to_stop_it_lets_calls_end_and_exits_with_0() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(dir.path(), &["--demo"]);
    let demo = server.listening["demo"].clone();
    let mut alice = server.device(&demo, "alice").await;
    let mut bobby = server.device(&demo, "bobby").await;
    bobby.hear("welcome").await;
    alice.place("bobby").await;
    let call = bobby.hear("incoming").await["body"]["callId"].clone();
    server.signal("-TERM");
    let mut carol = server.device(&demo, "carol").await;
    carol.hear("welcome").await;
    let hangup = json!({ "type": "hangup", "callId": call });
    bobby.send(json!({ "type": "message", "seq": 1, "ack": 0, "body": hangup })).await;
    assert_eq!(alice.hear("ended").await["body"]["reason"], "user");
    assert_eq!(server.wait().code(), Some(0));
    assert!(server.log().contains("told to stop"));
}

#[tokio::test]
async fn a_second_signal_stops_at_once_and_the_call_ends_as_lost_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(dir.path(), &["--demo"]);
    let demo = server.listening["demo"].clone();
    let mut alice = server.device(&demo, "alice").await;
    let mut bobby = server.device(&demo, "bobby").await;
    bobby.hear("welcome").await;
    alice.place("bobby").await;
    let call = alice.hear("placed").await["body"]["callId"].clone();
    server.signal("-TERM");
    server.signal("-INT");
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(1));
    assert!(server.log().contains("tring: stopped at once;"));

    let server = Server::start(dir.path(), &["--demo"]);
    let mut alice = server.device(&demo, "alice").await;
    let hangup = json!({ "type": "hangup", "callId": call });
    alice.send(json!({ "type": "message", "seq": 1, "ack": 0, "body": hangup })).await;
    assert_eq!(alice.hear("ended").await["body"]["reason"], "node_lost");
}

#[test]
fn what_cannot_be_served_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    for (arguments, sentence) in [
        (["--listen", "8080"], "tring: `http.listen` must be an IP address and a port such as"),
        (["--relay", "0.0.0.0:0"], "tring: `relay.advertise` must name the addresses that clients reach"),
        (["--advertise", "example.org"], "tring: `relay.advertise` must be an IP address such as"),
        (["--config", "nowhere.toml"], "tring: there is no file nowhere.toml"),
    ] {
        let refused = complaint(dir.path(), &[&["serve"], &arguments[..]].concat(), 2);
        assert!(refused.starts_with(sentence), "{refused}");
    }
    std::fs::write(dir.path().join("tring.toml"), "log = \"tring=loud\"").unwrap();
    assert!(complaint(dir.path(), &["serve"], 2).starts_with("tring: `log` must be a level or a list"));
}

#[test]
fn an_address_in_use_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = complaint(dir.path(), &["serve", "--listen", &address, "--relay", "127.0.0.1:0"], 1);
    let end = refused.lines().last().unwrap();
    assert!(end.starts_with(&format!("tring: `http.listen` cannot be {address}: ")), "{refused}");
}

#[tokio::test]
async fn the_log_is_lines_of_json_if_that_is_asked_for_and_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tring.toml"), "log_format = \"json\"\n").unwrap();
    let account = json(dir.path(), &["account", "create", "Acme"]);
    let mut server = Server::start(dir.path(), &[]);
    let mut alice = server.device(&account, "alice_of_the_shop").await;
    alice.hear("welcome").await;
    alice.place("bobby_the_courier").await;
    alice.hear("placed").await;
    drop(alice);
    server.signal("-TERM");
    assert!(server.wait().success());
    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"].as_str().unwrap().starts_with("told to stop")), "{log}");
    for line in &lines {
        assert!(
            line["timestamp"].is_string() && line["level"].is_string() && line["target"].is_string(),
            "{line}"
        );
    }
    let key = account["apikey"].as_str().unwrap();
    for secret in ["alice", "bobby", "Hello", "device-of", "127.0.0.1", key] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn a_supervisor_is_told_that_the_server_is_ready_lives_and_stops() {
    let dir = tempfile::tempdir().unwrap();
    let socket = std::os::unix::net::UnixDatagram::bind(dir.path().join("notify")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        text(&bytes[..length])
    };
    let mut process = tring(dir.path(), &["serve", "--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0"])
        .env("NOTIFY_SOCKET", dir.path().join("notify"))
        .env("WATCHDOG_USEC", "200000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!([heard(), heard(), heard()], ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]);
    let told = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(told.success());
    while heard() != "STOPPING=1" {}
    assert!(process.wait().unwrap().success());
}
