//! Logos that accounts uploaded. Named by their content, so that an address never shows something else later.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use tring_protocol::time::Timestamp;

use crate::codec::{sought, to_millis};
use crate::schema::{accounts, images};
use crate::secrets::hash;
use crate::{AccountStore, Store, StoreError};

/// Images that an account keeps besides the one that it shows. Higher: who tries many logos fills the database.
const KEPT: usize = 8;

impl Store {
    /// The image `id`, whoever uploaded it: who knows the hash of it has seen it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn image(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = images::Entity::find().filter(images::Column::ImageId.eq(sought(id))).one(&self.db).await?;
        Ok(row.map(|row| row.bytes))
    }
}

impl AccountStore<'_> {
    /// Keeps an image and returns its id. The account's oldest ones that its branding does not show are forgotten.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], or what the database says.
    pub async fn put_image(&self, bytes: &[u8], now: Timestamp) -> Result<String, StoreError> {
        self.row().await?;
        let id = hash(bytes);
        let transaction = self.store.db.begin().await?;
        let row = images::ActiveModel {
            image_id: Set(id.clone()),
            account_id: Set(self.id.as_str().to_owned()),
            bytes: Set(bytes.to_vec()),
            created_at: Set(to_millis(now)),
        };
        let again = OnConflict::columns([images::Column::ImageId, images::Column::AccountId])
            .update_column(images::Column::CreatedAt)
            .to_owned();
        images::Entity::insert(row).on_conflict(again).exec_without_returning(&transaction).await?;
        let old: Vec<String> = self
            .images()
            .select_only()
            .column(images::Column::ImageId)
            .order_by_desc(images::Column::CreatedAt)
            .order_by_asc(images::Column::ImageId)
            .into_tuple()
            .all(&transaction)
            .await?;
        let account = accounts::Entity::find_by_id(self.id.as_str()).one(&transaction).await?;
        let logo = account.map(|account| account.branding()).transpose()?.and_then(|branding| branding.logo);
        let unused = old
            .into_iter()
            .skip(KEPT)
            .filter(|id| logo.as_ref().is_none_or(|logo| !logo.as_str().contains(id.as_str())));
        images::Entity::delete_many()
            .filter(images::Column::AccountId.eq(self.id.as_str()))
            .filter(images::Column::ImageId.is_in(unused))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(id)
    }

    fn images(&self) -> sea_orm::Select<images::Entity> {
        images::Entity::find().filter(images::Column::AccountId.eq(self.id.as_str()))
    }
}
