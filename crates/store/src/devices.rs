//! Who was seen, where and when. Nothing a call depends on: the server writes it in the background, many at a time.

use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, TransactionTrait,
};
use std::collections::BTreeMap;
use tring_protocol::http::users::{User, UserDevice, UserPage};
use tring_protocol::ids::{AccountId, Cuid, DeviceAddress};
use tring_protocol::signal::Platform;
use tring_protocol::text::DisplayName;
use tring_protocol::time::Timestamp;

use crate::codec::{from_millis, from_name, sought, to_millis};
use crate::schema::{devices, keys, users};
use crate::{AccountStore, Store, StoreError};

/// A device signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which.
    pub device: DeviceAddress,
    /// What it runs on.
    pub platform: Platform,
    /// What its user is called.
    pub name: Option<DisplayName>,
    /// The key that it signed in with.
    pub apikey: String,
    /// When.
    pub at: Timestamp,
}

/// Users of a page.
const PAGE: usize = 50;

impl AccountStore<'_> {
    /// The user `cuid` with their devices; `None` if they never signed in to this account.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn user(&self, cuid: &Cuid) -> Result<Option<User>, StoreError> {
        let rows =
            self.known_users().filter(users::Column::Cuid.eq(cuid.as_str())).all(&self.store.db).await?;
        Ok(self.with_devices(rows).await?.pop())
    }

    /// The users whose cuid or name begins with `search`, however it is capitalised, in the order of their cuids, from
    /// where the last page's `next` says.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn users(&self, search: Option<&str>, cursor: Option<&str>) -> Result<UserPage, StoreError> {
        let mut query = self.known_users();
        if let Some(search) = search.filter(|search| !search.is_empty()) {
            if sought(search).is_empty() {
                return Ok(UserPage { items: Vec::new(), next: None });
            }
            query = query.filter(begins_with(search));
        }
        if let Some(cursor) = cursor {
            query = query.filter(users::Column::Cuid.gt(sought(cursor)));
        }
        let mut rows =
            query.order_by_asc(users::Column::Cuid).limit(PAGE as u64 + 1).all(&self.store.db).await?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let items = self.with_devices(rows).await?;
        let next = items.last().filter(|_| more).map(|last| last.cuid.as_str().to_owned());
        Ok(UserPage { items, next })
    }

    async fn with_devices(&self, rows: Vec<users::Model>) -> Result<Vec<User>, StoreError> {
        let mut all: BTreeMap<String, Vec<UserDevice>> = BTreeMap::new();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let devices = devices::Entity::find()
            .filter(devices::Column::AccountId.eq(self.id.as_str()))
            .filter(devices::Column::Cuid.is_in(rows.iter().map(|row| row.cuid.as_str())))
            .order_by_asc(devices::Column::DeviceId)
            .all(&self.store.db)
            .await?;
        for row in devices {
            all.entry(row.cuid.clone()).or_default().push(seen_device(row)?);
        }
        rows.into_iter()
            .map(|row| {
                Ok(User {
                    devices: all.remove(&row.cuid).unwrap_or_default(),
                    cuid: from_name(row.cuid, "users", "cuid")?,
                    name: row.name.map(|name| from_name(name, "users", "name")).transpose()?,
                    created_at: from_millis(row.created_at),
                    last_seen_at: from_millis(row.last_seen_at),
                })
            })
            .collect()
    }

    fn known_users(&self) -> sea_orm::Select<users::Entity> {
        users::Entity::find().filter(users::Column::AccountId.eq(self.id.as_str()))
    }
}

fn begins_with(search: &str) -> Condition {
    let mut pattern = String::with_capacity(search.len() + 1);
    for c in search.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    let matches = |column: users::Column| {
        Expr::expr(Func::lower(Expr::col((users::Entity, column))))
            .like(LikeExpr::new(pattern.as_str()).escape('\\'))
    };
    Condition::any().add(matches(users::Column::Cuid)).add(matches(users::Column::Name))
}

fn seen_device(row: devices::Model) -> Result<UserDevice, StoreError> {
    Ok(UserDevice {
        device_id: from_name(row.device_id, "devices", "device_id")?,
        platform: from_name(row.platform, "devices", "platform")?,
        last_seen_at: from_millis(row.last_seen_at),
    })
}

impl Store {
    /// Notes sign-ins, oldest first: users and devices are made when they are new, names and last times follow.
    ///
    /// # Errors
    /// What the database says; then none of them is noted.
    pub async fn note(&self, sightings: &[Sighting]) -> Result<(), StoreError> {
        let transaction = self.db.begin().await?;
        for sighting in sightings {
            note_user(&transaction, sighting).await?;
            note_device(&transaction, sighting).await?;
        }
        let used: BTreeMap<(&AccountId, &str), Timestamp> =
            sightings.iter().map(|s| ((&s.device.user.account, s.apikey.as_str()), s.at)).collect();
        for ((account, apikey), at) in used {
            note_key(&transaction, account, apikey, at).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn note_user(db: &impl ConnectionTrait, sighting: &Sighting) -> Result<(), StoreError> {
    let user = &sighting.device.user;
    let mut repeated = OnConflict::columns([users::Column::AccountId, users::Column::Cuid]);
    repeated.update_column(users::Column::LastSeenAt);
    if sighting.name.is_some() {
        repeated.update_column(users::Column::Name);
    }
    users::Entity::insert(users::ActiveModel {
        account_id: Set(user.account.as_str().to_owned()),
        cuid: Set(user.cuid.as_str().to_owned()),
        name: Set(sighting.name.as_ref().map(|name| name.as_str().to_owned())),
        created_at: Set(to_millis(sighting.at)),
        last_seen_at: Set(to_millis(sighting.at)),
    })
    .on_conflict(repeated)
    .exec_without_returning(db)
    .await?;
    Ok(())
}

async fn note_device(db: &impl ConnectionTrait, sighting: &Sighting) -> Result<(), StoreError> {
    let key = [devices::Column::AccountId, devices::Column::Cuid, devices::Column::DeviceId];
    let device = &sighting.device;
    devices::Entity::insert(devices::ActiveModel {
        account_id: Set(device.user.account.as_str().to_owned()),
        cuid: Set(device.user.cuid.as_str().to_owned()),
        device_id: Set(device.device.as_str().to_owned()),
        platform: Set(sighting.platform.as_str().to_owned()),
        created_at: Set(to_millis(sighting.at)),
        last_seen_at: Set(to_millis(sighting.at)),
    })
    .on_conflict(
        OnConflict::columns(key)
            .update_columns([devices::Column::Platform, devices::Column::LastSeenAt])
            .to_owned(),
    )
    .exec_without_returning(db)
    .await?;
    Ok(())
}

async fn note_key(
    db: &impl ConnectionTrait,
    account: &AccountId,
    apikey: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    keys::Entity::update_many()
        .col_expr(keys::Column::LastUsedAt, Expr::value(to_millis(at)))
        .filter(keys::Column::AccountId.eq(account.as_str()))
        .filter(keys::Column::Apikey.eq(apikey))
        .exec(db)
        .await?;
    Ok(())
}
