//! Accounts: made by a member or the operator, read by everyone else through a handle that carries which one.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, TransactionTrait,
};
use tring_protocol::http::account::{
    AccessSettings, Account as Overview, AccountSettings, RETENTION_DAYS_DEFAULT,
};
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::Title;
use tring_protocol::ids::AccountId;
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::time::Timestamp;

use crate::audit::{self, Actor};
use crate::codec::{from_json, from_millis, from_name, to_json, to_millis, to_title};
use crate::schema::accounts;
use crate::secrets::{ID_LENGTH, hash, random_text};
use crate::{
    Member, Store, StoreError, TurnAccess, keys, memberships, secret_keys, token_secrets, turn_servers,
};

const TABLE: &str = "accounts";

/// Accounts that one member may be in when they make another one. Higher: who means harm makes more of them.
const ACCOUNTS_MAX: u64 = 100;

/// A tenant as the operator's list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its public name in every app.
    pub id: AccountId,
    /// What the operator calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What only the maker of an account gets to see.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its public name.
    pub id: AccountId,
    /// The first publishable key.
    pub apikey: String,
    /// The key for backends. Only its hash is kept, so this is the one moment to write it down.
    pub secret: String,
}

// The secret must not reach a log.
impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What an account decides that a node must know to serve its devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Of the call screens.
    pub branding: Branding,
    /// Of the calls, inside their bounds.
    pub calls: CallSettings,
    /// Of who may sign in.
    pub access: AccessSettings,
    /// Its TURN servers, in its order.
    pub turn: Vec<TurnAccess>,
}

/// One account's part of the database. Every query that it makes is about this account alone.
#[derive(Debug, Clone)]
pub struct AccountStore<'a> {
    pub(crate) store: &'a Store,
    pub(crate) id: AccountId,
}

impl Store {
    /// Makes an account for the operator, with one publishable key and one secret key, both named `default`, and a
    /// token secret.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_account(&self, name: &str, now: Timestamp) -> Result<NewAccount, StoreError> {
        self.create_account_as(random_id(), name, now).await
    }

    /// The same with an id that is chosen and not random.
    ///
    /// # Errors
    /// [`StoreError::AccountTaken`] also for an account that was deleted within the last day, or what the database
    /// says.
    pub async fn create_account_as(
        &self,
        id: AccountId,
        name: &str,
        now: Timestamp,
    ) -> Result<NewAccount, StoreError> {
        let taken = accounts::Entity::find_by_id(id.as_str()).one(&self.db).await?;
        if taken.is_some() {
            return Err(StoreError::AccountTaken(id));
        }
        let secret = secret_keys::random();
        let transaction = self.db.begin().await?;
        let founding = Founding { id: &id, name, actor: &Actor::Operator, now };
        let apikey = founding.write(self, &transaction, Some(&secret)).await?;
        secret_keys::insert(&transaction, &id, "default", &secret, now).await?;
        transaction.commit().await?;
        Ok(NewAccount { id, apikey, secret })
    }

    /// Makes an account whose owner is `member`, with one publishable key named `default` and a token secret. It has no
    /// secret key until one is made.
    ///
    /// # Errors
    /// [`StoreError::LimitReached`] for a member of too many accounts, or what the database says.
    pub async fn new_account_for(
        &self,
        member: &Member,
        name: &Title,
        now: Timestamp,
    ) -> Result<AccountId, StoreError> {
        let id = random_id();
        let transaction = self.db.begin().await?;
        let actor = Actor::Member(member.name.clone());
        let founding = Founding { id: &id, name: name.as_str(), actor: &actor, now };
        founding.write(self, &transaction, None).await?;
        memberships::insert(&transaction, &id, &member.id, MemberRole::Owner, now).await?;
        if memberships::count(&transaction, &member.id).await? > ACCOUNTS_MAX {
            return Err(StoreError::LimitReached { what: "accounts of one member", max: ACCOUNTS_MAX });
        }
        transaction.commit().await?;
        Ok(id)
    }

    /// Every account, oldest first.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = accounts::Entity::find()
            .filter(accounts::Column::DeletedAt.is_null())
            .order_by_asc(accounts::Column::CreatedAt)
            .order_by_asc(accounts::Column::AccountId)
            .all(&self.db)
            .await?;
        rows.into_iter().map(Account::try_from).collect()
    }

    /// The part of the database that belongs to account `id`, whether or not there is such an account.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> AccountStore<'_> {
        AccountStore { store: self, id: id.clone() }
    }
}

impl AccountStore<'_> {
    /// What a node must know of the account.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::Vault`], or what the database says.
    pub async fn rules(&self) -> Result<Rules, StoreError> {
        let row = self.row().await?;
        let AccountSettings { calls, access, .. } = row.settings()?;
        let turn = turn_servers::opened(&self.store.vault, &self.id, &row)?;
        Ok(Rules { branding: row.branding()?, calls, access, turn })
    }

    /// What the account decides.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn settings(&self) -> Result<AccountSettings, StoreError> {
        self.row().await?.settings()
    }

    /// The account with all that it decides.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn overview(&self) -> Result<Overview, StoreError> {
        let row = self.row().await?;
        Ok(Overview {
            account_id: self.id.clone(),
            settings: row.settings()?,
            branding: row.branding()?,
            created_at: from_millis(row.created_at),
            name: to_title(row.name, TABLE)?,
        })
    }

    pub(crate) async fn row(&self) -> Result<accounts::Model, StoreError> {
        accounts::Entity::find_by_id(self.id.as_str())
            .filter(accounts::Column::DeletedAt.is_null())
            .one(&self.store.db)
            .await?
            .ok_or_else(|| StoreError::NoSuchAccount(self.id.clone()))
    }
}

/// What every new account begins with.
struct Founding<'a> {
    id: &'a AccountId,
    name: &'a str,
    actor: &'a Actor,
    now: Timestamp,
}

impl Founding<'_> {
    /// Returns the first publishable key.
    async fn write(
        &self,
        store: &Store,
        db: &DatabaseTransaction,
        secret: Option<&str>,
    ) -> Result<String, StoreError> {
        accounts::ActiveModel {
            account_id: Set(self.id.as_str().to_owned()),
            name: Set(self.name.to_owned()),
            secret_hash: Set(secret.map(hash).unwrap_or_default()),
            branding: Set(to_json(&Branding::default())),
            call_settings: Set(to_json(&CallSettings::default())),
            created_at: Set(to_millis(self.now)),
            access_settings: Set(None),
            retention_days: Set(None),
            changed_at: Set(to_millis(self.now)),
            deleted_at: Set(None),
            turn_servers: Set(None),
        }
        .insert(db)
        .await?;
        let apikey = keys::insert(db, self.id, "default", self.now).await?;
        token_secrets::insert(store, db, self.id, self.now).await?;
        let entry = audit::Entry {
            account: self.id,
            number: to_millis(self.now),
            at: self.now,
            actor: self.actor,
            action: "account.created",
            subject: Some(self.name),
            changes: &[],
        };
        audit::insert(db, &entry).await?;
        Ok(apikey)
    }
}

impl accounts::Model {
    pub(crate) fn branding(&self) -> Result<Branding, StoreError> {
        from_json(self.branding.clone(), TABLE, "branding")
    }

    pub(crate) fn settings(&self) -> Result<AccountSettings, StoreError> {
        let calls: CallSettings = from_json(self.call_settings.clone(), TABLE, "call_settings")?;
        let access = self.access_settings.clone().map(|json| from_json(json, TABLE, "access_settings"));
        let retention_days = self.retention_days.and_then(|days| u16::try_from(days).ok());
        Ok(AccountSettings {
            calls: calls.clamped(),
            access: access.transpose()?.unwrap_or_default(),
            retention_days: retention_days.unwrap_or(RETENTION_DAYS_DEFAULT),
        })
    }
}

impl TryFrom<accounts::Model> for Account {
    type Error = StoreError;
    fn try_from(row: accounts::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: from_name(row.account_id, TABLE, "account_id")?,
            name: row.name,
            created_at: from_millis(row.created_at),
        })
    }
}

fn random_id() -> AccountId {
    AccountId::parse(&random_text("acc_", ID_LENGTH)).expect("20 letters after acc_ are an account id")
}
