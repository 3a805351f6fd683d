use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use prost::Message;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tring_protocol::call::samples::placed;
use tring_protocol::outcome::EndReason;
use tring_protocol::time::Timestamp;

use super::*;
use crate::config::{Config, Layers};
use crate::metrics::Registry;

const ORIGIN: Origin = Origin { node: "one", database: "sqlite" };

fn begin(endpoint: &str, registry: &Registry) -> (Tracer, Exporter) {
    let flags = vec![("traces.endpoint", endpoint.to_owned())];
    let layers = Layers { flags, environment: Some(Vec::new()), ..Layers::default() };
    let config = Config::load(&layers).unwrap().traces;
    start(config.endpoint.as_ref().unwrap(), &config, &ORIGIN, TraceFigures::new(registry)).unwrap()
}

fn call(number: u64) -> CallId {
    CallId::new(Timestamp::from_millis(number), [7; 10])
}

/// A call that was placed and given up.
fn events(number: u64) -> Vec<CallEvent> {
    let ended = CallEventKind::Ended { reason: EndReason::Caller, by: None };
    let event =
        |index, what| CallEvent { call: call(number), index, at: Timestamp::from_millis(number), what };
    vec![event(0, placed()), event(1, ended)]
}

fn write(number: u64) -> Write {
    Write { at: Timestamp::from_millis(number), took: Duration::from_millis(1), attempts: 1, events: 2 }
}

fn value(registry: &Registry, name: &str) -> u64 {
    let text = registry.render();
    let line =
        text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}: {text}"));
    line.trim().parse().unwrap()
}

const SENT: &str = "tring_traces_total{outcome=\"sent\"}";
const DROPPED: &str = "tring_traces_total{outcome=\"dropped\"}";
const FAILURES: &str = "tring_trace_failures_total";

#[tokio::test]
async fn calls_that_end_while_too_many_wait_are_counted_and_let_go() {
    let registry = Registry::new();
    let (mut tracer, exporter) = begin("http://127.0.0.1:1", &registry);
    for number in 0..WAITING as u64 + 3 {
        tracer.written(events(number), write(number));
    }
    assert!(tracer.live.is_empty());
    assert_eq!(value(&registry, DROPPED), 3);
    drop(exporter);
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_stays_away_is_given_up_after_minutes_and_what_is_left_is_counted() {
    let registry = Registry::new();
    let (mut tracer, exporter) = begin("http://127.0.0.1:1", &registry);
    let ends = CancellationToken::new();
    let task = tokio::spawn(exporter.run(ends.clone()));
    let begun = tokio::time::Instant::now();
    tracer.written(events(1), write(1));
    while value(&registry, DROPPED) == 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let took = begun.elapsed();
    assert!((5 * 60..6 * 60).contains(&took.as_secs()), "{took:?}");
    assert!((10..30).contains(&value(&registry, FAILURES)), "with growing distances: {}", registry.render());

    tracer.written(events(2), write(2));
    drop(tracer);
    let begun = tokio::time::Instant::now();
    ends.cancel();
    task.await.unwrap();
    assert!(begun.elapsed() <= Duration::from_secs(6), "{:?}", begun.elapsed());
    assert_eq!((value(&registry, DROPPED), value(&registry, SENT)), (2, 0));
}

#[tokio::test]
async fn a_node_that_stops_tells_what_it_has_at_once_and_many_calls_go_together() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (got, mut requests) = mpsc::unbounded_channel();
    let take = async move |body: Bytes| {
        got.send(ExportTraceServiceRequest::decode(body).unwrap()).unwrap();
        StatusCode::OK
    };
    tokio::spawn(async {
        axum::serve(listener, Router::new().route("/v1/traces", post(take))).await.unwrap();
    });
    let registry = Registry::new();
    let (mut tracer, exporter) = begin(&endpoint, &registry);
    let numbers = 1..=150;
    for number in numbers.clone() {
        tracer.written(events(number), write(number));
    }
    // Of a call that was placed before traces were switched on nothing is known.
    tracer.written(events(9).split_off(1), write(9));
    drop(tracer);
    exporter.run(CancellationToken::new()).await;
    let mut told = Vec::new();
    let mut sizes = Vec::new();
    while let Ok(request) = requests.try_recv() {
        let spans: Vec<_> = request.resource_spans[0].scope_spans[0].spans.clone();
        let whole = spans.iter().filter(|span| span.parent_span_id.is_empty());
        let ids: Vec<_> = whole.map(|span| span.trace_id.clone()).collect();
        sizes.push(ids.len());
        told.extend(ids);
    }
    assert_eq!(sizes, [64, 64, 22]);
    assert_eq!(told, numbers.map(|number| call(number).to_bytes().to_vec()).collect::<Vec<_>>());
    assert_eq!(value(&registry, SENT), 150);
}
