//! What systemd is told when it started the server (sd_notify(3)): that it is ready, that it lives, that it stops.
//! Started by anybody else, nobody is told anything.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Who started the server, if they want to hear of it.
pub(crate) struct Supervisor {
    socket: Option<UnixDatagram>,
    /// How often it wants to hear that the server lives.
    watchdog: Option<Duration>,
}

impl Supervisor {
    /// As the environment names it.
    pub(crate) fn of_the_environment() -> Self {
        let variable = |name| std::env::var(name).ok();
        let socket = variable("NOTIFY_SOCKET").and_then(|name| match connect(&name) {
            Ok(socket) => Some(socket),
            Err(error) => {
                tracing::warn!(%error, "NOTIFY_SOCKET cannot be used; who started the server is told nothing");
                None
            }
        });
        // One for another process, such as a shell around this one, is not meant.
        let is_ours = variable("WATCHDOG_PID").is_none_or(|pid| pid == std::process::id().to_string());
        let micros = variable("WATCHDOG_USEC").and_then(|micros| micros.parse().ok()).filter(|_| is_ours);
        Self { socket, watchdog: micros.map(Duration::from_micros) }
    }

    /// Everything is open.
    pub(crate) fn ready(&self) {
        self.tell("READY=1");
    }

    /// No new calls are taken.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Says again and again that the server is not stuck; never returns.
    pub(crate) async fn keep_alive(&self) -> std::convert::Infallible {
        let Some(watchdog) = self.watchdog.filter(|length| !length.is_zero()) else {
            return std::future::pending().await;
        };
        // Twice as often as is asked for, as sd_watchdog_enabled(3) recommends.
        let mut times = tokio::time::interval(watchdog / 2);
        loop {
            times.tick().await;
            self.tell("WATCHDOG=1");
        }
    }

    fn tell(&self, what: &str) {
        if let Some(socket) = &self.socket {
            // Who does not listen any more will notice by themselves.
            let _ = socket.send(what.as_bytes());
        }
    }
}

/// A name with an @ in front is one outside of the file system.
fn connect(name: &str) -> std::io::Result<UnixDatagram> {
    let address = match name.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    Ok(socket)
}
