//! In which quarters of an hour calls with certain marks were placed, newest first, as the tallies have it.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Mark, Span, quarter};
use crate::StoreError;
use crate::counting::{DAY, QUARTER};
use crate::schema::{call_tallies, call_volumes};
use crate::tallies::Grain;
use crate::volumes;

/// Quarters that are looked up at a time. Higher: more are looked up for nothing once the page is full.
const QUARTERS: u64 = 32;

/// How far back the first look goes. What is rare is found in few looks, because each goes [`FURTHER`] times as far.
const FIRST_LOOK: i64 = 4 * DAY;
const FURTHER: i64 = 4;

/// Quarters that follow each other without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) begin: i64,
    pub(super) end: i64,
    /// Calls that were placed in it, with and without the marks.
    pub(super) calls: u64,
}

/// Goes through the quarters of a span downwards.
#[derive(Debug)]
pub(super) struct Quarters<'a> {
    marks: &'a [Mark],
    /// The first quarter of the span.
    lowest: i64,
    /// Quarters before this are still to be looked at.
    below: i64,
    look: i64,
}

impl<'a> Quarters<'a> {
    pub(super) fn of(span: Span, marks: &'a [Mark]) -> Self {
        let below = quarter(span.high.placed_at()).saturating_add(QUARTER);
        Self { marks, lowest: quarter(span.low.placed_at()), below, look: FIRST_LOOK }
    }

    /// The next quarters that have every mark, newest first; `None` at the end of the span.
    pub(super) async fn next(
        &mut self,
        db: &impl ConnectionTrait,
        account: &str,
    ) -> Result<Option<Vec<Window>>, StoreError> {
        while self.lowest < self.below {
            self.begin_at_newest(db, account).await?;
            let from = self.below.saturating_sub(self.look).max(self.lowest);
            let rows = self.look_up(db, account, from).await?;
            if rows.len() as u64 == QUARTERS {
                self.below = rows.last().map_or(from, |(bucket, _)| *bucket);
            } else {
                self.below = from;
                self.look = self.look.saturating_mul(FURTHER);
            }
            if !rows.is_empty() {
                return Ok(Some(joined(rows)));
            }
        }
        Ok(None)
    }

    /// Skips a stretch without any calls, such as the future.
    async fn begin_at_newest(&mut self, db: &impl ConnectionTrait, account: &str) -> Result<(), StoreError> {
        let newest: Option<i64> = call_volumes::Entity::find()
            .filter(call_volumes::Column::AccountId.eq(account))
            .filter(call_volumes::Column::Bucket.lt(self.below))
            .select_only()
            .column(call_volumes::Column::Bucket)
            .order_by_desc(call_volumes::Column::Bucket)
            .limit(1)
            .into_tuple()
            .one(db)
            .await?;
        self.below = newest.map_or(self.lowest, |newest| newest + QUARTER);
        Ok(())
    }

    async fn look_up(
        &self,
        db: &impl ConnectionTrait,
        account: &str,
        from: i64,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut query = call_volumes::Entity::find()
            .filter(call_volumes::Column::AccountId.eq(account))
            .filter(call_volumes::Column::Bucket.gte(from))
            .filter(call_volumes::Column::Bucket.lt(self.below));
        for mark in self.marks {
            query = query.filter(call_volumes::Column::Bucket.in_subquery(self.marked(account, mark, from)));
        }
        let rows = query
            .select_only()
            .column(call_volumes::Column::Bucket)
            .expr_as(volumes::calls(), "calls")
            .order_by_desc(call_volumes::Column::Bucket)
            .limit(QUARTERS)
            .into_tuple()
            .all(db)
            .await?;
        Ok(rows)
    }

    /// The quarters of a look that have one mark.
    fn marked(&self, account: &str, mark: &Mark, from: i64) -> sea_orm::sea_query::SelectStatement {
        use call_tallies::Column::{AccountId, Bucket, Grain as GrainColumn, Kind, Name};
        Query::select()
            .column(Bucket)
            .from(call_tallies::Entity)
            .and_where(AccountId.eq(account))
            .and_where(GrainColumn.eq(Grain::Quarter.as_str()))
            .and_where(Kind.is_in(mark.kinds.iter().copied()))
            .and_where(Name.is_in(mark.names.iter().copied()))
            .and_where(Bucket.gte(from))
            .and_where(Bucket.lt(self.below))
            .to_owned()
    }
}

/// Joins quarters, newest first, that follow each other.
fn joined(rows: Vec<(i64, i64)>) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for (bucket, calls) in rows {
        let calls = u64::try_from(calls).unwrap_or(0);
        match windows.last_mut() {
            Some(last) if last.begin == bucket + QUARTER => {
                last.begin = bucket;
                last.calls += calls;
            }
            _ => windows.push(Window { begin: bucket, end: bucket + QUARTER, calls }),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_that_follow_each_other_are_read_as_one() {
        let rows = [9, 8, 5, 3, 2, 1].map(|quarter| (quarter * QUARTER, quarter));
        let window = |begin, end, calls| Window { begin: begin * QUARTER, end: end * QUARTER, calls };
        assert_eq!(joined(rows.to_vec()), [window(8, 10, 17), window(5, 6, 5), window(1, 4, 6)]);
    }
}
