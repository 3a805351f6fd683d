//! Which spans a story becomes: ids that follow from the call's, and the messages of OTLP.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, SpanFlags, Status};
use sha2::{Digest, Sha256};
use tring_protocol::ids::CallId;

use super::Origin;
use super::attributes::{self, text};
use super::parts::{Part, parts};
use super::story::Story;

/// Of every span: it is recorded (W3C Trace Context §3.2.3.1), the last 56 bits of its trace's id are random, as those
/// of a version 7 UUID are (level 2 of the same), and its parent is known to be of this process.
const FLAGS: u32 = 0x01 | 0x02 | SpanFlags::ContextHasIsRemoteMask as u32;

/// The server as its traces describe it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    resource: Resource,
    database: &'static str,
}

impl Server {
    /// The operator's words are added, and beat our own.
    pub(super) fn new(origin: &Origin, operators: &[(String, String)]) -> Self {
        let mut attributes = vec![
            text(attributes::SERVICE_NAME, "tring"),
            text(attributes::SERVICE_VERSION, env!("CARGO_PKG_VERSION")),
            text(attributes::SERVICE_INSTANCE_ID, origin.node),
        ];
        for (name, value) in operators {
            attributes.retain(|known| known.key != *name);
            attributes.push(text(name, value));
        }
        Self { resource: Resource { attributes, ..Resource::default() }, database: origin.database }
    }

    /// Each story as a trace.
    pub(super) fn tell(&self, stories: &[Story]) -> ExportTraceServiceRequest {
        let scope = InstrumentationScope {
            name: "tring".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        let spans = stories.iter().flat_map(|story| self.spans(story)).collect();
        let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
        let resource = Some(self.resource.clone());
        let resource_spans = vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }];
        ExportTraceServiceRequest { resource_spans }
    }

    fn spans(&self, story: &Story) -> Vec<Span> {
        let Some(call) = story.events.first().map(|first| first.call) else { return Vec::new() };
        let of_part = |(place, part)| span(call, place, part);
        parts(story, self.database).into_iter().enumerate().map(of_part).collect()
    }
}

fn span(call: CallId, place: usize, part: Part) -> Span {
    let Part { name, within, kind, begin, end, mut said, moments, failure } = part;
    said.extend(failure.map(|failure| text(attributes::ERROR_TYPE, failure)));
    let status =
        failure.map(|failure| Status { message: failure.to_owned(), code: StatusCode::Error.into() });
    let moment =
        |(at, name): (u64, &str)| Event { time_unix_nano: at, name: name.to_owned(), ..Event::default() };
    Span {
        trace_id: call.to_bytes().to_vec(),
        span_id: id(call, place),
        parent_span_id: within.map(|within| id(call, within)).unwrap_or_default(),
        flags: FLAGS,
        name: name.to_owned(),
        kind: kind.into(),
        start_time_unix_nano: begin,
        end_time_unix_nano: end,
        attributes: said,
        events: moments.into_iter().map(moment).collect(),
        status,
        ..Span::default()
    }
}

/// The same for the same part whenever the story is told, and another for every other part of any call.
fn id(call: CallId, place: usize) -> Vec<u8> {
    let hash =
        Sha256::new().chain_update(call.to_bytes()).chain_update((place as u64).to_be_bytes()).finalize();
    hash[..8].to_vec()
}
