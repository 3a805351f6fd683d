//! Packets that are asked for again.

use super::*;

/// What the leg of `lab` that hears `heard` and sends `own` asks for: packet `first` and those of the bits after it.
fn nack(own: u32, heard: u32, first: u16, following: u16) -> Vec<u8> {
    let mut packet = vec![0x81, 205, 0, 3];
    packet.extend(own.to_be_bytes());
    packet.extend(heard.to_be_bytes());
    packet.extend(first.to_be_bytes());
    packet.extend(following.to_be_bytes());
    packet
}

/// What the two hear each other as.
const HEARD_BY_A: u32 = 0x0E0E_0001;
const HEARD_BY_B: u32 = 0x0E0E_0002;

fn sent_again(lab: &mut Lab) -> Vec<Sent> {
    std::iter::from_fn(|| lab.worker.poll_send())
        .map(|(to, bytes)| Sent { to, bytes: bytes.into() })
        .collect()
}

/// A call in which each has said something, and `b` has asked once, so that what goes to it is kept.
fn call() -> (Lab, Device, Device) {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.across(&mut a, &mut b, &rtp(111, 1, 0xA, b"one")).unwrap();
    lab.across(&mut b, &mut a, &rtp(109, 1, 0xB, b"here")).unwrap();
    lab.across(&mut b, &mut a, &nack(0xB, HEARD_BY_B, 0, 0)).unwrap();
    assert_eq!(sent_again(&mut lab), []);
    (lab, a, b)
}

#[test]
fn what_is_lost_behind_the_relay_comes_again_from_the_relay() {
    let (mut lab, mut a, mut b) = call();
    let lost = lab.send(&mut a, &rtp(111, 2, 0xA, b"two")).unwrap();
    lab.across(&mut a, &mut b, &rtp(111, 3, 0xA, b"three")).unwrap();

    lab.pass(Duration::from_millis(30));
    assert_eq!(lab.send(&mut b, &nack(0xB, HEARD_BY_B, 2, 0)), None, "the speaker is not asked");
    let again = sent_again(&mut lab);
    assert_eq!(again, [lost], "byte for byte");
    assert_eq!(b.open(&again[0].bytes), rtp(109, 2, HEARD_BY_B, b"two"));
    let counts = lab.worker.counts();
    assert_eq!((counts.audio_again, counts.dropped), (1, [0; 9]));
}

#[test]
fn what_is_lost_before_the_relay_is_asked_of_the_speaker_alone() {
    let (mut lab, mut a, mut b) = call();
    lab.send(&mut a, &rtp(111, 2, 0xA, b"two")).unwrap();
    let mut late = a.seal(&rtp(111, 3, 0xA, b"three")).unwrap();
    lab.across(&mut a, &mut b, &rtp(111, 4, 0xA, b"four")).unwrap();

    lab.pass(Duration::from_millis(30));
    let asked = lab.across(&mut b, &mut a, &nack(0xB, HEARD_BY_B, 2, 1)).unwrap();
    assert_eq!(asked, nack(HEARD_BY_A, 0xA, 3, 0), "the second is here, so only the third is asked for");
    assert_eq!(sent_again(&mut lab).len(), 1);

    // The speaker sends it again as it was; whoever lost it has not seen it.
    let source = a.address;
    late = lab.datagram(source, &late).expect("it is news to the relay").bytes;
    assert_eq!(b.open(&late), rtp(109, 3, HEARD_BY_B, b"three"));
}

#[test]
fn asking_for_everything_again_and_again_costs_no_more_than_twice() {
    let (mut lab, mut a, mut b) = call();
    for sequence in 2..=17 {
        lab.send(&mut a, &rtp(111, sequence, 0xA, b"lost")).unwrap();
    }
    let mut sent = 0;
    for _ in 0..100 {
        lab.pass(Duration::from_millis(30));
        assert_eq!(lab.send(&mut b, &nack(0xB, HEARD_BY_B, 2, 0x7FFF)), None);
        sent += sent_again(&mut lab).len();
    }
    assert_eq!(sent, 2 * 16);
}

#[test]
fn a_leg_that_asks_of_itself_in_a_check_is_answered_too() {
    let mut lab = Lab::new(testing::now());
    let mut a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, None));
    lab.worker.control(lab.now, Control::Echo(leg(0)));
    lab.send(&mut a, &rtp(111, 1, 0xA, b"one")).unwrap();
    let _ = lab.send(&mut a, &nack(0xA, HEARD_BY_A, 0, 0));
    let lost = lab.send(&mut a, &rtp(111, 2, 0xA, b"two")).unwrap();
    lab.pass(Duration::from_millis(30));
    assert_eq!(lab.send(&mut a, &nack(0xA, HEARD_BY_A, 2, 0)), None);
    assert_eq!(sent_again(&mut lab), [lost]);
}
