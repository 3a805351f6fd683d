//! coturn between two people of whom one has no other way out: what it costs to pass packets on without opening them.
//!
//! The caller's packets travel in a TURN channel, the callee sends to the address that the caller was given there: each
//! packet is passed on once, as it is by the others. Both sides know their keys beforehand, because nobody on the way
//! does; DTLS between them would be the same without coturn.

mod turn;

use anyhow::{Result, bail};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tring_load::legs::{LegPlan, Load, Secrets, Wire};
use tring_relay::srtp::Profile;

use super::address::{MEDIA_PORTS, free_udp_port};
use super::leg::{Begun, Connected, both};
use super::{Rival, debian};
use crate::daemon::Daemon;
use turn::{allocate, bind_channel};

/// How long a question waits while it starts.
const ASK: Duration = Duration::from_millis(50);

pub(super) struct Coturn {
    daemon: Daemon,
    address: SocketAddrV4,
}

impl Coturn {
    pub(super) async fn start(address: Ipv4Addr) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let address = SocketAddrV4::new(address, free_udp_port(address)?);
        let arguments = arguments(*address.ip(), address.port(), directory.path());
        let serves = async || matches!(timeout(ASK, allocation(address)).await, Ok(Ok(_)));
        let daemon = debian::start("turnserver", &arguments, directory, serves).await?;
        Ok(Self { daemon, address })
    }
}

/// A socket that is connected to the server, and the address that was allocated for it there.
async fn allocation(server: SocketAddrV4) -> Result<(UdpSocket, SocketAddrV4)> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    socket.connect(server).await?;
    let relayed = allocate(&socket).await?;
    Ok((socket, relayed))
}

/// How it is started: one thread for what is relayed, anybody may allocate, no TLS, no console.
pub(super) fn arguments(address: Ipv4Addr, port: u16, folder: &Path) -> Vec<String> {
    let folder = folder.display();
    let [first, last] = MEDIA_PORTS;
    vec![
        "-n".to_owned(),
        format!("--listening-ip={address}"),
        format!("--listening-port={port}"),
        format!("--relay-ip={address}"),
        format!("--min-port={first}"),
        format!("--max-port={last}"),
        "--no-auth".to_owned(),
        "--no-tls".to_owned(),
        "--no-dtls".to_owned(),
        "--no-tcp".to_owned(),
        "--no-cli".to_owned(),
        "--allow-loopback-peers".to_owned(),
        "--relay-threads=1".to_owned(),
        "--log-file=stdout".to_owned(),
        "--simple-log".to_owned(),
        format!("--userdb={folder}/users"),
        format!("--pidfile={folder}/pid"),
    ]
}

impl Rival for Coturn {
    /// Nobody signs in.
    type Line = ();

    fn daemon(&self) -> &Daemon {
        &self.daemon
    }

    async fn line(&self, _n: usize) -> Result<()> {
        Ok(())
    }

    async fn connect(&self, _line: &mut (), load: &Load) -> Result<Connected> {
        let began = Instant::now();
        let (socket, relayed) = allocation(self.address).await?;
        let callee_wire = Wire::udp(SocketAddr::V4(relayed))?;
        let callee = SocketAddrV4::new(*self.address.ip(), callee_wire.local_address()?.port());
        let channel = bind_channel(&socket, callee).await?;
        let wires = [Wire::channel(socket.into_std()?, channel)?, callee_wire];

        let profile = Profile::AeadAes128Gcm;
        let [forth, back] = [(); 2].map(|()| random_keys(profile));
        let secrets = [Secrets::agreed(profile, &forth, &back)?, Secrets::agreed(profile, &back, &forth)?];
        let legs = load.new_call();
        let mut sides = legs.into_iter().zip(wires).zip(secrets).map(|(((leg, stamp), wire), secrets)| {
            Begun::join(load, leg, LegPlan { wire, stamp, ssrc: rand::random(), secrets })
        });
        let (Some(caller), Some(callee)) = (sides.next(), sides.next()) else {
            bail!("a call has two sides");
        };
        both(began, [caller, callee]).await
    }

    /// The allocation goes with the server.
    async fn hang_up(&self, _line: &mut (), _load: &Load) -> Result<()> {
        Ok(())
    }
}

/// A master key and salt.
fn random_keys(profile: Profile) -> (Vec<u8>, Vec<u8>) {
    let bytes = |len| (0..len).map(|_| rand::random()).collect();
    (bytes(profile.key_len()), bytes(profile.salt_len()))
}
