//! Forgetting what is over. Nothing depends on when it happens: what has expired is refused before it is forgotten.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use tring_protocol::time::{Millis, Timestamp};

use crate::codec::to_millis;
use crate::schema::{accounts, idempotency, invitations, password_resets, sessions, token_secrets};
use crate::{Store, StoreError};

const DAY: u64 = 24 * 60 * 60;

/// How long the answer to a request with an idempotency key may be asked for again.
const ANSWERS: Millis = Millis::seconds(DAY);

/// How long the rows of a deleted account stay. Longer than any call: one that ran at that moment writes its end.
const DELETED_ACCOUNTS: Millis = Millis::seconds(DAY);

impl Store {
    /// Removes what has expired at `now`: sessions, links, retired token secrets, answers to idempotency keys, and what
    /// accounts wrote that were deleted a day ago. Call it every hour or so.
    ///
    /// # Errors
    /// What the database says; what was removed before stays removed.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        let (now, db) = (to_millis(now), &self.db);
        let ago = |length: Millis| now.saturating_sub_unsigned(length.get());
        sessions::Entity::delete_many().filter(sessions::Column::ExpiresAt.lte(now)).exec(db).await?;
        password_resets::Entity::delete_many()
            .filter(password_resets::Column::ExpiresAt.lte(now))
            .exec(db)
            .await?;
        let closed = Condition::any()
            .add(invitations::Column::ExpiresAt.lte(now))
            .add(invitations::Column::UsedAt.is_not_null())
            .add(invitations::Column::WithdrawnAt.is_not_null());
        invitations::Entity::delete_many().filter(closed).exec(db).await?;
        token_secrets::Entity::delete_many()
            .filter(token_secrets::Column::RetiresAt.lte(now))
            .exec(db)
            .await?;
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::CreatedAt.lte(ago(ANSWERS)))
            .exec(db)
            .await?;
        accounts::Entity::delete_many()
            .filter(accounts::Column::DeletedAt.lte(ago(DELETED_ACCOUNTS)))
            .exec(db)
            .await?;
        Ok(())
    }
}
