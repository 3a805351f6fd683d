use super::*;
use proptest::prelude::*;

/// Audio level 0x85 under id 1, transport number 0x1234 under id 3, one byte of padding.
const PACKET: [u8; 24] = [
    0x90, 0xEF, 0x01, 0x02, 0, 0, 0x03, 0xC0, 0xAA, 0xBB, 0xCC, 0xDD, // fixed header
    0xBE, 0xDE, 0, 2, 0x10, 0x85, 0, 0x31, 0x12, 0x34, 0, 0, // extension
];

#[test]
fn reads_a_header_with_an_extension() {
    let header = Header::parse(&PACKET).unwrap();
    assert_eq!(
        header,
        Header {
            payload_type: 111,
            marker: true,
            sequence: 0x0102,
            timestamp: 960,
            ssrc: 0xAABB_CCDD,
            len: 24,
            extension: Some(16),
        }
    );
    let mut written = PACKET;
    header.write(&mut written);
    assert_eq!(written, PACKET);
}

#[test]
fn refuses_what_is_shorter_than_it_says() {
    for len in 0..PACKET.len() {
        assert_eq!(Header::parse(&PACKET[..len]), Err(RtpError::Short), "{len}");
    }
    let mut with_sources = PACKET;
    with_sources[0] |= 0x0F;
    assert_eq!(Header::parse(&with_sources), Err(RtpError::Short));
    let mut version_1 = PACKET;
    version_1[0] = 0x50;
    assert_eq!(Header::parse(&version_1), Err(RtpError::Version));
}

#[test]
fn extensions_are_renamed_changed_and_taken_out() {
    let header = Header::parse(&PACKET).unwrap();
    let mut packet = PACKET;
    let mut seen = Vec::new();
    rewrite_extensions(&mut packet, &header, |id, value| {
        seen.push((id, value.to_vec()));
        if id == 1 {
            return 0;
        }
        value.copy_from_slice(&[0x56, 0x78]);
        9
    });
    assert_eq!(seen, [(1, vec![0x85]), (3, vec![0x12, 0x34])]);
    assert_eq!(packet[16..], [0, 0, 0, 0x91, 0x56, 0x78, 0, 0]);
}

#[test]
fn the_two_byte_form_is_rewritten_too() {
    let mut packet = PACKET;
    packet[12..].copy_from_slice(&[0x10, 0x00, 0, 2, 1, 1, 0x85, 3, 2, 0x12, 0x34, 0]);
    let header = Header::parse(&packet).unwrap();
    let mut values = Vec::new();
    rewrite_extensions(&mut packet, &header, |id, value| {
        values.push(value.to_vec());
        if id == 1 { 0 } else { 20 }
    });
    assert_eq!(values, [vec![0x85], vec![0x12, 0x34]]);
    assert_eq!(packet[16..], [0, 0, 0, 20, 2, 0x12, 0x34, 0]);
}

#[test]
fn red_is_walked_to_its_primary_block() {
    // Two redundant blocks of 3 and 2 bytes, then the primary.
    let mut payload = vec![0x80 | 111, 0, 0, 3, 0x80 | 111, 0, 0, 2, 111];
    payload.extend(b"aaabbprimary");
    let primary = rewrite_red(&mut payload, |_| 109).unwrap();
    assert_eq!(primary.payload_type, 111);
    assert_eq!(&payload[primary.offset..], b"primary");
    assert_eq!((payload[0], payload[4], payload[8]), (0x80 | 109, 0x80 | 109, 109));
    for len in 0..14 {
        assert_eq!(rewrite_red(&mut payload[..len].to_vec(), |pt| pt), Err(RtpError::Red), "{len}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), form in 0..3) {
        let mut bytes = bytes;
        if bytes.len() > 16 && form > 0 {
            bytes[0] = 0x90;
            bytes[12..14].copy_from_slice(if form == 1 { &[0xBE, 0xDE] } else { &[0x10, 0] });
            bytes[14] = 0;
            bytes[15] &= 15;
        }
        if let Ok(header) = Header::parse(&bytes) {
            let before = bytes.clone();
            rewrite_extensions(&mut bytes, &header, |id, _| id);
            prop_assert_eq!(&bytes, &before);
            rewrite_extensions(&mut bytes, &header, |_, _| 0);
            prop_assert_eq!(&bytes[header.len..], &before[header.len..]);
            if let Ok(primary) = rewrite_red(&mut bytes[header.len..], |pt| pt) {
                prop_assert!(header.len + primary.offset <= bytes.len());
            }
        }
    }
}
