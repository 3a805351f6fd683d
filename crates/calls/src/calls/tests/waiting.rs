use super::*;

/// A device that can offer a second call.
fn able(device: &str) -> Present {
    let mut present = present(device);
    present.attendee.call_waiting = true;
    present
}

fn waiting(call: CallId, left: Millis) -> ServerMessage {
    let ServerMessage::Incoming { call_id, from, context, images, .. } = incoming(call, "alice", left) else {
        unreachable!("it is made so");
    };
    ServerMessage::Incoming { call_id, from, context, images, ring_timeout: left, waiting: true }
}

fn offered_waiting(leg: u8, device: &str) -> CallEventKind {
    let (platform, details) = (Platform::Web, details(device));
    CallEventKind::Offered { leg, device: address(device).device, platform, details, waiting: true }
}

fn knock(call: CallId, device: &str) -> Effect {
    let (from, context) = (attendee("alice").party, Context::parse("Your order").unwrap());
    deliver(device, ServerMessage::CallWaiting { call_id: call, from, context })
}

fn taken() -> Claim {
    Claim::Taken { by: CallId::new(Timestamp::from_millis(1), [9; 10]), with: user("carol") }
}

fn busy(call: CallId, device: &str, desk: &mut Desk) -> Vec<Effect> {
    desk.told(device, ClientMessage::Decline { call_id: call, reason: DeclineReason::Busy })
}

fn dropped(call: CallId) -> ServerMessage {
    ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::DeclinedElsewhere }
}

impl Desk {
    /// Alice's call to Bobby, who is in another.
    fn calls_busy(&mut self, devices: Vec<Present>) -> (CallId, Vec<Effect>) {
        let call = self.place();
        self.granted(call, "alice-1");
        self.on(Input::Claimed { call, user: user("bobby"), claim: taken() });
        let effects = self.on(Input::Bus(ToCalls::Found { call, devices }));
        (call, effects)
    }
}

#[test]
fn a_second_call_is_offered_to_the_devices_that_can_show_it() {
    let mut desk = Desk::new();
    let (call, effects) = desk.calls_busy(vec![present("bobby-1"), able("bobby-2")]);
    assert_eq!(
        effects[2..],
        [
            desk.log(call, 1, offered_waiting(1, "bobby-2")),
            deliver("bobby-2", waiting(call, Millis::seconds(30)))
        ]
    );
    // The caller hears it ring, as any other.
    let ringing = desk.told("bobby-2", ClientMessage::Ringing { call_id: call });
    assert_eq!(ringing[1], deliver("alice-1", ServerMessage::Ringing { call_id: call, name: None }));
    assert_eq!(desk.calls.engaged().count(), 1, "the callee is not in it");
}

#[test]
fn whoever_cannot_be_offered_a_second_call_is_busy_at_once_and_told_who_called() {
    let mut desk = Desk::new();
    let (call, effects) = desk.calls_busy(vec![present("bobby-1"), present("bobby-2")]);
    assert_eq!(
        without_records(effects)[2..],
        [
            knock(call, "bobby-1"),
            knock(call, "bobby-2"),
            desk.log(call, 1, CallEventKind::Ended { reason: EndReason::Busy, by: None }),
            release(call, "alice"),
            deliver("alice-1", ended(call, EndReason::Busy, None, 0)),
        ]
    );
}

#[test]
fn devices_that_do_not_show_the_call_drop_out_and_the_last_one_ends_it() {
    let mut desk = Desk::new();
    let (call, _) = desk.calls_busy(vec![present("bobby-1"), able("bobby-2"), able("bobby-3")]);
    assert_eq!(busy(call, "bobby-3", &mut desk), [deliver("bobby-3", dropped(call))]);
    let by = Some(Role::Callee);
    assert_eq!(
        without_records(busy(call, "bobby-2", &mut desk)),
        [
            deliver("bobby-2", dropped(call)),
            knock(call, "bobby-1"),
            knock(call, "bobby-2"),
            knock(call, "bobby-3"),
            desk.log(call, 3, CallEventKind::Ended { reason: EndReason::Busy, by }),
            release(call, "alice"),
            deliver("alice-1", ended(call, EndReason::Busy, by, 0)),
        ]
    );
}

#[test]
fn a_second_call_is_refused_by_its_person_like_any_other() {
    let mut desk = Desk::new();
    let (call, _) = desk.calls_busy(vec![able("bobby-1")]);
    let decline = ClientMessage::Decline { call_id: call, reason: DeclineReason::User };
    assert_eq!(Desk::ends(&desk.told("bobby-1", decline)), [EndReason::User]);
}

#[test]
fn a_second_call_is_answered_once_the_slot_has_come() {
    let mut desk = Desk::new();
    let (call, _) = desk.calls_busy(vec![able("bobby-1"), able("bobby-2")]);
    let claim = Effect::Claim { call, user: user("bobby"), with: user("alice") };
    let answer = ClientMessage::Answer { call_id: call };
    assert_eq!(desk.told("bobby-2", answer.clone()), std::slice::from_ref(&claim));
    assert_eq!(desk.told("bobby-2", answer.clone()), []);
    assert_eq!(desk.told("bobby-1", answer), [], "the other device was first");
    // The end of the other call is still under way.
    assert_eq!(desk.on(Input::Claimed { call, user: user("bobby"), claim: taken() }), []);
    assert_eq!(desk.after(100).on(Input::Tick), [claim]);
    let effects = desk.granted(call, "bobby-1");
    let answered = ServerMessage::Answered { call_id: call, at: desk.now };
    let withdrawn = ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::AnsweredElsewhere };
    assert_eq!(
        effects[..4],
        [
            desk.log(call, 3, CallEventKind::Answered { leg: 2 }),
            deliver("bobby-1", withdrawn),
            deliver("alice-1", answered.clone()),
            deliver("bobby-2", answered),
        ]
    );
    let effects = desk.told("bobby-2", ClientMessage::Hangup { call_id: call });
    assert!(effects.contains(&release(call, "bobby")));
}

#[test]
fn an_answer_whose_slot_stays_taken_ends_as_busy() {
    let mut desk = Desk::new();
    let (call, _) = desk.calls_busy(vec![able("bobby-1")]);
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert_eq!(desk.on(Input::Claimed { call, user: user("bobby"), claim: taken() }), []);
    let effects = desk.after(5_000).on(Input::Tick);
    assert_eq!(Desk::ends(&effects), [EndReason::Busy]);
    assert!(effects.contains(&deliver("bobby-1", ended(call, EndReason::Busy, None, 0))));
    assert!(!effects.contains(&knock(call, "bobby-1")), "it was shown");
    assert!(!effects.contains(&release(call, "bobby")), "the slot is another call's");
}

#[test]
fn whoever_answers_and_is_gone_leaves_the_call_ringing() {
    let mut desk = Desk::new();
    let (call, _) = desk.calls_busy(vec![able("bobby-1"), able("bobby-2")]);
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    desk.presence("bobby-1", Presence::Gone(GoneReason::Expired));
    assert_eq!(desk.granted(call, "bobby-1"), [release(call, "bobby")]);
    assert_eq!(desk.told("bobby-2", ClientMessage::Answer { call_id: call }).len(), 1);
    let effects = desk.granted(call, "bobby-1");
    assert_eq!(effects[0], desk.log(call, 3, CallEventKind::Answered { leg: 2 }));
}

#[test]
fn a_device_that_signs_in_while_a_call_waits_is_offered_it_if_it_can_show_it() {
    let mut desk = Desk::new();
    let (call, _) = desk.calls_busy(vec![able("bobby-1")]);
    assert_eq!(desk.presence("bobby-2", Presence::Arrived), []);
    let arrived = Input::Bus(ToCalls::Presence { of: able("bobby-3"), change: Presence::Arrived });
    assert_eq!(
        desk.after(1_000).on(arrived),
        [
            desk.log(call, 2, offered_waiting(2, "bobby-3")),
            deliver("bobby-3", waiting(call, Millis::seconds(29)))
        ]
    );
}

#[test]
fn a_device_that_refused_a_call_for_itself_leaves_the_others_ringing() {
    let mut desk = Desk::new();
    let settings = CallSettings { decline: DeclineScope::ThisDevice, ..sender("alice-1").settings };
    let from = Sender { settings, ..sender("alice-1") };
    let effects = desk.on(Input::Bus(ToCalls::Told { from, message: place("bobby") }));
    let [Effect::Claim { call, .. }] = effects[..] else { panic!("{effects:?}") };
    desk.granted(call, "alice-1");
    desk.granted(call, "bobby-1");
    desk.found(call, &["bobby-1", "bobby-2", "bobby-3"]);
    let decline = ClientMessage::Decline { call_id: call, reason: DeclineReason::User };
    assert_eq!(desk.told("bobby-2", decline.clone()), [deliver("bobby-2", dropped(call))]);
    // It rings there no more, not even after a reload.
    assert_eq!(desk.presence("bobby-2", Presence::Arrived), [deliver("bobby-2", dropped(call))]);
    assert_eq!(
        desk.told("bobby-3", ClientMessage::Hangup { call_id: call }),
        [deliver("bobby-3", dropped(call))]
    );
    assert_eq!(Desk::ends(&desk.told("bobby-1", decline)), [EndReason::User]);
}
