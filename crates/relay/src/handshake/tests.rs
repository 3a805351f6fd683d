use super::*;
use crate::rtp::Header;
use crate::testing;
use crate::worker::lab::{Lab, leg, media};

/// A DTLS client with a certificate of its own, as a browser is one.
struct Client {
    dtls: Dtls,
    fingerprint: [u8; 32],
    keys: Option<Keys>,
}

impl Client {
    fn new(now: Instant) -> Self {
        let certificate = dimpl::certificate::generate_self_signed_certificate().unwrap();
        let fingerprint = sha256(&certificate.certificate);
        let config = Arc::new(Config::builder().build().unwrap());
        let mut dtls = Dtls::new_12(config, certificate, now);
        dtls.set_active(true);
        dtls.handle_timeout(now).unwrap();
        Self { dtls, fingerprint, keys: None }
    }

    fn poll(&mut self) -> Vec<Box<[u8]>> {
        let (mut buffer, mut out) = (vec![0; 2_048], Vec::new());
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(bytes) => out.push(bytes.into()),
                Output::KeyingMaterial(material, SrtpProfile::AEAD_AES_256_GCM) => {
                    let profile = Profile::AeadAes256Gcm;
                    let [key, salt, far_key, far_salt] = split_keying_material(profile, &material).unwrap();
                    self.keys = Some(Keys {
                        receiver: Receiver::new(profile, far_key, far_salt).unwrap(),
                        sender: Sender::new(profile, key, salt).unwrap(),
                    });
                }
                Output::Timeout(_) => return out,
                _ => {}
            }
        }
    }
}

/// Lets the two talk, without loss and without time, and returns what the handshake told besides datagrams.
fn talk(handshakes: &mut Handshakes, client: &mut Client, named: [u8; 32], now: Instant) -> Vec<Outcome> {
    let mut told = Vec::new();
    for _ in 0..10 {
        for bytes in client.poll() {
            handshakes.handle(now, Job::Datagram { key: key(), fingerprint: named, bytes });
        }
        while let Some(outcome) = handshakes.poll() {
            match outcome {
                Outcome::Send { bytes, .. } => client.dtls.handle_packet(&bytes).unwrap(),
                other => told.push(other),
            }
        }
    }
    told
}

fn key() -> ConnectionKey {
    let mut lab = Lab::new(testing::now());
    let device = lab.open(leg(0), 1, Profile::AeadAes128Gcm, media(111, None));
    device.key
}

#[test]
fn both_sides_get_keys_that_fit() {
    let now = testing::now();
    let mut handshakes = Handshakes::new(Identity::generate().unwrap());
    let mut client = Client::new(now);
    let named = client.fingerprint;
    let mut told = talk(&mut handshakes, &mut client, named, now);
    assert_eq!(told.len(), 1, "{told:?}");
    let Some(Outcome::Keyed { mut keys, .. }) = told.pop() else { panic!("keyed") };
    let mut theirs = client.keys.unwrap();

    let plain = [0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 42];
    let header = Header::parse(&plain).unwrap();
    for (sender, receiver) in
        [(&mut theirs.sender, &mut keys.receiver), (&mut keys.sender, &mut theirs.receiver)]
    {
        let mut buffer = [0; 64];
        buffer[..13].copy_from_slice(&plain);
        let len = sender.protect_rtp(&mut buffer, &header, 13).unwrap();
        let opened = receiver.unprotect_rtp(&mut buffer[..len], &header).unwrap();
        assert_eq!(buffer[..opened.len], plain);
    }
}

#[test]
fn a_certificate_that_the_offer_did_not_name_ends_it() {
    let now = testing::now();
    let mut handshakes = Handshakes::new(Identity::generate().unwrap());
    let mut client = Client::new(now);
    let told = talk(&mut handshakes, &mut client, [9; 32], now);
    assert!(matches!(told[0], Outcome::Failed { reason: FailReason::WrongFingerprint, .. }), "{told:?}");
    assert!(told.iter().all(|outcome| !matches!(outcome, Outcome::Keyed { .. })));
}

#[test]
fn a_lost_flight_is_repeated() {
    let now = testing::now();
    let mut handshakes = Handshakes::new(Identity::generate().unwrap());
    let mut client = Client::new(now);
    let named = client.fingerprint;
    for bytes in client.poll() {
        handshakes.handle(now, Job::Datagram { key: key(), fingerprint: named, bytes });
    }
    let first = std::iter::from_fn(|| handshakes.poll()).count();
    assert!(first > 0);
    handshakes.sweep(now + FIRST_RETRY / 2);
    assert!(handshakes.poll().is_none(), "not yet");
    handshakes.sweep(now + FIRST_RETRY * 2);
    assert!(handshakes.poll().is_some());
}

#[test]
fn a_finished_handshake_is_freed_after_its_peer_may_have_lost_the_last_flight() {
    let now = testing::now();
    let mut handshakes = Handshakes::new(Identity::generate().unwrap());
    let mut client = Client::new(now);
    let named = client.fingerprint;
    talk(&mut handshakes, &mut client, named, now);
    handshakes.sweep(now + LINGER / 2);
    assert_eq!(handshakes.count(), 1);
    handshakes.sweep(now + LINGER);
    assert_eq!(handshakes.count(), 0);
}

#[test]
fn a_peer_that_closes_is_told_of_and_forgotten() {
    let now = testing::now();
    let mut handshakes = Handshakes::new(Identity::generate().unwrap());
    let mut client = Client::new(now);
    let named = client.fingerprint;
    talk(&mut handshakes, &mut client, named, now);
    client.dtls.close().unwrap();
    let told = talk(&mut handshakes, &mut client, named, now);
    assert!(matches!(told[..], [Outcome::Closed(_)]), "{told:?}");
    assert_eq!(handshakes.count(), 0);
}

#[test]
fn what_is_not_dtls_costs_no_more_than_an_object_until_the_timeout() {
    let now = testing::now();
    let mut handshakes = Handshakes::new(Identity::generate().unwrap());
    for bytes in [&[22_u8; 40][..], &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255], &[63]] {
        handshakes.handle(now, Job::Datagram { key: key(), fingerprint: [0; 32], bytes: bytes.into() });
    }
    assert!(handshakes.count() <= 1);
    handshakes.handle(now, Job::Drop(key()));
    assert_eq!(handshakes.count(), 0);
}
