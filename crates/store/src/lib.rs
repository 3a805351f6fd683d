//! What outlives the process: accounts, their keys and settings, the members who look after them, users and devices,
//! calls and their events.
//!
//! SQLite in the data directory, or PostgreSQL. One set of queries serves both; the suite in `tests/conformance` is
//! written against "a fresh store" and runs on each.
//!
//! **A query about an account goes through [`Store::account`]**, whose type carries the account, so that no call
//! site can forget to ask whose row it is (invariant 6). Across accounts speak only the operator
//! ([`Store::accounts`], [`Store::create_account`]), members about themselves (`Store::member…`), whoever proves by a
//! text of 260 random bits that something is theirs (a session, a secret key, a link), and the node's own [`Journal`].
//!
//! **What changes an account goes through [`AccountStore::change`]**, which writes who did it in the same transaction.
//!
//! The crate has no clock: whoever calls says when it is.
#![forbid(unsafe_code)]

mod accounts;
mod audit;
mod backup;
mod change;
mod codec;
mod counting;
mod database;
mod devices;
mod error;
mod expiry;
mod idempotency;
mod images;
mod invitations;
mod journal;
mod keys;
mod live;
mod members;
mod memberships;
mod migrations;
mod nodes;
mod records;
mod resets;
mod retention;
mod samples;
mod schema;
mod search;
mod secret_keys;
mod secrets;
mod sessions;
mod standing;
mod statistics;
mod sums;
mod tallies;
mod token_secrets;
mod turn_servers;
mod vault;
mod volumes;

pub use accounts::{Account, AccountStore, NewAccount, Rules};
pub use audit::Actor;
pub use backup::{BackupError, Copied, Present, Restore, back_up, back_up_key, restore};
pub use change::Change;
pub use counting::Counts;
pub use database::{Database, SQLITE_FILE};
pub use devices::Sighting;
pub use error::StoreError;
pub use idempotency::{Answer, Begun};
pub use invitations::NewInvitation;
pub use journal::Journal;
pub use members::{Credentials, Member, NewMember};
pub use records::{RecordPage, StoredCall};
pub use retention::Forgotten;
pub use search::Export;
pub use secret_keys::KnownKey;
pub use sessions::Session;
pub use standing::{Standing, Tables, standing};
pub use statistics::{FigureQuery, Figures, Segment, SlotLength, WEEK_HOURS};
pub use sums::Sums;
pub use token_secrets::SigningSecret;
pub use turn_servers::TurnAccess;
pub use vault::{KEY_FILE, KeySource, VaultError};

use sea_orm::DatabaseConnection;

/// The database. Cloning shares its connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    pub(crate) vault: vault::Vault,
    /// Tells a restore that the embedded database is in use, until the last clone is gone.
    pub(crate) _in_use: Option<std::sync::Arc<std::fs::File>>,
}
