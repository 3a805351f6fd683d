use tring_protocol::call::CallEventKind;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};
use tring_store::Store;

use crate::device::{Device, hello};
use crate::{World, start};

/// Invariant 5: what was acknowledged to a client survives a crash of the server.
#[test]
fn what_was_acknowledged_survives_a_crash_and_ends_as_a_lost_node() {
    // The node runs in a runtime of its own, which is torn down with everything in it, as if the process had died.
    let first_life = tokio::runtime::Runtime::new().unwrap();
    let (dir, account, call) = first_life.block_on(async {
        let world = World::new().await;
        let mut alice = Device::sign_in(&world, "alice").await;
        let mut bobby = Device::sign_in(&world, "bobby").await;
        let call = alice.call("bobby").await;
        bobby.ring().await;
        assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
        bobby.say(ClientMessage::Answer { call_id: call }).await;
        assert!(matches!(bobby.hear().await, ServerMessage::Answered { .. }));
        (world.dir, world.account, call)
    });
    first_life.shutdown_background();

    let second_life = tokio::runtime::Runtime::new().unwrap();
    second_life.block_on(async {
        let node = start(dir.path(), &[]).await;
        let mut alice = Device::with(&node, hello(&account.id, &account.apikey, "alice")).await;
        assert!(!alice.welcome.resumed);
        alice.say(ClientMessage::Hangup { call_id: call }).await;
        assert_eq!(alice.end().await, EndReason::NodeLost, "whoever asks for the call is told how it ended");

        let store = Store::in_directory(dir.path()).await.unwrap();
        let account = store.account(&account.id);
        let record = account.record(call).await.unwrap().expect("the node finished it when it started");
        assert_eq!(record.reason, EndReason::NodeLost);
        assert!(record.answered_at.is_some(), "the answer was acknowledged, so it is known");
        let events = account.events(call).await.unwrap();
        let end = CallEventKind::Ended { reason: EndReason::NodeLost, by: None };
        assert_eq!(events.last().unwrap().what, end);
        node.drain().await;
        assert_eq!(store.journal("one").unfinished_calls().await.unwrap(), Vec::<Vec<_>>::new());
    });
}
