//! Requests that a backend may repeat without doing their work twice.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TransactionTrait};
use tring_protocol::time::{Millis, Timestamp};

use crate::codec::{from_json, to_json, to_millis};
use crate::schema::idempotency;
use crate::{AccountStore, StoreError};

const TABLE: &str = "idempotency";

/// After how long a request without an answer is taken to be lost with the process that worked on it. Higher: a repeat
/// is refused for longer after a crash; lower: a slow request could be done twice.
const LOST: Millis = Millis::seconds(120);

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values of the headers that belong to the answer.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What is to be done with a request that carries an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Work on it, then tell [`AccountStore::finish_request`] or [`AccountStore::forget_request`].
    First,
    /// It was answered before: say this again.
    Answered(Answer),
    /// The first one is still being worked on.
    InProgress,
    /// The key was used with another request.
    OtherRequest,
}

impl AccountStore<'_> {
    /// Notes that the request with `key` is worked on from `now`, unless it was before. `request_hash` stands for all
    /// that the request asks.
    ///
    /// # Errors
    /// What the database says, also if there is no such account.
    pub async fn begin_request(
        &self,
        key: &str,
        request_hash: &str,
        now: Timestamp,
    ) -> Result<Begun, StoreError> {
        let transaction = self.store.db.begin().await?;
        idempotency::Entity::delete_many()
            .filter(self.is(key))
            .filter(idempotency::Column::Status.is_null())
            .filter(idempotency::Column::CreatedAt.lt(to_millis(now).saturating_sub_unsigned(LOST.get())))
            .exec(&transaction)
            .await?;
        let row = idempotency::ActiveModel {
            account_id: Set(self.id.as_str().to_owned()),
            key: Set(key.to_owned()),
            request_hash: Set(request_hash.to_owned()),
            status: Set(None),
            headers: Set(None),
            body: Set(None),
            created_at: Set(to_millis(now)),
        };
        let columns = [idempotency::Column::AccountId, idempotency::Column::Key];
        let written = idempotency::Entity::insert(row)
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .exec_without_returning(&transaction)
            .await?;
        let known = idempotency::Entity::find().filter(self.is(key)).one(&transaction).await?;
        transaction.commit().await?;
        match known {
            // It was there and is gone again: whoever worked on it gave up this moment.
            None => Ok(Begun::InProgress),
            Some(_) if written == 1 => Ok(Begun::First),
            Some(row) if row.request_hash != request_hash => Ok(Begun::OtherRequest),
            Some(row) => answered(row),
        }
    }

    /// Keeps the answer for whoever repeats the request.
    ///
    /// # Errors
    /// What the database says.
    pub async fn finish_request(&self, key: &str, answer: &Answer) -> Result<(), StoreError> {
        idempotency::Entity::update_many()
            .col_expr(idempotency::Column::Status, Expr::value(i32::from(answer.status)))
            .col_expr(idempotency::Column::Headers, Expr::value(to_json(&answer.headers)))
            .col_expr(idempotency::Column::Body, Expr::value(answer.body.clone()))
            .filter(self.is(key))
            .exec(&self.store.db)
            .await?;
        Ok(())
    }

    /// Forgets a request that changed nothing, so that it may be tried again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_request(&self, key: &str) -> Result<(), StoreError> {
        idempotency::Entity::delete_many().filter(self.is(key)).exec(&self.store.db).await?;
        Ok(())
    }

    fn is(&self, key: &str) -> sea_orm::Condition {
        sea_orm::Condition::all()
            .add(idempotency::Column::AccountId.eq(self.id.as_str()))
            .add(idempotency::Column::Key.eq(key))
    }
}

fn answered(row: idempotency::Model) -> Result<Begun, StoreError> {
    let Some(status) = row.status else { return Ok(Begun::InProgress) };
    let bad_status = |_| StoreError::Corrupt { table: TABLE, what: "status is no HTTP status".to_owned() };
    Ok(Begun::Answered(Answer {
        status: u16::try_from(status).map_err(bad_status)?,
        headers: row.headers.map(|json| from_json(json, TABLE, "headers")).transpose()?.unwrap_or_default(),
        body: row.body.unwrap_or_default(),
    }))
}
