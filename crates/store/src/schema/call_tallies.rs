//! How many calls of an account, placed in one quarter of an hour or on one day, had one reason, platform or quality.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_tallies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: String,
    /// `quarter` or `day`, both UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub grain: String,
    /// `reason`, `caller_platform`, `callee_platform` or `quality`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The moment at which the quarter or the day begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: i64,
    pub calls: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
