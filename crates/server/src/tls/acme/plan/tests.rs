use super::*;
use rcgen::{CertificateParams, KeyPair};

const DAY: u64 = 24 * 3_600;

fn day(day: u64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000) + Millis::seconds(day * DAY)
}

/// Valid from day 0 to `last`.
fn identity(last: u64) -> Identity {
    let key = KeyPair::generate().unwrap();
    let made = CertificateParams::new(["calls.shop.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let found = Identity::parse(made.pem().as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    Identity { not_before: day(0), not_after: day(last), ..found }
}

#[test]
fn two_thirds_of_a_life_pass_before_the_next_certificate_at_most() {
    assert_eq!(Plan::stored(&identity(90), 0.0).renew_at, day(60));
    let early = Plan::stored(&identity(90), 0.999).renew_at;
    assert!(early > day(55) && early < day(56), "{early:?}");
    assert!(
        Plan::stored(&identity(90), 0.0).is_due(day(60)) && !Plan::stored(&identity(90), 0.0).is_due(day(59))
    );
    assert_eq!(Plan::stored(&identity(6), 0.0).renew_at, day(4), "short lives have short plans");
}

#[test]
fn an_authority_whose_certificates_come_late_is_not_asked_in_a_loop() {
    let plan = Plan::fresh(&identity(90), day(81), 0.5);
    assert_eq!((plan.renew_at, plan.ask_at), (day(84), day(81) + ASK));
    assert_eq!(Plan::fresh(&identity(90), day(0), 0.0).renew_at, day(60));
}

#[test]
fn the_authority_is_asked_first_and_its_window_wins() {
    let mut plan = Plan::stored(&identity(90), 0.5);
    assert!(plan.next() < day(0) && !plan.is_due(day(0)), "asked at once");
    plan.asked(day(0), Some((day(10)..day(12), Millis::seconds(DAY / 2))));
    assert_eq!((plan.renew_at, plan.ask_at), (day(11), day(0) + Millis::seconds(DAY / 2)));
    plan.asked(day(1), Some((day(200)..day(202), Millis::seconds(DAY / 2))));
    assert_eq!(plan.renew_at, day(81), "not when it is over");
    // Its certificates were revoked: the window is over.
    plan.asked(day(1), Some((Timestamp::from_millis(0)..Timestamp::from_millis(1), Millis::seconds(1))));
    assert!(plan.is_due(day(1)));
    assert_eq!(plan.ask_at, day(1) + ASK_BETWEEN.start, "nobody is asked every second");
}

#[test]
fn an_authority_that_says_nothing_is_asked_again_later() {
    let mut plan = Plan::fresh(&identity(90), day(0), 0.0);
    plan.asked(day(0), None);
    assert_eq!((plan.next(), plan.renew_at), (day(0) + ASK, day(60)));
}

#[test]
fn pauses_grow_and_end_and_spare_a_limit() {
    let minutes = |failures, is_limit| pause(failures, is_limit, 0.0).as_secs() / 60;
    let first_hour: u64 = (1..=4).map(|failures| minutes(failures, false)).sum();
    assert_eq!(first_hour, 30, "five attempts");
    assert_eq!(minutes(5, false), 32, "and the sixth comes after an hour");
    assert_eq!(minutes(50, false), 360);
    assert_eq!(minutes(1, true), 60);
    assert_eq!(pause(1, false, 0.5), Duration::from_secs(132));
}
