use super::*;

fn take_over(call: CallId) -> ClientMessage {
    ClientMessage::TakeOver { call_id: call }
}

fn leg(call: CallId, index: u8) -> LegId {
    LegId { call, index }
}

fn refused(call: CallId, device: &str, code: ErrorCode) -> Effect {
    deliver(device, ServerMessage::TakeOverRefused { call_id: call, error: code.into() })
}

fn taken_over(leg: u8, from: u8, device: &str) -> CallEventKind {
    let (platform, details) = (Platform::Web, details(device));
    CallEventKind::TakenOver { leg, from, device: address(device).device, platform, details }
}

fn withdrawn(call: CallId) -> ServerMessage {
    ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::TakenOver }
}

impl Desk {
    /// A connected call of two people with two devices each, all of whom know of it.
    fn at_home(&mut self) -> CallId {
        let call = self.connected();
        self.found(call, &["alice-1", "alice-2"]);
        self.found(call, &["bobby-1", "bobby-2"]);
        call
    }

    fn snapshot(&self, call: CallId, role: Role) -> CallSnapshot {
        let answered_at = Some(self.now);
        elsewhere::snapshot(call, role, CallState::Connected, answered_at)
    }

    /// The device's offer, as far as its answer.
    fn offers(&mut self, call: CallId, device: &str, index: u8) -> Vec<Effect> {
        self.told(device, ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
        self.on(Input::RelayAnswer { leg: leg(call, index), answer: Ok(sdp("answer")) })
    }
}

#[test]
fn a_call_moves_when_the_new_devices_audio_is_ready() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    let seen = desk.snapshot(call, Role::Callee);
    assert_eq!(
        desk.told("bobby-2", take_over(call)),
        [
            deliver("bobby-2", ServerMessage::Restored { call: seen.clone() }),
            deliver("bobby-2", ServerMessage::ElsewhereEnded { call_id: call }),
        ]
    );
    assert_eq!(
        desk.offers(call, "bobby-2", 2),
        [deliver("bobby-2", ServerMessage::MediaAnswer { call_id: call, sdp: sdp("answer") })],
        "the old device is heard until then"
    );
    assert_eq!(
        desk.relay(call, 2, RelayEvent::Keyed),
        [
            desk.log(call, 7, taken_over(2, 1, "bobby-2")),
            desk.log(call, 8, CallEventKind::Keyed { leg: 2 }),
            Effect::Bridge { a: leg(call, 0), b: leg(call, 2) },
            Effect::CloseRelay { leg: leg(call, 1) },
            deliver("bobby-1", withdrawn(call)),
            deliver("bobby-1", ServerMessage::Elsewhere { call: seen }),
        ]
    );
    assert_eq!(
        desk.told("bobby-1", ClientMessage::Hangup { call_id: call }),
        [deliver("bobby-1", withdrawn(call))]
    );
    let effects = desk.told("bobby-2", ClientMessage::Hangup { call_id: call });
    assert_eq!(Desk::ends(&effects), [EndReason::Hangup]);
    for device in ["alice-2", "bobby-1"] {
        assert!(
            effects.contains(&deliver(device, ServerMessage::ElsewhereEnded { call_id: call })),
            "{device}"
        );
    }
}

#[test]
fn a_caller_moves_too_and_may_come_back() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    desk.told("alice-2", take_over(call));
    desk.offers(call, "alice-2", 2);
    let effects = desk.relay(call, 2, RelayEvent::Keyed);
    assert_eq!(effects[2], Effect::Bridge { a: leg(call, 2), b: leg(call, 1) });

    desk.told("alice-1", take_over(call));
    desk.offers(call, "alice-1", 0);
    let effects = desk.relay(call, 0, RelayEvent::Keyed);
    assert_eq!(effects[0], desk.log(call, 9, taken_over(0, 2, "alice-1")));
    assert_eq!(effects[2], Effect::Bridge { a: leg(call, 0), b: leg(call, 1) });
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert!(effects.contains(&deliver("bobby-1", ended(call, EndReason::Hangup, Some(Role::Caller), 0))));
}

#[test]
fn a_device_that_does_not_get_ready_in_time_leaves_all_as_it_was() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    let seen = desk.snapshot(call, Role::Callee);
    desk.told("bobby-2", take_over(call));
    desk.offers(call, "bobby-2", 2);
    assert_eq!(desk.after(14_999).on(Input::Tick), []);
    assert_eq!(
        desk.after(1).on(Input::Tick),
        [
            Effect::CloseRelay { leg: leg(call, 2) },
            deliver("bobby-2", withdrawn(call)),
            deliver("bobby-2", ServerMessage::Elsewhere { call: seen }),
        ]
    );
    assert_eq!(desk.relay(call, 2, RelayEvent::Keyed), [], "it comes too late");
}

#[test]
fn a_device_that_is_reloaded_or_gone_while_it_takes_over_leaves_all_as_it_was() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    let seen = desk.snapshot(call, Role::Callee);
    desk.told("bobby-2", take_over(call));
    // A socket that is lost may come back; nobody is told.
    assert_eq!(desk.presence("bobby-2", Presence::Away), []);
    assert_eq!(
        desk.presence("bobby-2", Presence::Arrived)[..2],
        [deliver("bobby-2", withdrawn(call)), deliver("bobby-2", ServerMessage::Elsewhere { call: seen })]
    );
    desk.told("bobby-2", take_over(call));
    desk.presence("bobby-2", Presence::Gone(GoneReason::SignedOut));
    assert_eq!(Desk::ends(&desk.after(15_000).on(Input::Tick)), []);
    let effects = desk.told("bobby-1", ClientMessage::Hangup { call_id: call });
    assert_eq!(Desk::ends(&effects), [EndReason::Hangup]);
}

#[test]
fn an_old_device_that_does_not_live_to_see_the_move_ends_the_call_only_if_it_fails() {
    for completes in [true, false] {
        let mut desk = Desk::new();
        let call = desk.at_home();
        desk.told("bobby-2", take_over(call));
        desk.offers(call, "bobby-2", 2);
        assert_eq!(
            desk.presence("bobby-1", Presence::Gone(GoneReason::Expired)),
            [Effect::CloseRelay { leg: leg(call, 1) }]
        );
        if completes {
            let effects = desk.relay(call, 2, RelayEvent::Keyed);
            assert_eq!(effects[2..], [Effect::Bridge { a: leg(call, 0), b: leg(call, 2) }]);
            assert_eq!(Desk::ends(&desk.after(20_000).on(Input::Tick)), []);
        } else {
            assert_eq!(Desk::ends(&desk.after(15_000).on(Input::Tick)), [EndReason::ConnectionLost]);
        }
    }
}

#[test]
fn what_happens_while_a_call_moves_is_told_to_both_devices() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    desk.told("bobby-2", take_over(call));
    let held = ServerMessage::Held { call_id: call, held: true };
    let effects = desk.told("bobby-2", ClientMessage::Hold { call_id: call, held: true });
    assert_eq!(effects[0], desk.log(call, 7, CallEventKind::Held { leg: 1 }));
    for device in ["bobby-1", "bobby-2"] {
        assert!(effects.contains(&deliver(device, held.clone())), "{device}");
    }
    let muted = ServerMessage::PeerMuted { call_id: call, muted: true };
    assert_eq!(
        desk.told("alice-1", ClientMessage::Mute { call_id: call, muted: true }),
        [deliver("bobby-1", muted.clone()), deliver("bobby-2", muted)]
    );
    // On hold it moves as well, and nothing is heard.
    desk.offers(call, "bobby-2", 2);
    let effects = desk.relay(call, 2, RelayEvent::Keyed);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Bridge { .. })), "{effects:?}");
    desk.told("bobby-2", ClientMessage::Hold { call_id: call, held: false });
    let effects = desk.granted(call, "bobby-1");
    assert_eq!(effects[0], desk.log(call, 10, CallEventKind::Resumed { leg: 2 }));
    assert!(effects.contains(&Effect::Bridge { a: leg(call, 0), b: leg(call, 2) }));
}

#[test]
fn a_call_that_ends_while_it_moves_ends_on_both_devices() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    desk.told("bobby-2", take_over(call));
    desk.told("bobby-2", ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    let message = ended(call, EndReason::Hangup, Some(Role::Caller), 0);
    for device in ["bobby-1", "bobby-2"] {
        assert!(effects.contains(&deliver(device, message.clone())), "{device}");
    }
    assert!(effects.contains(&Effect::CloseRelay { leg: leg(call, 2) }));
    assert!(desk.calls.is_empty());
}

#[test]
fn of_two_devices_that_want_the_call_the_later_gets_it() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    desk.told("bobby-2", take_over(call));
    let effects = desk.told("bobby-3", take_over(call));
    assert_eq!(effects[0], deliver("bobby-2", withdrawn(call)));
    desk.offers(call, "bobby-3", 3);
    assert_eq!(desk.relay(call, 3, RelayEvent::Keyed)[0], desk.log(call, 7, taken_over(3, 1, "bobby-3")));
}

#[test]
fn the_new_device_is_as_muted_as_the_old_one() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    desk.told("bobby-1", ClientMessage::Mute { call_id: call, muted: true });
    let muted = CallSnapshot { muted: true, ..desk.snapshot(call, Role::Callee) };
    assert_eq!(
        desk.told("bobby-2", take_over(call))[0],
        deliver("bobby-2", ServerMessage::Restored { call: muted })
    );
    desk.offers(call, "bobby-2", 2);
    let peer_muted = |muted| deliver("alice-1", ServerMessage::PeerMuted { call_id: call, muted });
    // It opens its microphone before it is heard; the other side learns of it then.
    assert_eq!(desk.told("bobby-2", ClientMessage::Mute { call_id: call, muted: false }), []);
    assert!(desk.relay(call, 2, RelayEvent::Keyed).contains(&peer_muted(false)));
}

#[test]
fn the_other_side_learns_that_the_new_device_is_there() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    desk.presence("bobby-1", Presence::Away);
    desk.told("bobby-2", take_over(call));
    desk.offers(call, "bobby-2", 2);
    let back = deliver("alice-1", ServerMessage::PeerBack { call_id: call });
    assert!(desk.relay(call, 2, RelayEvent::Keyed).contains(&back));
    assert_eq!(Desk::ends(&desk.presence("bobby-1", Presence::Gone(GoneReason::Expired))), []);
}

#[test]
fn a_call_that_cannot_be_moved_is_refused() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    assert_eq!(desk.told("bobby-2", take_over(call)), [refused(call, "bobby-2", ErrorCode::NotTakenOver)]);
    assert_eq!(desk.told("carol-1", take_over(call)), [], "nobody else can even detect it");
    desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert_eq!(desk.told("bobby-3", take_over(call)), [refused(call, "bobby-3", ErrorCode::CallNotFound)]);
    assert_eq!(desk.told("carol-1", take_over(call)), []);
}

#[test]
fn the_device_in_the_call_is_told_how_it_stands() {
    let mut desk = Desk::new();
    let call = desk.at_home();
    let restored = ServerMessage::Restored { call: desk.snapshot(call, Role::Caller) };
    assert_eq!(desk.told("alice-1", take_over(call)), [deliver("alice-1", restored)]);
}
