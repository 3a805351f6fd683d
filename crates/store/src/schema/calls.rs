//! A call: who placed it and where it runs from its first event on, and its record once it has ended.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: String,
    pub account_id: String,
    /// The node that owns the call's state.
    pub node: String,
    pub caller: String,
    pub callee: String,
    pub context: String,
    pub caller_platform: String,
    pub callee_platform: Option<String>,
    pub placed_at: i64,
    pub ringing_at: Option<i64>,
    pub answered_at: Option<i64>,
    pub connected_at: Option<i64>,
    /// Null while the call is not over.
    pub ended_at: Option<i64>,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub ended_by: Option<String>,
    /// From the answer to the end in milliseconds, so that sums need no case distinction.
    pub talk_time: i64,
    pub caller_quality: Option<Json>,
    pub callee_quality: Option<Json>,
    /// Of the worse leg, in thousandths.
    pub mos: Option<i32>,
    /// The same in a word.
    pub quality: Option<String>,
    /// Whether the call is in the figures; null while it is not over, and after a server of an earlier release.
    pub counted: Option<bool>,
    /// By what the caller's audio travelled last.
    pub caller_path: Option<String>,
    /// The same of the callee.
    pub callee_path: Option<String>,
    /// Of both legs; null before they were counted.
    pub path_changes: Option<i32>,
    /// The larger of both legs' shares of sound that was made up.
    pub concealed: Option<f64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
