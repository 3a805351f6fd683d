//! Janus with its VideoCall plugin, which connects two people by name: the nearest that Janus has to calls.
//!
//! Set up to its advantage: one event loop in place of a thread for each person, ICE lite, no plugins, transports or
//! event handlers besides those that are used, sessions that need no keep-alive. Lite is what it says of itself; libnice
//! below it checks back all the same, and the handshake begins only once that was answered.

mod message;
mod person;

use anyhow::Result;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Instant;
use tokio::net::TcpStream;
use tring_load::legs::Load;

use super::address::{MEDIA_PORTS, free_tcp_port};
use super::leg::{Connected, Side, both};
use super::{Rival, debian};
use crate::daemon::Daemon;
use person::{Body, Person};

/// Its own configuration, beside those of plugins and transports.
const CONFIG: &str = "janus.jcfg";
/// All others of Debian's package.
const UNUSED_PLUGINS: [&str; 11] = [
    "audiobridge",
    "duktape",
    "echotest",
    "lua",
    "nosip",
    "recordplay",
    "sip",
    "streaming",
    "textroom",
    "videoroom",
    "voicemail",
];
const UNUSED_TRANSPORTS: [&str; 5] = ["http", "mqtt", "nanomsg", "pfunix", "rabbitmq"];

pub(super) struct Janus {
    daemon: Daemon,
    address: Ipv4Addr,
    api: SocketAddr,
}

/// The first calls the second.
pub(super) struct Line {
    caller: Person,
    callee: Person,
}

impl Janus {
    pub(super) async fn start(address: Ipv4Addr) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let api = SocketAddr::from((Ipv4Addr::LOCALHOST, free_tcp_port()?));
        std::fs::write(directory.path().join(CONFIG), configuration(directory.path()))?;
        std::fs::write(directory.path().join("janus.transport.websockets.jcfg"), websockets(api))?;
        let arguments = arguments(address, directory.path());
        let listens = async || TcpStream::connect(api).await.is_ok();
        let daemon = debian::start("janus", &arguments, directory, listens).await?;
        Ok(Self { daemon, address, api })
    }
}

/// How it is started, given its address and where its files are.
pub(super) fn arguments(address: Ipv4Addr, folder: &Path) -> Vec<String> {
    let config = folder.join(CONFIG);
    vec![
        format!("--configs-folder={}", folder.display()),
        format!("--config={}", config.display()),
        format!("--interface={address}"),
    ]
}

/// What its own configuration says, beside other files in `folder`.
pub(super) fn configuration(folder: &Path) -> String {
    let [first, last] = MEDIA_PORTS;
    let disable = |kind: &str, names: &[&str]| {
        let files: Vec<_> = names.iter().map(|name| format!("libjanus_{name}.so")).collect();
        format!("{kind}: {{ disable = \"{}\" }}\n", files.join(","))
    };
    format!(
        "general: {{\n  configs_folder = \"{}\"\n  debug_level = 3\n  debug_colors = false\n  \
         session_timeout = 0\n  event_loops = 1\n}}\n\
         media: {{ rtp_port_range = \"{first}-{last}\" }}\n\
         nat: {{\n  ice_lite = true\n  ignore_mdns = true\n}}\n\
         {}{}loggers: {{ disable = \"libjanus_jsonlog.so\" }}\n",
        folder.display(),
        disable("plugins", &UNUSED_PLUGINS),
        disable("transports", &UNUSED_TRANSPORTS),
    )
}

fn websockets(api: SocketAddr) -> String {
    format!(
        "general: {{\n  json = \"compact\"\n  ws = true\n  ws_ip = \"{}\"\n  ws_port = {}\n  wss = false\n}}\n\
         admin: {{ admin_ws = false }}\n",
        api.ip(),
        api.port()
    )
}

impl Rival for Janus {
    type Line = Line;

    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    async fn line(&self, n: usize) -> Result<Line> {
        let caller = Person::register(self.api, format!("caller_{n}")).await?;
        let callee = Person::register(self.api, format!("callee_{n}")).await?;
        Ok(Line { caller, callee })
    }

    async fn connect(&self, line: &mut Line, load: &Load) -> Result<Connected> {
        let Line { caller, callee } = line;
        let [calls, takes] = Side::pair(load, self.address)?;
        let began = Instant::now();
        caller
            .say(Body::Call { username: callee.name().to_owned() }, Some(("offer", calls.describe()?)))
            .await?;
        let offer = callee.session_description("incomingcall").await?;
        callee.say(Body::Accept, Some(("answer", takes.describe()?))).await?;
        let takes = takes.begin(load, &offer)?;
        let answer = caller.session_description("accepted").await?;
        let calls = calls.begin(load, &answer)?;
        both(began, [calls, takes]).await
    }

    async fn hang_up(&self, line: &mut Line, _load: &Load) -> Result<()> {
        line.caller.say(Body::Hangup, None).await?;
        line.caller.event("hangup").await?;
        line.callee.event("hangup").await?;
        Ok(())
    }
}
