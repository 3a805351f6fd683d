//! One request to the collector, and what its answer means (OTLP 1, "OTLP/HTTP Response").

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use prost::bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use std::error::Error;
use std::io::Write;
use std::time::{Duration, SystemTime};

use crate::config;

/// Whole time of a request. Higher: a collector that hangs is noticed later; lower: a slow one gets everything twice.
const PATIENCE: Duration = Duration::from_secs(10);

/// Most bytes of an answer that are read; ordinary ones have none.
const ANSWER_MAX: usize = 64 * 1_024;

/// Most characters of the collector's own words that reach the log.
const WORDS_MAX: usize = 200;

/// Where traces go.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    client: Client,
    url: Url,
    gzip: bool,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was taken, but for so many spans.
    Took { rejected: u64, why: String },
    /// It may be taken later, and not before that time has passed.
    Later { after: Option<Duration>, why: String },
    /// It will never be taken.
    Never { why: String },
}

impl Collector {
    /// # Errors
    /// If the system has nothing to check certificates with.
    pub(super) fn new(endpoint: &config::Collector, config: &config::Traces) -> Result<Self, reqwest::Error> {
        let mut headers: HeaderMap = config.headers.map().clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        if config.gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let client = Client::builder()
            .user_agent(concat!("tring/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .timeout(PATIENCE)
            // What leads elsewhere is not where the operator wanted traces, and their keys, to go.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client, url: endpoint.url().clone(), gzip: config.gzip })
    }

    /// The bytes of a request. Takes milliseconds for many spans.
    pub(super) fn encode(&self, request: &ExportTraceServiceRequest) -> Bytes {
        let plain = request.encode_to_vec();
        if !self.gzip {
            return plain.into();
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        let packed = packed.write_all(&plain).and_then(|()| packed.finish());
        packed.expect("a vector takes everything").into()
    }

    /// Sends a request once.
    pub(super) async fn send(&self, body: Bytes) -> Answer {
        match self.client.post(self.url.clone()).body(body).send().await {
            Ok(response) if response.status().is_success() => taken(response).await,
            Ok(response) => refused(&response),
            Err(error) => Answer::Later { after: None, why: chain(&error.without_url()) },
        }
    }
}

/// The collector answered well, and may still have thrown something away.
async fn taken(mut response: Response) -> Answer {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_MAX {
            break;
        }
    }
    match ExportTraceServiceResponse::decode(bytes.as_slice()) {
        Ok(answer) => {
            let partial = answer.partial_success.unwrap_or_default();
            let rejected = u64::try_from(partial.rejected_spans).unwrap_or(0);
            Answer::Took { rejected, why: partial.error_message.chars().take(WORDS_MAX).collect() }
        }
        Err(_) => Answer::Never { why: "it answers, but not in the words of OTLP".to_owned() },
    }
}

fn refused(response: &Response) -> Answer {
    let (status, why) = (response.status(), format!("it answers with the status {}", response.status()));
    match status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => {
            let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            Answer::Later { after: after.and_then(|text| wait(text, SystemTime::now())), why }
        }
        _ => Answer::Never { why },
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110 §10.2.3).
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    let seconds = text.trim().parse().ok().map(Duration::from_secs);
    seconds.or_else(|| httpdate::parse_http_date(text.trim()).ok()?.duration_since(now).ok())
}

/// An error with everything behind it: the outermost says little more than that there was one.
fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(at) = cause {
        words = format!("{words}: {at}");
        cause = at.source();
    }
    words
}

#[cfg(test)]
mod tests;
