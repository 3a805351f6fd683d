//! A server as a child that has a directory and a log of its own, whoever wrote it.

use anyhow::{Result, anyhow};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

use crate::process::Process;

/// The log's name in the directory.
const LOG: &str = "log";
/// How long somebody waits before they look again whether a server is ready.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// A running one. When it is dropped, it ends, and then its directory goes.
pub(crate) struct Daemon {
    // Before the directory, so that the process has ended when its files go.
    process: Process,
    directory: TempDir,
}

impl Daemon {
    /// Starts `command` in `directory`, where its log goes too; on a core of its own, if one is named.
    pub(crate) fn start(command: &mut Command, directory: TempDir, core: Option<usize>) -> Result<Self> {
        let log = File::create(directory.path().join(LOG))?;
        command.current_dir(directory.path()).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Self { process: Process::start(command, core)?, directory })
    }

    /// Waits until `is_ready`, for no longer than `patience`.
    pub(crate) async fn ready(
        self,
        patience: Duration,
        is_ready: impl AsyncFn(&Self) -> bool,
    ) -> Result<Self> {
        let deadline = Instant::now() + patience;
        while !is_ready(&self).await {
            if Instant::now() > deadline {
                return Err(self.explain(anyhow!("it does not get ready")));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(self)
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// All that it has said.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(self.directory().join(LOG)).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Asks it to stop; false if it had to be killed.
    pub(crate) fn stop(&mut self) -> Result<bool> {
        Ok(self.process.stop()?)
    }

    /// What went wrong with it, and the end of its log for whoever looks for the reason.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        const LINES: usize = 10;
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(LINES)..].join("\n");
        anyhow!("{error:#}; the server's last words were:\n{last}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(script: &str) -> Daemon {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Daemon::start(Command::new("sh").args(["-c", script]), directory, None).expect("a shell")
    }

    #[tokio::test]
    async fn a_server_is_waited_for_until_it_has_said_that_it_serves() {
        let daemon = started("echo one; echo two; echo serving; exec sleep 60");
        let daemon = daemon.ready(Duration::from_secs(20), async |daemon| daemon.log().contains("serving"));
        assert_eq!(daemon.await.unwrap().log(), "one\ntwo\nserving\n");
    }

    #[tokio::test]
    async fn one_that_never_serves_is_given_up_with_what_it_said_last() {
        let daemon = started("seq 20; exec sleep 60");
        let daemon = daemon.ready(Duration::from_secs(20), async |daemon| daemon.log().ends_with("20\n"));
        let daemon = daemon.await.unwrap();
        let Err(error) = daemon.ready(Duration::ZERO, async |_| false).await else {
            panic!("it is not ready")
        };
        let told = error.to_string();
        assert!(told.starts_with("it does not get ready") && told.contains("\n11\n"), "{told}");
        assert!(!told.contains("\n10\n"), "{told}");
    }
}
