//! Looking calls up: one with all that is known of it, or an account's records, newest first.

use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JsonValue, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tring_protocol::call::{CallEvent, CallRecord};
use tring_protocol::http::calls::{CallSummary, QualitySample};
use tring_protocol::ids::CallId;

use crate::codec::{from_json, from_millis, from_name};
use crate::journal::events_of;
use crate::retention::kept;
use crate::samples::samples_of;
use crate::schema::calls;
use crate::search::SummaryRow;
use crate::{AccountStore, StoreError};

const TABLE: &str = "calls";

/// Most records of one page. Higher: one request holds more memory.
const PAGE_MAX: u64 = 500;

/// A part of an account's list of records.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordPage {
    /// Newest first.
    pub records: Vec<CallRecord>,
    /// What to pass as `before` for the next page; `None` at the end of the list.
    pub next: Option<CallId>,
}

/// One call that has ended, with everything that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCall {
    /// What the log says.
    pub summary: CallSummary,
    /// What happened, in order.
    pub events: Vec<CallEvent>,
    /// How both sides sounded over time, in order of time.
    pub samples: Vec<QualitySample>,
}

impl AccountStore<'_> {
    /// The record of one call; `None` while it runs and for another account's.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn record(&self, call: CallId) -> Result<Option<CallRecord>, StoreError> {
        let row = self.one(call).into_model::<RecordRow>().one(&self.store.db).await?;
        row.filter(|row| row.ended_at.is_some()).map(record).transpose()
    }

    /// At most `limit` records of calls that have ended and were placed before the call `before`, newest first.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn records(&self, before: Option<CallId>, limit: u64) -> Result<RecordPage, StoreError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut query = self.calls().filter(calls::Column::EndedAt.is_not_null());
        if let Some(before) = before {
            query = query.filter(calls::Column::CallId.lt(before.to_string()));
        }
        let rows = query.order_by_desc(calls::Column::CallId).limit(limit + 1).into_model::<RecordRow>();
        let rows = rows.all(&self.store.db).await?;
        let more = rows.len() as u64 > limit;
        let page = usize::try_from(limit).expect("limit is at most PAGE_MAX");
        let records: Vec<_> = rows.into_iter().take(page).map(record).collect::<Result<_, _>>()?;
        let next = if more { records.last().map(|last| last.call) } else { None };
        Ok(RecordPage { records, next })
    }

    /// What happened in a call so far; empty for another account's.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn events(&self, call: CallId) -> Result<Vec<CallEvent>, StoreError> {
        match self.one(call).into_model::<RecordRow>().one(&self.store.db).await? {
            Some(row) => events_of(&self.store.db, &row.call_id).await,
            None => Ok(Vec::new()),
        }
    }

    /// One call with everything that is known of it; `None` while it runs and for another account's.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn call(&self, call: CallId) -> Result<Option<StoredCall>, StoreError> {
        let ended = self.one(call).filter(calls::Column::EndedAt.is_not_null());
        let Some(row) = SummaryRow::select(ended).into_model::<SummaryRow>().one(&self.store.db).await?
        else {
            return Ok(None);
        };
        let call = call.to_string();
        Ok(Some(StoredCall {
            summary: row.try_into()?,
            events: events_of(&self.store.db, &call).await?,
            samples: samples_of(&self.store.db, &call).await?,
        }))
    }

    fn one(&self, call: CallId) -> Select<calls::Entity> {
        self.calls().filter(calls::Column::CallId.eq(call.to_string()))
    }

    fn calls(&self) -> Select<calls::Entity> {
        let account = self.id.as_str();
        calls::Entity::find().filter(calls::Column::AccountId.eq(account)).filter(kept(account))
    }
}

/// The columns of a record; whoever reads records does not depend on what else a row holds.
#[derive(Debug, FromQueryResult)]
pub(crate) struct RecordRow {
    call_id: String,
    account_id: String,
    caller: String,
    callee: String,
    context: String,
    caller_platform: String,
    callee_platform: Option<String>,
    placed_at: i64,
    ringing_at: Option<i64>,
    answered_at: Option<i64>,
    connected_at: Option<i64>,
    ended_at: Option<i64>,
    reason: Option<String>,
    ended_by: Option<String>,
    caller_quality: Option<JsonValue>,
    callee_quality: Option<JsonValue>,
}

pub(crate) fn record(row: RecordRow) -> Result<CallRecord, StoreError> {
    let missing = |column: &str| StoreError::Corrupt { table: TABLE, what: format!("{column} is null") };
    Ok(CallRecord {
        call: from_name(row.call_id, TABLE, "call_id")?,
        account: from_name(row.account_id, TABLE, "account_id")?,
        caller: from_name(row.caller, TABLE, "caller")?,
        callee: from_name(row.callee, TABLE, "callee")?,
        context: from_name(row.context, TABLE, "context")?,
        caller_platform: from_name(row.caller_platform, TABLE, "caller_platform")?,
        callee_platform: row.callee_platform.map(|p| from_name(p, TABLE, "callee_platform")).transpose()?,
        placed_at: from_millis(row.placed_at),
        ringing_at: row.ringing_at.map(from_millis),
        answered_at: row.answered_at.map(from_millis),
        connected_at: row.connected_at.map(from_millis),
        ended_at: from_millis(row.ended_at.ok_or_else(|| missing("ended_at"))?),
        reason: from_name(row.reason.ok_or_else(|| missing("reason"))?, TABLE, "reason")?,
        ended_by: row.ended_by.map(|role| from_name(role, TABLE, "ended_by")).transpose()?,
        caller_quality: row.caller_quality.map(|q| from_json(q, TABLE, "caller_quality")).transpose()?,
        callee_quality: row.callee_quality.map(|q| from_json(q, TABLE, "callee_quality")).transpose()?,
    })
}
