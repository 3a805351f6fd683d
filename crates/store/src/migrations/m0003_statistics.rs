//! Figures that are kept beside the calls they are sums of, samples of how calls sounded, and what the log is
//! filtered by.
//!
//! Calls that ended before this step have no figures yet: `counting::count_leftovers` counts them when the store is
//! opened, because that takes the code of today and a step is never edited.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean_null, double_null, integer, integer_null, text, text_null,
};

pub(super) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0003_statistics"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    /// SQLite cannot say `ADD COLUMN IF NOT EXISTS`: all or nothing is what lets an interrupted step begin again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in [call_volumes(), call_tallies(), quality_samples(), call_retention()] {
            if manager.get_database_backend() == DbBackend::Sqlite {
                // The rows in the order of their key: what is asked for is always a range of it.
                table.extra("WITHOUT ROWID");
            }
            manager.create_table(table).await?;
        }
        for column in [integer_null("mos"), text_null("quality"), boolean_null("counted")] {
            manager.alter_table(Table::alter().table("calls").add_column(column).to_owned()).await?;
        }
        for index in [
            calls_of_a_caller(),
            calls_of_a_callee(),
            running_calls_of_an_account(),
            running_calls_of_a_node(),
            uncounted_calls(),
        ] {
            manager.create_index(index).await?;
        }
        // The partial index above takes its place, and calls that are over cost it nothing.
        manager.drop_index(Index::drop().name("unfinished_calls_of_a_node").table("calls").to_owned()).await
    }
}

/// Sums over the calls that were placed in one quarter of an hour, UTC. Every time zone of the present is a multiple
/// of a quarter away from UTC, so local hours, days and months are sums of these rows.
fn call_volumes() -> TableCreateStatement {
    let sums = [
        "over",
        "declined",
        "missed",
        "cancelled",
        "failed",
        "answered",
        "talk_time",
        "minutes",
        "answer_time",
        "rated",
        "mos_sum",
        "good",
        "fair",
        "poor",
        "packets",
        "lost",
        "rtt_sum",
        "rtt_count",
    ];
    let mut table = Table::create();
    table.table("call_volumes").if_not_exists().col(text("account_id")).col(big_integer("bucket"));
    for sum in sums {
        table.col(big_integer(sum));
    }
    table
        .primary_key(Index::create().col("account_id").col("bucket"))
        .foreign_key(&mut of_account("call_volumes"))
        .to_owned()
}

/// How many calls had which reason, platforms and quality, by quarters of an hour and by days. The time comes last in
/// the key, so that the quarters in which something rare occurred are found without reading the others.
fn call_tallies() -> TableCreateStatement {
    Table::create()
        .table("call_tallies")
        .if_not_exists()
        .col(text("account_id"))
        .col(text("grain"))
        .col(text("kind"))
        .col(text("name"))
        .col(big_integer("bucket"))
        .col(big_integer("calls"))
        .primary_key(Index::create().col("account_id").col("grain").col("kind").col("name").col("bucket"))
        .foreign_key(&mut of_account("call_tallies"))
        .to_owned()
}

fn quality_samples() -> TableCreateStatement {
    Table::create()
        .table("quality_samples")
        .if_not_exists()
        .col(text("call_id"))
        .col(integer("leg"))
        .col(big_integer("at"))
        .col(big_integer("packets"))
        .col(big_integer("lost"))
        .col(ColumnDef::new("jitter").double().not_null())
        .col(double_null("rtt"))
        .col(double_null("mos"))
        .primary_key(Index::create().col("call_id").col("leg").col("at"))
        .foreign_key(
            ForeignKey::create()
                .from("quality_samples", "call_id")
                .to("calls", "call_id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// Since when an account keeps its calls. What is older is not shown any more and goes little by little.
fn call_retention() -> TableCreateStatement {
    Table::create()
        .table("call_retention")
        .if_not_exists()
        .col(text("account_id").primary_key())
        .col(big_integer("kept_since"))
        .foreign_key(&mut of_account("call_retention"))
        .to_owned()
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("accounts", "account_id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn calls_of_a_caller() -> IndexCreateStatement {
    index("calls_of_a_caller").col("account_id").col("caller").col("call_id").to_owned()
}

fn calls_of_a_callee() -> IndexCreateStatement {
    index("calls_of_a_callee").col("account_id").col("callee").col("call_id").to_owned()
}

/// In the order in which they are listed, or SQLite would look for them in the account's whole index.
fn running_calls_of_an_account() -> IndexCreateStatement {
    index("running_calls_of_an_account")
        .col("account_id")
        .col("call_id")
        .and_where(Expr::col("ended_at").is_null())
        .to_owned()
}

fn running_calls_of_a_node() -> IndexCreateStatement {
    index("running_calls_of_a_node")
        .col("node")
        .col("call_id")
        .and_where(Expr::col("ended_at").is_null())
        .to_owned()
}

/// Empty but for calls that a server of an earlier release ended.
fn uncounted_calls() -> IndexCreateStatement {
    index("uncounted_calls")
        .col("call_id")
        .and_where(Expr::col("ended_at").is_not_null())
        .and_where(Expr::col("counted").is_null())
        .to_owned()
}

fn index(name: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table("calls").if_not_exists().to_owned()
}
