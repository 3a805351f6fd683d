//! rtpengine in user space: the media part of a call alone, told of it by the `ng` protocol as a SIP proxy would. No
//! signalling server sits before it here, so its set-up times leave out what people's own messages take.

mod bencode;

use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tring_load::legs::Load;
use tring_load::peer::PATIENCE;

use super::address::{MEDIA_PORTS, free_udp_port};
use super::leg::{Connected, Side, both};
use super::{Rival, debian};
use crate::daemon::Daemon;
use bencode::Value;

/// How long a question waits while it starts.
const PING: Duration = Duration::from_millis(50);

pub(super) struct Rtpengine {
    daemon: Daemon,
    address: Ipv4Addr,
    control: SocketAddr,
}

/// A SIP proxy's view of a call: who asks, and under which name.
pub(super) struct Line {
    control: Control,
    call_id: String,
}

impl Rtpengine {
    pub(super) async fn start(address: Ipv4Addr) -> Result<Self> {
        let control = SocketAddr::from((Ipv4Addr::LOCALHOST, free_udp_port(Ipv4Addr::LOCALHOST)?));
        let asks = Control::open(control).await?;
        let answers = async || matches!(timeout(PING, asks.ask("ping", Vec::new())).await, Ok(Ok(_)));
        let arguments = arguments(address, control);
        let daemon = debian::start("rtpengine", &arguments, tempfile::tempdir()?, answers).await?;
        Ok(Self { daemon, address, control })
    }
}

/// How it is started: one worker thread, nothing in the kernel, no files of its own.
pub(super) fn arguments(address: Ipv4Addr, control: SocketAddr) -> Vec<String> {
    let [first, last] = MEDIA_PORTS;
    vec![
        "--foreground".to_owned(),
        "--log-stderr".to_owned(),
        "--config-file=none".to_owned(),
        "--table=-1".to_owned(),
        format!("--interface={address}"),
        format!("--listen-ng={control}"),
        format!("--port-min={first}"),
        format!("--port-max={last}"),
        "--log-level=4".to_owned(),
        "--num-threads=1".to_owned(),
    ]
}

impl Rival for Rtpengine {
    type Line = Line;

    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    async fn line(&self, n: usize) -> Result<Line> {
        Ok(Line { control: Control::open(self.control).await?, call_id: format!("bench-{n}") })
    }

    async fn connect(&self, line: &mut Line, load: &Load) -> Result<Connected> {
        let [calls, takes] = Side::pair(load, self.address)?;
        let began = Instant::now();
        let offer = line.describe("offer", calls.describe()?).await?;
        let answer = takes.describe()?;
        let takes = takes.begin(load, &offer)?;
        let answer = line.describe("answer", answer).await?;
        let calls = calls.begin(load, &answer)?;
        both(began, [calls, takes]).await
    }

    async fn hang_up(&self, line: &mut Line, _load: &Load) -> Result<()> {
        let delete = vec![("call-id", text(&line.call_id)), ("from-tag", text("caller"))];
        line.control.ask("delete", delete).await?;
        Ok(())
    }
}

impl Line {
    /// Hands an offer or answer over; returns what the other side gets in its place.
    async fn describe(&self, command: &str, sdp: String) -> Result<String> {
        let mut fields = vec![
            ("call-id", text(&self.call_id)),
            ("from-tag", text("caller")),
            ("sdp", text(&sdp)),
            ("ICE", text("force")),
            // The light peers' checks go one way, as they do with every server on a public address.
            ("ICE-lite", text("both")),
            ("DTLS", text("passive")),
            ("transport-protocol", text("UDP/TLS/RTP/SAVPF")),
            ("rtcp-mux", Value::List(vec![text("require")])),
            ("replace", Value::List(vec![text("origin")])),
        ];
        if command == "answer" {
            fields.push(("to-tag", text("callee")));
        }
        let answer = self.control.ask(command, fields).await?;
        let sdp = answer.get("sdp").context("rtpengine answered without SDP")?;
        Ok(sdp.as_text().context("rtpengine's SDP is no text")?.to_owned())
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The `ng` protocol: a cookie and a dictionary in a datagram, and the same back. A cookie that was seen before, whoever
/// sent it, is a repetition and gets the answer of the first.
struct Control {
    socket: UdpSocket,
}

impl Control {
    async fn open(server: SocketAddr) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        socket.connect(server).await?;
        Ok(Self { socket })
    }

    async fn ask(&self, command: &str, fields: Vec<(&str, Value)>) -> Result<BTreeMap<String, Value>> {
        let cookie = format!("{:032x} ", rand::random::<u128>());
        let fields = fields.into_iter().chain([("command", text(command))]);
        let request = Value::Dictionary(fields.map(|(name, value)| (name.to_owned(), value)).collect());
        self.socket.send(&[cookie.as_bytes(), &request.encode()].concat()).await?;
        let answer = timeout(PATIENCE, self.receive(&cookie));
        let answer = answer.await.with_context(|| format!("rtpengine does not answer {command}"))??;
        match answer.get("result").and_then(Value::as_text) {
            Some("ok" | "pong") => Ok(answer),
            _ => bail!("rtpengine answered {command} with {answer:?}"),
        }
    }

    async fn receive(&self, cookie: &str) -> Result<BTreeMap<String, Value>> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let len = match self.socket.recv(&mut buffer).await {
                Ok(len) => len,
                // While it starts, the kernel says that nobody listens.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => continue,
                Err(error) => return Err(error.into()),
            };
            // What answers an earlier question came too late.
            let Some(rest) = buffer[..len].strip_prefix(cookie.as_bytes()) else { continue };
            match Value::decode(rest).context("rtpengine's answer cannot be read")? {
                Value::Dictionary(answer) => return Ok(answer),
                other => bail!("rtpengine answered {other:?}"),
            }
        }
    }
}
