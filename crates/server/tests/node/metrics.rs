//! What Prometheus is told.

use std::collections::{BTreeMap, BTreeSet};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};
use tring_server::Node;

use crate::calls::talking;
use crate::device::{Device, Wire, hello};
use crate::{World, eventually};

const ON: &[(&str, &str)] = &[("metrics.listen", "127.0.0.1:0")];

/// The figures of one scrape, by name and labels as they are written.
pub(crate) struct Figures {
    text: String,
    values: BTreeMap<String, f64>,
}

impl Figures {
    pub(crate) async fn of(node: &Node) -> Self {
        let answer = get(node.metrics().unwrap(), "/metrics").await;
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.0 200") && head.contains("text/plain; version=0.0.4"), "{head}");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let values = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        });
        Self { values: values.collect(), text: text.to_owned() }
    }

    pub(crate) fn value(&self, name: &str) -> f64 {
        *self.values.get(name).unwrap_or_else(|| panic!("no {name} in {}", self.text))
    }

    /// Names without labels, and of a histogram the name that its buckets have too.
    fn names(&self) -> BTreeSet<&str> {
        self.values.keys().map(|name| name.split('{').next().unwrap()).collect()
    }
}

async fn get(at: std::net::SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_call_is_counted_from_its_placing_to_its_end_and_names_nobody() {
    let world = World::with(ON).await;
    let before = Figures::of(&world.node).await;
    assert_eq!(before.value("tring_calls_placed_total"), 0.0);
    assert_eq!(before.value("tring_relay_worker_up{worker=\"0\"}"), 1.0);

    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    eventually("what the worker counted is told", async || {
        let figures = Figures::of(&world.node).await;
        let went = ["in", "out"].map(|way| {
            figures.value(&format!("tring_relay_audio_packets_total{{worker=\"0\",direction=\"{way}\"}}"))
        });
        (went[0] >= 50.0 && went[1] >= 50.0).then_some(())
    })
    .await;
    let during = Figures::of(&world.node).await;
    for (name, value) in [
        ("tring_calls{state=\"connected\"}", 1.0),
        ("tring_calls{state=\"ringing\"}", 0.0),
        ("tring_sockets", 2.0),
        ("tring_sessions_connected", 2.0),
        ("tring_sign_ins_total{outcome=\"fresh\",error=\"\"}", 2.0),
        ("tring_relay_calls{worker=\"0\"}", 1.0),
        ("tring_relay_handshakes_total{worker=\"0\",outcome=\"keyed\"}", 2.0),
        ("tring_call_ringing_after_seconds_count", 0.0),
    ] {
        assert_eq!(during.values.get(name).copied().unwrap_or(0.0), value, "{name}");
    }
    let bytes = during.value("tring_relay_bytes_total{worker=\"0\",direction=\"out\"}");
    assert!(bytes > 50.0 * 12.0, "{bytes}");
    assert!(during.value("process_resident_memory_bytes") > 1e6 && during.value("process_open_fds") > 3.0);

    alice.say(ClientMessage::Hold { call_id: call, held: true }).await;
    assert!(matches!(alice.hear().await, ServerMessage::Held { .. }));
    assert!(matches!(bobby.hear().await, ServerMessage::PeerHeld { .. }));
    bobby.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    let mut wrong = Wire::open(&world.node).await;
    let stranger = hello(&world.account.id, "pk_wrong", "mallory");
    wrong.send_frame(&tring_protocol::signal::ClientFrame::Hello(Box::new(stranger))).await;
    wrong.refusal().await;

    let after = Figures::of(&world.node).await;
    for (name, value) in [
        ("tring_calls_placed_total", 1.0),
        ("tring_calls{state=\"connected\"}", 0.0),
        ("tring_calls_ended_total{status=\"over\",reason=\"hangup\"}", 1.0),
        ("tring_calls_ended_total{status=\"failed\",reason=\"internal\"}", 0.0),
        ("tring_call_holds_total", 1.0),
        ("tring_call_ringing_after_seconds_count", 1.0),
        ("tring_call_connected_after_seconds_count", 1.0),
        ("tring_call_connected_after_seconds_bucket{le=\"+Inf\"}", 1.0),
        ("tring_call_talk_seconds_count", 1.0),
        ("tring_sign_ins_total{outcome=\"refused\",error=\"ERR_INVALID_CREDENTIALS\"}", 1.0),
        ("tring_journal_failures_total", 0.0),
        ("tring_http_requests_total{method=\"GET\",route=\"/v1/signal\",status=\"101\"}", 3.0),
    ] {
        assert_eq!(after.value(name), value, "{name}");
    }
    assert!(after.value("tring_journal_write_seconds_count") >= 4.0);
    for secret in ["alice", "bobby", "mallory", "127.0.0.1", "Your order", world.account.id.as_str()] {
        assert!(!after.text.contains(secret), "{secret} in {}", after.text);
    }
    drop(voices);
}

#[tokio::test]
async fn a_session_that_goes_on_is_told_from_a_new_one() {
    let world = World::with(ON).await;
    let alice = Device::sign_in(&world, "alice").await;
    let _alice = alice.resume(&world.node).await;
    let figures = Figures::of(&world.node).await;
    assert_eq!(figures.value("tring_sign_ins_total{outcome=\"resumed\",error=\"\"}"), 1.0);
    assert_eq!(figures.value("tring_sessions"), 1.0);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_made_up_ones_under_one_name() {
    let world = World::with(ON).await;
    for path in ["/v1/accounts/acc_nobody/calls", "/v1/accounts/acc_other/calls", "/made/up", "/made/up/too"]
    {
        get(world.node.http(), path).await;
    }
    let figures = Figures::of(&world.node).await;
    let calls =
        "tring_http_requests_total{method=\"GET\",route=\"/v1/accounts/{accountId}/calls\",status=\"401\"}";
    assert_eq!(figures.value(calls), 2.0);
    assert_eq!(
        figures.value("tring_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"}"),
        2.0
    );
    assert_eq!(figures.value("tring_http_request_seconds_count{route=\"other\"}"), 2.0);
    assert!(!figures.text.contains("acc_") && !figures.text.contains("made"), "{}", figures.text);
}

#[tokio::test]
async fn figures_are_for_the_operator_alone() {
    let world = World::with(ON).await;
    let at = world.node.metrics().unwrap();
    assert!(get(world.node.http(), "/metrics").await.starts_with("HTTP/1.0 404"));
    for path in ["/healthz", "/readyz"] {
        assert!(get(at, path).await.starts_with("HTTP/1.0 200"), "{path}");
    }
    assert!(get(at, "/v1/server").await.starts_with("HTTP/1.0 404"), "nothing else is served there");
    assert!(World::new().await.node.metrics().is_none(), "off unless it is asked for");
}

/// A panel that asks for a figure that nobody counts would stay empty for ever.
#[tokio::test]
async fn the_dashboard_for_grafana_asks_for_figures_that_there_are() {
    let world = World::with(ON).await;
    let (mut alice, mut bobby, call, _voices) = talking(&world).await;
    bobby.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    let figures = Figures::of(&world.node).await;
    let told = figures.names();
    let board: serde_json::Value =
        serde_json::from_str(include_str!("../../../../deploy/grafana/tring.json")).unwrap();
    let mut asked = BTreeSet::new();
    for panel in board["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            asked.extend(names_in(target["expr"].as_str().unwrap()));
        }
    }
    assert!(asked.len() > 20, "{asked:?}");
    for name in &asked {
        assert!(told.contains(name.as_str()), "the dashboard asks for {name}, which is not in {told:?}");
    }
}

/// The names of figures in an expression of PromQL.
fn names_in(expression: &str) -> impl Iterator<Item = String> + '_ {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("tring_") || word.starts_with("process_")).map(str::to_owned)
}
