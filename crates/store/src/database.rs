//! Which database, and how it is opened: connections, tables, the vault's key, each before anything else happens.
//!
//! Of all that speaks to the database, this file alone knows which kind it is.

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, RuntimeErr};
use sea_orm_migration::MigratorTrait;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::migrations::Migrator;
use crate::vault::Vault;
use crate::{KeySource, Store, StoreError, counting, token_secrets};

/// The file's name inside the data directory.
pub const SQLITE_FILE: &str = "tring.db";

/// Held by a process while it brings the tables up to date; empty.
const LOCK_FILE: &str = "tring.lock";

/// Held by every process for as long as it has the database open, by a restore alone; empty.
const USE_FILE: &str = "tring.use";

/// How long a writer waits for another process's write, such as the command line beside a running server. Higher:
/// a stuck process holds up calls for longer; lower: commands fail while the server is busy.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections to SQLite. It has one writer at a time, so more than a few only serve readers.
const SQLITE_CONNECTIONS: u32 = 4;

/// Connections to PostgreSQL. Higher: more of its processes and memory for each node, and more nodes meet its limit
/// (100 by default); lower: requests wait for each other.
const POSTGRES_CONNECTIONS: u32 = 16;

/// How long a query waits for a free connection, and a node for its first one. Higher: requests hang while the database
/// is away; lower: a busy moment fails them.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Names the lock that a node holds while it brings the tables up to date. Any number that nobody else's program takes.
const ADVISORY_LOCK: i64 = 0x5452_494e_475f_4d31;

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file in this directory, which is made if it is missing. For one node.
    Sqlite {
        /// The directory.
        directory: PathBuf,
    },
    /// A PostgreSQL server, version 13 or later.
    Postgres {
        /// `postgres://user:password@host:port/database`, with `?sslmode=…` as the PostgreSQL manual has it.
        url: String,
    },
}

// The address has a password in it.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite { directory } => f.debug_struct("Sqlite").field("directory", directory).finish(),
            Self::Postgres { .. } => f.debug_struct("Postgres").finish_non_exhaustive(),
        }
    }
}

impl Store {
    /// Opens `database`, creating what is missing of it and bringing its tables up to date, and the vault whose master
    /// key is at `key`. Several processes may do so at the same time.
    ///
    /// What was committed survives a crash of the process at once. After a loss of power SQLite's last moments may be
    /// missing (WAL with `synchronous = NORMAL`), but the file is whole.
    ///
    /// # Errors
    /// [`StoreError::Directory`] if the directory cannot be made, [`StoreError::Vault`] if the master key is not there
    /// or not the right one, otherwise what the database says.
    pub async fn open(database: &Database, key: &KeySource) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite { directory } => open_sqlite(directory, key).await,
            Database::Postgres { url } => open_postgres(url, key).await,
        }
    }

    /// Opens SQLite with the key file beside it: what a server does that was told nothing but a directory.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn in_directory(directory: &Path) -> Result<Self, StoreError> {
        let key = KeySource::File(directory.join(crate::KEY_FILE));
        Self::open(&Database::Sqlite { directory: directory.to_owned() }, &key).await
    }

    /// Closes every connection; SQLite then folds its journal back into the file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }
}

async fn open_sqlite(directory: &Path, key: &KeySource) -> Result<Store, StoreError> {
    let refused = |source| StoreError::Directory { path: directory.to_owned(), source };
    create(directory).map_err(refused)?;
    let lock = lock(directory.join(LOCK_FILE)).await.map_err(refused)?;
    let file = directory.join(SQLITE_FILE);
    let mut options = ConnectOptions::new("sqlite:");
    options
        .max_connections(SQLITE_CONNECTIONS)
        // The pool renews connections every half hour, which is for those over a network. One to a file does not wear out,
        // and each new one begins with an empty cache.
        .max_lifetime(None)
        .idle_timeout(None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true)
        });
    let db = sea_orm::Database::connect(options).await?;
    let mut store = prepare(db, key).await?;
    // Never waits: only a restore holds it alone, and that holds the other lock too.
    let in_use = lock_file(&directory.join(USE_FILE)).and_then(|file| file.lock_shared().map(|()| file));
    store._in_use = Some(Arc::new(in_use.map_err(refused)?));
    drop(lock);
    Ok(store)
}

async fn open_postgres(url: &str, key: &KeySource) -> Result<Store, StoreError> {
    // The lock belongs to a connection, so one connection does it all; when it is closed, the lock is gone.
    let alone = open_one_postgres(url).await?;
    alone.execute_unprepared(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})")).await?;
    let prepared = prepare(alone.clone(), key).await;
    alone.close().await?;
    let vault = prepared?.vault;
    let db = sea_orm::Database::connect(postgres(url, POSTGRES_CONNECTIONS)).await?;
    Ok(Store { db, vault, _in_use: None })
}

/// A single connection, to which nothing was done yet.
pub(crate) async fn open_one_postgres(url: &str) -> Result<DatabaseConnection, StoreError> {
    // Asked first, because the library's own complaint about a bad address would say the password in it.
    let alone = PgConnectOptions::from_str(url).map_err(|_| StoreError::Address)?;
    match sea_orm::Database::connect(postgres(url, 1)).await {
        Ok(db) => Ok(db),
        Err(error) => Err(why_unreached(&alone).await.unwrap_or(error).into()),
    }
}

/// What is in the way: the library tries until its time is up, and then says no more than that.
async fn why_unreached(options: &PgConnectOptions) -> Option<DbErr> {
    let tried = tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await.ok()?;
    Some(DbErr::Conn(RuntimeErr::SqlxError(tried.err()?.into())))
}

fn postgres(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .connect_timeout(CONNECT_TIMEOUT)
        .acquire_timeout(CONNECT_TIMEOUT)
        .sqlx_logging(false);
    options
}

/// What no two processes may do at the same time.
async fn prepare(db: DatabaseConnection, key: &KeySource) -> Result<Store, StoreError> {
    Migrator::up(&db, None).await?;
    let vault = Vault::open(&db, key).await?;
    let store = Store { db, vault, _in_use: None };
    token_secrets::complete(&store).await?;
    counting::count_leftovers(&store.db).await?;
    Ok(store)
}

/// Makes the directory for its owner alone: who talked to whom is nobody else's business.
pub(crate) fn create(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Keeps everybody from opening the database in `directory` until the locks are dropped.
///
/// # Errors
/// [`std::io::ErrorKind::WouldBlock`] if somebody has it open.
pub(crate) async fn lock_alone(directory: &Path) -> std::io::Result<[File; 2]> {
    let opening = lock(directory.join(LOCK_FILE)).await?;
    let using = lock_file(&directory.join(USE_FILE))?;
    using.try_lock()?;
    Ok([opening, using])
}

/// Waits until no other process holds the file. The lock ends with the file's handle, also when a process dies.
async fn lock(path: PathBuf) -> std::io::Result<File> {
    let locking = move || {
        let file = lock_file(&path)?;
        file.lock()?;
        Ok(file)
    };
    tokio::task::spawn_blocking(locking).await.map_err(std::io::Error::other)?
}

fn lock_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_to_a_file_are_kept_for_as_long_as_the_server_runs() {
        let directory = tempfile::tempdir().unwrap();
        let key = KeySource::File(directory.path().join("secret.key"));
        let store = open_sqlite(directory.path(), &key).await.unwrap();
        let options = store.db.get_sqlite_connection_pool().options();
        assert_eq!((options.get_max_lifetime(), options.get_idle_timeout()), (None, None));
    }
}
