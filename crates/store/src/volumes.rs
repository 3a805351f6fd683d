//! Sums over `call_volumes`: of a range, by slots of the local clock, by the hours of the local week.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::ops::Range;
use tring_protocol::time::Timestamp;

use crate::codec::to_millis;
use crate::counting::summed;
use crate::schema::call_volumes::{self, Column};
use crate::statistics::{Segment, SlotLength};
use crate::{StoreError, Sums};

/// What a sum is read as: PostgreSQL's `SUM(bigint)` is NUMERIC.
const WHOLE: &str = "BIGINT";

/// 1970 began on a Thursday: at its start, this many hours of the week were over.
const WEEK_HOURS_BEFORE_1970: i64 = 3 * 24;

/// The sums of a range.
pub(crate) async fn total(
    db: &impl ConnectionTrait,
    account: &str,
    range: Range<Timestamp>,
) -> Result<Sums, StoreError> {
    let sums = with_sums(between(account, range)).into_model::<Sums>().one(db).await?;
    Ok(sums.unwrap_or_default())
}

/// The sums of each slot of a segment that has calls, in order.
pub(crate) async fn series(
    db: &impl ConnectionTrait,
    account: &str,
    segment: Segment,
    slot: SlotLength,
) -> Result<Vec<(Timestamp, Sums)>, StoreError> {
    let place = Expr::col(Column::Bucket).add(segment.ahead()).div(slot.millis());
    let rows = with_sums(between(account, segment.from..segment.to))
        .expr_as(place, "slot")
        .group_by(Expr::col(Alias::new("slot")))
        .order_by_asc(Expr::col(Alias::new("slot")))
        .into_model::<SlotRow>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (segment.moment(row.slot * slot.millis()), row.sums)).collect())
}

/// Adds the calls of a segment to the cells of the week, Monday 0:00 first.
pub(crate) async fn add_week_hours(
    db: &impl ConnectionTrait,
    account: &str,
    segment: Segment,
    hours: &mut [u64],
) -> Result<(), StoreError> {
    let hour = Expr::col(Column::Bucket).add(segment.ahead()).div(SlotLength::Hour.millis());
    let cells = i64::try_from(hours.len()).unwrap_or(i64::MAX);
    let rows: Vec<(i64, i64)> = between(account, segment.from..segment.to)
        .select_only()
        .expr_as(hour.add(WEEK_HOURS_BEFORE_1970).modulo(cells), "cell")
        .expr_as(whole(calls().sum()), "calls")
        .group_by(Expr::col(Alias::new("cell")))
        .into_tuple()
        .all(db)
        .await?;
    for (cell, calls) in rows {
        if let Some(hour) = usize::try_from(cell).ok().and_then(|cell| hours.get_mut(cell)) {
            *hour += u64::try_from(calls).unwrap_or(0);
        }
    }
    Ok(())
}

/// All calls of a row: each has exactly one status.
pub(crate) fn calls() -> SimpleExpr {
    [Column::Declined, Column::Missed, Column::Cancelled, Column::Failed]
        .into_iter()
        .fold(Expr::col(Column::Over), |sum, column| sum.add(Expr::col(column)))
}

fn whole(sum: SimpleExpr) -> SimpleExpr {
    sum.cast_as(WHOLE)
}

fn between(account: &str, range: Range<Timestamp>) -> Select<call_volumes::Entity> {
    call_volumes::Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Bucket.gte(to_millis(range.start)))
        .filter(Column::Bucket.lt(to_millis(range.end)))
}

fn with_sums(query: Select<call_volumes::Entity>) -> Select<call_volumes::Entity> {
    use sea_orm::sea_query::IntoIden;
    summed().fold(query.select_only(), |query, column| {
        query.expr_as(whole(Expr::col(column).sum()), column.into_iden().to_string())
    })
}

#[derive(Debug, FromQueryResult)]
struct SlotRow {
    slot: i64,
    #[sea_orm(nested)]
    sums: Sums,
}
