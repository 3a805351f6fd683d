//! The log: an account's calls that have ended, newest first, as a filter wants them.
//!
//! Call ids sort by the time at which calls were placed, so a page is a range of ids read downwards. What is read is
//! narrowed before a row is looked at:
//!
//! - a cuid has two ranges of its own, as caller and as callee, which are merged;
//! - status, reason, platform and quality need no index: the tallies that the statistics keep say in which quarters of
//!   an hour such calls were placed, and only those are read ([`quarters`]).
//!
//! **A page examines a bounded number of calls.** Where two common things almost never come together, it ends before it
//! is full, even empty, and says where the next one goes on.

mod quarters;
mod row;

use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use tring_protocol::http::calls::{CallFilter, CallPage, CallSummary};
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::outcome::EndReason;
use tring_protocol::time::Timestamp;

use crate::codec::{from_millis, from_name, to_millis};
use crate::counting::QUARTER;
use crate::retention::first_id;
use crate::schema::calls::{self, Column};
use crate::tallies::Kind;
use crate::{AccountStore, Store, StoreError};

pub(crate) use row::SummaryRow;

/// Lines of a page that does not say.
const LINES: u16 = 50;
/// Most lines of a page.
const LINES_MAX: u16 = 200;
/// Lines that an export holds at a time. Higher: fewer queries, more memory.
const EXPORT_LINES: u16 = 1_000;

/// Calls that a page examines before it ends. Higher: rare combinations take longer and fewer pages.
const EXAMINED: u64 = 8_000;
/// The same among the calls of one cuid, each of which lies on a page of the disk of its own.
const EXAMINED_OF_CUID: u64 = 500;
/// Calls of one cuid that may run, and are examined in vain, before a page ends short.
const RUNNING: u64 = 64;

/// Reads a filter's calls part by part, each when it is asked for. Holds no connection between two parts.
#[derive(Debug, Clone)]
pub struct Export {
    store: Store,
    account: AccountId,
    filter: CallFilter,
    more: bool,
}

impl AccountStore<'_> {
    /// A page of the log, newest first. It may be short of `limit` and still have a next one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a cursor that no page gave out, what the database says, or
    /// [`StoreError::Corrupt`].
    pub async fn search(&self, filter: &CallFilter) -> Result<CallPage, StoreError> {
        let lines = filter.limit.unwrap_or(LINES).clamp(1, LINES_MAX);
        self.page(filter, lines).await
    }

    /// All calls of a filter, newest first, whatever its limit; from its cursor on, if it has one.
    #[must_use]
    pub fn export(&self, filter: CallFilter) -> Export {
        Export { store: self.store.clone(), account: self.id.clone(), filter, more: true }
    }

    async fn page(&self, filter: &CallFilter, lines: u16) -> Result<CallPage, StoreError> {
        let Some(span) = self.span(filter).await? else {
            return Ok(CallPage { items: Vec::new(), next: None });
        };
        let mut page = Page { lines: lines.into(), items: Vec::new() };
        let rest = match &filter.cuid {
            Some(cuid) => self.read_cuid(&mut page, span, filter, cuid).await?,
            None if Mark::of(filter).is_empty() => {
                self.read(&mut page, span, filter).await?;
                None
            }
            None => self.read_quarters(&mut page, span, filter).await?,
        };
        page.finish(rest)
    }

    /// The ids that the filter's times and cursor leave; `None` if there are none.
    async fn span(&self, filter: &CallFilter) -> Result<Option<Span>, StoreError> {
        let kept = self.kept_since().await?;
        let low = filter.from.map_or(kept, |from| from.max(kept));
        let mut high = first_id(filter.to.unwrap_or(Timestamp::MAX));
        if let Some(cursor) = &filter.cursor {
            let cursor = CallId::parse(cursor).map_err(|_| StoreError::NotFound("page"))?;
            high = high.min(cursor);
        }
        let span = Span { low: first_id(low), high };
        Ok((span.low < span.high).then_some(span))
    }

    /// Reads one range of ids into the page.
    async fn read(&self, page: &mut Page, span: Span, filter: &CallFilter) -> Result<(), StoreError> {
        let rows = self.select(span).filter(rest_of(filter));
        page.items.extend(self.rows(rows, page.wanted()).await?);
        Ok(())
    }

    /// Reads the quarters in which there were calls with the filter's marks. Returns where to go on if it has examined
    /// enough.
    async fn read_quarters(
        &self,
        page: &mut Page,
        span: Span,
        filter: &CallFilter,
    ) -> Result<Option<CallId>, StoreError> {
        let marks = Mark::of(filter);
        let mut quarters = quarters::Quarters::of(span, &marks);
        // Each quarter has a line for a single mark, so the page is filled soon.
        let most = if marks.len() > 1 { EXAMINED } else { 2 * EXAMINED };
        let mut examined = 0;
        while let Some(windows) = quarters.next(&self.store.db, self.id.as_str()).await? {
            for window in windows {
                let begin = from_millis(window.begin);
                let part = Span {
                    low: span.low.max(first_id(begin)),
                    high: span.high.min(first_id(from_millis(window.end))),
                };
                self.read(page, part, filter).await?;
                examined += window.calls;
                if page.is_full() {
                    return Ok(None);
                }
                if examined > most {
                    return Ok(Some(part.low));
                }
            }
        }
        Ok(None)
    }

    /// Reads the calls of a cuid, as caller and as callee. Returns where to go on if it has examined enough.
    ///
    /// Each side's ids are read from its own index first, as many as are examined at most, and then their rows: a
    /// database that weighs one query for both may walk through the whole account instead.
    async fn read_cuid(
        &self,
        page: &mut Page,
        span: Span,
        filter: &CallFilter,
        cuid: &Cuid,
    ) -> Result<Option<CallId>, StoreError> {
        let examined =
            if Mark::of(filter).is_empty() { page.lines as u64 + RUNNING } else { EXAMINED_OF_CUID };
        let called = Column::Caller.eq(cuid.as_str());
        // Who calls themselves is listed once.
        let was_called =
            Condition::all().add(Column::Callee.eq(cuid.as_str())).add(Column::Caller.ne(cuid.as_str()));
        let sides = [(called, None), (Column::Callee.eq(cuid.as_str()), Some(was_called))];
        let mut low = span.low;
        for (side, _) in &sides {
            let beyond = self.ids(span, side.clone()).offset(examined).limit(1).into_tuple();
            let edge: Option<String> = beyond.one(&self.store.db).await?;
            if let Some(edge) = edge {
                low = low.max(from_name(edge, "calls", "call_id")?);
            }
        }
        let part = Span { low, ..span };
        for (side, exactly) in sides {
            let ids = self.ids(part, side).limit(examined + 1).into_query();
            let rows = calls::Entity::find()
                .filter(Column::AccountId.eq(self.id.as_str()))
                .filter(Column::CallId.in_subquery(ids))
                .filter(rest_of(filter))
                .filter(exactly.unwrap_or_else(Condition::all));
            page.items.extend(self.rows(rows, page.lines + 1).await?);
        }
        page.items.sort_unstable_by_key(|call| std::cmp::Reverse(call.call_id));
        Ok((low > span.low).then_some(low))
    }

    /// The ids of one side's calls, newest first: nothing but what its index holds.
    fn ids(&self, span: Span, side: SimpleExpr) -> Select<calls::Entity> {
        self.select(span).filter(side).select_only().column(Column::CallId).order_by_desc(Column::CallId)
    }

    /// The calls of a range of ids.
    fn select(&self, span: Span) -> Select<calls::Entity> {
        calls::Entity::find()
            .filter(Column::AccountId.eq(self.id.as_str()))
            .filter(Column::CallId.gte(span.low.to_string()))
            .filter(Column::CallId.lt(span.high.to_string()))
    }

    async fn rows(&self, rows: Select<calls::Entity>, limit: usize) -> Result<Vec<CallSummary>, StoreError> {
        let rows = rows.order_by_desc(Column::CallId).limit(limit as u64);
        let rows = SummaryRow::select(rows).into_model::<SummaryRow>().all(&self.store.db).await?;
        rows.into_iter().map(CallSummary::try_from).collect()
    }
}

impl Export {
    /// The next part, which may be empty; `None` after the last.
    ///
    /// # Errors
    /// As [`AccountStore::search`].
    pub async fn next(&mut self) -> Result<Option<Vec<CallSummary>>, StoreError> {
        if !self.more {
            return Ok(None);
        }
        let page = self.store.account(&self.account).page(&self.filter, EXPORT_LINES).await?;
        self.more = page.next.is_some();
        self.filter.cursor = page.next;
        Ok(Some(page.items))
    }
}

/// A range of ids: from `low` to before `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    low: CallId,
    high: CallId,
}

/// A page on its way; one line more than wanted says that there is a next one.
#[derive(Debug)]
struct Page {
    lines: usize,
    items: Vec<CallSummary>,
}

impl Page {
    fn wanted(&self) -> usize {
        (self.lines + 1).saturating_sub(self.items.len())
    }

    fn is_full(&self) -> bool {
        self.wanted() == 0
    }

    /// `rest` is where what was not examined begins, downwards.
    fn finish(mut self, rest: Option<CallId>) -> Result<CallPage, StoreError> {
        let more = self.items.len() > self.lines;
        self.items.truncate(self.lines);
        let next = if more { self.items.last().map(|last| last.call_id) } else { rest };
        Ok(CallPage { items: self.items, next: next.map(|id| id.to_string()) })
    }
}

/// One thing that is tallied and that a filter asks for: any of the names, in any of the kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    kinds: Vec<&'static str>,
    names: Vec<&'static str>,
}

impl Mark {
    fn of(filter: &CallFilter) -> Vec<Self> {
        let mark =
            |kinds: &[Kind], names| Self { kinds: kinds.iter().map(|kind| kind.as_str()).collect(), names };
        let reasons = |status| {
            EndReason::ALL
                .iter()
                .filter(move |reason| reason.status() == status)
                .map(|reason| reason.as_str())
        };
        let marks = [
            filter.reason.map(|reason| mark(&[Kind::Reason], vec![reason.as_str()])),
            filter.status.map(|status| mark(&[Kind::Reason], reasons(status).collect())),
            filter
                .platform
                .map(|platform| mark(&[Kind::CallerPlatform, Kind::CalleePlatform], vec![platform.as_str()])),
            filter.quality.map(|quality| mark(&[Kind::Quality], vec![quality.as_str()])),
        ];
        marks.into_iter().flatten().collect()
    }
}

/// What the filter asks of a row, besides its id and its cuids.
fn rest_of(filter: &CallFilter) -> Condition {
    let platform = filter.platform.map(|platform| {
        Column::CallerPlatform.eq(platform.as_str()).or(Column::CalleePlatform.eq(platform.as_str()))
    });
    Condition::all()
        .add(Column::EndedAt.is_not_null())
        .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(filter.reason.map(|reason| Column::Reason.eq(reason.as_str())))
        .add_option(filter.quality.map(|quality| Column::Quality.eq(quality.as_str())))
        .add_option(platform)
}

/// The quarter of an hour in which `moment` lies.
fn quarter(moment: Timestamp) -> i64 {
    let moment = to_millis(moment);
    moment - moment % QUARTER
}
