//! The calls that run, as an account's backend sees them and ends them.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::{AccountId, CallId};
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::{ClientMessage, ServerMessage};
use tring_protocol::time::Millis;

use crate::calls::talking;
use crate::device::{Device, hello};
use crate::http::{Asker, join, member};
use crate::{PATIENCE, World, now};

fn live(account: &AccountId) -> String {
    format!("/v1/accounts/{}/calls/live", account.as_str())
}

fn end(account: &AccountId, call: CallId) -> String {
    format!("/v1/accounts/{}/calls/{call}/end", account.as_str())
}

#[tokio::test]
async fn an_account_sees_the_running_calls_of_its_own_alone() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let (_alice, _bobby, call, _voices) = talking(&world).await;
    let mut mallory = Device::with(&world.node, hello(&other.id, &other.apikey, "mallory")).await;
    let _trudy = Device::with(&world.node, hello(&other.id, &other.apikey, "trudy")).await;
    let others = mallory.call("trudy").await;

    let ours = Asker::backend(&world, &world.account.secret);
    let theirs = Asker::backend(&world, &other.secret);
    let seen = ours.get(&live(&world.account.id)).await.json();
    assert_eq!(seen.as_array().unwrap().len(), 1, "{seen}");
    assert_eq!((&seen[0]["callId"], &seen[0]["state"]), (&json!(call), &json!("connected")));
    assert_eq!((&seen[0]["caller"], &seen[0]["callee"]), (&json!("alice"), &json!("bobby")));
    let seen = theirs.get(&live(&other.id)).await.json();
    assert_eq!(seen.as_array().unwrap().len(), 1, "{seen}");
    assert_eq!((&seen[0]["callId"], &seen[0]["state"]), (&json!(others), &json!("placed")));
    assert_eq!(theirs.get(&live(&world.account.id)).await.problem(), (404, "ERR_NOT_FOUND".to_owned()));
}

#[tokio::test]
async fn an_account_ends_its_own_calls_and_both_sides_are_told_why() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let (mut alice, mut bobby, call, _voices) = talking(&world).await;
    let ours = Asker::backend(&world, &world.account.secret);
    let theirs = Asker::backend(&world, &other.secret);
    let not_found = (404, "ERR_NOT_FOUND".to_owned());
    for path in [end(&other.id, call), end(&world.account.id, call)] {
        assert_eq!(theirs.post(&path, json!({})).await.problem(), not_found, "{path}");
    }

    assert_eq!(ours.post(&end(&world.account.id, call), json!({})).await.status, 202);
    for device in [&mut alice, &mut bobby] {
        match device.hear().await {
            ServerMessage::Ended { call_id, status, reason, by, duration } => {
                assert_eq!((call_id, status, by), (call, EndStatus::Over, None), "nobody ended it before");
                assert_eq!(reason, EndReason::EndedByServer);
                assert!(duration > Millis::default());
            }
            other => panic!("ended was due, not {other:?}"),
        }
    }
    let record = world.store.account(&world.account.id).record(call).await.unwrap().unwrap();
    assert_eq!((record.reason, record.ended_by), (EndReason::EndedByServer, None));
    assert_eq!(ours.post(&end(&world.account.id, call), json!({})).await.problem(), not_found);
    assert_eq!(ours.get(&live(&world.account.id)).await.json(), json!([]));
}

/// What a page reads that watches the account.
struct Watch {
    stream: TcpStream,
    unread: String,
}

impl Watch {
    async fn begin(world: &World) -> Self {
        let (viewer, session) = member(&world.store, "vera").await;
        join(&world.store, &world.account.id, &viewer, MemberRole::Viewer).await;
        let mut stream = TcpStream::connect(world.node.http()).await.unwrap();
        let account = world.account.id.as_str();
        let request = format!(
            "GET /v1/accounts/{account}/stream HTTP/1.1\r\nhost: localhost\r\ncookie: tring_session={session}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        Self { stream, unread: String::new() }
    }

    /// Reads until there is `text`, and past it.
    async fn sees(&mut self, text: &str) {
        let read = async {
            loop {
                if let Some(at) = self.unread.find(text) {
                    self.unread.drain(..at + text.len());
                    return;
                }
                let mut buffer = [0; 4_096];
                let length = self.stream.read(&mut buffer).await.unwrap();
                assert!(length > 0, "the stream ended after {:?}", self.unread);
                self.unread.push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        };
        assert!(timeout(PATIENCE, read).await.is_ok(), "{text} did not come, but {:?}", self.unread);
    }
}

#[tokio::test]
async fn whoever_watches_sees_each_step_of_a_call_and_that_it_ended() {
    let world = World::new().await;
    let mut watch = Watch::begin(&world).await;
    watch.sees("data: []").await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    let call = alice.call("bobby").await;
    watch.sees(&call.to_string()).await;
    bobby.ring().await;
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { call_id, .. } if call_id == call));
    watch.sees(r#""state":"ringing""#).await;
    bobby.say(ClientMessage::Answer { call_id: call }).await;
    assert!(matches!(alice.hear().await, ServerMessage::Answered { .. }));
    watch.sees(r#""state":"answered""#).await;
    bobby.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!(alice.end().await, EndReason::Hangup);
    watch.sees("event: ended").await;
    let other = alice.call("nobody").await;
    watch.sees("event: ended").await;
    let record = world.store.account(&world.account.id).record(other).await.unwrap();
    assert!(record.is_some(), "whoever is told of an end finds it on record");
}
