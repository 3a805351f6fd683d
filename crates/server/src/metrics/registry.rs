//! Where figures are registered, and how they are written. Not a global: several nodes may run in one process.

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// From one millisecond to a minute: what lies between two bounds cannot be told apart. More of them: more series.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// For the time that people talk.
const TALK: [f64; 9] = [5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 14_400.0];

/// The one metric that is counted by [`TALK`].
pub(super) const TALK_SECONDS: &str = "tring_call_talk_seconds";

const METADATA: Metadata<'static> = Metadata::new("tring", Level::INFO, None);

/// Labels and their values.
pub(super) type Labels<'a> = [(&'static str, &'a str)];

pub(crate) struct Registry {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Registry {
    pub(crate) fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .and_then(|it| it.set_buckets_for_metric(Matcher::Full(TALK_SECONDS.to_owned()), &TALK))
            .expect("there are bounds")
            .build_recorder();
        let handle = recorder.handle();
        Self { recorder, handle }
    }

    /// Something that only grows. The same name and labels are the same counter.
    pub(super) fn counter(&self, name: &'static str, help: &'static str, labels: &Labels<'_>) -> Counter {
        self.recorder.describe_counter(KeyName::from_const_str(name), None, help.into());
        self.recorder.register_counter(&key(name, labels), &METADATA)
    }

    /// Something that goes up and down.
    pub(super) fn gauge(&self, name: &'static str, help: &'static str, labels: &Labels<'_>) -> Gauge {
        self.recorder.describe_gauge(KeyName::from_const_str(name), None, help.into());
        self.recorder.register_gauge(&key(name, labels), &METADATA)
    }

    /// How long something took, in seconds.
    pub(super) fn histogram(&self, name: &'static str, help: &'static str, labels: &Labels<'_>) -> Histogram {
        self.recorder.describe_histogram(KeyName::from_const_str(name), None, help.into());
        self.recorder.register_histogram(&key(name, labels), &METADATA)
    }

    /// As Prometheus reads it.
    pub(crate) fn render(&self) -> String {
        self.handle.render()
    }

    /// Puts what was gathered into the buckets.
    pub(super) fn keep(&self) {
        self.handle.run_upkeep();
    }
}

fn key(name: &'static str, labels: &Labels<'_>) -> Key {
    let labels: Vec<_> = labels.iter().map(|(key, value)| Label::new(*key, (*value).to_owned())).collect();
    Key::from_parts(name, labels)
}
