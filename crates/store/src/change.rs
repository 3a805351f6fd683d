//! Changing an account: the one door, behind which each change is written together with who made it.
//!
//! **Each change begins by moving the account's `changed_at` on.** That one statement finds out whether there is such
//! an account, keeps two changes of it from happening at once (so that a bound is counted and an owner is left), gives
//! the history its order, tells the nodes that something changed, and makes the transaction a writing one from its
//! start: SQLite refuses at once to turn a reading transaction into a writing one while another process has written.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    TransactionTrait,
};
use tring_protocol::http::account::{
    AccessSettings, AccountSettings, AuditChange, RETENTION_DAYS, SettingsChange,
};
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::settings::Branding;
use tring_protocol::time::Timestamp;

use crate::audit::{self, Actor};
use crate::codec::{to_json, to_millis};
use crate::schema::{
    accounts, idempotency, invitations, keys, memberships, secret_keys, token_secrets, users,
};
use crate::{AccountStore, Store, StoreError};

/// Changes of one account by one actor at one time. Each method is a transaction of its own.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    pub(crate) account: AccountStore<'a>,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
}

impl<'a> AccountStore<'a> {
    /// What `actor` changes `now`. Whether they may is not asked here.
    #[must_use]
    pub fn change(&self, actor: &Actor, now: Timestamp) -> Change<'a> {
        Change { account: self.clone(), actor: actor.clone(), now }
    }
}

impl Change<'_> {
    /// Replaces what `change` names of the settings, and returns them all. Values outside their bounds are moved
    /// inside; who wants them refused checks before.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn settings(&self, change: &SettingsChange) -> Result<AccountSettings, StoreError> {
        let begun = self.begin().await?;
        let old = begun.account.settings()?;
        let name = change.name.as_ref().map_or(begun.account.name.as_str(), |name| name.as_str()).to_owned();
        let new = AccountSettings {
            calls: change.calls.clone().unwrap_or_else(|| old.calls.clone()).clamped(),
            access: change.access.clone().unwrap_or_else(|| old.access.clone()),
            retention_days: change
                .retention_days
                .unwrap_or(old.retention_days)
                .clamp(*RETENTION_DAYS.start(), *RETENTION_DAYS.end()),
        };
        let mut changes = audit::differences(&old, &new);
        changes.extend(audit::difference("name", Some(&begun.account.name), Some(&name)));
        if changes.is_empty() {
            return Ok(old);
        }
        let mut row: accounts::ActiveModel = begun.account.clone().into();
        row.name = Set(name);
        row.call_settings = Set(to_json(&new.calls));
        row.access_settings = Set((new.access != AccessSettings::default()).then(|| to_json(&new.access)));
        row.retention_days = Set(Some(i32::from(new.retention_days)));
        row.update(&begun.transaction).await?;
        begun.done("settings.changed", None, changes).await?;
        Ok(new)
    }

    /// Replaces how the call screens look.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn branding(&self, branding: &Branding) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let changes = audit::differences(&begun.account.branding()?, branding);
        if changes.is_empty() {
            return Ok(());
        }
        let mut row: accounts::ActiveModel = begun.account.clone().into();
        row.branding = Set(to_json(branding));
        row.update(&begun.transaction).await?;
        begun.done("branding.changed", None, changes).await
    }

    /// Forgets a user and their devices. Calls that name them stay until their time is over.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the account never saw them, or what the database says.
    pub async fn delete_user(&self, cuid: &Cuid) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let key = (self.account.id.as_str().to_owned(), cuid.as_str().to_owned());
        let gone = users::Entity::delete_by_id(key).exec(&begun.transaction).await?;
        if gone.rows_affected == 0 {
            return Err(StoreError::NotFound("user"));
        }
        begun.done("user.deleted", Some(cuid.as_str()), Vec::new()).await
    }

    /// Ends the account: from now on nobody finds it, and none of its keys opens anything. What it wrote is removed by
    /// [`Store::forget_expired`] a day later, because calls that run at this moment still have their end to write.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn delete_account(&self) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let (db, id) = (&begun.transaction, self.account.id.as_str());
        let mut row: accounts::ActiveModel = begun.account.clone().into();
        row.deleted_at = Set(Some(to_millis(self.now)));
        row.secret_hash = Set(String::new());
        row.turn_servers = Set(None);
        row.update(db).await?;
        keys::Entity::delete_many().filter(keys::Column::AccountId.eq(id)).exec(db).await?;
        secret_keys::Entity::delete_many().filter(secret_keys::Column::AccountId.eq(id)).exec(db).await?;
        token_secrets::Entity::delete_many().filter(token_secrets::Column::AccountId.eq(id)).exec(db).await?;
        memberships::Entity::delete_many().filter(memberships::Column::AccountId.eq(id)).exec(db).await?;
        invitations::Entity::delete_many().filter(invitations::Column::AccountId.eq(id)).exec(db).await?;
        idempotency::Entity::delete_many().filter(idempotency::Column::AccountId.eq(id)).exec(db).await?;
        begun.done("account.deleted", None, Vec::new()).await
    }

    /// Writes that something was done which no method here does, such as ending a call.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn audit(
        &self,
        action: &str,
        subject: Option<&str>,
        changes: Vec<AuditChange>,
    ) -> Result<(), StoreError> {
        self.begin().await?.done(action, subject, changes).await
    }

    pub(crate) async fn begin(&self) -> Result<Begun<'_>, StoreError> {
        let id = self.account.id.as_str();
        let transaction = self.account.store.db.begin().await?;
        let now = to_millis(self.now);
        let next = CaseStatement::new()
            .case(Expr::col(accounts::Column::ChangedAt).lt(now), now)
            .finally(Expr::col(accounts::Column::ChangedAt).add(1_i64));
        let moved = accounts::Entity::update_many()
            .col_expr(accounts::Column::ChangedAt, next.into())
            .filter(accounts::Column::AccountId.eq(id))
            .filter(accounts::Column::DeletedAt.is_null())
            .exec(&transaction)
            .await?;
        let missing = || StoreError::NoSuchAccount(self.account.id.clone());
        if moved.rows_affected == 0 {
            return Err(missing());
        }
        let account = accounts::Entity::find_by_id(id).one(&transaction).await?.ok_or_else(missing)?;
        Ok(Begun { transaction, account, change: self })
    }
}

/// A change under way: the account cannot change otherwise until it is done or dropped, which undoes it.
pub(crate) struct Begun<'a> {
    pub(crate) transaction: DatabaseTransaction,
    pub(crate) account: accounts::Model,
    change: &'a Change<'a>,
}

impl Begun<'_> {
    pub(crate) async fn done(
        self,
        action: &str,
        subject: Option<&str>,
        changes: Vec<AuditChange>,
    ) -> Result<(), StoreError> {
        let entry = audit::Entry {
            account: &self.change.account.id,
            number: self.account.changed_at,
            at: self.change.now,
            actor: &self.change.actor,
            action,
            subject,
            changes: &changes,
        };
        audit::insert(&self.transaction, &entry).await?;
        Ok(self.transaction.commit().await?)
    }
}

impl Store {
    /// The accounts that changed at or after `since`, also those that were deleted, each with the moment of its last
    /// change; no two changes of an account have the same.
    ///
    /// A change can become visible a little after its own moment, and another node's clock can be behind: who polls
    /// asks again from some seconds before the last answer, and passes over what it has seen.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn changed_accounts(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(AccountId, Timestamp)>, StoreError> {
        use sea_orm::{QueryOrder, QuerySelect};
        let rows: Vec<(String, i64)> = accounts::Entity::find()
            .select_only()
            .columns([accounts::Column::AccountId, accounts::Column::ChangedAt])
            .filter(accounts::Column::ChangedAt.gte(to_millis(since)))
            .order_by_asc(accounts::Column::ChangedAt)
            .into_tuple()
            .all(&self.db)
            .await?;
        rows.into_iter()
            .map(|(id, at)| {
                Ok((crate::codec::from_name(id, "accounts", "account_id")?, crate::codec::from_millis(at)))
            })
            .collect()
    }
}
