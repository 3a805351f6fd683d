//! What can go wrong with the database.

use sea_orm::DbErr;
use std::path::PathBuf;
use tring_protocol::ids::AccountId;

use crate::VaultError;

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
    /// The address of the PostgreSQL database cannot be read.
    #[error("the database's address must look like postgres://user:password@host:port/database?sslmode=…")]
    Address,
    /// The database refused or cannot be reached; trying again may help.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// The key that opens token secrets cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
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
    /// There is an account of that name.
    #[error("there already is an account {0}")]
    AccountTaken(AccountId),
    /// The account has no such key, or it was revoked before.
    #[error("account {0} has no such key in force")]
    NoSuchKey(AccountId),
    /// There is no such thing, or it belongs to somebody else.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The account, or the member, has as many of these as it may have.
    #[error("there are at most {max} {what}; remove one first")]
    LimitReached {
        /// Of what, in the plural.
        what: &'static str,
        /// The bound.
        max: u64,
    },
    /// Another member has this email.
    #[error("there is already a member with this email")]
    EmailTaken,
    /// The link was used, withdrawn, has expired, or never was one.
    #[error("the link was used, withdrawn, or has expired")]
    LinkExpired,
    /// The invitation names another email than the member has.
    #[error("the invitation is for somebody else")]
    NotInvited,
    /// The account would be left without an owner.
    #[error("an account needs an owner")]
    LastOwner,
    /// New user tokens are signed with this secret.
    #[error("this token secret is in use; rotate it first")]
    SecretInUse,
}
