use tring_protocol::error::ErrorCode;

use super::Asker;
use crate::World;

/// Whether `make dashboard` was run before this test; without it the server says how to.
fn is_built() -> bool {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dashboard/dist/index.html")).exists()
}

#[tokio::test]
async fn every_address_of_the_dashboard_is_its_page() {
    let world = World::new().await;
    let browser = Asker::nobody(&world).and("accept", "text/html,application/xhtml+xml");
    for path in ["/", "/sign-in", "/a/acc_1/calls/0192", "/reset/abc"] {
        let page = browser.get(path).await;
        if !is_built() {
            assert_eq!(page.status, 404);
            assert!(page.text.contains("make dashboard"), "{}", page.text);
            continue;
        }
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        assert!(page.text.contains("<div id=\"root\">"), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.contains("script-src 'self';") && policy.ends_with("frame-ancestors 'none'"),
            "{policy}"
        );
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert!(page.header("permissions-policy").unwrap().contains("microphone=(self)"));
    }
}

#[tokio::test]
async fn what_the_page_loads_is_kept_for_good_and_what_it_frames_is_framed_by_itself_alone() {
    if !is_built() {
        return;
    }
    let world = World::new().await;
    let browser = Asker::nobody(&world);
    let page = browser.get("/").await.text;
    let script = page.split('"').find(|text| text.starts_with("/assets/") && text.ends_with(".js")).unwrap();
    let loaded = browser.get(script).await.with_status(200);
    assert_eq!(loaded.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(loaded.header("content-type"), Some("text/javascript; charset=utf-8"));
    for path in ["/phone.html", "/preview.html"] {
        let framed = browser.get(path).await.with_status(200);
        assert!(framed.header("content-security-policy").unwrap().ends_with("frame-ancestors 'self'"));
        assert_eq!(framed.header("x-frame-options"), Some("SAMEORIGIN"));
    }
}

#[tokio::test]
async fn a_mistyped_address_is_not_answered_with_the_page() {
    let world = World::new().await;
    let browser = Asker::nobody(&world).and("accept", "text/html");
    for path in
        ["/v1/nothing", "/sdk/nothing", "/demo/nothing", "/docs/nothing", "/images/nothing", "/assets/no.js"]
    {
        let answer = browser.get(path).await.with_status(404);
        assert!(!answer.text.contains("id=\"root\""), "{path}");
    }
    let program = Asker::nobody(&world).and("accept", "application/json");
    assert_eq!(program.get("/sign-in").await.status, 404);
    assert_eq!(browser.ask("POST", "/sign-in", None).await.status, 405);
}

#[tokio::test]
async fn the_explorer_needs_nothing_from_elsewhere() {
    let world = World::new().await;
    let nobody = Asker::nobody(&world);
    let page = nobody.get("/docs").await.with_status(200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self';"), "{policy}");
    assert!(!page.text.contains("://"), "{}", page.text);
    for script in page.text.split('"').filter(|text| text.ends_with(".js")) {
        let loaded = nobody.get(script).await.with_status(200);
        assert_eq!(loaded.header("content-type"), Some("text/javascript; charset=utf-8"), "{script}");
    }
    let start = nobody.get("/docs/start.js").await.text;
    assert!(start.contains("/v1/openapi.json") && !start.contains("://"), "{start}");
    assert_eq!(nobody.get("/v1/openapi.json").await.json()["openapi"], "3.1.0");
}

#[tokio::test]
async fn every_error_of_the_catalogue_has_its_place_in_the_list() {
    let world = World::new().await;
    let list = Asker::nobody(&world).get("/docs/errors").await.with_status(200).text;
    for error in ErrorCode::ALL {
        assert!(list.contains(&format!("id=\"{}\"", error.code())), "{error:?}");
    }
    assert!(!list.contains("<script"), "{list}");
}
