//! One call's way through the interface: live, ended, in the log, in the figures and on its page.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::ClientMessage;
use tring_protocol::time::Timestamp;

use crate::calls::talking;
use crate::device::Device;
use crate::http::{Asker, at, dashboard_of, join, member};
use crate::peer::Speaking;
use crate::{PATIENCE, World, eventually, now};

/// Today, wherever the test runs, in UTC.
fn today() -> String {
    let millis = i64::try_from(now().as_millis()).unwrap();
    jiff::Timestamp::from_millisecond(millis).unwrap().strftime("%Y-%m-%d").to_string()
}

async fn page(asker: &Asker, world: &World, call: CallId) -> Value {
    asker.get(&at(world, &format!("/calls/{call}"))).await.with_status(200).json()
}

#[tokio::test]
async fn a_call_is_live_and_then_in_the_log_in_the_figures_and_on_its_page() {
    Box::pin(one_calls_way(World::new().await)).await;
}

pub(crate) async fn one_calls_way(world: World) {
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    eventually("both hear", async || voices.iter().all(Speaking::hears).then_some(())).await;

    let live = owner.get(&at(&world, "/calls/live")).await.with_status(200).json();
    assert_eq!((live.as_array().unwrap().len(), &live[0]["state"]), (1, &json!("connected")), "{live}");
    let running = owner.get(&at(&world, &format!("/calls/{call}"))).await;
    assert_eq!(running.problem(), (404, "ERR_NOT_FOUND".to_owned()));
    assert!(running.json()["detail"].as_str().unwrap().contains("has not ended yet"), "{}", running.text);
    let day = today();
    let question = at(&world, &format!("/statistics?from={day}&to={day}&zone=UTC&interval=hour"));
    let figures = owner.get(&question).await.with_status(200).json();
    assert_eq!((&figures["live"], &figures["totals"]["calls"]), (&json!(1), &json!(0)));

    let end = at(&world, &format!("/calls/{call}/end"));
    assert_eq!(owner.ask("POST", &end, None).await.with_status(202).text, "");
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::EndedByServer, EndReason::EndedByServer));
    let again = owner.ask("POST", &end, None).await;
    assert_eq!(again.problem(), (404, "ERR_NOT_FOUND".to_owned()));

    assert_eq!(owner.get(&at(&world, "/calls/live")).await.json(), json!([]));
    let log = owner.get(&at(&world, "/calls?cuid=bobby")).await.with_status(200).json();
    assert_eq!((log["items"].as_array().unwrap().len(), &log["next"]), (1, &json!(null)), "{log}");
    let detail = page(&owner, &world, call).await;
    assert_eq!(detail["call"], log["items"][0], "the page and the log say the same");
    assert_eq!(
        (&detail["call"]["status"], &detail["call"]["reason"]),
        (&json!("over"), &json!("ended_by_server"))
    );
    let explained = &detail["explanation"];
    assert!(
        explained["what"].as_str().unwrap().starts_with("The call was ended from outside"),
        "{explained}"
    );
    assert!(explained["advice"].as_str().unwrap().contains("audit log"), "{explained}");
    let legs: Vec<_> =
        detail["legs"].as_array().unwrap().iter().map(|leg| (&leg["cuid"], &leg["role"])).collect();
    assert_eq!(legs, [(&json!("alice"), &json!("caller")), (&json!("bobby"), &json!("callee"))]);
    assert!(detail["legs"].as_array().unwrap().iter().all(|leg| leg["tookPart"] == true), "{detail}");
    assert_eq!(detail["legs"][0]["sdk"], "test 1");
    let events: Vec<_> =
        detail["timeline"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!((events.first(), events.last()), (Some(&"placed"), Some(&"ended")));
    for event in ["offered", "ringing", "answered", "keyed", "heard", "connected"] {
        assert!(events.contains(&event), "{event} is missing from {events:?}");
    }
    let delays: u64 =
        detail["timeline"].as_array().unwrap().iter().map(|e| e["delay"].as_u64().unwrap()).sum();
    let length = detail["call"]["endedAt"].as_u64().unwrap() - detail["call"]["placedAt"].as_u64().unwrap();
    assert_eq!(delays, length, "the delays add up to the call");

    let placed = detail["call"]["placedAt"].as_u64().unwrap();
    let day = jiff::Timestamp::from_millisecond(placed as i64).unwrap().strftime("%Y-%m-%d");
    let question = at(&world, &format!("/statistics?from={day}&to={day}&zone=UTC&interval=hour"));
    let figures = owner.get(&question).await.with_status(200).json();
    assert_eq!(
        (&figures["live"], &figures["totals"]["over"], &figures["totals"]["calls"]),
        (&json!(0), &json!(1), &json!(1))
    );
    assert_eq!(figures["totals"]["talkTime"], detail["call"]["talkTime"]);
    assert_eq!(figures["reasons"], json!([{ "reason": "ended_by_server", "calls": 1 }]));

    let history = owner.get(&at(&world, "/audit")).await.with_status(200).json();
    let ended = &history["items"][0];
    assert_eq!(
        (&ended["action"], &ended["subject"], &ended["actor"]),
        (&json!("call.ended"), &json!(call), &json!("meera"))
    );
}

#[tokio::test]
async fn a_missed_call_is_explained_by_whether_the_callee_was_ever_here() {
    let world = World::new().await;
    let backend = Asker::backend(&world, &world.account.secret);
    let bobby = Device::sign_in(&world, "bobby").await;
    let known = async || backend.get(&at(&world, "/users/bobby")).await.status == 200;
    eventually("bobby is known", async || known().await.then_some(())).await;
    drop(bobby);
    let mut alice = Device::sign_in(&world, "alice").await;
    let stranger = alice.call("stranger").await;
    assert_eq!(alice.end().await, EndReason::Unreachable);
    let detail = page(&backend, &world, stranger).await;
    assert!(detail["explanation"]["what"].as_str().unwrap().contains("knew of no sign-in"), "{detail}");
    assert_eq!(detail["legs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn calls_of_other_accounts_are_not_there() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let mut alice = Device::sign_in(&world, "alice").await;
    let call = alice.call("nobody").await;
    alice.end().await;
    let stranger = Asker::backend(&world, &other.secret);
    let of_theirs = |rest: &str| format!("/v1/accounts/{}{rest}", other.id);
    for path in [
        of_theirs(&format!("/calls/{call}")),
        of_theirs("/calls/nonsense"),
        at(&world, &format!("/calls/{call}")),
    ] {
        assert_eq!(stranger.get(&path).await.problem(), (404, "ERR_NOT_FOUND".to_owned()), "{path}");
    }
    assert_eq!(stranger.get(&of_theirs("/calls")).await.json()["items"], json!([]));
    assert_eq!(stranger.get(&of_theirs("/calls?cuid=alice")).await.json()["items"], json!([]));
    assert!(!stranger.get(&of_theirs("/calls.csv")).await.text.contains("alice"));
}

/// A stream that is open.
struct Watch(TcpStream);

impl Watch {
    /// Opens one, and says how it was answered.
    async fn open(world: &World, session: &str) -> (Self, u16) {
        let mut stream = TcpStream::connect(world.node.http()).await.unwrap();
        let path = at(world, "/stream");
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: tring_session={session}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut watch = Self(stream);
        let head = watch.read().await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        if status == 200 {
            let head = head.to_ascii_lowercase();
            assert!(
                head.contains("content-type: text/event-stream") && head.contains("x-accel-buffering: no"),
                "{head}"
            );
        }
        (watch, status)
    }

    /// What comes next; nothing at the end.
    async fn read(&mut self) -> String {
        let mut buffer = [0; 8_192];
        let length =
            timeout(PATIENCE, self.0.read(&mut buffer)).await.expect("something comes in time").unwrap_or(0);
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    async fn ends(mut self) {
        while !self.read().await.is_empty() {}
    }
}

#[tokio::test]
async fn a_session_has_a_few_streams_and_a_closed_one_is_free_again() {
    let world = World::new().await;
    let (vera, session) = member(&world.store, "vera").await;
    join(&world.store, &world.account.id, &vera, MemberRole::Viewer).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let (watch, status) = Watch::open(&world, &session).await;
        assert_eq!(status, 200);
        open.push(watch);
    }
    assert_eq!(Watch::open(&world, &session).await.1, 429);
    let elsewhere = world.store.start_session(&vera.id, now()).await.unwrap();
    assert_eq!(Watch::open(&world, &elsewhere).await.1, 200, "another browser has its own");
    open.pop();
    eventually("the closed one is noticed", async || {
        let (watch, status) = Watch::open(&world, &session).await;
        (status == 200).then_some(watch)
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_node() {
    let world = World::new().await;
    let (vera, session) = member(&world.store, "vera").await;
    join(&world.store, &world.account.id, &vera, MemberRole::Viewer).await;
    let elsewhere = world.store.start_session(&vera.id, now()).await.unwrap();
    let (signed_out, _) = Watch::open(&world, &session).await;
    let (stays, _) = Watch::open(&world, &elsewhere).await;
    Asker::browser(&world, &session).ask("POST", "/v1/sign-out", None).await.with_status(204);
    signed_out.ends().await;
    world.node.drain().await;
    stays.ends().await;
}

#[tokio::test]
async fn a_stream_is_not_for_secret_keys_and_not_for_strangers() {
    let world = World::new().await;
    let path = at(&world, "/stream");
    let backend = Asker::backend(&world, &world.account.secret);
    assert_eq!(backend.get(&path).await.problem(), (403, "ERR_FORBIDDEN".to_owned()));
    let (_, stranger) = member(&world.store, "mallory").await;
    assert_eq!(Watch::open(&world, &stranger).await.1, 404);
}

#[tokio::test]
async fn a_moment_of_the_log_is_from_its_first_millisecond_to_before_its_last() {
    let world = World::new().await;
    let backend = Asker::backend(&world, &world.account.secret);
    let mut alice = Device::sign_in(&world, "alice").await;
    let call = alice.call("nobody").await;
    alice.end().await;
    alice.say(ClientMessage::Hangup { call_id: call }).await;
    let placed = page(&backend, &world, call).await["call"]["placedAt"].as_u64().unwrap();
    for (from, to, found) in [(placed, placed + 1, 1), (placed + 1, placed + 9, 0), (placed - 9, placed, 0)] {
        let log =
            backend.get(&at(&world, &format!("/calls?from={from}&to={to}"))).await.with_status(200).json();
        assert_eq!(log["items"].as_array().unwrap().len(), found, "{from} to {to}");
    }
    let last = Timestamp::MAX.as_millis();
    let log =
        backend.get(&at(&world, &format!("/calls?from=0&to={last}&limit=1"))).await.with_status(200).json();
    assert_eq!((log["items"].as_array().unwrap().len(), &log["next"]), (1, &json!(null)));
}
