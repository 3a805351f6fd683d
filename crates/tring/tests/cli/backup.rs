use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::serve::Server;
use super::{complaint, json as answer, run, text};

/// Calls that were placed, and that the caller was told of.
async fn place(server: &Server, account: &Value, callers: std::ops::Range<u32>) -> Vec<String> {
    let mut calls = Vec::new();
    for caller in callers {
        let mut device = server.device(account, &format!("caller_{caller}")).await;
        device.hear("welcome").await;
        device.place(&format!("callee_{caller}")).await;
        calls.push(device.hear("placed").await["body"]["callId"].as_str().unwrap().to_owned());
    }
    calls
}

fn calls_in(directory: &Path) -> Value {
    answer(directory, &["backup", "look.db"])["calls"].clone()
}

#[tokio::test]
async fn a_copy_made_while_calls_are_placed_has_every_call_that_was_acknowledged_before_it() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let account = answer(dir.path(), &["account", "create", "Acme"]);
    let server = Server::start(dir.path(), &[]);
    let before = place(&server, &account, 0..5).await;
    let (path, copy) = (dir.path().to_owned(), elsewhere.path().join("copy.db"));
    let (to, key) = (copy.to_str().unwrap().to_owned(), elsewhere.path().join("copy.key"));
    let key = key.to_str().unwrap().to_owned();
    let making = tokio::task::spawn_blocking({
        let (to, key) = (to.clone(), key.clone());
        move || answer(&path, &["backup", &to, "--key", &key])
    });
    let meanwhile = place(&server, &account, 5..15).await;
    let made = making.await.unwrap();
    assert_eq!((&made["database"], &made["accounts"]), (&json!(to), &json!(1)));
    let copied = made["calls"].as_u64().unwrap();
    assert!(
        (before.len()..=before.len() + meanwhile.len()).contains(&usize::try_from(copied).unwrap()),
        "{made}"
    );
    for file in [&to, &key] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    assert!(complaint(dir.path(), &["backup", &to], 1).contains("is there already"));

    // Restored elsewhere, a server runs on it and knows the account and the calls.
    let restored = answer(elsewhere.path(), &["restore", &to, "--key", &key]);
    assert_eq!(restored["calls"], made["calls"]);
    let second = Server::start(elsewhere.path(), &[]);
    second.device(&account, "caller_0").await.hear("welcome").await;
    let bytes = fs::read(&to).unwrap();
    for call in before {
        assert!(bytes.windows(call.len()).any(|part| part == call.as_bytes()), "{call} is not in the copy");
    }
    assert!(calls_in(elsewhere.path()).as_u64() >= Some(copied));
}

#[tokio::test]
async fn nothing_is_restored_under_a_running_server_or_over_a_database_unless_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let account = answer(dir.path(), &["account", "create", "Acme"]);
    answer(dir.path(), &["backup", "copy.db"]);
    let mut server = Server::start(dir.path(), &[]);
    place(&server, &account, 0..1).await;
    for overwrite in [&[][..], &["--overwrite"]] {
        let refused = complaint(dir.path(), &[&["restore", "copy.db"], overwrite].concat(), 1);
        assert!(refused.contains("is in use: stop the server"), "{refused}");
    }
    server.crash();
    let refused = complaint(dir.path(), &["restore", "copy.db"], 1);
    assert!(refused.contains("is there already; `--overwrite`"), "{refused}");
    assert_eq!(calls_in(dir.path()), 1);

    assert_eq!(answer(dir.path(), &["restore", "copy.db", "--overwrite"])["calls"], 0);
    fs::remove_file(dir.path().join("look.db")).unwrap();
    assert_eq!(calls_in(dir.path()), 0);
    assert!(dir.path().join("data/tring.db.before-restore").is_file(), "what was there is put aside");
}

#[test]
fn what_is_no_whole_copy_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    answer(dir.path(), &["account", "create", "Acme"]);
    answer(dir.path(), &["backup", "copy.db"]);
    let whole = fs::read(dir.path().join("copy.db")).unwrap();
    let present = fs::read(dir.path().join("data/tring.db")).unwrap();
    for (bytes, sentence) in [
        (b"no database at all".to_vec(), "is not a whole database of Tring"),
        (whole[..whole.len() / 2].to_vec(), "is not a whole database of Tring"),
        (Vec::new(), "is not a whole database of Tring"),
        (renamed(&whole, b"m0005_nodes", b"m9005_nodes"), "was written by a later version"),
    ] {
        fs::write(dir.path().join("bad.db"), bytes).unwrap();
        let refused = complaint(dir.path(), &["restore", "bad.db", "--overwrite"], 1);
        assert!(refused.contains(sentence), "{refused}");
        assert_eq!(fs::read(dir.path().join("data/tring.db")).unwrap(), present);
        assert!(!dir.path().join("data/tring.db.unfinished").exists());
    }
    let refused = complaint(dir.path(), &["restore", "nowhere.db"], 1);
    assert!(refused.contains("there is no database nowhere.db"), "{refused}");
}

#[test]
fn a_copy_without_its_key_is_refused_before_anything_is_touched() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    answer(dir.path(), &["account", "create", "Acme"]);
    let (copy, key) = (dir.path().join("copy.db"), dir.path().join("data/tring.key"));
    let copy = copy.to_str().unwrap();
    answer(dir.path(), &["backup", copy]);
    let refused = complaint(elsewhere.path(), &["restore", copy], 1);
    assert!(refused.contains("tring.key is missing"), "{refused}");
    answer(elsewhere.path(), &["account", "create", "Other"]);
    let refused = complaint(elsewhere.path(), &["restore", copy, "--overwrite"], 1);
    assert!(refused.contains("is not the key that the token secrets"), "{refused}");
    answer(elsewhere.path(), &["restore", copy, "--overwrite", "--key", key.to_str().unwrap()]);
    let accounts = answer(elsewhere.path(), &["account", "list"]);
    assert_eq!(accounts[0]["name"], "Acme");
}

#[test]
fn a_postgresql_server_is_copied_by_its_own_tools() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("tring.toml"), "database_url = \"postgres://tring@127.0.0.1:1/tring\"\n")
        .unwrap();
    for command in [&["backup", "copy.db"][..], &["restore", "copy.db"]] {
        let output = run(dir.path(), command);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("pg_dump"), "{}", text(&output.stderr));
    }
}

fn renamed(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let at: Vec<_> = (0..=bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!at.is_empty());
    at.into_iter().for_each(|at| changed[at..at + to.len()].copy_from_slice(to));
    changed
}
