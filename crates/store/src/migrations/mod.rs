//! How the tables came to be, step by step. A step that was released is never edited: write the next one. Steps only
//! add (tables, nullable columns, indexes), because SQLite cannot alter a column and because a server of the last
//! release must run on the tables of this one.

use sea_orm_migration::prelude::*;

mod m0001_accounts_and_calls;
mod m0002_members_and_secrets;
mod m0003_statistics;
mod m0004_paths_and_turn;
mod m0005_nodes;

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts_and_calls::Step),
            Box::new(m0002_members_and_secrets::Step),
            Box::new(m0003_statistics::Step),
            Box::new(m0004_paths_and_turn::Step),
            Box::new(m0005_nodes::Step),
        ]
    }
}
