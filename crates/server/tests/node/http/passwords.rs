use serde_json::json;

use super::{Asker, PASSWORD, login, member, sign_up};
use crate::{World, eventually, now};

const NEW: &str = "battery staple";

async fn meera(world: &World) -> Asker {
    let signed_up = Asker::nobody(world).post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await;
    Asker::browser(world, &signed_up.with_status(201).session())
}

#[tokio::test]
async fn a_wrong_email_and_a_wrong_password_look_the_same() {
    let world = World::new().await;
    meera(&world).await;
    let nobody = Asker::nobody(&world);
    let wrong_password = nobody.post("/v1/sign-in", login("meera@shop.example", "not it at all")).await;
    let wrong_email = nobody.post("/v1/sign-in", login("ravi@shop.example", PASSWORD)).await;
    assert_eq!(wrong_password.problem(), (401, "ERR_LOGIN_REFUSED".to_owned()));
    assert_eq!(wrong_email.json(), wrong_password.json());
    assert_eq!(wrong_email.header("set-cookie"), None);
}

#[tokio::test]
async fn whoever_guesses_passwords_has_to_wait() {
    let world = World::with(&[("login.burst", "1000")]).await;
    let nobody = Asker::nobody(&world);
    let mut wait = None;
    for _ in 0..12 {
        let refused = nobody.post("/v1/sign-in", login("meera@shop.example", "not it at all")).await;
        if refused.status == 429 {
            assert_eq!(refused.problem().1, "ERR_RATE_LIMITED");
            wait = refused.header("retry-after").map(|seconds| seconds.parse::<u64>().unwrap());
            assert!(refused.json()["detail"].as_str().unwrap().contains(&wait.unwrap().to_string()));
        }
    }
    assert!((1..=10).contains(&wait.unwrap()), "{wait:?}");
    nobody.post("/v1/sign-in", login("ravi@shop.example", "not it at all")).await.with_status(401);
}

#[tokio::test]
async fn one_address_cannot_try_many_emails() {
    let world = World::with(&[("login.burst", "2"), ("login.per_minute", "1")]).await;
    let nobody = Asker::nobody(&world);
    nobody.post("/v1/sign-in", login("a@shop.example", PASSWORD)).await.with_status(401);
    nobody.post("/v1/password/forgotten", json!({ "email": "b@shop.example" })).await.with_status(202);
    let refused = nobody.post("/v1/sign-in", login("c@shop.example", PASSWORD)).await.with_status(429);
    assert!(refused.header("retry-after").is_some());
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let world = World::new().await;
    let here = meera(&world).await;
    let nobody = Asker::nobody(&world);
    let elsewhere = nobody.post("/v1/sign-in", login("meera@shop.example", PASSWORD)).await.session();
    let wrong = here.post("/v1/me/password", json!({ "current": "not it at all", "new": NEW })).await;
    assert_eq!(wrong.wrong_field(), ("current".to_owned(), "is not your password".to_owned()));
    here.post("/v1/me/password", json!({ "current": PASSWORD, "new": NEW })).await.with_status(204);
    here.get("/v1/me").await.with_status(200);
    Asker::browser(&world, &elsewhere).get("/v1/me").await.with_status(401);
    nobody.post("/v1/sign-in", login("meera@shop.example", PASSWORD)).await.with_status(401);
    nobody.post("/v1/sign-in", login("meera@shop.example", NEW)).await.with_status(200);
}

#[tokio::test]
async fn a_link_sets_a_new_password_once() {
    let world = World::new().await;
    let here = meera(&world).await;
    let id = here.get("/v1/me").await.json()["memberId"].as_str().unwrap().to_owned();
    let token = world.store.new_reset(&id, now()).await.unwrap();
    let nobody = Asker::nobody(&world);
    let short = nobody.post("/v1/password/reset", json!({ "token": token, "password": "short" })).await;
    assert_eq!(short.wrong_field().0, "password");
    let reset = json!({ "token": token, "password": NEW });
    nobody.post("/v1/password/reset", reset.clone()).await.with_status(204);
    here.get("/v1/me").await.with_status(401);
    nobody.post("/v1/sign-in", login("meera@shop.example", NEW)).await.with_status(200);
    let again = nobody.post("/v1/password/reset", reset).await;
    assert_eq!(again.problem(), (410, "ERR_LINK_EXPIRED".to_owned()));
}

#[tokio::test]
async fn a_link_works_for_an_hour() {
    let world = World::new().await;
    let (meera, _) = member(&world.store, "meera").await;
    let before = tring_protocol::time::Timestamp::from_millis(now().as_millis() - 3_601_000);
    let token = world.store.new_reset(&meera.id, before).await.unwrap();
    let late =
        Asker::nobody(&world).post("/v1/password/reset", json!({ "token": token, "password": NEW })).await;
    assert_eq!(late.problem(), (410, "ERR_LINK_EXPIRED".to_owned()));
}

#[tokio::test]
async fn nobody_learns_from_a_forgotten_password_who_is_a_member() {
    let world = World::new().await;
    meera(&world).await;
    let nobody = Asker::nobody(&world);
    let known = nobody.post("/v1/password/forgotten", json!({ "email": "meera@shop.example" })).await;
    let unknown = nobody.post("/v1/password/forgotten", json!({ "email": "ravi@shop.example" })).await;
    assert_eq!((known.status, &known.text), (202, &String::new()));
    assert_eq!((unknown.status, &unknown.text), (202, &String::new()));
}

#[tokio::test]
async fn without_a_mail_server_the_operator_finds_the_link_in_the_log() {
    use tracing_subscriber::layer::SubscriberExt;
    let log = crate::privacy::Capture::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(log.clone()));
    let world = World::new().await;
    let here = meera(&world).await;
    let forged = Asker::nobody(&world).and("host", "evil.example");
    forged.post("/v1/password/forgotten", json!({ "email": "meera@shop.example" })).await.with_status(202);
    let start = format!("http://{}/reset/", world.node.http());
    let link = eventually("the link", async || {
        let log = log.text();
        log.split_whitespace().find(|word| word.starts_with(&start)).map(str::to_owned)
    })
    .await;
    assert!(!log.text().contains("meera"), "{}", log.text());
    let token = link.strip_prefix(&start).unwrap();
    let nobody = Asker::nobody(&world);
    nobody.post("/v1/password/reset", json!({ "token": token, "password": NEW })).await.with_status(204);
    here.get("/v1/me").await.with_status(401);
}
