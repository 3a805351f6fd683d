//! Signs of life.

use super::*;
use tring_protocol::limits::MEDIA_KEEP_ALIVE;

const EVERY: Duration = Duration::from_millis(MEDIA_KEEP_ALIVE.get());

#[test]
fn a_leg_that_hears_nothing_gets_an_empty_report_every_100_ms() {
    let mut lab = Lab::new(testing::now());
    let mut a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, None));
    assert_eq!(lab.signs_of_life(), [], "it was heard of just now");
    for _ in 0..5 {
        lab.pass(EVERY);
        let signs = lab.signs_of_life();
        assert_eq!(signs.iter().map(|sign| sign.to).collect::<Vec<_>>(), [a.address]);
        assert_eq!(a.open(&signs[0].bytes), [0x80, 201, 0, 1, 0x0E, 0x0E, 0, 1], "of the announced stream");
        assert_eq!(lab.worker.keep_alive_due(), Some(lab.now + EVERY));
        assert_eq!(lab.signs_of_life(), []);
    }
}

#[test]
fn whoever_hears_audio_gets_none() {
    let (mut lab, mut a, b) = Lab::call(testing::now(), AeadAes128Gcm);
    let mut signs = Vec::new();
    for n in 0..50 {
        lab.pass(Duration::from_millis(20));
        lab.send(&mut a, &rtp(111, n, 0xA, b"x"));
        signs.extend(lab.signs_of_life().into_iter().map(|sign| sign.to));
    }
    assert!(!signs.contains(&b.address));
    assert!((9..=10).contains(&signs.len()), "a second of silence at the other: {}", signs.len());
}

#[test]
fn nobody_is_waited_for_where_nobody_has_keys() {
    let mut lab = Lab::new(testing::now());
    assert_eq!(lab.worker.keep_alive_due(), None);
    lab.open(leg(0), 1, AeadAes128Gcm, media(111, None));
    assert_eq!(lab.worker.keep_alive_due(), None);
    lab.connect(leg(1), 2, AeadAes128Gcm, media(111, None));
    assert!(lab.worker.keep_alive_due().is_some());
    lab.worker.control(lab.now, Control::CloseCall(leg(0).call));
    lab.pass(EVERY);
    assert_eq!(lab.signs_of_life(), []);
    assert_eq!(lab.worker.keep_alive_due(), None, "the relay may sleep");
}

#[test]
fn a_leg_that_is_silent_for_long_is_left_alone_until_it_is_back() {
    let mut lab = Lab::new(testing::now());
    let a = lab.connect(leg(0), 1, AeadAes128Gcm, media(111, None));
    lab.pass(SILENT_AFTER);
    lab.worker.sweep(lab.now);
    assert_eq!(lab.signs_of_life(), []);
    let source = a.address;
    lab.check(&a, source, true);
    lab.pass(EVERY);
    assert_eq!(lab.signs_of_life().len(), 1);
}
