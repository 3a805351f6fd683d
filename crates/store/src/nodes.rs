//! Whether a node can write: found out by writing.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tring_protocol::time::Timestamp;

use crate::codec::{from_millis, to_millis};
use crate::schema::nodes;
use crate::{Store, StoreError};

impl Store {
    /// Writes that the node named `node` could write at `now`. Succeeds only if a commit does: a disk that is full, a
    /// file that became read-only and a lock that nobody lets go of are all found.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_node(&self, node: &str, now: Timestamp) -> Result<(), StoreError> {
        let row = nodes::ActiveModel { node: Set(node.to_owned()), written_at: Set(to_millis(now)) };
        let again =
            OnConflict::column(nodes::Column::Node).update_column(nodes::Column::WrittenAt).to_owned();
        nodes::Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// When the node named `node` could last write, if ever.
    ///
    /// # Errors
    /// What the database says.
    pub async fn node_written_at(&self, node: &str) -> Result<Option<Timestamp>, StoreError> {
        let row = nodes::Entity::find_by_id(node.to_owned()).one(&self.db).await?;
        Ok(row.map(|row| from_millis(row.written_at)))
    }
}
