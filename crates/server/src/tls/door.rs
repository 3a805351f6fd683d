//! The start of a connection: who speaks TLS is let in with the certificate of the moment, the certificate authority is
//! answered, and everybody else is told or cut off.

use rustls::crypto::aws_lc_rs;
use rustls::server::{Acceptor, ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::challenges::{self, Challenges};
use super::identity::Identity;

/// How long a handshake may take, silence before it included. Longer: silent connections cost memory longer. Shorter:
/// phones on bad networks do not get in. Four round trips of 2 s and a lost packet fit.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// First byte of a record with a `ClientHello` (RFC 8446 §5.1). No method of HTTP begins with it.
const HANDSHAKE_RECORD: u8 = 22;

/// How much is read of what somebody without TLS says, so that they get to read the answer.
const PLAIN_MAX: usize = 16 * 1024;

/// What somebody without TLS is answered, whatever they said.
const PLAIN: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 51\r\n\
                     connection: close\r\n\r\nThis port speaks TLS: use https:// or wss:// here.\n";

/// The door of a listener that speaks TLS.
#[derive(Debug, Clone)]
pub(crate) struct TlsDoor {
    ordinary: Arc<ServerConfig>,
    challenges: Challenges,
}

impl TlsDoor {
    /// A door that shows `current`, and to certificate authorities what is in `challenges`.
    pub(crate) fn new(current: Current, challenges: Challenges) -> Self {
        let mut ordinary = config(Arc::new(current));
        // WebSockets need it; without this line clients that offer h2 as well would have to guess.
        ordinary.alpn_protocols = vec![b"http/1.1".to_vec()];
        // What a client needs to come back cheaply it keeps itself, so that a thousand phones cost no memory here.
        ordinary.session_storage = Arc::new(NoServerSessionStorage {});
        ordinary.send_tls13_tickets = 1;
        match aws_lc_rs::Ticketer::new() {
            Ok(ticketer) => ordinary.ticketer = ticketer,
            // Clients then do whole handshakes.
            Err(error) => tracing::warn!(%error, "TLS sessions cannot be resumed"),
        }
        Self { ordinary: Arc::new(ordinary), challenges }
    }

    /// Waits for the handshake. `None`: nothing more is to be done for this connection.
    pub(crate) async fn enter(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        tokio::time::timeout(HANDSHAKE, self.shake(stream)).await.ok().flatten()
    }

    async fn shake(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let mut first = [0];
        // Without consuming it. What breaks here is the client's concern and not the operator's.
        if stream.peek(&mut first).await.ok()? == 0 {
            return None;
        }
        if first[0] != HANDSHAKE_RECORD {
            answer_in_plain(stream).await;
            return None;
        }
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await.ok()?;
        if let Some(name) = asked_to_prove(&start.client_hello()) {
            let proof = self.challenges.certificate(&name)?;
            // The authority looks at the certificate and goes (RFC 8737 §3).
            let mut shown = start.into_stream(challenge_config(proof)).await.ok()?;
            let _ = shown.shutdown().await;
            return None;
        }
        start.into_stream(self.ordinary.clone()).await.ok()
    }
}

/// The certificate of the moment. Connections that stand keep the one they began with.
#[derive(Debug, Clone)]
pub(crate) struct Current(Arc<RwLock<Arc<CertifiedKey>>>);

impl Current {
    pub(crate) fn new(identity: &Identity) -> Self {
        Self(Arc::new(RwLock::new(identity.key.clone())))
    }

    /// From now on new connections get this one.
    pub(crate) fn show(&self, identity: &Identity) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = identity.key.clone();
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// The name that a certificate authority wants proven, if it is one: it offers this protocol alone (RFC 8737 §3).
fn asked_to_prove(hello: &ClientHello<'_>) -> Option<String> {
    let mut offered = hello.alpn()?;
    let is_challenge = offered.next() == Some(challenges::ALPN) && offered.next().is_none();
    is_challenge.then(|| hello.server_name().unwrap_or_default().to_ascii_lowercase())
}

fn challenge_config(proof: Arc<CertifiedKey>) -> Arc<ServerConfig> {
    let mut config = config(Arc::new(rustls::sign::SingleCertAndKey::from(proof)));
    config.alpn_protocols = vec![challenges::ALPN.to_vec()];
    Arc::new(config)
}

/// TLS 1.2 and 1.3 by the one provider of ciphers.
fn config(certificates: Arc<dyn ResolvesServerCert>) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers for TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(certificates)
}

/// Says what is wrong and reads on for a while: closing with unread bytes would reset the connection, and the client
/// would never see the answer.
async fn answer_in_plain(mut stream: TcpStream) {
    if stream.write_all(PLAIN.as_bytes()).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let mut ignored = [0; 1024];
    let mut read = 0;
    while read < PLAIN_MAX {
        match stream.read(&mut ignored).await {
            Ok(0) | Err(_) => return,
            Ok(bytes) => read += bytes,
        }
    }
}
