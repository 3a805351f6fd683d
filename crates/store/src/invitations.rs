//! Invitations: links that make who follows them a member of an account. Known by the hash of their token.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use tring_protocol::http::members::{Invitation, InvitationOffer, MemberRole};
use tring_protocol::http::text::Email;
use tring_protocol::ids::AccountId;
use tring_protocol::time::{Millis, Timestamp};

use crate::audit::{Actor, difference};
use crate::codec::{from_millis, from_name, sought, to_millis, to_title};
use crate::schema::{invitations, memberships};
use crate::secrets::{ID_LENGTH, SECRET_LENGTH, hash, random_text};
use crate::{AccountStore, Change, Member, Store, StoreError};

const TABLE: &str = "invitations";

/// How long a link works. Higher: forgotten links open the account for longer; lower: people on holiday miss theirs.
const LIFE: Millis = Millis::seconds(7 * 24 * 60 * 60);

/// Open invitations that one account may have.
const OPEN_MAX: u64 = 100;

/// What only who invites gets to see.
#[derive(Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// As the others see it.
    pub invitation: Invitation,
    /// The link's token. Only its hash is kept.
    pub token: String,
}

// The token must not reach a log.
impl std::fmt::Debug for NewInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewInvitation").field("invitation", &self.invitation).finish_non_exhaustive()
    }
}

impl Store {
    /// What the link of `token` offers; `None` if it does not work (any more).
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn invitation(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<InvitationOffer>, StoreError> {
        let Some(row) = self.open_invitation(token, now).await? else { return Ok(None) };
        let account: AccountId = from_name(row.account_id.clone(), TABLE, "account_id")?;
        let account_name = match self.account(&account).row().await {
            Ok(account) => to_title(account.name, "accounts")?,
            Err(StoreError::NoSuchAccount(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let invitation = shown(row)?;
        Ok(Some(InvitationOffer {
            account_name,
            role: invitation.role,
            invited_by: invitation.invited_by,
            email: invitation.email,
        }))
    }

    /// Makes `member` a member of the link's account; a link works once. Who is in it already gets the higher role of
    /// the two.
    ///
    /// # Errors
    /// [`StoreError::LinkExpired`], [`StoreError::NotInvited`], or what the database says.
    pub async fn accept_invitation(
        &self,
        token: &str,
        member: &Member,
        now: Timestamp,
    ) -> Result<AccountId, StoreError> {
        let row = self.open_invitation(token, now).await?.ok_or(StoreError::LinkExpired)?;
        let invited: Option<Email> = row.email.map(|email| from_name(email, TABLE, "email")).transpose()?;
        if invited.is_some_and(|email| email.key() != member.email.key()) {
            return Err(StoreError::NotInvited);
        }
        let account: AccountId = from_name(row.account_id, TABLE, "account_id")?;
        let role: MemberRole = from_name(row.role, TABLE, "role")?;
        let scoped = self.account(&account);
        let accepted = scoped.change(&Actor::Member(member.name.clone()), now);
        match accepted.join(&row.invitation_id, member, role).await {
            Err(StoreError::NoSuchAccount(_)) => Err(StoreError::LinkExpired),
            joined => joined.map(|()| account),
        }
    }

    async fn open_invitation(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<invitations::Model>, StoreError> {
        Ok(open(now).filter(invitations::Column::TokenHash.eq(hash(token))).one(&self.db).await?)
    }
}

impl AccountStore<'_> {
    /// The invitations that may still be followed, newest first.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], what the database says, or [`StoreError::Corrupt`].
    pub async fn invitations(&self, now: Timestamp) -> Result<Vec<Invitation>, StoreError> {
        self.row().await?;
        let rows = self
            .open_invitations(now)
            .order_by_desc(invitations::Column::CreatedAt)
            .order_by_asc(invitations::Column::InvitationId)
            .all(&self.store.db)
            .await?;
        rows.into_iter().map(shown).collect()
    }

    fn open_invitations(&self, now: Timestamp) -> sea_orm::Select<invitations::Entity> {
        open(now).filter(invitations::Column::AccountId.eq(self.id.as_str()))
    }
}

impl Change<'_> {
    /// Invites whoever has the link, or only who has `email`.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::LimitReached`], or what the database says.
    pub async fn invite(&self, email: Option<&Email>, role: MemberRole) -> Result<NewInvitation, StoreError> {
        let begun = self.begin().await?;
        if self.account.open_invitations(self.now).count(&begun.transaction).await? >= OPEN_MAX {
            return Err(StoreError::LimitReached { what: "open invitations", max: OPEN_MAX });
        }
        let token = random_text("", SECRET_LENGTH);
        let row = invitations::ActiveModel {
            invitation_id: Set(random_text("inv_", ID_LENGTH)),
            token_hash: Set(hash(&token)),
            account_id: Set(self.account.id.as_str().to_owned()),
            email: Set(email.map(|email| email.as_str().to_owned())),
            role: Set(role.as_str().to_owned()),
            invited_by: Set(self.actor.name().to_owned()),
            created_at: Set(to_millis(self.now)),
            expires_at: Set(to_millis(self.now + LIFE)),
            used_at: Set(None),
            withdrawn_at: Set(None),
        };
        let invitation = shown(row.insert(&begun.transaction).await?)?;
        let changes = difference("role", None, Some(role.as_str()));
        begun.done("invitation.created", email.map(Email::as_str), changes.into_iter().collect()).await?;
        Ok(NewInvitation { invitation, token })
    }

    /// Makes a link useless that was not followed yet.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAccount`], [`StoreError::NotFound`], or what the database says.
    pub async fn withdraw_invitation(&self, invitation_id: &str) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let row = self
            .account
            .open_invitations(self.now)
            .filter(invitations::Column::InvitationId.eq(sought(invitation_id)))
            .one(&begun.transaction)
            .await?
            .ok_or(StoreError::NotFound("invitation"))?;
        invitations::Entity::update_many()
            .col_expr(invitations::Column::WithdrawnAt, Expr::value(to_millis(self.now)))
            .filter(invitations::Column::InvitationId.eq(invitation_id))
            .exec(&begun.transaction)
            .await?;
        begun.done("invitation.withdrawn", row.email.as_deref(), Vec::new()).await
    }

    async fn join(&self, invitation_id: &str, member: &Member, role: MemberRole) -> Result<(), StoreError> {
        let begun = self.begin().await?;
        let (db, account) = (&begun.transaction, &self.account.id);
        // Asked again: until the change had begun, somebody else could follow or withdraw it.
        let still = self.account.open_invitations(self.now);
        let still = still.filter(invitations::Column::InvitationId.eq(invitation_id)).one(db).await?;
        still.ok_or(StoreError::LinkExpired)?;
        invitations::Entity::update_many()
            .col_expr(invitations::Column::UsedAt, Expr::value(to_millis(self.now)))
            .filter(invitations::Column::InvitationId.eq(invitation_id))
            .exec(db)
            .await?;
        let key = (account.as_str().to_owned(), member.id.clone());
        let old: Option<MemberRole> = match memberships::Entity::find_by_id(key).one(db).await? {
            Some(row) => Some(from_name(row.role, "memberships", "role")?),
            None => None,
        };
        let new = old.map_or(role, |old| old.max(role));
        match old {
            Some(_) => crate::memberships::write_role(db, account, &member.id, new).await?,
            None => crate::memberships::insert(db, account, &member.id, new, self.now).await?,
        }
        let changes = difference("role", old.map(MemberRole::as_str), Some(new.as_str()));
        begun.done("member.joined", Some(member.email.as_str()), changes.into_iter().collect()).await
    }
}

fn open(now: Timestamp) -> sea_orm::Select<invitations::Entity> {
    invitations::Entity::find()
        .filter(invitations::Column::UsedAt.is_null())
        .filter(invitations::Column::WithdrawnAt.is_null())
        .filter(invitations::Column::ExpiresAt.gt(to_millis(now)))
}

fn shown(row: invitations::Model) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        invitation_id: row.invitation_id,
        email: row.email.map(|email| from_name(email, TABLE, "email")).transpose()?,
        role: from_name(row.role, TABLE, "role")?,
        invited_by: to_title(row.invited_by, TABLE)?,
        created_at: from_millis(row.created_at),
        expires_at: from_millis(row.expires_at),
        link: None,
    })
}
