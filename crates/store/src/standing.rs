//! How a database stands, for an operator before a start. Nothing in it is changed: neither its tables nor its key.

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, Statement};
use sea_orm_migration::MigratorTrait;
use std::collections::HashSet;
use std::path::Path;

use crate::database::{self, Database, SQLITE_FILE};
use crate::migrations::Migrator;
use crate::schema::master_key;
use crate::vault::Vault;
use crate::{KeySource, StoreError};

/// The first version of PostgreSQL that the tables are tried on, as it numbers itself.
const POSTGRES_MIN: i32 = 130_000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its kind and version, such as `SQLite 3.50.2`.
    pub version: String,
    /// Whether this kind and version is one that Tring runs on.
    pub is_supported: bool,
    /// How its tables are.
    pub tables: Tables,
    /// Whether it takes what is written.
    pub is_writable: bool,
}

/// How far the tables have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tables {
    /// There are none yet; the first start makes them.
    None,
    /// The next start brings them up to date.
    Behind {
        /// Steps that are missing.
        steps: usize,
    },
    /// They are those of this version.
    Current,
    /// A later version of Tring wrote them.
    Later {
        /// The first step that this version does not know.
        step: String,
    },
}

/// Looks at `database`, and whether `key` opens its secrets. An embedded database that is not there yet is `None`.
///
/// # Errors
/// [`StoreError`] as a server's start would meet it.
pub async fn standing(database: &Database, key: &KeySource) -> Result<Option<Standing>, StoreError> {
    let db = match database {
        Database::Sqlite { directory } => {
            let file = directory.join(SQLITE_FILE);
            if !file
                .try_exists()
                .map_err(|source| StoreError::Directory { path: directory.clone(), source })?
            {
                return Ok(None);
            }
            open_sqlite(&file).await?
        }
        Database::Postgres { url } => database::open_one_postgres(url).await?,
    };
    let found = look(&db, key).await;
    db.close().await?;
    found.map(Some)
}

async fn open_sqlite(file: &Path) -> Result<DatabaseConnection, StoreError> {
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite.filename(&file).create_if_missing(false).busy_timeout(database::BUSY_TIMEOUT)
    });
    Ok(sea_orm::Database::connect(options).await?)
}

async fn look(db: &DatabaseConnection, key: &KeySource) -> Result<Standing, StoreError> {
    let (version, is_supported) = version(db).await?;
    let tables = tables(db).await?;
    // Before the first start there is nothing that a key could open, and looking for one would make it.
    if matches!(tables, Tables::Current | Tables::Behind { .. }) && has_a_key(db).await {
        Vault::recognised(db, key).await?;
    }
    Ok(Standing { version, is_supported, tables, is_writable: is_writable(db).await? })
}

async fn version(db: &DatabaseConnection) -> Result<(String, bool), StoreError> {
    match db.get_database_backend() {
        DbBackend::Postgres => {
            let number: i32 = ask(db, "SELECT current_setting('server_version_num')::int").await?;
            let name: String = ask(db, "SHOW server_version").await?;
            Ok((format!("PostgreSQL {name}"), number >= POSTGRES_MIN))
        }
        _ => {
            let name: String = ask(db, "SELECT sqlite_version()").await?;
            // It is part of the program.
            Ok((format!("SQLite {name}"), true))
        }
    }
}

async fn tables(db: &DatabaseConnection) -> Result<Tables, StoreError> {
    let steps = Migrator::migrations();
    let known: HashSet<_> = steps.iter().map(|step| step.name().to_owned()).collect();
    let pending = Migrator::get_pending_migrations_read_only(db).await;
    match pending {
        Ok(pending) if pending.len() == known.len() => Ok(Tables::None),
        Ok(pending) if pending.is_empty() => Ok(Tables::Current),
        Ok(pending) => Ok(Tables::Behind { steps: pending.len() }),
        // The library refuses steps that it does not know; which one it is, it says in prose alone.
        Err(error) => later(db, &known).await?.ok_or(error.into()),
    }
}

async fn later(db: &DatabaseConnection, known: &HashSet<String>) -> Result<Option<Tables>, StoreError> {
    let all = Statement::from_string(
        db.get_database_backend(),
        "SELECT version FROM seaql_migrations ORDER BY version",
    );
    for row in db.query_all_raw(all).await? {
        let step: String = row.try_get_by_index(0)?;
        if !known.contains(&step) {
            return Ok(Some(Tables::Later { step }));
        }
    }
    Ok(None)
}

/// A table that is not there yet has none.
async fn has_a_key(db: &DatabaseConnection) -> bool {
    master_key::Entity::find().one(db).await.is_ok_and(|row| row.is_some())
}

/// Asks for the right to write, and gives it back.
async fn is_writable(db: &DatabaseConnection) -> Result<bool, StoreError> {
    match db.get_database_backend() {
        DbBackend::Postgres => {
            let may = "SELECT NOT current_setting('transaction_read_only')::boolean \
                       AND has_schema_privilege(current_schema(), 'CREATE')";
            ask(db, may).await
        }
        _ => {
            let begun = db.execute_unprepared("BEGIN IMMEDIATE").await;
            if begun.is_ok() {
                db.execute_unprepared("ROLLBACK").await?;
            }
            Ok(begun.is_ok())
        }
    }
}

async fn ask<T: sea_orm::TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<T, StoreError> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| sea_orm::DbErr::RecordNotFound("an answer of the database".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
