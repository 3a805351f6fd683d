use super::{Said, WELL, examined, tring, under, without_capabilities};

#[test]
fn a_database_that_is_there_is_named_with_its_version() {
    let dir = tempfile::tempdir().unwrap();
    assert!(tring(dir.path(), &["account", "create", "Acme"]).output().unwrap().status.success());
    let said = examined(dir.path(), &WELL);
    said.is_well();
    said.is_green("database", "SQLite 3.");
    said.is_green("database", "its tables up to date");
    said.is_green("data directory", "data can be written to");
}

#[test]
fn a_directory_that_this_user_may_not_write_to_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let mut permissions = std::fs::metadata(&data).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o500);
    std::fs::set_permissions(&data, permissions).unwrap();
    let arguments = [&["doctor", "--json", "--no-calls"], &WELL[..]].concat();
    // Even root has to keep to it without its capabilities.
    let said = Said::of(under(without_capabilities(), dir.path(), &arguments));
    said.is_red("data directory", "cannot be written to: ", "run this as that user");
}

#[test]
fn a_place_that_is_no_directory_is_red() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("data"), "").unwrap();
    let said = examined(dir.path(), &WELL);
    said.is_red("data directory", "data cannot be written to: ", "name another in `data`");
}

#[test]
fn a_damaged_database_is_red() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/tring.db"), "no database".repeat(100)).unwrap();
    examined(dir.path(), &WELL).is_red("database", "file is not a database", "`tring restore`");
}

#[test]
fn another_key_than_the_secrets_were_sealed_with_is_red() {
    let dir = tempfile::tempdir().unwrap();
    assert!(tring(dir.path(), &["account", "create", "Acme"]).output().unwrap().status.success());
    let mut command = tring(dir.path(), &[&["doctor", "--json", "--no-calls"], &WELL[..]].concat());
    command.env("TRING__SECRETS__KEY", format!("{}=", "A".repeat(43)));
    Said::of(command).is_red(
        "database",
        "TRING__SECRETS__KEY is not the key",
        "correct `data`, `database_url` or `secrets`",
    );
}

#[test]
fn a_database_server_that_does_not_answer_is_red() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = tring(dir.path(), &[&["doctor", "--json", "--no-calls"], &WELL[..]].concat());
    command.env("TRING__DATABASE_URL", "postgres://tring:secret@127.0.0.1:9/tring");
    let said = Said::of(command);
    said.is_red("database", "Connection refused", "correct `data`, `database_url`");
    assert_eq!(said.answer.to_string().matches("Connection refused").count(), 1, "it is said once");
    assert!(!said.answer.to_string().contains("secret@"));
}
