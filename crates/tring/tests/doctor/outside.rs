//! A server that runs, seen with `--url`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tring_protocol::http::account::{AccessSettings, SettingsChange};
use tring_protocol::ids::AccountId;
use tring_server::clock;
use tring_store::{Actor, Store};

use super::server::Server;
use super::{Said, WELL, tring};

fn seen(url: &str, more: &[&str]) -> Said {
    let dir = tempfile::tempdir().unwrap();
    Said::of(tring(dir.path(), &[&["doctor", "--json", "--url", url], more].concat()))
}

fn called(server: &Server, more: &[&str]) -> Said {
    let account = ["--account", &server.account, "--apikey", &server.apikey];
    seen(&server.url, &[&account, more].concat())
}

#[test]
fn a_server_that_is_well_is_called_over_udp_and_tcp() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &WELL);
    let said = called(&server, &[]);
    said.is_well();
    said.is_green("server", "without TLS, and takes calls");
    said.is_green("clock", "it agrees with that of http://127.0.0.1:");
    said.is_green("call over UDP", "both hear each other");
    said.is_green("call over TCP", "both hear each other");
}

#[test]
fn an_advertised_address_that_leads_nowhere_is_red_and_so_is_a_wrong_key() {
    let dir = tempfile::tempdir().unwrap();
    // The relay listens at one loopback address and tells people another.
    let server = Server::start(dir.path(), &[&WELL[..], &["--advertise", "127.0.0.99"]].concat());
    let said = called(&server, &["--udp-only"]);
    said.is_red("call over UDP", "", "`relay.advertise` be the address");
    assert_eq!(said.lines("call over TCP", "red"), []);
    let said = seen(&server.url, &["--account", &server.account, "--apikey", "wrong", "--udp-only"]);
    said.is_red("call over UDP", "nobody could sign in: ", "correct `--url`, `--account` and `--apikey`");
}

#[test]
fn where_an_account_requires_user_tokens_the_two_bring_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &WELL);
    require_tokens(&dir.path().join("data"), &server.account);
    let said = called(&server, &["--udp-only"]);
    said.is_red("call over UDP", "nobody could sign in: ", "give two with `--token`");
    let token = |cuid: &str| {
        let output =
            tring(dir.path(), &["token", "--account", &server.account, "--cuid", cuid]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    let (one, other) = (token("tring_doctor_1"), token("tring_doctor_2"));
    let account = ["--account", &server.account, "--udp-only"];
    let said = seen(&server.url, &[&account[..], &["--token", &one, &other]].concat());
    said.is_well();
    said.is_green("call over UDP", "both hear each other");
    let said = seen(&server.url, &[&account[..], &["--token", &other, &one]].concat());
    said.is_red("call over UDP", "nobody could sign in: ", "give two with `--token`");
}

/// As its members do in the dashboard.
fn require_tokens(directory: &Path, account: &str) {
    let access = AccessSettings { require_user_tokens: true, ..AccessSettings::default() };
    let change = SettingsChange { access: Some(access), ..SettingsChange::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::in_directory(directory).await.unwrap();
        let account = AccountId::parse(account).unwrap();
        let account = store.account(&account);
        account.change(&Actor::Operator, clock::wall()).settings(&change).await.unwrap();
        store.close().await.unwrap();
    });
}

#[test]
fn on_a_machine_that_gives_the_doctor_no_time_a_call_tells_nothing_of_the_server() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &WELL);
    let see = ["doctor", "--url", &server.url, "--udp-only"];
    let call = ["--account", &server.account, "--apikey", &server.apikey];
    let mut doctor = tring(dir.path(), &[see, call].concat()).stdout(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_child(&doctor);
    let mut lines = BufReader::new(doctor.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("clock")), "what comes before the call is not disturbed");
    // A machine whose cores others have: from here on the doctor has one moment in sixteen.
    while doctor.try_wait().unwrap().is_none() {
        for (signal, length) in [(Signal::STOP, 1_500), (Signal::CONT, 100)] {
            let _ = kill_process(pid, signal);
            std::thread::sleep(Duration::from_millis(length));
        }
    }
    let rest: Vec<_> = lines.collect();
    let call = rest.iter().find(|line| line.contains("call over UDP")).unwrap();
    assert!(call.starts_with("yellow") && call.contains("too busy to tell"), "{rest:#?}");
    assert!(rest.iter().any(|line| line.contains("→ run this again when less runs beside it")), "{rest:#?}");
    assert_eq!(doctor.wait().unwrap().code(), Some(0));
}

#[test]
fn without_an_account_nobody_is_called_and_that_is_yellow() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &WELL);
    let said = seen(&server.url, &[]);
    said.is_well();
    assert!(said.lines("calls", "yellow")[0].1.contains("`--account` and `--apikey`"));
}

#[test]
fn where_nobody_answers_or_the_name_leads_nowhere_that_is_said() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    seen(&format!("http://{closed}"), &[]).is_red(
        "server",
        "does not answer as Tring does: ",
        "open the TCP port",
    );
    seen("https://calls.shop.invalid", &[]).is_red(
        "name",
        "calls.shop.invalid leads nowhere",
        "correct `--url`",
    );
    seen("calls.shop.example", &[]).is_red("name", "is not the address of a server", "https://");
}

#[test]
fn a_server_that_takes_no_calls_and_lives_in_another_time_is_red() {
    let node = Node::start("503 Service Unavailable");
    let said = seen(&node, &[]);
    said.is_red("server", "is Tring 9.9.9 and takes no calls", "look at the disk");
    said.is_red("clock", "s ahead of that of http://127.0.0.1:", "install and start an NTP client");
}

/// What another version in trouble says: it answers as the real one does, with a clock of its own.
struct Node;

impl Node {
    fn start(readiness: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                answer(stream, readiness);
            }
        });
        format!("http://{address}")
    }
}

fn answer(mut stream: TcpStream, readiness: &str) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (status, body) = match head.split(' ').nth(1) {
        Some("/v1/server") => ("200 OK", r#"{"version":"9.9.9","signUpOpen":false,"sendsMail":false}"#),
        Some("/readyz") => (
            readiness,
            r#"{"ready":false,"parts":[{"name":"database","ok":false,"reason":"look at the disk"}]}"#,
        ),
        _ => ("200 OK", "ok"),
    };
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}
