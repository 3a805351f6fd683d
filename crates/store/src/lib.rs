//! What outlives the process: accounts, their keys and settings, users and devices, calls and their events.
//!
//! SQLite in the data directory; no query here uses what PostgreSQL does not have, and the suite in
//! `tests/conformance` is written against "a fresh store" so that another backend only adds a line to it.
//!
//! **A query about an account goes through [`Store::account`]**, whose type carries the account, so that no call
//! site can forget to ask whose row it is (invariant 6). Across accounts speak only the operator
//! ([`Store::accounts`], [`Store::create_account`]) and the node's own [`Journal`].
//!
//! The crate has no clock: whoever calls says when it is.
#![forbid(unsafe_code)]

mod accounts;
mod codec;
mod counting;
mod devices;
mod error;
mod journal;
mod keys;
mod migrations;
mod records;
mod samples;
mod schema;
mod sums;
mod tallies;

pub use accounts::{Account, AccountStore, NewAccount, Rules};
pub use devices::{SeenDevice, Sighting, User};
pub use error::StoreError;
pub use journal::Journal;
pub use sums::Sums;
pub use keys::Key;
pub use records::RecordPage;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait;
use std::path::Path;
use std::time::Duration;

/// The file's name inside the data directory.
pub const SQLITE_FILE: &str = "tring.db";

/// How long a writer waits for another process's write, such as the command line beside a running server. Higher:
/// a stuck process holds up calls for longer; lower: commands fail while the server is busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections to SQLite. It has one writer at a time, so more than a few only serve readers.
const SQLITE_CONNECTIONS: u32 = 4;

/// The database. Cloning shares its connections.
#[derive(Debug, Clone)]
pub struct Store {
    db: DatabaseConnection,
}

impl Store {
    /// Opens the SQLite database in `data`, creating the directory, the file and its tables as needed.
    ///
    /// What was committed survives a crash of the process at once. After a loss of power the last moments may be
    /// missing (WAL with `synchronous = NORMAL`), but the file is whole.
    ///
    /// # Errors
    /// [`StoreError::Directory`] if the directory cannot be made, otherwise what the database says.
    pub async fn open(data: &Path) -> Result<Self, StoreError> {
        create(data).map_err(|source| StoreError::Directory { path: data.to_owned(), source })?;
        let file = data.join(SQLITE_FILE);
        let mut options = ConnectOptions::new("sqlite:");
        options.max_connections(SQLITE_CONNECTIONS).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true)
        });
        let db = Database::connect(options).await?;
        migrations::Migrator::up(&db, None).await?;
        counting::count_leftovers(&db).await?;
        Ok(Self { db })
    }

    /// Closes every connection; SQLite then folds its journal back into the file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }
}

/// Makes the directory for its owner alone: who talked to whom is nobody else's business.
fn create(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
