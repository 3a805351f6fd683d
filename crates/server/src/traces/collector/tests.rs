use axum::Router;
use axum::http::StatusCode as Status;
use axum::response::IntoResponse;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTracePartialSuccess;

use super::*;
use crate::config::{Config, Layers};

/// A collector that answers everything so.
async fn answering(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> Collector {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = move || std::future::ready(answer.clone());
    let router = Router::new().route("/v1/traces", post(answer));
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    at(&endpoint)
}

fn at(endpoint: &str) -> Collector {
    let flags = vec![("traces.endpoint", endpoint.to_owned())];
    let layers = Layers { flags, environment: Some(Vec::new()), ..Layers::default() };
    let traces = Config::load(&layers).unwrap().traces;
    Collector::new(traces.endpoint.as_ref().unwrap(), &traces).unwrap()
}

async fn asked(collector: &Collector) -> Answer {
    collector.send(collector.encode(&ExportTraceServiceRequest::default())).await
}

#[tokio::test]
async fn what_is_sent_again_is_what_the_protocol_says() {
    for status in [429, 502, 503, 504] {
        let collector = answering(Status::from_u16(status).unwrap()).await;
        assert!(matches!(asked(&collector).await, Answer::Later { after: None, .. }), "{status}");
    }
    for status in [301, 400, 401, 403, 404, 413, 500, 501] {
        let collector = answering(Status::from_u16(status).unwrap()).await;
        match asked(&collector).await {
            Answer::Never { why } => assert!(why.contains(&status.to_string()), "{why}"),
            other => panic!("{status}: {other:?}"),
        }
    }
    let closed = at("http://127.0.0.1:1");
    match asked(&closed).await {
        Answer::Later { after: None, why } => assert!(!why.contains("v1/traces"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_collector_may_say_how_long_to_wait() {
    let busy = answering((Status::SERVICE_UNAVAILABLE, [("retry-after", "7")])).await;
    assert!(matches!(asked(&busy).await, Answer::Later { after: Some(wait), .. } if wait.as_secs() == 7));
    let now = httpdate::parse_http_date("Sat, 21 Nov 2026 18:00:00 GMT").unwrap();
    assert_eq!(wait("Sat, 21 Nov 2026 18:00:09 GMT", now), Some(Duration::from_secs(9)));
    assert_eq!(wait("Sat, 21 Nov 2026 17:00:00 GMT", now), None);
    assert_eq!(wait("soon", now), None);
}

#[tokio::test]
async fn an_answer_may_say_what_was_thrown_away() {
    assert_eq!(asked(&answering("").await).await, Answer::Took { rejected: 0, why: String::new() });
    let partial = ExportTracePartialSuccess { rejected_spans: 3, error_message: "x".repeat(9_999) };
    let answer = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    match asked(&answering(answer).await).await {
        Answer::Took { rejected: 3, why } => assert_eq!(why.len(), WORDS_MAX),
        other => panic!("{other:?}"),
    }
    let page = answering("<!doctype html><title>Welcome</title>").await;
    assert!(matches!(asked(&page).await, Answer::Never { .. }), "a web page is no collector");
}
