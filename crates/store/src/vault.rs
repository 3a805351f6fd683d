//! What must be read again but not by who has only the database: token secrets and those of TURN servers, sealed with AES-256-GCM under a master
//! key that is kept outside of it.
//!
//! A sealed secret carries which account and secret it is of, so that one cannot be put in the place of another.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rand::Rng;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait, PaginatorTrait};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::schema::{master_key, token_secrets};
use crate::secrets::hash;
use crate::{StoreError, database};

/// The key file's name inside the data directory, unless the operator names another.
pub const KEY_FILE: &str = "tring.key";

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 12;

/// The only row of the table `master_key`.
const ROW: i32 = 1;

/// Where the master key is. Its text is base64 of 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// In a file, which is made if it is missing and nothing was sealed yet.
    File(PathBuf),
    /// Given as it is, such as by the environment.
    Given(String),
}

// The key must not reach a log.
impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Given(_) => f.debug_struct("Given").finish_non_exhaustive(),
        }
    }
}

/// Why the master key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Token secrets are in the database, but not the key that opens them.
    #[error(
        "the database holds token secrets, but their key {} is missing; put it back from your backup, or set \
         TRING__SECRETS__KEY to its content", .0.display()
    )]
    Missing(PathBuf),
    /// Not 32 bytes in base64.
    #[error("{0} is not a key: it must be 32 bytes in base64, as `openssl rand -base64 32` prints them")]
    Malformed(String),
    /// A key, but another one sealed what is in the database.
    #[error(
        "{0} is not the key that the token secrets in the database were sealed with; use the one from your backup"
    )]
    Wrong(String),
    /// The file cannot be read or made.
    #[error("the key file {} cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A sealed secret was changed, or is not where it was put.
    #[error("a token secret in the database cannot be opened")]
    Sealed,
}

/// Seals and opens. Cloning shares the key.
#[derive(Debug, Clone)]
pub(crate) struct Vault {
    key: Arc<RandomizedNonceKey>,
}

impl Vault {
    /// The vault of database `db`, whose key is recognised by its fingerprint there.
    pub(crate) async fn open(db: &DatabaseConnection, source: &KeySource) -> Result<Self, StoreError> {
        let sealed = token_secrets::Entity::find().count(db).await? > 0;
        let bytes = read(source, sealed)?;
        recognise(db, source, &bytes, sealed).await?;
        let key =
            RandomizedNonceKey::new(&AES_256_GCM, &bytes).expect("the key has the length that AES-256 takes");
        Ok(Self { key: Arc::new(key) })
    }

    /// Whether `source` has the key that the database `db` knows, without making or noting one.
    ///
    /// # Errors
    /// [`VaultError`] in a [`StoreError`] if it does not and secrets are sealed; nothing depends on it otherwise.
    pub(crate) async fn recognised(db: &DatabaseConnection, source: &KeySource) -> Result<(), StoreError> {
        if token_secrets::Entity::find().count(db).await? == 0 {
            return Ok(());
        }
        let bytes = read(source, true)?;
        let known = master_key::Entity::find_by_id(ROW).one(db).await?;
        if known.is_none_or(|row| row.fingerprint == fingerprint(&bytes)) {
            Ok(())
        } else {
            Err(VaultError::Wrong(name_of(source)).into())
        }
    }

    /// Seals `secret` as the one that `place` names.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Vec<u8> {
        let mut sealed = secret.as_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut sealed)
            .expect("sealing fails only for texts of many gigabytes");
        sealed.splice(..0, *nonce.as_ref());
        sealed
    }

    /// Opens what was sealed as the one that `place` names.
    pub(crate) fn open_sealed(&self, place: &str, sealed: &[u8]) -> Result<String, VaultError> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LENGTH).ok_or(VaultError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Sealed)?;
        let mut text = text.to_vec();
        let open = self
            .key
            .open_in_place(nonce, Aad::from(place.as_bytes()), &mut text)
            .map_err(|_| VaultError::Sealed)?;
        String::from_utf8(open.to_vec()).map_err(|_| VaultError::Sealed)
    }
}

/// Refuses a key that is not the one of this database, before anything is sealed with it.
async fn recognise(
    db: &DatabaseConnection,
    source: &KeySource,
    key: &[u8; KEY_LENGTH],
    sealed: bool,
) -> Result<(), StoreError> {
    let fingerprint = fingerprint(key);
    let row = master_key::ActiveModel { id: Set(ROW), fingerprint: Set(fingerprint.clone()) };
    let mut repeated = OnConflict::column(master_key::Column::Id);
    if sealed {
        // Changes nothing, and is no error.
        repeated.update_column(master_key::Column::Id);
    } else {
        // Nothing depends on a key that sealed nothing.
        repeated.update_column(master_key::Column::Fingerprint);
    }
    master_key::Entity::insert(row).on_conflict(repeated).exec_without_returning(db).await?;
    let known = master_key::Entity::find_by_id(ROW).one(db).await?;
    if known.is_some_and(|row| row.fingerprint == fingerprint) {
        Ok(())
    } else {
        Err(VaultError::Wrong(name_of(source)).into())
    }
}

/// The key is 256 random bits: nobody finds it from a hash.
fn fingerprint(key: &[u8; KEY_LENGTH]) -> String {
    hash([b"tring master key ".as_slice(), key].concat())
}

fn read(source: &KeySource, sealed: bool) -> Result<[u8; KEY_LENGTH], VaultError> {
    let text = match source {
        KeySource::Given(text) => text.clone(),
        KeySource::File(path) => match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && sealed => {
                return Err(VaultError::Missing(path.clone()));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make(path).map_err(|source| VaultError::File { path: path.clone(), source })?
            }
            Err(source) => return Err(VaultError::File { path: path.clone(), source }),
        },
    };
    let bytes = BASE64_STANDARD.decode(text.trim()).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| VaultError::Malformed(name_of(source)))
}

fn name_of(source: &KeySource) -> String {
    match source {
        KeySource::File(path) => path.display().to_string(),
        KeySource::Given(_) => "TRING__SECRETS__KEY".to_owned(),
    }
}

/// Makes a key, or reads the one that another process has just made.
fn make(path: &Path) -> std::io::Result<String> {
    let mut bytes = [0_u8; KEY_LENGTH];
    rand::rng().fill_bytes(&mut bytes);
    let text = BASE64_STANDARD.encode(bytes);
    let directory = path.parent().unwrap_or(Path::new(""));
    // The embedded database has made it by now; another database needs no directory.
    if !directory.as_os_str().is_empty() {
        database::create(directory)?;
    }
    // Appears whole or not at all: written beside and linked into place, which fails if there is one by now.
    let draft = directory.join(format!(".{KEY_FILE}.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => std::fs::read_to_string(path),
        Err(error) => Err(error),
    }
}
