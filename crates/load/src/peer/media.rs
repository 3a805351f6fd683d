//! One side's audio in a call: its offer, the leg that follows from the answer, and how either is renewed.

use anyhow::{Context as _, Result};
use std::net::SocketAddr;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tring_protocol::ids::CallId;
use tring_protocol::signal::{ClientMessage, ServerMessage};

use super::device::{Device, PATIENCE};
use super::sdp::{Answer, Description, Setup};
use super::trouble::Trouble;
use crate::legs::{Credentials, Keyed, LegId, LegPlan, Load, Secrets, Stamp, Wire};

/// Where a peer connection reaches the relay, and over what.
#[derive(Debug, Clone, Copy)]
enum Relay {
    Udp(SocketAddr),
    Tcp(SocketAddr),
}

impl Relay {
    /// With a socket of its own.
    fn connect(self) -> Result<Wire> {
        match self {
            Self::Udp(address) => Wire::udp(address),
            Self::Tcp(address) => Wire::tcp(address),
        }
    }
}

/// A peer connection of one side.
#[derive(Debug, Clone, Copy)]
pub struct Media {
    /// Its leg.
    pub leg: LegId,
    /// What its packets carry.
    pub stamp: Stamp,
    ssrc: u32,
    relay: Relay,
    call_id: CallId,
}

impl Media {
    /// Offers a new peer connection, and starts its leg on what is answered.
    pub async fn open(
        device: &mut Device,
        load: &Load,
        (leg, stamp): (LegId, Stamp),
        call_id: CallId,
    ) -> Result<(Self, oneshot::Receiver<Result<Keyed>>)> {
        let ssrc = rand::random();
        let (relay, credentials) = negotiate(device, load, call_id, ssrc).await?;
        let media = Self { leg, stamp, ssrc, relay, call_id };
        let wire = match relay {
            Relay::Udp(address) => load.wire(leg, address)?,
            Relay::Tcp(_) => relay.connect()?,
        };
        let secrets = Secrets::ByDtls(credentials);
        Ok((media, load.join(leg, LegPlan { wire, stamp, ssrc, secrets })))
    }

    /// Opens a new peer connection beside this one; the audio goes over to it once it has its keys.
    pub async fn replace(&mut self, device: &mut Device, load: &Load) -> Result<()> {
        let (media, keyed) = Self::open(device, load, (load.new_leg(), self.stamp), self.call_id).await?;
        wait_keyed(keyed).await?;
        load.talk(media.leg);
        load.leave(self.leg);
        *self = media;
        Ok(())
    }

    /// Gets new ICE credentials for the same transport.
    pub async fn restart(&self, device: &mut Device, load: &Load) -> Result<()> {
        let (_, credentials) = negotiate(device, load, self.call_id, self.ssrc).await?;
        load.restart(self.leg, credentials);
        Ok(())
    }

    /// Goes on from another socket, with the same keys.
    pub fn move_to_new_socket(&self, load: &Load) -> Result<()> {
        load.move_to(self.leg, self.relay.connect()?);
        Ok(())
    }
}

/// Offers the peer connection that has `ssrc`, with fresh ICE credentials.
async fn negotiate(
    device: &mut Device,
    load: &Load,
    call_id: CallId,
    ssrc: u32,
) -> Result<(Relay, Credentials)> {
    let ufrag = format!("{:08x}", rand::random::<u32>());
    let password = format!("{:032x}", rand::random::<u128>());
    let offer = Description {
        ufrag: &ufrag,
        password: &password,
        fingerprint: load.fingerprint(),
        ssrc,
        setup: Setup::ActPass,
    };
    device.say(ClientMessage::MediaOffer { call_id, sdp: offer.write()? });
    let answered = |message: &ServerMessage| match message {
        ServerMessage::MediaAnswer { sdp, .. } => Some(Answer::read(sdp)),
        _ => None,
    };
    let (_, answer) = device.wait_for("media_answer", answered).await?;
    let answer = answer?;
    let credentials = Credentials {
        local_ufrag: ufrag,
        local_password: password,
        remote_ufrag: answer.ufrag,
        remote_password: answer.password,
        remote_fingerprint: answer.fingerprint,
    };
    let relay = match device.identity.is_behind_firewall() {
        false => Relay::Udp(answer.udp.context("the answer has no UDP candidate")?),
        true => Relay::Tcp(answer.tcp.context("the answer has no TCP candidate")?),
    };
    Ok((relay, credentials))
}

/// Waits until a leg has its keys.
pub async fn wait_keyed(keyed: oneshot::Receiver<Result<Keyed>>) -> Result<Keyed> {
    let keyed = timeout(PATIENCE, keyed).await.map_err(|_| Trouble::Late("keys by ICE and DTLS"))?;
    keyed.context("the load thread has ended")?.map_err(|error| {
        let trouble = Trouble::NoPath(error.to_string());
        error.context(trouble)
    })
}
