//! The connection of a signed-in device: a WebSocket that keeps its numbers, acknowledges, answers pings, and breaks
//! and comes back when it is told to.

use anyhow::{Result, anyhow, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tring_protocol::ids::{Cuid, DeviceId};
use tring_protocol::link::{Arrival, Link};
use tring_protocol::signal::{
    CALL_WAITING, ClientFrame, ClientMessage, Device as DeviceInfo, Hello, PROTOCOL_VERSION, Platform,
    Resume, SdkInfo, ServerFrame, ServerMessage, Welcome,
};

use super::device::{PATIENCE, SignIn};
use super::server::Stream;
use super::trouble::Trouble;

/// Thousands of sockets at 128 KiB each, the default, would make the generator's memory the limit.
const READ_BUFFER: usize = 4096;

/// Which device of whom.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Whose.
    pub cuid: Cuid,
    device: DeviceId,
    capabilities: Vec<String>,
    behind_firewall: bool,
}

impl Identity {
    /// The device that somebody has, if they have one.
    pub fn of(cuid: &str) -> Result<Self> {
        let device = DeviceId::parse(&format!("bench-{cuid}"))?;
        Ok(Self { cuid: Cuid::parse(cuid)?, device, capabilities: Vec::new(), behind_firewall: false })
    }

    /// One that offers a second call to somebody who is in one.
    pub fn with_call_waiting(mut self) -> Self {
        self.capabilities.push(CALL_WAITING.to_owned());
        self
    }

    /// One whose network lets no UDP through.
    pub fn behind_firewall(self) -> Self {
        Self { behind_firewall: true, ..self }
    }

    /// Whether its audio must go over TCP.
    pub fn is_behind_firewall(&self) -> bool {
        self.behind_firewall
    }

    /// Whether it is offered a second call.
    pub fn has_call_waiting(&self) -> bool {
        self.capabilities.iter().any(|known| known == CALL_WAITING)
    }

    /// Another device of the same user.
    pub fn another(&self) -> Result<Self> {
        let name = format!("bench-{}-{:08x}", self.cuid, rand::random::<u32>());
        Ok(Self { device: DeviceId::parse(&name)?, ..self.clone() })
    }
}

/// What the device wants of its connection.
pub(super) enum Order {
    Say(ClientMessage),
    /// `done` is told once the connection is back, or for good away.
    Break(Break, oneshot::Sender<()>),
}

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The socket is lost; the device resumes its session after this time.
    Lost(Duration),
    /// The device resumes on a new socket while the server still takes the old one for good.
    HalfOpen,
    /// The page says goodbye, and comes back after this time without any memory.
    Reload(Duration),
    /// The page says goodbye for good.
    Leave,
}

/// A message of the server and when it came.
pub(super) struct Heard {
    pub(super) at: Instant,
    /// How often the page had been reloaded.
    pub(super) page: u32,
    pub(super) message: ServerMessage,
}

type Socket = WebSocketStream<Box<dyn Stream>>;

pub(super) struct Connection {
    at: SignIn,
    identity: Identity,
    socket: Socket,
    link: Link<ClientMessage>,
    resume_token: String,
    page: u32,
    heard: UnboundedSender<Heard>,
}

impl Connection {
    /// Connects, says hello and waits for the welcome.
    pub(super) async fn open(
        at: &SignIn,
        identity: &Identity,
        heard: UnboundedSender<Heard>,
    ) -> Result<Self> {
        let (socket, welcome) = welcomed(at, identity, None).await?;
        Ok(Self {
            at: at.clone(),
            identity: identity.clone(),
            socket,
            link: Link::default(),
            resume_token: welcome.resume_token,
            page: 0,
            heard,
        })
    }

    /// Goes on until the server closes it, the device leaves or is dropped.
    pub(super) async fn serve(mut self, mut orders: UnboundedReceiver<Order>) -> Result<()> {
        loop {
            tokio::select! {
                frame = receive(&mut self.socket) => match frame? {
                    None => return Ok(()),
                    Some(frame) => self.take(frame).await?,
                },
                order = orders.recv() => match order {
                    None => return Ok(()),
                    Some(Order::Say(body)) => {
                        let seq = self.link.send(body.clone())?;
                        let frame = ClientFrame::Message { seq, ack: self.link.received(), body };
                        send(&mut self.socket, &frame).await?;
                    }
                    Some(Order::Break(how, done)) => {
                        let stays = self.break_off(how).await?;
                        // Who asked may have been given up.
                        let _ = done.send(());
                        if !stays {
                            return Ok(());
                        }
                    }
                },
            }
        }
    }

    async fn take(&mut self, frame: ServerFrame) -> Result<()> {
        match frame {
            ServerFrame::Message { seq, ack, body } => {
                let at = Instant::now();
                self.link.acknowledge(ack)?;
                if self.link.receive(seq)? == Arrival::New {
                    // The device may have been dropped a moment ago.
                    let _ = self.heard.send(Heard { at, page: self.page, message: body });
                }
                send(&mut self.socket, &ClientFrame::Ack { ack: self.link.received() }).await
            }
            ServerFrame::Ack { ack } => Ok(self.link.acknowledge(ack)?),
            ServerFrame::Ping {} => send(&mut self.socket, &ClientFrame::Pong {}).await,
            ServerFrame::Refused { error } => Err(Trouble::SignedOut(error).into()),
            // Its token, if it has one, lives as long as itself.
            ServerFrame::Welcome(_)
            | ServerFrame::Renewed { .. }
            | ServerFrame::RenewRefused { .. }
            | ServerFrame::Unknown => Ok(()),
        }
    }

    /// Breaks the connection; false if it does not come back.
    async fn break_off(&mut self, how: Break) -> Result<bool> {
        match how {
            Break::Lost(away) => {
                drop_socket(&mut self.socket).await?;
                tokio::time::sleep(away).await;
                self.resume().await?;
            }
            Break::HalfOpen => self.resume().await?,
            Break::Reload(away) => {
                send(&mut self.socket, &ClientFrame::Leaving {}).await?;
                drop_socket(&mut self.socket).await?;
                tokio::time::sleep(away).await;
                let (socket, welcome) = welcomed(&self.at, &self.identity, None).await?;
                (self.socket, self.link) = (socket, Link::default());
                self.resume_token = welcome.resume_token;
                self.page += 1;
            }
            Break::Leave => {
                send(&mut self.socket, &ClientFrame::Leaving {}).await?;
                drop_socket(&mut self.socket).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes on with the session on a new socket; the old one is dropped once the new one is welcome.
    async fn resume(&mut self) -> Result<()> {
        let resume = Resume { token: self.resume_token.clone(), received: self.link.received() };
        let (mut socket, welcome) = welcomed(&self.at, &self.identity, Some(resume)).await?;
        ensure!(welcome.resumed, "the session of {} was not resumed", self.identity.cuid);
        self.resume_token = welcome.resume_token;
        let ack = self.link.received();
        let again: Vec<_> =
            self.link.resume(welcome.received)?.map(|(seq, body)| (seq, body.clone())).collect();
        for (seq, body) in again {
            send(&mut socket, &ClientFrame::Message { seq, ack, body }).await?;
        }
        self.socket = socket;
        Ok(())
    }
}

async fn welcomed(
    at: &SignIn,
    identity: &Identity,
    resume: Option<Resume>,
) -> Result<(Socket, Box<Welcome>)> {
    timeout(PATIENCE, greet(at, identity, resume)).await.map_err(|_| Trouble::Late("welcome"))?
}

async fn greet(at: &SignIn, identity: &Identity, resume: Option<Resume>) -> Result<(Socket, Box<Welcome>)> {
    let Identity { cuid, device, capabilities, .. } = identity;
    let unreachable = |error: &dyn std::error::Error| Trouble::Unreachable(error.to_string());
    let stream = at.server.connect().await.map_err(|error| unreachable(&error))?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER).write_buffer_size(0);
    let upgraded = client_async_with_config(at.server.signal(), stream, Some(config)).await;
    let (mut socket, _) = upgraded.map_err(|error| unreachable(&error))?;
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        account: at.account.clone(),
        apikey: Some(at.apikey.clone()),
        cuid: cuid.clone(),
        name: None,
        device: DeviceInfo { id: device.clone(), platform: Platform::Native, system: None, network: None },
        sdk: SdkInfo { name: "bench".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        capabilities: capabilities.clone(),
        token: at.tokens.as_ref().map(|tokens| tokens.of(cuid)),
        resume,
    };
    send(&mut socket, &ClientFrame::Hello(Box::new(hello))).await?;
    match receive(&mut socket).await?.ok_or(Trouble::Lost)? {
        ServerFrame::Welcome(welcome) => Ok((socket, welcome)),
        ServerFrame::Refused { error } => Err(Trouble::SignInRefused(error).into()),
        other => bail!("{cuid} got {other:?} in place of a welcome"),
    }
}

/// Closes the TCP connection without a word at the WebSocket's level, as a lost network or a killed page does.
async fn drop_socket(socket: &mut Socket) -> Result<()> {
    use tokio::io::AsyncWriteExt as _;
    socket.get_mut().shutdown().await.map_err(|error| anyhow!(error).context("dropping a connection"))
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
