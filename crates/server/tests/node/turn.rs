//! TURN: who gets credentials, and that the secret they are made of leaves by no way.

use serde_json::json;
use tring_protocol::http::members::MemberRole;
use tring_protocol::limits::TURN_CREDENTIAL_LIFE;
use tring_protocol::signal::IceServers;

use crate::device::{Device, hello};
use crate::http::{Asker, at, dashboard_of};
use crate::{World, now};

const SECRET: &str = "north-wind secret";

async fn with_a_turn_server() -> (World, Asker, String) {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let urls = ["turn:turn.shop.example:3478?transport=udp", "turns:turn.shop.example:443"];
    let new = json!({ "urls": urls, "secret": SECRET });
    let added = owner.post(&at(&world, "/turn-servers"), new).await.with_status(201).json();
    (world, owner, added["turnServerId"].as_str().unwrap().to_owned())
}

fn only_server(told: &Option<IceServers>) -> &tring_protocol::signal::IceServer {
    match told.as_ref().map(|told| told.servers.as_slice()) {
        Some([server]) => server,
        other => panic!("one server was due, not {other:?}"),
    }
}

#[tokio::test]
async fn a_device_that_signs_in_or_comes_back_gets_credentials_of_its_own() {
    let (world, ..) = with_a_turn_server().await;
    let alice = Device::sign_in(&world, "alice").await;
    let told = alice.welcome.ice_servers.clone();
    let first = only_server(&told).clone();
    assert_eq!(first.urls, ["turn:turn.shop.example:3478?transport=udp", "turns:turn.shop.example:443"]);
    let (ends, name) = first.username.split_once(':').unwrap();
    let left = told.unwrap().expire_at.since(now()).get();
    assert!(left.abs_diff(TURN_CREDENTIAL_LIFE.get()) < 60_000, "{left}");
    assert!((ends.parse::<u64>().unwrap() * 1_000).abs_diff(now().as_millis() + left) < 60_000, "{ends}");
    assert!(!name.is_empty() && !name.contains("alice"), "{name}");

    let alice = alice.resume(&world.node).await;
    assert!(alice.welcome.resumed);
    let again = only_server(&alice.welcome.ice_servers);
    assert_ne!(again.username, first.username, "whoever comes back has new ones");
}

#[tokio::test]
async fn another_account_does_not_get_them_and_a_removed_server_is_told_to_nobody() {
    let (world, owner, id) = with_a_turn_server().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let stranger = Device::with(&world.node, hello(&other.id, &other.apikey, "alice")).await;
    assert_eq!(stranger.welcome.ice_servers, None);
    let theirs = Asker::backend(&world, &other.secret);
    let path = format!("/v1/accounts/{}/turn-servers", other.id);
    assert_eq!(theirs.get(&path).await.with_status(200).json(), json!([]));
    assert_eq!(theirs.ask("DELETE", &format!("{path}/{id}"), None).await.problem().0, 404);

    owner.ask("DELETE", &at(&world, &format!("/turn-servers/{id}")), None).await.with_status(204);
    assert_eq!(Device::sign_in(&world, "alice").await.welcome.ice_servers, None);
}

#[tokio::test]
async fn the_secret_is_told_by_no_route() {
    let (world, owner, _) = with_a_turn_server().await;
    let alice = Device::sign_in(&world, "alice").await;
    let backend = Asker::backend(&world, &world.account.secret);
    let mut said = vec![format!("{:?}", alice.welcome), serde_json::to_string(&alice.welcome).unwrap()];
    for path in ["", "/settings", "/turn-servers", "/audit", "/branding"] {
        said.push(owner.get(&at(&world, path)).await.with_status(200).text);
    }
    said.push(backend.get(&at(&world, "/turn-servers")).await.with_status(200).text);
    assert!(said.iter().any(|text| text.contains("turn.shop.example")));
    for text in said {
        assert!(!text.contains("north-wind"), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_turn_server_is_refused_with_the_field() {
    let (world, owner, _) = with_a_turn_server().await;
    let path = at(&world, "/turn-servers");
    let good = "turn:turn.shop.example";
    for (body, field) in [
        (json!({ "urls": [], "secret": SECRET }), "urls"),
        (json!({ "urls": vec![good; 5], "secret": SECRET }), "urls"),
        (json!({ "urls": [good, "https://turn.shop.example"], "secret": SECRET }), "urls[1]"),
        (json!({ "urls": ["turns:turn.shop.example?transport=udp"], "secret": SECRET }), "urls[0]"),
        (json!({ "urls": good, "secret": SECRET }), "urls"),
        (json!({ "urls": [good], "secret": "seven77" }), "secret"),
        (json!({ "urls": [good] }), "secret"),
        (json!({ "urls": [good], "secret": SECRET, "username": "x" }), "username"),
    ] {
        let refused = owner.post(&path, body.clone()).await;
        assert_eq!(refused.wrong_field().0, field, "{body}: {}", refused.text);
        assert!(!refused.text.contains(SECRET), "{}", refused.text);
    }
    for _ in 0..3 {
        owner.post(&path, json!({ "urls": [good], "secret": SECRET })).await.with_status(201);
    }
    let one_more = owner.post(&path, json!({ "urls": [good], "secret": SECRET })).await;
    assert_eq!(one_more.problem().1, "ERR_LIMIT_REACHED", "{}", one_more.text);
}
