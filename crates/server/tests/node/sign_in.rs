use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{AccountId, DeviceId};
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::signal::{ClientFrame, Hello};
use tring_protocol::text::Colour;
use tring_protocol::time::Millis;

use crate::device::{Device, Wire, hello};
use crate::{World, eventually, now};

async fn refused(world: &World, hello: Hello) -> ErrorCode {
    let mut wire = Wire::open(&world.node).await;
    wire.send_frame(&ClientFrame::Hello(Box::new(hello))).await;
    wire.refusal().await.code
}

fn alice(world: &World) -> Hello {
    hello(&world.account.id, &world.account.apikey, "alice")
}

#[tokio::test]
async fn a_device_is_welcomed_with_what_its_account_decides() {
    let world = World::new().await;
    let branding = Branding { text_color: Colour::parse("#102030").unwrap(), ..Branding::default() };
    world.change().branding(&branding).await.unwrap();
    world.settings(CallSettings { ring_timeout: Millis::seconds(7), ..CallSettings::default() }).await;
    let welcome = Device::sign_in(&world, "alice").await.welcome;
    assert_eq!(welcome.branding, branding);
    assert_eq!(welcome.ring_timeout, Millis::seconds(7));
    assert_eq!(welcome.relay.udp, world.node.relay());
    assert!(!welcome.resumed);
    assert!(welcome.server_time.since(now()).get() < 5_000 && now().since(welcome.server_time).get() < 5_000);
}

#[tokio::test]
async fn wrong_credentials_all_look_the_same() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let good = alice(&world);
    for wrong in [
        Hello { apikey: None, ..good.clone() },
        Hello { apikey: Some(String::new()), ..good.clone() },
        Hello { apikey: Some(other.apikey), ..good.clone() },
        Hello { apikey: Some(world.account.secret.clone()), ..good.clone() },
        Hello { account: AccountId::parse("nobody").unwrap(), ..good.clone() },
    ] {
        let mut wire = Wire::open(&world.node).await;
        wire.send_frame(&ClientFrame::Hello(Box::new(wrong))).await;
        assert_eq!(wire.refusal().await, ErrorCode::InvalidCredentials.into());
    }
    Device::with(&world.node, good).await;
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_a_new_one_works_at_once() {
    let world = World::new().await;
    Device::with(&world.node, alice(&world)).await;
    let new = world.change().new_apikey("new").await.unwrap();
    world.change().revoke_apikey(&world.account.apikey).await.unwrap();
    assert_eq!(refused(&world, alice(&world)).await, ErrorCode::InvalidCredentials);
    Device::with(&world.node, Hello { apikey: Some(new), ..alice(&world) }).await;
}

#[tokio::test]
async fn another_version_of_the_protocol_is_told_so_whatever_else_it_says() {
    let world = World::new().await;
    for text in [
        serde_json::to_string(&ClientFrame::Hello(Box::new(Hello { protocol: 2, ..alice(&world) }))).unwrap(),
        r#"{"type":"hello","protocol":7,"nothing":"we know"}"#.to_owned(),
        r#"{"type":"hello","protocol":4294967296}"#.to_owned(),
    ] {
        let mut wire = Wire::open(&world.node).await;
        wire.send_text(&text).await;
        assert_eq!(wire.refusal().await.code, ErrorCode::ProtocolVersion, "{text}");
    }
}

#[tokio::test]
async fn a_second_device_is_refused_while_the_first_is_connected() {
    let world = World::new().await;
    let first = Device::sign_in(&world, "alice").await;
    let mut second = alice(&world);
    second.device.id = DeviceId::parse("another-device").unwrap();
    assert_eq!(refused(&world, second.clone()).await, ErrorCode::AlreadySignedIn);
    drop(first);
    eventually("the first device's seat is free", async || {
        let mut wire = Wire::open(&world.node).await;
        wire.send_frame(&ClientFrame::Hello(Box::new(second.clone()))).await;
        matches!(wire.frame().await, Some(tring_protocol::signal::ServerFrame::Welcome(_))).then_some(())
    })
    .await;
}

#[tokio::test]
async fn many_devices_are_let_in_where_the_account_allows_it() {
    let world = World::new().await;
    world.many_devices().await;
    let _first = Device::sign_in(&world, "alice").await;
    let mut second = alice(&world);
    second.device.id = DeviceId::parse("another-device").unwrap();
    Device::with(&world.node, second).await;
}

#[tokio::test]
async fn the_same_device_coming_back_replaces_its_old_connection() {
    let world = World::new().await;
    let mut old = Device::sign_in(&world, "alice").await;
    let new = Device::sign_in(&world, "alice").await;
    assert_eq!(old.wire.refusal().await.code, ErrorCode::Replaced);
    assert!(!new.welcome.resumed);
}

#[tokio::test]
async fn an_address_that_signs_in_too_often_has_to_wait() {
    let world = World::with(&[("sign_in.burst", "2"), ("sign_in.per_minute", "1")]).await;
    Device::sign_in(&world, "alice").await;
    Device::sign_in(&world, "bobby").await;
    assert_eq!(refused(&world, alice(&world)).await, ErrorCode::RateLimited);
}

#[tokio::test]
async fn sign_ins_are_noted() {
    let world = World::new().await;
    let alice = Device::sign_in(&world, "alice").await;
    let account = world.store.account(&world.account.id);
    let user = eventually("the sign-in is noted", async || {
        account.user(&tring_protocol::ids::Cuid::parse("alice").unwrap()).await.unwrap()
    })
    .await;
    assert_eq!(user.devices.len(), 1);
    assert_eq!(user.last_seen_at.since(alice.welcome.server_time).get() / 10_000, 0);
    assert!(account.apikeys().await.unwrap()[0].last_used_at.is_some());
}
