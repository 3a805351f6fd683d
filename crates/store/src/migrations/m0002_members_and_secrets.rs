//! Members who sign in to the dashboard, several secret keys and token secrets for an account, and the history of
//! what was changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, integer, integer_null, json, json_null, text, text_null,
};

pub(super) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0002_members_and_secrets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            json_null("access_settings"),
            integer_null("retention_days"),
            big_integer("changed_at").default(0).take(),
            big_integer_null("deleted_at"),
        ] {
            // One at a time: SQLite adds one column per statement.
            manager.alter_table(Table::alter().table("accounts").add_column(column).to_owned()).await?;
        }
        for table in [
            members(),
            memberships(),
            sessions(),
            invitations(),
            password_resets(),
            secret_keys(),
            token_secrets(),
            master_key(),
            audit(),
            idempotency(),
            images(),
        ] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        manager.get_connection().execute(&secrets_as_keys()).await?;
        Ok(())
    }

    /// All or nothing also on SQLite, where an added column cannot be added again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn members() -> TableCreateStatement {
    Table::create()
        .table("members")
        .col(text("member_id").primary_key())
        .col(text("email"))
        .col(text("email_key").unique_key())
        .col(text("name"))
        .col(text("password_hash"))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_seen_at"))
        .to_owned()
}

fn memberships() -> TableCreateStatement {
    Table::create()
        .table("memberships")
        .col(text("account_id"))
        .col(text("member_id"))
        .col(text("role"))
        .col(big_integer("joined_at"))
        .primary_key(Index::create().col("account_id").col("member_id"))
        .foreign_key(&mut of_account("memberships"))
        .foreign_key(&mut of_member("memberships"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(text("token_hash").primary_key())
        .col(text("member_id"))
        .col(big_integer("created_at"))
        .col(big_integer("last_seen_at"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut of_member("sessions"))
        .to_owned()
}

fn invitations() -> TableCreateStatement {
    Table::create()
        .table("invitations")
        .col(text("invitation_id").primary_key())
        .col(text("token_hash").unique_key())
        .col(text("account_id"))
        .col(text_null("email"))
        .col(text("role"))
        .col(text("invited_by"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .col(big_integer_null("withdrawn_at"))
        .foreign_key(&mut of_account("invitations"))
        .to_owned()
}

fn password_resets() -> TableCreateStatement {
    Table::create()
        .table("password_resets")
        .col(text("token_hash").primary_key())
        .col(text("member_id"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .foreign_key(&mut of_member("password_resets"))
        .to_owned()
}

fn secret_keys() -> TableCreateStatement {
    Table::create()
        .table("secret_keys")
        .col(text("key_id").primary_key())
        .col(text("account_id"))
        .col(text("name"))
        .col(text("hash").unique_key())
        .col(text("ending"))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_used_at"))
        .col(big_integer_null("revoked_at"))
        .foreign_key(&mut of_account("secret_keys"))
        .to_owned()
}

fn token_secrets() -> TableCreateStatement {
    Table::create()
        .table("token_secrets")
        .col(text("secret_id").primary_key())
        .col(text("account_id"))
        .col(blob("ciphertext"))
        .col(big_integer("created_at"))
        .col(big_integer_null("retires_at"))
        .foreign_key(&mut of_account("token_secrets"))
        .to_owned()
}

/// One row: how the key that opens the token secrets is recognised.
fn master_key() -> TableCreateStatement {
    Table::create().table("master_key").col(integer("id").primary_key()).col(text("fingerprint")).to_owned()
}

/// Entries of one account are numbered by the moment of their change, which no two of them share.
fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(text("account_id"))
        .col(big_integer("entry_id"))
        .col(big_integer("at"))
        .col(text("actor"))
        .col(text("actor_kind"))
        .col(text("action"))
        .col(text_null("subject"))
        .col(json("changes"))
        .primary_key(Index::create().col("account_id").col("entry_id"))
        .foreign_key(&mut of_account("audit"))
        .to_owned()
}

fn idempotency() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(text("account_id"))
        .col(text("key"))
        .col(text("request_hash"))
        .col(integer_null("status"))
        .col(json_null("headers"))
        .col(blob_null("body"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("account_id").col("key"))
        .foreign_key(&mut of_account("idempotency"))
        .to_owned()
}

/// Two accounts may have uploaded the same image; each keeps it for itself.
fn images() -> TableCreateStatement {
    Table::create()
        .table("images")
        .col(text("image_id"))
        .col(text("account_id"))
        .col(blob("bytes"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("image_id").col("account_id"))
        .foreign_key(&mut of_account("images"))
        .to_owned()
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("accounts", "account_id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn of_member(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "member_id")
        .to("members", "member_id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn indexes() -> impl Iterator<Item = IndexCreateStatement> {
    [
        ("changed_accounts", "accounts", "changed_at"),
        ("accounts_of_a_member", "memberships", "member_id"),
        ("sessions_of_a_member", "sessions", "member_id"),
        ("expired_sessions", "sessions", "expires_at"),
        ("invitations_of_an_account", "invitations", "account_id"),
        ("password_resets_of_a_member", "password_resets", "member_id"),
        ("secret_keys_of_an_account", "secret_keys", "account_id"),
        ("token_secrets_of_an_account", "token_secrets", "account_id"),
        ("old_idempotency_keys", "idempotency", "created_at"),
        ("images_of_an_account", "images", "account_id"),
    ]
    .into_iter()
    .map(|(name, table, column)| Index::create().name(name).table(table).col(column).to_owned())
}

/// The one secret that an account had becomes its secret key `default`. Its ending was never kept.
fn secrets_as_keys() -> InsertStatement {
    let accounts = Query::select()
        .expr(Expr::cust("'key_' || account_id"))
        .column("account_id")
        .expr(Expr::value("default"))
        .column("secret_hash")
        .expr(Expr::value(""))
        .column("created_at")
        .from("accounts")
        .to_owned();
    Query::insert()
        .into_table("secret_keys")
        .columns(["key_id", "account_id", "name", "hash", "ending", "created_at"])
        .select_from(accounts)
        .expect("as many values as columns")
        .to_owned()
}
