//! How long an account's calls are kept.
//!
//! Forgetting is two things. [`AccountStore::keep_since`] moves the moment since which calls are kept: from then on
//! neither the log nor the figures show what is older, so the two agree at every moment. [`AccountStore::forget`] then
//! removes what nobody sees any more, a little at a time, so that calls that run never wait long to be written.

use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};
use tring_protocol::ids::CallId;
use tring_protocol::time::Timestamp;

use crate::codec::{from_millis, to_millis};
use crate::counting::DAY;
use crate::schema::{call_retention, call_tallies, call_volumes, calls};
use crate::tallies::{Grain, Kind};
use crate::{AccountStore, StoreError};

/// Calls of one step of [`AccountStore::forget`], with their events and samples. Higher: a call that is placed
/// meanwhile waits longer; lower: more steps.
const CALLS: u64 = 200;

/// Whether there is more to forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// Something went; there may be more.
    Some,
    /// Nothing was left.
    Nothing,
}

impl AccountStore<'_> {
    /// Keeps only calls that were placed on the day of `moment`, UTC, or later. Never goes back: what was forgotten
    /// stays so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn keep_since(&self, moment: Timestamp) -> Result<(), StoreError> {
        let moment = to_millis(moment);
        let midnight = moment - moment % DAY;
        if to_millis(self.kept_since().await?) >= midnight {
            return Ok(());
        }
        let mut moved = OnConflict::column(call_retention::Column::AccountId);
        moved.update_column(call_retention::Column::KeptSince);
        let earlier = (call_retention::Entity, call_retention::Column::KeptSince);
        moved.action_and_where(Expr::col(earlier).lt(midnight));
        call_retention::Entity::insert(call_retention::ActiveModel {
            account_id: Set(self.id.as_str().to_owned()),
            kept_since: Set(midnight),
        })
        .on_conflict(moved)
        .exec_without_returning(&self.store.db)
        .await?;
        Ok(())
    }

    /// Calls that were placed earlier are not kept; 1970 if all are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kept_since(&self) -> Result<Timestamp, StoreError> {
        kept_since(&self.store.db, self.id.as_str()).await
    }

    /// Removes some calls, with their events and samples, and some figures from before [`Self::kept_since`]. To be
    /// called until nothing is left, with pauses. A call that has not ended is not removed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget(&self) -> Result<Forgotten, StoreError> {
        let cut = self.kept_since().await?;
        if cut == Timestamp::default() {
            return Ok(Forgotten::Nothing);
        }
        let calls = self.forget_calls(cut).await?;
        let figures = self.forget_figures(to_millis(cut)).await?;
        Ok(if calls == Forgotten::Nothing && figures == Forgotten::Nothing {
            Forgotten::Nothing
        } else {
            Forgotten::Some
        })
    }

    async fn forget_calls(&self, cut: Timestamp) -> Result<Forgotten, StoreError> {
        let oldest: Vec<String> = calls::Entity::find()
            .filter(calls::Column::AccountId.eq(self.id.as_str()))
            .filter(calls::Column::CallId.lt(first_id(cut).to_string()))
            .filter(calls::Column::EndedAt.is_not_null())
            .select_only()
            .column(calls::Column::CallId)
            .order_by_asc(calls::Column::CallId)
            .limit(CALLS)
            .into_tuple()
            .all(&self.store.db)
            .await?;
        if oldest.is_empty() {
            return Ok(Forgotten::Nothing);
        }
        // Events and samples go with their call.
        calls::Entity::delete_many()
            .filter(calls::Column::AccountId.eq(self.id.as_str()))
            .filter(calls::Column::CallId.is_in(oldest))
            .exec(&self.store.db)
            .await?;
        Ok(Forgotten::Some)
    }

    /// The oldest day of the figures.
    async fn forget_figures(&self, cut: i64) -> Result<Forgotten, StoreError> {
        use call_volumes::Column::{AccountId, Bucket};
        let account = self.id.as_str();
        let oldest: Option<i64> = call_volumes::Entity::find()
            .filter(AccountId.eq(account))
            .filter(Bucket.lt(cut))
            .select_only()
            .column(Bucket)
            .order_by_asc(Bucket)
            .limit(1)
            .into_tuple()
            .one(&self.store.db)
            .await?;
        let Some(oldest) = oldest else { return Ok(Forgotten::Nothing) };
        // `cut` is a midnight too, so a day is before it as a whole.
        let end = oldest - oldest % DAY + DAY;
        let transaction = self.store.db.begin().await?;
        call_volumes::Entity::delete_many()
            .filter(AccountId.eq(account))
            .filter(Bucket.lt(end))
            .exec(&transaction)
            .await?;
        for kind in Kind::ALL {
            for grain in [Grain::Day, Grain::Quarter] {
                call_tallies::Entity::delete_many()
                    .filter(call_tallies::Column::AccountId.eq(account))
                    .filter(call_tallies::Column::Grain.eq(grain.as_str()))
                    .filter(call_tallies::Column::Kind.eq(kind.as_str()))
                    .filter(call_tallies::Column::Name.is_in(kind.names()))
                    .filter(call_tallies::Column::Bucket.lt(end))
                    .exec(&transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(Forgotten::Some)
    }
}

/// Since when an account's calls are kept.
pub(crate) async fn kept_since(db: &impl ConnectionTrait, account: &str) -> Result<Timestamp, StoreError> {
    let row = call_retention::Entity::find_by_id(account).one(db).await?;
    Ok(row.map_or(Timestamp::default(), |row| from_millis(row.kept_since)))
}

/// No call that was placed at or after `moment` has a lower id.
pub(crate) fn first_id(moment: Timestamp) -> CallId {
    CallId::new(moment.min(Timestamp::from_millis(LAST_MOMENT)), [0; 10])
}

/// A version 7 UUID has 48 bits for the time: it ends in the year 10889.
const LAST_MOMENT: u64 = (1 << 48) - 1;

/// Rows of calls that are kept.
pub(crate) fn kept(account: &str) -> SimpleExpr {
    let since = Query::select()
        .column(call_retention::Column::KeptSince)
        .from(call_retention::Entity)
        .and_where(call_retention::Column::AccountId.eq(account))
        .to_owned();
    let since = Func::coalesce([SimpleExpr::SubQuery(None, Box::new(since.into())), Expr::val(0_i64)]);
    Expr::col((calls::Entity, calls::Column::PlacedAt)).gte(since)
}
