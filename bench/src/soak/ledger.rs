//! What was promised of every call, held against what is on record in the end.

use anyhow::{Context as _, Result};
use sea_orm::{ConnectOptions, ConnectionTrait, DbBackend, QueryResult, Statement};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::Role;

use super::schedule::Expected;

/// Every call that was placed.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    calls: HashMap<String, Expected>,
}

/// How the records differ from it.
#[derive(Debug, Default)]
pub(super) struct Audit {
    pub(super) records: usize,
    pub(super) by_reason: BTreeMap<String, usize>,
    /// Calls that are on record as not over.
    pub(super) open: usize,
    /// One line for each call that is missing, unknown, or ended otherwise.
    pub(super) differences: Vec<String>,
}

impl Ledger {
    pub(super) fn promise(&mut self, call: String, expected: Expected) {
        self.calls.insert(call, expected);
    }

    /// A call that was not played to its end: whatever its record says is not held against the server a second time.
    pub(super) fn withdraw(&mut self, call: &str) {
        self.calls.remove(call);
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Reads the records of a server that has stopped. `failed` calls are on record without a promise.
    pub(super) async fn audit(&self, data: &Path, failed: usize) -> Result<Audit> {
        let url = format!("sqlite:{}", data.join(tring_store::SQLITE_FILE).display());
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = sea_orm::Database::connect(options).await.context("opening the server's database")?;
        let sql = "SELECT call_id, status, reason, ended_by, connected_at FROM calls";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        db.close().await?;

        let mut audit = Audit { records: rows.len(), ..Audit::default() };
        let mut missing = self.calls.clone();
        let mut unknown = 0;
        for row in &rows {
            let record = Record::read(row)?;
            let Some(reason) = record.reason else {
                audit.open += 1;
                continue;
            };
            *audit
                .by_reason
                .entry(format!("{}/{}", reason.status().as_str(), reason.as_str()))
                .or_default() += 1;
            match missing.remove(&record.call) {
                Some(expected) if record.agrees_with(expected) => {}
                Some(expected) => audit.differences.push(format!("{record:?}, expected {expected:?}")),
                None => unknown += 1,
            }
        }
        audit.differences.extend(missing.keys().map(|call| format!("{call} is not on record")));
        if unknown > failed {
            audit.differences.push(format!("{unknown} calls on record that nobody placed"));
        }
        Ok(audit)
    }
}

#[derive(Debug)]
struct Record {
    call: String,
    status: Option<String>,
    reason: Option<EndReason>,
    by: Option<String>,
    connected: bool,
}

impl Record {
    fn read(row: &QueryResult) -> Result<Self> {
        let reason: Option<String> = row.try_get("", "reason")?;
        Ok(Self {
            call: row.try_get("", "call_id")?,
            status: row.try_get("", "status")?,
            reason: reason
                .map(|name| EndReason::from_name(&name).context("a reason of no end"))
                .transpose()?,
            by: row.try_get("", "ended_by")?,
            connected: row.try_get::<Option<i64>>("", "connected_at")?.is_some(),
        })
    }

    fn agrees_with(&self, expected: Expected) -> bool {
        let by = expected.by.map(|role| match role {
            Role::Caller => "caller",
            Role::Callee => "callee",
        });
        self.reason == Some(expected.reason)
            && self.status.as_deref() == Some(expected.reason.status().as_str())
            && self.by.as_deref() == by
            && self.connected == expected.connected
            && expected.reason.status() != EndStatus::Failed
    }
}
