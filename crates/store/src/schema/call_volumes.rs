//! Sums over the calls of an account that were placed in one quarter of an hour.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_volumes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: String,
    /// The moment at which the quarter begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: i64,
    pub over: i64,
    pub declined: i64,
    pub missed: i64,
    pub cancelled: i64,
    pub failed: i64,
    pub answered: i64,
    /// Milliseconds.
    pub talk_time: i64,
    pub minutes: i64,
    /// Milliseconds.
    pub answer_time: i64,
    pub rated: i64,
    /// Thousandths of a MOS: whole numbers add up to the same in every order and in every database.
    pub mos_sum: i64,
    pub good: i64,
    pub fair: i64,
    pub poor: i64,
    pub packets: i64,
    pub lost: i64,
    /// Microseconds.
    pub rtt_sum: i64,
    pub rtt_count: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
