//! What a leg hears is one stream, whoever speaks and through whatever connection.

use super::lab::Device;
use super::*;
use crate::rtp::Header;

/// SSRC under which the lab's second leg hears.
const HEARD_BY_B: u32 = 0x0E0E_0002;

fn heard(lab: &mut Lab, from: &mut Device, to: &mut Device, plain: &[u8]) -> Header {
    let packet = lab.across(from, to, plain).expect("it passes");
    Header::parse(&packet).unwrap()
}

#[test]
fn another_device_that_takes_the_call_over_goes_on_in_the_same_stream() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    let last = heard(&mut lab, &mut a, &mut b, &rtp(111, 60, 0xA, b"x"));
    let mut other = lab.connect(leg(2), 3, AeadAes128Gcm, media(96, None));
    lab.worker.control(lab.now, Control::Bridge(leg(2), leg(1)));
    lab.worker.control(lab.now, Control::Close(leg(0)));
    lab.events();
    lab.pass(Duration::from_millis(300));
    let first = heard(&mut lab, &mut other, &mut b, &rtp(96, 7_000, 0xC, b"x"));
    assert_eq!((first.ssrc, first.sequence), (HEARD_BY_B, last.sequence + 1));
    assert_eq!(first.timestamp, last.timestamp + 300 * 48);
    assert!(first.marker);
    assert_eq!(lab.events(), [RelayEvent::Heard { leg: leg(2) }]);
    heard(&mut lab, &mut b, &mut other, &rtp(109, 1, 0xB, b"x"));
    assert_eq!(lab.events(), [RelayEvent::Heard { leg: leg(1) }], "by the device that hears it now");
}

#[test]
fn after_minutes_on_hold_the_stream_goes_on_with_the_clock() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    let last = heard(&mut lab, &mut a, &mut b, &rtp(111, 60, 0xA, b"x"));
    lab.worker.control(lab.now, Control::Unbridge(leg(0), leg(1)));
    for n in 61..4_000 {
        lab.pass(Duration::from_millis(20));
        assert_eq!(lab.send(&mut a, &rtp(111, n, 0xA, b"x")), None);
    }
    lab.worker.control(lab.now, Control::Bridge(leg(0), leg(1)));
    lab.pass(Duration::from_millis(20));
    let first = heard(&mut lab, &mut a, &mut b, &rtp(111, 4_000, 0xA, b"x"));
    assert_eq!((first.ssrc, first.sequence), (HEARD_BY_B, last.sequence + 1), "nothing is missed");
    assert_eq!(first.timestamp, last.timestamp + 3_940 * 960);
}

#[test]
fn the_roll_over_of_the_heard_stream_survives_a_change_of_the_speaker() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    for n in [0, 30_000, 60_000, 65_535] {
        heard(&mut lab, &mut a, &mut b, &rtp(111, n, 0xA, b"x"));
    }
    let mut other = lab.connect(leg(2), 3, AeadAes128Gcm, media(96, None));
    lab.worker.control(lab.now, Control::Bridge(leg(2), leg(1)));
    let first = heard(&mut lab, &mut other, &mut b, &rtp(96, 40_000, 0xC, b"x"));
    assert_eq!(first.sequence, 0, "sealed with the counter that the listener expects");
    assert_eq!(heard(&mut lab, &mut other, &mut b, &rtp(96, 40_001, 0xC, b"x")).sequence, 1);
}

#[test]
fn what_is_under_way_from_a_replaced_connection_is_heard_until_the_new_one_is() {
    let (mut lab, mut old, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    heard(&mut lab, &mut old, &mut b, &rtp(111, 10, 0xA, b"x"));
    let mut new = lab.connect(leg(0), 5, AeadAes128Gcm, media(96, None));
    assert_eq!(heard(&mut lab, &mut old, &mut b, &rtp(111, 11, 0xA, b"x")).sequence, 11);
    assert_eq!(heard(&mut lab, &mut new, &mut b, &rtp(96, 5, 0xA2, b"x")).sequence, 12);
    assert_eq!(lab.send(&mut old, &rtp(111, 12, 0xA, b"x")), None);
    assert_eq!(heard(&mut lab, &mut new, &mut b, &rtp(96, 6, 0xA2, b"x")).sequence, 13);
    assert!(lab.events().iter().all(|event| !matches!(event, RelayEvent::Silent { .. })));
}

#[test]
fn a_replaced_connection_whose_successor_says_nothing_is_let_go_when_it_is_quiet() {
    let (mut lab, mut old, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    heard(&mut lab, &mut old, &mut b, &rtp(111, 0, 0xA, b"x"));
    lab.connect(leg(0), 5, AeadAes128Gcm, media(96, None));
    for n in 1..5 {
        lab.pass(Duration::from_secs(1));
        heard(&mut lab, &mut old, &mut b, &rtp(111, n, 0xA, b"x"));
        lab.worker.sweep(lab.now);
        assert_eq!(lab.worker.counts().connections, 3);
    }
    lab.pass(Duration::from_secs(2));
    lab.worker.sweep(lab.now);
    assert_eq!(lab.worker.counts().connections, 2);
}

#[test]
fn an_echoed_leg_hears_itself_as_the_stream_that_it_was_told_of() {
    let mut lab = Lab::new(testing::now());
    lab.worker.control(lab.now, Control::Echo(leg(0)));
    let mut a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, Some(63)));
    lab.events();
    let sent = lab.send(&mut a, &rtp(111, 40, 0xA, b"audio")).unwrap();
    assert_eq!((sent.to, a.open(&sent.bytes)), (a.address, rtp(111, 40, 0x0E0E_0001, b"audio")));
    assert_eq!(lab.events(), [RelayEvent::Heard { leg: leg(0) }]);
    lab.worker.control(lab.now, Control::CloseCall(leg(0).call));
    assert!(lab.worker.holds_nothing());
}

#[test]
fn an_echoed_leg_measures_its_round_trip_once() {
    let mut lab = Lab::new(testing::now());
    lab.worker.control(lab.now, Control::Echo(leg(0)));
    let mut a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, None));
    lab.send(&mut a, &rtp(111, 40, 0xA, b"audio"));
    let mut report = vec![0x80, 200, 0, 6, 0, 0, 0, 0xA];
    report.extend([0, 0, 0x11, 0x11, 0x22, 0x22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5]);
    let sent = lab.send(&mut a, &report).unwrap();
    assert_eq!(a.open(&sent.bytes)[4..8], [0x0E, 0x0E, 0, 1]);

    // 80 ms to the leg and back, of which 0 are spent there.
    lab.pass(Duration::from_millis(80));
    let mut answer = vec![0x81, 201, 0, 7, 0, 0, 0, 0xA, 0x0E, 0x0E, 0, 1];
    answer.extend([64, 0, 0, 3, 0, 0, 0, 40, 0, 0, 0, 0, 0x11, 0x11, 0x22, 0x22, 0, 0, 0, 0]);
    let sent = lab.send(&mut a, &answer).unwrap();
    let heard = a.open(&sent.bytes);
    assert_eq!((&heard[8..12], heard[12]), (&[0, 0, 0, 0xA][..], 64), "its own stream lost a quarter");
    let held = u32::from_be_bytes(heard[28..32].try_into().unwrap());
    assert_eq!(held, 65_536 * 80 / 1_000, "so that the second way is not counted");
}
