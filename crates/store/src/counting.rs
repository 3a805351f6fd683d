//! Adds calls to the figures of their accounts, each call once.
//!
//! **A call is counted in the transaction that finishes it, and only by the statement that finished it.** Then the
//! figures are at every moment the sums over the calls that the log lists.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, Iterable, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait,
};
use std::collections::BTreeMap;
use tring_protocol::call::CallRecord;

use crate::codec::to_millis;
use crate::records::{RecordRow, record};
use crate::schema::{call_tallies, call_volumes, calls};
use crate::sums::{Rating, Sums};
use crate::tallies::{Grain, Kind};
use crate::{Store, StoreError};

/// A quarter of an hour in milliseconds.
pub(crate) const QUARTER: i64 = 15 * 60 * 1_000;
/// A day in milliseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Rows of one INSERT; SQLite takes at most 32,766 values in a statement.
const ROWS: usize = 500;

/// Calls that [`count_leftovers`] counts in one transaction. Higher: others wait longer to write.
const LEFTOVERS: u64 = 200;

/// What some calls add to the figures of their accounts. Sorted by key: two nodes that write to the same rows lock them in the same
/// order, so neither ever waits for one that waits for it.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    volumes: BTreeMap<(String, i64), Sums>,
    tallies: BTreeMap<TallyKey, i64>,
}

/// In the order of the table's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct TallyKey {
    account: String,
    grain: &'static str,
    kind: &'static str,
    name: &'static str,
    bucket: i64,
}

impl Store {
    /// Adds calls to the figures that were written by another way than a [`Journal`](crate::Journal)'s: in bulk, marked
    /// as counted. Nothing but the journal keeps a call from being counted twice.
    ///
    /// # Errors
    /// What the database says; then nothing was added.
    pub async fn add_counts(&self, counts: Counts) -> Result<(), StoreError> {
        let transaction = self.db.begin().await?;
        counts.write(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

impl Counts {
    /// Adds one call.
    pub fn add(&mut self, record: &CallRecord) {
        let account = record.account.as_str();
        let placed = to_millis(record.placed_at);
        let quarter = placed - placed % QUARTER;
        *self.volumes.entry((account.to_owned(), quarter)).or_default() += Sums::of(record);
        let names = [
            (Kind::Reason, Some(record.reason.as_str())),
            (Kind::CallerPlatform, Some(record.caller_platform.as_str())),
            (Kind::CalleePlatform, record.callee_platform.map(|platform| platform.as_str())),
            (Kind::Quality, Rating::of(record).map(|rating| rating.band().as_str())),
        ];
        for (kind, name) in names.into_iter().filter_map(|(kind, name)| Some((kind, name?))) {
            for (grain, bucket) in [(Grain::Day, placed - placed % DAY), (Grain::Quarter, quarter)] {
                let (grain, kind) = (grain.as_str(), kind.as_str());
                let key = TallyKey { account: account.to_owned(), grain, kind, name, bucket };
                *self.tallies.entry(key).or_default() += 1;
            }
        }
    }

    /// Adds everything to what the database holds.
    pub(crate) async fn write(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let volumes: Vec<_> =
            self.volumes.into_iter().map(|((account, bucket), sums)| sums.row(&account, bucket)).collect();
        for rows in volumes.chunks(ROWS) {
            call_volumes::Entity::insert_many(rows.to_vec())
                .on_conflict(added_volumes())
                .exec_without_returning(db)
                .await?;
        }
        let tallies: Vec<_> = self.tallies.into_iter().map(|(key, calls)| key.row(calls)).collect();
        for rows in tallies.chunks(ROWS) {
            call_tallies::Entity::insert_many(rows.to_vec())
                .on_conflict(added_tallies())
                .exec_without_returning(db)
                .await?;
        }
        Ok(())
    }
}

impl TallyKey {
    fn row(self, calls: i64) -> call_tallies::ActiveModel {
        call_tallies::ActiveModel {
            account_id: Set(self.account),
            grain: Set(self.grain.to_owned()),
            kind: Set(self.kind.to_owned()),
            name: Set(self.name.to_owned()),
            bucket: Set(self.bucket),
            calls: Set(calls),
        }
    }
}

/// The columns of `call_volumes` that are sums.
pub(crate) fn summed() -> impl Iterator<Item = call_volumes::Column> {
    use call_volumes::Column::{AccountId, Bucket};
    call_volumes::Column::iter().filter(|column| !matches!(column, AccountId | Bucket))
}

fn added_volumes() -> OnConflict {
    let mut repeated = OnConflict::columns([call_volumes::Column::AccountId, call_volumes::Column::Bucket]);
    for column in summed() {
        repeated
            .value(column, Expr::col((call_volumes::Entity, column)).add(Expr::col(("excluded", column))));
    }
    repeated
}

fn added_tallies() -> OnConflict {
    use call_tallies::Column::{AccountId, Bucket, Calls, Grain, Kind, Name};
    let mut repeated = OnConflict::columns([AccountId, Grain, Kind, Name, Bucket]);
    repeated.value(Calls, Expr::col((call_tallies::Entity, Calls)).add(Expr::col(("excluded", Calls))));
    repeated
}

/// Counts calls that were ended by a server of a release that did not count. May be interrupted and may run in several
/// processes at once: each call is marked in the transaction that counts it.
pub(crate) async fn count_leftovers(db: &DatabaseConnection) -> Result<(), StoreError> {
    loop {
        let rows = calls::Entity::find()
            .filter(calls::Column::EndedAt.is_not_null())
            .filter(calls::Column::Counted.is_null())
            .order_by_asc(calls::Column::CallId)
            .limit(LEFTOVERS)
            .into_model::<RecordRow>()
            .all(db)
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let transaction = db.begin().await?;
        let mut counts = Counts::default();
        for row in rows {
            let record = record(row)?;
            let marked = calls::Entity::update_many()
                .set(rated(&record))
                .filter(calls::Column::CallId.eq(record.call.to_string()))
                .filter(calls::Column::Counted.is_null())
                .exec(&transaction)
                .await?;
            if marked.rows_affected == 1 {
                counts.add(&record);
            }
        }
        counts.write(&transaction).await?;
        transaction.commit().await?;
    }
}

/// What a counted call's row says besides its record.
pub(crate) fn rated(record: &CallRecord) -> calls::ActiveModel {
    let rating = Rating::of(record);
    calls::ActiveModel {
        mos: Set(rating.map(|rating| rating.thousandths.into())),
        quality: Set(rating.map(|rating| rating.band().as_str().to_owned())),
        counted: Set(Some(true)),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
