use super::*;
use proptest::prelude::*;

const TRANSACTION: TransactionId = *b"transaction!";

fn request() -> (Vec<u8>, IntegrityKey) {
    let key = IntegrityKey::new(b"a password of some length");
    let check =
        Check { username: "left:right", priority: 99, role: Role::Controlling(7), use_candidate: true };
    let mut buffer = [0; 256];
    let len = write_request(&mut buffer, &TRANSACTION, &check, &key).unwrap();
    (buffer[..len].to_vec(), key)
}

/// RFC 5769 §2.1: a request of another implementation, with attributes this one does not know.
#[test]
fn reads_the_sample_request_of_rfc_5769() {
    let bytes = hex(
        "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff\
         80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249\
         c1b571a280280004e57a3bcf",
    );
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.class, Class::Request);
    assert_eq!(message.local_ufrag(), Some(b"evtj".as_slice()));
    assert_eq!(message.remote_ufrag(), Some(b"h6vY".as_slice()));
    assert_eq!(message.priority, Some(0x6e00_01ff));
    assert_eq!(message.role, Some(Role::Controlled(0x932f_f9b1_5126_3b36)));
    assert!(message.verify(&IntegrityKey::new(b"VOkJxbRl1RmTxUk/WvJxBt")));
    assert!(!message.verify(&IntegrityKey::new(b"VOkJxbRl1RmTxUk/WvJxBu")));
}

/// RFC 5769 §2.2 and §2.3.
#[test]
fn reads_the_sample_answers_of_rfc_5769() {
    let key = IntegrityKey::new(b"VOkJxbRl1RmTxUk/WvJxBt");
    for (bytes, mapped) in [
        (
            "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643\
             000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
            "192.0.2.1:32853",
        ),
        (
            "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9fa\
             a5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c",
            "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
        ),
    ] {
        let bytes = hex(bytes);
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.class, Class::Success);
        assert_eq!(message.mapped, Some(mapped.parse().unwrap()));
        assert!(message.verify(&key));
    }
}

#[test]
fn a_request_reads_back() {
    let (bytes, key) = request();
    let message = Message::parse(&bytes).unwrap();
    assert!(message.verify(&key));
    assert_eq!((message.transaction, message.priority), (TRANSACTION, Some(99)));
    assert_eq!((message.use_candidate, message.role), (true, Some(Role::Controlling(7))));
}

#[test]
fn answers_read_back() {
    let key = IntegrityKey::new(b"secret");
    let mut buffer = [0; 128];
    for address in ["192.0.2.7:1", "[2001:db8::9]:65535"] {
        let address = address.parse().unwrap();
        let len = write_success(&mut buffer, &TRANSACTION, address, &key).unwrap();
        let message = Message::parse(&buffer[..len]).unwrap();
        assert_eq!((message.class, message.mapped), (Class::Success, Some(address)));
        assert!(message.verify(&key));
    }
    let len = write_role_conflict(&mut buffer, &TRANSACTION, &key).unwrap();
    let message = Message::parse(&buffer[..len]).unwrap();
    assert_eq!((message.class, message.error), (Class::Error, Some(487)));
}

#[test]
fn a_buffer_that_is_too_short_is_told_not_overrun() {
    let key = IntegrityKey::new(b"secret");
    let (full, _) = request();
    for len in 0..full.len() {
        let mut buffer = vec![0; len];
        let check =
            Check { username: "left:right", priority: 99, role: Role::Controlling(7), use_candidate: true };
        assert_eq!(write_request(&mut buffer, &TRANSACTION, &check, &key), None, "{len}");
    }
}

#[test]
fn what_follows_the_integrity_is_not_believed() {
    let (bytes, key) = request();
    let mut forged = bytes[..bytes.len() - 8].to_vec();
    forged.extend([0x80, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9]);
    let counted = (forged.len() + 8 - HEADER_LEN) as u16;
    forged[2..4].copy_from_slice(&counted.to_be_bytes());
    let crc = fingerprint(&forged);
    forged.extend([0x80, 0x28, 0, 4]);
    forged.extend(crc.to_be_bytes());
    let message = Message::parse(&forged).unwrap();
    assert_eq!(message.role, Some(Role::Controlling(7)));
    assert!(message.verify(&key));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Message::parse(&bytes);
    }

    #[test]
    fn a_changed_or_cut_request_is_never_authentic(at in 0_usize..200, flip in 1_u8.., cut in 0_usize..200) {
        let (mut bytes, key) = request();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(message) = Message::parse(&bytes) {
            prop_assert!(!message.verify(&key));
        }
        let (bytes, _) = request();
        prop_assert!(Message::parse(&bytes[..cut % bytes.len()]).is_err());
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
