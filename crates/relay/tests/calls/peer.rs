//! A full WebRTC peer (str0m) on a socket of its own, standing in for a browser.

use crate::wire::Wire;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::crypto::from_feature_flags;
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{RawPacket, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

pub(crate) struct Peer {
    pub(crate) rtc: Rtc,
    pub(crate) wire: Wire,
    pub(crate) heard: Vec<RtpPacket>,
    /// Share of packets lost, in 1/256, of every report block that came.
    pub(crate) reported_loss: Vec<u8>,
    /// Loses every nth packet of audio that arrives, before the peer sees it.
    pub(crate) lose_every: Option<usize>,
    candidate: SocketAddr,
    arrived: usize,
    sent: u64,
    mid: Option<Mid>,
    pending: Option<SdpPendingOffer>,
}

impl Peer {
    pub(crate) fn new() -> Self {
        Self::with(|config| config.enable_opus(true, false))
    }

    pub(crate) fn with(configure: impl FnOnce(RtcConfig) -> RtcConfig) -> Self {
        from_feature_flags().install_process_default();
        let config = Rtc::builder()
            .clear_codecs()
            .set_rtp_mode(true)
            .enable_raw_packets(true)
            .set_rtcp_report_interval_audio(Duration::from_millis(200));
        let rtc = configure(config).build(Instant::now());
        let wire = Wire::udp();
        let candidate = wire.local_address();
        let mut peer = Self {
            rtc,
            wire,
            candidate,
            heard: Vec::new(),
            reported_loss: Vec::new(),
            lose_every: None,
            arrived: 0,
            sent: 0,
            mid: None,
            pending: None,
        };
        peer.rtc.add_local_candidate(Candidate::host(candidate, "udp").unwrap());
        peer
    }

    /// The first offer, or a further one with new ICE credentials.
    pub(crate) fn offer(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        match self.mid {
            None => self.mid = Some(api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None)),
            Some(_) => {
                api.ice_restart(true);
            }
        }
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub(crate) fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
    }

    /// Goes on from another address, as after a change of network: nothing tells the stack or the relay.
    pub(crate) fn change_port(&mut self) {
        self.wire = Wire::udp();
    }

    /// Goes on over a TCP connection to the relay, and nothing tells the stack.
    pub(crate) fn change_to_tcp(&mut self, relay: SocketAddr) {
        self.wire = Wire::tcp(relay);
    }

    /// Sends one packet of audio with its number in the payload.
    pub(crate) fn speak(&mut self) {
        let Some(mid) = self.mid else { return };
        let Some(params) = self.rtc.media(mid).and_then(|media| {
            let pts = media.remote_pts().to_vec();
            self.rtc
                .codec_config()
                .params()
                .iter()
                .find(|p| pts.contains(&p.pt()) && p.spec().codec == Codec::Opus)
                .copied()
        }) else {
            return;
        };
        let now = Instant::now();
        let number = self.sent;
        self.sent += 1;
        let payload: Vec<u8> = [b"opus".as_slice(), &number.to_be_bytes()].concat();
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return };
        stream.set_unpaced(true);
        stream.write_rtp(RtpWrite::new(params.pt(), number.into(), (number * 960) as u32, now, payload));
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.flush();
    }

    /// Reads what has come, lets timers pass, sends what is due.
    pub(crate) fn step(&mut self) {
        let mut buffer = [0; 2_048];
        while let Some((len, source)) = self.wire.receive(&mut buffer) {
            if buffer[0] & 0xC0 == 0x80 && !(192..224).contains(&buffer[1]) {
                self.arrived += 1;
                if self.lose_every.is_some_and(|every| self.arrived.is_multiple_of(every)) {
                    continue;
                }
            }
            // The stack knows its own candidate's address; after a change of port it is not told.
            let destination = self.candidate;
            let contents = buffer[..len].try_into().unwrap();
            let receive = Receive { proto: Protocol::Udp, source, destination, contents };
            self.rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
            self.flush();
        }
        self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
        self.flush();
    }

    fn flush(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    self.wire.send(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::RtpPacket(packet)) => self.heard.push(packet),
                Output::Event(Event::RawPacket(raw)) => {
                    if let RawPacket::RtcpRx(rtcp) = *raw {
                        self.reported_loss.extend(report_losses(&rtcp));
                    }
                }
                Output::Event(_) => {}
            }
        }
    }
}

fn report_losses(rtcp: &Rtcp) -> Vec<u8> {
    match rtcp {
        Rtcp::SenderReport(report) => report.reports.iter().map(|block| block.fraction_lost).collect(),
        Rtcp::ReceiverReport(report) => report.reports.iter().map(|block| block.fraction_lost).collect(),
        _ => Vec::new(),
    }
}
