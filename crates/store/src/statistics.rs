//! The figures of an account over a range of time, all of one moment.
//!
//! Local days and hours are told by the caller as segments of constant offset from UTC: this crate knows no time zones.

use sea_orm::{
    AccessMode, ColumnTrait, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel, PaginatorTrait,
    QueryFilter, TransactionTrait,
};
use std::ops::Range;
use tring_protocol::http::statistics::{PlatformCount, ReasonCount};
use tring_protocol::time::Timestamp;

use crate::codec::from_millis;
use crate::schema::calls;
use crate::{AccountStore, StoreError, Sums, retention, tallies, volumes};

/// Cells of a week: seven days of 24 hours.
pub const WEEK_HOURS: usize = 7 * 24;

/// A stretch of time in which a zone's offset does not change. Begins and ends on a quarter of an hour, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends, not included.
    pub to: Timestamp,
    /// Seconds by which the local clock is ahead of UTC; a whole number of quarters of an hour.
    pub offset: i32,
}

/// How long one slot of a series is, on the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotLength {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureQuery {
    /// The range, in order and without gaps.
    pub segments: Vec<Segment>,
    /// How finely the series is cut.
    pub slot: SlotLength,
    /// The range to compare with.
    pub previous: Range<Timestamp>,
}

/// What an account's calls add up to. Everything but `live` is about calls that have ended, at the time at which they
/// were placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Of the whole range: the sum of the series.
    pub totals: Sums,
    /// Of the range to compare with.
    pub previous: Sums,
    /// Slots that have calls, in order, each with the moment at which it begins. One that the range or a change of
    /// clocks cuts begins at the cut.
    pub series: Vec<(Timestamp, Sums)>,
    /// Most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// Most frequent first.
    pub caller_platforms: Vec<PlatformCount>,
    /// Most frequent first; of calls that reached a device.
    pub callee_platforms: Vec<PlatformCount>,
    /// Calls by hour of the local week, [`WEEK_HOURS`] cells: Monday 0:00 to 0:59 first.
    pub hours: Vec<u64>,
    /// Calls that run at this moment.
    pub live: u64,
    /// Calls that were placed earlier are not kept; 1970 if all are.
    pub kept_since: Timestamp,
}

impl AccountStore<'_> {
    /// The figures of a range.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn figures(&self, query: &FigureQuery) -> Result<Figures, StoreError> {
        let snapshot = self.snapshot().await?;
        let account = self.id.as_str();
        let kept_since = retention::kept_since(&snapshot, account).await?;
        let segments: Vec<_> =
            query.segments.iter().filter_map(|segment| segment.after(kept_since)).collect();
        let range = match (segments.first(), segments.last()) {
            (Some(first), Some(last)) => first.from..last.to,
            _ => Timestamp::default()..Timestamp::default(),
        };
        let previous = query.previous.start.max(kept_since)..query.previous.end;

        let mut series = Vec::new();
        let mut hours = vec![0; WEEK_HOURS];
        for segment in &segments {
            series.extend(volumes::series(&snapshot, account, *segment, query.slot).await?);
            volumes::add_week_hours(&snapshot, account, *segment, &mut hours).await?;
        }
        let tallied = tallies::sums(&snapshot, account, range).await?;
        let live = running(account).count(&snapshot).await?;
        Ok(Figures {
            totals: series.iter().map(|(_, sums)| *sums).sum(),
            previous: volumes::total(&snapshot, account, previous).await?,
            series,
            reasons: tallied.reasons,
            caller_platforms: tallied.caller_platforms,
            callee_platforms: tallied.callee_platforms,
            hours,
            live,
            kept_since,
        })
    }

    /// Reads that follow see one moment of the database, however many they are.
    async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let db = &self.store.db;
        Ok(match db.get_database_backend() {
            // A transaction of SQLite is one already, and it knows no other level.
            DbBackend::Sqlite => db.begin().await?,
            _ => {
                let (level, mode) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
                db.begin_with_config(Some(level), Some(mode)).await?
            }
        })
    }
}

impl Segment {
    /// What of the segment is not before `moment`.
    fn after(self, moment: Timestamp) -> Option<Self> {
        let from = self.from.max(moment);
        (from < self.to).then_some(Self { from, ..self })
    }

    /// Milliseconds by which the local clock is ahead of UTC.
    pub(crate) fn ahead(self) -> i64 {
        i64::from(self.offset) * 1_000
    }

    /// The moment at which the slot that begins at the local time `local` begins within this segment.
    pub(crate) fn moment(self, local: i64) -> Timestamp {
        from_millis(local - self.ahead()).max(self.from)
    }
}

impl SlotLength {
    pub(crate) fn millis(self) -> i64 {
        match self {
            Self::Hour => 60 * 60 * 1_000,
            Self::Day => 24 * 60 * 60 * 1_000,
        }
    }
}

/// An account's calls that have not ended. The condition is the partial index's.
pub(crate) fn running(account: &str) -> sea_orm::Select<calls::Entity> {
    calls::Entity::find()
        .filter(calls::Column::AccountId.eq(account))
        .filter(calls::Column::EndedAt.is_null())
}
