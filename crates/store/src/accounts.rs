//! Accounts: made by the operator, read by everyone else through a handle that carries which one.

use rand::Rng;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder, TransactionTrait};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use subtle::ConstantTimeEq;
use tring_protocol::ids::AccountId;
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::time::Timestamp;

use crate::codec::{from_json, from_millis, from_name, to_json, to_millis};
use crate::schema::accounts;
use crate::{Store, StoreError, keys};

const TABLE: &str = "accounts";

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

/// What an account decides about its calls and how they look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Of the call screens.
    pub branding: Branding,
    /// Of the calls, inside their bounds.
    pub calls: CallSettings,
}

/// One account's part of the database. Every query that it makes is about this account alone.
#[derive(Debug, Clone)]
pub struct AccountStore<'a> {
    pub(crate) store: &'a Store,
    pub(crate) id: AccountId,
}

impl Store {
    /// Makes an account with one publishable key named `default` and one secret.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create_account(&self, name: &str, now: Timestamp) -> Result<NewAccount, StoreError> {
        let id = AccountId::parse(&random_text("acc_", 20)).expect("20 letters after acc_ are an account id");
        self.create_account_as(id, name, now).await
    }

    /// The same with an id that is chosen and not random.
    ///
    /// # Errors
    /// What the database says, also if there is an account of that id.
    pub async fn create_account_as(
        &self,
        id: AccountId,
        name: &str,
        now: Timestamp,
    ) -> Result<NewAccount, StoreError> {
        let secret = random_text("sk_", 52);
        let transaction = self.db.begin().await?;
        accounts::ActiveModel {
            account_id: Set(id.as_str().to_owned()),
            name: Set(name.to_owned()),
            secret_hash: Set(hash(&secret)),
            branding: Set(to_json(&Branding::default())),
            call_settings: Set(to_json(&CallSettings::default())),
            created_at: Set(to_millis(now)),
        }
        .insert(&transaction)
        .await?;
        let apikey = keys::insert(&transaction, &id, "default", now).await?;
        transaction.commit().await?;
        Ok(NewAccount { id, apikey, secret })
    }

    /// Every account, oldest first.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = accounts::Entity::find()
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
    /// What the account decides.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn rules(&self) -> Result<Rules, StoreError> {
        Rules::try_from(self.row().await?)
    }

    /// Replaces how the call screens look.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn set_branding(&self, branding: &Branding) -> Result<(), StoreError> {
        let mut row: accounts::ActiveModel = self.row().await?.into();
        row.branding = Set(to_json(branding));
        row.update(&self.store.db).await?;
        Ok(())
    }

    /// Replaces the rules of the calls; each value is moved inside its bounds first.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn set_call_settings(&self, settings: CallSettings) -> Result<(), StoreError> {
        let mut row: accounts::ActiveModel = self.row().await?.into();
        row.call_settings = Set(to_json(&settings.clamped()));
        row.update(&self.store.db).await?;
        Ok(())
    }

    /// Whether `secret` is the account's key for backends, in a time that does not depend on how much of it is right.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn secret_matches(&self, secret: &str) -> Result<bool, StoreError> {
        let row = self.row().await?;
        Ok(row.secret_hash.as_bytes().ct_eq(hash(secret).as_bytes()).into())
    }

    pub(crate) async fn row(&self) -> Result<accounts::Model, StoreError> {
        accounts::Entity::find_by_id(self.id.as_str())
            .one(&self.store.db)
            .await?
            .ok_or_else(|| StoreError::NoSuchAccount(self.id.clone()))
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

impl TryFrom<accounts::Model> for Rules {
    type Error = StoreError;
    fn try_from(row: accounts::Model) -> Result<Self, StoreError> {
        let calls: CallSettings = from_json(row.call_settings, TABLE, "call_settings")?;
        Ok(Self { branding: from_json(row.branding, TABLE, "branding")?, calls: calls.clamped() })
    }
}

/// `prefix` and `length` characters of five random bits each, without the look-alikes 0 and o, 1 and l.
pub(crate) fn random_text(prefix: &str, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0_u8; length];
    rand::rng().fill_bytes(&mut bytes);
    prefix.chars().chain(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))).collect()
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String never fails");
        hex
    })
}
