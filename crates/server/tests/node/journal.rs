//! A database that refuses for a while.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tring_protocol::signal::ServerMessage;

use crate::device::Device;
use crate::{World, eventually, health};

async fn rename(database: &DatabaseConnection, from: &str, to: &str) {
    database.execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await.unwrap();
}

#[tokio::test]
async fn nothing_is_promised_while_the_database_refuses_and_nothing_is_lost() {
    let world = World::new().await;
    let (mut alice, mut bobby) =
        (Device::sign_in(&world, "alice").await, Device::sign_in(&world, "bobby").await);
    let database =
        Database::connect(format!("sqlite:{}", world.dir.path().join("tring.db").display())).await.unwrap();
    rename(&database, "call_events", "hidden").await;
    alice.place("bobby").await;
    eventually("the node says that it is not well", async || {
        let answer = health(world.node.http()).await;
        (answer.starts_with("HTTP/1.0 503") && answer.ends_with("the database fails\n")).then_some(())
    })
    .await;
    assert!(alice.is_silent() && bobby.is_silent(), "nobody was told of a call that could be lost");

    rename(&database, "hidden", "call_events").await;
    let call = match alice.hear().await {
        ServerMessage::Placed { call_id, .. } => call_id,
        other => panic!("placed was due, not {other:?}"),
    };
    assert_eq!(bobby.ring().await, call);
    assert!(!world.store.account(&world.account.id).events(call).await.unwrap().is_empty());
    assert!(health(world.node.http()).await.ends_with("ok\n"));
}
