use super::*;
use proptest::prelude::*;

const PROFILES: [Profile; 3] = [Profile::AeadAes128Gcm, Profile::AeadAes256Gcm, Profile::Aes128CmHmacSha1_80];

fn pair(profile: Profile) -> (Sender, Receiver) {
    let (key, salt) = ([7; 32], [9; 14]);
    let (key, salt) = (&key[..profile.key_len()], &salt[..profile.salt_len()]);
    (Sender::new(profile, key, salt).unwrap(), Receiver::new(profile, key, salt).unwrap())
}

fn packet(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 3, 0xC0]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend(b"some audio of a person");
    packet
}

fn seal(sender: &mut Sender, plain: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let header = Header::parse(plain).unwrap();
    let mut buffer = plain.to_vec();
    buffer.resize(plain.len() + MAX_OVERHEAD, 0);
    let len = sender.protect_rtp(&mut buffer, &header, plain.len())?;
    buffer.truncate(len);
    Ok(buffer)
}

fn open(receiver: &mut Receiver, sealed: &[u8]) -> Result<(Vec<u8>, Opened), SrtpError> {
    let header = Header::parse(sealed).unwrap();
    let mut buffer = sealed.to_vec();
    let opened = receiver.unprotect_rtp(&mut buffer, &header)?;
    buffer.truncate(opened.len);
    Ok((buffer, opened))
}

/// RFC 7714 §16.1.1 and §16.2.1: the session key and salt are given, so the ciphers are tested below the derivation.
#[test]
fn seals_as_the_vectors_of_rfc_7714() {
    for (profile, key, sealed) in [
        (
            Profile::AeadAes128Gcm,
            "000102030405060708090a0b0c0d0e0f",
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf\
             8833899d7f27beb16a9152cf765ee4390cce",
        ),
        (
            Profile::AeadAes256Gcm,
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799\
             b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
        ),
    ] {
        let plain = hex(
            "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361 20696e20706172746573207472 6573",
        );
        let cipher = session_cipher(profile, key, "517569642070726f2071756f");
        let header = Header::parse(&plain).unwrap();
        let mut buffer = plain.clone();
        buffer.resize(plain.len() + MAX_OVERHEAD, 0);
        let len = cipher.seal_rtp(&mut buffer, &header, plain.len(), u64::from(header.sequence)).unwrap();
        assert_eq!(buffer[..len], hex(sealed), "{profile:?}");
        let len =
            cipher.open_rtp(&mut buffer[..len], header.len, header.ssrc, u64::from(header.sequence)).unwrap();
        assert_eq!(buffer[..len], plain);
    }
}

/// RFC 7714 §17.1: SRTCP with index 0x5d4.
#[test]
fn seals_reports_as_the_vectors_of_rfc_7714() {
    let plain = hex(
        "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeef\
         deadbeef",
    );
    let sealed = hex(
        "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded\
         0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
    );
    let cipher = session_cipher(
        Profile::AeadAes128Gcm,
        "000102030405060708090a0b0c0d0e0f",
        "517569642070726f2071756f",
    );
    let mut buffer = plain.clone();
    buffer.resize(plain.len() + MAX_OVERHEAD, 0);
    let len = cipher.seal_rtcp(&mut buffer, plain.len(), 0x4d61_7273, ENCRYPTED | 0x5d4).unwrap();
    assert_eq!(buffer[..len], sealed);
    let len = cipher.open_rtcp(&mut buffer[..len], 0x4d61_7273, ENCRYPTED | 0x5d4).unwrap();
    assert_eq!(buffer[..len], plain);
}

#[test]
fn what_is_sealed_opens_over_a_roll_over_and_out_of_order() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = pair(profile);
        let numbers = [65_530, 65_532, 65_531, 65_535, 1, 0, 65_534, 2];
        for sequence in numbers {
            let plain = packet(sequence, 5);
            let sealed = seal(&mut sender, &plain).unwrap();
            assert_ne!(sealed[12..plain.len()], plain[12..]);
            let (opened, _) = open(&mut receiver, &sealed).unwrap();
            assert_eq!(opened, plain, "{profile:?} {sequence}");
        }
    }
}

#[test]
fn a_packet_opens_once_and_only_the_newest_is_called_so() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = pair(profile);
        let sealed: Vec<_> = (10..13).map(|n| seal(&mut sender, &packet(n, 5)).unwrap()).collect();
        assert!(open(&mut receiver, &sealed[0]).unwrap().1.newest);
        assert!(open(&mut receiver, &sealed[2]).unwrap().1.newest);
        assert!(!open(&mut receiver, &sealed[1]).unwrap().1.newest);
        for again in &sealed {
            assert_eq!(open(&mut receiver, again).unwrap_err(), SrtpError::Replayed);
        }
    }
}

#[test]
fn one_number_is_never_sealed_twice() {
    let (mut sender, _) = pair(Profile::AeadAes128Gcm);
    assert!(seal(&mut sender, &packet(1, 5)).is_ok());
    assert_eq!(seal(&mut sender, &packet(1, 5)), Err(SrtpError::Replayed));
    assert!(seal(&mut sender, &packet(1, 6)).is_ok(), "another stream counts for itself");
}

#[test]
fn reports_are_sealed_opened_and_taken_once() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = pair(profile);
        let plain = [0x80, 201, 0, 1, 0, 0, 0, 5];
        let mut seen = Vec::new();
        for _ in 0..3 {
            let mut buffer = plain.to_vec();
            buffer.resize(plain.len() + MAX_OVERHEAD + 4, 0);
            let len = sender.protect_rtcp(&mut buffer, plain.len()).unwrap();
            let sealed = buffer[..len].to_vec();
            let opened = receiver.unprotect_rtcp(&mut buffer[..len]).unwrap();
            assert_eq!(buffer[..opened.len], plain, "{profile:?}");
            seen.push(sealed);
        }
        for mut again in seen {
            assert_eq!(receiver.unprotect_rtcp(&mut again), Err(SrtpError::Replayed));
        }
    }
}

#[test]
fn a_peer_cannot_make_streams_without_end() {
    let (mut sender, mut receiver) = pair(Profile::AeadAes128Gcm);
    for ssrc in 0..MAX_STREAMS as u32 {
        let sealed = seal(&mut sender, &packet(1, ssrc)).unwrap();
        open(&mut receiver, &sealed).unwrap();
    }
    assert_eq!(seal(&mut sender, &packet(1, 999)), Err(SrtpError::TooManyStreams));
    let (mut other, _) = pair(Profile::AeadAes128Gcm);
    let sealed = seal(&mut other, &packet(1, 999)).unwrap();
    assert_eq!(open(&mut receiver, &sealed).unwrap_err(), SrtpError::TooManyStreams);
}

#[test]
fn keying_material_is_cut_client_first() {
    let material: Vec<u8> = (0..56).collect();
    let [client_key, client_salt, server_key, server_salt] =
        split_keying_material(Profile::AeadAes128Gcm, &material).unwrap();
    assert_eq!((client_key[0], server_key[0], client_salt[0], server_salt[0]), (0, 16, 32, 44));
    assert!(split_keying_material(Profile::Aes128CmHmacSha1_80, &material).is_none());
}

proptest! {
    #[test]
    fn a_changed_or_cut_packet_never_opens(profile in 0_usize..3, at in 0_usize..60, flip in 1_u8.., cut in 0_usize..60) {
        let (mut sender, mut receiver) = pair(PROFILES[profile]);
        let sealed = seal(&mut sender, &packet(1, 5)).unwrap();
        let mut changed = sealed.clone();
        let at = at % sealed.len();
        changed[at] ^= flip;
        if let Ok(header) = Header::parse(&changed) {
            prop_assert!(receiver.unprotect_rtp(&mut changed, &header).is_err());
        }
        let mut short = sealed[..cut % sealed.len()].to_vec();
        if let Ok(header) = Header::parse(&short) {
            prop_assert!(receiver.unprotect_rtp(&mut short, &header).is_err());
        }
        prop_assert!(open(&mut receiver, &sealed).is_ok(), "forgeries leave no trace");
    }

    #[test]
    fn any_bytes_are_refused(profile in 0_usize..3, bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let (mut sender, mut receiver) = pair(PROFILES[profile]);
        let mut buffer = bytes.clone();
        prop_assert!(receiver.unprotect_rtcp(&mut buffer).is_err());
        let len = bytes.len();
        let _ = sender.protect_rtcp(&mut buffer, len);
        if let Ok(header) = Header::parse(&bytes) {
            let mut buffer = bytes.clone();
            prop_assert!(receiver.unprotect_rtp(&mut buffer, &header).is_err());
        }
    }
}

fn session_cipher(profile: Profile, key: &str, salt: &str) -> Cipher {
    let mut keys = kdf::SessionKeys { cipher: [0; 32], authentication: [0; 20], salt: [0; 14] };
    keys.cipher[..profile.key_len()].copy_from_slice(&hex(key));
    keys.salt[..12].copy_from_slice(&hex(salt));
    Cipher::new(profile, &keys).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
