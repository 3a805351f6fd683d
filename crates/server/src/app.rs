//! All the wiring on one screen: what a node is made of, in which order it starts, and how it ends.
//!
//! ```text
//! sockets ─ signal ─┐                        ┌─ journal ─ store
//!                   ├─► hub (Sessions, Calls) ┤      └──► sockets
//! relay ─── media ──┤        └── bus         ├─ media ─ relay
//! store ─── watch ──┘                        └─ samples ─ store
//! ```

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tring_protocol::call::CallEvent;
use tring_protocol::time::Millis;
use tring_store::Store;

use crate::changes::Changes;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::{self, Demo};
use crate::health::{self, Health};
use crate::http::api::{Api, Attempts as LoginAttempts, Limits, Origins, Passwords, Streams};
use crate::http::{self, Proxy, Scheme, Site};
use crate::hub::{self, Hub, HubHandle, Input};
use crate::mail::Mail;
use crate::media::Media;
use crate::metrics::{self, Metrics};
use crate::outbound::{Outbound, Reach};
use crate::signal::{Attempts, Conns, Door};
use crate::tls::{self, Tls};
use crate::tokens::Tokens;
use crate::traces::{self, Exporter, Tracer};
use crate::watch::{AccountWatcher, Poke};
use crate::{StartError, journal, retention, samples, sightings};

/// The node's name in the database. Several nodes on one database will each be given their own.
const NODE: &str = "one";

/// How often addresses that no longer count are forgotten.
const FORGET: Duration = Duration::from_secs(60);

/// How often sessions, links and answers that have expired are removed from the database.
const FORGET_EXPIRED: Duration = Duration::from_secs(60 * 60);

/// How long sockets may take to say goodbye when the node stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// A running node.
#[derive(Debug)]
pub struct Node {
    site: Site,
    redirect: Option<SocketAddr>,
    metrics: Option<SocketAddr>,
    relay: Vec<String>,
    demo: Option<Demo>,
    drain: Millis,
    hub: HubHandle,
    hub_task: JoinHandle<()>,
    health: Health,
    drained: CancellationToken,
    stop_hub: CancellationToken,
    stop_http: CancellationToken,
    journal: JoinHandle<()>,
    samples: JoinHandle<()>,
    traces: Option<JoinHandle<()>>,
    stop_traces: CancellationToken,
    sockets: TaskTracker,
    store: Store,
}

/// Starts a node. When this returns, it serves.
///
/// # Errors
/// [`StartError`] if the database, the relay or the socket cannot be opened.
pub async fn start(config: Config) -> Result<Node, StartError> {
    let clock = Clock::start();
    let store = Store::open(&config.database(), &config.key_source()).await?;
    let passwords = Passwords::new();
    let demo = if config.demo { Some(demo::prepare(&store, &passwords, clock.now()).await?) } else { None };
    let calls = store.journal(NODE);
    let unfinished = calls.unfinished_calls().await?;
    if !unfinished.is_empty() {
        tracing::warn!(calls = unfinished.len(), "the last run ended with calls in it; they end as lost");
    }
    let listener = TcpListener::bind(config.http.listen)
        .await
        .map_err(|source| StartError::Listen { address: config.http.listen, source })?;
    let http =
        listener.local_addr().map_err(|source| StartError::Listen { address: config.http.listen, source })?;
    let figures = metrics_listener(config.metrics.listen).await?;
    let metrics_at = figures.as_ref().and_then(|listener| listener.local_addr().ok());
    let (drained, stop_hub, stop_http) =
        (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
    let redirect = redirect_listener(config.tls.redirect).await?;
    let secured = secure(&config, redirect.as_ref(), &stop_http).await?;
    let site = Site { address: http, scheme: secured.as_ref().map_or(Scheme::Http, Tls::scheme) };
    let (noticed, notices) = mpsc::unbounded_channel();
    let media = Media::start(&config.relay, noticed)?;
    let (relay, relay_view) = (media.info(), media.view());

    let proxy = if config.http.behind_proxy { Proxy::Trusted } else { Proxy::None };
    let health = Health::default();
    let metrics = Metrics::new(relay_view.clone(), health.clone());
    let (tracer, exporter) = traces(&config, &metrics, &unfinished)?.unzip();
    let sockets = TaskTracker::new();
    let (batches, to_write) = mpsc::channel(journal::BATCHES);
    let (seen, to_note) = mpsc::channel(sightings::WAITING);
    let (hub, inputs) = hub::handle();
    let reach = if config.outbound.allow_private { Reach::Private } else { Reach::Public };
    let outbound = Outbound::new(reach);
    let tokens = Tokens::new(outbound.clone());
    let door = Arc::new(Door {
        store: store.clone(),
        hub: hub.clone(),
        clock,
        relay: relay.clone(),
        proxy,
        attempts: Attempts::new(config.sign_in),
        sightings: seen,
        tasks: sockets.clone(),
        conns: Conns::default(),
        tokens: tokens.clone(),
        figures: metrics.signalling(),
    });

    let (sampled, to_sample) = mpsc::channel(samples::WAITING);
    let samples = tokio::spawn(samples::run(calls.clone(), to_sample));
    let (changes, poke) = (Changes::default(), Poke::default());
    let parts =
        health::Parts { node: NODE, store: store.clone(), clock, relay: relay_view, hub: hub.clone() };
    tokio::spawn(health::watch(health.clone(), parts, stop_hub.clone()));
    let watcher = AccountWatcher::new(store.clone(), hub.clone(), clock);
    tokio::spawn(watcher.run(poke.clone(), stop_hub.clone()));

    let journal = tokio::spawn(journal::run(
        calls,
        clock,
        health.clone(),
        changes.clone(),
        journal::Figures { calls: metrics.calls(), journal: metrics.journal(), traces: tracer },
        to_write,
    ));
    let stop_traces = CancellationToken::new();
    let traces = exporter.map(|exporter| tokio::spawn(exporter.run(stop_traces.clone())));
    let machines = Hub {
        clock,
        media,
        notices,
        journal: batches,
        samples: sampled,
        figures: metrics.sessions(),
        drained: drained.clone(),
        stop: stop_hub.clone(),
    };
    let hub_task = tokio::spawn(hub::run(machines, inputs, unfinished));
    tokio::spawn(sightings::run(store.clone(), to_note));
    let api = Arc::new(Api {
        store: store.clone(),
        hub: hub.clone(),
        clock,
        poke,
        changes,
        streams: Streams::default(),
        outbound,
        tokens,
        proxy,
        limits: Limits::new(config.api),
        attempts: LoginAttempts::new(config.login),
        passwords,
        mail: Mail::new(&config.mail, sockets.clone())?,
        origins: Origins::new(config.dashboard.public_url.clone(), site.clone(), proxy),
        sign_up: if config.demo { config.dashboard.sign_up.for_a_demo() } else { config.dashboard.sign_up },
        sign_up_turn: Mutex::default(),
        logo_turn: Mutex::default(),
        demo: demo.as_ref().map(|demo| demo.login.clone()),
    });
    tokio::spawn(forget_addresses(Arc::downgrade(&door), Arc::downgrade(&api)));
    tokio::spawn(forget_expired(store.clone(), clock, stop_hub.clone()));
    tokio::spawn(retention::run(store.clone(), clock, stop_hub.clone()));
    tokio::spawn(metrics::keep(metrics.clone(), stop_hub.clone()));
    if let Some(listener) = figures {
        let router = http::operators_router(health.clone(), metrics.clone());
        tokio::spawn(http::listener::serve(listener, None, router, stop_http.clone(), sockets.clone()));
    }
    let router = http::router(door, health.clone(), metrics, demo.clone(), api);
    let router = if config.tls.hsts > Millis::default() {
        http::strictly_tls(router, config.tls.hsts)
    } else {
        router
    };
    let door = secured.as_ref().map(|tls| tls.door.clone());
    tokio::spawn(http::listener::serve(listener, door, router, stop_http.clone(), sockets.clone()));
    let redirect_at = redirect.as_ref().and_then(|listener| listener.local_addr().ok());
    if let Some((listener, tls)) = redirect.zip(secured) {
        let router = http::redirect::router(tls.challenges, config.dashboard.public_url, site.clone());
        tokio::spawn(http::listener::serve(listener, None, router, stop_http.clone(), sockets.clone()));
    }

    Ok(Node {
        site,
        redirect: redirect_at,
        metrics: metrics_at,
        relay: relay.udp,
        demo,
        drain: config.drain,
        hub,
        hub_task,
        health,
        drained,
        stop_hub,
        stop_http,
        journal,
        samples,
        traces,
        stop_traces,
        sockets,
        store,
    })
}

impl Node {
    /// Where HTTP and signalling listen.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.site.address
    }

    /// What the addresses of its pages begin with, for a browser on this machine or by the name in the certificate.
    #[must_use]
    pub fn origin(&self) -> String {
        self.site.origin()
    }

    /// Where plain HTTP is sent on to TLS, if anywhere.
    #[must_use]
    pub fn redirect(&self) -> Option<SocketAddr> {
        self.redirect
    }

    /// Where figures are told, if anywhere.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Where audio goes, as clients are told.
    #[must_use]
    pub fn relay(&self) -> &[String] {
        &self.relay
    }

    /// What the demo's pages sign in with, if they are served.
    #[must_use]
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    /// Waits until the node has broken down, which only a bug can bring about. Calls are then best served by a process
    /// that ends and is started again: it tells everybody how their calls ended.
    pub async fn broken(&mut self) {
        tokio::select! {
            _ = &mut self.hub_task => {}
            _ = &mut self.journal => {}
        }
    }

    /// Ends the node as gently as it can: no new calls; running ones go on up to the configured limit; then what
    /// happened is written, and the sockets are closed. Dropping the future instead is a crash, which loses nothing
    /// that a client was told.
    pub async fn drain(self) {
        self.health.drains();
        self.hub.tell(Input::Drain).await;
        if tokio::time::timeout(self.drain.into(), self.drained.cancelled()).await.is_err() {
            tracing::warn!("the time for running calls is over; ending those that are left");
            self.hub.tell(Input::EndCalls).await;
            self.drained.cancelled().await;
        }
        self.stop_hub.cancel();
        // Its last batch has the last frames; when it returns, every socket has been given them, and its end.
        let _ = self.journal.await;
        let _ = self.samples.await;
        self.stop_http.cancel();
        self.stop_traces.cancel();
        self.sockets.close();
        let traces = async {
            if let Some(task) = self.traces {
                let _ = task.await;
            }
        };
        let _ = tokio::join!(tokio::time::timeout(GOODBYE, self.sockets.wait()), traces);
        if let Err(error) = self.store.close().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database cannot be closed");
        }
    }
}

async fn metrics_listener(at: Option<SocketAddr>) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = at else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).map_err(|source| StartError::Metrics { address, source })
}

async fn redirect_listener(at: Option<SocketAddr>) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = at else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).map_err(|source| StartError::Redirect { address, source })
}

fn traces(
    config: &Config,
    metrics: &Metrics,
    unfinished: &[Vec<CallEvent>],
) -> Result<Option<(Tracer, Exporter)>, StartError> {
    let Some(endpoint) = &config.traces.endpoint else { return Ok(None) };
    let database = if config.database_url.is_some() { "postgresql" } else { "sqlite" };
    let origin = traces::Origin { node: NODE, database };
    let (mut tracer, exporter) =
        traces::start(endpoint, &config.traces, &origin, metrics.traces()).map_err(StartError::Traces)?;
    tracer.remember(unfinished);
    Ok(Some((tracer, exporter)))
}

async fn secure(
    config: &Config,
    redirect: Option<&TcpListener>,
    stop: &CancellationToken,
) -> Result<Option<Tls>, StartError> {
    let Some(certificate) = config.certificate() else { return Ok(None) };
    let redirect = redirect.map_or(tls::Redirect::None, |_| tls::Redirect::Listens);
    tls::start(&certificate, &config.data, redirect, stop.clone()).await.map(Some)
}

async fn forget_addresses(door: Weak<Door>, api: Weak<Api>) {
    loop {
        tokio::time::sleep(FORGET).await;
        let Some((door, api)) = door.upgrade().zip(api.upgrade()) else { return };
        door.attempts.forget();
        api.attempts.forget();
        api.limits.forget();
    }
}

/// What has expired is refused anyway; this gives its room back.
async fn forget_expired(store: Store, clock: Clock, stop: CancellationToken) {
    let mut hours = tokio::time::interval(FORGET_EXPIRED);
    loop {
        tokio::select! {
            _ = hours.tick() => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = store.forget_expired(clock.now()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "what has expired cannot be removed");
        }
    }
}
