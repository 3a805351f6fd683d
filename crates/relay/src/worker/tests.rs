mod continuity;
mod keep_alive;
mod paths;
mod repair;
mod repetition;
mod restart;

use super::connection::Connection;
use super::lab::{Device, Lab, Sent, leg, media, password, rtp};
use super::*;
use crate::SILENT_AFTER;
use crate::srtp::Profile::{self, AeadAes128Gcm, AeadAes256Gcm, Aes128CmHmacSha1_80};
use crate::stun::{Class, Message, Role};
use crate::testing;
use proptest::prelude::*;
use std::net::SocketAddr;

fn elsewhere(number: u8) -> Route {
    Route::Udp(SocketAddr::from(([10, 9, 9, number], 5_000)))
}

#[test]
fn audio_crosses_with_every_pair_of_profiles() {
    for from in [AeadAes128Gcm, AeadAes256Gcm, Aes128CmHmacSha1_80] {
        for to in [AeadAes128Gcm, AeadAes256Gcm, Aes128CmHmacSha1_80] {
            let mut lab = Lab::new(testing::now());
            let mut a = lab.connect(leg(0), 1, from, media(111, None));
            let mut b = lab.connect(leg(1), 2, to, media(109, None));
            lab.worker.control(lab.now, Control::Bridge(leg(0), leg(1)));
            let heard = lab.across(&mut a, &mut b, &rtp(111, 1, 0xA, b"audio")).unwrap();
            assert_eq!(heard, rtp(109, 1, 0x0E0E_0002, b"audio"), "{from:?} to {to:?}");
        }
    }
}

#[test]
fn nothing_passes_without_a_bridge() {
    let mut lab = Lab::new(testing::now());
    let mut a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, None));
    let mut b = lab.connect(leg(1), 2, AeadAes128Gcm, media(111, None));
    assert_eq!(lab.send(&mut a, &rtp(111, 1, 0xA, b"audio")), None);
    assert_eq!(lab.send(&mut b, &[0x80, 201, 0, 1, 0, 0, 0, 0xB]), None);
    let counts = lab.worker.counts();
    assert_eq!((counts.audio_in, counts.audio_out, counts.dropped_for(Dropped::NotBridged)), (1, 0, 2));

    lab.worker.control(lab.now, Control::Bridge(leg(0), leg(1)));
    assert!(lab.across(&mut a, &mut b, &rtp(111, 2, 0xA, b"audio")).is_some());
    lab.worker.control(lab.now, Control::Unbridge(leg(1), leg(0)));
    assert_eq!(lab.send(&mut a, &rtp(111, 3, 0xA, b"audio")), None);
}

#[test]
fn a_third_leg_of_the_call_hears_nothing() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    let mut c = lab.connect(leg(2), 3, AeadAes128Gcm, media(111, None));
    assert_eq!(lab.send(&mut c, &rtp(111, 1, 0xC, b"audio")), None);
    assert!(lab.across(&mut a, &mut b, &rtp(111, 1, 0xA, b"audio")).is_some());
    lab.worker.control(lab.now, Control::Bridge(leg(0), leg(2)));
    assert!(lab.across(&mut a, &mut c, &rtp(111, 2, 0xA, b"audio")).is_some(), "the bridge has moved");
    assert_eq!(lab.send(&mut b, &rtp(109, 2, 0xB, b"audio")), None);
}

#[test]
fn legs_of_two_calls_are_never_bridged() {
    let (mut lab, mut a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    let foreign = tring_protocol::ids::LegId::caller(tring_protocol::ids::CallId::new(
        tring_protocol::time::Timestamp::from_millis(9),
        [9; 10],
    ));
    lab.worker.control(lab.now, Control::Unbridge(leg(0), leg(1)));
    lab.worker.control(lab.now, Control::Bridge(leg(0), foreign));
    assert_eq!(lab.send(&mut a, &rtp(111, 1, 0xA, b"audio")), None);
    assert_eq!(lab.worker.counts().calls, 1);
}

#[test]
fn a_replayed_packet_goes_no_further() {
    let (mut lab, mut a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    let sealed = a.seal(&rtp(111, 1, 0xA, b"audio")).unwrap();
    assert!(lab.datagram(a.address, &sealed).is_some());
    assert_eq!(lab.datagram(a.address, &sealed), None);
    assert_eq!(lab.datagram(elsewhere(1), &sealed), None);
    assert_eq!(lab.worker.counts().dropped_for(Dropped::Replayed), 2);
    assert_eq!(lab.events().len(), 1, "heard once, moved nowhere");
}

#[test]
fn a_check_with_a_wrong_password_or_name_gets_no_answer() {
    let mut lab = Lab::new(testing::now());
    let device = lab.open(leg(0), 1, AeadAes128Gcm, media(111, None));
    let right = password(device.ufrag);
    assert_eq!(lab.raw_check(device.ufrag, b"a wrong password........", device.address, true), None);
    assert_eq!(lab.raw_check(*b"nobodyis", &right, device.address, true), None);
    assert!(lab.raw_check(device.ufrag, &right, device.address, true).is_some());
}

#[test]
fn a_peer_that_thinks_it_is_controlled_is_told_otherwise() {
    let mut lab = Lab::new(testing::now());
    let device = lab.open(leg(0), 1, AeadAes128Gcm, media(111, None));
    let check = lab.check_bytes(device.ufrag, &password(device.ufrag), true, Role::Controlled(1));
    let answer = lab.datagram(device.address, &check).unwrap();
    let message = Message::parse(&answer.bytes).unwrap();
    assert_eq!((message.class, message.error), (Class::Error, Some(487)));
}

#[test]
fn the_answer_to_a_check_says_where_it_came_from() {
    let mut lab = Lab::new(testing::now());
    let device = lab.open(leg(0), 1, AeadAes128Gcm, media(111, None));
    assert_eq!(lab.check(&device, elsewhere(1), false), Some(elsewhere(1).address()));
}

#[test]
fn a_handshake_is_taken_from_the_first_answered_check_on() {
    let mut lab = Lab::new(testing::now());
    let device = lab.open(leg(0), 1, AeadAes128Gcm, media(111, None));
    let hello = [22, 254, 253, 0, 0];
    assert_eq!(lab.datagram(device.address, &hello), None);
    assert!(lab.worker.poll_job().is_none(), "not from an address that nobody has vouched for");
    lab.check(&device, device.address, false);
    lab.datagram(device.address, &hello);
    assert!(matches!(lab.worker.poll_job(), Some(Job::Datagram { bytes, .. }) if *bytes == hello));
}

#[test]
fn a_finished_handshake_is_not_begun_anew_by_late_datagrams() {
    let (mut lab, a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    let hello = [22, 254, 253, 0, 0];
    lab.datagram(a.address, &hello);
    assert!(lab.worker.poll_job().is_some(), "a repeated last flight is answered");
    lab.pass(crate::handshake::LINGER);
    lab.datagram(a.address, &hello);
    assert!(lab.worker.poll_job().is_none());
}

#[test]
fn the_newest_nominated_check_moves_the_path_and_no_other_does() {
    let (mut lab, a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    let to = |sent: Option<Sent>| sent.unwrap().to;
    lab.check(&a, elsewhere(1), false);
    assert_eq!(to(lab.send(&mut b, &rtp(109, 1, 0xB, b"x"))), a.address);
    lab.check(&a, elsewhere(1), true);
    assert_eq!(to(lab.send(&mut b, &rtp(109, 2, 0xB, b"x"))), elsewhere(1));
    assert!(lab.events().contains(&RelayEvent::Moved { leg: leg(0) }));
}

#[test]
fn a_captured_check_played_again_from_elsewhere_moves_nothing() {
    let (mut lab, a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    let captured = lab.check_bytes(a.ufrag, &password(a.ufrag), true, Role::Controlling(1));
    assert!(lab.datagram(a.address, &captured).is_some());
    assert!(lab.datagram(elsewhere(6), &captured).is_some());
    assert_eq!(lab.send(&mut b, &rtp(109, 1, 0xB, b"x")).unwrap().to, a.address);
    assert_eq!(lab.datagram(elsewhere(6), &[22, 254, 253, 0, 0]), None);
    assert!(lab.worker.poll_job().is_none(), "nor is the address vouched for");
}

#[test]
fn the_newest_authentic_packet_moves_the_path_and_a_straggler_does_not() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.send(&mut a, &rtp(111, 1, 0xA, b"x"));
    let straggler = a.seal(&rtp(111, 2, 0xA, b"x")).unwrap();
    let newest = a.seal(&rtp(111, 3, 0xA, b"x")).unwrap();
    assert!(lab.datagram(elsewhere(1), &newest).is_some(), "found by its stream");
    assert!(lab.datagram(a.address, &straggler).is_some());
    assert_eq!(lab.send(&mut b, &rtp(109, 1, 0xB, b"x")).unwrap().to, elsewhere(1));

    let mut forged = a.seal(&rtp(111, 4, 0xA, b"x")).unwrap();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(lab.datagram(elsewhere(2), &forged), None);
    assert_eq!(lab.send(&mut b, &rtp(109, 2, 0xB, b"x")).unwrap().to, elsewhere(1));
}

#[test]
fn a_peer_that_claims_anothers_address_does_not_silence_it() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.send(&mut a, &rtp(111, 1, 0xA, b"x"));
    lab.send(&mut b, &rtp(109, 1, 0xB, b"x"));
    // The peer of `b` sends a check with the source address of `a`, as somebody who can spoof addresses might.
    lab.check(&b, a.address, false);
    assert!(lab.across(&mut a, &mut b, &rtp(111, 2, 0xA, b"audio")).is_some());
}

#[test]
fn a_leg_keeps_a_bounded_number_of_addresses() {
    let (mut lab, a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    for number in 0..100 {
        lab.check(&a, elsewhere(number), true);
    }
    assert!(lab.worker.by_route.len() <= 10);
    lab.worker.control(lab.now, Control::CloseCall(leg(0).call));
    assert!(lab.worker.holds_nothing());
}

#[test]
fn a_new_connection_takes_over_when_it_is_keyed_and_not_before() {
    let (mut lab, mut old, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.across(&mut old, &mut b, &rtp(111, 10, 0xA, b"x"));
    let mut new = lab.open(leg(0), 5, AeadAes128Gcm, media(96, None));
    let address = new.address;
    lab.check(&new, address, true);
    assert!(lab.across(&mut old, &mut b, &rtp(111, 11, 0xA, b"x")).is_some(), "the old one still speaks");
    assert_eq!(lab.send(&mut b, &rtp(109, 1, 0xB, b"x")).unwrap().to, old.address, "and still hears");

    lab.events();
    lab.key(&mut new, AeadAes128Gcm);
    assert_eq!(lab.events(), [RelayEvent::Keyed { leg: leg(0) }, RelayEvent::Moved { leg: leg(0) }]);
    let heard = lab.across(&mut new, &mut b, &rtp(96, 700, 0xA2, b"x")).unwrap();
    let header = crate::rtp::Header::parse(&heard).unwrap();
    assert_eq!((header.payload_type, header.sequence, header.ssrc), (109, 12, 0x0E0E_0002));
    let heard = lab.across(&mut b, &mut new, &rtp(109, 2, 0xB, b"x")).unwrap();
    assert_eq!(heard, rtp(96, 2, 0x0E0E_0005, b"x"));
    assert_eq!(lab.send(&mut old, &rtp(111, 12, 0xA, b"x")), None, "nothing is heard twice");
    lab.worker.sweep(lab.now);
    assert_eq!(lab.worker.counts().connections, 2, "the old one is gone");
}

#[test]
fn a_replacement_that_comes_to_nothing_is_forgotten() {
    let (mut lab, _, _) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.open(leg(0), 5, AeadAes128Gcm, media(111, None));
    lab.open(leg(0), 6, AeadAes128Gcm, media(111, None));
    assert_eq!(lab.worker.counts().connections, 3, "the second replaces the first at once");
    lab.pass(SILENT_AFTER);
    lab.worker.sweep(lab.now);
    assert_eq!(lab.worker.counts().connections, 2);
}

#[test]
fn a_leg_is_silent_once_and_back_once() {
    let (mut lab, mut a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.send(&mut a, &rtp(111, 1, 0xA, b"x"));
    lab.events();
    lab.pass(SILENT_AFTER);
    lab.worker.sweep(lab.now);
    lab.worker.sweep(lab.now);
    let silent = |events: &[RelayEvent]| {
        events.iter().filter(|event| matches!(event, RelayEvent::Silent { .. })).count()
    };
    assert_eq!(silent(&lab.events()), 2, "each of the two legs once");
    let source = a.address;
    lab.check(&a, source, true);
    lab.check(&a, source, true);
    assert_eq!(lab.events(), [RelayEvent::Back { leg: leg(0) }]);
}

#[test]
fn quality_is_told_each_second_with_what_was_lost() {
    let (mut lab, mut a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    for n in 0..50 {
        if n % 5 != 1 {
            lab.send(&mut a, &rtp(111, n, 0xA, b"x"));
        }
        lab.pass(Duration::from_millis(20));
    }
    lab.events();
    lab.worker.sweep(lab.now);
    let events = lab.events();
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(matches!(events[0], RelayEvent::Quality { report, .. }
        if report.received == 40 && report.lost == 10 && report.opinion_score < 3.0));
}

#[test]
fn forwarded_packets_fit_into_the_kernels_cache_lines_we_count_on() {
    // The part of a connection that each packet touches. Growing it is allowed; doing so unseen is not.
    assert!(size_of::<Connection>() <= 512, "{}", size_of::<Connection>());
}

proptest! {
    /// Invariant 7: a panic is a bug and never an answer to input.
    #[test]
    fn any_datagram_is_survived(
        datagrams in proptest::collection::vec((0_u8..4, any::<u8>(), proptest::collection::vec(any::<u8>(), 0..200)), 0..40)
    ) {
        let (mut lab, mut a, mut b) = Lab::call(testing::now(), Aes128CmHmacSha1_80);
        for (kind, first, mut bytes) in datagrams {
            match kind {
                0 => drop(lab.datagram(a.address, &bytes)),
                1 => drop(lab.datagram(elsewhere(first), &bytes)),
                _ => {
                    // What is sealed with the right keys may still be anything.
                    if let [head, ..] = &mut bytes[..] {
                        *head = 0x80 | *head & 0x3F;
                    }
                    let device = if kind == 2 { &mut a } else { &mut b };
                    if let Some(sent) = lab.send(device, &bytes) {
                        let far = if kind == 2 { &mut b } else { &mut a };
                        far.open(&sent.bytes);
                    }
                }
            }
            lab.pass(Duration::from_millis(u64::from(first)));
        }
        lab.worker.sweep(lab.now);
        lab.worker.control(lab.now, Control::CloseCall(leg(0).call));
        prop_assert!(lab.worker.holds_nothing());
    }

    #[test]
    fn a_check_changed_anywhere_gets_no_answer(at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut lab = Lab::new(testing::now());
        let device = lab.open(leg(0), 1, Profile::AeadAes128Gcm, media(111, None));
        let mut check = lab.check_bytes(device.ufrag, &password(device.ufrag), true, Role::Controlling(1));
        let at = at.index(check.len());
        check[at] ^= flip;
        prop_assert_eq!(lab.datagram(device.address, &check), None);
    }
}

#[test]
fn what_came_went_and_is_missing_is_counted() {
    let (mut lab, mut a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    let before = lab.worker.counts();
    assert_eq!((before.keyed, before.not_keyed, before.audio_lost), (2, 0, 0));
    let mut bytes = 0;
    for number in [1, 2, 5] {
        let sealed = a.seal(&rtp(111, number, 0xA, b"audio")).unwrap();
        bytes += sealed.len() as u64;
        assert!(lab.datagram(a.address, &sealed).is_some());
    }
    lab.worker.sweep(lab.now + SWEEP);
    let counts = lab.worker.counts();
    assert_eq!((counts.audio_in - before.audio_in, counts.audio_lost), (3, 2));
    assert_eq!(counts.bytes_in - before.bytes_in, bytes);
    assert_eq!(counts.bytes_out - before.bytes_out, bytes, "both ciphers add as much");
    assert_eq!(counts.plus(&counts).bytes_out, 2 * counts.bytes_out);
}

#[test]
fn looking_ahead_changes_nothing() {
    let (mut lab, mut a, mut b) = Lab::call(testing::now(), AeadAes128Gcm);
    let unkeyed = lab.open(leg(2), 3, AeadAes128Gcm, media(111, None));
    let before = lab.worker.counts();
    // More than a batch, known and unknown, twice the same.
    let sources = [a.address, elsewhere(1), unkeyed.address, b.address, b.address].into_iter().cycle();
    lab.worker.prefetch(sources.take(1_000));
    lab.worker.prefetch(std::iter::empty());
    assert_eq!((lab.worker.counts(), lab.events()), (before, vec![]));
    assert!(lab.across(&mut a, &mut b, &rtp(111, 1, 0xA, b"audio")).is_some());
}
