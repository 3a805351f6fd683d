use reqwest::Method;
use serde_json::json;

use super::{Files, NAME, Root};
use crate::http::PASSWORD;

#[tokio::test]
async fn plain_http_is_sent_on_to_the_same_place() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[("tls.redirect", "127.0.0.1:0")]).await;
    let redirect = world.node.redirect().unwrap();
    let browser = root.browser(redirect);
    let secure = format!("https://{NAME}:{}", world.node.http().port());
    for (method, place) in [(Method::GET, "/demo/?as=ravi%20courier&x=1"), (Method::POST, "/v1/accounts")] {
        let url = format!("http://{NAME}:{}{place}", redirect.port());
        let answer = browser.request(method, url).send().await.unwrap();
        assert_eq!(answer.status(), 308);
        assert_eq!(answer.headers()["location"], format!("{secure}{place}"));
    }
    let challenge = format!("http://{NAME}:{}/.well-known/acme-challenge/unknown", redirect.port());
    assert_eq!(browser.get(challenge).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_tls_if_the_operator_wants_it() {
    let root = Root::new();
    let files = Files::of(&root);
    for (hsts, said) in [("8760h", Some("max-age=31536000")), ("0s", None)] {
        let world = files.serve(&[("tls.hsts", hsts)]).await;
        for path in ["/", "/healthz", "/nowhere"] {
            let url = format!("{}{path}", world.node.origin());
            let answer = root.browser(world.node.http()).get(url).send().await.unwrap();
            let header =
                answer.headers().get("strict-transport-security").map(|value| value.to_str().unwrap());
            assert_eq!(header, said, "{path}");
        }
    }
}

#[tokio::test]
async fn a_session_by_tls_of_the_nodes_own_is_for_tls_alone() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    let browser = root.browser(world.node.http());
    let asked = json!({
        "email": "meera@shop.example", "password": PASSWORD, "name": "Meera", "accountName": "Shop",
    });
    let origin = world.node.origin();
    let sign_up = browser.post(format!("{origin}/v1/sign-up")).header("origin", &origin);
    let signed_up =
        sign_up.header("content-type", "application/json").body(asked.to_string()).send().await.unwrap();
    let cookie = signed_up.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-tring_session=") && cookie.contains("; Secure;"), "{cookie}");
}
