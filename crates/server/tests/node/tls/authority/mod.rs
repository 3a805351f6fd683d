//! A certificate authority that speaks ACME (RFC 8555) and checks what a real one checks: signatures, nonces, proofs
//! over real connections, and that a request for a certificate is for what was proven.

mod jws;
mod ledger;
mod look;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::{DAY, Root};
use jws::{Jwk, Request, Signer, malformed};
use ledger::Ledger;

/// Where the names lead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) http: SocketAddr,
    pub(super) tls: SocketAddr,
}

/// A running authority.
pub(super) struct Authority {
    shared: Arc<Shared>,
    ports: watch::Sender<Option<Ports>>,
    dir: TempDir,
}

struct Shared {
    /// What its addresses begin with.
    base: String,
    root: Root,
    ledger: Mutex<Ledger>,
    /// Known once the node listens; until then nobody is looked at.
    ports: watch::Receiver<Option<Ports>>,
}

/// An error document of RFC 8555 §6.7.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    kind: String,
    detail: String,
}

impl Refusal {
    fn new(kind: &str, detail: &str) -> Self {
        Self { kind: kind.to_owned(), detail: detail.to_owned() }
    }

    fn document(&self) -> Value {
        json!({ "type": format!("urn:ietf:params:acme:error:{}", self.kind), "detail": self.detail })
    }
}

impl Authority {
    /// Begins to serve; its certificates are valid from a second ago and for `life` from now.
    pub(super) async fn start(life: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let root = Root::new();
        let (chain, key) = root.signed("localhost", DAY, DAY);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("root.pem"), root.0.pem()).unwrap();
        let (ports, known) = watch::channel(None);
        let shared = Arc::new(Shared { base, root, ledger: Mutex::new(Ledger::new(life)), ports: known });
        let chain = CertificateDer::from_pem_slice(chain.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![chain], key).unwrap();
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), router(shared.clone())));
        Self { shared, ports, dir }
    }

    pub(super) fn directory(&self) -> String {
        format!("{}/directory", self.shared.base)
    }

    /// The file with the root that its own https is checked with, and what it signs.
    pub(super) fn root_file(&self) -> PathBuf {
        self.dir.path().join("root.pem")
    }

    pub(super) fn root(&self) -> &Root {
        &self.shared.root
    }

    /// From now on names lead there.
    pub(super) fn names_lead_to(&self, ports: Ports) {
        self.ports.send_replace(Some(ports));
    }

    /// What it did so far.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.shared.ledger.lock().unwrap()
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, router: Router) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, router) = (acceptor.clone(), router.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let builder = auto::Builder::new(TokioExecutor::new()).http1_only();
            let _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).await;
        });
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/directory", get(directory))
        .route("/nonce", head(nonce))
        .route("/renewal/{certificate}", get(renewal))
        .fallback(post(signed))
        .with_state(shared)
}

async fn directory(State(shared): State<Arc<Shared>>) -> Response {
    let at = |path: &str| format!("{}/{path}", shared.base);
    axum::Json(json!({
        "newNonce": at("nonce"), "newAccount": at("account"), "newOrder": at("order"), "renewalInfo": at("renewal"),
        "meta": { "termsOfService": at("terms") },
    }))
    .into_response()
}

async fn nonce(State(shared): State<Arc<Shared>>) -> Response {
    shared.answer(StatusCode::OK, Value::Null, None)
}

/// RFC 9773 §4.
async fn renewal(State(shared): State<Arc<Shared>>, Path(certificate): Path<String>) -> Response {
    match shared.ledger.lock().unwrap().window(&certificate) {
        Some((start, end)) => {
            let window = json!({ "suggestedWindow": { "start": start, "end": end } });
            ([("retry-after", "21600")], axum::Json(window)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Everything that has to be signed.
async fn signed(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if headers.get("content-type").is_none_or(|kind| kind != "application/jose+json") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    match shared.act(uri.path(), &body) {
        Ok(response) => response,
        Err(refusal) => shared.answer(StatusCode::BAD_REQUEST, refusal.document(), None),
    }
}

impl Shared {
    fn act(self: &Arc<Self>, path: &str, body: &[u8]) -> Result<Response, Refusal> {
        let request = Request::open(body, &format!("{}{path}", self.base))?;
        let mut ledger = self.ledger.lock().unwrap();
        if !ledger.use_nonce(&request.nonce) {
            drop(ledger);
            return Err(Refusal::new("badNonce", "this one does not count"));
        }
        if let Signer::Key(key) = &request.signer {
            let said = request.verified(key)?;
            let location = self.account(&mut ledger, path, key, &said)?;
            drop(ledger);
            return Ok(self.answer(StatusCode::CREATED, json!({ "status": "valid" }), Some(location)));
        }
        let Signer::Account(account) = &request.signer else { unreachable!("both are looked at") };
        let unknown = || Refusal::new("accountDoesNotExist", "nobody knows it");
        let key = ledger.accounts.get(account).cloned().ok_or_else(unknown)?;
        let said = request.verified(&key)?;
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (status, document, location) = match parts[..] {
            ["order"] => {
                let id = ledger.order(&said)?;
                let location = format!("{}/order/{id}", self.base);
                (StatusCode::CREATED, ledger.order_document(&self.base, id)?, Some(location))
            }
            ["order", id] => (StatusCode::OK, ledger.order_document(&self.base, number(id)?)?, None),
            ["proof", id] => (StatusCode::OK, ledger.proof_document(&self.base, number(id)?)?, None),
            ["challenge", id, kind] => {
                let id = number(id)?;
                let kind = kind.to_owned();
                if ledger.is_asked_to_look(id, &kind)? {
                    tokio::spawn(self.clone().look(id, kind.clone(), key.thumbprint()));
                }
                (StatusCode::OK, ledger.challenge_document(&self.base, id, &kind)?, None)
            }
            ["finalize", id] => {
                let id = number(id)?;
                ledger.issue(id, &said, &self.root)?;
                (StatusCode::OK, ledger.order_document(&self.base, id)?, None)
            }
            ["certificate", id] => (StatusCode::OK, Value::String(ledger.chain(number(id)?)?), None),
            _ => return Err(malformed("there is nothing here")),
        };
        drop(ledger);
        Ok(self.answer(status, document, location))
    }

    fn account(&self, ledger: &mut Ledger, path: &str, key: &Jwk, said: &Value) -> Result<String, Refusal> {
        if path != "/account" {
            return Err(malformed("an account must sign"));
        }
        if said["termsOfServiceAgreed"] != true {
            return Err(Refusal::new("userActionRequired", "the terms are not agreed to"));
        }
        let location = format!("{}/account/{}", self.base, ledger.accounts.len());
        ledger.accounts.insert(location.clone(), key.clone());
        ledger.contacts.push(said["contact"].to_string());
        Ok(location)
    }

    async fn look(self: Arc<Self>, id: usize, kind: String, thumbprint: String) {
        let mut ports = self.ports.clone();
        let Ok(ports) = ports.wait_for(Option::is_some).await.map(|ports| ports.unwrap()) else { return };
        let (name, token) = self.ledger.lock().unwrap().looked_for(id);
        let expected = format!("{token}.{thumbprint}");
        let found = match kind.as_str() {
            "http-01" => look::by_http(&name, ports.http, &token, &expected).await,
            _ => look::by_tls(&name, ports.tls, &expected).await,
        };
        self.ledger.lock().unwrap().looked(id, &kind, found);
    }

    /// With a fresh nonce, as every answer has it (RFC 8555 §6.5). A text is a chain in PEM.
    fn answer(&self, status: StatusCode, document: Value, location: Option<String>) -> Response {
        let nonce = self.ledger.lock().unwrap().new_nonce();
        let mut response = match document {
            Value::Null => status.into_response(),
            Value::String(text) => (status, text).into_response(),
            document => (status, axum::Json(document)).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert("replay-nonce", nonce.parse().unwrap());
        if let Some(location) = location {
            headers.insert("location", location.parse().unwrap());
        }
        response
    }
}

fn number(id: &str) -> Result<usize, Refusal> {
    id.parse().map_err(|_| malformed("there is nothing here"))
}
