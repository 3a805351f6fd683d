//! The server under measurement: the release binary as it is shipped, with a data directory and ports of its own.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tring_load::peer::SignIn;
use tring_protocol::ids::AccountId;

use crate::daemon::Daemon;
use crate::machine::SERVER_CORE;
use crate::process::Process;

/// How long the server may take until it accepts connections.
const START: Duration = Duration::from_secs(30);
/// Its data directory within its own.
const DATA: &str = "data";
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
    daemon: Daemon,
    sign_in: SignIn,
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
    experiment(&server).await.map_err(|error| server.daemon.explain(error))
}

impl Server {
    /// Makes an account and starts serving; returns once the server says that all of it is there.
    pub(crate) async fn start(program: &Path, setting: Setting) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let data = directory.path().join(DATA);
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
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", &address.to_string(), "--relay", &format!("{relay}:0"), "--data"])
            .arg(&data)
            .env("TRING__SIGN_IN__BURST", SIGN_INS)
            .env("TRING__SIGN_IN__PER_MINUTE", SIGN_INS);
        // Its port takes connections before the relay has opened its own, so it is believed by what it says.
        let serves = async |daemon: &Daemon| daemon.log().contains(READY);
        let daemon = Daemon::start(&mut command, directory, core)?.ready(START, serves).await?;
        let sign_in = SignIn {
            server: address.into(),
            account: created.account_id,
            apikey: created.apikey,
            tokens: None,
        };
        Ok(Self { daemon, sign_in })
    }

    pub(crate) fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    pub(crate) fn process(&self) -> &Process {
        self.daemon.process()
    }

    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    /// Where it keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.daemon.directory().join(DATA)
    }

    /// All that it has said.
    pub(crate) fn log(&self) -> String {
        self.daemon.log()
    }

    /// Asks it to stop; false if it had to be killed, because it waited for a call that is over.
    pub(crate) fn stop(&mut self) -> Result<bool> {
        self.daemon.stop()
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
