//! Copies of the embedded database: made while servers and commands use it, put back while nobody does.
//!
//! The key that opens its secrets is not in it (see [`crate::KeySource`]) and is copied only when that is asked for,
//! because who has both can sign user tokens of every account.

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait, Statement,
};
use sea_orm_migration::MigratorTrait;
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::database::{self, SQLITE_FILE};
use crate::migrations::Migrator;
use crate::schema::{accounts, calls};
use crate::vault::Vault;
use crate::{KeySource, StoreError};

/// What is added to the name of a file while it is not whole.
const UNFINISHED: &str = "unfinished";

/// What is added to the name of what a restore takes the place of.
const REPLACED: &str = "before-restore";

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Accounts.
    pub accounts: u64,
    /// Calls, running ones too.
    pub calls: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// What becomes of a database that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// It stays, and nothing is restored.
    Keep,
    /// It is put aside, under its name with `.before-restore` at the end.
    Replace,
}

/// What is to be put back.
#[derive(Debug, Clone)]
pub struct Restore {
    /// The copy of the database.
    pub from: PathBuf,
    /// The copy of its key; without one, the key that is there must be the right one.
    pub key_from: Option<PathBuf>,
    /// The data directory, made if it is missing.
    pub directory: PathBuf,
    /// Where a server of that directory finds the key.
    pub key: KeySource,
    /// What becomes of the database that is there.
    pub present: Present,
}

/// Why no copy was made, or none put back. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no database {}", .0.display())]
    NoDatabase(PathBuf),
    /// Copies are never overwritten, and databases only when that is asked for.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// A server or a command uses the database.
    #[error("{} is in use: stop the server, and every command that uses it, first", .0.display())]
    InUse(PathBuf),
    /// The file is damaged, or no database at all.
    #[error("{} is not a whole database of Tring: {what}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The file was written by a later version.
    #[error("{} was written by a later version of Tring ({step}); restore it with that version", path.display())]
    TooNew {
        /// Which.
        path: PathBuf,
        /// The first step of its tables that this version does not know.
        step: String,
    },
    /// The key is given in the environment, where no file can be put or read.
    #[error("the key is given in TRING__SECRETS__KEY, not in a file: keep or restore it there")]
    KeyIsNoFile,
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database, or its key.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies the database in `directory`, as it is at one moment, to the new file `to`. Others may read and write it
/// meanwhile: what was committed before this was called is in the copy. The copy is checked, and on the disk, when this
/// returns, and its owner alone may read it.
///
/// # Errors
/// [`BackupError`]; then there is no file `to`.
pub async fn back_up(directory: &Path, to: &Path) -> Result<Copied, BackupError> {
    let source = directory.join(SQLITE_FILE);
    if !source.is_file() {
        return Err(BackupError::NoDatabase(source));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let draft = named(to, UNFINISHED);
    // Made here so that nobody else may read it; SQLite writes into a file that is empty.
    private(&draft, &[])?;
    let made = copy(&source, &draft).await;
    let placed = made.and_then(|copied| place(&draft, to).map(|()| copied));
    if placed.is_err() {
        let _ = fs::remove_file(&draft);
    }
    placed
}

/// Copies the key at `key` to the new file `to`, which its owner alone may read.
///
/// # Errors
/// [`BackupError`]; then there is no file `to`.
pub fn back_up_key(key: &KeySource, to: &Path) -> Result<(), BackupError> {
    let KeySource::File(path) = key else { return Err(BackupError::KeyIsNoFile) };
    private(to, &fs::read(path).map_err(failed(path))?)
}

/// Puts a copy back, after it was checked: that it is whole, that this version understands it, and that the key opens
/// its secrets. What it takes the place of is put aside.
///
/// # Errors
/// [`BackupError`]; then everything is as it was.
pub async fn restore(restore: &Restore) -> Result<Copied, BackupError> {
    let Restore { from, key_from, directory, key, present } = restore;
    if !from.is_file() {
        return Err(BackupError::NoDatabase(from.clone()));
    }
    database::create(directory).map_err(failed(directory))?;
    let target = directory.join(SQLITE_FILE);
    let _alone = database::lock_alone(directory).await.map_err(|error| match error.kind() {
        ErrorKind::WouldBlock => BackupError::InUse(target.clone()),
        _ => BackupError::File { path: directory.clone(), source: error },
    })?;
    if *present == Present::Keep && target.exists() {
        return Err(BackupError::Exists(target));
    }
    let draft = named(&target, UNFINISHED);
    let _ = fs::remove_file(&draft);
    private(&draft, &[])?;
    let checked = async {
        // Not `fs::copy`, which would let everybody read the database who may read its copy.
        let copying =
            File::open(from).and_then(|mut source| io::copy(&mut source, &mut File::create(&draft)?));
        copying.map_err(failed(from))?;
        let opener = key_from.clone().map_or_else(|| key.clone(), KeySource::File);
        check(&draft, from, &opener).await
    };
    let placed = match checked.await {
        Ok(copied) => put_in_place(&draft, &target, key_from.as_deref(), key).map(|()| copied),
        Err(error) => Err(error),
    };
    if placed.is_err() {
        let _ = fs::remove_file(&draft);
    }
    placed
}

async fn copy(source: &Path, draft: &Path) -> Result<Copied, BackupError> {
    let text = draft.to_str().ok_or_else(|| BackupError::File {
        path: draft.to_owned(),
        source: io::Error::new(ErrorKind::InvalidFilename, "the name is not UTF-8"),
    })?;
    let db = connect(source).await?;
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [text.into()]);
    let copied = db.execute_raw(statement).await;
    db.close().await.map_err(StoreError::from)?;
    copied.map_err(StoreError::from)?;
    let db = connect(draft).await?;
    let inspected = inspect(&db, draft).await;
    db.close().await.map_err(StoreError::from)?;
    inspected
}

/// Looks whether the file at `draft`, a copy of `from`, is whole, known, and opened by `key`.
async fn check(draft: &Path, from: &Path, key: &KeySource) -> Result<Copied, BackupError> {
    let db = connect(draft).await.map_err(|error| damaged(from, &error))?;
    let inspected = match inspect(&db, from).await {
        Ok(copied) => Vault::open(&db, key).await.map(|_| copied).map_err(BackupError::from),
        Err(error) => Err(error),
    };
    db.close().await.map_err(StoreError::from)?;
    inspected
}

async fn connect(file: &Path) -> Result<DatabaseConnection, StoreError> {
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite.filename(&file).create_if_missing(false).busy_timeout(database::BUSY_TIMEOUT)
    });
    Ok(sea_orm::Database::connect(options).await?)
}

async fn inspect(db: &DatabaseConnection, path: &Path) -> Result<Copied, BackupError> {
    let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check(1)");
    let found = db.query_one_raw(statement).await.map_err(|error| damaged(path, &error))?;
    let found = found.and_then(|row| row.try_get_by_index::<String>(0).ok()).unwrap_or_default();
    if found != "ok" {
        return Err(BackupError::Damaged { path: path.to_owned(), what: found });
    }
    let known: HashSet<_> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let statement =
        Statement::from_string(DbBackend::Sqlite, "SELECT version FROM seaql_migrations ORDER BY version");
    let steps = db.query_all_raw(statement).await.map_err(|error| damaged(path, &error))?;
    for step in steps {
        let step: String = step.try_get_by_index(0).map_err(|error| damaged(path, &error))?;
        if !known.contains(&step) {
            return Err(BackupError::TooNew { path: path.to_owned(), step });
        }
    }
    Ok(Copied {
        accounts: accounts::Entity::find().count(db).await.map_err(StoreError::from)?,
        calls: calls::Entity::find().count(db).await.map_err(StoreError::from)?,
        bytes: fs::metadata(path).map_err(failed(path))?.len(),
    })
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> BackupError {
    let what = std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string);
    BackupError::Damaged { path: path.to_owned(), what: what.unwrap_or_default() }
}

/// The old database first, with its journal, so that it can still be opened under its new name; then the key, then the
/// database: one without its key would refuse to open, and says why.
fn put_in_place(
    draft: &Path,
    target: &Path,
    key_from: Option<&Path>,
    key: &KeySource,
) -> Result<(), BackupError> {
    if let Some(from) = key_from {
        let KeySource::File(path) = key else { return Err(BackupError::KeyIsNoFile) };
        let bytes = fs::read(from).map_err(failed(from))?;
        if fs::read(path).is_ok_and(|present| present != bytes) {
            fs::rename(path, named(path, REPLACED)).map_err(failed(path))?;
        }
        if !path.exists() {
            private(path, &bytes)?;
        }
    }
    let old = named(target, REPLACED);
    for suffix in ["", "-wal", "-shm"] {
        let (present, aside) = (with_suffix(target, suffix), with_suffix(&old, suffix));
        let _ = fs::remove_file(&aside);
        match fs::rename(&present, &aside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&present)(error)),
            _ => {}
        }
    }
    place(draft, target)
}

/// Gives a file that is whole its name, so that it is there after a loss of power too.
fn place(draft: &Path, to: &Path) -> Result<(), BackupError> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all()).map_err(failed(path));
    sync(draft)?;
    fs::rename(draft, to).map_err(failed(to))?;
    let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync(directory)
}

/// A new file that its owner alone may read.
fn private(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => BackupError::Exists(path.to_owned()),
        _ => BackupError::File { path: path.to_owned(), source },
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed(path))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    |source| BackupError::File { path, source }
}

fn named(path: &Path, what: &str) -> PathBuf {
    with_suffix(path, &format!(".{what}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
