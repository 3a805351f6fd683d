//! Token secrets: what signs an account's user tokens. Sealed by the vault, because signing needs them in clear.
//!
//! The one in use has no end; the ones before it are accepted until theirs. Every account has one in use.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use tring_protocol::http::account::{OVERLAP_HOURS_MAX, TokenSecret};
use tring_protocol::ids::AccountId;
use tring_protocol::time::{Millis, Timestamp};

use crate::codec::{from_millis, from_name, sought, to_millis};
use crate::schema::{accounts, token_secrets};
use crate::secrets::{SECRET_LENGTH, random_text};
use crate::{AccountStore, Change, Store, StoreError};

/// Secrets that are accepted at the same time. Higher: an unknown token is compared with more of them.
const IN_FORCE_MAX: usize = 8;

const ID_LENGTH: usize = 12;

const HOUR: u64 = 60 * 60;

/// A secret with what it takes to choose it for a token.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret {
    /// The `kid` of tokens that it signs.
    pub secret_id: String,
    /// The key of HS256: these characters as bytes.
    pub secret: String,
    /// Until when its tokens are accepted; none for the one in use.
    pub retires_at: Option<Timestamp>,
}

// The secret must not reach a log.
impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningSecret").field("secret_id", &self.secret_id).finish_non_exhaustive()
    }
}

impl AccountStore<'_> {
    /// The secrets whose tokens are accepted at `now`, the one in use first; none for an account that does not exist.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Vault`].
    pub async fn token_secrets_in_force(&self, now: Timestamp) -> Result<Vec<SigningSecret>, StoreError> {
        let rows = self.in_force_at(now).all(&self.store.db).await?;
        rows.into_iter().map(|row| self.opened(row)).collect()
    }

    /// The same without the secrets themselves.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn token_secrets(&self, now: Timestamp) -> Result<Vec<TokenSecret>, StoreError> {
        self.row().await?;
        let rows = self.in_force_at(now).all(&self.store.db).await?;
        Ok(rows.into_iter().map(|row| shown(row, None)).collect())
    }

    fn in_force_at(&self, now: Timestamp) -> sea_orm::Select<token_secrets::Entity> {
        let accepted = Condition::any()
            .add(token_secrets::Column::RetiresAt.is_null())
            .add(token_secrets::Column::RetiresAt.gt(to_millis(now)));
        token_secrets::Entity::find()
            .filter(token_secrets::Column::AccountId.eq(self.id.as_str()))
            .filter(accepted)
            // The databases disagree about where null sorts.
            .order_by_desc(token_secrets::Column::RetiresAt.is_null())
            .order_by_desc(token_secrets::Column::CreatedAt)
            .order_by_asc(token_secrets::Column::SecretId)
    }

    fn opened(&self, row: token_secrets::Model) -> Result<SigningSecret, StoreError> {
        let secret = self.store.vault.open_sealed(&place(&self.id, &row.secret_id), &row.ciphertext)?;
        Ok(SigningSecret { secret_id: row.secret_id, secret, retires_at: row.retires_at.map(from_millis) })
    }
}

impl Change<'_> {
    /// A new secret takes over; tokens of the one before it are accepted for `overlap_hours` more, at most
    /// [`OVERLAP_HOURS_MAX`].
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::LimitReached`], or what the database says.
    pub async fn rotate_token_secret(&self, overlap_hours: u16) -> Result<TokenSecret, StoreError> {
        let begun = self.begin().await?;
        let db = &begun.transaction;
        if self.account.in_force_at(self.now).all(db).await?.len() >= IN_FORCE_MAX {
            return Err(StoreError::LimitReached {
                what: "token secrets in force",
                max: IN_FORCE_MAX as u64,
            });
        }
        let overlap = Millis::seconds(u64::from(overlap_hours.min(OVERLAP_HOURS_MAX)) * HOUR);
        token_secrets::Entity::update_many()
            .col_expr(token_secrets::Column::RetiresAt, Expr::value(to_millis(self.now + overlap)))
            .filter(token_secrets::Column::AccountId.eq(self.account.id.as_str()))
            .filter(token_secrets::Column::RetiresAt.is_null())
            .exec(db)
            .await?;
        let (row, secret) = insert(self.account.store, db, &self.account.id, self.now).await?;
        begun.done("token_secret.rotated", Some(&row.secret_id), Vec::new()).await?;
        Ok(shown(row, Some(secret)))
    }

    /// Refuses tokens of a secret that was rotated out, from now on.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NotFound`], [`StoreError::SecretInUse`] for the one in use, or what
    /// the database says.
    pub async fn refuse_token_secret(&self, secret_id: &str) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let row = self.token_secret(&begun.transaction, secret_id).await?;
        if row.retires_at.is_none() {
            return Err(StoreError::SecretInUse);
        }
        token_secrets::Entity::delete_by_id(secret_id).exec(&begun.transaction).await?;
        begun.done("token_secret.refused", Some(secret_id), Vec::new()).await
    }

    /// Shows a secret, and writes down to whom.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NotFound`], [`StoreError::Vault`], or what the database says.
    pub async fn reveal_token_secret(&self, secret_id: &str) -> Result<TokenSecret, StoreError> {
        let begun = self.begin().await?;
        let row = self.token_secret(&begun.transaction, secret_id).await?;
        let secret = self.account.opened(row.clone())?.secret;
        begun.done("token_secret.revealed", Some(secret_id), Vec::new()).await?;
        Ok(shown(row, Some(secret)))
    }

    async fn token_secret(
        &self,
        db: &impl ConnectionTrait,
        secret_id: &str,
    ) -> Result<token_secrets::Model, StoreError> {
        self.account
            .in_force_at(self.now)
            .filter(token_secrets::Column::SecretId.eq(sought(secret_id)))
            .one(db)
            .await?
            .ok_or(StoreError::NotFound("token secret"))
    }
}

/// Makes the secret of a new account, or the next one. Returns it as well.
pub(crate) async fn insert(
    store: &Store,
    db: &impl ConnectionTrait,
    account: &AccountId,
    now: Timestamp,
) -> Result<(token_secrets::Model, String), StoreError> {
    let secret_id = random_text("ts_", ID_LENGTH);
    let secret = random_text("", SECRET_LENGTH);
    let row = token_secrets::ActiveModel {
        ciphertext: Set(store.vault.seal(&place(account, &secret_id), &secret)),
        secret_id: Set(secret_id),
        account_id: Set(account.as_str().to_owned()),
        created_at: Set(to_millis(now)),
        retires_at: Set(None),
    };
    Ok((row.insert(db).await?, secret))
}

/// Gives a token secret to each account of a release that had none. A migration cannot: it has no vault.
///
/// **Called by one process at a time.**
pub(crate) async fn complete(store: &Store) -> Result<(), StoreError> {
    let with =
        Query::select().column(token_secrets::Column::AccountId).from(token_secrets::Entity).to_owned();
    let without: Vec<(String, i64)> = accounts::Entity::find()
        .select_only()
        .columns([accounts::Column::AccountId, accounts::Column::CreatedAt])
        .filter(accounts::Column::DeletedAt.is_null())
        .filter(accounts::Column::AccountId.not_in_subquery(with))
        .into_tuple()
        .all(&store.db)
        .await?;
    for (account, created_at) in without {
        let account = from_name(account, "accounts", "account_id")?;
        insert(store, &store.db, &account, from_millis(created_at)).await?;
    }
    Ok(())
}

/// What a sealed secret is bound to.
fn place(account: &AccountId, secret_id: &str) -> String {
    format!("{account}/{secret_id}")
}

fn shown(row: token_secrets::Model, secret: Option<String>) -> TokenSecret {
    TokenSecret {
        secret_id: row.secret_id,
        created_at: from_millis(row.created_at),
        retires_at: row.retires_at.map(from_millis),
        secret,
    }
}
