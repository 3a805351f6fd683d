//! A line of the log as the table has it.

use sea_orm::{FromQueryResult, QuerySelect, Select};
use tring_protocol::http::calls::CallSummary;
use tring_protocol::outcome::EndReason;
use tring_protocol::time::Millis;

use crate::StoreError;
use crate::codec::{from_millis, from_name};
use crate::schema::calls::{self, Column};
use crate::sums::Rating;

const TABLE: &str = "calls";

/// The columns of a line.
#[derive(Debug, FromQueryResult)]
pub(crate) struct SummaryRow {
    call_id: String,
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
    talk_time: i64,
    mos: Option<i32>,
    caller_path: Option<String>,
    callee_path: Option<String>,
    path_changes: Option<i32>,
    concealed: Option<f64>,
}

impl SummaryRow {
    /// Only the columns of a line: the others are long.
    pub(crate) fn select(rows: Select<calls::Entity>) -> Select<calls::Entity> {
        rows.select_only().columns([
            Column::CallId,
            Column::Caller,
            Column::Callee,
            Column::Context,
            Column::CallerPlatform,
            Column::CalleePlatform,
            Column::PlacedAt,
            Column::RingingAt,
            Column::AnsweredAt,
            Column::ConnectedAt,
            Column::EndedAt,
            Column::Reason,
            Column::EndedBy,
            Column::TalkTime,
            Column::Mos,
            Column::CallerPath,
            Column::CalleePath,
            Column::PathChanges,
            Column::Concealed,
        ])
    }
}

impl TryFrom<SummaryRow> for CallSummary {
    type Error = StoreError;
    fn try_from(row: SummaryRow) -> Result<Self, StoreError> {
        let missing = |column: &str| StoreError::Corrupt { table: TABLE, what: format!("{column} is null") };
        let reason: EndReason = from_name(row.reason.ok_or_else(|| missing("reason"))?, TABLE, "reason")?;
        let rating =
            row.mos.and_then(|mos| u16::try_from(mos).ok()).map(|thousandths| Rating { thousandths });
        Ok(Self {
            call_id: from_name(row.call_id, TABLE, "call_id")?,
            caller: from_name(row.caller, TABLE, "caller")?,
            callee: from_name(row.callee, TABLE, "callee")?,
            context: from_name(row.context, TABLE, "context")?,
            caller_platform: from_name(row.caller_platform, TABLE, "caller_platform")?,
            callee_platform: row
                .callee_platform
                .map(|p| from_name(p, TABLE, "callee_platform"))
                .transpose()?,
            placed_at: from_millis(row.placed_at),
            ringing_at: row.ringing_at.map(from_millis),
            answered_at: row.answered_at.map(from_millis),
            connected_at: row.connected_at.map(from_millis),
            ended_at: from_millis(row.ended_at.ok_or_else(|| missing("ended_at"))?),
            status: reason.status(),
            reason,
            ended_by: row.ended_by.map(|role| from_name(role, TABLE, "ended_by")).transpose()?,
            talk_time: Millis::new(u64::try_from(row.talk_time).unwrap_or(0)),
            mos: rating.map(Rating::mos),
            quality: rating.map(Rating::band),
            caller_path: row.caller_path.map(|path| from_name(path, TABLE, "caller_path")).transpose()?,
            callee_path: row.callee_path.map(|path| from_name(path, TABLE, "callee_path")).transpose()?,
            path_changes: row.path_changes.and_then(|changes| u32::try_from(changes).ok()).unwrap_or(0),
            // Written from the same narrow type, so nothing is lost.
            concealed: row.concealed.map(|concealed| concealed as f32),
        })
    }
}
