//! The little SDP that a light peer needs: one Opus section that it describes, and the transport of the server read from
//! what it answers.

use anyhow::{Context as _, Result};
use std::net::SocketAddr;
use tring_protocol::text::Sdp;

use crate::legs::{AUDIO_LEVEL_ID, PAYLOAD_TYPE};

/// What an offer or answer says about its sender.
#[derive(Debug, Clone, Copy)]
pub struct Description<'a> {
    /// Half of its ICE credentials; 4 characters at least.
    pub ufrag: &'a str,
    /// The other half; 22 characters at least.
    pub password: &'a str,
    /// SHA-256 of its certificate, with colons.
    pub fingerprint: &'a str,
    /// Of its one stream.
    pub ssrc: u32,
    /// Who begins DTLS.
    pub setup: Setup,
}

/// Which side begins the DTLS handshake (RFC 5763 §5). Light peers always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// An offer that leaves it to the answer, for servers of which it is known that they let the other side begin.
    ActPass,
    /// This side, whatever the other would like.
    Active,
}

impl Description<'_> {
    /// As a browser words it (RFC 8829), without what an audio call over one address does not need.
    ///
    /// # Errors
    /// If a field holds more than an SDP may.
    pub fn write(&self) -> Result<Sdp> {
        let Self { ufrag, password, fingerprint, ssrc, setup } = self;
        let setup = match setup {
            Setup::ActPass => "actpass",
            Setup::Active => "active",
        };
        let lines = [
            "v=0".to_owned(),
            format!("o=- {ssrc} 2 IN IP4 127.0.0.1"),
            "s=-".to_owned(),
            "t=0 0".to_owned(),
            "a=group:BUNDLE 0".to_owned(),
            "a=msid-semantic: WMS bench".to_owned(),
            format!("m=audio 9 UDP/TLS/RTP/SAVPF {PAYLOAD_TYPE}"),
            "c=IN IP4 0.0.0.0".to_owned(),
            "a=rtcp:9 IN IP4 0.0.0.0".to_owned(),
            format!("a=ice-ufrag:{ufrag}"),
            format!("a=ice-pwd:{password}"),
            "a=ice-options:trickle".to_owned(),
            format!("a=fingerprint:sha-256 {fingerprint}"),
            format!("a=setup:{setup}"),
            "a=mid:0".to_owned(),
            format!("a=extmap:{AUDIO_LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
            "a=sendrecv".to_owned(),
            "a=msid:bench audio".to_owned(),
            "a=rtcp-mux".to_owned(),
            format!("a=rtpmap:{PAYLOAD_TYPE} opus/48000/2"),
            format!("a=fmtp:{PAYLOAD_TYPE} minptime=10;useinbandfec=1"),
            format!("a=ssrc:{ssrc} cname:bench"),
        ];
        // `Sdp` cuts white space off its ends; the last line's break is the only one that may miss.
        Sdp::parse(&lines.join("\r\n")).context("a description of this size is an SDP")
    }
}

/// What the other side's description says about it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its first candidate over UDP.
    pub udp: Option<SocketAddr>,
    /// Its first candidate over TCP.
    pub tcp: Option<SocketAddr>,
    /// Half of its ICE credentials.
    pub ufrag: String,
    /// The other half.
    pub password: String,
    /// SHA-256 of its certificate, with colons.
    pub fingerprint: String,
}

impl Answer {
    /// Reads the first candidate of each protocol and the credentials.
    ///
    /// # Errors
    /// If credentials or fingerprint are missing.
    pub fn read(sdp: &Sdp) -> Result<Self> {
        let value = |name: &str| {
            sdp.as_str().lines().find_map(|line| line.trim().strip_prefix(name)).map(str::to_owned)
        };
        let fingerprint = value("a=fingerprint:sha-256 ").context("the answer has no SHA-256 fingerprint")?;
        Ok(Self {
            udp: candidate(sdp.as_str(), "udp"),
            tcp: candidate(sdp.as_str(), "tcp"),
            ufrag: value("a=ice-ufrag:").context("the answer has no ice-ufrag")?,
            password: value("a=ice-pwd:").context("the answer has no ice-pwd")?,
            fingerprint,
        })
    }
}

/// `a=candidate:1 1 udp PRIORITY ADDRESS PORT typ host`
fn candidate(sdp: &str, protocol: &str) -> Option<SocketAddr> {
    sdp.lines().filter_map(|line| line.trim().strip_prefix("a=candidate:")).find_map(|candidate| {
        let words: Vec<_> = candidate.split(' ').collect();
        let &[_, _, transport, _, address, port, ..] = words.as_slice() else { return None };
        let address = SocketAddr::new(address.parse().ok()?, port.parse().ok()?);
        transport.eq_ignore_ascii_case(protocol).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_is_found_in_its_answer() {
        let answer = Answer::read(
            &Sdp::parse(
                "v=0\r\na=ice-lite\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n\
                 a=fingerprint:sha-256 AA:BB\r\na=candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype passive\r\n\
                 a=candidate:2 1 udp 2130706431 127.0.0.1 40000 typ host",
            )
            .unwrap(),
        )
        .unwrap();
        assert_eq!(answer.udp, Some("127.0.0.1:40000".parse().unwrap()));
        assert_eq!(answer.tcp, Some("127.0.0.1:9".parse().unwrap()));
        assert_eq!((answer.ufrag.as_str(), answer.password.as_str()), ("abcd", "secret"));
        assert_eq!(answer.fingerprint, "AA:BB");
    }

    #[test]
    fn an_answer_without_a_way_in_is_refused() {
        assert!(Answer::read(&Sdp::parse("v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret").unwrap()).is_err());
    }
}
