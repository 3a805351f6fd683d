use super::{complaint, json, run, text, tring};
use std::io::Write;
use std::process::Stdio;

const SECRET: &str = "north-wind secret";

fn account(directory: &std::path::Path) -> String {
    json(directory, &["account", "create", "Acme"])["accountId"].as_str().unwrap().to_owned()
}

#[test]
fn turn_servers_are_added_listed_and_removed_and_their_secret_is_never_printed() {
    let dir = tempfile::tempdir().unwrap();
    let account = account(dir.path());
    std::fs::write(dir.path().join("secret"), format!("{SECRET}\n")).unwrap();
    let urls = ["turn:turn.shop.example:3478", "turns:turn.shop.example:443?transport=tcp"];
    let add = ["turn-server", "add", &account, urls[0], urls[1], "--secret-file", "secret"];
    let added = json(dir.path(), &add);
    assert_eq!(added["urls"], serde_json::json!(urls));
    let listed = run(dir.path(), &["turn-server", "list", &account]);
    let listed = text(&listed.stdout);
    assert!(listed.contains(urls[0]) && listed.contains(urls[1]), "{listed}");
    assert!(!listed.contains(SECRET) && !added.to_string().contains(SECRET));
    let id = added["turnServerId"].as_str().unwrap();
    json(dir.path(), &["turn-server", "remove", &account, id]);
    assert_eq!(json(dir.path(), &["turn-server", "list", &account]), serde_json::json!([]));
    assert!(
        complaint(dir.path(), &["turn-server", "remove", &account, id], 1).contains("no such TURN server")
    );
}

#[test]
fn a_secret_can_come_from_the_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let account = account(dir.path());
    let add = ["turn-server", "add", &account, "turn:turn.shop.example", "--secret-file", "-"];
    let mut command = tring(dir.path(), &add).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    command.stdin.take().unwrap().write_all(SECRET.as_bytes()).unwrap();
    assert!(command.wait_with_output().unwrap().status.success());
}

#[test]
fn what_is_no_turn_server_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("short"), "seven77").unwrap();
    for (url, file, code, sentence) in [
        ("stun:turn.shop.example", "short", 2, "must be the address of a TURN server"),
        ("turn:turn.shop.example", "short", 2, "the secret must have 8 to 200 characters"),
        ("turn:turn.shop.example", "nowhere", 1, "the secret cannot be read from nowhere"),
    ] {
        let refused =
            complaint(dir.path(), &["turn-server", "add", "acme", url, "--secret-file", file], code);
        assert!(refused.contains(sentence), "{refused}");
    }
}
