//! People who sign in to the dashboard. Which accounts they see is `memberships`.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, TransactionTrait,
};
use tring_protocol::http::text::{Email, Title};
use tring_protocol::time::Timestamp;

use crate::codec::{from_millis, from_name, sought, to_millis};
use crate::schema::members;
use crate::secrets::{ID_LENGTH, random_text};
use crate::{Store, StoreError, resets, sessions};

const TABLE: &str = "members";

/// A member, whatever they are in which account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Which.
    pub id: String,
    /// How they sign in.
    pub email: Email,
    /// What colleagues see.
    pub name: Title,
    /// When they signed up.
    pub created_at: Timestamp,
    /// When they last used the dashboard, to the minute or so.
    pub last_seen_at: Option<Timestamp>,
}

/// Somebody who signs up.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMember<'a> {
    /// How they will sign in.
    pub email: &'a Email,
    /// What colleagues will see.
    pub name: &'a Title,
    /// Of their password, as a PHC string.
    pub password_hash: &'a str,
}

/// What a sign-in is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Which member.
    pub member_id: String,
    /// Of their password, as a PHC string.
    pub password_hash: String,
}

impl Store {
    /// Makes a member. They are in no account yet.
    ///
    /// # Errors
    /// [`StoreError::EmailTaken`], or what the database says.
    pub async fn new_member(&self, new: &NewMember<'_>, now: Timestamp) -> Result<Member, StoreError> {
        let id = random_text("mem_", ID_LENGTH);
        let row = members::ActiveModel {
            member_id: Set(id.clone()),
            email: Set(new.email.as_str().to_owned()),
            email_key: Set(new.email.key()),
            name: Set(new.name.as_str().to_owned()),
            password_hash: Set(new.password_hash.to_owned()),
            created_at: Set(to_millis(now)),
            last_seen_at: Set(None),
        };
        let made = members::Entity::insert(row)
            .on_conflict(OnConflict::column(members::Column::EmailKey).do_nothing().to_owned())
            .exec_without_returning(&self.db)
            .await?;
        if made == 0 {
            return Err(StoreError::EmailTaken);
        }
        let (email, name) = (new.email.clone(), new.name.clone());
        Ok(Member { id, email, name, created_at: now, last_seen_at: None })
    }

    /// The member whose email this is, however it is capitalised.
    ///
    /// # Errors
    /// What the database says.
    pub async fn member_by_email(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let row =
            members::Entity::find().filter(members::Column::EmailKey.eq(email.key())).one(&self.db).await?;
        Ok(row.map(Credentials::from))
    }

    /// What the password of member `id` is checked against.
    ///
    /// # Errors
    /// What the database says.
    pub async fn credentials(&self, id: &str) -> Result<Option<Credentials>, StoreError> {
        Ok(members::Entity::find_by_id(id).one(&self.db).await?.map(Credentials::from))
    }

    /// The member `id`.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn member(&self, id: &str) -> Result<Option<Member>, StoreError> {
        members::Entity::find_by_id(sought(id)).one(&self.db).await?.map(Member::try_from).transpose()
    }

    /// Every member, oldest first. For the operator.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn members(&self) -> Result<Vec<Member>, StoreError> {
        let rows = members::Entity::find()
            .order_by_asc(members::Column::CreatedAt)
            .order_by_asc(members::Column::MemberId)
            .all(&self.db)
            .await?;
        rows.into_iter().map(Member::try_from).collect()
    }

    /// How many members there are on this server.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_members(&self) -> Result<u64, StoreError> {
        Ok(members::Entity::find().count(&self.db).await?)
    }

    /// Changes what colleagues see.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or what the database says.
    pub async fn set_member_name(&self, id: &str, name: &Title) -> Result<(), StoreError> {
        let changed = members::Entity::update_many()
            .col_expr(members::Column::Name, Expr::value(name.as_str()))
            .filter(members::Column::MemberId.eq(id))
            .exec(&self.db)
            .await?;
        if changed.rows_affected == 0 { Err(StoreError::NotFound("member")) } else { Ok(()) }
    }

    /// Changes the password, and ends every session of the member but the one whose token is `keep`, as well as every
    /// reset that is under way.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or what the database says.
    pub async fn set_password(
        &self,
        id: &str,
        password_hash: &str,
        keep: Option<&str>,
    ) -> Result<(), StoreError> {
        let transaction = self.db.begin().await?;
        write_password(&transaction, id, password_hash).await?;
        sessions::end_others(&transaction, id, keep).await?;
        resets::withdraw(&transaction, id).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn write_password(
    db: &impl sea_orm::ConnectionTrait,
    id: &str,
    password_hash: &str,
) -> Result<(), StoreError> {
    let changed = members::Entity::update_many()
        .col_expr(members::Column::PasswordHash, Expr::value(password_hash))
        .filter(members::Column::MemberId.eq(id))
        .exec(db)
        .await?;
    if changed.rows_affected == 0 { Err(StoreError::NotFound("member")) } else { Ok(()) }
}

impl From<members::Model> for Credentials {
    fn from(row: members::Model) -> Self {
        Self { member_id: row.member_id, password_hash: row.password_hash }
    }
}

impl TryFrom<members::Model> for Member {
    type Error = StoreError;
    fn try_from(row: members::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.member_id,
            email: from_name(row.email, TABLE, "email")?,
            name: from_name(row.name, TABLE, "name")?,
            created_at: from_millis(row.created_at),
            last_seen_at: row.last_seen_at.map(from_millis),
        })
    }
}

// Neither hash must reach a log.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("member_id", &self.member_id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewMember<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMember").field("name", self.name).finish_non_exhaustive()
    }
}
