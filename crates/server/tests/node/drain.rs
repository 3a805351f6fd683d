use tring_protocol::error::ErrorCode;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::ClientMessage;

use crate::calls::talking;
use crate::device::{Device, Wire};
use crate::{World, eventually, unwell};

#[tokio::test]
async fn a_draining_node_takes_no_calls_and_lets_those_that_run_end() {
    let world = World::new().await;
    let (mut alice, mut bobby, call, _voices) = talking(&world).await;
    let mut carol = Device::sign_in(&world, "carol").await;
    let World { node, store, account, dir, .. } = world;
    let http = node.http();
    let mut drained = Box::pin(node.drain());
    let refused = async {
        eventually("the node says that it drains", async || (unwell(http).await == ["drain"]).then_some(()))
            .await;
        carol.rejected("bobby").await
    };
    tokio::select! {
        code = refused => assert_eq!(code, ErrorCode::Draining),
        () = &mut drained => panic!("a call is running"),
    }
    let ended = async {
        alice.say(ClientMessage::Hangup { call_id: call }).await;
        (alice.end().await, bobby.end().await)
    };
    let (_, ends) = tokio::join!(drained, ended);
    assert_eq!(ends, (EndReason::Hangup, EndReason::Hangup));
    assert_eq!(carol.wire.frame().await, None, "the node said goodbye");
    let store = store.account(&account.id).record(call).await.unwrap();
    assert_eq!(store.unwrap().reason, EndReason::Hangup);
    drop(dir);
}

#[tokio::test]
async fn a_node_without_calls_stops_at_once() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let stranger = Wire::open(&world.node).await;
    world.node.drain().await;
    assert_eq!(alice.wire.frame().await, None);
    drop(stranger);
}

#[tokio::test]
async fn calls_that_outlast_the_drain_are_ended_for_both_sides() {
    let world = World::with(&[("drain", "300ms")]).await;
    let (mut alice, mut bobby, call, _voices) = talking(&world).await;
    let World { node, store, account, dir, .. } = world;
    let (_, ends) = tokio::join!(node.drain(), async { (alice.end().await, bobby.end().await) });
    assert_eq!(ends, (EndReason::EndedByServer, EndReason::EndedByServer));
    let record = store.account(&account.id).record(call).await.unwrap();
    assert_eq!(record.unwrap().reason, EndReason::EndedByServer);
    drop(dir);
}
