//! How one leg of a call sounded during one stretch of it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "quality_samples")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub leg: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: i64,
    pub packets: i64,
    pub lost: i64,
    pub jitter: f64,
    pub rtt: Option<f64>,
    pub mos: Option<f64>,
    /// Null if the device did not report.
    pub concealed: Option<f64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
