//! How a database is found to stand, and that looking changes nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod databases;

use databases::Fresh;
use sea_orm::ConnectionTrait;
use tring_protocol::time::Timestamp;
use tring_store::{Database, KEY_FILE, KeySource, SQLITE_FILE, Standing, Store, Tables, standing};

#[tokio::test]
async fn looking_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let directory = dir.path().join("data");
    let key = KeySource::File(directory.join(KEY_FILE));
    assert_eq!(standing(&Database::Sqlite { directory: directory.clone() }, &key).await.unwrap(), None);
    assert!(!directory.exists());
}

#[tokio::test]
async fn an_empty_database_is_found_empty_and_left_so() {
    let fresh = databases::postgres().await;
    for _ in 0..2 {
        let found = look(&fresh).await;
        assert_eq!((found.tables, found.is_writable), (Tables::None, true));
    }
    assert!(!fresh.directory.path().join("data").exists());
}

#[tokio::test]
async fn older_and_later_tables_are_told_apart_on_sqlite() {
    tells_tables_apart(databases::sqlite().await, "SQLite 3.").await;
}

#[tokio::test]
async fn older_and_later_tables_are_told_apart_on_postgres() {
    tells_tables_apart(databases::postgres().await, "PostgreSQL ").await;
}

async fn tells_tables_apart(fresh: Fresh, name: &str) {
    let store = fresh.open().await;
    let found = look(&fresh).await;
    assert!(found.version.starts_with(name), "{}", found.version);
    assert_eq!((found.tables, found.is_writable, found.is_supported), (Tables::Current, true, true));
    store.close().await.unwrap();
    let last = "DELETE FROM seaql_migrations WHERE version = (SELECT max(version) FROM seaql_migrations)";
    run(&fresh, last).await;
    assert_eq!(look(&fresh).await.tables, Tables::Behind { steps: 1 });
    run(&fresh, "INSERT INTO seaql_migrations VALUES ('m9999_later', 0)").await;
    assert_eq!(look(&fresh).await.tables, Tables::Later { step: "m9999_later".to_owned() });
}

#[tokio::test]
async fn a_user_who_may_not_write_is_found_out_on_postgres() {
    let fresh = databases::postgres().await;
    fresh.open().await.close().await.unwrap();
    let Database::Postgres { url } = &fresh.database else { panic!("not PostgreSQL") };
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
    run(&fresh, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    assert!(!look(&fresh).await.is_writable);
}

#[tokio::test]
async fn another_key_is_found_out_and_a_lost_one_is_not_made_again() {
    let fresh = databases::sqlite().await;
    let store = fresh.open().await;
    store.create_account("Acme", Timestamp::from_millis(1)).await.unwrap();
    store.close().await.unwrap();
    let other = KeySource::Given(format!("{}=", "A".repeat(43)));
    let error = standing(&fresh.database, &other).await.unwrap_err();
    assert!(error.to_string().contains("is not the key"), "{error}");
    let KeySource::File(file) = fresh.key() else { panic!("no file") };
    std::fs::remove_file(&file).unwrap();
    let error = standing(&fresh.database, &fresh.key()).await.unwrap_err();
    assert!(error.to_string().contains("is missing"), "{error}");
    assert!(!file.exists());
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let fresh = databases::sqlite().await;
    std::fs::write(fresh.directory.path().join(SQLITE_FILE), "no database".repeat(100)).unwrap();
    assert!(standing(&fresh.database, &fresh.key()).await.is_err());
    assert!(Store::open(&fresh.database, &fresh.key()).await.is_err());
}

async fn look(fresh: &Fresh) -> Standing {
    standing(&fresh.database, &fresh.key()).await.unwrap().unwrap()
}

async fn run(fresh: &Fresh, statement: &str) {
    let url = match &fresh.database {
        Database::Sqlite { directory } => format!("sqlite:{}", directory.join(SQLITE_FILE).display()),
        Database::Postgres { url } => url.clone(),
    };
    let db = sea_orm::Database::connect(url).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}
