//! Packets that go out twice.

use super::*;

/// What `b` hears `a` as.
const HEARD_BY_B: u32 = 0x0E0E_0002;
/// A tenth of all packets, in 1/256.
const TENTH: u8 = 26;

/// A receiver report of the leg that sends `own`, about what it hears.
fn report(own: u32, loss: u8) -> Vec<u8> {
    let mut packet = vec![0x81, 201, 0, 7];
    packet.extend(own.to_be_bytes());
    packet.extend(HEARD_BY_B.to_be_bytes());
    packet.extend((u32::from(loss) << 24 | 10).to_be_bytes());
    packet.extend(100_u32.to_be_bytes());
    packet.extend([0; 12]);
    packet
}

/// A call in which each has said something. `b` reads copies if it has a payload type for them.
fn call(red: Option<u8>) -> (Lab, Device, Device) {
    let now = testing::now();
    let mut lab = Lab::new(now);
    let mut a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, Some(63)));
    let mut b = lab.connect(leg(1), 2, AeadAes128Gcm, media(109, red));
    lab.worker.control(now, Control::Bridge(leg(0), leg(1)));
    lab.across(&mut a, &mut b, &rtp(111, 1, 0xA, b"one")).unwrap();
    lab.across(&mut b, &mut a, &rtp(109, 1, 0xB, b"here")).unwrap();
    (lab, a, b)
}

/// Sends the packet `sequence` to `b`; returns it as it went, and what went out beside it.
fn says(lab: &mut Lab, a: &mut Device, sequence: u16) -> (Sent, Vec<Sent>) {
    lab.pass(Duration::from_millis(20));
    let sent = lab.send(a, &rtp(111, sequence, 0xA, b"word")).unwrap();
    let beside = std::iter::from_fn(|| lab.worker.poll_send());
    (sent, beside.map(|(to, bytes)| Sent { to, bytes: bytes.into() }).collect())
}

#[test]
fn a_leg_that_loses_many_gets_each_packet_again_a_little_later() {
    let (mut lab, mut a, mut b) = call(None);
    assert_eq!(says(&mut lab, &mut a, 2).1, []);
    lab.across(&mut b, &mut a, &report(0xB, TENTH)).unwrap();

    let (lost, beside) = says(&mut lab, &mut a, 3);
    assert_eq!(beside, []);
    assert_eq!(says(&mut lab, &mut a, 4).1, []);
    let (_, again) = says(&mut lab, &mut a, 5);
    assert_eq!(again, [lost], "byte for byte, to the same place");
    assert_eq!(b.open(&again[0].bytes), rtp(109, 3, HEARD_BY_B, b"word"));
    let counts = lab.worker.counts();
    assert_eq!((counts.audio_out, counts.audio_again, counts.dropped), (6, 1, [0; 9]));
}

#[test]
fn a_leg_that_reads_copies_or_loses_little_gets_each_packet_once() {
    for (red, loss) in [(Some(63), TENTH), (None, 3)] {
        let (mut lab, mut a, mut b) = call(red);
        lab.across(&mut b, &mut a, &report(0xB, loss)).unwrap();
        for sequence in 2..10 {
            assert_eq!(says(&mut lab, &mut a, sequence).1, []);
        }
    }
}

#[test]
fn a_leg_that_asks_for_what_it_lost_gets_that_alone() {
    let (mut lab, mut a, mut b) = call(None);
    lab.across(&mut b, &mut a, &report(0xB, TENTH)).unwrap();
    let mut nack = vec![0x81, 205, 0, 3];
    nack.extend(0xB_u32.to_be_bytes());
    nack.extend(HEARD_BY_B.to_be_bytes());
    nack.extend([0, 1, 0, 0]);
    let _ = lab.send(&mut b, &nack);
    for sequence in 2..10 {
        assert_eq!(says(&mut lab, &mut a, sequence).1, []);
    }
}

#[test]
fn it_ends_when_the_network_is_good_again() {
    let (mut lab, mut a, mut b) = call(None);
    lab.across(&mut b, &mut a, &report(0xB, TENTH)).unwrap();
    let mut sequence = 2;
    for seconds in 0..25 {
        for _ in 0..50 {
            says(&mut lab, &mut a, sequence);
            sequence += 1;
        }
        if seconds % 5 == 4 {
            lab.across(&mut b, &mut a, &report(0xB, 0)).unwrap();
        }
    }
    assert_eq!(says(&mut lab, &mut a, sequence).1, []);
    let again = lab.worker.counts().audio_again;
    assert!((700..800).contains(&again), "{again} of 1,250 went out again, for 15 s");
}
