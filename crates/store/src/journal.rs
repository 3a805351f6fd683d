//! What a node writes down of its own calls while they run, and reads back when it starts again.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, TransactionTrait,
};
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord, LegQuality};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::CallId;
use tring_protocol::signal::Role;
use tring_protocol::time::Timestamp;

use crate::codec::{from_json, from_millis, from_name, to_json, to_millis};
use crate::counting::{Counts, rated};
use crate::schema::{call_events, calls};
use crate::{Store, StoreError, samples};

/// Rows of one INSERT; SQLite takes at most 32,766 values in a statement.
const ROWS: usize = 500;

/// The calls of one node. It is the only writer of its calls, which is why it may write across accounts.
#[derive(Debug, Clone)]
pub struct Journal {
    store: Store,
    node: String,
}

impl Store {
    /// The journal of the node named `node`.
    #[must_use]
    pub fn journal(&self, node: &str) -> Journal {
        Journal { store: self.clone(), node: node.to_owned() }
    }
}

impl Journal {
    /// Appends `events` and `samples` and finishes the calls of `records`, all or nothing; each call that this
    /// finishes is added to its account's figures. What was written before is left as it is, so a batch may be
    /// repeated when it is not known whether it was written.
    ///
    /// **A call's first event is its `placed`.** Events of a call that was never placed are refused by the database.
    ///
    /// # Errors
    /// What the database says; then nothing was written.
    pub async fn write(
        &self,
        events: &[CallEvent],
        records: &[CallRecord],
        samples: &[(CallId, QualitySample)],
    ) -> Result<(), StoreError> {
        let transaction = self.store.db.begin().await?;
        self.append_events(&transaction, events).await?;
        samples::append(&transaction, samples).await?;
        let mut counts = Counts::default();
        for record in records {
            if finish_call(&transaction, record).await? == Finished::Now {
                counts.add(record);
            }
        }
        counts.write(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// The events of every call of this node that has no record yet, each in order.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn unfinished_calls(&self) -> Result<Vec<Vec<CallEvent>>, StoreError> {
        let unfinished = calls::Entity::find()
            .filter(calls::Column::Node.eq(self.node.as_str()))
            .filter(calls::Column::EndedAt.is_null())
            .order_by_asc(calls::Column::CallId)
            .all(&self.store.db)
            .await?;
        let mut all = Vec::with_capacity(unfinished.len());
        for call in unfinished {
            all.push(events_of(&self.store.db, &call.call_id).await?);
        }
        Ok(all)
    }

    async fn append_events(&self, db: &impl ConnectionTrait, events: &[CallEvent]) -> Result<(), StoreError> {
        let placed: Vec<_> = events.iter().filter_map(|event| self.placed(event)).collect();
        for rows in placed.chunks(ROWS) {
            calls::Entity::insert_many(rows.to_vec())
                .on_conflict_do_nothing_on([calls::Column::CallId])
                .exec_without_returning(db)
                .await?;
        }
        for rows in events.chunks(ROWS) {
            call_events::Entity::insert_many(rows.iter().map(event_row))
                .on_conflict_do_nothing_on([call_events::Column::CallId, call_events::Column::Index])
                .exec_without_returning(db)
                .await?;
        }
        Ok(())
    }

    fn placed(&self, event: &CallEvent) -> Option<calls::ActiveModel> {
        let CallEventKind::Placed { account, caller, platform, callee, context, .. } = &event.what else {
            return None;
        };
        Some(calls::ActiveModel {
            call_id: Set(event.call.to_string()),
            account_id: Set(account.as_str().to_owned()),
            node: Set(self.node.clone()),
            caller: Set(caller.as_str().to_owned()),
            callee: Set(callee.as_str().to_owned()),
            context: Set(context.as_str().to_owned()),
            caller_platform: Set(platform.as_str().to_owned()),
            callee_platform: Set(None),
            placed_at: Set(to_millis(event.at)),
            ringing_at: Set(None),
            answered_at: Set(None),
            connected_at: Set(None),
            ended_at: Set(None),
            status: Set(None),
            reason: Set(None),
            ended_by: Set(None),
            talk_time: Set(0),
            caller_quality: Set(None),
            callee_quality: Set(None),
            mos: Set(None),
            quality: Set(None),
            counted: Set(None),
            caller_path: Set(None),
            callee_path: Set(None),
            path_changes: Set(None),
            concealed: Set(None),
        })
    }
}

/// Whether a call was finished by the statement that meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finished {
    Now,
    /// It has a record already, or there is no such call.
    Before,
}

async fn finish_call(db: &impl ConnectionTrait, record: &CallRecord) -> Result<Finished, StoreError> {
    let at = |moment: Option<Timestamp>| Set(moment.map(to_millis));
    let legs = || [record.caller_quality, record.callee_quality].into_iter().flatten();
    let row = calls::ActiveModel {
        callee_platform: Set(record.callee_platform.map(|platform| platform.as_str().to_owned())),
        ringing_at: at(record.ringing_at),
        answered_at: at(record.answered_at),
        connected_at: at(record.connected_at),
        ended_at: at(Some(record.ended_at)),
        status: Set(Some(record.reason.status().as_str().to_owned())),
        reason: Set(Some(record.reason.as_str().to_owned())),
        ended_by: Set(record.ended_by.map(role_name)),
        talk_time: Set(i64::try_from(record.talk_time().get()).unwrap_or(i64::MAX)),
        caller_quality: Set(record.caller_quality.as_ref().map(to_json)),
        callee_quality: Set(record.callee_quality.as_ref().map(to_json)),
        caller_path: Set(record.caller_quality.and_then(path_name)),
        callee_path: Set(record.callee_quality.and_then(path_name)),
        path_changes: Set(Some(
            i32::try_from(legs().map(|leg| leg.path_changes).sum::<u32>()).unwrap_or(i32::MAX),
        )),
        concealed: Set(legs().filter_map(|leg| leg.concealed).reduce(f32::max).map(Into::into)),
        ..rated(record)
    };
    let finished = calls::Entity::update_many()
        .set(row)
        .filter(calls::Column::AccountId.eq(record.account.as_str()))
        .filter(calls::Column::CallId.eq(record.call.to_string()))
        .filter(calls::Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(if finished.rows_affected == 1 { Finished::Now } else { Finished::Before })
}

/// The events of one call in order.
pub(crate) async fn events_of(db: &impl ConnectionTrait, call: &str) -> Result<Vec<CallEvent>, StoreError> {
    let rows = call_events::Entity::find()
        .filter(call_events::Column::CallId.eq(call))
        .order_by_asc(call_events::Column::Index)
        .all(db)
        .await?;
    rows.into_iter().map(event).collect()
}

fn event_row(event: &CallEvent) -> call_events::ActiveModel {
    call_events::ActiveModel {
        call_id: Set(event.call.to_string()),
        index: Set(i32::try_from(event.index).unwrap_or(i32::MAX)),
        at: Set(to_millis(event.at)),
        what: Set(to_json(&event.what)),
    }
}

pub(crate) fn event(row: call_events::Model) -> Result<CallEvent, StoreError> {
    let bad_index = |_| StoreError::Corrupt { table: "call_events", what: "index is negative".to_owned() };
    Ok(CallEvent {
        call: from_name(row.call_id, "call_events", "call_id")?,
        index: u32::try_from(row.index).map_err(bad_index)?,
        at: from_millis(row.at),
        what: from_json(row.what, "call_events", "what")?,
    })
}

fn path_name(quality: LegQuality) -> Option<String> {
    quality.path.map(|path| path.as_str().to_owned())
}

fn role_name(role: Role) -> String {
    match role {
        Role::Caller => "caller".to_owned(),
        Role::Callee => "callee".to_owned(),
    }
}
