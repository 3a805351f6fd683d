//! `tring bench` against a real server: what it reports of calls that go well, and of a server that refuses or dies.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "bench/authority.rs"]
mod authority;
mod command;
#[path = "bench/interrupted.rs"]
mod interrupted;
#[expect(dead_code, reason = "a bench takes no keys")]
mod terminal;

use command::tring;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tring_protocol::http::account::{AccessSettings, SettingsChange};
use tring_protocol::ids::AccountId;
use tring_server::clock;
use tring_store::{Actor, Store};

/// How long anything that must happen may take on a busy machine. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server with one account, ended with the test.
struct World {
    server: Child,
    http: String,
    metrics: String,
    account: String,
    apikey: String,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        Self::with(&[])
    }

    /// One whose server speaks TLS alone, with a certificate of this authority.
    fn secure(authority: &authority::Authority) -> Self {
        let (chain, key) = authority.files();
        Self::with(&[("TRING__TLS__CERTIFICATE", &chain), ("TRING__TLS__KEY", &key)])
    }

    /// One whose server is told more by its environment.
    fn with(environment: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let created = tring(dir.path(), &["account", "create", "Acme", "--json"]).output().unwrap();
        let account: Value = serde_json::from_slice(&created.stdout).unwrap();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--relay", "127.0.0.1:0", "--json"];
        let mut server = tring(dir.path(), &serve)
            .env("TRING__METRICS__LISTEN", "127.0.0.1:0")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            server,
            http: text(&said["http"]),
            metrics: text(&said["metrics"]),
            account: text(&account["accountId"]),
            apikey: text(&account["apikey"]),
            dir,
        }
    }

    /// Waits until a figure of the server's own is as large.
    fn until_figure(&self, name: &str, least: u64) {
        let began = Instant::now();
        while self.figure(name) < least {
            assert!(began.elapsed() < PATIENCE, "{name} stays below {least}");
            std::thread::yield_now();
        }
    }

    /// From now on nobody signs in without a user token, as the account's members decide in the dashboard; its token secret.
    fn require_tokens(&self) -> String {
        let access = AccessSettings { require_user_tokens: true, ..AccessSettings::default() };
        let change = SettingsChange { access: Some(access), ..SettingsChange::default() };
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::in_directory(&self.dir.path().join("data")).await.unwrap();
            let id = AccountId::parse(&self.account).unwrap();
            let account = store.account(&id);
            account.change(&Actor::Operator, clock::wall()).settings(&change).await.unwrap();
            let secrets = account.token_secrets_in_force(clock::wall()).await.unwrap();
            store.close().await.unwrap();
            secrets[0].secret.clone()
        })
    }

    fn bench(&self, options: &[&str]) -> Command {
        let to = ["bench", "--server", &self.http, "--account", &self.account, "--apikey", &self.apikey];
        tring(self.dir.path(), &[&to, options].concat())
    }

    /// A figure of the server's own.
    fn figure(&self, name: &str) -> u64 {
        let address = self.metrics.trim_start_matches("http://").trim_end_matches("/metrics");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /metrics HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse::<f64>().ok()).unwrap_or(0.0) as u64
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {} {}", text(&output.stdout), text(&output.stderr));
    })
}

#[test]
fn calls_and_idle_devices_that_go_well_are_reported_with_what_they_cost() {
    let world = World::new();
    let output = world
        .bench(&["--calls", "4", "--rate", "4", "--hold", "2s", "--idle", "3", "--json"])
        .output()
        .unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");

    assert_eq!(report["calls"]["placed"], 4);
    assert_eq!(report["calls"]["failed"], 0);
    assert_eq!(report["devices"]["signedIn"], 2 * 4 + 3);
    assert_eq!(world.figure("tring_calls_placed_total"), 4);
    for times in ["placedToRinging", "answeredToBothKeyed", "answeredToFirstAudio"] {
        let [p50, max] = ["p50", "max"].map(|which| report["calls"][times][which].as_f64().unwrap());
        assert!(0.0 <= p50 && p50 <= max && max < PATIENCE.as_secs_f64() * 1e3, "{times}: {report:#}");
    }

    let packets = &report["packets"];
    let [sent, delivered] = ["sent", "delivered"].map(|which| packets[which].as_u64().unwrap());
    // Eight legs that talk for two seconds send 800; a machine that is short of time sends fewer.
    assert!((200..=1_200).contains(&sent) && delivered > sent / 2 && delivered <= sent, "{report:#}");
    assert_eq!((&packets["toAWrongCall"], &packets["undecryptable"]), (&Value::from(0), &Value::from(0)));
    assert!(packets["delayMs"]["p50"].as_f64().unwrap() > 0.0);

    let server = &report["server"];
    assert_eq!(server["pid"], world.server.id());
    assert_eq!(server["process"], "tring");
    assert!(server["memoryMb"].as_f64().unwrap() > 1.0, "{report:#}");
    for figure in ["cpuPercentMax", "threadPercentMax", "cores"] {
        assert!(server[figure].as_f64().unwrap() > 0.0, "{figure}: {report:#}");
    }
    let generator = &report["generator"];
    for figure in ["cpuPercent", "cpuPercentMax", "audioThreadPercentMax", "cores"] {
        assert!(generator[figure].as_f64().unwrap() > 0.0, "{figure}: {report:#}");
    }
    assert!(generator["packetsLateMs"]["max"].as_f64().unwrap() > 0.0, "{report:#}");
    assert!(report["limits"].is_array());
    assert_eq!(text(&output.stderr), "", "programs are shown no progress");
}

#[test]
fn calls_over_tls_go_well_if_who_signed_the_certificate_is_trusted() {
    let authority = authority::Authority::new();
    let world = World::secure(&authority);
    assert!(world.http.starts_with("https://"), "{}", world.http);
    let calls = ["--calls", "2", "--rate", "2", "--hold", "1s", "--idle", "2"];
    let ca = authority.root();
    let output = world.bench(&[&calls[..], &["--ca", &ca, "--json"]].concat()).output().unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!((&report["calls"]["placed"], &report["calls"]["failed"]), (&Value::from(2), &Value::from(0)));
    assert_eq!(report["devices"]["signedIn"], 2 * 2 + 2);
    assert!(report["packets"]["delivered"].as_u64().unwrap() > 0, "{report:#}");
    assert_eq!(report["server"]["pid"], world.server.id());

    let complaint = |options: &[&str]| {
        let output = world.bench(&[&calls[..], options].concat()).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
        text(&output.stderr)
    };
    let stranger = authority::Authority::new();
    for options in [&[][..], &["--ca", &stranger.root()]] {
        let complaint = complaint(options);
        assert!(
            complaint.contains("nobody could be signed in") && complaint.contains("invalid peer certificate"),
            "{complaint}"
        );
    }
    let missing = complaint(&["--ca", "nowhere.pem"]);
    assert!(missing.contains("the certificates in nowhere.pem cannot be read"), "{missing}");
    assert_eq!(world.figure("tring_calls_placed_total"), 2, "nobody was called without trust");
}

#[test]
fn packets_of_60_ms_are_a_third_as_many_and_people_get_lines() {
    let world = World::new();
    let options = ["--calls", "1", "--hold", "3s", "--packet-time", "60"];
    let output = world.bench(&options).output().unwrap();
    let lines = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{lines} {}", text(&output.stderr));
    assert!(lines.contains("1 of 1 placed, 0 failed"), "{lines}");
    assert!(lines.contains("first audio") && lines.contains("server     tring (process"), "{lines}");
    let packets = lines.lines().find(|line| line.starts_with("packets    ")).unwrap();
    let sent: u64 = packets.split_whitespace().nth(1).unwrap().parse().unwrap();
    // Two legs for three seconds: 100, where 20 ms would make 300.
    assert!((20..=150).contains(&sent), "{packets}");
    // Where no terminal is, progress comes in plain lines, each step's last one at least.
    let progress = text(&output.stderr);
    assert!(progress.starts_with("signing in      1/1  ") && progress.contains("\ncalls           1/1  "));
    assert!(!progress.contains('\u{1b}') && !progress.contains('\r'), "{progress:?}");
}

#[test]
fn a_wrong_key_and_a_server_that_is_not_there_are_told_before_any_call() {
    let world = World::new();
    let account = &world.account;
    let wrong = ["bench", "--server", &world.http, "--account", account, "--apikey", "wrong", "--json"];
    let output = tring(world.dir.path(), &wrong).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("ERR_INVALID_CREDENTIALS"), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(world.figure("tring_calls_placed_total"), 0);

    // The port of nobody: it was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    let gone = ["bench", "--server", &nowhere, "--account", account, "--apikey", &world.apikey];
    let output = tring(world.dir.path(), &gone).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("the server cannot be reached"), "{}", text(&output.stderr));
}

#[test]
fn users_of_an_account_that_requires_tokens_bring_those_that_its_secret_makes() {
    let world = World::new();
    let secret = world.require_tokens();
    let file = |name: &str, text: &str| {
        let path = world.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (file("right", &format!("{secret}\n")), file("wrong", "of another account"));
    let calls = ["--calls", "1", "--hold", "1s", "--idle", "1", "--json"];
    let output = world.bench(&[&calls[..], &["--token-secret-file", &right]].concat()).output().unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!((&report["calls"]["failed"], &report["devices"]["signedIn"]), (&0.into(), &3.into()));

    let empty = file("empty", "\n");
    for (options, complaint) in [
        (&[][..], "name the file with one of its token secrets by `--token-secret-file`"),
        (&["--token-secret-file", &wrong], "refuses tokens that are signed with this secret"),
        (&["--token-secret-file", &empty], "is empty"),
        (&["--token-secret-file", "nowhere"], "cannot be read from nowhere"),
    ] {
        let output = world.bench(&[&calls[..], options].concat()).output().unwrap();
        let text = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(complaint), "{text}");
        assert!(!text.contains(&secret), "secrets are not repeated");
    }
}

#[test]
fn devices_that_a_server_refuses_are_counted_with_what_to_do() {
    let world = World::with(&[("TRING__SIGN_IN__BURST", "8"), ("TRING__SIGN_IN__PER_MINUTE", "1")]);
    let options = ["--calls", "1", "--hold", "1s", "--idle", "20"];
    let output = world.bench(&options).output().unwrap();
    let lines = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{lines}");
    assert!(lines.contains("1 of 1 placed, 0 failed") && lines.contains("8 signed in"), "{lines}");
    assert!(lines.contains("14 × refused to sign in (ERR_RATE_LIMITED"), "{lines}");
    assert!(lines.contains("raise `sign_in.burst`"), "{lines}");
    assert!(text(&output.stderr).contains("14 devices were refused"), "{}", text(&output.stderr));
}

#[test]
fn a_server_that_dies_in_the_middle_of_calls_is_reported_by_what_each_call_lost() {
    let mut world = World::new();
    let bench = world
        .bench(&["--calls", "6", "--rate", "2", "--hold", "5m", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    world.until_figure("tring_calls_placed_total", 3);
    world.server.kill().unwrap();
    let output = bench.wait_with_output().unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((&report["calls"]["placed"], &report["calls"]["failed"]), (&Value::from(6), &Value::from(6)));
    let reasons = report["failures"].as_array().unwrap();
    assert_eq!(reasons[0]["reason"], "the signalling connection was lost", "{report:#}");
    assert!(text(&output.stderr).contains("6 of 6 calls failed"), "{}", text(&output.stderr));
}

#[test]
fn what_cannot_be_asked_for_is_a_usage_error() {
    let dir = tempfile::tempdir().unwrap();
    let to = ["bench", "--server", "http://127.0.0.1:1", "--account", "acc_0000", "--apikey", "x"];
    for (option, complaint) in [
        (["--packet-time", "30"], "must be 20, 40 or 60"),
        (["--rate", "0"], "between 0.01 and 1000"),
        (["--hold", "long"], "length of time"),
        (["--users-prefix", "no spaces"], "--users-prefix"),
    ] {
        let output = tring(dir.path(), &[&to[..], &option].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{option:?}");
        assert!(text(&output.stderr).contains(complaint), "{option:?}: {}", text(&output.stderr));
    }
}
