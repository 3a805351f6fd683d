//! How a store is opened: its directory, its key, and others who open it at the same time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod databases;

use databases::Fresh;
use std::error::Error;
use tring_protocol::time::Timestamp;
use tring_store::{Actor, Database, KEY_FILE, KeySource, Store, StoreError, VaultError};

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A key that is 43 times `letter` in base64.
fn key_of(letter: char) -> KeySource {
    KeySource::Given(format!("{}=", letter.to_string().repeat(43)))
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("deeper/data");
    let store = Store::in_directory(&data).await.unwrap();
    let account = store.create_account("Acme", at(1)).await.unwrap();
    let secrets = store.account(&account.id).token_secrets_in_force(at(2)).await.unwrap();
    store.close().await.unwrap();
    let store = Store::in_directory(&data).await.unwrap();
    assert!(store.account(&account.id).admit(&account.apikey).await.unwrap().is_some());
    assert_eq!(store.account(&account.id).token_secrets_in_force(at(2)).await.unwrap(), secrets);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_directory_and_its_key_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Store::in_directory(&data).await.unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(data.join(KEY_FILE)), 0o600);
    assert_eq!(mode(data), 0o700);
}

#[tokio::test]
async fn two_processes_may_share_the_file() {
    let fresh = databases::sqlite().await;
    let (server, command) = (fresh.open().await, fresh.open().await);
    let account = command.create_account("Acme", at(1)).await.unwrap();
    assert!(server.account(&account.id).admit(&account.apikey).await.unwrap().is_some());
    let change = command.account(&account.id).change(&Actor::Operator, at(2));
    change.revoke_apikey(&account.apikey).await.unwrap();
    assert!(server.account(&account.id).admit(&account.apikey).await.unwrap().is_none());
}

#[tokio::test]
async fn several_servers_may_start_at_once_on_sqlite() {
    Box::pin(start_at_once(databases::sqlite().await)).await;
}

#[tokio::test]
async fn several_servers_may_start_at_once_on_postgres() {
    Box::pin(start_at_once(databases::postgres().await)).await;
}

/// All make the tables, the key and its fingerprint, and afterwards use the same.
async fn start_at_once(fresh: Fresh) {
    let (one, two, three, four) = tokio::join!(fresh.open(), fresh.open(), fresh.open(), fresh.open());
    let account = one.create_account("Acme", at(1)).await.unwrap().id;
    let secrets = one.account(&account).token_secrets_in_force(at(2)).await.unwrap();
    for store in [two, three, four] {
        assert_eq!(store.account(&account).token_secrets_in_force(at(2)).await.unwrap(), secrets);
        store.close().await.unwrap();
    }
    one.close().await.unwrap();
}

#[tokio::test]
async fn another_key_is_refused_on_sqlite() {
    refuses_another_key(databases::sqlite().await).await;
}

#[tokio::test]
async fn another_key_is_refused_on_postgres() {
    refuses_another_key(databases::postgres().await).await;
}

async fn refuses_another_key(fresh: Fresh) {
    let open = async |key: &KeySource| Store::open(&fresh.database, key).await;
    open(&key_of('A')).await.unwrap().close().await.unwrap();
    // Nothing was sealed with it, so nothing is lost with it.
    let store = open(&key_of('E')).await.unwrap();
    store.create_account("Acme", at(1)).await.unwrap();
    store.close().await.unwrap();
    let wrong = open(&key_of('A')).await.unwrap_err();
    assert!(matches!(&wrong, StoreError::Vault(VaultError::Wrong(_))), "{wrong}");
    open(&key_of('E')).await.unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_lost_key_is_told_and_not_replaced() {
    let fresh = databases::sqlite().await;
    let store = fresh.open().await;
    store.create_account("Acme", at(1)).await.unwrap();
    store.close().await.unwrap();
    let KeySource::File(file) = fresh.key() else { unreachable!("it is a file") };
    let key = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let lost = Store::open(&fresh.database, &fresh.key()).await.unwrap_err();
    assert!(matches!(&lost, StoreError::Vault(VaultError::Missing(path)) if *path == file), "{lost}");
    assert!(lost.to_string().contains("backup"), "{lost}");
    assert!(!file.exists());
    Store::open(&fresh.database, &KeySource::Given(key)).await.unwrap();
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let fresh = databases::sqlite().await;
    for text in ["", "short", "c2hvcnQ=", "not base64 at all, but quite a bit longer !"] {
        let refused = Store::open(&fresh.database, &KeySource::Given(text.to_owned())).await.unwrap_err();
        assert!(matches!(refused, StoreError::Vault(VaultError::Malformed(_))), "{text}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_told_without_its_password() {
    let fresh = databases::postgres().await;
    let Database::Postgres { url } = &fresh.database else { unreachable!("asked for PostgreSQL") };
    let (scheme, place) = url.split_once("://").unwrap();
    let place = place.split_once('@').unwrap().1;
    for wrong in
        [format!("{scheme}://tring:secret-word@{place}"), "postgres://a:secret-word@h:port/d".to_owned()]
    {
        let database = Database::Postgres { url: wrong };
        let refused = Store::open(&database, &key_of('A')).await.unwrap_err();
        let mut told = format!("{database:?} {refused} {refused:?}");
        let mut source = refused.source();
        while let Some(error) = source {
            told.push_str(&format!(" {error} {error:?}"));
            source = error.source();
        }
        assert!(!told.contains("secret-word"), "{told}");
    }
}
