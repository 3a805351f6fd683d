//! A tenant.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: String,
    pub name: String,
    /// Of the secret key `default`, for a server of the release before `secret_keys`; nothing reads it any more.
    pub secret_hash: String,
    pub branding: Json,
    pub call_settings: Json,
    pub created_at: i64,
    /// Null as long as the account keeps the defaults.
    pub access_settings: Option<Json>,
    /// Null as long as the account keeps the default.
    pub retention_days: Option<i32>,
    /// Grows with every change, and is never the same for two of them.
    pub changed_at: i64,
    /// An account that was deleted is nobody's any more; its rows go a day later, when no call of it can be running.
    pub deleted_at: Option<i64>,
    /// With their secrets, each sealed by the vault. Null as long as the account lists none.
    pub turn_servers: Option<Json>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
