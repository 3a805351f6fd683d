//! What an account decides, shows and hands out: settings, branding, logos, keys, tokens, users.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt;
use tring_protocol::http::members::MemberRole;
use tring_protocol::settings::Branding;
use tring_protocol::signal::ServerMessage;

use crate::device::{Device, Wire, hello};
use crate::http::{Asker, at, dashboard_of};
use crate::privacy::Capture;
use crate::{World, eventually};

/// A PNG of so many pixels.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbaImage::from_pixel(width, height, image::Rgba([200, 30, 40, 255]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn settings_are_changed_in_part_and_refused_outside_their_bounds() {
    let world = World::with(&[("api.burst", "1000")]).await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let path = at(&world, "/settings");
    let before = owner.get(&path).await.with_status(200).json();
    let changed =
        owner.patch(&path, json!({ "retentionDays": 30, "name": "Acme Shoes" })).await.with_status(200);
    let mut expected = before.clone();
    expected["retentionDays"] = json!(30);
    assert_eq!(changed.json(), expected, "the rest stays");
    let account = owner.get(&at(&world, "")).await.with_status(200).json();
    assert_eq!((&account["name"], &account["settings"]), (&json!("Acme Shoes"), &expected));

    let calls = |ring, connect, most| {
        let devices = "many";
        json!({ "calls": { "ringTimeout": ring, "connectTimeout": connect, "maxDuration": most, "devices": devices } })
    };
    owner.patch(&path, calls(2_000, 60_000, 14_400_000)).await.with_status(200);
    let access = |jwks: Value, origins: Value| json!({ "access": { "requireUserTokens": false, "jwksUrl": jwks, "allowedOrigins": origins } });
    let origins: Vec<_> = (0..51).map(|number| format!("https://shop{number}.example")).collect();
    for (body, field) in [
        (calls(1_999, 15_000, 60_000), "calls.ringTimeout"),
        (calls(120_001, 15_000, 60_000), "calls.ringTimeout"),
        (calls(30_000, 1_999, 60_000), "calls.connectTimeout"),
        (calls(30_000, 60_001, 60_000), "calls.connectTimeout"),
        (calls(30_000, 15_000, 0), "calls.maxDuration"),
        (calls(30_000, 15_000, 14_400_001), "calls.maxDuration"),
        (json!({ "calls": { "ringTimeout": -1 } }), "calls.ringTimeout"),
        (json!({ "calls": { "ringTimeout": 2.5 } }), "calls.ringTimeout"),
        (json!({ "calls": { "devices": "several" } }), "calls.devices"),
        (json!({ "retentionDays": 0 }), "retentionDays"),
        (json!({ "retentionDays": 3_651 }), "retentionDays"),
        (json!({ "retentionDays": 70_000 }), "retentionDays"),
        (json!({ "name": " " }), "name"),
        (access(json!("http://shop.example/keys"), json!([])), "access.jwksUrl"),
        (access(json!("https://10.0.0.1/keys"), json!([])), "access.jwksUrl"),
        (access(json!("ftp://shop.example"), json!([])), "access.jwksUrl"),
        (access(json!(null), json!(["shop.example"])), "access.allowedOrigins[0]"),
        (access(json!(null), json!(origins)), "access.allowedOrigins"),
        (json!({ "requireUserTokens": true }), "requireUserTokens"),
    ] {
        let refused = owner.patch(&path, body.clone()).await;
        assert_eq!(refused.wrong_field().0, field, "{body}: {}", refused.text);
    }
    let several = owner.patch(&path, json!({ "retentionDays": 0, "calls": { "ringTimeout": 1 } })).await;
    assert_eq!(several.json()["fields"].as_array().unwrap().len(), 2, "{}", several.text);
    let kept = owner.get(&path).await.json();
    assert_eq!((&kept["calls"]["ringTimeout"], &kept["retentionDays"]), (&json!(2_000), &json!(30)));
    let history = owner.get(&at(&world, "/audit")).await.json();
    let fields: Vec<_> =
        history["items"][1]["changes"].as_array().unwrap().iter().map(|change| &change["field"]).collect();
    assert_eq!(fields, ["retentionDays", "name"], "{history}");
}

#[tokio::test]
async fn a_logo_is_uploaded_saved_and_shown_on_a_signed_in_device() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let logo = at(&world, "/branding/logo");
    let made = owner.send("POST", &logo, Some(("image/png", png(1_024, 256)))).await.with_status(200).json();
    assert_eq!((&made["width"], &made["height"]), (&json!(512), &json!(128)));
    let url = made["url"].as_str().unwrap();
    let host = format!("http://{}", world.node.http());
    let path = url.strip_prefix(&host).unwrap_or_else(|| panic!("{url} is not at {host}"));

    let page = Asker::nobody(&world).and("origin", "https://shop.example");
    let shown = page.send("HEAD", path, None).await.with_status(200);
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(shown.header(name), Some(value));
    }
    assert_eq!(shown.header("content-length").unwrap(), made["bytes"].to_string());
    assert_eq!(shown.header("ratelimit"), None, "pages that show it do not use up anybody's requests");
    let tag = shown.header("etag").unwrap();
    page.and("if-none-match", tag).get(path).await.with_status(304);
    for other in ["/images/nothing", "/images/..%2ftring.db", &format!("/images/{}.png", "0".repeat(64))] {
        assert_eq!(page.get(other).await.problem().0, 404, "{other}");
    }

    let mut branding = serde_json::to_value(Branding::default()).unwrap();
    branding["logo"] = made["url"].clone();
    branding["buttonTheme"] = json!("white");
    let saved = owner.ask("PUT", &at(&world, "/branding"), Some(branding.clone())).await.with_status(200);
    assert_eq!((&saved.json(), &owner.get(&at(&world, "/branding")).await.json()), (&branding, &branding));
    match alice.hear().await {
        ServerMessage::BrandingChanged { branding: told } => {
            assert_eq!(serde_json::to_value(told).unwrap(), branding);
        }
        other => panic!("the new branding was due, not {other:?}"),
    }
}

#[tokio::test]
async fn what_is_no_logo_is_refused_with_a_sentence() {
    let world = World::new().await;
    let backend = Asker::backend(&world, &world.account.secret);
    let logo = at(&world, "/branding/logo");
    let refused = |code: &str, status| (status, code.to_owned());
    for (kind, body, expected, word) in [
        (
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            refused("ERR_IMAGE_REFUSED", 422),
            "SVG",
        ),
        (
            "image/png",
            b"<html>404</html>".to_vec(),
            refused("ERR_IMAGE_REFUSED", 422),
            "whatever its name says",
        ),
        ("image/png", png(40, 40)[..60].to_vec(), refused("ERR_IMAGE_REFUSED", 422), "damaged"),
        ("image/png", Vec::new(), refused("ERR_IMAGE_REFUSED", 422), "empty"),
        ("image/png", vec![0; 2 * 1_024 * 1_024 + 1], refused("ERR_TOO_LARGE", 413), "2097152"),
        ("application/pdf", png(4, 4), refused("ERR_UNSUPPORTED_MEDIA_TYPE", 415), "image/png"),
        (
            "application/json",
            b"{\"url\":\"https://127.0.0.1/logo.png\"}".to_vec(),
            refused("ERR_FETCH_FAILED", 422),
            "public internet",
        ),
        (
            "application/json",
            b"{\"url\":\"http://shop.example/logo.png\"}".to_vec(),
            refused("ERR_FETCH_FAILED", 422),
            "https",
        ),
    ] {
        let reply = backend.send("POST", &logo, Some((kind, body))).await;
        assert_eq!(reply.problem(), expected, "{kind}: {}", reply.text);
        assert!(reply.json()["detail"].as_str().unwrap().contains(word), "{kind}: {}", reply.text);
    }
    let no_address = backend.post(&logo, json!({ "url": "logo.png" })).await;
    assert_eq!(no_address.wrong_field().0, "url");
    let nothing = backend.ask("POST", &logo, None).await;
    assert_eq!(nothing.problem(), refused("ERR_UNSUPPORTED_MEDIA_TYPE", 415));
}

#[tokio::test]
async fn a_logo_is_fetched_once_and_served_from_here() {
    let world =
        World::with(&[("outbound.allow_private", "true"), ("dashboard.public_url", "https://calls.example")])
            .await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let shop = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/logo.gif?v=1", shop.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = shop.accept().await.unwrap();
        let mut request = [0; 2_048];
        let length = stream.read(&mut request).await.unwrap();
        let body = png(30, 20);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: image/gif\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let made =
        owner.post(&at(&world, "/branding/logo"), json!({ "url": address })).await.with_status(200).json();
    let request = serving.await.unwrap();
    assert!(request.starts_with("GET /logo.gif?v=1 "), "{request}");
    let path = made["url"].as_str().unwrap().strip_prefix("https://calls.example").unwrap();
    assert_eq!((&made["width"], &made["height"]), (&json!(30), &json!(20)));
    Asker::nobody(&world).send("HEAD", path, None).await.with_status(200);
}

#[tokio::test]
async fn every_field_of_the_branding_keeps_to_its_rule() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let good = serde_json::to_value(Branding::default()).unwrap();
    for (field, wrong) in [
        ("logo", json!("javascript:alert(1)")),
        ("logo", json!(1)),
        ("backgroundColor", json!("red")),
        ("backgroundColor", json!("#12345")),
        ("backgroundColor", json!(null)),
        ("textColor", json!("#1234567")),
        ("buttonTheme", json!("Default")),
        ("poweredBy", json!("yes")),
    ] {
        let mut branding = good.clone();
        branding[field] = wrong.clone();
        let refused = owner.ask("PUT", &at(&world, "/branding"), Some(branding)).await;
        assert_eq!(refused.wrong_field().0, field, "{wrong}: {}", refused.text);
    }
    for field in ["backgroundColor", "textColor", "buttonTheme", "poweredBy"] {
        let mut branding = good.clone();
        branding.as_object_mut().unwrap().remove(field);
        let refused = owner.ask("PUT", &at(&world, "/branding"), Some(branding)).await;
        assert_eq!(refused.wrong_field(), (field.to_owned(), "is missing".to_owned()));
    }
}

#[tokio::test]
async fn keys_are_made_used_and_revoked() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let apikeys = at(&world, "/apikeys");
    let made = owner.post(&apikeys, json!({ "name": " Shop " })).await.with_status(201).json();
    assert_eq!((&made["name"], &made["lastUsedAt"]), (&json!("Shop"), &json!(null)));
    let apikey = made["apikey"].as_str().unwrap();
    let mut listed = owner.get(&apikeys).await.json();
    assert_eq!(listed.as_array_mut().unwrap().pop().unwrap(), made, "the list has it as it was made");
    Device::with(&world.node, hello(&world.account.id, apikey, "alice")).await;
    eventually("its use is noted", async || {
        let listed = owner.get(&apikeys).await.json();
        listed.as_array().unwrap().last().unwrap()["lastUsedAt"].is_u64().then_some(())
    })
    .await;
    owner.delete(&format!("{apikeys}/{apikey}")).await.with_status(204);
    let mut refused = Wire::open(&world.node).await;
    let again = hello(&world.account.id, apikey, "bobby");
    refused.send_frame(&tring_protocol::signal::ClientFrame::Hello(Box::new(again))).await;
    assert_eq!(refused.refusal().await.code.code(), "ERR_INVALID_CREDENTIALS");
    assert_eq!(owner.delete(&format!("{apikeys}/{apikey}")).await.problem().0, 404, "revoked once");

    let secret_keys = at(&world, "/secret-keys");
    let made = owner.post(&secret_keys, json!({ "name": "Backend" })).await.with_status(201).json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("sk_") && secret.ends_with(made["ending"].as_str().unwrap()));
    let backend = Asker::backend(&world, &secret);
    backend.get(&at(&world, "")).await.with_status(200);
    let listed = owner.get(&secret_keys).await;
    assert!(!listed.text.contains(&secret) && listed.json()[1]["secret"].is_null(), "{}", listed.text);
    owner.delete(&format!("{secret_keys}/{}", made["keyId"].as_str().unwrap())).await.with_status(204);
    assert_eq!(backend.get(&at(&world, "")).await.problem(), (401, "ERR_UNAUTHENTICATED".to_owned()));
    for name in [json!(""), json!("x".repeat(81)), json!(1), json!(null)] {
        for path in [&apikeys, &secret_keys] {
            assert_eq!(owner.post(path, json!({ "name": name })).await.wrong_field().0, "name", "{name}");
        }
    }
    for _ in 0..40 {
        owner.post(&apikeys, json!({ "name": "More" })).await;
    }
    let full = owner.post(&apikeys, json!({ "name": "More" })).await;
    assert_eq!(full.problem(), (409, "ERR_LIMIT_REACHED".to_owned()));
}

#[tokio::test]
async fn a_token_secret_is_rotated_with_an_overlap_shown_on_request_and_refused() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let (secrets, tokens) = (at(&world, "/token-secrets"), at(&world, "/tokens"));
    let first = owner.get(&secrets).await.with_status(200).json()[0].clone();
    assert!(first["secret"].is_null() && first["retiresAt"].is_null(), "{first}");
    let first_id = first["secretId"].as_str().unwrap();
    let in_use = owner.delete(&format!("{secrets}/{first_id}")).await;
    assert_eq!(in_use.problem(), (409, "ERR_CONFLICT".to_owned()));
    let minted =
        owner.post(&tokens, json!({ "cuid": "alice", "expiresIn": 600 })).await.with_status(201).json();
    let check = async |token: &Value| {
        let verdict =
            owner.post(&at(&world, "/tokens/check"), json!({ "token": token })).await.with_status(200).json();
        verdict["accepted"].as_bool().unwrap()
    };
    assert!(check(&minted["token"]).await);

    let rotated = owner.post(&secrets, json!({ "overlapHours": 1 })).await.with_status(201).json();
    assert!(rotated["secret"].as_str().unwrap().len() >= 32 && rotated["retiresAt"].is_null());
    assert!(check(&minted["token"]).await, "the old one overlaps");
    let shown =
        owner.ask("POST", &format!("{secrets}/{first_id}/reveal"), None).await.with_status(200).json();
    assert!(shown["secret"].as_str().unwrap().len() >= 32 && shown["retiresAt"].is_u64(), "{shown}");
    owner.delete(&format!("{secrets}/{first_id}")).await.with_status(204);
    assert!(!check(&minted["token"]).await, "the old one is refused");
    let next = owner.post(&tokens, json!({ "cuid": "alice" })).await.json();
    assert!(check(&next["token"]).await);
    owner.post(&secrets, json!({ "overlapHours": 0 })).await.with_status(201);
    assert!(!check(&next["token"]).await, "without an overlap at once");

    for hours in [json!(721), json!(-1), json!("1"), json!(null)] {
        assert_eq!(
            owner.post(&secrets, json!({ "overlapHours": hours })).await.wrong_field().0,
            "overlapHours"
        );
    }
    let reveal = owner.ask("POST", &format!("{secrets}/ts_nothing/reveal"), None).await;
    assert_eq!(reveal.problem().0, 404);
    for (body, field) in [
        (json!({}), "cuid"),
        (json!({ "cuid": "a b" }), "cuid"),
        (json!({ "cuid": "alice", "expiresIn": 59 }), "expiresIn"),
        (json!({ "cuid": "alice", "expiresIn": 604_801 }), "expiresIn"),
        (json!({ "cuid": "alice", "name": "" }), "name"),
        (json!({ "cuid": "alice", "image": "logo.png" }), "image"),
        (json!({ "cuid": "alice", "role": "king" }), "role"),
    ] {
        let refused = owner.post(&tokens, body.clone()).await;
        assert_eq!(refused.wrong_field().0, field, "{body}: {}", refused.text);
    }
    let long = owner.post(&at(&world, "/tokens/check"), json!({ "token": "x".repeat(8_193) })).await;
    assert_eq!(long.wrong_field().0, "token");
    for nonsense in ["", "x", "a.b.c", "☎"] {
        assert!(!check(&json!(nonsense)).await, "{nonsense}");
    }
    let keys = json!({ "access": { "jwksUrl": "https://shop.example/keys" } });
    owner.patch(&at(&world, "/settings"), keys).await.with_status(200);
    assert_eq!(
        owner.post(&tokens, json!({ "cuid": "alice" })).await.problem(),
        (409, "ERR_CONFLICT".to_owned())
    );
}

#[tokio::test]
async fn users_are_found_by_how_they_begin_and_forgotten() {
    let world = World::new().await;
    let backend = Asker::backend(&world, &world.account.secret);
    for cuid in ["alice", "alina", "bobby"] {
        Device::sign_in(&world, cuid).await;
    }
    let cuids = async |query: &str| {
        let page = backend.get(&at(&world, &format!("/users{query}"))).await.with_status(200).json();
        let cuids: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|user| user["cuid"].clone()).collect();
        cuids
    };
    eventually("all are noted", async || (cuids("").await.len() == 3).then_some(())).await;
    assert_eq!(cuids("").await, ["alice", "alina", "bobby"]);
    assert_eq!(cuids("?search=ALI").await, ["alice", "alina"]);
    assert_eq!(cuids("?search=%20bob").await, ["bobby"]);
    assert_eq!(cuids("?search=%25").await, [json!(null); 0]);
    assert_eq!(cuids("?cursor=alice").await, ["alina", "bobby"]);
    for (query, field) in [
        ("?search=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeef", "search"),
        ("?cursor=a%20b", "cursor"),
        ("?page=2", "page"),
    ] {
        assert_eq!(backend.get(&at(&world, &format!("/users{query}"))).await.wrong_field().0, field);
    }
    let alice = backend.get(&at(&world, "/users/alice")).await.with_status(200).json();
    assert_eq!(
        (&alice["name"], &alice["devices"][0]["deviceId"]),
        (&json!("Name of alice"), &json!("device-of-alice"))
    );
    backend.delete(&at(&world, "/users/alice")).await.with_status(204);
    for path in ["/users/alice", "/users/x", "/users/a%20b%20c"] {
        assert_eq!(
            backend.get(&at(&world, path)).await.problem(),
            (404, "ERR_NOT_FOUND".to_owned()),
            "{path}"
        );
        assert_eq!(backend.delete(&at(&world, path)).await.problem().0, 404, "{path}");
    }
    assert_eq!(cuids("").await, ["alina", "bobby"]);
}

#[tokio::test]
async fn a_deleted_account_is_gone_for_everybody() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let mut alice = Device::sign_in(&world, "alice").await;
    owner.delete(&at(&world, "")).await.with_status(204);
    assert_eq!(alice.wire.refusal().await.code.code(), "ERR_INVALID_CREDENTIALS");
    assert_eq!(owner.get(&at(&world, "")).await.problem(), (404, "ERR_NOT_FOUND".to_owned()));
    let backend = Asker::backend(&world, &world.account.secret);
    assert_eq!(backend.get(&at(&world, "")).await.problem().0, 401);
    assert_eq!(owner.get("/v1/me").await.json()["accounts"], json!([]));
}

#[tokio::test]
async fn a_secret_is_in_the_answer_that_made_it_and_in_no_log_and_no_history() {
    let capture = Capture::default();
    // The test's runtime has one thread, so this hears of everything that the node's tasks do.
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(capture.clone()));
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let key = owner.post(&at(&world, "/secret-keys"), json!({ "name": "Backend" })).await.json();
    let rotated = owner.post(&at(&world, "/token-secrets"), json!({ "overlapHours": 1 })).await.json();
    let token = owner.post(&at(&world, "/tokens"), json!({ "cuid": "alice" })).await.json();
    owner.post(&at(&world, "/tokens/check"), json!({ "token": token["token"] })).await.with_status(200);
    let id = rotated["secretId"].as_str().unwrap();
    owner.ask("POST", &at(&world, &format!("/token-secrets/{id}/reveal")), None).await.with_status(200);

    let mut said: Vec<String> = Vec::new();
    for path in ["", "/settings", "/secret-keys", "/token-secrets", "/audit", "/apikeys"] {
        said.push(owner.get(&at(&world, path)).await.with_status(200).text);
    }
    let actions = owner.get(&at(&world, "/audit")).await.json();
    let actions: Vec<_> =
        actions["items"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions[..3], ["token_secret.revealed", "token_secret.rotated", "secret_key.created"]);
    tracing::info!("the last line");
    said.push(capture.text());
    assert!(said.last().unwrap().contains("the last line"), "the log is not heard");
    for secret in [&key["secret"], &rotated["secret"], &token["token"]] {
        let secret = secret.as_str().unwrap();
        assert!(said.iter().all(|text| !text.contains(secret)));
    }
}
