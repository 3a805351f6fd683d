//! The WebSocket of signalling: opened, read and written by a task of its own, and closed when its handle is dropped.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tring_protocol::limits;
use tring_protocol::signal::{ClientFrame, ServerFrame};

use super::options::Server;
use crate::signalling::decode;

/// How long opening may take. Higher: a server that does not answer keeps a device from trying again; lower: slow networks
/// never connect.
const OPEN_PATIENCE: Duration = Duration::from_secs(10);
/// How long saying goodbye may take.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// Names a socket: each that is opened has another number.
pub(super) type WireId = u64;

/// What a socket tells.
#[derive(Debug)]
pub(super) enum WireEvent {
    Opened,
    Frame(ServerFrame),
    /// It is gone, or could not be opened, and then `why`. Told once, and last.
    Closed {
        why: Option<String>,
    },
}

/// A socket that is open or being opened. Dropping it closes it, once what was given to it is sent.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) id: WireId,
    outgoing: mpsc::UnboundedSender<ClientFrame>,
}

impl Wire {
    /// Opens one; what it tells goes to `events` with its number.
    pub(super) fn open(
        id: WireId,
        server: Server,
        tls: Option<Arc<ClientConfig>>,
        events: mpsc::UnboundedSender<(WireId, WireEvent)>,
    ) -> Self {
        let (outgoing, frames) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let why = match timeout(OPEN_PATIENCE, connect(&server, tls)).await {
                Ok(Ok(socket)) => {
                    let _ = events.send((id, WireEvent::Opened));
                    converse(id, socket, frames, &events).await;
                    None
                }
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("it does not answer".to_owned()),
            };
            if let Some(error) = &why {
                tracing::debug!(%error, "the server cannot be reached");
            }
            let _ = events.send((id, WireEvent::Closed { why }));
        });
        Self { id, outgoing }
    }

    /// Sends this. What cannot be sent is the session's to repeat.
    pub(super) fn send(&self, frame: ClientFrame) {
        let _ = self.outgoing.send(frame);
    }
}

/// A byte stream that a WebSocket can run on.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

type Socket = WebSocketStream<Box<dyn Stream>>;

async fn connect(server: &Server, tls: Option<Arc<ClientConfig>>) -> io::Result<Socket> {
    let tcp = TcpStream::connect((server.host.as_str(), server.port)).await?;
    // Without Nagle's algorithm, as browsers have it: messages are small and wait for nothing.
    tcp.set_nodelay(true)?;
    let stream: Box<dyn Stream> = match tls {
        Some(config) => {
            let name = ServerName::try_from(server.host.clone()).map_err(io::Error::other)?;
            Box::new(TlsConnector::from(config).connect(name, tcp).await?)
        }
        None => Box::new(tcp),
    };
    let most = Some(2 * limits::FRAME_MAX);
    let config = WebSocketConfig::default().max_message_size(most).max_frame_size(most);
    let opened = client_async_with_config(server.signal(), stream, Some(config)).await;
    opened.map(|(socket, _)| socket).map_err(|error| no_socket(server, error))
}

/// What to tell of a server at which no WebSocket was opened.
fn no_socket(server: &Server, error: tungstenite::Error) -> io::Error {
    let tungstenite::Error::Http(answer) = error else { return io::Error::other(error) };
    let advice = if server.is_secure {
        "is it a Tring server, and does all that stands before it let WebSockets through?"
    } else {
        "is it a Tring server, or does it want https://?"
    };
    io::Error::other(format!("it answers `{}` instead of opening a WebSocket; {advice}", answer.status()))
}

async fn converse(
    id: WireId,
    mut socket: Socket,
    mut frames: mpsc::UnboundedReceiver<ClientFrame>,
    events: &mpsc::UnboundedSender<(WireId, WireEvent)>,
) {
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => {
                    let text = serde_json::to_string(&frame).expect("a frame is made of what JSON has");
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                None => {
                    let _ = timeout(CLOSE_PATIENCE, socket.close(None)).await;
                    return;
                }
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    if let Some(frame) = decode(&text) {
                        let _ = events.send((id, WireEvent::Frame(frame)));
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}
