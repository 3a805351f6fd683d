//! What a collector of traces is told, by a node that carries real calls.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as Outcome;
use prost::Message;
use std::collections::BTreeSet;
use std::io::Read;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::subscriber::DefaultGuard;
use tring_protocol::call::{CallEvent, CallEventKind as Kind};
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};

use crate::calls::talking;
use crate::device::{Device, hello};
use crate::metrics::Figures;
use crate::privacy::Capture;
use crate::{PATIENCE, World, eventually, start, unwell};

/// Takes what it is sent, after it has answered with each of some statuses in turn.
struct Collector {
    endpoint: String,
    requests: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

impl Collector {
    async fn start(first: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let mut statuses = first.to_vec();
        statuses.reverse();
        let statuses = std::sync::Arc::new(std::sync::Mutex::new(statuses));
        let (got, requests) = mpsc::unbounded_channel();
        let take = move |headers: HeaderMap, body: Bytes| {
            got.send((headers, body)).unwrap();
            let status = statuses.lock().unwrap().pop().unwrap_or(200);
            std::future::ready(StatusCode::from_u16(status).unwrap())
        };
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { endpoint, requests }
    }

    async fn request(&mut self) -> (HeaderMap, Bytes) {
        timeout(PATIENCE, self.requests.recv()).await.expect("a request comes in time").unwrap()
    }

    async fn trace(&mut self) -> Trace {
        Trace::of(self.request().await.1)
    }
}

struct Trace {
    bytes: Bytes,
    resource: Vec<KeyValue>,
    spans: Vec<Span>,
}

impl Trace {
    fn of(bytes: Bytes) -> Self {
        let mut request = ExportTraceServiceRequest::decode(bytes.clone()).unwrap();
        let mut told = request.resource_spans.pop().unwrap();
        let spans = told.scope_spans.pop().unwrap().spans;
        assert!(request.resource_spans.is_empty() && told.scope_spans.is_empty());
        Self { bytes, resource: told.resource.unwrap().attributes, spans }
    }

    fn whole(&self) -> &Span {
        let mut whole = self.spans.iter().filter(|span| span.parent_span_id.is_empty());
        let (one, other) = (whole.next(), whole.next());
        assert!(other.is_none(), "one call, one whole");
        one.unwrap()
    }

    fn named(&self, name: &str) -> Vec<&Span> {
        self.spans.iter().filter(|span| span.name == name).collect()
    }

    fn one(&self, name: &str) -> &Span {
        match self.named(name)[..] {
            [one] => one,
            _ => panic!("one {name:?} in {:?}", self.spans),
        }
    }
}

fn said(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|said| said.key == key)?;
    match found.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        Value::BoolValue(flag) => Some(flag.to_string()),
        Value::DoubleValue(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

fn trace_id(call: CallId) -> String {
    call.to_string().replace('-', "")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn when(events: &[CallEvent], what: impl Fn(&Kind) -> bool) -> u64 {
    events.iter().find(|event| what(&event.what)).unwrap().at.as_millis() * 1_000_000
}

/// For tests that bring a warning about: which of them does so first decides for all threads whether anybody hears it
/// (tracing keeps one answer for each line of code).
fn heard() -> DefaultGuard {
    Capture::default().listen()
}

async fn hang_up(alice: &mut Device, bobby: &mut Device, call: CallId) {
    bobby.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
}

#[tokio::test]
async fn a_call_is_one_trace_with_the_id_and_the_times_of_the_call_and_names_nobody() {
    let mut collector = Collector::start(&[]).await;
    let world = World::with(&[("traces.endpoint", &collector.endpoint)]).await;
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    for held in [true, false] {
        alice.say(ClientMessage::Hold { call_id: call, held }).await;
        assert!(matches!(alice.hear().await, ServerMessage::Held { .. }));
        assert!(matches!(bobby.hear().await, ServerMessage::PeerHeld { .. }));
    }
    hang_up(&mut alice, &mut bobby, call).await;
    drop(voices);
    let trace = collector.trace().await;

    let ids: BTreeSet<_> = trace.spans.iter().map(|span| span.span_id.clone()).collect();
    assert_eq!(ids.len(), trace.spans.len());
    for span in &trace.spans {
        assert_eq!((hex(&span.trace_id), span.span_id.len()), (trace_id(call), 8));
        assert!(span.parent_span_id.is_empty() || ids.contains(&span.parent_span_id), "{span:?}");
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{span:?}");
        assert_eq!(span.status, None, "nothing failed in {span:?}");
    }
    let events = world.store.account(&world.account.id).events(call).await.unwrap();
    let (placed, ended) = (when(&events, |_| true), when(&events, |what| matches!(what, Kind::Ended { .. })));
    let whole = trace.whole();
    assert_eq!((whole.name.as_str(), whole.kind), ("call", SpanKind::Server.into()));
    assert_eq!((whole.start_time_unix_nano, whole.end_time_unix_nano), (placed, ended));
    let ringing = when(&events, |what| matches!(what, Kind::Ringing { .. }));
    let answered = when(&events, |what| matches!(what, Kind::Answered { .. }));
    let connected = when(&events, |what| matches!(what, Kind::Connected));
    let held = when(&events, |what| matches!(what, Kind::Held { .. }));
    let resumed = when(&events, |what| matches!(what, Kind::Resumed { .. }));
    for (name, begin, end) in [
        ("reaching", placed, ringing),
        ("ringing", ringing, answered),
        ("connecting", answered, connected),
        ("talking", connected, ended),
        ("hold", held, resumed),
    ] {
        let span = trace.one(name);
        assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (begin, end), "{name}");
        assert_eq!((&span.parent_span_id, span.kind), (&whole.span_id, SpanKind::Internal.into()), "{name}");
    }
    for (index, role) in [(0, "caller"), (1, "callee")] {
        let leg = trace.named("leg")[index];
        assert_eq!(said(&leg.attributes, "tring.leg.role").as_deref(), Some(role));
        assert_eq!(said(&leg.attributes, "tring.leg.platform").as_deref(), Some("web"));
        assert_eq!(leg.parent_span_id, whole.span_id);
        let keyed = when(&events, |what| matches!(what, Kind::Keyed { leg } if usize::from(*leg) == index));
        let set_up =
            trace.named("media set-up").into_iter().find(|it| it.parent_span_id == leg.span_id).unwrap();
        assert_eq!((set_up.end_time_unix_nano, set_up.start_time_unix_nano >= placed), (keyed, true));
        let opened =
            trace.named("relay open").into_iter().find(|it| it.parent_span_id == set_up.span_id).unwrap();
        assert_eq!(opened.start_time_unix_nano, set_up.start_time_unix_nano);
        assert!(opened.end_time_unix_nano > opened.start_time_unix_nano);
    }
    let writes = trace.named("journal write");
    assert!(writes.len() >= 5, "placed, ringing, answered, held, ended: {writes:?}");
    for write in writes {
        assert_eq!(said(&write.attributes, "db.system.name").as_deref(), Some("sqlite"));
        assert_eq!((&write.parent_span_id, write.kind), (&whole.span_id, SpanKind::Client.into()));
    }
    for (key, value) in [
        ("tring.call.id", call.to_string().as_str()),
        ("tring.call.status", "over"),
        ("tring.call.reason", "hangup"),
        ("tring.call.ended_by", "callee"),
    ] {
        assert_eq!(said(&whole.attributes, key).as_deref(), Some(value), "{key}");
    }
    for (key, value) in [
        ("service.name", "tring"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", "one"),
    ] {
        assert_eq!(said(&trace.resource, key).as_deref(), Some(value), "{key}");
    }
    let bytes = String::from_utf8_lossy(&trace.bytes);
    for secret in
        ["alice", "bobby", "Name of", "device-of", "Your order", "127.0.0.1", world.account.id.as_str()]
    {
        assert!(!bytes.contains(secret), "{secret} in {bytes}");
    }
}

#[tokio::test]
async fn what_a_busy_collector_does_not_take_comes_again_and_nothing_is_lost() {
    let _guard = heard();
    let mut collector = Collector::start(&[503, 429]).await;
    let keys = [("traces.endpoint", collector.endpoint.as_str()), ("metrics.listen", "127.0.0.1:0")];
    let world = World::with(&keys).await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let call = alice.call("bobby").await;
    assert_eq!(alice.end().await, EndReason::Unreachable);
    let first = collector.request().await.1;
    assert_eq!(Trace::of(first.clone()).whole().trace_id, Trace::of(first.clone()).spans[1].trace_id);
    assert_eq!(hex(&Trace::of(first.clone()).whole().trace_id), trace_id(call));
    assert_eq!(collector.request().await.1, first);
    assert_eq!(collector.request().await.1, first);
    eventually("it is counted as sent", async || {
        let figures = Figures::of(&world.node).await;
        assert_eq!(figures.value("tring_traces_total{outcome=\"dropped\"}"), 0.0);
        assert_eq!(figures.value("tring_trace_failures_total"), 2.0);
        (figures.value("tring_traces_total{outcome=\"sent\"}") == 1.0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_collector_that_is_not_there_costs_calls_nothing() {
    let _guard = heard();
    let keys = [("traces.endpoint", "http://127.0.0.1:1"), ("metrics.listen", "127.0.0.1:0")];
    let world = World::with(&keys).await;
    let (mut alice, mut bobby, first, _voices) = talking(&world).await;
    hang_up(&mut alice, &mut bobby, first).await;
    eventually("the failure is counted", async || {
        (Figures::of(&world.node).await.value("tring_trace_failures_total") >= 1.0).then_some(())
    })
    .await;
    let second = alice.call("nobody").await;
    assert_eq!(alice.end().await, EndReason::Unreachable);
    for (call, reason) in [(first, EndReason::Hangup), (second, EndReason::Unreachable)] {
        let record = world.store.account(&world.account.id).record(call).await.unwrap().unwrap();
        assert_eq!(record.reason, reason);
    }
    assert!(unwell(world.node.http()).await.is_empty());
}

#[tokio::test]
async fn a_collector_that_refuses_is_said_once_and_what_it_refused_is_counted() {
    let capture = Capture::default();
    let _guard = capture.listen();
    let mut collector = Collector::start(&[401, 401]).await;
    let keys = [("traces.endpoint", collector.endpoint.as_str()), ("metrics.listen", "127.0.0.1:0")];
    let world = World::with(&keys).await;
    let mut alice = Device::sign_in(&world, "alice").await;
    for _ in 0..2 {
        alice.call("bobby").await;
        assert_eq!(alice.end().await, EndReason::Unreachable);
        collector.request().await;
    }
    eventually("both are counted", async || {
        let figures = Figures::of(&world.node).await;
        (figures.value("tring_traces_total{outcome=\"refused\"}") == 2.0).then_some(())
    })
    .await;
    let log = capture.text();
    assert_eq!(log.matches("the collector does not take traces").count(), 1, "{log}");
    assert!(log.contains("the status 401") && !log.contains("127.0.0.1"), "{log}");
}

#[tokio::test]
async fn keys_and_words_of_the_operator_go_along_and_bytes_are_packed() {
    let mut collector = Collector::start(&[]).await;
    let keys = [
        ("traces.endpoint", collector.endpoint.as_str()),
        ("traces.headers", "authorization=Bearer north-wind"),
        ("traces.resource", "service.instance.id=calls-1,deployment.environment.name=trial"),
        ("traces.gzip", "true"),
    ];
    let world = World::with(&keys).await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let call = alice.call("bobby").await;
    assert_eq!(alice.end().await, EndReason::Unreachable);
    // A node that stops does not keep what it has gathered to itself.
    world.node.drain().await;
    let (headers, packed) = collector.request().await;
    for (name, value) in [
        ("authorization", "Bearer north-wind"),
        ("content-type", "application/x-protobuf"),
        ("content-encoding", "gzip"),
    ] {
        assert_eq!(headers[name], value);
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    let trace = Trace::of(bytes.into());
    assert_eq!(hex(&trace.whole().trace_id), trace_id(call));
    assert_eq!(said(&trace.whole().attributes, "tring.call.status").as_deref(), Some("missed"));
    assert_eq!(said(&trace.resource, "deployment.environment.name").as_deref(), Some("trial"));
    let names = trace.resource.iter().filter(|said| said.key == "service.instance.id");
    assert_eq!(names.count(), 1);
    assert_eq!(said(&trace.resource, "service.instance.id").as_deref(), Some("calls-1"));
}

#[test]
fn the_trace_of_a_call_whose_node_was_lost_is_told_by_its_next_life() {
    let first_life = tokio::runtime::Runtime::new().unwrap();
    let (dir, account, call) = first_life.block_on(async {
        let world = World::new().await;
        let mut alice = Device::sign_in(&world, "alice").await;
        let mut bobby = Device::sign_in(&world, "bobby").await;
        let call = alice.call("bobby").await;
        bobby.ring().await;
        assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
        (world.dir, world.account, call)
    });
    first_life.shutdown_background();

    let second_life = tokio::runtime::Runtime::new().unwrap();
    second_life.block_on(async {
        let mut collector = Collector::start(&[]).await;
        let node = start(dir.path(), &[("traces.endpoint", &collector.endpoint)]).await;
        let trace = collector.trace().await;
        let whole = trace.whole();
        assert_eq!(hex(&whole.trace_id), trace_id(call));
        let status = whole.status.clone().unwrap();
        assert_eq!((status.code(), status.message.as_str()), (Outcome::Error, "node_lost"));
        assert_eq!(said(&whole.attributes, "error.type").as_deref(), Some("node_lost"));
        assert_eq!(trace.one("ringing").status.clone().unwrap().code(), Outcome::Error);
        assert_eq!(trace.named("leg").len(), 2);
        Device::with(&node, hello(&account.id, &account.apikey, "alice")).await;
    });
}
