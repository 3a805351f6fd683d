//! A WebRTC peer that speaks, as the browser at a device would: str0m on a UDP socket and a thread of its own.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::crypto::from_feature_flags;
use str0m::media::{Direction, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// How often it speaks, which is also how often it listens.
const PACKET: Duration = Duration::from_millis(20);

/// A peer whose offer waits for its answer.
pub(crate) struct Peer {
    rtc: Rtc,
    socket: UdpSocket,
    mid: Mid,
    pending: SdpPendingOffer,
}

/// A peer that sends a packet of audio every 20 ms until it is dropped.
pub(crate) struct Speaking {
    heard: Arc<AtomicUsize>,
    said: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    /// A peer and its offer.
    pub(crate) fn offering() -> (Self, String) {
        from_feature_flags().install_process_default();
        let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).build(Instant::now());
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        let mut api = rtc.sdp_api();
        let mid = api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = api.apply().unwrap();
        (Self { rtc, socket, mid, pending }, offer.to_sdp_string())
    }

    /// Takes the relay's answer, connects, and speaks.
    pub(crate) fn speak(mut self, answer: &str) -> Speaking {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let counts: [Arc<AtomicUsize>; 2] = Default::default();
        let [heard, said] = counts.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let ([counter, spoken], stopped) = (counts, Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            self.rtc.sdp_api().accept_answer(self.pending, answer).unwrap();
            let (mut next, mut packets) = (Instant::now(), 0);
            while !stopped.load(Ordering::Relaxed) {
                if Instant::now() >= next {
                    next += PACKET;
                    packets += 1;
                    say(&mut self.rtc, self.mid, packets);
                    spoken.fetch_add(1, Ordering::Relaxed);
                }
                listen(&mut self.rtc, &self.socket, &counter);
            }
        });
        Speaking { heard, said, stop, thread: Some(thread) }
    }
}

impl Speaking {
    /// Whether audio of the other side has come.
    pub(crate) fn hears(&self) -> bool {
        self.heard() > 0
    }

    /// How many packets of the other side's audio have come.
    pub(crate) fn heard(&self) -> usize {
        self.heard.load(Ordering::Relaxed)
    }

    /// How many packets of audio it has sent.
    pub(crate) fn said(&self) -> usize {
        self.said.load(Ordering::Relaxed)
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.take().unwrap().join();
        assert!(ended.is_ok() || std::thread::panicking());
    }
}

fn say(rtc: &mut Rtc, mid: Mid, packet: u64) {
    let Some(writer) = rtc.writer(mid) else { return };
    let Some(opus) = writer.payload_params().next().map(str0m::format::PayloadParams::pt) else { return };
    writer.write(opus, Instant::now(), MediaTime::from_millis(packet * 20), b"opus".to_vec()).unwrap();
}

fn listen(rtc: &mut Rtc, socket: &UdpSocket, heard: &AtomicUsize) {
    let mut buffer = [0; 2_000];
    loop {
        match rtc.poll_output().unwrap() {
            Output::Timeout(_) => break,
            Output::Transmit(packet) => {
                let _ = socket.send_to(&packet.contents, packet.destination);
            }
            Output::Event(Event::MediaData(_)) => {
                heard.fetch_add(1, Ordering::Relaxed);
            }
            Output::Event(_) => {}
        }
    }
    if let Ok((length, source)) = socket.recv_from(&mut buffer) {
        let receive = Receive {
            proto: Protocol::Udp,
            source,
            destination: socket.local_addr().unwrap(),
            contents: buffer[..length].try_into().unwrap(),
        };
        rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
    }
    rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
}
