//! ICE restarts, with checks of both generations under way.

use super::lab::Device;
use super::*;

const NEW: [u8; 8] = *b"newufrag";

/// A call of which the first leg restarts ICE.
fn restarting() -> (Lab, Device, Device) {
    let (mut lab, a, b) = Lab::call(testing::now(), AeadAes128Gcm);
    lab.restart(leg(0), &a, NEW, media(111, None));
    (lab, a, b)
}

/// A nominating check of `a` from `source`; true if it was answered.
fn nominate(lab: &mut Lab, ufrag: [u8; 8], source: Route) -> bool {
    lab.raw_check(ufrag, &password(ufrag), source, true).is_some()
}

/// Where `a` is reached.
fn reached(lab: &mut Lab, b: &mut Device, sequence: u16) -> Route {
    lab.send(b, &rtp(109, sequence, 0xB, b"x")).unwrap().to
}

#[test]
fn the_first_check_with_new_credentials_moves_the_leg() {
    let (mut lab, a, mut b) = restarting();
    assert_eq!(reached(&mut lab, &mut b, 1), a.address);
    assert!(nominate(&mut lab, NEW, elsewhere(1)));
    assert_eq!(reached(&mut lab, &mut b, 2), elsewhere(1));
    assert_eq!(lab.events().iter().filter(|event| matches!(event, RelayEvent::Moved { .. })).count(), 1);
}

#[test]
fn until_then_the_old_ones_move_it_too() {
    let (mut lab, a, mut b) = restarting();
    assert!(nominate(&mut lab, a.ufrag, elsewhere(2)));
    assert_eq!(reached(&mut lab, &mut b, 1), elsewhere(2));
}

#[test]
fn afterwards_the_old_ones_are_answered_and_move_nothing() {
    let (mut lab, a, mut b) = restarting();
    for n in 0..5 {
        assert!(nominate(&mut lab, NEW, elsewhere(1)));
        assert!(nominate(&mut lab, a.ufrag, a.address), "the browser still counts on that pair");
        assert_eq!(reached(&mut lab, &mut b, n), elsewhere(1));
        lab.pass(Duration::from_secs(1));
    }
}

#[test]
fn a_packet_by_the_old_way_still_says_where_the_leg_is() {
    let (mut lab, mut a, mut b) = restarting();
    assert!(nominate(&mut lab, NEW, elsewhere(1)));
    lab.send(&mut a, &rtp(111, 1, 0xA, b"x"));
    assert_eq!(reached(&mut lab, &mut b, 1), a.address);
}

#[test]
fn the_old_ones_end_some_time_after_the_restart() {
    let (mut lab, a, _) = restarting();
    lab.pass(Duration::from_secs(60));
    assert!(nominate(&mut lab, a.ufrag, a.address), "the new ones were never used");
    assert!(nominate(&mut lab, NEW, elsewhere(1)));
    lab.pass(Duration::from_secs(10));
    assert!(!nominate(&mut lab, a.ufrag, a.address));
    assert!(nominate(&mut lab, NEW, elsewhere(1)));
    lab.worker.control(lab.now, Control::CloseCall(leg(0).call));
    assert!(lab.worker.holds_nothing());
}

#[test]
fn a_page_that_restarts_and_restarts_has_two_generations_at_most() {
    let (mut lab, a, _) = restarting();
    for number in 0..9 {
        lab.restart(leg(0), &a, [b'a' + number; 8], media(111, None));
    }
    assert!(!nominate(&mut lab, a.ufrag, a.address) && !nominate(&mut lab, NEW, a.address));
    assert!(nominate(&mut lab, [b'a' + 8; 8], a.address));
    assert_eq!(lab.worker.by_ufrag.len(), 3, "two of this leg, one of the other");
    lab.worker.control(lab.now, Control::CloseCall(leg(0).call));
    assert!(lab.worker.holds_nothing());
}

#[test]
fn a_restart_while_a_new_connection_shakes_hands_is_that_ones() {
    let (mut lab, _, mut b) = restarting();
    let fresh = lab.open(leg(0), 5, AeadAes128Gcm, media(96, None));
    lab.restart(leg(0), &fresh, *b"fresher1", media(96, None));
    assert!(nominate(&mut lab, *b"fresher1", elsewhere(3)));
    assert!(nominate(&mut lab, NEW, elsewhere(1)), "the old connection's are as they were");
    assert_eq!(reached(&mut lab, &mut b, 1), elsewhere(1));
}

#[test]
fn a_browser_that_already_checks_under_its_new_name_is_answered() {
    let (mut lab, a, _) = Lab::call(testing::now(), AeadAes128Gcm);
    let name = format!("{}:newpeer", String::from_utf8_lossy(&a.ufrag));
    let check = lab.named_check_bytes(&name, &password(a.ufrag), true, Role::Controlling(1));
    assert!(lab.datagram(a.address, &check).is_some());
}
