//! A device that speaks the protocol from the outside, over a real WebSocket.

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::{AccountId, CallId, Cuid, DeviceId};
use tring_protocol::link::{Arrival, Link};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{
    CallImages, ClientFrame, ClientMessage, Hello, PROTOCOL_VERSION, Platform, Resume, SdkInfo, ServerFrame,
    ServerMessage, Welcome,
};
use tring_protocol::text::{Context, DisplayName};
use tring_server::Node;

use crate::{PATIENCE, World};

/// A socket before and after its `hello`.
pub(crate) struct Wire(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Wire {
    pub(crate) async fn open(node: &Node) -> Self {
        let url = format!("ws://{}/v1/signal", node.http());
        // Without Nagle's algorithm, as browsers have it.
        let (socket, _) = connect_async_with_config(url, None, true).await.unwrap();
        Self(socket)
    }

    /// As a page of this origin.
    pub(crate) async fn open_on_page(node: &Node, origin: &str) -> Self {
        let mut request = format!("ws://{}/v1/signal", node.http()).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let (socket, _) = connect_async_with_config(request, None, true).await.unwrap();
        Self(socket)
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    pub(crate) async fn send_frame(&mut self, frame: &ClientFrame) {
        self.send_text(&serde_json::to_string(frame).unwrap()).await;
    }

    /// The next frame; `None` when the socket is closed.
    pub(crate) async fn frame(&mut self) -> Option<ServerFrame> {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("the server says something in time");
            match message {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(other)) => panic!("the server sent {other:?}"),
            }
        }
    }

    /// The refusal that must come next, and the end of the socket.
    pub(crate) async fn refusal(&mut self) -> WireError {
        let error = match self.frame().await {
            Some(ServerFrame::Refused { error }) => error,
            other => panic!("a refusal was due, not {other:?}"),
        };
        assert_eq!(self.frame().await, None, "nothing follows a refusal");
        error
    }

    /// Gone without a word, like a phone in a tunnel.
    pub(crate) fn cut(self) {
        drop(self);
    }
}

/// The `hello` of a web page of `cuid`, whose device is named after them.
pub(crate) fn hello(account: &AccountId, apikey: &str, cuid: &str) -> Hello {
    Hello {
        protocol: PROTOCOL_VERSION,
        account: account.clone(),
        apikey: Some(apikey.to_owned()),
        cuid: Cuid::parse(cuid).unwrap(),
        name: Some(DisplayName::parse(&format!("Name of {cuid}")).unwrap()),
        device: tring_protocol::signal::Device {
            id: DeviceId::parse(&format!("device-of-{cuid}")).unwrap(),
            platform: Platform::Web,
            system: None,
            network: None,
        },
        sdk: SdkInfo { name: "test".to_owned(), version: "1".to_owned() },
        capabilities: Vec::new(),
        token: None,
        resume: None,
    }
}

/// A device that is signed in.
pub(crate) struct Device {
    pub(crate) wire: Wire,
    pub(crate) welcome: Welcome,
    hello: Hello,
    link: Link<ClientMessage>,
}

impl Device {
    /// Signs `cuid` in to the world's account.
    pub(crate) async fn sign_in(world: &World, cuid: &str) -> Self {
        Self::with(&world.node, hello(&world.account.id, &world.account.apikey, cuid)).await
    }

    /// Signs in with this `hello`.
    pub(crate) async fn with(node: &Node, hello: Hello) -> Self {
        let mut wire = Wire::open(node).await;
        wire.send_frame(&ClientFrame::Hello(Box::new(hello.clone()))).await;
        match wire.frame().await {
            Some(ServerFrame::Welcome(welcome)) => {
                Self { wire, welcome: *welcome, hello, link: Link::default() }
            }
            other => panic!("a welcome was due, not {other:?}"),
        }
    }

    /// Loses the socket without a word and comes back with the token.
    pub(crate) async fn resume(self, node: &Node) -> Self {
        self.wire.cut();
        Self::resume_with(node, self.hello, self.welcome.resume_token, self.link).await
    }

    /// Loses the socket without a word; the returned future comes back when it is awaited.
    pub(crate) fn lose(self) -> Lost {
        self.wire.cut();
        Lost { hello: self.hello, token: self.welcome.resume_token, link: self.link }
    }

    async fn resume_with(
        node: &Node,
        mut hello: Hello,
        token: String,
        mut link: Link<ClientMessage>,
    ) -> Self {
        hello.resume = Some(Resume { token, received: link.received() });
        let Self { mut wire, welcome, .. } = Self::with(node, hello.clone()).await;
        if welcome.resumed {
            let ack = link.received();
            let again: Vec<_> =
                link.resume(welcome.received).unwrap().map(|(seq, body)| (seq, body.clone())).collect();
            for (seq, body) in again {
                wire.send_frame(&ClientFrame::Message { seq, ack, body }).await;
            }
        } else {
            link = Link::default();
        }
        Self { wire, welcome, hello, link }
    }

    pub(crate) async fn say(&mut self, body: ClientMessage) {
        let seq = self.link.send(body.clone()).unwrap();
        let ack = self.link.received();
        self.wire.send_frame(&ClientFrame::Message { seq, ack, body }).await;
    }

    /// The next message. Answers heartbeats and keeps the numbers.
    pub(crate) async fn hear(&mut self) -> ServerMessage {
        timeout(PATIENCE, self.next_message()).await.expect("the server says something in time")
    }

    async fn next_message(&mut self) -> ServerMessage {
        loop {
            match self.wire.frame().await {
                Some(ServerFrame::Message { seq, ack, body }) => {
                    self.link.acknowledge(ack).unwrap();
                    let arrival = self.link.receive(seq).unwrap();
                    let ack = self.link.received();
                    self.wire.send_frame(&ClientFrame::Ack { ack }).await;
                    assert_eq!(arrival, Arrival::New, "nothing comes twice");
                    return body;
                }
                Some(ServerFrame::Ack { ack }) => self.link.acknowledge(ack).unwrap(),
                Some(ServerFrame::Ping {}) => self.wire.send_frame(&ClientFrame::Pong {}).await,
                other => panic!("{} was due a message, not {other:?}", self.hello.cuid),
            }
        }
    }

    /// Whether nothing but heartbeats has come.
    pub(crate) fn is_silent(&mut self) -> bool {
        while let Some(frame) = self.wire.frame().now_or_never() {
            if frame != Some(ServerFrame::Ping {}) {
                return false;
            }
        }
        true
    }

    /// Waits until everything that was said is acknowledged, which means that it is on disk.
    pub(crate) async fn acknowledged(&mut self) {
        while self.link.waiting() > 0 {
            match self.wire.frame().await {
                Some(ServerFrame::Ack { ack }) => self.link.acknowledge(ack).unwrap(),
                Some(ServerFrame::Ping {}) => self.wire.send_frame(&ClientFrame::Pong {}).await,
                other => panic!("an acknowledgement was due, not {other:?}"),
            }
        }
    }

    pub(crate) async fn place(&mut self, to: &str) {
        self.say(ClientMessage::Place {
            reference: "mine".to_owned(),
            to: Cuid::parse(to).unwrap(),
            context: Context::parse("Your order is here").unwrap(),
            remote_context: None,
            images: CallImages::default(),
        })
        .await;
    }

    /// Calls and expects that the server takes the call.
    pub(crate) async fn call(&mut self, to: &str) -> CallId {
        self.place(to).await;
        match self.hear().await {
            ServerMessage::Placed { call_id, .. } => call_id,
            other => panic!("placed was due, not {other:?}"),
        }
    }

    /// Calls and expects that the server does not take the call.
    pub(crate) async fn rejected(&mut self, to: &str) -> ErrorCode {
        self.place(to).await;
        match self.hear().await {
            ServerMessage::Rejected { error, .. } => error.code,
            other => panic!("rejected was due, not {other:?}"),
        }
    }

    /// The incoming call that must come next; this device shows it.
    pub(crate) async fn ring(&mut self) -> CallId {
        match self.hear().await {
            ServerMessage::Incoming { call_id, .. } => {
                self.say(ClientMessage::Ringing { call_id }).await;
                call_id
            }
            other => panic!("incoming was due, not {other:?}"),
        }
    }

    /// The end that must come next.
    pub(crate) async fn end(&mut self) -> EndReason {
        match self.hear().await {
            ServerMessage::Ended { reason, .. } => reason,
            other => panic!("ended was due, not {other:?}"),
        }
    }
}

/// A device without a socket.
pub(crate) struct Lost {
    hello: Hello,
    token: String,
    link: Link<ClientMessage>,
}

impl Lost {
    pub(crate) async fn come_back(self, node: &Node) -> Device {
        Device::resume_with(node, self.hello, self.token, self.link).await
    }
}
