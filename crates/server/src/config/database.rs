//! Where everything is kept, in the words of the store.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use std::path::PathBuf;
use tring_store::{Database, KEY_FILE, KeySource};

use super::{Config, value};

/// The address of a PostgreSQL database.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Reads one that may be left empty.
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        match value::text(deserializer)? {
            Some(url) if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) => {
                Err(D::Error::custom("must begin with postgres://, or be empty for the embedded database"))
            }
            url => Ok(url.map(Self)),
        }
    }
}

// There is a password in it, which must not reach a log.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseUrl").finish_non_exhaustive()
    }
}

/// The key that opens what is sealed in the database: one of the two, or neither.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The file that has it; without one it is in the data directory.
    #[serde(deserialize_with = "value::text")]
    pub key_file: Option<String>,
    /// The key itself.
    #[serde(deserialize_with = "value::text")]
    pub key: Option<String>,
}

// The key must not reach a log.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("key_file", &self.key_file).finish_non_exhaustive()
    }
}

impl Config {
    /// The database.
    #[must_use]
    pub fn database(&self) -> Database {
        match &self.database_url {
            Some(DatabaseUrl(url)) => Database::Postgres { url: url.clone() },
            None => Database::Sqlite { directory: self.data.clone() },
        }
    }

    /// Where the key is that opens what is sealed in it.
    #[must_use]
    pub fn key_source(&self) -> KeySource {
        match (&self.secrets.key, &self.secrets.key_file) {
            (Some(key), _) => KeySource::Given(key.clone()),
            (None, Some(file)) => KeySource::File(PathBuf::from(file)),
            (None, None) => KeySource::File(self.data.join(KEY_FILE)),
        }
    }
}
