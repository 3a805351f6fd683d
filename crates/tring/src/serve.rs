//! `tring serve`: starts a node, says where it is, and drains it when it is told to stop.

use serde::Serialize;
use std::io::IsTerminal;
use std::path::Path;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;
use tring_server::config::{Config, LogFormat};
use tring_server::{Node, demo};

use crate::args::ServeArgs;
use crate::error::CommandError;
use crate::output::Output;
use crate::supervisor::Supervisor;

pub(crate) async fn run(args: ServeArgs) -> Result<(), CommandError> {
    let output = Output::of(args.json);
    let config = Config::load(&args.server.into())?;
    log(&config)?;
    // Before anything is open, so that no signal is missed.
    let mut stop = Stop::listen().map_err(CommandError::Signals)?;
    let data = config.data.clone();
    let mut node = tring_server::start(config).await?;
    announce(&node, &data, output)?;
    let supervisor = Supervisor::of_the_environment();
    supervisor.ready();

    tokio::select! {
        () = stop.told() => {}
        never = supervisor.keep_alive() => match never {},
        () = node.broken() => return Err(CommandError::Broken),
    }
    supervisor.stopping();
    tracing::info!("told to stop: no new calls; waiting for those that run; a second signal stops at once");
    tokio::select! {
        () = node.drain() => {
            tracing::info!("stopped");
            Ok(())
        }
        () = stop.told() => Err(CommandError::Interrupted),
        never = supervisor.keep_alive() => match never {},
    }
}

fn log(config: &Config) -> Result<(), CommandError> {
    let filter = EnvFilter::builder().parse(&config.log).map_err(CommandError::Log)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

/// What a program that starts a server waits for.
#[derive(Serialize)]
struct Listening<'a> {
    event: &'static str,
    http: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect: Option<String>,
    relay: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
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
    let http = node.origin();
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
    let metrics = node.metrics().map(|at| format!("http://{at}/metrics"));
    lines.extend(metrics.iter().map(|at| format!("  figures                {at}")));
    let redirect = node.redirect().map(|at| format!("http://{at}"));
    lines.extend(redirect.iter().map(|at| format!("  sends on to https      {at}")));
    lines.push(format!("  audio (UDP)            {}", node.relay().join(", ")));
    lines.push(format!("  data                   {}", data.display()));
    lines
        .push("Stop it with Ctrl-C: running calls may end first; press it twice to stop at once.".to_owned());
    let relay = node.relay();
    let listening = Listening { event: "listening", http, redirect, relay, metrics, data: &data, demo };
    output.answer(&listening, &lines)
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
