use super::*;

fn check(reference: &str) -> ClientMessage {
    ClientMessage::Check { reference: reference.into(), sdp: sdp("offer") }
}

fn done(reference: &str) -> ClientMessage {
    ClientMessage::CheckDone { reference: reference.into() }
}

impl Desk {
    fn checks(&mut self, device: &str, reference: &str) -> LegId {
        let effects = self.told(device, check(reference));
        let Some(Effect::Echo { leg }) = effects.last() else { panic!("{effects:?}") };
        *leg
    }
}

#[test]
fn a_check_is_a_leg_of_its_own_that_hears_itself() {
    let mut desk = Desk::new();
    let effects = desk.told("alice-1", check("c1"));
    let [Effect::OpenRelay { leg, .. }, _] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(effects, [Effect::OpenRelay { leg, offer: sdp("offer") }, Effect::Echo { leg }]);
    assert_eq!(leg.index, 0);
    let answer = ServerMessage::CheckAnswer { reference: "c1".into(), sdp: sdp("answer") };
    assert_eq!(desk.on(Input::RelayAnswer { leg, answer: Ok(sdp("answer")) }), [deliver("alice-1", answer)]);
    assert!(desk.calls.is_empty(), "it is no call");
    assert_eq!(desk.relay(leg.call, 0, RelayEvent::Keyed), []);
    assert_eq!(desk.told("alice-1", done("another")), []);
    assert_eq!(desk.told("bobby-1", done("c1")), []);
    assert_eq!(desk.told("alice-1", done("c1")), [Effect::CloseRelay { leg }]);
    assert_eq!(desk.told("alice-1", done("c1")), []);
    assert_eq!(desk.calls.checks(), 0);
}

#[test]
fn a_refused_check_is_said_and_over() {
    let mut desk = Desk::new();
    let leg = desk.checks("alice-1", "c1");
    let error: tring_protocol::error::WireError = ErrorCode::MediaOfferRefused.into();
    let refused = ServerMessage::CheckRefused { reference: "c1".into(), error: error.clone() };
    assert_eq!(
        desk.on(Input::RelayAnswer { leg, answer: Err(error) }),
        [deliver("alice-1", refused), Effect::CloseRelay { leg }]
    );
    assert_eq!(desk.calls.checks(), 0);
}

#[test]
fn a_forgotten_check_ends_by_itself() {
    let mut desk = Desk::new();
    let leg = desk.checks("alice-1", "c1");
    assert_eq!(desk.after(19_999).on(Input::Tick), []);
    assert_eq!(desk.after(1).on(Input::Tick), [Effect::CloseRelay { leg }]);
    assert_eq!(desk.on(Input::RelayAnswer { leg, answer: Ok(sdp("late")) }), []);
}

#[test]
fn a_devices_new_check_ends_its_older_one() {
    let mut desk = Desk::new();
    let first = desk.checks("alice-1", "c1");
    let effects = desk.told("alice-1", check("c2"));
    assert_eq!(effects[0], Effect::CloseRelay { leg: first });
    assert_eq!(desk.on(Input::RelayAnswer { leg: first, answer: Ok(sdp("late")) }), []);
    assert_eq!(desk.calls.checks(), 1);
}

#[test]
fn a_check_ends_with_its_device() {
    for change in [Presence::Away, Presence::Arrived, Presence::Gone(GoneReason::SignedOut)] {
        let mut desk = Desk::new();
        let leg = desk.checks("alice-1", "c1");
        assert_eq!(desk.presence("alice-1", Presence::Resumed), []);
        assert_eq!(desk.presence("alice-2", change), []);
        assert_eq!(desk.presence("alice-1", change), [Effect::CloseRelay { leg }], "{change:?}");
    }
}

#[test]
fn a_check_may_be_made_beside_a_call_and_not_on_a_node_that_stops() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let leg = desk.checks("alice-1", "c1");
    assert_ne!(leg.call, call);
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert!(!effects.contains(&Effect::CloseRelay { leg }));
    desk.on(Input::Drain);
    let refused = ServerMessage::CheckRefused { reference: "c2".into(), error: ErrorCode::Draining.into() };
    assert_eq!(desk.told("bobby-1", check("c2")), [deliver("bobby-1", refused)]);
}

#[test]
fn a_long_reference_is_cut_in_the_same_way_on_both_occasions() {
    let mut desk = Desk::new();
    let reference = "é".repeat(100);
    let leg = desk.checks("alice-1", &reference);
    assert_eq!(desk.told("alice-1", done(&reference)), [Effect::CloseRelay { leg }]);
}
