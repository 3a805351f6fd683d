//! One signed-in device of a light peer: a WebSocket that keeps its numbers, acknowledges and answers pings.

use anyhow::{Context as _, Result, anyhow, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tring_protocol::ids::{AccountId, Cuid, DeviceId};
use tring_protocol::link::{Arrival, Link};
use tring_protocol::signal::{
    ClientFrame, ClientMessage, Device as DeviceInfo, Hello, PROTOCOL_VERSION, Platform, SdkInfo,
    ServerFrame, ServerMessage,
};

/// How long anything may take that a light peer waits for. Far above every goal: what takes longer is a fault.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
/// Thousands of sockets at 128 KiB each, the default, would make the generator's memory the limit.
const READ_BUFFER: usize = 4096;

/// Where and as which account to sign in.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    pub(crate) server: SocketAddr,
    pub(crate) account: AccountId,
    pub(crate) apikey: String,
}

/// A signed-in device. Dropping it closes its socket.
pub(crate) struct Device {
    pub(crate) cuid: Cuid,
    say: UnboundedSender<ClientMessage>,
    hear: UnboundedReceiver<Heard>,
    unread: VecDeque<Heard>,
    task: JoinHandle<Result<()>>,
}

struct Heard {
    at: Instant,
    message: ServerMessage,
}

type Socket = WebSocketStream<TcpStream>;

impl Device {
    /// Connects, says hello and waits for the welcome.
    pub(crate) async fn sign_in(at: &SignIn, cuid: &str) -> Result<Self> {
        let cuid = Cuid::parse(cuid)?;
        let socket = timeout(PATIENCE, welcomed(at, &cuid)).await.context("signing in takes too long")??;
        let (say, said) = unbounded_channel();
        let (heard, hear) = unbounded_channel();
        let task = tokio::spawn(serve(socket, said, heard));
        Ok(Self { cuid, say, hear, unread: VecDeque::new(), task })
    }

    pub(crate) fn say(&self, message: ClientMessage) {
        // A connection that is gone shows at the next message that is waited for.
        let _ = self.say.send(message);
    }

    /// Waits for the message that `pick` takes, and says when it arrived; others stay unread. A message that ends
    /// the call or refuses something, and is not what was waited for, is an error.
    pub(crate) async fn wait_for<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&ServerMessage) -> Option<T>,
    ) -> Result<(Instant, T)> {
        let found =
            self.unread.iter().enumerate().find_map(|(i, heard)| Some((i, heard.at, pick(&heard.message)?)));
        if let Some((i, at, picked)) = found {
            self.unread.remove(i);
            return Ok((at, picked));
        }
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let next = tokio::time::timeout_at(deadline, self.hear.recv()).await;
            let Some(heard) = next.map_err(|_| anyhow!("{} waited in vain for {what}", self.cuid))? else {
                let error = (&mut self.task).await?.err().unwrap_or_else(|| anyhow!("the server closed it"));
                return Err(
                    error.context(format!("{} lost its connection while waiting for {what}", self.cuid))
                );
            };
            if let Some(picked) = pick(&heard.message) {
                return Ok((heard.at, picked));
            }
            match &heard.message {
                ServerMessage::Ended { status, reason, .. } => {
                    bail!("the call ended ({status:?}, {reason:?}) while {} waited for {what}", self.cuid)
                }
                ServerMessage::Rejected { error, .. } | ServerMessage::MediaRefused { error, .. } => {
                    bail!("refused while {} waited for {what}: {error:?}", self.cuid)
                }
                _ => self.unread.push_back(heard),
            }
        }
    }

    /// Forgets what was not waited for, so that nothing of one call is read in the next.
    pub(crate) fn forget(&mut self) {
        self.unread.clear();
        while self.hear.try_recv().is_ok() {}
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn welcomed(at: &SignIn, cuid: &Cuid) -> Result<Socket> {
    let stream = TcpStream::connect(at.server).await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER).write_buffer_size(0);
    let url = format!("ws://{}/v1/signal", at.server);
    let (mut socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await?;
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        account: at.account.clone(),
        apikey: Some(at.apikey.clone()),
        cuid: cuid.clone(),
        name: None,
        device: DeviceInfo {
            id: DeviceId::parse(&format!("bench-{cuid}"))?,
            platform: Platform::Native,
            system: None,
            network: None,
        },
        sdk: SdkInfo { name: "bench".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        capabilities: Vec::new(),
        token: None,
        resume: None,
    };
    send(&mut socket, &ClientFrame::Hello(Box::new(hello))).await?;
    match receive(&mut socket).await?.context("closed before the welcome")? {
        ServerFrame::Welcome(_) => Ok(socket),
        ServerFrame::Refused { error } => bail!("{cuid} was refused: {error:?}"),
        other => bail!("{cuid} got {other:?} in place of a welcome"),
    }
}

/// Keeps one connection until it closes or the device is dropped.
async fn serve(
    mut socket: Socket,
    mut said: UnboundedReceiver<ClientMessage>,
    heard: UnboundedSender<Heard>,
) -> Result<()> {
    let mut link = Link::default();
    loop {
        tokio::select! {
            frame = receive(&mut socket) => match frame? {
                None => return Ok(()),
                Some(ServerFrame::Message { seq, ack, body }) => {
                    let at = Instant::now();
                    link.acknowledge(ack)?;
                    if link.receive(seq)? == Arrival::New {
                        // The device may have been dropped a moment ago.
                        let _ = heard.send(Heard { at, message: body });
                    }
                    send(&mut socket, &ClientFrame::Ack { ack: link.received() }).await?;
                }
                Some(ServerFrame::Ack { ack }) => link.acknowledge(ack)?,
                Some(ServerFrame::Ping {}) => send(&mut socket, &ClientFrame::Pong {}).await?,
                Some(ServerFrame::Refused { error }) => bail!("the session was ended: {error:?}"),
                // It signs in with an apikey alone and has no token to renew.
                Some(
                    ServerFrame::Welcome(_)
                    | ServerFrame::Renewed { .. }
                    | ServerFrame::RenewRefused { .. }
                    | ServerFrame::Unknown,
                ) => {}
            },
            message = said.recv() => {
                let Some(body) = message else { return Ok(()) };
                let seq = link.send(body.clone())?;
                send(&mut socket, &ClientFrame::Message { seq, ack: link.received(), body }).await?;
            }
        }
    }
}

async fn send(socket: &mut Socket, frame: &ClientFrame) -> Result<()> {
    Ok(socket.send(Message::text(serde_json::to_string(frame)?)).await?)
}

/// The next frame; `None` once the server has closed the connection.
async fn receive(socket: &mut Socket) -> Result<Option<ServerFrame>> {
    loop {
        match socket.next().await.transpose()? {
            Some(Message::Text(text)) => return Ok(Some(serde_json::from_str(&text)?)),
            None | Some(Message::Close(_)) => return Ok(None),
            // Pings of the WebSocket itself are answered by the library.
            Some(_) => {}
        }
    }
}
