//! By what calls travelled and how much of them was made up, and the TURN servers of accounts. Null means "not known"
//! in calls of earlier releases, and "none" in accounts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{double_null, integer_null, json_null, text_null};

pub(super) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0004_paths_and_turn"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    /// SQLite cannot say `ADD COLUMN IF NOT EXISTS`: all or nothing is what lets an interrupted step begin again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("accounts", json_null("turn_servers")),
            ("calls", text_null("caller_path")),
            ("calls", text_null("callee_path")),
            ("calls", integer_null("path_changes")),
            ("calls", double_null("concealed")),
            ("quality_samples", double_null("concealed")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
