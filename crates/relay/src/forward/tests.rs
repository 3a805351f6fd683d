use super::*;
use crate::testing;
use crate::worker::lab::{media, rtp};

fn rewrite(from: &Media, to: &Media, packet: &[u8]) -> Result<Vec<u8>, Unfit> {
    let mut packet = packet.to_vec();
    let mut header = Header::parse(&packet).unwrap();
    let mut stream = Stream::new(0xA0);
    let Rewritten { start, .. } =
        Translator::between(from, to).rewrite(&mut packet, &mut header, &mut stream, testing::now())?;
    assert_eq!(Header::parse(&packet[start..]), Ok(header));
    Ok(packet.split_off(start))
}

#[test]
fn opus_gets_the_far_legs_payload_type() {
    let (chromium, firefox) = (media(111, Some(63)), media(109, None));
    assert_eq!(rewrite(&chromium, &firefox, &rtp(111, 5, 0xA, b"x")), Ok(rtp(109, 5, 0xA0, b"x")));
    assert_eq!(rewrite(&firefox, &chromium, &rtp(109, 5, 0xA, b"x")), Ok(rtp(111, 5, 0xA0, b"x")));
    assert_eq!(rewrite(&chromium, &firefox, &rtp(8, 5, 0xA, b"x")), Err(Unfit::Payload));
}

#[test]
fn redundancy_passes_where_both_ends_have_it() {
    let payload = |opus: u8| [&[0x80 | opus, 0x0F, 0x00, 3, opus], b"oldnew".as_slice()].concat();
    let (a, b) = (media(111, Some(63)), media(96, Some(97)));
    assert_eq!(rewrite(&a, &b, &rtp(63, 5, 0xA, &payload(111))), Ok(rtp(97, 5, 0xA0, &payload(96))));
}

#[test]
fn redundancy_is_taken_out_for_a_leg_without_it() {
    let payload = [&[0x80 | 111, 0x0F, 0x00, 3, 111], b"oldnew".as_slice()].concat();
    let (chromium, firefox) = (media(111, Some(63)), media(109, None));
    assert_eq!(rewrite(&chromium, &firefox, &rtp(63, 5, 0xA, &payload)), Ok(rtp(109, 5, 0xA0, b"new")));
    assert_eq!(rewrite(&chromium, &firefox, &rtp(63, 5, 0xA, &payload[..6])), Err(Unfit::Malformed));
    let of_another_codec = [8, b'x'];
    assert_eq!(rewrite(&chromium, &firefox, &rtp(63, 5, 0xA, &of_another_codec)), Err(Unfit::Payload));
}

#[test]
fn only_copies_that_reach_the_far_leg_are_noted() {
    let loss_told = |from: &Media, to: &Media, payload_type: u8| {
        let payload = [&[0x80 | 111, 0x0F, 0x00, 3, 111], b"oldnew".as_slice()].concat();
        let mut packet = rtp(payload_type, 5, 0xA, if payload_type == 63 { &payload } else { b"x" });
        let mut header = Header::parse(&packet).unwrap();
        let mut stream = Stream::new(0xA0);
        let translator = Translator::between(from, to);
        translator.rewrite(&mut packet, &mut header, &mut stream, testing::now()).unwrap();
        stream.incoming_loss(51)
    };
    let (chromium, firefox) = (media(111, Some(63)), media(109, None));
    assert_eq!(loss_told(&chromium, &chromium, 63), 13);
    assert_eq!(loss_told(&chromium, &chromium, 111), 51);
    assert_eq!(loss_told(&chromium, &firefox, 63), 51);
    assert_eq!(loss_told(&firefox, &chromium, 109), 51);
}

#[test]
fn telephone_events_pass_where_both_ends_have_them() {
    let (a, mut b) = (media(111, None), media(109, None));
    b.events = Some(101);
    assert_eq!(rewrite(&a, &b, &rtp(110, 5, 0xA, b"#")), Ok(rtp(101, 5, 0xA0, b"#")));
    b.events = None;
    assert_eq!(rewrite(&a, &b, &rtp(110, 5, 0xA, b"#")), Err(Unfit::Payload));
}

#[test]
fn extensions_get_the_far_legs_ids_and_foreign_ones_are_taken_out() {
    let with_extensions = |ssrc, elements: [u8; 12]| {
        let mut packet = rtp(111, 5, ssrc, &[0xBE, 0xDE, 0, 3]);
        packet[0] |= 0x10;
        packet.extend(elements);
        packet.extend(b"audio");
        packet
    };
    let level_mid_transport = [0x10, 0x7F, 0x20, b'0', 0x31, 0, 9, 0x40, 1, 0, 0, 0];
    let from = media(111, None);
    let mut to = media(111, None);
    to.extensions = [5, 2, 0, 0];
    let expected = with_extensions(0xA0, [0x50, 0x7F, 0x20, b'0', 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(rewrite(&from, &to, &with_extensions(0xA, level_mid_transport)), Ok(expected));

    to.mid = "audio".into();
    let expected = with_extensions(0xA0, [0x50, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(
        rewrite(&from, &to, &with_extensions(0xA, level_mid_transport)),
        Ok(expected),
        "a foreign mid would send the packet to another section"
    );
}

/// Found in a call between two Chromium tabs: it probes the path with padding under RED's payload type, and without
/// these packets the far side counts losses.
#[test]
fn packets_of_padding_alone_pass() {
    let padded = |payload_type, ssrc, payload: &[u8]| {
        let mut packet = rtp(payload_type, 5, ssrc, payload);
        packet[0] |= 0x20;
        packet
    };
    let padding = [0, 0, 0, 4];
    let (chromium, firefox) = (media(111, Some(63)), media(109, None));
    assert_eq!(rewrite(&chromium, &firefox, &padded(63, 0xA, &padding)), Ok(padded(109, 0xA0, &padding)));
    assert_eq!(rewrite(&chromium, &chromium, &padded(63, 0xA, &padding)), Ok(padded(63, 0xA0, &padding)));
    let audio_and_padding = [111, b'x', 0, 2];
    assert_eq!(
        rewrite(&chromium, &firefox, &padded(63, 0xA, &audio_and_padding)),
        Ok(padded(109, 0xA0, b"x\x00\x02"))
    );
    for too_much in [&[0, 5][..], &[0, 0], &[]] {
        assert_eq!(rewrite(&chromium, &firefox, &padded(63, 0xA, too_much)), Err(Unfit::Malformed));
    }
}
