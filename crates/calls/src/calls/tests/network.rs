use super::*;
use WeakNetwork::{None as Good, Theirs, Yours};
use tring_protocol::call::LegQuality;
use tring_protocol::signal::{LegReport, WeakNetwork};

/// How a second of a call was: what the relay missed of each of 50 packets, and what each device missed and made up.
#[derive(Debug, Clone, Copy, Default)]
struct Second {
    /// Alice's and Bobby's.
    up: [u32; 2],
    heard: [f32; 2],
    concealed: [f32; 2],
}

/// Each device's words, with the second in which it was told.
type Told = Vec<(u64, &'static str, WeakNetwork)>;

impl Desk {
    /// Lets `seconds` pass, each as `second`.
    fn goes_on(&mut self, call: CallId, seconds: u64, second: Second) -> Told {
        self.goes_on_with(call, ("bobby-1", 1), seconds, second)
    }

    /// The same, with the device and the leg that stand for Bobby.
    fn goes_on_with(&mut self, call: CallId, bobby: (&str, u8), seconds: u64, second: Second) -> Told {
        let mut told = Vec::new();
        for at in 1..=seconds {
            self.after(1_000);
            for (device, index) in [("alice-1", 0), (bobby.0, 1)] {
                let report = LegReport {
                    lost: second.heard[index],
                    concealed: second.concealed[index],
                    playout_delay: 60.0,
                    jitter: 3.0,
                    rtt: None,
                    path: None,
                };
                self.on(Input::Bus(ToCalls::Reported { from: address(device), call, report }));
            }
            for (leg, lost) in [(0, second.up[0]), (bobby.1, second.up[1])] {
                let window = LegQuality { packets: 50 - lost, lost, ..LegQuality::default() };
                let effects = self.relay(call, leg, RelayEvent::Quality(window));
                told.extend(hints(&effects).into_iter().map(|(device, weak)| (at, device, weak)));
            }
        }
        told
    }
}

fn hints(effects: &[Effect]) -> Vec<(&'static str, WeakNetwork)> {
    let devices = ["alice-1", "bobby-1", "bobby-2"];
    let hint = |effect: &Effect| match effect {
        Effect::ToSessions(ToSessions::Deliver { to, message: ServerMessage::Network { weak, .. } }) => {
            let device = devices.into_iter().find(|device| address(device) == *to);
            Some((device.expect("a device of the test"), *weak))
        }
        _ => None,
    };
    effects.iter().filter_map(hint).collect()
}

/// What both are told in a minute of such a call: Alice, Bobby.
fn told_of(second: Second) -> [WeakNetwork; 2] {
    let mut desk = Desk::new();
    let call = desk.connected();
    let told = desk.goes_on(call, 60, second);
    ["alice-1", "bobby-1"].map(|device| {
        let words: Vec<_> = told.iter().filter(|(_, to, _)| *to == device).collect();
        assert!(words.len() <= 1, "told once: {words:?}");
        words.first().map_or(Good, |(_, _, weak)| *weak)
    })
}

#[test]
fn what_is_lost_on_the_way_up_is_the_network_of_who_speaks() {
    // Bobby misses what did not reach the relay, and has no way of knowing where it was lost.
    assert_eq!(told_of(Second { up: [15, 0], heard: [0.0, 0.3], ..Second::default() }), [Yours, Theirs]);
    assert_eq!(told_of(Second { up: [0, 15], heard: [0.3, 0.0], ..Second::default() }), [Theirs, Yours]);
}

#[test]
fn what_is_lost_on_the_way_down_is_the_network_of_who_listens() {
    assert_eq!(told_of(Second { heard: [0.3, 0.0], ..Second::default() }), [Yours, Theirs]);
    assert_eq!(told_of(Second { heard: [0.0, 0.3], ..Second::default() }), [Theirs, Yours]);
}

#[test]
fn ones_own_network_is_named_first() {
    // Both of Alice's ways, and both of both.
    let alices = Second { up: [15, 0], heard: [0.3, 0.3], ..Second::default() };
    assert_eq!(told_of(alices), [Yours, Theirs]);
    let everybodys = Second { up: [15, 15], heard: [0.5, 0.5], ..Second::default() };
    assert_eq!(told_of(everybodys), [Yours, Yours]);
}

#[test]
fn loss_on_the_way_up_that_was_made_good_is_told_to_both_who_still_miss_it() {
    // Redundancy healed all of it for Bobby; Alice's network is weak all the same.
    assert_eq!(told_of(Second { up: [5, 0], ..Second::default() }), [Yours, Good]);
}

#[test]
fn a_little_loss_is_no_matter_unless_much_had_to_be_made_up() {
    let little = Second { up: [2, 1], heard: [0.04, 0.04], ..Second::default() };
    assert_eq!(told_of(little), [Good, Good]);
    let burst = Second { heard: [0.02, 0.0], concealed: [0.08, 0.0], ..Second::default() };
    assert_eq!(told_of(burst), [Yours, Theirs]);
    // A microphone that just opened.
    let opened = Second { concealed: [0.5, 0.0], ..Second::default() };
    assert_eq!(told_of(opened), [Good, Good]);
}

#[test]
fn a_hint_comes_after_two_bad_judgements_and_goes_after_three_good_ones() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let bad = Second { up: [15, 0], ..Second::default() };
    assert_eq!(desk.goes_on(call, 5, bad), []);
    assert_eq!(desk.goes_on(call, 5, bad), [(2, "alice-1", Yours)]);
    assert_eq!(desk.goes_on(call, 20, Second::default()), [(9, "alice-1", Good)]);
    // A single burst is not told.
    assert_eq!(desk.goes_on(call, 1, Second { up: [50, 0], ..Second::default() }), []);
    assert_eq!(desk.goes_on(call, 20, Second::default()), []);
}

#[test]
fn of_who_is_silent_too_little_comes_to_judge_their_way() {
    let mut desk = Desk::new();
    let call = desk.connected();
    for _ in 0..30 {
        desk.after(1_000);
        let window = LegQuality { packets: 2, lost: 1, ..LegQuality::default() };
        assert_eq!(hints(&desk.relay(call, 0, RelayEvent::Quality(window))), []);
        let window = LegQuality { packets: 50, ..LegQuality::default() };
        assert_eq!(hints(&desk.relay(call, 1, RelayEvent::Quality(window))), []);
    }
}

#[test]
fn on_hold_nothing_is_judged() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let bad = Second { up: [15, 0], ..Second::default() };
    desk.goes_on(call, 5, bad);
    desk.told("bobby-1", ClientMessage::Hold { call_id: call, held: true });
    assert_eq!(desk.goes_on(call, 20, bad), []);
    desk.told("bobby-1", ClientMessage::Hold { call_id: call, held: false });
    desk.granted(call, "bobby-1");
    assert_eq!(desk.goes_on(call, 10, bad), [(4, "alice-1", Yours)]);
}

#[test]
fn a_device_that_begins_anew_is_told_again() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let bad = Second { up: [15, 0], ..Second::default() };
    assert_eq!(desk.goes_on(call, 10, bad), [(7, "alice-1", Yours)]);
    desk.presence("alice-1", Presence::Arrived);
    assert_eq!(desk.goes_on(call, 10, bad), [(6, "alice-1", Yours)]);
    // Had it become good meanwhile, there would be nothing to take back.
    desk.presence("alice-1", Presence::Arrived);
    assert_eq!(desk.goes_on(call, 30, Second::default()), []);
}

#[test]
fn a_call_that_moved_is_judged_anew_on_the_new_device() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let bad = Second { up: [0, 15], ..Second::default() };
    assert_eq!(desk.goes_on(call, 10, bad), [(7, "bobby-1", Yours)]);
    desk.told("bobby-2", ClientMessage::TakeOver { call_id: call });
    desk.told("bobby-2", ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    desk.on(Input::RelayAnswer { leg: LegId { call, index: 2 }, answer: Ok(sdp("answer")) });
    desk.relay(call, 2, RelayEvent::Keyed);
    assert_eq!(desk.goes_on_with(call, ("bobby-2", 2), 30, Second::default()), []);
    assert_eq!(desk.goes_on_with(call, ("bobby-2", 2), 10, bad), [(7, "bobby-2", Yours)]);
    // And back.
    desk.told("bobby-1", ClientMessage::TakeOver { call_id: call });
    desk.told("bobby-1", ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    desk.on(Input::RelayAnswer { leg: LegId { call, index: 1 }, answer: Ok(sdp("answer")) });
    desk.relay(call, 1, RelayEvent::Keyed);
    assert_eq!(desk.goes_on(call, 10, bad), [(7, "bobby-1", Yours)]);
}
