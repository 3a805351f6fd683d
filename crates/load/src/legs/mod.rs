//! The light peers' side of the audio path: any number of legs in one thread, each with its own socket or all at one, on
//! a staggered schedule; every packet that arrives is opened and must say that it belongs there.
//!
//! The thread does not know whether it speaks to the relay or to the floor: a leg either agrees on keys by ICE and
//! DTLS or has them from the start.

mod delays;
mod establish;
mod generator;
mod leg;
mod packet;
mod poll;
mod port;
mod schedule;
mod speech;
mod tally;
mod wire;

pub use delays::Delays;
pub use establish::Credentials;
pub use leg::Keyed;
pub use packet::{AUDIO_LEVEL_ID, PAYLOAD_TYPE, Stamp};
pub use tally::Count;
pub use wire::Wire;

use anyhow::{Context as _, Result};
use establish::{Identity, Keys};
use generator::Generator;
use poll::Waker;
use port::Port;
use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tring_relay::srtp::{self, Profile};

/// A leg, numbered in pairs: the caller's is even, the callee's the next.
pub type LegId = usize;

/// What browsers put into a packet.
pub const PACKET_TIME: Duration = Duration::from_millis(20);
/// How long packets under way get to arrive once a stream has stopped.
const DRAIN: Duration = Duration::from_millis(250);

/// What a leg needs to exist.
pub struct LegPlan {
    /// Its way to the other side.
    pub wire: Wire,
    /// What its packets carry.
    pub stamp: Stamp,
    /// Its stream.
    pub ssrc: u32,
    /// Its keys, or the way to them.
    pub secrets: Secrets,
}

/// How a leg comes by its keys.
pub enum Secrets {
    /// They are known to both sides.
    Agreed(Box<Keys>),
    /// By connectivity checks and DTLS.
    ByDtls(Credentials),
}

impl Secrets {
    /// Keys that both sides know: `send` and `receive` are a master key and a salt each.
    pub fn agreed(profile: Profile, send: &(Vec<u8>, Vec<u8>), receive: &(Vec<u8>, Vec<u8>)) -> Result<Self> {
        let sender = srtp::Sender::new(profile, &send.0, &send.1)?;
        let receiver = srtp::Receiver::new(profile, &receive.0, &receive.1)?;
        Ok(Self::Agreed(Box::new(Keys { profile, sender, receiver })))
    }
}

enum Command {
    Join { id: LegId, plan: Box<LegPlan>, keyed: oneshot::Sender<Result<Keyed>> },
    Talk { id: LegId, heard: oneshot::Sender<Instant> },
    Listen { id: LegId, heard: oneshot::Sender<Instant> },
    Move { id: LegId, wire: Wire },
    Restart { id: LegId, credentials: Credentials },
    Hush,
    Leave { id: LegId },
    Delays { reply: oneshot::Sender<Delays> },
    Lateness { reply: oneshot::Sender<Delays> },
    Busy { reply: oneshot::Sender<Duration> },
    Gather { gathers: bool },
    Count { reply: oneshot::Sender<Result<Count>> },
}

/// The thread's handle.
pub struct Load {
    commands: Sender<Command>,
    waker: Arc<Waker>,
    next_call: Cell<u32>,
    fingerprint: String,
    /// The socket that its legs share, if they do.
    port: Option<Arc<Port>>,
}

impl Load {
    /// Starts the thread on the core of the caller. A leg that talks sends one packet each `packet_time`.
    pub fn start(packet_time: Duration) -> Result<Self> {
        Self::begin(packet_time, None)
    }

    /// The same with one socket for all legs whose [`Self::wire`] goes to an address of 127.0.0.0/8: the lightest there is.
    pub fn start_sharing_a_socket(packet_time: Duration) -> Result<Self> {
        Self::begin(packet_time, Some(Arc::new(Port::open()?)))
    }

    fn begin(packet_time: Duration, port: Option<Arc<Port>>) -> Result<Self> {
        let identity = Identity::new()?;
        let fingerprint = identity.fingerprint();
        let waker = Arc::new(Waker::new()?);
        let (commands, obeyed) = channel();
        let (theirs, shared) = (Arc::clone(&waker), port.clone());
        let thread = std::thread::Builder::new().name("load".to_owned());
        // Its errors reach whoever asks it for anything next, as a closed channel.
        thread.spawn(move || Generator::new(obeyed, theirs, identity, packet_time, shared)?.run())?;
        Ok(Self { commands, waker, next_call: Cell::new(0), fingerprint, port })
    }

    /// The fingerprint of every leg's certificate.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Two fresh legs and their stamps, for one call.
    pub fn new_call(&self) -> [(LegId, Stamp); 2] {
        let call = self.next_call.replace(self.next_call.get() + 1);
        [0, 1].map(|side| (call as usize * 2 + usize::from(side), Stamp { call, side }))
    }

    /// A further leg for a side that gets a new peer connection in the middle of a call.
    pub fn new_leg(&self) -> LegId {
        let [(leg, _), _] = self.new_call();
        leg
    }

    /// A new way over UDP to `to`, for this leg alone.
    ///
    /// # Errors
    /// If the system gives no socket.
    pub fn wire(&self, leg: LegId, to: SocketAddr) -> Result<Wire> {
        match &self.port {
            Some(port) if to.is_ipv4() && to.ip().is_loopback() => Wire::shared(port, leg, to),
            _ => Wire::udp(to),
        }
    }

    /// Adds a leg; the answer is when it got its keys.
    pub fn join(&self, id: LegId, plan: LegPlan) -> oneshot::Receiver<Result<Keyed>> {
        let (keyed, answer) = oneshot::channel();
        self.command(Command::Join { id, plan: Box::new(plan), keyed });
        answer
    }

    /// Opens a leg's microphone; the answer is when the other side's first packet was opened here.
    pub fn talk(&self, id: LegId) -> oneshot::Receiver<Instant> {
        let (heard, answer) = oneshot::channel();
        self.command(Command::Talk { id, heard });
        answer
    }

    /// The answer is when the next packet of the other side was opened here.
    pub fn listen(&self, id: LegId) -> oneshot::Receiver<Instant> {
        let (heard, answer) = oneshot::channel();
        self.command(Command::Listen { id, heard });
        answer
    }

    /// Moves a leg to `wire`, as a change of network does.
    pub fn move_to(&self, id: LegId, wire: Wire) {
        self.command(Command::Move { id, wire });
    }

    /// Gives a leg other ICE credentials, which its socket uses from now on.
    pub fn restart(&self, id: LegId, credentials: Credentials) {
        self.command(Command::Restart { id, credentials });
    }

    /// Closes every microphone and waits until what was under way has arrived.
    pub async fn hush(&self) {
        self.command(Command::Hush);
        tokio::time::sleep(DRAIN).await;
    }

    /// Closes a leg's socket.
    pub fn leave(&self, id: LegId) {
        self.command(Command::Leave { id });
    }

    /// The sums over all legs so far, those that have left included.
    pub async fn count(&self) -> Result<Count> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Count { reply });
        answer.await.context("the load thread has ended")?
    }

    /// How long the packets were under way that arrived since this was last asked.
    ///
    /// # Errors
    /// If the thread has ended.
    pub async fn take_delays(&self) -> Result<Delays> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Delays { reply });
        answer.await.context("the load thread has ended")
    }

    /// By how much the packets left after their time that were sent since this was last asked: a fraction of a millisecond,
    /// unless the thread has too much to do or is kept from its core.
    ///
    /// # Errors
    /// If the thread has ended.
    pub async fn take_lateness(&self) -> Result<Delays> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Lateness { reply });
        answer.await.context("the load thread has ended")
    }

    /// Whether arrivals are left alone until audio is due again, a millisecond at most, instead of being read as they come.
    /// Nobody then waits for a socket, so whoever sends to it does not pay for waking its reader.
    pub fn gather(&self, gathers: bool) {
        self.command(Command::Gather { gathers });
    }

    /// CPU time of the thread since it began. It is one: when this grows as fast as the clock, it can do no more.
    ///
    /// # Errors
    /// If the thread has ended.
    pub async fn busy(&self) -> Result<Duration> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Busy { reply });
        answer.await.context("the load thread has ended")
    }

    fn command(&self, command: Command) {
        // A thread that has ended shows at the next answer that is waited for.
        let _ = self.commands.send(command);
        self.waker.wake();
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // The thread looks at its channel only when woken, and must find it closed.
        let (closed, _) = channel();
        drop(std::mem::replace(&mut self.commands, closed));
        self.waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, UdpSocket};

    /// Sends what comes from one address to the other, as it is, until both have fallen silent.
    fn forward(socket: &UdpSocket, sides: [SocketAddr; 2]) {
        socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let mut buffer = [0; 2048];
        while let Ok((len, from)) = socket.recv_from(&mut buffer) {
            let to = if from == sides[0] { sides[1] } else { sides[0] };
            socket.send_to(&buffer[..len], to).unwrap();
        }
    }

    #[tokio::test]
    async fn legs_that_share_a_socket_hear_each_other_and_nobody_else() {
        let load = Load::start_sharing_a_socket(PACKET_TIME).unwrap();
        let profile = Profile::AeadAes128Gcm;
        let mut heard = Vec::new();
        for call in 0..3 {
            let middle = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let keys = [0, 1].map(|side| (vec![call * 2 + side; 16], vec![7; 12]));
            let legs = load.new_call();
            let mut sides = Vec::new();
            for ((id, stamp), side) in legs.into_iter().zip([0, 1]) {
                let wire = load.wire(id, middle.local_addr().unwrap()).unwrap();
                sides.push(wire.local_address().unwrap());
                let secrets = Secrets::agreed(profile, &keys[side], &keys[1 - side]).unwrap();
                load.join(id, LegPlan { wire, stamp, ssrc: id as u32, secrets });
            }
            assert_eq!(sides[0].port(), sides[1].port());
            let sides = [sides[0], sides[1]];
            std::thread::spawn(move || forward(&middle, sides));
            heard.extend(legs.map(|(id, _)| load.talk(id)));
        }
        for heard in heard {
            tokio::time::timeout(Duration::from_secs(10), heard).await.unwrap().unwrap();
        }
        load.hush().await;
        let count = load.count().await.unwrap();
        assert!(count.delivered >= 6, "{count:?}");
        assert_eq!((count.misdelivered, count.undecryptable, count.before_keys), (0, 0, 0), "{count:?}");
    }
}
