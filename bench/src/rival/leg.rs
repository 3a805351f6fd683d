//! The two legs of a call that another project's server connects: what each tells that server of itself, and how they
//! begin on what it answers.

use anyhow::{Context as _, Result};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tring_load::legs::{Credentials, Keyed, LegId, LegPlan, Load, Secrets, Stamp, Wire};
use tring_load::peer::PATIENCE;
use tring_load::peer::sdp::{Answer, Description, Setup};
use tring_protocol::text::Sdp;
use tring_relay::srtp::Profile;

/// A call in which both sides hear each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connected {
    pub(super) legs: [LegId; 2],
    /// From the caller's request until both sides have their keys.
    pub(super) keyed: Duration,
    /// From the caller's request until both sides have opened a packet of the other.
    pub(super) heard: Duration,
    /// What the first leg's SRTP is protected with.
    pub(super) profile: Profile,
}

impl Connected {
    /// Closes both legs.
    pub(super) fn leave(&self, load: &Load) {
        self.legs.iter().for_each(|leg| load.leave(*leg));
    }
}

/// One side before it knows the server.
pub(super) struct Side {
    socket: UdpSocket,
    leg: LegId,
    stamp: Stamp,
    ssrc: u32,
    ufrag: String,
    password: String,
    fingerprint: String,
}

impl Side {
    /// The caller and the callee of a new call, both at `address`.
    pub(super) fn pair(load: &Load, address: Ipv4Addr) -> Result<[Self; 2]> {
        let [caller, callee] = load.new_call();
        Ok([Self::new(load, address, caller)?, Self::new(load, address, callee)?])
    }

    fn new(load: &Load, address: Ipv4Addr, (leg, stamp): (LegId, Stamp)) -> Result<Self> {
        Ok(Self {
            socket: UdpSocket::bind((address, 0))?,
            leg,
            stamp,
            ssrc: rand::random(),
            ufrag: format!("{:08x}", rand::random::<u32>()),
            password: format!("{:032x}", rand::random::<u128>()),
            fingerprint: load.fingerprint().to_owned(),
        })
    }

    /// What it tells the server, as offer or as answer. It begins the DTLS handshake in both, as light peers do, and names
    /// its candidate: libnice (Janus) does not get a handshake through with a peer that it was told no candidate of.
    pub(super) fn describe(&self) -> Result<String> {
        let description = Description {
            ufrag: &self.ufrag,
            password: &self.password,
            fingerprint: &self.fingerprint,
            ssrc: self.ssrc,
            setup: Setup::Active,
        };
        let address = self.socket.local_addr()?;
        Ok(format!(
            "{}\r\na=candidate:1 1 udp 2130706431 {} {} typ host\r\na=end-of-candidates\r\n",
            description.write()?.as_str(),
            address.ip(),
            address.port()
        ))
    }

    /// Begins the leg on what the server told of itself, with its microphone open.
    pub(super) fn begin(self, load: &Load, remote: &str) -> Result<Begun> {
        let remote = Answer::read(&Sdp::parse(remote).context("the server's SDP")?)?;
        self.socket.connect(remote.udp.context("the server's SDP has no candidate over UDP")?)?;
        self.socket.set_nonblocking(true)?;
        let secrets = Secrets::ByDtls(Credentials {
            local_ufrag: self.ufrag,
            local_password: self.password,
            remote_ufrag: remote.ufrag,
            remote_password: remote.password,
            remote_fingerprint: remote.fingerprint,
        });
        let wire = Wire::Udp(self.socket);
        Ok(Begun::join(load, self.leg, LegPlan { wire, stamp: self.stamp, ssrc: self.ssrc, secrets }))
    }
}

/// One side whose leg is on its way.
pub(super) struct Begun {
    leg: LegId,
    keyed: oneshot::Receiver<Result<Keyed>>,
    heard: oneshot::Receiver<Instant>,
}

impl Begun {
    pub(super) fn join(load: &Load, leg: LegId, plan: LegPlan) -> Self {
        let keyed = load.join(leg, plan);
        // A leg sends nothing before it has its keys.
        Self { leg, keyed, heard: load.talk(leg) }
    }

    async fn connected(self) -> Result<(Keyed, Instant)> {
        let keyed = timeout(PATIENCE, self.keyed).await.context("ICE and DTLS take too long")?;
        let keyed = keyed.context("the load thread has ended")??;
        let heard = timeout(PATIENCE, self.heard).await.context("no audio arrives")?;
        Ok((keyed, heard.context("the load thread has ended")?))
    }
}

/// Waits until both sides of a call that was asked for at `began` hear each other.
pub(super) async fn both(began: Instant, [caller, callee]: [Begun; 2]) -> Result<Connected> {
    let legs = [caller.leg, callee.leg];
    let ((caller, caller_heard), (callee, callee_heard)) =
        tokio::try_join!(caller.connected(), callee.connected())?;
    Ok(Connected {
        legs,
        keyed: caller.at.max(callee.at) - began,
        heard: caller_heard.max(callee_heard) - began,
        profile: caller.profile,
    })
}
