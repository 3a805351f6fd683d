use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, DeclineReason, DeviceDetails, Role, ServerMessage};
use tring_protocol::text::{DisplayName, NetworkName, SdkName, Sdp, SystemName};

use crate::device::{Device, hello};
use crate::peer::{Peer, Speaking};
use crate::{World, eventually, now};

/// Offers audio for the call, takes the answer, and speaks.
pub(crate) async fn speak(device: &mut Device, call_id: CallId) -> Speaking {
    let (peer, offer) = Peer::offering();
    device.say(ClientMessage::MediaOffer { call_id, sdp: Sdp::parse(&offer).unwrap() }).await;
    match device.hear().await {
        ServerMessage::MediaAnswer { call_id: answered, sdp } if answered == call_id => {
            peer.speak(sdp.as_str())
        }
        other => panic!("a media answer was due, not {other:?}"),
    }
}

async fn both(world: &World) -> (Device, Device) {
    (Device::sign_in(world, "alice").await, Device::sign_in(world, "bobby").await)
}

async fn ring(alice: &mut Device, bobby: &mut Device) -> CallId {
    let call = alice.call("bobby").await;
    assert_eq!(bobby.ring().await, call);
    let name = DisplayName::parse("Name of bobby").ok();
    assert_eq!(alice.hear().await, ServerMessage::Ringing { call_id: call, name });
    call
}

async fn ringing(world: &World) -> (Device, Device, CallId) {
    let (mut alice, mut bobby) = both(world).await;
    let call = ring(&mut alice, &mut bobby).await;
    (alice, bobby, call)
}

/// Two devices that hear each other.
pub(crate) async fn talking(world: &World) -> (Device, Device, CallId, [Speaking; 2]) {
    let (mut alice, mut bobby, call) = ringing(world).await;
    let voices = [speak(&mut alice, call).await, speak(&mut bobby, call).await];
    bobby.say(ClientMessage::Answer { call_id: call }).await;
    for device in [&mut alice, &mut bobby] {
        assert!(matches!(device.hear().await, ServerMessage::Answered { call_id, .. } if call_id == call));
        assert!(matches!(device.hear().await, ServerMessage::Connected { call_id, .. } if call_id == call));
    }
    (alice, bobby, call, voices)
}

#[tokio::test]
async fn two_devices_ring_answer_hear_each_other_and_hang_up() {
    let world = World::new().await;
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    eventually("both hear", async || voices.iter().all(Speaking::hears).then_some(())).await;
    bobby.say(ClientMessage::Mute { call_id: call, muted: true }).await;
    assert_eq!(alice.hear().await, ServerMessage::PeerMuted { call_id: call, muted: true });
    alice.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));

    let account = world.store.account(&world.account.id);
    let record = account.record(call).await.unwrap().expect("whoever heard of the end finds it on record");
    assert_eq!((record.reason, record.ended_by), (EndReason::Hangup, Some(Role::Caller)));
    assert!(record.connected_at.is_some());
    let events = account.events(call).await.unwrap();
    assert!(matches!(events.first().unwrap().what, CallEventKind::Placed { .. }));
    assert!(matches!(events.last().unwrap().what, CallEventKind::Ended { .. }));
    for leg in [0, 1] {
        assert!(
            events.iter().any(|event| event.what == CallEventKind::Heard { leg }),
            "leg {leg}: {events:?}"
        );
    }
    assert!((0..).zip(&events).all(|(index, event)| event.index == index));
}

#[tokio::test]
async fn both_sides_and_the_record_tell_the_same_end() {
    let world = World::new().await;
    let (mut alice, mut bobby) = both(&world).await;
    for (from_the_callee, message, reason) in [
        (true, Some(DeclineReason::User), EndReason::User),
        (true, Some(DeclineReason::Busy), EndReason::Busy),
        (true, Some(DeclineReason::MicrophoneDenied), EndReason::MicrophoneDenied),
        (true, Some(DeclineReason::NotificationsDisabled), EndReason::NotificationsDisabled),
        (true, None, EndReason::User),
        (false, None, EndReason::Caller),
    ] {
        let call = ring(&mut alice, &mut bobby).await;
        let message = match message {
            Some(reason) => ClientMessage::Decline { call_id: call, reason },
            None => ClientMessage::Hangup { call_id: call },
        };
        if from_the_callee {
            bobby.say(message).await;
        } else {
            alice.say(message).await;
        }
        assert_eq!(alice.end().await, reason);
        if reason != EndReason::NotificationsDisabled {
            assert_eq!(bobby.end().await, reason);
        }
        let record = world.store.account(&world.account.id).record(call).await.unwrap().unwrap();
        assert_eq!(record.reason, reason);
    }
}

#[tokio::test]
async fn nobody_answers() {
    let world = World::new().await;
    world.ring_timeout(2).await;
    let (mut alice, mut bobby, _) = ringing(&world).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::RingTimeout, EndReason::RingTimeout));
}

#[tokio::test]
async fn nobody_is_there() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    alice.call("nobody").await;
    assert_eq!(alice.end().await, EndReason::Unreachable);
}

#[tokio::test]
async fn who_is_in_a_call_is_busy() {
    let world = World::new().await;
    let (mut alice, mut bobby, _) = ringing(&world).await;
    let mut carol = Device::sign_in(&world, "carol").await;
    carol.call("bobby").await;
    assert_eq!(carol.end().await, EndReason::Busy);
    assert!(matches!(bobby.hear().await, ServerMessage::CallWaiting { .. }));
    assert_eq!(alice.rejected("carol").await, ErrorCode::OutgoingCallInProgress);
}

#[tokio::test]
async fn what_is_no_offer_is_refused_and_the_call_goes_on() {
    let world = World::new().await;
    let (mut alice, _bobby, call) = ringing(&world).await;
    alice.say(ClientMessage::MediaOffer { call_id: call, sdp: Sdp::parse("v=0").unwrap() }).await;
    match alice.hear().await {
        ServerMessage::MediaRefused { call_id, error } => {
            assert_eq!((call_id, error.code), (call, ErrorCode::MediaOfferRefused));
        }
        other => panic!("a refusal was due, not {other:?}"),
    }
    speak(&mut alice, call).await;
}

/// Invariant 6: no account can read, ring, end or even detect anything of another.
#[tokio::test]
async fn users_of_another_account_do_not_exist() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let mut bobby = Device::sign_in(&world, "bobby").await;
    let mut mallory = Device::with(&world.node, hello(&other.id, &other.apikey, "mallory")).await;
    mallory.call("bobby").await;
    assert_eq!(mallory.end().await, EndReason::Unreachable);

    let mut alice = Device::sign_in(&world, "alice").await;
    let call = alice.call("bobby").await;
    assert_eq!(bobby.ring().await, call, "the other account's call never came");
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
    mallory.say(ClientMessage::Hangup { call_id: call }).await;
    mallory.say(ClientMessage::Answer { call_id: call }).await;
    mallory.acknowledged().await;
    bobby.say(ClientMessage::Answer { call_id: call }).await;
    assert!(matches!(alice.hear().await, ServerMessage::Answered { .. }), "nobody else ended or answered it");
}

#[tokio::test]
async fn how_a_call_sounded_over_time_is_kept_for_both_legs() {
    let world = World::new().await;
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    // The relay measures once a second.
    eventually("both have heard for two seconds", async || {
        voices.iter().all(|voice| voice.heard() > 100).then_some(())
    })
    .await;
    alice.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));

    let account = world.store.account(&world.account.id);
    let samples = eventually("both legs are sampled", async || {
        let samples = account.call(call).await.unwrap()?.samples;
        [0, 1].iter().all(|leg| samples.iter().any(|sample| sample.leg == *leg)).then_some(samples)
    })
    .await;
    let record = account.record(call).await.unwrap().unwrap();
    for (leg, whole) in [(0, record.caller_quality), (1, record.callee_quality)] {
        let of_leg = samples.iter().filter(|sample| sample.leg == leg);
        let (packets, whole) = (of_leg.map(|sample| sample.packets).sum::<u32>(), whole.unwrap());
        assert!(packets > 40 && packets <= whole.packets, "leg {leg}: {samples:?}, {whole:?}");
    }
    assert!(
        samples.iter().all(|sample| sample.at <= record.ended_at && sample.mos.is_none_or(|mos| mos > 3.0))
    );
}

#[tokio::test]
async fn what_devices_say_about_themselves_is_on_record() {
    let world = World::new().await;
    let mut told = hello(&world.account.id, &world.account.apikey, "alice");
    told.device.system = SystemName::parse("Chrome 131 on Android 14").ok();
    told.device.network = NetworkName::parse("4g").ok();
    let mut alice = Device::with(&world.node, told).await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    let call = alice.call("bobby").await;
    bobby.ring().await;
    let events = world.store.account(&world.account.id).events(call).await.unwrap();
    let details = |event: &CallEvent| match &event.what {
        CallEventKind::Placed { details, .. } | CallEventKind::Offered { details, .. } => details.clone(),
        other => panic!("{other:?}"),
    };
    let (caller, callee) = (details(&events[0]), details(&events[1]));
    assert_eq!(caller.sdk, SdkName::parse("test 1").ok());
    assert_eq!(caller.system, SystemName::parse("Chrome 131 on Android 14").ok());
    assert_eq!(caller.network, NetworkName::parse("4g").ok());
    assert_eq!(callee, DeviceDetails { sdk: caller.sdk, ..DeviceDetails::default() });
}
