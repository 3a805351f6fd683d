//! What every backend of the store must do. Each test gets a fresh store; a further backend is one more line at the
//! end, with a function that makes a fresh store of it and a guard that removes it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "conformance/accounts.rs"]
mod accounts;
#[path = "conformance/calls.rs"]
mod calls;
#[path = "conformance/devices.rs"]
mod devices;

use tring_protocol::time::Timestamp;
use tring_store::Store;

macro_rules! conformance {
    ($backend:ident, $fresh:expr; $($module:ident: $($test:ident)+;)+) => {
        mod $backend {
            $(mod $module {
                $(#[tokio::test]
                async fn $test() {
                    let (store, guard) = $fresh().await;
                    crate::$module::$test(store).await;
                    drop(guard);
                })+
            })+
        }
    };
}

macro_rules! conformance_of {
    ($backend:ident, $fresh:expr) => {
        conformance! { $backend, $fresh;
            accounts:
                a_new_account_signs_in_with_its_key_alone
                a_revoked_key_is_refused_at_once
                no_account_signs_in_with_the_key_of_another
                an_account_has_a_bounded_number_of_keys
                branding_and_call_settings_read_back
                call_settings_stay_inside_their_bounds
                the_secret_is_known_by_its_hash
                accounts_are_listed_oldest_first
                what_does_not_exist_is_said_so;
            calls:
                events_read_back_in_order
                a_batch_may_be_repeated
                a_batch_is_written_whole_or_not_at_all
                unfinished_calls_are_those_of_this_node_without_a_record
                a_record_reads_back_as_it_was_folded
                a_finished_call_keeps_its_first_record
                records_are_paged_newest_first
                no_account_reads_the_calls_of_another;
            devices:
                sign_ins_are_noted_and_the_key_shows_its_use
                sign_ins_of_nobody_are_refused;
        }
    };
}

conformance_of!(sqlite, crate::fresh_sqlite);

async fn fresh_sqlite() -> (Store, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    (store, dir)
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("deeper/data")).await.unwrap();
    let account = store.create_account("Acme", at(1)).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(&dir.path().join("deeper/data")).await.unwrap();
    assert!(store.account(&account.id).admit(&account.apikey).await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_directory_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Store::open(&data).await.unwrap();
    assert_eq!(std::fs::metadata(data).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn two_processes_may_share_the_file() {
    let (server, dir) = fresh_sqlite().await;
    let command = Store::open(dir.path()).await.unwrap();
    let account = command.create_account("Acme", at(1)).await.unwrap();
    assert!(server.account(&account.id).admit(&account.apikey).await.unwrap().is_some());
    command.account(&account.id).revoke_key(&account.apikey, at(2)).await.unwrap();
    assert!(server.account(&account.id).admit(&account.apikey).await.unwrap().is_none());
}
