//! Publishable apikeys: which account an app belongs to.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use subtle::{Choice, ConstantTimeEq};
use tring_protocol::http::account::Apikey;
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;

use crate::codec::{from_millis, sought, to_millis};
use crate::schema::keys;
use crate::secrets::random_text;
use crate::{AccountStore, Change, Rules, StoreError};

/// Keys in force that one account may have. Higher: each sign-in compares with more of them.
const KEYS_MAX: u64 = 32;

impl AccountStore<'_> {
    /// The account's rules if `apikey` is one of its keys in force, `None` if it is not or there is no such account.
    /// The two cases take the same time and look the same, so that nobody can find out which accounts exist.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn admit(&self, apikey: &str) -> Result<Option<Rules>, StoreError> {
        let in_force = self.in_force().all(&self.store.db).await?;
        let known = in_force
            .iter()
            .fold(Choice::from(0), |known, key| known | key.apikey.as_bytes().ct_eq(apikey.as_bytes()));
        match self.rules().await {
            Ok(rules) if known.into() => Ok(Some(rules)),
            Ok(_) | Err(StoreError::NoSuchAccount(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every apikey, also the revoked ones, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn apikeys(&self) -> Result<Vec<Apikey>, StoreError> {
        self.row().await?;
        let rows = keys::Entity::find()
            .filter(keys::Column::AccountId.eq(self.id.as_str()))
            .order_by_asc(keys::Column::CreatedAt)
            .order_by_asc(keys::Column::Apikey)
            .all(&self.store.db)
            .await?;
        Ok(rows.into_iter().map(Apikey::from).collect())
    }

    fn in_force(&self) -> sea_orm::Select<keys::Entity> {
        keys::Entity::find()
            .filter(keys::Column::AccountId.eq(self.id.as_str()))
            .filter(keys::Column::RevokedAt.is_null())
    }
}

impl Change<'_> {
    /// Makes an apikey and returns it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::LimitReached`], or what the database says.
    pub async fn new_apikey(&self, name: &str) -> Result<String, StoreError> {
        let begun = self.begin().await?;
        if self.account.in_force().count(&begun.transaction).await? >= KEYS_MAX {
            return Err(StoreError::LimitReached { what: "apikeys in force", max: KEYS_MAX });
        }
        let apikey = insert(&begun.transaction, &self.account.id, name, self.now).await?;
        begun.done("apikey.created", Some(name), Vec::new()).await?;
        Ok(apikey)
    }

    /// Refuses `apikey` from now on. Devices that are signed in stay so until their session ends.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NoSuchKey`] also if it was revoked before, or what the database
    /// says.
    pub async fn revoke_apikey(&self, apikey: &str) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let key = self
            .account
            .in_force()
            .filter(keys::Column::Apikey.eq(sought(apikey)))
            .one(&begun.transaction)
            .await?
            .ok_or_else(|| StoreError::NoSuchKey(self.account.id.clone()))?;
        keys::Entity::update_many()
            .col_expr(keys::Column::RevokedAt, Expr::value(to_millis(self.now)))
            .filter(keys::Column::Apikey.eq(apikey))
            .exec(&begun.transaction)
            .await?;
        begun.done("apikey.revoked", Some(&key.name), Vec::new()).await
    }
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account: &AccountId,
    name: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    let apikey = random_text("pk_", 32);
    keys::ActiveModel {
        apikey: Set(apikey.clone()),
        account_id: Set(account.as_str().to_owned()),
        name: Set(name.to_owned()),
        created_at: Set(to_millis(now)),
        last_used_at: Set(None),
        revoked_at: Set(None),
    }
    .insert(db)
    .await?;
    Ok(apikey)
}

impl From<keys::Model> for Apikey {
    fn from(row: keys::Model) -> Self {
        Self {
            apikey: row.apikey,
            name: row.name,
            created_at: from_millis(row.created_at),
            last_used_at: row.last_used_at.map(from_millis),
            revoked_at: row.revoked_at.map(from_millis),
        }
    }
}
