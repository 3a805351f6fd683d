use super::{complaint, json, run, text};

fn account(directory: &std::path::Path) -> String {
    json(directory, &["account", "create", "Acme"])["accountId"].as_str().unwrap().to_owned()
}

#[test]
fn a_token_is_one_line_that_another_command_can_take() {
    let dir = tempfile::tempdir().unwrap();
    let account = account(dir.path());
    let output = run(dir.path(), &["token", "--account", &account, "--cuid", "anita_1", "--name", "Anita"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let token = text(&output.stdout);
    assert_eq!(token.trim_end().split('.').map(str::is_empty).collect::<Vec<_>>(), [false; 3]);
    assert_eq!(token.lines().count(), 1);
}

#[test]
fn a_token_lives_as_long_as_it_was_asked_to() {
    let dir = tempfile::tempdir().unwrap();
    let account = account(dir.path());
    let ends = |expires: &[&str]| {
        let asked = ["token", "--account", &account, "--cuid", "anita_1"];
        json(dir.path(), &[&asked, expires].concat())["expiresAt"].as_u64().unwrap()
    };
    let difference = ends(&["--expires", "2h"]).abs_diff(ends(&[]));
    assert!(difference.abs_diff(3_600_000) < 60_000, "{difference}");
    for life in ["59s", "169h"] {
        let asked = ["token", "--account", &account, "--cuid", "anita_1", "--expires", life];
        assert!(complaint(dir.path(), &asked, 2).contains("must be 60 to 604800 seconds"), "{life}");
    }
}

#[test]
fn a_token_needs_an_account_that_exists_and_a_cuid_that_can() {
    let dir = tempfile::tempdir().unwrap();
    let account = account(dir.path());
    complaint(dir.path(), &["token", "--account", "nobody", "--cuid", "anita_1"], 1);
    let bad = complaint(dir.path(), &["token", "--account", &account, "--cuid", "91_8899555"], 2);
    assert!(bad.contains("must not be a number followed by _"), "{bad}");
}
