use serde_json::json;
use tring_protocol::http::members::MemberRole;

use super::{Asker, PASSWORD, at, dashboard_of, login, member, sign_up};
use crate::World;

#[tokio::test]
async fn what_another_sites_page_asks_for_with_a_members_cookie_is_not_done() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let host = world.node.http().to_string();
    let unmarked = owner.without("sec-fetch-site");
    for other in [
        owner.and("sec-fetch-site", "cross-site"),
        owner.and("sec-fetch-site", "same-site"),
        owner.and("sec-fetch-site", "none"),
        owner.and("sec-fetch-site", "cross-site").and("origin", &format!("http://{host}")),
        unmarked.clone(),
        unmarked.and("origin", "https://evil.example"),
        unmarked.and("origin", "null"),
        unmarked.and("origin", &format!("http://{host}.evil.example")),
    ] {
        let refused = other.patch("/v1/me", json!({ "name": "Mallory" })).await;
        assert_eq!(refused.problem(), (403, "ERR_CROSS_SITE".to_owned()), "{:?}", other.headers);
        let refused = other.delete(&at(&world, "")).await;
        assert_eq!(refused.problem(), (403, "ERR_CROSS_SITE".to_owned()), "{:?}", other.headers);
    }
    for own in [owner.clone(), unmarked.and("origin", &format!("http://{host}"))] {
        own.patch("/v1/me", json!({ "name": "Meera" })).await.with_status(200);
    }
    // Reading changes nothing, and the answer is nobody's whose page asks.
    let read = owner.and("sec-fetch-site", "cross-site").get("/v1/me").await.with_status(200);
    assert_eq!(read.header("access-control-allow-origin"), None);
    assert_eq!(read.header("cross-origin-resource-policy"), Some("same-origin"));
}

#[tokio::test]
async fn another_sites_page_cannot_sign_its_visitor_in_or_up() {
    let world = World::new().await;
    let page = Asker::nobody(&world).and("origin", "https://evil.example");
    let refused = page.post("/v1/sign-up", sign_up("mallory@evil.example", "Trap")).await;
    assert_eq!(refused.problem(), (403, "ERR_CROSS_SITE".to_owned()));
    let refused = page.post("/v1/sign-in", login("mallory@evil.example", PASSWORD)).await;
    assert_eq!(refused.problem(), (403, "ERR_CROSS_SITE".to_owned()));
}

#[tokio::test]
async fn a_form_cannot_speak_for_a_page() {
    let world = World::new().await;
    let body = Some(("text/plain", sign_up("m@shop.example", "Shop").to_string().into_bytes()));
    let refused = Asker::nobody(&world).send("POST", "/v1/sign-up", body).await;
    assert_eq!(refused.problem(), (415, "ERR_UNSUPPORTED_MEDIA_TYPE".to_owned()));
}

#[tokio::test]
async fn each_wrong_proof_is_told_what_would_be_right() {
    let world = World::new().await;
    let me = |header: &str| Asker::nobody(&world).and("authorization", header);
    for (header, word) in [
        (format!("Bearer {}", world.account.apikey), "apikey"),
        ("Bearer nothing".to_owned(), "sk_"),
        (format!("Bearer sk_{}", "a".repeat(52)), "revoked"),
        (format!("Basic {}", world.account.secret), "Bearer"),
        (world.account.secret.clone(), "Bearer"),
    ] {
        let refused = me(&header).get(&at(&world, "")).await;
        assert_eq!(refused.problem(), (401, "ERR_UNAUTHENTICATED".to_owned()), "{header}");
        assert!(refused.json()["detail"].as_str().unwrap().contains(word), "{header}: {}", refused.text);
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }
    // A key that is shown counts, whatever cookie comes with it.
    let (_, session) = member(&world.store, "meera").await;
    let both = Asker::browser(&world, &session).and("authorization", "Bearer nothing");
    both.get("/v1/me").await.with_status(401);
    me(&format!("bearer {}", world.account.secret)).get(&at(&world, "/members")).await.with_status(403);
}

#[tokio::test]
async fn every_answer_says_how_many_requests_are_left_and_the_last_one_when_to_come_back() {
    let world = World::with(&[("api.burst", "3"), ("api.per_minute", "2")]).await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    for (path, status, left) in [("/v1/me", 200, 2), ("/v1/nothing", 404, 1), ("/v1/sign-in", 405, 0)] {
        let answer = owner.get(path).await.with_status(status);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"requests\";q=3;w=90"), "{path}");
        let expected = format!("\"requests\";r={left};");
        assert!(answer.header("ratelimit").unwrap().starts_with(&expected), "{path}: {:?}", answer.headers);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    let refused = owner.get("/v1/me").await;
    assert_eq!(refused.problem(), (429, "ERR_RATE_LIMITED".to_owned()));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").unwrap().starts_with("\"requests\";r=0;"));
    // Somebody else, at the same address, is not concerned.
    Asker::backend(&world, &world.account.secret).get("/v1/server").await.with_status(200);
    Asker::nobody(&world).get("/v1/server").await.with_status(200);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_not_a_page() {
    let world = World::new().await;
    let nobody = Asker::nobody(&world).and("accept", "text/html");
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/accounts/acme/nothing/else"] {
        assert_eq!(nobody.get(path).await.problem(), (404, "ERR_NOT_FOUND".to_owned()), "{path}");
    }
    let wrong = nobody.ask("PUT", "/v1/me", Some(json!({}))).await;
    assert_eq!(wrong.problem(), (405, "ERR_METHOD_NOT_ALLOWED".to_owned()));
    let allowed = wrong.header("allow").unwrap();
    assert!(allowed.contains("GET") && allowed.contains("PATCH"), "{allowed}");
}

#[tokio::test]
async fn an_address_that_cannot_be_an_account_is_none() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    for path in
        ["/v1/accounts/a", "/v1/accounts/%FF%FE", "/v1/accounts/..%2f..", "/v1/accounts/nobody/members"]
    {
        assert_eq!(owner.get(path).await.problem(), (404, "ERR_NOT_FOUND".to_owned()), "{path}");
    }
}
