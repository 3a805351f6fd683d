use super::{complaint, run, text, tring};

#[test]
fn the_default_configuration_is_printed_and_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let printed = run(dir.path(), &["config"]);
    assert!(text(&printed.stdout).starts_with("# The configuration of `tring serve`"));
    std::fs::write(dir.path().join("tring.toml"), printed.stdout).unwrap();
    assert!(run(dir.path(), &["account", "list"]).status.success());
}

#[test]
fn the_file_and_the_environment_say_where_data_lives() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tring.toml"), "data = \"of-the-file\"").unwrap();
    assert!(run(dir.path(), &["account", "list"]).status.success());
    assert!(dir.path().join("of-the-file/tring.db").is_file());
    let mut command = tring(dir.path(), &["account", "list"]);
    assert!(command.env("TRING__DATA", "of-the-environment").status().unwrap().success());
    assert!(dir.path().join("of-the-environment/tring.db").is_file());
    assert!(run(dir.path(), &["account", "list", "--data", "of-the-flag"]).status.success());
    assert!(dir.path().join("of-the-flag/tring.db").is_file());
}

#[test]
fn a_wrong_configuration_ends_with_code_2_and_names_the_key() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tring.toml"), "[http]\nport = 80").unwrap();
    let refused = complaint(dir.path(), &["account", "list"], 2);
    assert!(refused.starts_with("tring: `http.port` is not a key of this version;"), "{refused}");
    assert_eq!(refused.lines().count(), 1);
}

#[test]
fn a_wrong_command_line_ends_with_code_2() {
    let dir = tempfile::tempdir().unwrap();
    assert!(complaint(dir.path(), &["serv"], 2).contains("unrecognized subcommand"));
    assert!(complaint(dir.path(), &["account", "create"], 2).contains("<NAME>"));
    assert!(complaint(dir.path(), &["account", "create", " "], 2).contains("must not be empty"));
}

#[test]
fn a_directory_that_cannot_be_made_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("data"), "a file").unwrap();
    let failed = complaint(dir.path(), &["account", "list"], 1);
    assert!(failed.starts_with("tring: the data directory data cannot be created:"), "{failed}");
}

#[test]
fn a_wrong_database_is_refused_before_anything_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tring.toml"), "database_url = \"mysql://db/tring\"").unwrap();
    let refused = complaint(dir.path(), &["account", "list"], 2);
    assert!(refused.starts_with("tring: `database_url` must begin with postgres://"), "{refused}");
    assert!(!dir.path().join("data").exists());
}

#[test]
fn the_key_of_the_secrets_may_come_from_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let create = |key: &str| {
        let mut command = tring(dir.path(), &["account", "create", "Acme"]);
        command.env("TRING__SECRETS__KEY", key).output().unwrap()
    };
    let key = format!("{}=", "A".repeat(43));
    assert!(create(&key).status.success());
    assert!(!dir.path().join("data/tring.key").exists());
    let other = create(&format!("{}=", "E".repeat(43)));
    assert!(text(&other.stderr).contains("TRING__SECRETS__KEY is not the key"), "{}", text(&other.stderr));
    let none = complaint(dir.path(), &["account", "list"], 1);
    assert!(none.contains("data/tring.key is missing"), "{none}");
}
