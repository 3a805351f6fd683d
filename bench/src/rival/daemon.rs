//! A server of another project as a child: found, given a directory and a log of its own, ended by its id.

use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

use super::Contestant;
use crate::machine::SERVER_CORE;
use crate::process::Process;

/// From which ports the daemons take those of calls: below those that the system hands out to the light peers.
pub(super) const MEDIA_PORTS: [u16; 2] = [10_000, 30_000];

/// A running one.
pub(super) struct Daemon {
    // Before the directory, so that the process has ended when its files go.
    process: Process,
    directory: TempDir,
}

impl Daemon {
    /// Starts `program` on the measured core, in `directory`, where its log goes too.
    pub(super) fn start(program: &str, arguments: &[String], directory: TempDir) -> Result<Self> {
        let log = File::create(directory.path().join("log"))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(Self { process: Process::start(&mut command, Some(SERVER_CORE))?, directory })
    }

    pub(super) fn process(&self) -> &Process {
        &self.process
    }

    pub(super) fn last_words(&self) -> String {
        const LINES: usize = 10;
        let log = std::fs::read(self.directory.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

/// Whether the program of `contestant` is where programs are; Tring's own is asked for elsewhere.
pub(super) fn is_installed(contestant: Contestant) -> bool {
    let Some((program, _)) = contestant.debian() else { return true };
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The version of the package that has `contestant`, as Debian writes it; `None` for Tring, whose commit is told.
pub(super) fn version(contestant: Contestant) -> Option<String> {
    let (_, package) = contestant.debian()?;
    let output = Command::new("dpkg-query").args(["-W", "-f=${Version}", package]).output();
    let version =
        output.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    Some(if version.is_empty() { "of unknown version".to_owned() } else { version })
}

/// The machine's own address besides loopback, on which libnice (Janus) does not offer candidates. What is sent there
/// stays on the loopback device all the same, so everybody is measured at this address.
pub(super) fn own_address() -> Result<Ipv4Addr> {
    // Connecting a datagram socket sends nothing; it only asks which address would be used for the way out.
    // 198.51.100.0/24 is for documentation (RFC 5737).
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket
        .connect((Ipv4Addr::new(198, 51, 100, 1), 9))
        .context("the machine has no way out, and so no address that Janus would offer")?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(address) if !address.is_loopback() => Ok(address),
        other => bail!("{other} is no address that Janus would offer"),
    }
}

/// A port of loopback that was free for TCP a moment ago.
pub(super) fn free_tcp_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A port that was free for UDP a moment ago at `address`.
pub(super) fn free_udp_port(address: Ipv4Addr) -> Result<u16> {
    Ok(UdpSocket::bind((address, 0))?.local_addr()?.port())
}

/// A path as a program's argument.
pub(super) fn argument(path: &Path) -> Result<String> {
    Ok(path.to_str().context("a temporary directory has a plain name")?.to_owned())
}
