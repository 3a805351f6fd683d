//! The others as Debian packages them: whether one is installed, in which version, and its start.

use anyhow::Result;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

use super::Contestant;
use crate::daemon::Daemon;
use crate::machine::SERVER_CORE;

/// How long one may take until it is ready.
const START: Duration = Duration::from_secs(10);

/// A server of another project.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package {
    /// What the program is called.
    pub(super) program: &'static str,
    /// The package that has it.
    pub(super) name: &'static str,
}

impl Package {
    /// Of `contestant`; Tring's own program is built here.
    pub(super) fn of(contestant: Contestant) -> Option<Self> {
        let (program, name) = match contestant {
            Contestant::Tring => return None,
            Contestant::Janus => ("janus", "janus"),
            Contestant::Rtpengine => ("rtpengine", "rtpengine-daemon"),
            Contestant::Coturn => ("turnserver", "coturn"),
        };
        Some(Self { program, name })
    }

    /// Whether the program is where programs are.
    pub(super) fn is_installed(self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(self.program).is_file())
    }

    /// As Debian writes it.
    pub(super) fn version(self) -> String {
        let asked = Command::new("dpkg-query").args(["-W", "-f=${Version}", self.name]).output();
        let told = asked.ok().filter(|output| output.status.success()).map(|output| output.stdout);
        told.and_then(|version| String::from_utf8(version).ok())
            .filter(|version| !version.is_empty())
            .unwrap_or_else(|| "of unknown version".to_owned())
    }
}

/// Starts `program` on the measured core, in `directory`, and waits until it is ready.
pub(super) async fn start(
    program: &str,
    arguments: &[String],
    directory: TempDir,
    is_ready: impl AsyncFn() -> bool,
) -> Result<Daemon> {
    let daemon = Daemon::start(Command::new(program).args(arguments), directory, Some(SERVER_CORE))?;
    daemon.ready(START, async |_| is_ready().await).await
}
