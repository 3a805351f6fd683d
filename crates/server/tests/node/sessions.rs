use tring_protocol::ids::DeviceId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientFrame, ClientMessage, ServerMessage};

use crate::World;
use crate::device::{Device, hello};

#[tokio::test]
async fn a_resumed_session_hears_once_what_it_missed() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let bobby = Device::sign_in(&world, "bobby").await.lose();
    let call = alice.call("bobby").await;
    let mut bobby = bobby.come_back(&world.node).await;
    assert!(bobby.welcome.resumed);
    assert_eq!(bobby.ring().await, call, "the call waited for the device");
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { call_id, .. } if call_id == call));
    let mut bobby = bobby.resume(&world.node).await;
    bobby.say(ClientMessage::Answer { call_id: call }).await;
    assert!(matches!(bobby.hear().await, ServerMessage::Answered { call_id, .. } if call_id == call));
}

#[tokio::test]
async fn a_wrong_token_begins_a_new_session() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    alice.welcome.resume_token = "00".repeat(24);
    let alice = alice.resume(&world.node).await;
    assert!(!alice.welcome.resumed);
}

#[tokio::test]
async fn a_reloaded_page_gets_its_call_back() {
    let world = World::new().await;
    let (mut alice, mut bobby) =
        (Device::sign_in(&world, "alice").await, Device::sign_in(&world, "bobby").await);
    let call = alice.call("bobby").await;
    bobby.ring().await;
    bobby.say(ClientMessage::Answer { call_id: call }).await;
    assert!(matches!(bobby.hear().await, ServerMessage::Answered { .. }));
    bobby.wire.send_frame(&ClientFrame::Leaving {}).await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    match bobby.hear().await {
        ServerMessage::Restored { call: snapshot } => assert_eq!(snapshot.call_id, call),
        other => panic!("restored was due, not {other:?}"),
    }
}

#[tokio::test]
async fn all_devices_ring_and_the_first_answer_wins() {
    let world = World::new().await;
    world.many_devices().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let mut phone = Device::sign_in(&world, "bobby").await;
    let mut on_tablet = hello(&world.account.id, &world.account.apikey, "bobby");
    on_tablet.device.id = DeviceId::parse("tablet-of-bobby").unwrap();
    let mut tablet = Device::with(&world.node, on_tablet).await;
    let call = alice.call("bobby").await;
    assert_eq!((phone.ring().await, tablet.ring().await), (call, call));
    tablet.say(ClientMessage::Answer { call_id: call }).await;
    assert!(matches!(tablet.hear().await, ServerMessage::Answered { .. }));
    assert!(matches!(phone.hear().await, ServerMessage::Withdrawn { call_id, .. } if call_id == call));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_call() {
    let world = World::new().await;
    let (mut alice, mut bobby) =
        (Device::sign_in(&world, "alice").await, Device::sign_in(&world, "bobby").await);
    alice.call("bobby").await;
    bobby.ring().await;
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
    bobby.say(ClientMessage::SignOut {}).await;
    assert_eq!(alice.end().await, EndReason::LoggedOut);
    while let Some(frame) = bobby.wire.frame().await {
        assert!(!matches!(frame, tring_protocol::signal::ServerFrame::Refused { .. }), "{frame:?}");
    }
}
