use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::World;

/// A response, read until the server closes.
struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

async fn get(world: &World, path: &str, headers: &str) -> Response {
    let mut stream = TcpStream::connect(world.node.http()).await.unwrap();
    let request = format!("GET {path} HTTP/1.0\r\nhost: localhost\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    Response { status, head, body: answer[end + 4..].to_vec() }
}

#[tokio::test]
async fn the_node_says_that_it_lives_and_takes_calls() {
    let world = World::new().await;
    let answer = get(&world, "/readyz", "").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let parts =
        ["drain", "database", "relay", "calls"].map(|name| serde_json::json!({ "name": name, "ok": true }));
    assert_eq!(said, serde_json::json!({ "ready": true, "parts": parts }));
    let answer = get(&world, "/healthz", "").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn every_answer_forbids_guessing() {
    let world = World::new().await;
    for path in ["/", "/healthz", "/readyz", "/nowhere", "/sdk/nothing.js", "/v1/signal"] {
        let answer = get(&world, path, "").await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
}

#[tokio::test]
async fn the_demo_is_not_there_unless_it_is_asked_for() {
    let world = World::new().await;
    for path in ["/demo", "/demo/", "/demo/config.json", "/demo/index.html"] {
        assert_eq!(get(&world, path, "").await.status, 404, "{path}");
    }
    assert!(world.node.demo().is_none());
}

#[tokio::test]
async fn the_demo_page_runs_its_own_scripts_alone_and_knows_its_account() {
    let world = World::with(&[("demo", "true")]).await;
    assert_eq!(get(&world, "/", "").await.header("location"), None, "the dashboard is there");
    let somebody = get(&world, "/demo?as=ravi_courier", "").await;
    assert_eq!((somebody.status, somebody.header("location")), (307, Some("/demo/?as=ravi_courier")));
    let page = get(&world, "/demo/", "").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");

    let config: serde_json::Value =
        serde_json::from_slice(&get(&world, "/demo/config.json", "").await.body).unwrap();
    let demo = &world.node.demo().unwrap().credentials;
    assert_eq!(config, serde_json::json!({ "accountId": demo.account_id, "apikey": demo.apikey }));
    let hello = crate::device::hello(&demo.account_id, &demo.apikey, "alice");
    crate::device::Device::with(&world.node, hello).await;
}

#[tokio::test]
async fn a_file_that_has_not_changed_is_not_sent_again_and_text_is_compressed() {
    let world = World::with(&[("demo", "true")]).await;
    let page = get(&world, "/demo/", "").await;
    let tag = page.header("etag").unwrap();
    let again = get(&world, "/demo/", &format!("if-none-match: \"x\", {tag}\r\n")).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let packed = get(&world, "/demo/", "accept-encoding: gzip\r\n").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.body[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn the_demo_brings_what_it_is_made_of() {
    let world = World::with(&[("demo", "true")]).await;
    for (path, kind) in [
        ("/demo/demo.js", "text/javascript; charset=utf-8"),
        ("/demo/demo.css", "text/css; charset=utf-8"),
        ("/demo/tring.svg", "image/svg+xml"),
    ] {
        let answer = get(&world, path, "").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
    }
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_is_closed() {
    let world = World::new().await;
    let mut silent = TcpStream::connect(world.node.http()).await.unwrap();
    silent.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    // From here on, time passes as soon as everybody waits.
    tokio::time::pause();
    let mut answer = Vec::new();
    silent.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn nothing_outside_the_served_folders_is_served() {
    let world = World::with(&[("demo", "true")]).await;
    for path in [
        "/demo/../package.json",
        "/demo/%2e%2e/package.json",
        "/sdk/..%2f..%2fpackage.json",
        "/demo//etc/passwd",
    ] {
        assert_eq!(get(&world, path, "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_sdk_may_be_loaded_by_any_page() {
    let world = World::new().await;
    let answer = get(&world, "/sdk/signed-call.mjs", "").await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    match answer.status {
        200 => assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8")),
        // The SDK was not built before this test ran; the server then says how to.
        status => {
            assert_eq!(status, 404);
            assert!(answer.text().contains("make sdk"), "{}", answer.text());
        }
    }
}
