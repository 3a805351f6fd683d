//! Between the protocol's types and the columns' plain ones. Reading checks again what was checked when it was
//! written, because a database can be edited by hand.

use sea_orm::JsonValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tring_protocol::http::text::Title;
use tring_protocol::time::Timestamp;

use crate::StoreError;

/// Characters of a [`Title`].
const TITLE_MAX: usize = 80;

/// A moment as a column holds it. Timestamps end at 2^53, so the sign bit is never reached.
pub(crate) fn to_millis(at: Timestamp) -> i64 {
    i64::try_from(at.as_millis()).expect("a Timestamp is below 2^53")
}

/// A moment of a column; what lies before 1970 was never written and reads as 1970.
pub(crate) fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// A value as a JSON column holds it.
pub(crate) fn to_json(value: &impl Serialize) -> JsonValue {
    serde_json::to_value(value).expect("the protocol's types have string keys and no failing serialiser")
}

/// A value of a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(
    value: JsonValue,
    table: &'static str,
    column: &str,
) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| corrupt(table, column, error.classify()))
}

/// A value that is written as the JSON string of its wire name, such as an id or a platform.
pub(crate) fn from_name<T: DeserializeOwned>(
    name: String,
    table: &'static str,
    column: &str,
) -> Result<T, StoreError> {
    from_json(JsonValue::String(name), table, column)
}

/// A text from outside that is looked for. PostgreSQL fails at the character U+0000, which nothing that was written
/// contains: such a text finds what the empty one finds, which is nothing.
pub(crate) fn sought(text: &str) -> &str {
    if text.contains('\0') { "" } else { text }
}

/// A name that people gave. Earlier versions took some that are no [`Title`], such as one with a line break.
pub(crate) fn to_title(name: String, table: &'static str) -> Result<Title, StoreError> {
    let plain: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TITLE_MAX).collect();
    Title::parse(&plain).map_err(|error| StoreError::Corrupt { table, what: format!("name {error}") })
}

fn corrupt(table: &'static str, column: &str, category: serde_json::error::Category) -> StoreError {
    StoreError::Corrupt { table, what: format!("{column} ({category:?})") }
}
