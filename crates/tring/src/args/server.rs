//! `tring serve`, and what the command line decides about a server.

use clap::Args as ClapArgs;
use std::path::PathBuf;
use tring_server::config::Layers;

#[derive(Debug, ClapArgs)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerFlags,
    /// Say where the server is with one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the command line decides about a server, over the other layers of its configuration.
#[derive(Debug, ClapArgs)]
pub(crate) struct ServerFlags {
    /// Where HTTP and signalling listen; port 0 takes a free one (`http.listen`).
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<String>,
    /// Where audio listens, one UDP address for each worker thread (`relay.listen`).
    #[arg(long, value_name = "ADDR:PORT,…")]
    pub(crate) relay: Option<String>,
    /// The addresses that the outside world reaches the relay by (`relay.advertise`).
    #[arg(long, value_name = "IP,…")]
    pub(crate) advertise: Option<String>,
    /// The directory of the database (`data`).
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The configuration file; `tring.toml` if it exists.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Serve the demo page (`demo`).
    #[arg(long)]
    pub(crate) demo: bool,
}

impl From<ServerFlags> for Layers {
    fn from(flags: ServerFlags) -> Self {
        let ServerFlags { listen, relay, advertise, data, config, demo } = flags;
        let flags = [
            ("http.listen", listen),
            ("relay.listen", relay),
            ("relay.advertise", advertise),
            ("data", data.map(|data| data.to_string_lossy().into_owned())),
            ("demo", demo.then(|| "true".to_owned())),
        ];
        let flags = flags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        Self { file: config, flags, ..Self::default() }
    }
}
