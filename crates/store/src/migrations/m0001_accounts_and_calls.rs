//! The first tables: accounts with their keys, users with their devices, calls with their events.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, json, json_null, text, text_null};

pub(super) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0001_accounts_and_calls"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [accounts(), keys(), users(), devices(), calls(), call_events()] {
            manager.create_table(table).await?;
        }
        for index in [keys_of_an_account(), calls_of_an_account(), unfinished_calls_of_a_node()] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .if_not_exists()
        .col(text("account_id").primary_key())
        .col(text("name"))
        .col(text("secret_hash"))
        .col(json("branding"))
        .col(json("call_settings"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn keys() -> TableCreateStatement {
    Table::create()
        .table("keys")
        .if_not_exists()
        .col(text("apikey").primary_key())
        .col(text("account_id"))
        .col(text("name"))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_used_at"))
        .col(big_integer_null("revoked_at"))
        .foreign_key(&mut of_account("keys"))
        .to_owned()
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .if_not_exists()
        .col(text("account_id"))
        .col(text("cuid"))
        .col(text_null("name"))
        .col(big_integer("created_at"))
        .col(big_integer("last_seen_at"))
        .primary_key(Index::create().col("account_id").col("cuid"))
        .foreign_key(&mut of_account("users"))
        .to_owned()
}

fn devices() -> TableCreateStatement {
    Table::create()
        .table("devices")
        .if_not_exists()
        .col(text("account_id"))
        .col(text("cuid"))
        .col(text("device_id"))
        .col(text("platform"))
        .col(big_integer("created_at"))
        .col(big_integer("last_seen_at"))
        .primary_key(Index::create().col("account_id").col("cuid").col("device_id"))
        .foreign_key(
            ForeignKey::create()
                .from("devices", ("account_id", "cuid"))
                .to("users", ("account_id", "cuid"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn calls() -> TableCreateStatement {
    Table::create()
        .table("calls")
        .if_not_exists()
        .col(text("call_id").primary_key())
        .col(text("account_id"))
        .col(text("node"))
        .col(text("caller"))
        .col(text("callee"))
        .col(text("context"))
        .col(text("caller_platform"))
        .col(text_null("callee_platform"))
        .col(big_integer("placed_at"))
        .col(big_integer_null("ringing_at"))
        .col(big_integer_null("answered_at"))
        .col(big_integer_null("connected_at"))
        .col(big_integer_null("ended_at"))
        .col(text_null("status"))
        .col(text_null("reason"))
        .col(text_null("ended_by"))
        .col(big_integer("talk_time"))
        .col(json_null("caller_quality"))
        .col(json_null("callee_quality"))
        .foreign_key(&mut of_account("calls"))
        .to_owned()
}

fn call_events() -> TableCreateStatement {
    Table::create()
        .table("call_events")
        .if_not_exists()
        .col(text("call_id"))
        .col(integer("index"))
        .col(big_integer("at"))
        .col(json("what"))
        .primary_key(Index::create().col("call_id").col("index"))
        .foreign_key(
            ForeignKey::create()
                .from("call_events", "call_id")
                .to("calls", "call_id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("accounts", "account_id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn keys_of_an_account() -> IndexCreateStatement {
    Index::create().name("keys_of_an_account").table("keys").col("account_id").to_owned()
}

/// Call ids sort by the time they were placed, so this index is also the order of the record list.
fn calls_of_an_account() -> IndexCreateStatement {
    Index::create().name("calls_of_an_account").table("calls").col("account_id").col("call_id").to_owned()
}

fn unfinished_calls_of_a_node() -> IndexCreateStatement {
    Index::create().name("unfinished_calls_of_a_node").table("calls").col("node").col("ended_at").to_owned()
}
