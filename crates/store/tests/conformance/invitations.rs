use tring_protocol::http::members::{InvitationOffer, MemberRole};
use tring_protocol::ids::AccountId;
use tring_store::{Actor, Store, StoreError};

use crate::{DAY, at, change, email, member, title};

async fn account(store: &Store) -> AccountId {
    store.create_account("Acme", at(1)).await.unwrap().id
}

pub(crate) async fn a_link_makes_a_member_once(store: Store) {
    let id = account(&store).await;
    let meera = store.account(&id).change(&Actor::Member(title("Meera")), at(2));
    let link = meera.invite(None, MemberRole::Admin).await.unwrap();
    let offer = store.invitation(&link.token, at(3)).await.unwrap();
    let expected = InvitationOffer {
        account_name: title("Acme"),
        role: MemberRole::Admin,
        invited_by: title("Meera"),
        email: None,
    };
    assert_eq!(offer, Some(expected));
    let bob = member(&store, "bob").await;
    assert_eq!(store.accept_invitation(&link.token, &bob, at(4)).await.unwrap(), id);
    assert_eq!(store.role_in(&bob.id, &id).await.unwrap(), Some(MemberRole::Admin));
    assert_eq!(store.invitation(&link.token, at(5)).await.unwrap(), None);
    let carol = member(&store, "carol").await;
    let again = store.accept_invitation(&link.token, &carol, at(5)).await;
    assert!(matches!(again, Err(StoreError::LinkExpired)));
    assert_eq!(store.role_in(&carol.id, &id).await.unwrap(), None);
    let entry = &store.account(&id).audit(None).await.unwrap().items[0];
    assert_eq!((entry.action.as_str(), entry.actor.as_str()), ("member.joined", "bob"));
    assert!(!format!("{link:?}").contains(&link.token), "a token never reaches a log");
}

pub(crate) async fn a_link_for_one_email_is_for_nobody_else(store: Store) {
    let id = account(&store).await;
    let link =
        change(&store, &id, 2).invite(Some(&email("Bob@Shop.Example")), MemberRole::Viewer).await.unwrap();
    let carol = member(&store, "carol").await;
    let refused = store.accept_invitation(&link.token, &carol, at(3)).await;
    assert!(matches!(refused, Err(StoreError::NotInvited)));
    let bob = member(&store, "bob").await;
    store.accept_invitation(&link.token, &bob, at(4)).await.unwrap();
    assert_eq!(store.role_in(&bob.id, &id).await.unwrap(), Some(MemberRole::Viewer));
}

pub(crate) async fn a_withdrawn_or_expired_link_leads_nowhere(store: Store) {
    let id = account(&store).await;
    let bob = member(&store, "bob").await;
    let withdrawn = change(&store, &id, 2).invite(None, MemberRole::Viewer).await.unwrap();
    let expired = change(&store, &id, 2).invite(None, MemberRole::Viewer).await.unwrap();
    let invitation_id = &withdrawn.invitation.invitation_id;
    change(&store, &id, 3).withdraw_invitation(invitation_id).await.unwrap();
    let again = change(&store, &id, 3).withdraw_invitation(invitation_id).await;
    assert!(matches!(again, Err(StoreError::NotFound("invitation"))));
    let end = expired.invitation.expires_at;
    assert_eq!(end, at(2 + 7 * DAY));
    for (token, now) in [(&withdrawn.token, at(4)), (&expired.token, end), (&"unknown".to_owned(), at(4))] {
        assert_eq!(store.invitation(token, now).await.unwrap(), None);
        let refused = store.accept_invitation(token, &bob, now).await;
        assert!(matches!(refused, Err(StoreError::LinkExpired)));
    }
    assert_eq!(store.memberships_of(&bob.id).await.unwrap(), []);
}

pub(crate) async fn who_is_in_the_account_gets_the_higher_role(store: Store) {
    let id = account(&store).await;
    let bob = member(&store, "bob").await;
    for (offered, had_then) in [
        (MemberRole::Admin, MemberRole::Admin),
        (MemberRole::Viewer, MemberRole::Admin),
        (MemberRole::Owner, MemberRole::Owner),
    ] {
        let link = change(&store, &id, 2).invite(None, offered).await.unwrap();
        store.accept_invitation(&link.token, &bob, at(3)).await.unwrap();
        assert_eq!(store.role_in(&bob.id, &id).await.unwrap(), Some(had_then));
    }
    assert_eq!(store.account(&id).members().await.unwrap().len(), 1);
}

pub(crate) async fn an_account_sees_its_own_invitations_alone(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    let link = change(&store, &mine, 2).invite(None, MemberRole::Viewer).await.unwrap();
    assert_eq!(
        store.account(&mine).invitations(at(3)).await.unwrap(),
        std::slice::from_ref(&link.invitation)
    );
    assert_eq!(store.account(&other).invitations(at(3)).await.unwrap(), []);
    let withdrawn = change(&store, &other, 3).withdraw_invitation(&link.invitation.invitation_id).await;
    assert!(matches!(withdrawn, Err(StoreError::NotFound("invitation"))));
    assert!(store.invitation(&link.token, at(4)).await.unwrap().is_some());
}

pub(crate) async fn an_account_has_a_bounded_number_of_open_invitations(store: Store) {
    let id = account(&store).await;
    for _ in 0..100 {
        change(&store, &id, 2).invite(None, MemberRole::Viewer).await.unwrap();
    }
    let one_more = change(&store, &id, 3).invite(None, MemberRole::Viewer).await;
    assert!(matches!(one_more, Err(StoreError::LimitReached { max: 100, .. })));
    change(&store, &id, 2 + 7 * DAY).invite(None, MemberRole::Viewer).await.unwrap();
}

pub(crate) async fn of_two_who_follow_one_link_at_once_one_is_let_in(store: Store) {
    let id = account(&store).await;
    let link = change(&store, &id, 2).invite(None, MemberRole::Viewer).await.unwrap();
    let (bob, carol) = (member(&store, "bob").await, member(&store, "carol").await);
    let (one, two) = tokio::join!(
        store.accept_invitation(&link.token, &bob, at(3)),
        store.accept_invitation(&link.token, &carol, at(3)),
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|let_in| **let_in).count(), 1);
    assert_eq!(store.account(&id).members().await.unwrap().len(), 1);
}
