use std::path::Path;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::{Email, Title};
use tring_protocol::ids::AccountId;
use tring_server::clock::wall;
use tring_store::{Member, NewMember, Store};

use super::{complaint, json, run, text, tring};

/// A member who signed up with a server in `directory`.
async fn signed_up(directory: &Path) -> (Store, Member) {
    let store = Store::in_directory(&directory.join("data")).await.unwrap();
    let (email, name) = (Email::parse("meera@shop.example").unwrap(), Title::parse("Meera").unwrap());
    let new = NewMember { email: &email, name: &name, password_hash: "$old" };
    let member = store.new_member(&new, wall()).await.unwrap();
    (store, member)
}

#[tokio::test]
async fn members_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    let (_, member) = signed_up(dir.path()).await;
    let listed = json(dir.path(), &["member", "list"]);
    assert_eq!(listed[0]["memberId"], member.id);
    assert_eq!(listed[0]["email"], "meera@shop.example");
    assert!(!listed.to_string().contains("$old"), "{listed}");
    let lines = text(&run(dir.path(), &["member", "list"]).stdout);
    assert_eq!(lines, format!("{}  meera@shop.example  Meera\n", member.id));
}

#[tokio::test]
async fn who_forgot_their_password_gets_a_link_that_sets_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let (store, member) = signed_up(dir.path()).await;
    let link = json(dir.path(), &["member", "password-reset", "MEERA@shop.example"])["link"].clone();
    let token = link.as_str().unwrap().strip_prefix("http://127.0.0.1:7880/reset/").unwrap();
    assert_eq!(store.use_reset(token, "$new", wall()).await.unwrap(), member.id);
    let unknown = complaint(dir.path(), &["member", "password-reset", "bob@shop.example"], 1);
    assert!(unknown.contains("there is no member with this email"), "{unknown}");
    let wrong = complaint(dir.path(), &["member", "password-reset", "meera"], 2);
    assert!(wrong.contains("must be an email address"), "{wrong}");
}

#[tokio::test]
async fn an_account_gets_its_first_owner_by_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let (store, member) = signed_up(dir.path()).await;
    let account = json(dir.path(), &["account", "create", "Acme"])["accountId"].as_str().unwrap().to_owned();
    let mut command = tring(dir.path(), &["member", "invite", &account]);
    command.env("TRING__DASHBOARD__PUBLIC_URL", "https://calls.shop.example");
    let lines = text(&command.output().unwrap().stdout);
    let link = lines.lines().next().unwrap();
    let token = link.strip_prefix("https://calls.shop.example/join/").unwrap();
    store.accept_invitation(token, &member, wall()).await.unwrap();
    let account = AccountId::parse(&account).unwrap();
    assert_eq!(store.role_in(&member.id, &account).await.unwrap(), Some(MemberRole::Owner));
    let history = store.account(&account).audit(None).await.unwrap();
    let actors: Vec<_> =
        history.items.iter().map(|entry| (entry.action.as_str(), entry.actor.as_str())).collect();
    assert_eq!(actors[..2], [("member.joined", "Meera"), ("invitation.created", "operator")]);
    let missing = complaint(dir.path(), &["member", "invite", "nobody"], 1);
    assert!(missing.contains("there is no account nobody"), "{missing}");
}
