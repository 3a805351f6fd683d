//! What can go wrong with the database.

use sea_orm::DbErr;
use std::path::PathBuf;
use tring_protocol::ids::AccountId;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data directory cannot be made.
    #[error("the data directory {} cannot be created", path.display())]
    Directory {
        /// Which directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused or cannot be reached; trying again may help.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A row holds what this version never wrote. Trying again does not help.
    #[error("{table} holds a row that cannot be read: {what}")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// The column, and what is wrong with it; never the value.
        what: String,
    },
    /// There is no account of that name.
    #[error("there is no account {0}")]
    NoSuchAccount(AccountId),
    /// The account has no such key, or it was revoked before.
    #[error("account {0} has no such key in force")]
    NoSuchKey(AccountId),
    /// The account has as many keys as it may have.
    #[error("an account has at most {max} keys in force; revoke one first")]
    TooManyKeys {
        /// The bound.
        max: u64,
    },
}
