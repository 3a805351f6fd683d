//! When each node was last able to write.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

pub(super) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0005_nodes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let nodes = Table::create()
            .table("nodes")
            .if_not_exists()
            .col(text("node").primary_key())
            .col(big_integer("written_at"))
            .to_owned();
        manager.create_table(nodes).await
    }
}
