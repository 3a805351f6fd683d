//! The node's own TLS, spoken to as browsers do: by name, and with certificates that are checked.

mod acme;
mod authority;
mod door;
mod files;
mod redirect;

use futures_util::{SinkExt, StreamExt};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tring_protocol::signal::{ClientFrame, ServerFrame};

use crate::device::hello;
use crate::{PATIENCE, World};

/// What the node is called in these tests.
const NAME: &str = "calls.test";

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Whom clients trust, and who signs.
struct Root(CertifiedIssuer<'static, KeyPair>);

impl Root {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Root of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// PEM of a certificate for `name` that began `begun` ago and is over `left` from now, and of its key.
    fn signed(&self, name: &str, begun: Duration, left: Duration) -> (String, String) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = (SystemTime::now() - begun).into();
        params.not_after = (SystemTime::now() + left).into();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }

    /// A client that trusts nobody else.
    fn client(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
    }

    /// The same for whole requests. `NAME` leads to `address`.
    fn browser(&self, address: SocketAddr) -> reqwest::Client {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([reqwest::Certificate::from_der(self.0.der()).unwrap()])
            .resolve(NAME, address)
            .build()
            .unwrap()
    }
}

/// Files with a certificate for `NAME`.
struct Files {
    dir: TempDir,
}

impl Files {
    fn of(root: &Root) -> Self {
        let files = Self { dir: tempfile::tempdir().unwrap() };
        files.write(root.signed(NAME, DAY, 90 * DAY));
        files
    }

    fn certificate(&self) -> PathBuf {
        self.dir.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    /// One after the other, as everybody does who renews.
    fn write(&self, (chain, key): (String, String)) {
        std::fs::write(self.certificate(), chain).unwrap();
        std::fs::write(self.key(), key).unwrap();
    }

    async fn serve(&self, more: &[(&'static str, &str)]) -> World {
        let (certificate, key) = (self.certificate(), self.key());
        let ours = [("tls.certificate", certificate.to_str().unwrap()), ("tls.key", key.to_str().unwrap())];
        World::with(&[&ours[..], more].concat()).await
    }
}

/// A connection by this client, if the handshake succeeds.
async fn shake(address: SocketAddr, client: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(NAME).unwrap();
    timeout(PATIENCE, TlsConnector::from(Arc::new(client)).connect(name, stream)).await.unwrap()
}

/// A device over TLS.
struct Device(WebSocketStream<TlsStream<TcpStream>>);

impl Device {
    async fn sign_in(world: &World, client: ClientConfig, cuid: &str) -> Self {
        let stream = shake(world.node.http(), client).await.unwrap();
        let url = format!("wss://{NAME}/v1/signal");
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let mut device = Self(socket);
        let hello = hello(&world.account.id, &world.account.apikey, cuid);
        let hello = serde_json::to_string(&ClientFrame::Hello(Box::new(hello))).unwrap();
        device.0.send(Message::text(hello)).await.unwrap();
        match device.next().await {
            Some(Message::Text(text)) => {
                assert!(matches!(serde_json::from_str(&text).unwrap(), ServerFrame::Welcome(_)), "{text}");
            }
            other => panic!("a welcome was due, not {other:?}"),
        }
        device
    }

    /// What comes next; `None` at the end.
    async fn next(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.0.next()).await.unwrap().and_then(Result::ok)
    }

    /// Proves that both directions still work.
    async fn is_alive(&mut self) {
        self.0.send(Message::Ping(b"still there?"[..].into())).await.unwrap();
        loop {
            match self.next().await {
                Some(Message::Pong(_)) => return,
                Some(Message::Text(_) | Message::Ping(_)) => {}
                other => panic!("an answer was due, not {other:?}"),
            }
        }
    }
}
