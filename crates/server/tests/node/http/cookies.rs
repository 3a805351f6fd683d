use super::{Asker, PASSWORD, login, member, sign_up};
use crate::{World, now};

#[tokio::test]
async fn the_cookie_is_for_this_server_alone() {
    let world = World::new().await;
    let signed_up = Asker::nobody(&world).post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await;
    let cookie = signed_up.header("set-cookie").unwrap();
    assert!(cookie.starts_with("tring_session="), "{cookie}");
    for flag in ["; Path=/;", "; HttpOnly;", "; SameSite=Strict;", "; Max-Age="] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(signed_up.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn behind_a_proxy_with_a_certificate_the_cookie_is_for_tls_alone() {
    let world = World::with(&[("http.behind_proxy", "true")]).await;
    let by_tls = Asker::nobody(&world).and("x-forwarded-proto", "https");
    let signed_up = by_tls.post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await;
    let cookie = signed_up.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-tring_session=") && cookie.contains("; Secure;"), "{cookie}");
    let session = signed_up.session();
    by_tls.and("cookie", &format!("__Host-tring_session={session}")).get("/v1/me").await.with_status(200);
    // A cookie that somebody without TLS could have planted does not count.
    by_tls.and("cookie", &format!("tring_session={session}")).get("/v1/me").await.with_status(401);
}

#[tokio::test]
async fn nobody_is_put_into_a_session_that_somebody_else_knows() {
    let world = World::new().await;
    Asker::nobody(&world).post("/v1/sign-up", sign_up("meera@shop.example", "Shop")).await;
    let (_, planted) = member(&world.store, "mallory").await;
    let victim = Asker::browser(&world, &planted);
    let signed_in = victim.post("/v1/sign-in", login("meera@shop.example", PASSWORD)).await.with_status(200);
    assert_ne!(signed_in.session(), planted);
    victim.get("/v1/me").await.with_status(401);
    Asker::browser(&world, &signed_in.session()).get("/v1/me").await.with_status(200);
    let made_up = Asker::browser(&world, &"a".repeat(52));
    made_up.get("/v1/me").await.with_status(401);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let world = World::new().await;
    let (_, session) = member(&world.store, "meera").await;
    let browser = Asker::browser(&world, &session);
    let out = browser.ask("POST", "/v1/sign-out", None).await.with_status(204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(browser.get("/v1/me").await.problem(), (401, "ERR_UNAUTHENTICATED".to_owned()));
    // Once more, or without any session, is no error.
    browser.ask("POST", "/v1/sign-out", None).await.with_status(204);
    Asker::nobody(&world).ask("POST", "/v1/sign-out", None).await.with_status(204);
}

#[tokio::test]
async fn a_member_ends_all_their_other_sessions() {
    let world = World::new().await;
    let (meera, here) = member(&world.store, "meera").await;
    let elsewhere = world.store.start_session(&meera.id, now()).await.unwrap();
    let (_, other) = member(&world.store, "ravi").await;
    Asker::browser(&world, &here).ask("POST", "/v1/me/sign-out-everywhere", None).await.with_status(204);
    Asker::browser(&world, &here).get("/v1/me").await.with_status(200);
    Asker::browser(&world, &elsewhere).get("/v1/me").await.with_status(401);
    Asker::browser(&world, &other).get("/v1/me").await.with_status(200);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let world = World::new().await;
    let (meera, _) = member(&world.store, "meera").await;
    let long_ago = tring_protocol::time::Timestamp::from_millis(now().as_millis() - 15 * 24 * 3_600_000);
    let forgotten = world.store.start_session(&meera.id, long_ago).await.unwrap();
    Asker::browser(&world, &forgotten).get("/v1/me").await.with_status(401);
}
