//! What is changed in an account while its devices are signed in.

use tring_protocol::error::ErrorCode;
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::Branding;
use tring_protocol::signal::ServerMessage;
use tring_protocol::text::Colour;
use tring_protocol::time::Millis;

use crate::calls::talking;
use crate::device::Device;
use crate::{World, now};

fn branding(colour: &str) -> Branding {
    Branding { background_color: Colour::parse(colour).unwrap(), ..Branding::default() }
}

#[tokio::test]
async fn a_saved_look_reaches_signed_in_devices_and_those_that_come_back() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let bobby = Device::sign_in(&world, "bobby").await.lose();
    let looks = branding("#123456");
    world.change().branding(&looks).await.unwrap();
    assert_eq!(alice.hear().await, ServerMessage::BrandingChanged { branding: looks.clone() });

    let mut bobby = bobby.come_back(&world.node).await;
    assert!(bobby.welcome.resumed);
    assert_eq!(bobby.welcome.branding, looks);
    assert_eq!(bobby.hear().await, ServerMessage::BrandingChanged { branding: looks });

    // Told once, although the change is found several times: the next to come is the next change.
    let looks = branding("#654321");
    world.change().branding(&looks).await.unwrap();
    for device in [&mut alice, &mut bobby] {
        assert_eq!(device.hear().await, ServerMessage::BrandingChanged { branding: looks.clone() });
    }
}

#[tokio::test]
async fn another_accounts_look_reaches_nobody() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let mut alice = Device::sign_in(&world, "alice").await;
    let others = world.store.account(&other.id);
    others.change(&tring_store::Actor::Operator, now()).branding(&branding("#123456")).await.unwrap();
    let looks = branding("#654321");
    world.change().branding(&looks).await.unwrap();
    assert_eq!(alice.hear().await, ServerMessage::BrandingChanged { branding: looks });
}

#[tokio::test]
async fn a_new_ring_timeout_holds_for_the_next_call_of_who_is_signed_in() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    world.ring_timeout(2).await;
    // Rules are not told to devices, but they come with the looks.
    world.change().branding(&branding("#123456")).await.unwrap();
    for device in [&mut alice, &mut bobby] {
        assert!(matches!(device.hear().await, ServerMessage::BrandingChanged { .. }));
    }
    let call = alice.call("bobby").await;
    match bobby.hear().await {
        ServerMessage::Incoming { call_id, ring_timeout, .. } => {
            assert!(call_id == call && ring_timeout <= Millis::seconds(2), "{ring_timeout}");
        }
        other => panic!("incoming was due, not {other:?}"),
    }
    assert_eq!(alice.end().await, EndReason::RingTimeout);
}

#[tokio::test]
async fn an_account_that_is_deleted_ends_its_calls_and_its_sessions() {
    let world = World::new().await;
    let (mut alice, mut bobby, _, _voices) = talking(&world).await;
    world.change().delete_account().await.unwrap();
    for device in [&mut alice, &mut bobby] {
        assert_eq!(device.end().await, EndReason::EndedByServer);
        assert_eq!(device.wire.refusal().await.code, ErrorCode::InvalidCredentials);
    }
}
