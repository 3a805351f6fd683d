use tring_protocol::http::members::{MemberRole, Membership};
use tring_protocol::ids::AccountId;
use tring_store::{Member, NewMember, Store, StoreError};

use crate::{at, change, email, member, title};

async fn join(store: &Store, account: &AccountId, member: &Member, role: MemberRole) {
    let link = change(store, account, 2).invite(None, role).await.unwrap();
    store.accept_invitation(&link.token, member, at(3)).await.unwrap();
}

pub(crate) async fn a_member_is_found_by_email_however_it_is_written(store: Store) {
    assert_eq!(store.count_members().await.unwrap(), 0);
    let meera = member(&store, "Meera").await;
    assert_eq!(meera.email, email("Meera@shop.example"));
    let found = store.member_by_email(&email("mEERA@SHOP.example")).await.unwrap().unwrap();
    assert_eq!((&found.member_id, found.password_hash.as_str()), (&meera.id, "$argon2id$of-a-password"));
    assert!(!format!("{found:?}").contains("argon2id"), "a hash never reaches a log");
    assert_eq!(store.member(&meera.id).await.unwrap(), Some(meera.clone()));
    assert!(store.credentials(&meera.id).await.unwrap().is_some_and(|known| known == found));
    assert!(store.member_by_email(&email("bob@shop.example")).await.unwrap().is_none());
    assert_eq!(store.member("mem_unknown").await.unwrap(), None);
    store.set_member_name(&meera.id, &title("Meera S.")).await.unwrap();
    let listed = store.members().await.unwrap();
    assert_eq!(listed, [Member { name: title("Meera S."), ..meera }]);
    let nobody = store.set_member_name("mem_unknown", &title("X")).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("member"))));
}

pub(crate) async fn an_email_is_taken_once(store: Store) {
    let meera = member(&store, "meera").await;
    let address = email("MEERA@shop.example");
    let new = NewMember { email: &address, name: &title("Other"), password_hash: "$other" };
    assert!(matches!(store.new_member(&new, at(2)).await, Err(StoreError::EmailTaken)));
    assert_eq!(store.members().await.unwrap(), [meera]);
}

pub(crate) async fn members_see_their_accounts_by_name(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let zebra = store.new_account_for(&meera, &title("Zebra"), at(2)).await.unwrap();
    let apple = store.new_account_for(&meera, &title("apple"), at(3)).await.unwrap();
    store.new_account_for(&bob, &title("Bob's"), at(4)).await.unwrap();
    let owned = |account_id, name| Membership { account_id, name: title(name), role: MemberRole::Owner };
    let accounts = store.memberships_of(&meera.id).await.unwrap();
    assert_eq!(accounts, [owned(apple, "apple"), owned(zebra, "Zebra")]);
}

pub(crate) async fn the_last_owner_stays(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let id = store.new_account_for(&meera, &title("Acme"), at(2)).await.unwrap();
    join(&store, &id, &bob, MemberRole::Admin).await;
    let change = change(&store, &id, 5);
    let demoted = change.set_role(&meera.id, MemberRole::Viewer).await;
    assert!(matches!(demoted, Err(StoreError::LastOwner)));
    assert!(matches!(change.remove_member(&meera.id).await, Err(StoreError::LastOwner)));
    assert_eq!(store.role_in(&meera.id, &id).await.unwrap(), Some(MemberRole::Owner));
    change.set_role(&bob.id, MemberRole::Owner).await.unwrap();
    change.remove_member(&meera.id).await.unwrap();
    assert_eq!(store.role_in(&meera.id, &id).await.unwrap(), None);
}

pub(crate) async fn roles_are_changed_and_members_removed(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let id = store.new_account_for(&meera, &title("Acme"), at(2)).await.unwrap();
    join(&store, &id, &bob, MemberRole::Viewer).await;
    change(&store, &id, 5).set_role(&bob.id, MemberRole::Admin).await.unwrap();
    let members = store.account(&id).members().await.unwrap();
    let seen: Vec<_> = members.iter().map(|m| (m.email.as_str(), m.role, m.joined_at)).collect();
    assert_eq!(
        seen,
        [("meera@shop.example", MemberRole::Owner, at(2)), ("bob@shop.example", MemberRole::Admin, at(3))]
    );
    assert_eq!(store.account(&id).member(&bob.id).await.unwrap().as_ref(), members.last());
    change(&store, &id, 6).remove_member(&bob.id).await.unwrap();
    assert_eq!(store.account(&id).member(&bob.id).await.unwrap(), None);
    let again = change(&store, &id, 7).remove_member(&bob.id).await;
    assert!(matches!(again, Err(StoreError::NotFound("member"))));
    let actions: Vec<_> =
        store.account(&id).audit(None).await.unwrap().items.into_iter().take(2).map(|e| e.action).collect();
    assert_eq!(actions, ["member.removed", "member.role_changed"]);
}

pub(crate) async fn an_account_touches_its_own_members_alone(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let mine = store.new_account_for(&meera, &title("Mine"), at(2)).await.unwrap();
    let other = store.new_account_for(&bob, &title("Other"), at(2)).await.unwrap();
    assert_eq!(store.role_in(&meera.id, &other).await.unwrap(), None);
    assert_eq!(store.account(&other).member(&meera.id).await.unwrap(), None);
    let change = change(&store, &other, 3);
    let demoted = change.set_role(&meera.id, MemberRole::Viewer).await;
    assert!(matches!(demoted, Err(StoreError::NotFound("member"))));
    assert!(matches!(change.remove_member(&meera.id).await, Err(StoreError::NotFound("member"))));
    assert_eq!(store.role_in(&meera.id, &mine).await.unwrap(), Some(MemberRole::Owner));
}

pub(crate) async fn two_owners_who_leave_at_once_leave_one_behind(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let id = store.new_account_for(&meera, &title("Acme"), at(2)).await.unwrap();
    join(&store, &id, &bob, MemberRole::Owner).await;
    let (one, two) = (change(&store, &id, 5), change(&store, &id, 5));
    let (one, two) = tokio::join!(one.remove_member(&meera.id), two.remove_member(&bob.id));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|left| **left).count(), 1);
    assert_eq!(store.account(&id).members().await.unwrap().len(), 1);
}

pub(crate) async fn a_new_password_ends_the_other_sessions(store: Store) {
    let (meera, bob) = (member(&store, "meera").await, member(&store, "bob").await);
    let kept = store.start_session(&meera.id, at(2)).await.unwrap();
    let ended = store.start_session(&meera.id, at(2)).await.unwrap();
    let of_bob = store.start_session(&bob.id, at(2)).await.unwrap();
    let link = store.new_reset(&meera.id, at(2)).await.unwrap();
    store.set_password(&meera.id, "$new", Some(&kept)).await.unwrap();
    let known = store.credentials(&meera.id).await.unwrap().unwrap();
    assert_eq!(known.password_hash, "$new");
    assert!(store.session(&kept, at(3)).await.unwrap().is_some());
    assert!(store.session(&ended, at(3)).await.unwrap().is_none());
    assert!(store.session(&of_bob, at(3)).await.unwrap().is_some());
    assert!(!store.reset_works(&link, at(3)).await.unwrap());
    let nobody = store.set_password("mem_unknown", "$new", None).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("member"))));
}
