//! The history of an account: who changed what. Written by `change`, in the transaction of the change itself.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tring_protocol::http::account::{ActorKind, AuditChange, AuditEntry, AuditPage};
use tring_protocol::http::text::Title;
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;

use crate::codec::{from_json, from_millis, to_json, to_millis};
use crate::schema::audit;
use crate::{AccountStore, StoreError};

const TABLE: &str = "audit";

/// Entries of a page.
const PAGE: usize = 50;

/// Longest value that an entry keeps, in characters. A logo may be 2,048 of them, which nobody reads.
const VALUE_MAX: usize = 200;

/// Who changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody in the dashboard, by their name.
    Member(Title),
    /// A backend, by its key's name.
    SecretKey(String),
    /// The command line on the server.
    Operator,
}

impl Actor {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Member(name) => name.as_str(),
            Self::SecretKey(name) => name,
            Self::Operator => "operator",
        }
    }

    fn kind(&self) -> ActorKind {
        match self {
            Self::Member(_) => ActorKind::Member,
            Self::SecretKey(_) => ActorKind::SecretKey,
            Self::Operator => ActorKind::Operator,
        }
    }
}

impl AccountStore<'_> {
    /// The account's changes, newest first, from where the last page's `next` says.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a cursor that no page gave out, what the database says, or
    /// [`StoreError::Corrupt`].
    pub async fn audit(&self, cursor: Option<&str>) -> Result<AuditPage, StoreError> {
        let mut query = audit::Entity::find().filter(audit::Column::AccountId.eq(self.id.as_str()));
        if let Some(cursor) = cursor {
            let before: i64 = cursor.parse().map_err(|_| StoreError::NotFound("page"))?;
            query = query.filter(audit::Column::EntryId.lt(before));
        }
        let rows =
            query.order_by_desc(audit::Column::EntryId).limit(PAGE as u64 + 1).all(&self.store.db).await?;
        let next = (rows.len() > PAGE).then(|| rows[PAGE - 1].entry_id.to_string());
        let items = rows.into_iter().take(PAGE).map(entry).collect::<Result<_, _>>()?;
        Ok(AuditPage { items, next })
    }
}

fn entry(row: audit::Model) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        at: from_millis(row.at),
        actor: row.actor,
        actor_kind: from_json(Value::String(row.actor_kind), TABLE, "actor_kind")?,
        action: row.action,
        subject: row.subject,
        changes: from_json(row.changes, TABLE, "changes")?,
    })
}

/// What is to be written.
pub(crate) struct Entry<'a> {
    pub(crate) account: &'a AccountId,
    /// The account's `changed_at` of this change.
    pub(crate) number: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: &'a Actor,
    pub(crate) action: &'a str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) changes: &'a [AuditChange],
}

pub(crate) async fn insert(db: &impl ConnectionTrait, entry: &Entry<'_>) -> Result<(), StoreError> {
    let kind = to_json(&entry.actor.kind());
    audit::ActiveModel {
        account_id: Set(entry.account.as_str().to_owned()),
        entry_id: Set(entry.number),
        at: Set(to_millis(entry.at)),
        actor: Set(entry.actor.name().to_owned()),
        actor_kind: Set(kind.as_str().expect("a kind is written as its name").to_owned()),
        action: Set(entry.action.to_owned()),
        subject: Set(entry.subject.map(ToOwned::to_owned)),
        changes: Set(to_json(&entry.changes)),
    }
    .insert(db)
    .await?;
    Ok(())
}

/// The change of one field, if it is one.
pub(crate) fn difference(field: &str, from: Option<&str>, to: Option<&str>) -> Option<AuditChange> {
    let short = |value: &str| value.chars().take(VALUE_MAX).collect::<String>();
    (from != to).then(|| AuditChange { field: field.to_owned(), from: from.map(short), to: to.map(short) })
}

/// The fields in which two values of one type differ, by their paths on the wire.
pub(crate) fn differences<T: Serialize>(from: &T, to: &T) -> Vec<AuditChange> {
    let (from, to) = (fields(&to_json(from)), fields(&to_json(to)));
    let mut paths: Vec<_> = from.keys().chain(to.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
        .into_iter()
        .filter_map(|path| {
            difference(path, from.get(path).map(String::as_str), to.get(path).map(String::as_str))
        })
        .collect()
}

fn fields(value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(String::new(), value, &mut found);
    found
}

fn collect(path: String, value: &Value, found: &mut BTreeMap<String, String>) {
    let text = match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(path, field, found);
            }
            return;
        }
        Value::Null => return,
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), ToOwned::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    found.insert(path, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_protocol::settings::{Branding, CallSettings};
    use tring_protocol::text::ImageUrl;
    use tring_protocol::time::Millis;

    #[test]
    fn only_what_differs_is_written_down() {
        let old = CallSettings::default();
        let new = CallSettings { ring_timeout: Millis::seconds(5), ..old.clone() };
        assert_eq!(differences(&old, &old), []);
        assert_eq!(
            differences(&old, &new),
            [AuditChange {
                field: "ringTimeout".to_owned(),
                from: Some("30000".to_owned()),
                to: Some("5000".to_owned())
            }]
        );
    }

    #[test]
    fn a_long_value_is_cut_and_what_is_new_has_no_past() {
        let old = Branding::default();
        let long = format!("https://shop.example/{}", "x".repeat(400));
        let new = Branding { logo: Some(ImageUrl::parse(&long).unwrap()), ..old.clone() };
        let [change] = differences(&old, &new).try_into().unwrap();
        assert_eq!((change.field.as_str(), change.from), ("logo", None));
        assert_eq!(change.to.unwrap().len(), VALUE_MAX);
    }
}
