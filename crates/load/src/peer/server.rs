//! Where the server's signalling is, and how a connection to it is opened.

use anyhow::{Context as _, Result, bail};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::http::Uri;
use tring_client::tls;

/// A server's address, looked up once for all devices.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    /// With the port, as a URL has it.
    authority: String,
    tls: Option<(ServerName<'static>, Arc<ClientConfig>)>,
}

/// What a WebSocket can run on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Server {
    /// The server at `url`, such as `https://calls.example.com` or `http://127.0.0.1:8000`. Certificates in
    /// `authorities` (PEM) are trusted besides those that the system trusts.
    ///
    /// # Errors
    /// If it is no such URL, its name is unknown, or the certificates cannot be read.
    pub async fn find(url: &str, authorities: Option<&Path>) -> Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("{url} is no URL"))?;
        let host = uri.host().with_context(|| format!("{url} names no host"))?;
        let bare = host.trim_matches(['[', ']']);
        let (port, tls) = match uri.scheme_str() {
            Some("http" | "ws") => (80, None),
            Some("https" | "wss") => {
                (443, Some((ServerName::try_from(bare.to_owned())?, tls::config(authorities)?)))
            }
            _ => bail!("{url} must begin with http:// or https://"),
        };
        let port = uri.port_u16().unwrap_or(port);
        let addresses = lookup_host((bare, port)).await.with_context(|| format!("looking up {bare}"))?;
        let address =
            addresses.min_by_key(SocketAddr::is_ipv6).with_context(|| format!("{bare} has no address"))?;
        Ok(Self { address, authority: format!("{host}:{port}"), tls })
    }

    /// Its IP address and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn signal(&self) -> String {
        let scheme = if self.tls.is_some() { "wss" } else { "ws" };
        format!("{scheme}://{}/v1/signal", self.authority)
    }

    pub(super) async fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(match &self.tls {
            None => Box::new(stream),
            Some((name, config)) => {
                Box::new(TlsConnector::from(Arc::clone(config)).connect(name.clone(), stream).await?)
            }
        })
    }
}

impl From<SocketAddr> for Server {
    /// Without TLS.
    fn from(address: SocketAddr) -> Self {
        Self { address, authority: address.to_string(), tls: None }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.signal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_url_says_where_and_whether_by_tls() {
        let plain = Server::find("http://127.0.0.1:8000", None).await.unwrap();
        assert_eq!(plain.address(), "127.0.0.1:8000".parse().unwrap());
        assert_eq!(plain.signal(), "ws://127.0.0.1:8000/v1/signal");
        let six = Server::find("http://[::1]", None).await.unwrap();
        assert_eq!(
            (six.address(), six.signal().as_str()),
            ("[::1]:80".parse().unwrap(), "ws://[::1]:80/v1/signal")
        );
        for wrong in ["calls.example.com", "ftp://127.0.0.1", "http://"] {
            assert!(Server::find(wrong, None).await.is_err(), "{wrong}");
        }
    }
}
