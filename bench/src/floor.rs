//! The limit that the relay is held against: a process of one thread that does for each packet what no relay can
//! leave out — read it, open it with AES-GCM, seal it for the other side, write it — and nothing else.
//!
//! It knows its calls before the first packet, looks a sender up in an array, checks no replay, rewrites nothing,
//! and has no signalling, ICE, DTLS or RTCP. Both ends take their keys from [`master_keys`], so none are sent.

mod batch;
mod cipher;

use anyhow::{Context as _, Result, bail};
use rustix::net::sockopt::{self, Ipv4PathMtuDiscovery};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process::{Command, Stdio};
use tring_relay::srtp::Profile;

use crate::process::Process;
use batch::Batch;
use cipher::SessionKey;

/// The receive buffer asked for, in bytes: as much as the relay asks for, so that a floor which the
/// kernel puts aside for a moment does not lose what it is measured on.
const RECEIVE_BUFFER: usize = 4 << 20;

/// A running floor, from outside.
pub(crate) struct Floor {
    process: Process,
    address: SocketAddrV4,
}

impl Floor {
    /// Starts this program again as a floor on `core`.
    pub(crate) fn start(core: usize) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("floor").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start(&mut command, Some(core))?;
        let stdout = process.child().stdout.take().context("the floor's output was piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().context("the floor did not say its address")?;
        Ok(Self { process, address })
    }

    pub(crate) fn address(&self) -> SocketAddrV4 {
        self.address
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Hands over the addresses of the two sides of each call; forwarding starts. They differ in their ports, or all have
    /// the same port and differ in the last two bytes of their IP addresses.
    pub(crate) fn begin(&mut self, profile: Profile, calls: &[[SocketAddrV4; 2]]) -> Result<()> {
        let mut stdin = self.process.child().stdin.take().context("a floor begins once")?;
        let mut text = format!("{}\n", profile_name(profile)?);
        for [caller, callee] in calls {
            text.push_str(&format!("{caller} {callee}\n"));
        }
        stdin.write_all(text.as_bytes())?;
        Ok(())
    }
}

/// Which way a key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the peer to the floor.
    In,
    /// From the floor to the peer.
    Out,
}

/// Master key and salt of the peer at `address`. They protect nothing but test packets on loopback.
pub(crate) fn master_keys(
    profile: Profile,
    address: SocketAddrV4,
    direction: Direction,
) -> (Vec<u8>, Vec<u8>) {
    let name = name(address);
    let mut next =
        u8::try_from(name & 0xFF).expect("masked") ^ if direction == Direction::In { 0x5A } else { 0xC3 };
    let mut bytes = |len| {
        let mut fill = || {
            next = next.wrapping_mul(29).wrapping_add((name >> 8) as u8 | 1);
            next
        };
        (0..len).map(|_| fill()).collect::<Vec<_>>()
    };
    (bytes(profile.key_len()), bytes(profile.salt_len()))
}

/// A peer's place in the table.
fn name(address: SocketAddrV4) -> u16 {
    address.port() ^ address.ip().to_bits() as u16
}

fn profile_name(profile: Profile) -> Result<&'static str> {
    match profile {
        Profile::AeadAes128Gcm => Ok("AEAD_AES_128_GCM"),
        Profile::AeadAes256Gcm => Ok("AEAD_AES_256_GCM"),
        Profile::Aes128CmHmacSha1_80 => {
            bail!("the floor only speaks AES-GCM, and the peers agreed on AES-CM")
        }
    }
}

/// The child: announces its address, reads its calls, forwards until it is stopped.
pub(crate) fn run() -> Result<()> {
    let socket = UdpSocket::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
    // What the kernel grants at most is enough for a start; a privileged bench gets all of it.
    socket2::SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER)?;
    // As the relay has it.
    sockopt::set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::PROBE)?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", socket.local_addr()?)?;
    stdout.flush()?;
    let mut table = Table::read(std::io::stdin().lock())?;
    let mut batch = Batch::new();
    loop {
        batch.receive(&socket)?;
        batch.forward(|from, packet, len| table.turn(from, packet, len));
        batch.send(&socket)?;
    }
}

/// Every peer, found by its name.
struct Table {
    by_name: Vec<u32>,
    peers: Vec<Peer>,
}

struct Peer {
    other: SocketAddrV4,
    open: SessionKey,
    seal: SessionKey,
}

const NOBODY: u32 = u32::MAX;

impl Table {
    fn read(input: impl std::io::BufRead) -> Result<Self> {
        let mut lines = input.lines();
        let profile = match lines.next().context("no profile")??.as_str() {
            "AEAD_AES_128_GCM" => Profile::AeadAes128Gcm,
            "AEAD_AES_256_GCM" => Profile::AeadAes256Gcm,
            other => bail!("unknown profile {other}"),
        };
        let mut table = Self { by_name: vec![NOBODY; 1 << 16], peers: Vec::new() };
        for line in lines {
            let line = line?;
            let (caller, callee) = line.split_once(' ').context("a call has two addresses")?;
            let (caller, callee) = (caller.parse()?, callee.parse()?);
            table.add(profile, caller, callee)?;
            table.add(profile, callee, caller)?;
        }
        Ok(table)
    }

    fn add(&mut self, profile: Profile, address: SocketAddrV4, other: SocketAddrV4) -> Result<()> {
        let (key, salt) = master_keys(profile, address, Direction::In);
        let open = SessionKey::derive(&key, &salt)?;
        let (key, salt) = master_keys(profile, other, Direction::Out);
        let seal = SessionKey::derive(&key, &salt)?;
        self.by_name[usize::from(name(address))] = u32::try_from(self.peers.len())?;
        self.peers.push(Peer { other, open, seal });
        Ok(())
    }

    /// Opens and seals in place; returns where the packet goes and how long it is, or `None` if it is nobody's.
    fn turn(&mut self, from: SocketAddrV4, packet: &mut [u8], len: usize) -> Option<(SocketAddrV4, usize)> {
        let peer = self.peers.get(self.by_name[usize::from(name(from))] as usize)?;
        let plain = peer.open.open(packet.get_mut(..len)?)?;
        Some((peer.other, peer.seal.seal(packet, plain)?))
    }
}
