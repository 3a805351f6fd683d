//! What holds for the machine whatever happens, in whichever order.

use serde_json::json;
use tring_client::signalling::{Choices, Input, Machine, Output, TokenSource};
use tring_protocol::limits::OUTBOX_MAX;
use tring_protocol::time::Millis;

use crate::scenario;
use crate::world::World;

#[test]
fn the_machine_keeps_its_promises_in_every_world() {
    for seed in 1_000..1_200 {
        World::new(seed, &mut |_, _, _| {}).live(600);
    }
}

#[test]
fn signing_out_ends_the_session_of_a_server_that_has_stopped_listening() {
    let identity = scenario::all().remove(0).identity;
    let mut machine = Machine::punctual(identity, Choices::default(), TokenSource::None);
    let welcome = json!({"type": "frame", "frame": {
        "type": "welcome", "session": "s", "resumeToken": "r", "resumed": false, "received": 0,
        "branding": {"logo": null, "backgroundColor": "#1b1f3b", "textColor": "#ffffff", "buttonTheme": "default", "poweredBy": true},
        "ringTimeout": 30_000, "connectTimeout": 15_000, "relay": {"udp": []}, "serverTime": 0,
    }});
    let mut feed = |input: serde_json::Value| -> Vec<Output> {
        machine.handle(Millis::new(0), serde_json::from_value::<Input>(input).unwrap());
        std::iter::from_fn(|| machine.poll()).collect()
    };
    for input in [json!({"type": "start"}), json!({"type": "socket_opened"}), welcome] {
        feed(input);
    }
    for n in 0..OUTBOX_MAX {
        feed(json!({"type": "check", "reference": n.to_string(), "sdp": "v=0"}));
    }
    let said = feed(json!({"type": "sign_out"}));
    assert!(matches!(said.as_slice(), [Output::CloseSocket { .. }]), "{said:?}");
    assert_eq!(feed(json!({"type": "wake", "why": "online"})), []);
}
