//! Several calls of one person, several devices of one person, and the network tried before a call: with real sockets
//! and real audio.

use serde_json::json;
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::{CallId, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::{CallSettings, DeclineScope, DevicePolicy};
use tring_protocol::signal::{
    CALL_WAITING, ClientFrame, ClientMessage, DeclineReason, LegReport, MediaPath, ServerMessage,
    WithdrawnReason,
};
use tring_protocol::text::Sdp;

use crate::calls::{speak, talking};
use crate::device::{Device, hello};
use crate::http::{Asker, at, dashboard_of};
use crate::peer::{Peer, Speaking};
use crate::{World, eventually};

/// Signs `cuid` in on a device that shows a second call.
async fn waiting_device(world: &World, cuid: &str) -> Device {
    let mut told = hello(&world.account.id, &world.account.apikey, cuid);
    told.capabilities = vec![CALL_WAITING.to_owned()];
    Device::with(&world.node, told).await
}

/// Signs `cuid` in on a further device.
async fn second_device(world: &World, cuid: &str) -> Device {
    let mut told = hello(&world.account.id, &world.account.apikey, cuid);
    told.device.id = DeviceId::parse(&format!("second-device-of-{cuid}")).unwrap();
    Device::with(&world.node, told).await
}

/// One side holds the call or goes on with it, and both are told.
async fn hold(holder: &mut Device, other: &mut Device, call_id: CallId, held: bool) {
    holder.say(ClientMessage::Hold { call_id, held }).await;
    assert_eq!(holder.hear().await, ServerMessage::Held { call_id, held });
    assert_eq!(other.hear().await, ServerMessage::PeerHeld { call_id, held });
}

/// Waits until this voice has heard more.
async fn hears_on(voice: &Speaking) {
    let heard = voice.heard();
    eventually("audio comes", async || (voice.heard() > heard + 5).then_some(())).await;
}

/// Waits until the other side has said a good deal of which this voice heard nothing.
async fn falls_silent(voice: &Speaking, other: &Speaking) {
    let (mut heard, mut said) = (voice.heard(), other.said());
    eventually("no more audio comes", async || {
        if voice.heard() != heard {
            (heard, said) = (voice.heard(), other.said());
        }
        (other.said() > said + 25).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_call_on_hold_is_silent_until_its_holder_goes_on() {
    let world = World::new().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let live = async || owner.get(&at(&world, "/calls/live")).await.json()[0]["onHold"].clone();
    let (mut alice, mut bobby, call, [of_alice, of_bobby]) = talking(&world).await;
    hears_on(&of_bobby).await;
    assert_eq!(live().await, json!(false));
    hold(&mut alice, &mut bobby, call, true).await;
    assert_eq!(live().await, json!(true));
    falls_silent(&of_bobby, &of_alice).await;
    falls_silent(&of_alice, &of_bobby).await;
    hold(&mut alice, &mut bobby, call, false).await;
    hears_on(&of_bobby).await;
    hears_on(&of_alice).await;
    assert_eq!(live().await, json!(false));
    bobby.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    let page = owner.get(&at(&world, &format!("/calls/{call}"))).await.json();
    let told: Vec<_> = page["timeline"].as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert!(told.contains(&&json!("held")) && told.contains(&&json!("resumed")), "{told:?}");
}

/// Alice and Bobby talk, Carol calls Bobby, and he takes her call while the other one is on hold.
async fn two_calls(world: &World) -> ([Device; 3], [CallId; 2], Vec<Speaking>) {
    let mut bobby = waiting_device(world, "bobby").await;
    let mut alice = Device::sign_in(world, "alice").await;
    let mut carol = Device::sign_in(world, "carol").await;
    let first = alice.call("bobby").await;
    assert_eq!(bobby.ring().await, first);
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
    let mut voices = vec![speak(&mut alice, first).await, speak(&mut bobby, first).await];
    bobby.say(ClientMessage::Answer { call_id: first }).await;
    for device in [&mut alice, &mut bobby] {
        assert!(matches!(device.hear().await, ServerMessage::Answered { .. }));
        assert!(matches!(device.hear().await, ServerMessage::Connected { .. }));
    }

    let second = carol.call("bobby").await;
    match bobby.hear().await {
        ServerMessage::Incoming { call_id, waiting: true, .. } => assert_eq!(call_id, second),
        other => panic!("a call that waits was due, not {other:?}"),
    }
    bobby.say(ClientMessage::Ringing { call_id: second }).await;
    assert!(matches!(carol.hear().await, ServerMessage::Ringing { .. }), "the caller hears it ring");
    hold(&mut bobby, &mut alice, first, true).await;
    voices.extend([speak(&mut carol, second).await, speak(&mut bobby, second).await]);
    bobby.say(ClientMessage::Answer { call_id: second }).await;
    for device in [&mut carol, &mut bobby] {
        assert!(matches!(device.hear().await, ServerMessage::Answered { call_id, .. } if call_id == second));
        assert!(matches!(device.hear().await, ServerMessage::Connected { call_id, .. } if call_id == second));
    }
    ([alice, bobby, carol], [first, second], voices)
}

#[tokio::test]
async fn a_second_call_is_taken_while_the_first_is_on_hold_and_both_go_on() {
    let world = World::new().await;
    let ([mut alice, mut bobby, mut carol], [first, second], voices) = two_calls(&world).await;
    hears_on(&voices[2]).await;
    falls_silent(&voices[0], &voices[1]).await;
    carol.say(ClientMessage::Hangup { call_id: second }).await;
    assert_eq!((carol.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    hold(&mut bobby, &mut alice, first, false).await;
    hears_on(&voices[0]).await;
    alice.say(ClientMessage::Hangup { call_id: first }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));
    let account = world.store.account(&world.account.id);
    for call in [first, second] {
        assert_eq!(account.record(call).await.unwrap().unwrap().reason, EndReason::Hangup);
    }
}

#[tokio::test]
async fn a_backend_ends_one_of_two_calls_and_the_other_goes_on() {
    let world = World::new().await;
    let ([mut alice, mut bobby, carol], [first, second], voices) = two_calls(&world).await;
    let backend = Asker::backend(&world, &world.account.secret);
    let live = backend.get(&at(&world, "/calls/live")).await.with_status(200).json();
    let on_hold: Vec<_> = live
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (call["callId"].clone(), call["onHold"].clone()))
        .collect();
    assert_eq!(on_hold, [(json!(second), json!(false)), (json!(first), json!(true))]);
    backend.ask("POST", &at(&world, &format!("/calls/{first}/end")), None).await.with_status(202);
    for device in [&mut alice, &mut bobby] {
        match device.hear().await {
            ServerMessage::Ended { call_id, reason, .. } => {
                assert_eq!((call_id, reason), (first, EndReason::EndedByServer));
            }
            other => panic!("the end of the first call was due, not {other:?}"),
        }
    }
    hears_on(&voices[2]).await;
    drop(carol);
}

#[tokio::test]
async fn an_account_that_is_deleted_ends_all_calls_of_its_people() {
    let world = World::new().await;
    let (devices, calls, _voices) = two_calls(&world).await;
    world.change().delete_account().await.unwrap();
    ends_both(devices, calls).await;
}

#[tokio::test]
async fn a_node_that_stops_ends_all_calls_of_its_people() {
    let world = World::with(&[("drain", "100ms")]).await;
    let (devices, calls, _voices) = two_calls(&world).await;
    let World { node, dir, .. } = world;
    tokio::join!(node.drain(), ends_both(devices, calls));
    drop(dir);
}

async fn ends_both([mut alice, mut bobby, mut carol]: [Device; 3], [first, second]: [CallId; 2]) {
    assert_eq!((alice.end().await, carol.end().await), (EndReason::EndedByServer, EndReason::EndedByServer));
    let mut ended = Vec::new();
    for _ in 0..2 {
        match bobby.hear().await {
            ServerMessage::Ended { call_id, reason: EndReason::EndedByServer, .. } => ended.push(call_id),
            other => panic!("an end was due, not {other:?}"),
        }
    }
    ended.sort_unstable();
    assert_eq!(ended, [first, second]);
}

#[tokio::test]
async fn a_call_moves_to_another_device_and_the_other_side_hears_on() {
    let world = World::new().await;
    world.many_devices().await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let (mut alice, mut bobby, call, [of_alice, of_bobby]) = talking(&world).await;
    let mut tablet = second_device(&world, "bobby").await;
    match tablet.hear().await {
        ServerMessage::Elsewhere { call: known } => assert_eq!(known.call_id, call),
        other => panic!("the call on the other device was due, not {other:?}"),
    }
    tablet.say(ClientMessage::TakeOver { call_id: call }).await;
    match tablet.hear().await {
        ServerMessage::Restored { call: known } => assert_eq!(known.call_id, call),
        other => panic!("the call was due, not {other:?}"),
    }
    assert_eq!(tablet.hear().await, ServerMessage::ElsewhereEnded { call_id: call });
    let of_tablet = speak(&mut tablet, call).await;
    assert_eq!(
        bobby.hear().await,
        ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::TakenOver }
    );
    assert!(matches!(bobby.hear().await, ServerMessage::Elsewhere { .. }), "it may take the call back");
    drop(of_bobby);
    hears_on(&of_alice).await;
    hears_on(&of_tablet).await;
    tablet.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, tablet.end().await), (EndReason::Hangup, EndReason::Hangup));
    assert_eq!(bobby.hear().await, ServerMessage::ElsewhereEnded { call_id: call });

    let page = owner.get(&at(&world, &format!("/calls/{call}"))).await.with_status(200).json();
    let legs: Vec<_> = page["legs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leg| (leg["role"].clone(), leg["cuid"].clone(), leg["tookPart"].clone()))
        .collect();
    let callee = (json!("callee"), json!("bobby"), json!(true));
    assert_eq!(legs, [(json!("caller"), json!("alice"), json!(true)), callee.clone(), callee]);
    assert!(
        page["timeline"].as_array().unwrap().iter().any(|entry| entry["event"] == "taken_over"),
        "{page}"
    );
}

#[tokio::test]
async fn a_refusal_on_one_device_leaves_the_call_to_the_others_where_the_account_says_so() {
    let world = World::new().await;
    let decline = DeclineScope::ThisDevice;
    world.settings(CallSettings { devices: DevicePolicy::Many, decline, ..CallSettings::default() }).await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let mut phone = Device::sign_in(&world, "bobby").await;
    let mut tablet = second_device(&world, "bobby").await;
    let call = alice.call("bobby").await;
    assert_eq!((phone.ring().await, tablet.ring().await), (call, call));
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
    let declined = ClientMessage::Decline { call_id: call, reason: DeclineReason::User };
    phone.say(declined.clone()).await;
    let reason = WithdrawnReason::DeclinedElsewhere;
    assert_eq!(phone.hear().await, ServerMessage::Withdrawn { call_id: call, reason });
    assert!(alice.is_silent(), "it rings on");
    tablet.say(declined).await;
    assert_eq!((alice.end().await, tablet.end().await), (EndReason::User, EndReason::User));
}

#[tokio::test]
async fn a_device_that_tries_its_network_hears_itself_and_leaves_no_record() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    let (peer, offer) = Peer::offering();
    let reference = "a try".to_owned();
    let sdp = Sdp::parse(&offer).unwrap();
    alice.say(ClientMessage::Check { reference: reference.clone(), sdp }).await;
    let voice = match alice.hear().await {
        ServerMessage::CheckAnswer { reference: of, sdp } if of == reference => peer.speak(sdp.as_str()),
        other => panic!("the answer to a check was due, not {other:?}"),
    };
    hears_on(&voice).await;
    alice.say(ClientMessage::CheckDone { reference }).await;
    alice.acknowledged().await;
    falls_silent(&voice, &voice).await;
    let account = world.store.account(&world.account.id);
    assert_eq!(account.records(None, 10).await.unwrap().records, []);
    assert_eq!(account.live_calls().await.unwrap(), []);
}

#[tokio::test]
async fn what_devices_report_is_on_record() {
    let world = World::new().await;
    let (mut alice, mut bobby, call, voices) = talking(&world).await;
    // The relay sums up what it heard once a second; without that there is no leg to report about.
    let begun = (voices[0].heard(), voices[1].heard());
    let seconds = || (voices[0].heard() - begun.0).min(voices[1].heard() - begun.1) / 50;
    eventually("more than a second of audio came both ways", async || (seconds() >= 3).then_some(())).await;
    let report = LegReport {
        lost: 0.02,
        concealed: 0.01,
        playout_delay: 40.0,
        jitter: 3.0,
        rtt: Some(30.0),
        path: Some(MediaPath::TurnTls),
    };
    for path in [MediaPath::Udp, MediaPath::TurnTls] {
        let report = LegReport { path: Some(path), ..report };
        bobby.wire.send_frame(&ClientFrame::Report { call_id: call, report }).await;
    }
    let impossible = json!({ "type": "report", "callId": call, "report": {
        "lost": 7, "concealed": 0.01, "playoutDelay": 1e300, "jitter": -1, "path": "turn_tls" } });
    bobby.wire.send_text(&impossible.to_string()).await;
    bobby.say(ClientMessage::Mute { call_id: call, muted: true }).await;
    assert!(matches!(alice.hear().await, ServerMessage::PeerMuted { .. }), "what was reported has arrived");
    // A report about a call of somebody else is nobody's.
    let mut mallory = Device::sign_in(&world, "mallory").await;
    let lie = LegReport { concealed: 1.0, path: Some(MediaPath::Tcp), ..report };
    mallory.wire.send_frame(&ClientFrame::Report { call_id: call, report: lie }).await;
    mallory.rejected("mallory").await;
    alice.say(ClientMessage::Hangup { call_id: call }).await;
    assert_eq!((alice.end().await, bobby.end().await), (EndReason::Hangup, EndReason::Hangup));

    let quality = world.store.account(&world.account.id).record(call).await.unwrap().unwrap();
    let callee = quality.callee_quality.unwrap();
    assert_eq!((callee.path, callee.path_changes), (Some(MediaPath::TurnTls), 1));
    assert!((callee.concealed.unwrap() - 0.01).abs() < 1e-6, "{callee:?}");
    let of_caller = quality.caller_quality.and_then(|quality| quality.concealed);
    assert_eq!(of_caller, None, "nobody reported for the caller");
    let backend = Asker::backend(&world, &world.account.secret);
    let log = backend.get(&at(&world, "/calls")).await.with_status(200).json();
    assert_eq!(
        (&log["items"][0]["calleePath"], &log["items"][0]["pathChanges"]),
        (&json!("turn_tls"), &json!(1))
    );
    let table = backend.get(&at(&world, "/calls.csv")).await.with_status(200).text;
    assert!(table.lines().nth(1).unwrap().ends_with(",turn_tls,1,1.00"), "{table}");
}
