//! What waits for the collector, what is sent together and again, and what is let go. Calls take no notice.

use prost::bytes::Bytes;
use rand::RngExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::collector::{Answer, Collector};
use super::spans::Server;
use super::story::Story;
use crate::metrics::TraceFigures;

/// Most traces of one request: some 1,500 spans, 400 kB. Higher: collectors with a bound refuse them; lower: more
/// requests.
const TOGETHER: usize = 64;

/// How long traces are gathered. Higher: fewer requests, and a call is seen later.
const GATHER: Duration = Duration::from_secs(1);

/// First wait before what was not taken is sent again; doubles up to [`RETRY_MAX`].
const RETRY_MIN: Duration = Duration::from_secs(1);
/// Longest wait before what was not taken is sent again, unless the collector asks for more.
const RETRY_MAX: Duration = Duration::from_secs(30);

/// How long one request is tried. Higher: a collector that comes back after hours is told of old calls first; lower:
/// its restart costs traces.
const GIVE_UP: Duration = Duration::from_secs(5 * 60);

/// How long what is left may take when the node stops.
const FLUSH: Duration = Duration::from_secs(5);

/// How often it is said that something is wrong.
const WARN: Duration = Duration::from_secs(60);

/// Tells the collector.
pub(crate) struct Exporter {
    collector: Collector,
    server: Server,
    stories: mpsc::Receiver<Story>,
    figures: Arc<TraceFigures>,
    /// How many traces are on their way.
    on_the_way: u64,
    warned: Option<Instant>,
    fails: bool,
}

impl Exporter {
    pub(super) fn new(
        collector: Collector,
        server: Server,
        stories: mpsc::Receiver<Story>,
        figures: Arc<TraceFigures>,
    ) -> Self {
        Self { collector, server, stories, figures, on_the_way: 0, warned: None, fails: false }
    }

    /// Runs until no call can end any more and everything is told, or for a few seconds after `ends`.
    pub(crate) async fn run(mut self, ends: CancellationToken) {
        let time_is_over = async {
            ends.cancelled().await;
            sleep(FLUSH).await;
        };
        tokio::select! {
            () = self.tell_all(&ends) => {}
            () = time_is_over => {}
        }
        let mut left = self.on_the_way;
        while self.stories.try_recv().is_ok() {
            left += 1;
        }
        if left > 0 {
            self.figures.dropped(left);
            tracing::warn!(traces = left, "the collector did not take the traces of the last calls in time");
        }
    }

    async fn tell_all(&mut self, ends: &CancellationToken) {
        let mut gathered = Vec::new();
        while let Some(first) = self.stories.recv().await {
            gathered.push(first);
            self.on_the_way = 1;
            let mut room = TOGETHER - 1;
            // Ends early when no more can come: a node that stops does not wait for this.
            let more = async {
                while room > 0 {
                    let came = self.stories.recv_many(&mut gathered, room).await;
                    if came == 0 {
                        return;
                    }
                    room -= came;
                    self.on_the_way += came as u64;
                }
            };
            let _ = timeout(GATHER, more).await;
            let stories = std::mem::take(&mut gathered);
            let (collector, server) = (self.collector.clone(), self.server.clone());
            // Not between two rounds of the hub.
            let encoded = tokio::task::spawn_blocking(move || collector.encode(&server.tell(&stories))).await;
            if let Ok(body) = encoded {
                self.tell(body, ends).await;
            }
        }
    }

    /// Sends one request until it is taken, refused, or too old.
    async fn tell(&mut self, body: Bytes, ends: &CancellationToken) {
        let (begun, mut wait) = (Instant::now(), RETRY_MIN);
        loop {
            match self.collector.send(body.clone()).await {
                Answer::Took { rejected, why } => {
                    self.figures.sent(std::mem::take(&mut self.on_the_way));
                    return self.took(rejected, &why);
                }
                Answer::Never { why } => {
                    self.figures.refused(std::mem::take(&mut self.on_the_way));
                    return self.failed(&why);
                }
                Answer::Later { after, why } => {
                    self.failed(&why);
                    if begun.elapsed() >= GIVE_UP {
                        self.figures.dropped(std::mem::take(&mut self.on_the_way));
                        return;
                    }
                    // Not all servers of a fleet at once.
                    let random = wait.mul_f64(rand::rng().random_range(0.8..1.2));
                    rest(random.max(after.unwrap_or_default()).min(GIVE_UP), ends).await;
                    wait = (wait * 2).min(RETRY_MAX);
                }
            }
        }
    }

    fn took(&mut self, rejected: u64, why: &str) {
        if rejected > 0 {
            self.figures.rejected(rejected);
        }
        if rejected > 0 || !why.is_empty() {
            self.warn(|| tracing::warn!(rejected, why, "the collector has something to say about traces"));
        }
        if std::mem::take(&mut self.fails) {
            self.warned = None;
            tracing::info!("the collector takes traces again");
        }
    }

    fn failed(&mut self, why: &str) {
        self.figures.failed();
        self.fails = true;
        let lost = self.figures.lost();
        self.warn(|| {
            tracing::warn!(
                why,
                lost,
                "the collector does not take traces; calls go on without them. Is `traces.endpoint` the address where \
                 it takes OTLP over HTTP, which is port 4318 as a rule?"
            );
        });
    }

    fn warn(&mut self, say: impl FnOnce()) {
        if self.warned.is_none_or(|at| at.elapsed() >= WARN) {
            self.warned = Some(Instant::now());
            say();
        }
    }
}

/// Waits, but not long once the node stops.
async fn rest(wait: Duration, ends: &CancellationToken) {
    if ends.is_cancelled() {
        return sleep(RETRY_MIN).await;
    }
    tokio::select! {
        () = sleep(wait) => {}
        () = ends.cancelled() => {}
    }
}
