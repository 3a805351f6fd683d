//! A tenant.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: String,
    pub name: String,
    /// SHA-256 of the secret in hexadecimal. The secret is 256 random bits, so a slow hash would add nothing.
    pub secret_hash: String,
    pub branding: Json,
    pub call_settings: Json,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
