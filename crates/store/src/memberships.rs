//! Which member may do what in which account.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use std::collections::HashMap;
use tring_protocol::http::members::{Member as Colleague, MemberRole, Membership};
use tring_protocol::ids::AccountId;
use tring_protocol::time::Timestamp;

use crate::audit::difference;
use crate::codec::{from_millis, from_name, sought, to_millis, to_title};
use crate::schema::{accounts, members, memberships};
use crate::{AccountStore, Change, Member, Store, StoreError};

const TABLE: &str = "memberships";

impl Store {
    /// The accounts of member `id`, by name.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn memberships_of(&self, id: &str) -> Result<Vec<Membership>, StoreError> {
        let rows =
            memberships::Entity::find().filter(memberships::Column::MemberId.eq(id)).all(&self.db).await?;
        let ids = rows.iter().map(|row| row.account_id.as_str());
        let accounts = accounts::Entity::find()
            .filter(accounts::Column::AccountId.is_in(ids))
            .filter(accounts::Column::DeletedAt.is_null())
            .all(&self.db)
            .await?;
        let mut names: HashMap<_, _> = accounts.into_iter().map(|row| (row.account_id, row.name)).collect();
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(name) = names.remove(&row.account_id) {
                found.push(Membership {
                    account_id: from_name(row.account_id, TABLE, "account_id")?,
                    name: to_title(name, "accounts")?,
                    role: from_name(row.role, TABLE, "role")?,
                });
            }
        }
        // Here and not by the database, so that two databases sort alike.
        found.sort_by_cached_key(|m| (m.name.as_str().to_lowercase(), m.account_id.clone()));
        Ok(found)
    }

    /// What member `id` may do in `account`; `None` if they are not in it or there is no such account.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn role_in(&self, id: &str, account: &AccountId) -> Result<Option<MemberRole>, StoreError> {
        let key = (account.as_str().to_owned(), id.to_owned());
        let row = memberships::Entity::find_by_id(key).one(&self.db).await?;
        row.map(|row| from_name(row.role, TABLE, "role")).transpose()
    }
}

impl AccountStore<'_> {
    /// The members of the account, longest in it first.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], what the database says, or [`StoreError::Corrupt`].
    pub async fn members(&self) -> Result<Vec<Colleague>, StoreError> {
        self.row().await?;
        let rows = memberships::Entity::find()
            .filter(memberships::Column::AccountId.eq(self.id.as_str()))
            .order_by_asc(memberships::Column::JoinedAt)
            .order_by_asc(memberships::Column::MemberId)
            .all(&self.store.db)
            .await?;
        let ids = rows.iter().map(|row| row.member_id.as_str());
        let known =
            members::Entity::find().filter(members::Column::MemberId.is_in(ids)).all(&self.store.db).await?;
        let mut known: HashMap<_, _> = known.into_iter().map(|row| (row.member_id.clone(), row)).collect();
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(member) = known.remove(&row.member_id) {
                found.push(colleague(member.try_into()?, row)?);
            }
        }
        Ok(found)
    }

    /// One member of the account.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn member(&self, id: &str) -> Result<Option<Colleague>, StoreError> {
        let key = (self.id.as_str().to_owned(), sought(id).to_owned());
        let Some(row) = memberships::Entity::find_by_id(key).one(&self.store.db).await? else {
            return Ok(None);
        };
        self.store.member(id).await?.map(|member| colleague(member, row)).transpose()
    }
}

impl Change<'_> {
    /// Changes what a member may do.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NotFound`], [`StoreError::LastOwner`], or what the database says.
    pub async fn set_role(&self, member: &str, role: MemberRole) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let (old, email) = self.membership(&begun.transaction, member).await?;
        if old == role {
            return Ok(());
        }
        write_role(&begun.transaction, &self.account.id, member, role).await?;
        if old == MemberRole::Owner {
            self.keep_an_owner(&begun.transaction).await?;
        }
        let change = difference("role", Some(old.as_str()), Some(role.as_str()));
        begun.done("member.role_changed", Some(&email), change.into_iter().collect()).await
    }

    /// Takes a member out of the account.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NotFound`], [`StoreError::LastOwner`], or what the database says.
    pub async fn remove_member(&self, member: &str) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let (old, email) = self.membership(&begun.transaction, member).await?;
        let key = (self.account.id.as_str().to_owned(), member.to_owned());
        memberships::Entity::delete_by_id(key).exec(&begun.transaction).await?;
        // Accounts that the operator made may have no owner at all; others may leave those too.
        if old == MemberRole::Owner {
            self.keep_an_owner(&begun.transaction).await?;
        }
        begun.done("member.removed", Some(&email), Vec::new()).await
    }

    /// What a member may do now, and how they are called in the history.
    async fn membership(
        &self,
        db: &impl ConnectionTrait,
        member: &str,
    ) -> Result<(MemberRole, String), StoreError> {
        let key = (self.account.id.as_str().to_owned(), sought(member).to_owned());
        let row = memberships::Entity::find_by_id(key).one(db).await?;
        let known = members::Entity::find_by_id(sought(member)).one(db).await?;
        let (row, known) = row.zip(known).ok_or(StoreError::NotFound("member"))?;
        Ok((from_name(row.role, TABLE, "role")?, known.email))
    }

    async fn keep_an_owner(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let owners = memberships::Entity::find()
            .filter(memberships::Column::AccountId.eq(self.account.id.as_str()))
            .filter(memberships::Column::Role.eq(MemberRole::Owner.as_str()))
            .count(db)
            .await?;
        if owners == 0 { Err(StoreError::LastOwner) } else { Ok(()) }
    }
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account: &AccountId,
    member: &str,
    role: MemberRole,
    now: Timestamp,
) -> Result<(), StoreError> {
    memberships::ActiveModel {
        account_id: Set(account.as_str().to_owned()),
        member_id: Set(member.to_owned()),
        role: Set(role.as_str().to_owned()),
        joined_at: Set(to_millis(now)),
    }
    .insert(db)
    .await?;
    Ok(())
}

pub(crate) async fn write_role(
    db: &impl ConnectionTrait,
    account: &AccountId,
    member: &str,
    role: MemberRole,
) -> Result<(), StoreError> {
    memberships::Entity::update_many()
        .col_expr(memberships::Column::Role, Expr::value(role.as_str()))
        .filter(memberships::Column::AccountId.eq(account.as_str()))
        .filter(memberships::Column::MemberId.eq(member))
        .exec(db)
        .await?;
    Ok(())
}

/// In how many accounts a member is.
pub(crate) async fn count(db: &impl ConnectionTrait, member: &str) -> Result<u64, StoreError> {
    Ok(memberships::Entity::find().filter(memberships::Column::MemberId.eq(member)).count(db).await?)
}

fn colleague(member: Member, row: memberships::Model) -> Result<Colleague, StoreError> {
    Ok(Colleague {
        member_id: member.id,
        email: member.email,
        name: member.name,
        role: from_name(row.role, TABLE, "role")?,
        joined_at: from_millis(row.joined_at),
        last_seen_at: member.last_seen_at,
    })
}
