//! What an operator's log may never hold, whatever happens: who people are, where they are, what they say, and what
//! opens doors.

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};
use tring_protocol::text::Sdp;

use crate::World;
use crate::calls::talking;
use crate::device::{Device, Wire, hello};
use crate::peer::Peer;

/// Keeps everything that is logged at info or above.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<String>>);

impl Capture {
    /// Hears of everything that happens in this thread until what it returns is dropped.
    pub(crate) fn listen(&self) -> DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

struct Text<'a>(&'a mut String);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl<S: Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() <= Level::INFO {
            let mut log = self.0.lock().unwrap();
            write!(log, "\n{}", event.metadata().target()).unwrap();
            event.record(&mut Text(&mut log));
        }
    }
}

#[tokio::test]
async fn no_person_no_address_and_no_secret_reaches_the_log() {
    let capture = Capture::default();
    // The test's runtime has one thread, so this hears of everything that the node's tasks do.
    let _guard = capture.listen();
    let world = World::with(&[("demo", "true"), ("drain", "100ms")]).await;
    let turn = serde_json::json!({ "urls": ["turn:turn.shop.example"], "secret": "north-wind secret" });
    world.change().add_turn_server(&serde_json::from_value(turn).unwrap()).await.unwrap();
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    let mut tokens = vec![alice.welcome.resume_token.clone(), bobby.welcome.resume_token.clone()];

    let turn = alice.welcome.ice_servers.as_ref().unwrap().servers[0].clone();
    tokens.extend([turn.username, turn.credential]);
    alice.say(ClientMessage::Hold { call_id: call, held: true }).await;
    assert!(matches!(alice.hear().await, ServerMessage::Held { .. }));
    assert!(matches!(bobby.hear().await, ServerMessage::PeerHeld { .. }));
    let (_, offer) = Peer::offering();
    let sdp = Sdp::parse(&offer).unwrap();
    alice.say(ClientMessage::Check { reference: "check of alice".to_owned(), sdp }).await;
    assert!(matches!(alice.hear().await, ServerMessage::CheckAnswer { .. }));

    let mut stranger = Wire::open(&world.node).await;
    stranger.send_text("{\"type\":\"hello\",\"cuid\":\"my secret\"}").await;
    stranger.refusal().await;
    let mut wrong = hello(&world.account.id, "pk_wrong", "mallory");
    wrong.account = world.account.id.clone();
    let mut intruder = Wire::open(&world.node).await;
    intruder.send_frame(&tring_protocol::signal::ClientFrame::Hello(Box::new(wrong))).await;
    intruder.refusal().await;
    world.change().revoke_apikey(&world.account.apikey).await.unwrap();

    bobby.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    let demo = world.node.demo().unwrap().credentials.clone();
    let guest = Device::with(&world.node, hello(&demo.account_id, &demo.apikey, "guest")).await;
    tokens.push(guest.welcome.resume_token.clone());
    drop(voices);
    world.node.drain().await;

    tracing::info!("the last line");
    let log = capture.0.lock().unwrap().clone();
    assert!(log.contains("the last line"), "the log is not heard");
    let mut forbidden: Vec<&str> = vec![
        "alice",
        "bobby",
        "mallory",
        "guest",
        "my secret",
        "Your order",
        "Name of",
        "127.0.0.1",
        "pk_",
        "sk_",
        "demo@",
        "tring-demo",
        "north-wind",
        "turn.shop.example",
    ];
    forbidden.extend(tokens.iter().map(String::as_str));
    for secret in forbidden {
        assert!(!log.contains(secret), "{secret:?} in the log:{log}");
    }
}
