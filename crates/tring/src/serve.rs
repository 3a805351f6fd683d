//! `tring serve`: starts a node, says where it is, and drains it when it is told to stop.

use serde::Serialize;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;
use tring_server::config::{Config, Layers};
use tring_server::{Node, demo};

use crate::args::ServeArgs;
use crate::error::CommandError;
use crate::output::Output;

pub(crate) async fn run(args: ServeArgs) -> Result<(), CommandError> {
    let output = Output::of(args.json);
    let config = Config::load(&layers(args))?;
    log(&config.log)?;
    // Before anything is open, so that no signal is missed.
    let mut stop = Stop::listen().map_err(CommandError::Signals)?;
    let data = config.data.clone();
    let mut node = tring_server::start(config).await?;
    announce(&node, &data, output)?;

    tokio::select! {
        () = stop.told() => {}
        () = node.broken() => return Err(CommandError::Broken),
    }
    tracing::info!("told to stop: no new calls; waiting for those that run; a second signal stops at once");
    tokio::select! {
        () = node.drain() => {
            tracing::info!("stopped");
            Ok(())
        }
        () = stop.told() => Err(CommandError::Interrupted),
    }
}

fn layers(args: ServeArgs) -> Layers {
    let ServeArgs { listen, relay, advertise, data, config, demo, json: _ } = args;
    let flags = [
        ("http.listen", listen),
        ("relay.listen", relay),
        ("relay.advertise", advertise),
        ("data", data.map(|data| data.to_string_lossy().into_owned())),
        ("demo", demo.then(|| "true".to_owned())),
    ];
    let flags = flags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    Layers { file: config, flags, ..Layers::default() }
}

fn log(filter: &str) -> Result<(), CommandError> {
    let filter = EnvFilter::builder().parse(filter).map_err(CommandError::Log)?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    Ok(())
}

/// What a program that starts a server waits for.
#[derive(Serialize)]
struct Listening<'a> {
    event: &'static str,
    http: String,
    relay: &'a [String],
    data: &'a Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo: Option<DemoPage<'a>>,
}

#[derive(Serialize)]
struct DemoPage<'a> {
    url: String,
    #[serde(flatten)]
    demo: &'a demo::Demo,
}

fn announce(node: &Node, data: &Path, output: Output) -> Result<(), CommandError> {
    let http = format!("http://{}", by_name(node.http()));
    let data = std::path::absolute(data)?;
    let demo = node.demo().map(|demo| DemoPage { url: format!("{http}/demo/"), demo });
    let mut lines = vec!["Tring is ready.".to_owned(), format!("  dashboard              {http}/")];
    if let Some(DemoPage { url, demo }) = &demo {
        lines.push(format!(
            "  sign in there with     {} and {}",
            demo.login.email.as_str(),
            demo.login.password
        ));
        lines.push(format!("  open this in two tabs  {url}"));
        lines.push(format!("  accountId              {}", demo.credentials.account_id));
        lines.push(format!("  apikey                 {}", demo.credentials.apikey));
    }
    lines.push(format!("  SDK                    {http}/sdk/signed-call.mjs"));
    lines.push(format!("  audio (UDP)            {}", node.relay().join(", ")));
    lines.push(format!("  data                   {}", data.display()));
    lines
        .push("Stop it with Ctrl-C: running calls may end first; press it twice to stop at once.".to_owned());
    output.answer(&Listening { event: "listening", http, relay: node.relay(), data: &data, demo }, &lines)
}

/// An address that a browser on this machine can open.
fn by_name(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        std::net::IpAddr::V4(_) => (std::net::Ipv4Addr::LOCALHOST, address.port()).into(),
        std::net::IpAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, address.port()).into(),
    }
}

/// The signals that ask a server to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
