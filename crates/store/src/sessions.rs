//! Sessions: a browser in which a member is signed in. Known by the hash of its cookie.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    TransactionTrait,
};
use tring_protocol::time::{Millis, Timestamp};

use crate::codec::{from_millis, to_millis};
use crate::schema::{members, sessions};
use crate::secrets::{SECRET_LENGTH, hash, random_text};
use crate::{Member, Store, StoreError};

const DAY: u64 = 24 * 60 * 60;

/// How long a session lives without being used. Higher: a forgotten browser stays open for longer; lower: people sign
/// in again after their holidays.
const IDLE: Millis = Millis::seconds(14 * DAY);

/// How long a session lives at most. Higher: a stolen cookie works for longer.
const LIFE: Millis = Millis::seconds(180 * DAY);

/// How exactly the last use is known. Lower: the dashboard writes more often.
const NOTED_EVERY: Millis = Millis::seconds(60);

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The member.
    pub member: Member,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, if it is not used before.
    pub expires_at: Timestamp,
}

impl Store {
    /// Signs a member in; returns the token for their cookie, which only they have.
    ///
    /// # Errors
    /// What the database says, also if there is no such member.
    pub async fn start_session(&self, member: &str, now: Timestamp) -> Result<String, StoreError> {
        let token = random_text("", SECRET_LENGTH);
        let transaction = self.db.begin().await?;
        sessions::ActiveModel {
            token_hash: Set(hash(&token)),
            member_id: Set(member.to_owned()),
            created_at: Set(to_millis(now)),
            last_seen_at: Set(to_millis(now)),
            expires_at: Set(to_millis(now + IDLE)),
        }
        .insert(&transaction)
        .await?;
        note_member(&transaction, member, now).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Whose session it is, if it is one. Its use is noted, and its end moved, once a minute.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let row = sessions::Entity::find_by_id(hash(token))
            .filter(sessions::Column::ExpiresAt.gt(to_millis(now)))
            .one(&self.db)
            .await?;
        let Some(mut row) = row else { return Ok(None) };
        let Some(member) = self.member(&row.member_id).await? else { return Ok(None) };
        let created_at = from_millis(row.created_at);
        if from_millis(row.last_seen_at) + NOTED_EVERY <= now {
            row.expires_at = to_millis((now + IDLE).min(created_at + LIFE));
            self.note_session(&row, now).await?;
        }
        Ok(Some(Session { member, created_at, expires_at: from_millis(row.expires_at) }))
    }

    /// Signs one browser out; no matter if it was signed in.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_session(&self, token: &str) -> Result<(), StoreError> {
        sessions::Entity::delete_by_id(hash(token)).exec(&self.db).await?;
        Ok(())
    }

    /// Signs a member out everywhere but in the session whose token is `keep`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_sessions_of(&self, member: &str, keep: Option<&str>) -> Result<(), StoreError> {
        end_others(&self.db, member, keep).await
    }

    async fn note_session(&self, row: &sessions::Model, now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.db.begin().await?;
        sessions::Entity::update_many()
            .col_expr(sessions::Column::LastSeenAt, Expr::value(to_millis(now)))
            .col_expr(sessions::Column::ExpiresAt, Expr::value(row.expires_at))
            .filter(sessions::Column::TokenHash.eq(row.token_hash.as_str()))
            .exec(&transaction)
            .await?;
        note_member(&transaction, &row.member_id, now).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn end_others(
    db: &impl ConnectionTrait,
    member: &str,
    keep: Option<&str>,
) -> Result<(), StoreError> {
    let mut ended = sessions::Entity::delete_many().filter(sessions::Column::MemberId.eq(member));
    if let Some(keep) = keep {
        ended = ended.filter(sessions::Column::TokenHash.ne(hash(keep)));
    }
    ended.exec(db).await?;
    Ok(())
}

async fn note_member(db: &impl ConnectionTrait, member: &str, now: Timestamp) -> Result<(), StoreError> {
    members::Entity::update_many()
        .col_expr(members::Column::LastSeenAt, Expr::value(to_millis(now)))
        .filter(members::Column::MemberId.eq(member))
        .exec(db)
        .await?;
    Ok(())
}
