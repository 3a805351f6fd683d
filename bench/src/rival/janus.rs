//! Janus with its VideoCall plugin, which connects two people by name: the nearest that Janus has to calls.
//!
//! Set up to its advantage: one event loop in place of a thread for each person, ICE lite, no plugins, transports or
//! event handlers besides those that are used, sessions that need no keep-alive.

mod person;

use anyhow::{Result, bail};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tring_load::legs::Load;

use super::Rival;
use super::daemon::{Daemon, MEDIA_PORTS, argument, free_tcp_port};
use super::leg::{Connected, Side, both};
use crate::process::Process;
use person::{Body, Person};

/// How long it may take until it accepts connections.
const START: Duration = Duration::from_secs(10);
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
        let config = directory.path().join("janus.jcfg");
        std::fs::write(&config, configuration(directory.path())?)?;
        std::fs::write(directory.path().join("janus.transport.websockets.jcfg"), websockets(api))?;
        let arguments = arguments(address, &argument(directory.path())?, &argument(&config)?);
        let janus = Self { daemon: Daemon::start("janus", &arguments, directory)?, address, api };
        let deadline = Instant::now() + START;
        while TcpStream::connect(api).await.is_err() {
            if Instant::now() > deadline {
                bail!("Janus does not listen; its last words were:\n{}", janus.last_words());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(janus)
    }
}

/// How it is started, given its address and where its files are.
pub(super) fn arguments(address: Ipv4Addr, folder: &str, config: &str) -> Vec<String> {
    ["--configs-folder", folder, "--config", config, "--interface", &address.to_string()]
        .map(str::to_owned)
        .to_vec()
}

fn configuration(folder: &Path) -> Result<String> {
    let folder = argument(folder)?;
    let [first, last] = MEDIA_PORTS;
    let disable = |kind: &str, names: &[&str]| {
        let files: Vec<_> = names.iter().map(|name| format!("libjanus_{name}.so")).collect();
        format!("{kind}: {{ disable = \"{}\" }}\n", files.join(","))
    };
    Ok(format!(
        "general: {{\n  configs_folder = \"{folder}\"\n  debug_level = 3\n  debug_colors = false\n  \
         session_timeout = 0\n  event_loops = 1\n}}\n\
         media: {{ rtp_port_range = \"{first}-{last}\" }}\n\
         nat: {{\n  ice_lite = true\n  ignore_mdns = true\n}}\n\
         {}{}loggers: {{ disable = \"libjanus_jsonlog.so\" }}\n",
        disable("plugins", &UNUSED_PLUGINS),
        disable("transports", &UNUSED_TRANSPORTS),
    ))
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

    fn process(&self) -> &Process {
        self.daemon.process()
    }

    fn last_words(&self) -> String {
        self.daemon.last_words()
    }

    async fn lines(&self, count: usize) -> Result<Vec<Line>> {
        let mut lines = Vec::with_capacity(count);
        for n in 0..count {
            let caller = Person::register(self.api, format!("caller_{n}")).await?;
            let callee = Person::register(self.api, format!("callee_{n}")).await?;
            lines.push(Line { caller, callee });
        }
        Ok(lines)
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
