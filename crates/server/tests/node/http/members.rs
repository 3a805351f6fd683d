use serde_json::{Value, json};
use tring_protocol::http::members::MemberRole;

use super::{Asker, at, dashboard_of, join, member};
use crate::World;

async fn id(asker: &Asker) -> String {
    asker.get("/v1/me").await.json()["memberId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_admin_looks_after_everybody_but_owners() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let viewer = dashboard_of(&world, "ravi", MemberRole::Viewer).await;
    let [meera, anita, ravi] = [id(&owner).await, id(&admin).await, id(&viewer).await];
    let of = |member: &str| at(&world, &format!("/members/{member}"));

    let changed = admin.patch(&of(&ravi), json!({ "role": "admin" })).await.with_status(200).json();
    assert_eq!((&changed["role"], &changed["email"]), (&json!("admin"), &json!("ravi@shop.example")));
    for (asker, member, role) in
        [(&admin, &ravi, "owner"), (&admin, &meera, "viewer"), (&admin, &anita, "owner")]
    {
        let refused = asker.patch(&of(member), json!({ "role": role })).await;
        assert_eq!(refused.problem(), (403, "ERR_FORBIDDEN".to_owned()), "{member} {role}");
    }
    let refused = admin.delete(&of(&meera)).await;
    assert_eq!(refused.problem(), (403, "ERR_FORBIDDEN".to_owned()));
    let refused = admin.post(&at(&world, "/invitations"), json!({ "role": "owner" })).await;
    assert_eq!(refused.problem(), (403, "ERR_FORBIDDEN".to_owned()));

    owner.patch(&of(&anita), json!({ "role": "owner" })).await.with_status(200);
    let roles: Vec<Value> = owner.get(&at(&world, "/members")).await.json().as_array().unwrap().clone();
    let roles: Vec<_> = roles.iter().map(|member| member["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["owner", "owner", "admin"]);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let path = at(&world, &format!("/members/{}", id(&owner).await));
    assert_eq!(owner.delete(&path).await.problem(), (409, "ERR_LAST_OWNER".to_owned()));
    let lower = owner.patch(&path, json!({ "role": "viewer" })).await;
    assert_eq!(lower.problem(), (409, "ERR_LAST_OWNER".to_owned()));
    let second = dashboard_of(&world, "anita", MemberRole::Owner).await;
    owner.delete(&path).await.with_status(204);
    owner.get(&at(&world, "")).await.with_status(404);
    second.get(&at(&world, "")).await.with_status(200);
}

#[tokio::test]
async fn everybody_may_leave_and_nobody_but_admins_send_others_away() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let viewer = dashboard_of(&world, "ravi", MemberRole::Viewer).await;
    let (anita, ravi) = (id(&admin).await, id(&viewer).await);
    let refused = viewer.delete(&at(&world, &format!("/members/{anita}"))).await;
    assert_eq!(refused.problem(), (403, "ERR_FORBIDDEN".to_owned()));
    viewer.delete(&at(&world, &format!("/members/{ravi}"))).await.with_status(204);
    assert_eq!(viewer.get(&at(&world, "")).await.problem(), (404, "ERR_NOT_FOUND".to_owned()));
    assert_eq!(viewer.get("/v1/me").await.json()["accounts"], json!([]));
}

#[tokio::test]
async fn somebody_of_another_account_is_nobody_here() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let other = world.store.create_account("Other", crate::now()).await.unwrap();
    let (stranger, _) = member(&world.store, "tara").await;
    join(&world.store, &other.id, &stranger, MemberRole::Viewer).await;
    let path = at(&world, &format!("/members/{}", stranger.id));
    admin.patch(&path, json!({ "role": "admin" })).await.with_status(404);
    admin.delete(&path).await.with_status(404);
}

#[tokio::test]
async fn who_changed_what_is_written_down_and_read_page_by_page() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    for _ in 0..30 {
        let made = admin.post(&at(&world, "/invitations"), json!({ "role": "viewer" })).await.json();
        let id = made["invitationId"].as_str().unwrap();
        admin.delete(&at(&world, &format!("/invitations/{id}"))).await.with_status(204);
    }
    let first = admin.get(&at(&world, "/audit")).await.with_status(200).json();
    let newest = &first["items"][0];
    assert_eq!(
        (&newest["actor"], &newest["actorKind"], &newest["action"]),
        (&json!("anita"), &json!("member"), &json!("invitation.withdrawn"))
    );
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    let rest = format!("/audit?cursor={}", first["next"].as_str().unwrap());
    let second = admin.get(&at(&world, &rest)).await.json();
    // Thirty made and withdrawn, anita's own invitation and joining, and the account itself.
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (13, &Value::Null));
    let bad = admin.get(&at(&world, "/audit?cursor=x")).await;
    assert_eq!(bad.wrong_field().0, "cursor");
}
