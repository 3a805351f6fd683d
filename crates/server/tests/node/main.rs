//! A whole node, spoken to through its real sockets: every test has its own, with a database of its own and port 0.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod api_account;
mod api_calls;
mod api_statistics;
mod calls;
mod crash;
#[expect(dead_code, reason = "the embedded database is made by the world itself")]
#[path = "../../../store/tests/databases/mod.rs"]
mod databases;
mod device;
mod drain;
mod hostile;
mod http;
mod journal;
mod live;
mod metrics;
mod peer;
mod postgres;
mod privacy;
mod served;
mod sessions;
mod several;
mod sign_in;
mod tls;
mod tokens;
mod traces;
mod turn;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tring_protocol::http::account::SettingsChange;
use tring_protocol::settings::{CallSettings, DevicePolicy};
use tring_protocol::time::{Millis, Timestamp};
use tring_server::Node;
use tring_server::config::{Config, Layers};
use tring_store::{Actor, Change, Database, KEY_FILE, KeySource, NewAccount, Store};

/// How long anything that must happen may take on a busy machine. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

/// A node with one account, and the database to look into.
struct World {
    node: Node,
    store: Store,
    account: NewAccount,
    // Removed at the end, in this order.
    dir: TempDir,
    _postgres: Option<databases::Fresh>,
}

impl World {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these keys of the configuration changed.
    async fn with(keys: &[(&'static str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::in_directory(dir.path()).await.unwrap();
        let account = store.create_account("Acme", now()).await.unwrap();
        let node = start(dir.path(), keys).await;
        Self { node, store, account, dir, _postgres: None }
    }

    /// The same on a PostgreSQL server.
    async fn on_postgres(keys: &[(&'static str, &str)]) -> Self {
        let fresh = databases::postgres().await;
        let Database::Postgres { url } = &fresh.database else { unreachable!("it was asked for") };
        let dir = tempfile::tempdir().unwrap();
        let key = KeySource::File(dir.path().join(KEY_FILE));
        let store = Store::open(&fresh.database, &key).await.unwrap();
        let account = store.create_account("Acme", now()).await.unwrap();
        let keys: Vec<_> = keys.iter().copied().chain([("database_url", url.as_str())]).collect();
        let node = start(dir.path(), &keys).await;
        Self { node, store, account, dir, _postgres: Some(fresh) }
    }

    async fn settings(&self, settings: CallSettings) {
        let change = SettingsChange { calls: Some(settings), ..SettingsChange::default() };
        self.change().settings(&change).await.unwrap();
    }

    /// What the operator changes of the account.
    fn change(&self) -> Change<'_> {
        self.store.account(&self.account.id).change(&Actor::Operator, now())
    }

    async fn many_devices(&self) {
        self.settings(CallSettings { devices: DevicePolicy::Many, ..CallSettings::default() }).await;
    }

    async fn ring_timeout(&self, seconds: u64) {
        let ring_timeout = Millis::seconds(seconds);
        self.settings(CallSettings { ring_timeout, ..CallSettings::default() }).await;
    }
}

async fn start(data: &Path, keys: &[(&'static str, &str)]) -> Node {
    let mut flags = vec![
        ("data", data.to_str().unwrap().to_owned()),
        ("http.listen", "127.0.0.1:0".to_owned()),
        ("relay.listen", "127.0.0.1:0".to_owned()),
    ];
    flags.extend(keys.iter().map(|(key, value)| (*key, (*value).to_owned())));
    let layers = Layers { flags, environment: Some(Vec::new()), ..Layers::default() };
    tring_server::start(Config::load(&layers).unwrap()).await.unwrap()
}

fn now() -> Timestamp {
    tring_server::clock::wall()
}

/// Waits until `condition` holds.
async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let end = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(tokio::time::Instant::now() < end, "{what} did not come to be");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Which parts of the node are not well, as a load balancer is told: none if it takes calls.
async fn unwell(http: SocketAddr) -> Vec<String> {
    let mut stream = TcpStream::connect(http).await.unwrap();
    stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let said: serde_json::Value = serde_json::from_str(body).unwrap();
    let parts = said["parts"].as_array().unwrap();
    let unwell: Vec<_> = parts.iter().filter(|part| part["ok"] == false).collect();
    let status = if unwell.is_empty() { "HTTP/1.0 200" } else { "HTTP/1.0 503" };
    assert!(head.starts_with(status) && said["ready"] == unwell.is_empty(), "{answer}");
    assert!(unwell.iter().all(|part| part["reason"].is_string()), "{answer}");
    unwell.iter().map(|part| part["name"].as_str().unwrap().to_owned()).collect()
}
