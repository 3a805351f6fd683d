//! A database that refuses for a while.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};

use crate::calls::talking;
use crate::device::Device;
use crate::peer::Speaking;
use crate::{World, eventually, unwell};

async fn database_of(world: &World) -> DatabaseConnection {
    let file = world.dir.path().join("tring.db");
    Database::connect(format!("sqlite:{}", file.display())).await.unwrap()
}

async fn until_unwell(world: &World) {
    eventually("the node says that it is not well", async || {
        (unwell(world.node.http()).await == ["database"]).then_some(())
    })
    .await;
}

async fn rename(database: &DatabaseConnection, from: &str, to: &str) {
    database.execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await.unwrap();
}

#[tokio::test]
async fn nothing_is_promised_while_the_database_refuses_and_nothing_is_lost() {
    let world = World::new().await;
    let (mut alice, mut bobby) =
        (Device::sign_in(&world, "alice").await, Device::sign_in(&world, "bobby").await);
    let database = database_of(&world).await;
    rename(&database, "call_events", "hidden").await;
    alice.place("bobby").await;
    until_unwell(&world).await;
    assert!(alice.is_silent() && bobby.is_silent(), "nobody was told of a call that could be lost");

    rename(&database, "hidden", "call_events").await;
    let call = match alice.hear().await {
        ServerMessage::Placed { call_id, .. } => call_id,
        other => panic!("placed was due, not {other:?}"),
    };
    assert_eq!(bobby.ring().await, call);
    assert!(!world.store.account(&world.account.id).events(call).await.unwrap().is_empty());
    assert!(unwell(world.node.http()).await.is_empty());
}

#[tokio::test]
async fn a_node_that_cannot_write_is_not_ready_although_nobody_calls_until_it_can_again() {
    let world = World::new().await;
    eventually("the node has tried to write", async || world.store.node_written_at("one").await.unwrap())
        .await;
    assert!(unwell(world.node.http()).await.is_empty());
    let database = database_of(&world).await;
    rename(&database, "nodes", "hidden").await;
    until_unwell(&world).await;
    rename(&database, "hidden", "nodes").await;
    eventually("it is well again", async || unwell(world.node.http()).await.is_empty().then_some(())).await;
}

/// Invariant 8: a forwarded audio packet is never held for a disk, a database, a lock or a log line.
#[tokio::test]
async fn voices_go_on_while_the_database_refuses() {
    let world = World::new().await;
    let (_alice, _bobby, _, voices) = talking(&world).await;
    let mut carol = Device::sign_in(&world, "carol").await;
    let database = database_of(&world).await;
    rename(&database, "call_events", "hidden").await;
    carol.place("david").await;
    until_unwell(&world).await;

    let before: Vec<usize> = voices.iter().map(Speaking::heard).collect();
    eventually("each hears fifty packets more", async || {
        voices.iter().zip(&before).all(|(voice, before)| voice.heard() >= before + 50).then_some(())
    })
    .await;
    assert!(carol.is_silent(), "the database refused all the while");
    rename(&database, "hidden", "call_events").await;
}

#[tokio::test]
async fn samples_that_the_database_refuses_are_let_go_and_no_call_takes_notice() {
    let world = World::new().await;
    let database = database_of(&world).await;
    rename(&database, "quality_samples", "hidden").await;
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    eventually("both have heard for two seconds", async || {
        voices.iter().all(|voice| voice.heard() > 100).then_some(())
    })
    .await;
    alice.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    assert!(unwell(world.node.http()).await.is_empty());

    let account = world.store.account(&world.account.id);
    assert!(account.record(call).await.unwrap().unwrap().caller_quality.is_some());
    rename(&database, "hidden", "quality_samples").await;
}
