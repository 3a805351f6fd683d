//! Secret keys: how a backend proves which account it works for. Kept as hashes.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use tring_protocol::http::account::SecretKey;
use tring_protocol::ids::AccountId;
use tring_protocol::time::{Millis, Timestamp};

use crate::codec::{from_millis, from_name, sought, to_millis};
use crate::schema::{accounts, secret_keys};
use crate::secrets::{ID_LENGTH, SECRET_LENGTH, hash, random_text};
use crate::{AccountStore, Change, Store, StoreError};

const TABLE: &str = "secret_keys";

/// Keys in force that one account may have.
const KEYS_MAX: u64 = 32;

/// How exactly the last use is known. Lower: a busy backend writes more often.
const NOTED_EVERY: Millis = Millis::seconds(60);

/// Characters of a key that are shown afterwards.
const ENDING: usize = 4;

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// The account.
    pub account: AccountId,
    /// Names the key where the key itself must not be seen.
    pub key_id: String,
    /// What its owner calls it.
    pub name: String,
}

impl Store {
    /// Whose secret key `secret` is, if it is in force. Its use is noted once a minute.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn secret_key(&self, secret: &str, now: Timestamp) -> Result<Option<KnownKey>, StoreError> {
        let row = secret_keys::Entity::find()
            .filter(secret_keys::Column::Hash.eq(hash(secret)))
            .filter(secret_keys::Column::RevokedAt.is_null())
            .one(&self.db)
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.last_used_at.is_none_or(|last| from_millis(last) + NOTED_EVERY <= now) {
            secret_keys::Entity::update_many()
                .col_expr(secret_keys::Column::LastUsedAt, Expr::value(to_millis(now)))
                .filter(secret_keys::Column::KeyId.eq(row.key_id.as_str()))
                .exec(&self.db)
                .await?;
        }
        let account = from_name(row.account_id, TABLE, "account_id")?;
        Ok(Some(KnownKey { account, key_id: row.key_id, name: row.name }))
    }
}

impl AccountStore<'_> {
    /// Every secret key without the key itself, also the revoked ones, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn secret_keys(&self) -> Result<Vec<SecretKey>, StoreError> {
        self.row().await?;
        let rows = secret_keys::Entity::find()
            .filter(secret_keys::Column::AccountId.eq(self.id.as_str()))
            .order_by_asc(secret_keys::Column::CreatedAt)
            .order_by_asc(secret_keys::Column::KeyId)
            .all(&self.store.db)
            .await?;
        Ok(rows.into_iter().map(|row| shown(row, None)).collect())
    }

    fn secret_keys_in_force(&self) -> sea_orm::Select<secret_keys::Entity> {
        secret_keys::Entity::find()
            .filter(secret_keys::Column::AccountId.eq(self.id.as_str()))
            .filter(secret_keys::Column::RevokedAt.is_null())
    }
}

impl Change<'_> {
    /// Makes a secret key; the answer is the one place where it is seen.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::LimitReached`], or what the database says.
    pub async fn new_secret_key(&self, name: &str) -> Result<SecretKey, StoreError> {
        let begun = self.begin().await?;
        if self.account.secret_keys_in_force().count(&begun.transaction).await? >= KEYS_MAX {
            return Err(StoreError::LimitReached { what: "secret keys in force", max: KEYS_MAX });
        }
        let secret = random();
        let row = insert(&begun.transaction, &self.account.id, name, &secret, self.now).await?;
        begun.done("secret_key.created", Some(name), Vec::new()).await?;
        Ok(shown(row, Some(secret)))
    }

    /// Refuses a secret key from now on.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NoSuchKey`] also if it was revoked before, or what the database
    /// says.
    pub async fn revoke_secret_key(&self, key_id: &str) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let key = self
            .account
            .secret_keys_in_force()
            .filter(secret_keys::Column::KeyId.eq(sought(key_id)))
            .one(&begun.transaction)
            .await?
            .ok_or_else(|| StoreError::NoSuchKey(self.account.id.clone()))?;
        secret_keys::Entity::update_many()
            .col_expr(secret_keys::Column::RevokedAt, Expr::value(to_millis(self.now)))
            .filter(secret_keys::Column::KeyId.eq(key_id))
            .exec(&begun.transaction)
            .await?;
        // A server of the release before knows the account's first key from here.
        accounts::Entity::update_many()
            .col_expr(accounts::Column::SecretHash, Expr::value(""))
            .filter(accounts::Column::AccountId.eq(self.account.id.as_str()))
            .filter(accounts::Column::SecretHash.eq(key.hash))
            .exec(&begun.transaction)
            .await?;
        begun.done("secret_key.revoked", Some(&key.name), Vec::new()).await
    }
}

pub(crate) fn random() -> String {
    random_text("sk_", SECRET_LENGTH)
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account: &AccountId,
    name: &str,
    secret: &str,
    now: Timestamp,
) -> Result<secret_keys::Model, StoreError> {
    let row = secret_keys::ActiveModel {
        key_id: Set(random_text("key_", ID_LENGTH)),
        account_id: Set(account.as_str().to_owned()),
        name: Set(name.to_owned()),
        hash: Set(hash(secret)),
        ending: Set(secret[secret.len() - ENDING..].to_owned()),
        created_at: Set(to_millis(now)),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    Ok(row.insert(db).await?)
}

fn shown(row: secret_keys::Model, secret: Option<String>) -> SecretKey {
    SecretKey {
        key_id: row.key_id,
        name: row.name,
        ending: row.ending,
        created_at: from_millis(row.created_at),
        last_used_at: row.last_used_at.map(from_millis),
        revoked_at: row.revoked_at.map(from_millis),
        secret,
    }
}
