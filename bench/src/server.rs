//! The server under measurement: the release binary as it is shipped, with a data directory and ports of its own.

use anyhow::{Context as _, Result, anyhow, bail};
use serde::Deserialize;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tring_load::peer::SignIn;
use tring_protocol::ids::AccountId;

use crate::machine::SERVER_CORE;
use crate::process::Process;

/// How long the server may take until it accepts connections.
const START: Duration = Duration::from_secs(30);
/// What a server says when it serves.
const READY: &str = "Tring is ready.";
/// All light peers come from one address, so the limit per address is lifted out of their way.
const SIGN_INS: &str = "10000000";

/// Under which conditions a server runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Setting {
    /// On a core of its own, before other programs, with the settings of a new account.
    Measured,
    /// The same, with its relay at an address at which others can be measured too.
    Compared { relay: Ipv4Addr },
    /// As any program; its account lets users have several devices, and calls ring for so long.
    Lived { ring_timeout: Duration },
}

/// A running `tring serve` with one account.
pub(crate) struct Server {
    // Before the directory, so that the process has ended when its files go.
    process: Process,
    sign_in: SignIn,
    directory: TempDir,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    account_id: AccountId,
    apikey: String,
}

/// Runs one experiment on a server of its own. If it fails, what the server said last is told with the error.
pub(crate) async fn with_server<T>(
    program: &Path,
    experiment: impl AsyncFnOnce(&Server) -> Result<T>,
) -> Result<T> {
    let server = Server::start(program, Setting::Measured).await?;
    let result = experiment(&server).await;
    result.map_err(|error| error.context(server.last_words()))
}

impl Server {
    /// Makes an account and starts serving; returns once the server says that all of it is there.
    pub(crate) async fn start(program: &Path, setting: Setting) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let data = directory.path().join("data");
        let created = create_account(program, &data)?;
        let (core, relay) = match setting {
            Setting::Measured => (Some(SERVER_CORE), Ipv4Addr::LOCALHOST),
            Setting::Compared { relay } => (Some(SERVER_CORE), relay),
            Setting::Lived { ring_timeout } => {
                settle(program, &data, &created.account_id, ring_timeout)?;
                (None, Ipv4Addr::LOCALHOST)
            }
        };
        let address = free_address()?;
        let log = File::create(directory.path().join("log"))?;
        let mut command = Command::new(program);
        command
            .current_dir(directory.path())
            .args(["serve", "--listen", &address.to_string(), "--relay", &format!("{relay}:0"), "--data"])
            .arg(&data)
            .env("TRING__SIGN_IN__BURST", SIGN_INS)
            .env("TRING__SIGN_IN__PER_MINUTE", SIGN_INS)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let process = Process::start(&mut command, core)?;
        let sign_in = SignIn { server: address.into(), account: created.account_id, apikey: created.apikey };
        let server = Self { process, sign_in, directory };
        let deadline = Instant::now() + START;
        // Its port takes connections before the relay has opened its own.
        while !server.log().contains(READY) {
            if Instant::now() > deadline {
                return Err(anyhow!("the server does not get ready").context(server.last_words()));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(server)
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    /// Where it keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// All that it has said.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// Asks it to stop; false if it had to be killed, because it waited for a call that is over.
    pub(crate) fn stop(&mut self) -> Result<bool> {
        Ok(self.process.stop()?)
    }

    /// The end of it, for whoever looks for the reason of a failure.
    pub(crate) fn last_words(&self) -> String {
        const LINES: usize = 10;
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(LINES)..].join("\n");
        format!("an experiment failed; the server's last words were:\n{last}\n")
    }
}

fn settle(program: &Path, data: &Path, account: &AccountId, ring_timeout: Duration) -> Result<()> {
    let output = Command::new(program)
        .args(["account", "settings", account.as_str(), "--devices", "many", "--ring-timeout"])
        .arg(format!("{}ms", ring_timeout.as_millis()))
        .arg("--data")
        .arg(data)
        .output()?;
    if !output.status.success() {
        bail!("changing the account's settings failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn create_account(program: &Path, data: &Path) -> Result<Created> {
    let output = Command::new(program)
        .args(["account", "create", "Benchmark", "--json", "--data"])
        .arg(data)
        .output()
        .with_context(|| format!("running {}; `make bench` builds it", program.display()))?;
    if !output.status.success() {
        bail!("making an account failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("reading what `account create --json` printed")
}

/// A port that was free a moment ago. Nothing else on a machine that measures should take it meanwhile.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
