//! Somebody at Janus: a WebSocket with a session, a handle of the VideoCall plugin and a name of their own.

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tring_load::peer::PATIENCE;

use super::message::Message;

pub(super) struct Person {
    socket: WebSocketStream<TcpStream>,
    session: u64,
    handle: u64,
    name: String,
    /// Requests so far; each is marked with its number.
    requests: u64,
}

/// What the plugin is asked for.
#[derive(Debug, Serialize)]
#[serde(tag = "request", rename_all = "lowercase")]
pub(super) enum Body {
    Register { username: String },
    Call { username: String },
    Accept,
    Hangup,
}

impl Person {
    /// Connects and takes a name.
    pub(super) async fn register(api: SocketAddr, name: String) -> Result<Self> {
        let mut request = format!("ws://{api}/").into_client_request()?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("janus-protocol"));
        let stream = TcpStream::connect(api).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        let mut person = Self { socket, session: 0, handle: 0, name: name.clone(), requests: 0 };
        person.session = person.create(json!({ "janus": "create" })).await?;
        let plugin = "janus.plugin.videocall";
        person.handle = person
            .create(json!({ "janus": "attach", "session_id": person.session, "plugin": plugin }))
            .await?;
        person.say(Body::Register { username: name }, None).await?;
        person.event("registered").await?;
        Ok(person)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Asks the plugin for something, with an offer or answer if it belongs to it.
    pub(super) async fn say(&mut self, body: Body, description: Option<(&str, String)>) -> Result<()> {
        let mut message = json!({
            "janus": "message",
            "session_id": self.session,
            "handle_id": self.handle,
            "body": body,
        });
        if let Some((kind, sdp)) = description {
            message["jsep"] = json!({ "type": kind, "sdp": sdp });
        }
        self.send(message).await
    }

    /// Waits for this event of the plugin; others are passed over.
    pub(super) async fn event(&mut self, name: &str) -> Result<()> {
        self.described(name).await?;
        Ok(())
    }

    /// Waits for this event and takes the offer or answer that comes with it.
    pub(super) async fn session_description(&mut self, event: &str) -> Result<String> {
        self.described(event).await?.with_context(|| format!("{event} has no SDP"))
    }

    async fn described(&mut self, event: &str) -> Result<Option<String>> {
        let is_it = |message| match message {
            Message::Event { name, sdp } if name == event => Some(sdp),
            _ => None,
        };
        self.wait_for(event, is_it).await
    }

    /// Asks for something that gets an id.
    async fn create(&mut self, request: Value) -> Result<u64> {
        self.send(request).await?;
        let id = |message| match message {
            Message::Created(id) => Some(id),
            _ => None,
        };
        self.wait_for("an id", id).await
    }

    async fn send(&mut self, mut message: Value) -> Result<()> {
        self.requests += 1;
        message["transaction"] = json!(self.requests.to_string());
        Ok(self.socket.send(Frame::text(message.to_string())).await?)
    }

    async fn wait_for<T>(&mut self, what: &str, pick: impl Fn(Message) -> Option<T>) -> Result<T> {
        let found = timeout(PATIENCE, async {
            while let Some(frame) = self.socket.next().await {
                let Frame::Text(text) = frame? else { continue };
                match Message::read(&text)? {
                    Message::Refused(why) => bail!("{} waited for {what} and was told: {why}", self.name),
                    message => {
                        if let Some(found) = pick(message) {
                            return Ok(found);
                        }
                    }
                }
            }
            bail!("Janus closed the connection of {}, who waited for {what}", self.name)
        });
        found.await.with_context(|| format!("{} waited in vain for {what}", self.name))?
    }
}
