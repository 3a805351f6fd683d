use serde_json::json;
use tring_protocol::http::members::MemberRole;

use super::{Asker, PASSWORD, at, dashboard_of, login, sign_up};
use crate::World;

#[tokio::test]
async fn the_first_to_sign_up_owns_an_account_and_the_second_needs_an_invitation() {
    let world = World::new().await;
    let nobody = Asker::nobody(&world);
    assert_eq!(nobody.get("/v1/server").await.json()["signUpOpen"], true);
    let first = nobody.post("/v1/sign-up", sign_up("Meera@Shop.Example", "Shop")).await.with_status(201);
    let me = first.json();
    assert_eq!((&me["email"], &me["name"]), (&json!("Meera@Shop.Example"), &json!("Meera")));
    assert_eq!((&me["accounts"][0]["name"], &me["accounts"][0]["role"]), (&json!("Shop"), &json!("owner")));
    let dashboard = Asker::browser(&world, &first.session());
    assert_eq!(dashboard.get("/v1/me").await.json(), me);

    assert_eq!(nobody.get("/v1/server").await.json()["signUpOpen"], false);
    let second = nobody.post("/v1/sign-up", sign_up("ravi@shop.example", "Shop")).await;
    assert_eq!(second.problem(), (403, "ERR_SIGN_UP_CLOSED".to_owned()));
    let again = nobody.post("/v1/sign-in", login("meera@shop.example", PASSWORD)).await.with_status(200);
    assert_eq!(again.json(), me);
}

#[tokio::test]
async fn of_two_who_sign_up_at_once_on_a_fresh_server_one_is_first() {
    let world = World::new().await;
    let nobody = Asker::nobody(&world);
    let (one, other) = tokio::join!(
        nobody.post("/v1/sign-up", sign_up("one@shop.example", "One")),
        nobody.post("/v1/sign-up", sign_up("other@shop.example", "Other")),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403]);
    assert_eq!(world.store.count_members().await.unwrap(), 1);
}

#[tokio::test]
async fn who_may_sign_up_is_the_operators_to_say() {
    let closed = World::with(&[("dashboard.sign_up", "closed")]).await;
    assert_eq!(Asker::nobody(&closed).get("/v1/server").await.json()["signUpOpen"], false);
    let refused = Asker::nobody(&closed).post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await;
    assert_eq!(refused.problem(), (403, "ERR_SIGN_UP_CLOSED".to_owned()));

    let open = World::with(&[("dashboard.sign_up", "open")]).await;
    let nobody = Asker::nobody(&open);
    nobody.post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await.with_status(201);
    nobody.post("/v1/sign-up", sign_up("ravi@shop.example", "Food")).await.with_status(201);
    let taken = nobody.post("/v1/sign-up", sign_up("MEERA@shop.example", "Shop")).await;
    assert_eq!(taken.problem(), (409, "ERR_EMAIL_TAKEN".to_owned()));
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_also_where_strangers_cannot_sign_up() {
    let world = World::with(&[("dashboard.sign_up", "closed")]).await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let made =
        admin.post(&at(&world, "/invitations"), json!({ "role": "viewer" })).await.with_status(201).json();
    let link = made["link"].as_str().unwrap();
    let token = link.strip_prefix(&format!("http://{}/join/", world.node.http())).unwrap();
    let nobody = Asker::nobody(&world);
    let offer = nobody.get(&format!("/v1/invitations/{token}")).await.with_status(200).json();
    assert_eq!(
        offer,
        json!({ "accountName": "Acme", "role": "viewer", "invitedBy": "anita", "email": null })
    );

    let wish =
        json!({ "email": "ravi@shop.example", "password": PASSWORD, "name": "Ravi", "invitation": token });
    let joined = nobody.post("/v1/sign-up", wish.clone()).await.with_status(201);
    assert_eq!(joined.json()["accounts"][0]["role"], "viewer");
    let listed = admin.get(&at(&world, "/invitations")).await.with_status(200).json();
    assert_eq!(listed, json!([]));

    let mut second = wish;
    second["email"] = json!("tara@shop.example");
    let refused = nobody.post("/v1/sign-up", second).await;
    assert_eq!(refused.problem(), (410, "ERR_LINK_EXPIRED".to_owned()));
    assert_eq!(
        nobody.get(&format!("/v1/invitations/{token}")).await.problem(),
        (410, "ERR_LINK_EXPIRED".to_owned())
    );
}

#[tokio::test]
async fn an_invitation_for_one_email_is_for_nobody_else() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let invite = json!({ "role": "owner", "email": "ravi@shop.example" });
    let made = owner.post(&at(&world, "/invitations"), invite).await.with_status(201).json();
    let token = made["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let wish =
        json!({ "email": "tara@shop.example", "password": PASSWORD, "name": "Tara", "invitation": token });
    let refused = Asker::nobody(&world).post("/v1/sign-up", wish).await;
    assert_eq!(refused.wrong_field().0, "email");

    let (_, tara) = super::member(&world.store, "tara").await;
    let accept = format!("/v1/invitations/{token}/accept");
    let refused = Asker::browser(&world, &tara).ask("POST", &accept, None).await;
    assert_eq!(refused.problem(), (403, "ERR_FORBIDDEN".to_owned()));
    let (_, ravi) = super::member(&world.store, "ravi").await;
    let joined = Asker::browser(&world, &ravi).ask("POST", &accept, None).await.with_status(200);
    assert_eq!(joined.json()["accounts"][0]["role"], "owner");
}

#[tokio::test]
async fn a_withdrawn_invitation_leads_nowhere() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let made =
        admin.post(&at(&world, "/invitations"), json!({ "role": "admin" })).await.with_status(201).json();
    let token = made["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let listed = admin.get(&at(&world, "/invitations")).await.json();
    assert_eq!((listed[0]["link"].is_null(), &listed[0]["invitationId"]), (true, &made["invitationId"]));
    let id = made["invitationId"].as_str().unwrap();
    admin.delete(&at(&world, &format!("/invitations/{id}"))).await.with_status(204);
    admin.delete(&at(&world, &format!("/invitations/{id}"))).await.with_status(404);
    Asker::nobody(&world).get(&format!("/v1/invitations/{token}")).await.with_status(410);
}

#[tokio::test]
async fn a_demo_lets_everybody_in_and_says_how() {
    let world = World::with(&[("demo", "true")]).await;
    let nobody = Asker::nobody(&world);
    let server = nobody.get("/v1/server").await.json();
    assert_eq!(server["signUpOpen"], true);
    let signed_in = nobody.post("/v1/sign-in", server["demo"].clone()).await.with_status(200);
    let demo = &signed_in.json()["accounts"][0];
    assert_eq!((&demo["accountId"], &demo["role"]), (&json!("demo"), &json!("owner")));
    assert_eq!(Asker::nobody(&World::new().await).get("/v1/server").await.json().get("demo"), None);
}
