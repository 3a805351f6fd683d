//! Password resets: links that set a new password once. Known by the hash of their token.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    TransactionTrait,
};
use tring_protocol::time::{Millis, Timestamp};

use crate::codec::to_millis;
use crate::schema::password_resets;
use crate::secrets::{SECRET_LENGTH, hash, random_text};
use crate::{Store, StoreError, members, sessions};

/// How long a link works. Higher: an old mail opens a door for longer; lower: slow mail comes too late.
const LIFE: Millis = Millis::seconds(60 * 60);

impl Store {
    /// Makes a link's token for member `id`. Those before it work on, because mails can come in any order.
    ///
    /// # Errors
    /// What the database says, also if there is no such member.
    pub async fn new_reset(&self, id: &str, now: Timestamp) -> Result<String, StoreError> {
        let token = random_text("", SECRET_LENGTH);
        password_resets::ActiveModel {
            token_hash: Set(hash(&token)),
            member_id: Set(id.to_owned()),
            created_at: Set(to_millis(now)),
            expires_at: Set(to_millis(now + LIFE)),
            used_at: Set(None),
        }
        .insert(&self.db)
        .await?;
        Ok(token)
    }

    /// Whether a link still works, for who would otherwise hash a password in vain.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reset_works(&self, token: &str, now: Timestamp) -> Result<bool, StoreError> {
        let row = password_resets::Entity::find_by_id(hash(token))
            .filter(password_resets::Column::UsedAt.is_null())
            .filter(password_resets::Column::ExpiresAt.gt(to_millis(now)))
            .one(&self.db)
            .await?;
        Ok(row.is_some())
    }

    /// Sets the password of the link's member, ends every session and every other link of theirs, and returns who they
    /// are.
    ///
    /// # Errors
    /// [`StoreError::LinkExpired`], or what the database says.
    pub async fn use_reset(
        &self,
        token: &str,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let token_hash = hash(token);
        let transaction = self.db.begin().await?;
        let used = password_resets::Entity::update_many()
            .col_expr(password_resets::Column::UsedAt, Expr::value(to_millis(now)))
            .filter(password_resets::Column::TokenHash.eq(token_hash.as_str()))
            .filter(password_resets::Column::UsedAt.is_null())
            .filter(password_resets::Column::ExpiresAt.gt(to_millis(now)))
            .exec(&transaction)
            .await?;
        if used.rows_affected == 0 {
            return Err(StoreError::LinkExpired);
        }
        let row = password_resets::Entity::find_by_id(token_hash).one(&transaction).await?;
        let member = row.ok_or(StoreError::LinkExpired)?.member_id;
        members::write_password(&transaction, &member, password_hash).await?;
        sessions::end_others(&transaction, &member, None).await?;
        withdraw(&transaction, &member).await?;
        transaction.commit().await?;
        Ok(member)
    }
}

/// Ends every link of a member.
pub(crate) async fn withdraw(db: &impl ConnectionTrait, member: &str) -> Result<(), StoreError> {
    password_resets::Entity::delete_many()
        .filter(password_resets::Column::MemberId.eq(member))
        .exec(db)
        .await?;
    Ok(())
}
