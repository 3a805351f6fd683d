use super::offer::OfferError;
use super::*;
use proptest::prelude::*;

/// As Chromium 156 and Firefox 153 wrote them, before they had gathered candidates.
const CHROMIUM: &str = include_str!("tests/chromium.sdp");
const FIREFOX: &str = include_str!("tests/firefox.sdp");

fn answer(offer: &str) -> Result<String, OfferError> {
    let offer = parse_offer(offer)?;
    let addresses = ["192.0.2.1:4000".parse().unwrap(), "192.0.2.2:4000".parse().unwrap()];
    Ok(write_answer(
        &offer,
        &Answer {
            session: 12,
            version: 3,
            ufrag: "UFRAGufr",
            password: "passwordpasswordpassword",
            fingerprint: &[0xAB; 32],
            ssrc: 77,
            addresses: &addresses,
            tcp: true,
        },
    ))
}

#[test]
fn reads_what_chromium_offers() {
    let offer = parse_offer(CHROMIUM).unwrap();
    assert_eq!(offer.origin, "- 6243297671617563543");
    let audio = &offer.audio;
    assert_eq!((audio.ufrag, audio.direction), ("S/W4", Direction::SendRecv));
    assert_eq!(audio.fingerprint[..2], [0x2C, 0x44]);
    assert_eq!((audio.bundled, audio.transport_cc, audio.nack), (true, true, false));
    let media = &audio.media;
    assert_eq!((&*media.mid, media.opus, media.red, media.events), ("0", 111, Some(63), Some(110)));
    assert_eq!(media.extension_id(Extension::AudioLevel), Some(1));
    assert_eq!(media.extension_id(Extension::AbsSendTime), Some(2));
    assert_eq!(media.extension_id(Extension::TransportCc), Some(3));
    assert_eq!(media.extension_id(Extension::Mid), Some(4));
}

#[test]
fn reads_what_firefox_offers() {
    let offer = parse_offer(FIREFOX).unwrap();
    let audio = &offer.audio;
    assert_eq!((audio.ufrag, audio.direction), ("f3bada2e", Direction::SendRecv));
    assert_eq!(audio.fingerprint[..2], [0xED, 0xEB], "of the session");
    assert_eq!((audio.transport_cc, audio.media.opus, audio.media.red), (true, 109, None));
    assert_eq!(audio.media.extension_id(Extension::Mid), Some(3));
    assert_eq!(audio.media.extension_id(Extension::TransportCc), Some(7));
}

#[test]
fn the_answer_says_what_a_lite_passive_relay_is() {
    let answer = answer(CHROMIUM).unwrap();
    let lines: Vec<_> = answer.split_terminator("\r\n").collect();
    let session = ["v=0", "o=- 12 3 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=ice-lite"];
    assert_eq!(lines[..6], session);
    for line in [
        "m=audio 4000 UDP/TLS/RTP/SAVPF 63 111 110",
        "c=IN IP4 192.0.2.1",
        "a=ice-ufrag:UFRAGufr",
        "a=ice-pwd:passwordpasswordpassword",
        "a=setup:passive",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:63 red/48000/2",
        "a=fmtp:63 111/111",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtcp-fb:111 transport-cc",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=msid:tring audio",
        "a=ssrc:77 cname:tring",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host",
        "a=candidate:2 1 udp 2130706175 192.0.2.2 4000 typ host",
        "a=candidate:3 1 tcp 1520435199 192.0.2.1 4000 typ host tcptype passive",
        "a=candidate:4 1 tcp 1520434943 192.0.2.2 4000 typ host tcptype passive",
        "a=end-of-candidates",
    ] {
        assert!(lines.contains(&line), "{line} in {answer}");
    }
    let fingerprint = format!("a=fingerprint:sha-256 {}AB", "AB:".repeat(31));
    assert!(lines.contains(&fingerprint.as_str()));
}

#[test]
fn directions_are_mirrored_and_no_stream_is_promised_that_will_not_come() {
    for (offered, answered, has_stream) in [
        ("sendrecv", "sendrecv", true),
        ("sendonly", "recvonly", false),
        ("recvonly", "sendonly", true),
        ("inactive", "inactive", false),
    ] {
        let answer = answer(&CHROMIUM.replace("a=sendrecv", &format!("a={offered}"))).unwrap();
        assert!(answer.contains(&format!("\r\na={answered}\r\n")));
        assert_eq!(answer.contains("a=msid:"), has_stream);
    }
}

#[test]
fn other_sections_are_refused_in_their_place() {
    let video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=sendrecv\r\n";
    let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n";
    let dead = "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:old\r\na=inactive\r\n";
    let (session, audio) = CHROMIUM.split_at(CHROMIUM.find("m=audio").unwrap());
    let offer = format!("{session}{dead}{video}{audio}{data}");
    let answer = answer(&offer).unwrap();
    let sections: Vec<_> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        sections,
        [
            "m=audio 0 UDP/TLS/RTP/SAVPF 111",
            "m=video 0 UDP/TLS/RTP/SAVPF 96",
            "m=audio 4000 UDP/TLS/RTP/SAVPF 63 111 110",
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        ]
    );
    assert!(answer.contains("a=group:BUNDLE 0\r\n"));
    for mid in ["old", "v", "0", "d"] {
        assert!(answer.contains(&format!("a=mid:{mid}\r\n")));
    }
}

#[test]
fn an_offer_that_cannot_work_is_refused_with_the_reason() {
    for (from, to, error) in [
        ("v=0", "v=1", OfferError::Malformed("it does not begin with v=0")),
        ("o=- ", "x=- ", OfferError::Malformed("it has no o= line")),
        ("m=audio 9", "m=audio 0", OfferError::NoAudio),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", OfferError::NoAudio),
        ("opus/48000/2", "opus/16000/1", OfferError::NoOpus),
        ("a=rtcp-mux", "a=rtcp-mix", OfferError::NoRtcpMux),
        ("a=ice-ufrag:S/W4", "a=ice-ufrag:O y", OfferError::NoCredentials),
        ("a=ice-pwd:", "a=ice-pod:", OfferError::NoCredentials),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", OfferError::NoFingerprint),
        ("a=setup:actpass", "a=setup:passive", OfferError::Passive),
        ("a=mid:0", "a=mid:\u{e4}", OfferError::Malformed("the mid is not a short word")),
    ] {
        assert_eq!(answer(&CHROMIUM.replace(from, to)), Err(error), "{to}");
    }
    let endless = format!("{CHROMIUM}{}", "a=x\r\n".repeat(20_000));
    assert_eq!(answer(&endless), Err(OfferError::TooLarge));
    assert_eq!(answer(&format!("{CHROMIUM}{}", "m=video 9 x 1\r\n".repeat(40))), Err(OfferError::TooLarge));
}

#[test]
fn redundancy_around_another_codec_is_not_taken() {
    let offer = CHROMIUM.replace("a=fmtp:63 111/111", "a=fmtp:63 0/0");
    assert_eq!(parse_offer(&offer).unwrap().audio.media.red, None);
}

#[test]
fn an_extension_outside_the_one_byte_form_is_not_taken() {
    let offer = CHROMIUM.replace("a=extmap:1 ", "a=extmap:15 ").replace("a=extmap:2 ", "a=extmap:0 ");
    let media = parse_offer(&offer).unwrap().audio.media;
    assert_eq!(media.extension_id(Extension::AudioLevel), None);
    assert_eq!(media.extension_id(Extension::AbsSendTime), None);
}

#[test]
fn lines_may_end_as_they_like() {
    assert_eq!(answer(&CHROMIUM.replace("\r\n", "\n")), answer(CHROMIUM));
}

proptest! {
    #[test]
    fn a_changed_or_cut_offer_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        character in any::<char>(),
        cut in any::<prop::sample::Index>(),
        firefox in any::<bool>(),
    ) {
        let offer = if firefox { FIREFOX } else { CHROMIUM };
        let mut changed: Vec<char> = offer.chars().collect();
        let at = at.index(changed.len());
        changed[at] = character;
        let _ = answer(&changed.iter().collect::<String>());
        let _ = answer(&offer[..cut.index(offer.len())]);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(v=0\r\n)?(([a-z]=)?[ -~]{0,40}\r?\n){0,20}") {
        let _ = answer(&text);
    }
}
