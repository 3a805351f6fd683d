//! A database for each test: a directory of its own, or a database of its own on the PostgreSQL server that
//! `TRING_TEST_POSTGRES` names.

use sea_orm::ConnectionTrait;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tring_store::{Database, KEY_FILE, KeySource, Store};

const SERVER: &str = "TRING_TEST_POSTGRES";

/// A database that nobody else uses; dropped, it is gone.
pub(crate) struct Fresh {
    pub(crate) database: Database,
    /// What beside the database belongs to a server: its key file.
    pub(crate) directory: TempDir,
    _postgres: Option<Postgres>,
}

impl Fresh {
    pub(crate) fn key(&self) -> KeySource {
        KeySource::File(self.directory.path().join("data").join(KEY_FILE))
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.database, &self.key()).await.unwrap()
    }
}

pub(crate) async fn sqlite() -> Fresh {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::Sqlite { directory: directory.path().to_owned() };
    Fresh { database, directory, _postgres: None }
}

pub(crate) async fn postgres() -> Fresh {
    let server = std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} names no PostgreSQL server: run this by `make test-rust` or `.ci/postgres run cargo test …`")
    });
    let postgres = Postgres::create(server).await;
    let database = Database::Postgres { url: at_server(&postgres.server, &postgres.name) };
    Fresh { database, directory: tempfile::tempdir().unwrap(), _postgres: Some(postgres) }
}

struct Postgres {
    server: String,
    name: String,
}

impl Postgres {
    async fn create(server: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tring_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&server, &format!("CREATE DATABASE {name}")).await;
        Self { server, name }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // The test's own runtime is busy dropping this.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(&server, &drop));
        });
        dropping.join().unwrap();
    }
}

async fn run(server: &str, statement: &str) {
    let mut options = sea_orm::ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    let db = sea_orm::Database::connect(options).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// The address of database `name` on the server of the address `server`.
fn at_server(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let (host, _) = address.rsplit_once('/').expect("the address names the maintenance database");
    format!("{host}/{name}?{options}")
}
