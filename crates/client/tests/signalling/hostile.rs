//! What holds for the machine even when everybody is wrong: a server that makes things up, an app that presses every
//! button, sockets and peers that say what nobody asked for.

use std::sync::LazyLock;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tring_client::signalling::{Choices, CurrentCall, Identity, Input, Machine, Output, TokenSource};
use tring_protocol::time::Millis;

use crate::scenario;
use crate::witness::Witness;

/// Inputs without fields.
const PLAIN: [&str; 9] = [
    "start",
    "leave",
    "dismiss",
    "microphone_opened",
    "microphone_failed",
    "tick",
    "tick",
    "microphone_opened",
    "start",
];
/// Inputs and messages that name a call, with every field that any of them has.
const OF_A_CALL: [&str; 9] =
    ["answer", "decline", "hangup", "mute", "hold", "take_over", "offer", "media_lost", "media_back"];
/// The server's messages, and one of a later version.
static MESSAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    scenario::message_types("server").into_iter().chain(["of_a_later_version".to_owned()]).collect()
});

#[test]
fn nothing_that_arrives_makes_it_break_its_promises() {
    let mut lives = 0;
    for seed in 0..150 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut life = Life::new(&mut random, seed);
        life.begin(&mut random);
        for _ in 0..200 {
            life.step(&mut random);
        }
        life.feed(Input::SignOut);
        life.witness.signed_out();
        assert_eq!(life.machine.deadline(), None, "something is still due in world {seed}");
        lives += life.times_live;
    }
    assert!(lives > 50, "only {lives} calls were talked in");
}

struct Life {
    machine: Machine,
    witness: Witness,
    now: u64,
    references: u32,
    /// What the next numbered message of an orderly server would have.
    seq: u32,
    /// How often the microphone was sent into a call.
    times_live: u32,
}

impl Life {
    fn new(random: &mut StdRng, seed: u64) -> Self {
        let identity: Identity = serde_json::from_value(json!({
            "account": "acme1234", "cuid": "anita_1", "sdk": {"name": "test", "version": "0.1.0"},
            "device": {"id": "tab-5f3a9c", "platform": "native"},
        }))
        .unwrap();
        let choices = Choices { call_waiting: random.random(), hold: random.random() };
        let tokens = if random.random() { TokenSource::App } else { TokenSource::None };
        let machine = Machine::new(identity, choices, tokens, seed);
        Self { machine, witness: Witness::careless(), now: 0, references: 0, seq: 1, times_live: 0 }
    }

    /// Signs in, and is in a call: chance alone hardly ever gets as far.
    fn begin(&mut self, random: &mut StdRng) {
        for input in [
            json!({"type": "start"}),
            json!({"type": "token", "token": "t"}),
            json!({"type": "socket_opened"}),
        ] {
            self.feed(serde_json::from_value(input).unwrap());
        }
        let welcome = json!({"type": "frame", "frame": welcome(false, 0, 1_795_000_000_000)});
        self.feed(serde_json::from_value(welcome).unwrap());
        for kind in ["incoming", "answered", "connected"] {
            let mut frame = self.message(random);
            frame["body"]["type"] = json!(kind);
            frame["body"]["callId"] = json!("0193a5c0-1a2b-7c3d-8e4f-000000000001");
            frame["body"]["waiting"] = json!(false);
            self.feed(serde_json::from_value(json!({"type": "frame", "frame": frame})).unwrap());
            if kind == "incoming" {
                self.feed(Input::Answer { call_id: None, current: CurrentCall::End });
                self.feed(Input::MicrophoneOpened);
            }
        }
    }

    fn step(&mut self, random: &mut StdRng) {
        self.now += match random.random_range(0..10) {
            0 => random.random_range(0..100_000),
            1 => self.machine.deadline().map_or(0, |due| due.get().saturating_sub(self.now)),
            _ => random.random_range(0..200),
        };
        let input = self.any(random);
        // What cannot be written down cannot arrive.
        if let Ok(input) = serde_json::from_value(input) {
            self.feed(input);
        }
    }

    fn any(&mut self, random: &mut StdRng) -> Value {
        let beside = random.random_bool(0.3);
        match random.random_range(0..100) {
            0..10 => json!({"type": pick(random, &PLAIN)}),
            10..35 => self.of_a_call(random),
            35..43 => {
                json!({"type": pick(random, &["socket_opened", "socket_opened", "socket_closed"]), "beside": beside})
            }
            43..47 => {
                json!({"type": "wake", "why": pick(random, &["online", "visible", "network", "slept", "media"])})
            }
            47..50 => json!({"type": "token", "token": "t"}),
            50 => {
                json!({"type": "token_failed", "error": {"code": "ERR_TOKEN_REQUIRED", "message": "None."}})
            }
            51..57 => json!({
                "type": "call", "reference": self.reference(), "to": cuid(random), "context": "Hello", "images": {},
            }),
            57 => json!({"type": "check", "reference": "c", "sdp": "v=0"}),
            58 => json!({"type": "check_done", "reference": "c"}),
            59..64 => json!({"type": "frame", "frame": self.frame(random), "beside": beside}),
            _ => json!({"type": "frame", "frame": self.message(random)}),
        }
    }

    fn of_a_call(&mut self, random: &mut StdRng) -> Value {
        let kind = pick(random, &OF_A_CALL);
        let mut input = json!({
            "type": kind, "muted": random.random::<bool>(), "held": random.random::<bool>(), "sdp": "v=0",
            "current": pick(random, &["end", "hold"]),
        });
        if kind == "take_over" {
            input["reference"] = json!(self.reference());
        }
        if random.random_bool(0.8) {
            input["callId"] = json!(id(random));
        }
        input
    }

    fn frame(&mut self, random: &mut StdRng) -> Value {
        let number = pick(random, &[0, 1, 7, u32::MAX]);
        let time = pick(random, &[0_u64, 1_795_000_000_000, 1_795_000_100_000, (1 << 53) - 1, u64::MAX]);
        match random.random_range(0..20) {
            0..12 => welcome(random.random(), number, time),
            12 => {
                json!({"type": "refused", "error": {"code": pick(random, &["ERR_DRAINING", "ERR_TOKEN_EXPIRED"]), "message": ""}})
            }
            13 if random.random_bool(0.05) => {
                json!({"type": "refused", "error": {"code": "ERR_REPLACED", "message": ""}})
            }
            14 => json!({"type": "renewed", "tokenExpiresAt": time}),
            15 => json!({"type": "renew_refused", "error": {"code": "ERR_TOKEN_INVALID", "message": ""}}),
            16 if random.random_bool(0.2) => json!({"type": "ack", "ack": number}),
            17 => json!({"type": "of_a_later_version"}),
            _ => json!({"type": "ping"}),
        }
    }

    fn message(&mut self, random: &mut StdRng) -> Value {
        let reference = random.random_range(0..=self.references).to_string();
        let snapshot = json!({
            "callId": id(random), "role": pick(random, &["caller", "callee"]), "peer": {"cuid": cuid(random)},
            "state": pick(random, &["placed", "ringing", "answered", "connected", "ended"]), "context": "Hello",
            "muted": random.random::<bool>(), "held": random.random::<bool>(), "answeredAt": u64::MAX,
        });
        let reasons = ["hangup", "user", "caller", "answered_elsewhere", "declined_elsewhere", "taken_over"];
        let body = json!({
            "type": MESSAGES.choose(random).unwrap(), "callId": id(random), "reference": reference, "call": snapshot,
            "role": pick(random, &["caller", "callee"]), "from": {"cuid": cuid(random)}, "context": "Hello",
            "ringTimeout": pick(random, &[0, 30_000, u64::MAX]), "waiting": random.random::<bool>(), "sdp": "v=0",
            "error": {"code": pick(random, &["ERR_CALL_NOT_FOUND", "ERR_INTERNAL"]), "message": ""}, "at": 0,
            "reason": pick(random, &reasons), "status": "over", "duration": 0, "muted": random.random::<bool>(),
            "held": random.random::<bool>(), "weak": pick(random, &["none", "yours", "theirs"]),
        });
        let seq = if random.random_bool(0.995) { self.seq } else { random.random() };
        self.seq = seq.saturating_add(1);
        json!({"type": "message", "seq": seq, "ack": 0, "body": body})
    }

    fn reference(&mut self) -> String {
        self.references += 1;
        self.references.to_string()
    }

    fn feed(&mut self, input: Input) {
        match &input {
            Input::Call(request) => drop(self.witness.unsettled.insert(request.reference.clone())),
            Input::TakeOver { reference, .. } => drop(self.witness.unsettled.insert(reference.clone())),
            _ => {}
        }
        self.machine.handle(Millis::new(self.now), input);
        while let Some(output) = self.machine.poll() {
            if matches!(output, Output::SignedIn { resumed: false }) {
                self.seq = 1;
            }
            self.times_live += u32::from(matches!(output, Output::MicrophoneLive { live: true, .. }));
            self.witness.see(&output);
        }
    }
}

fn welcome(is_resumed: bool, received: u32, time: u64) -> Value {
    json!({
        "type": "welcome", "session": "s", "resumeToken": "r", "resumed": is_resumed, "received": received,
        "branding": {"logo": null, "backgroundColor": "#1b1f3b", "textColor": "#ffffff", "buttonTheme": "default",
            "poweredBy": true},
        "ringTimeout": 30_000, "connectTimeout": 15_000, "relay": {"udp": []}, "serverTime": time,
        "tokenExpiresAt": time, "iceServers": {"servers": [], "expireAt": time},
    })
}

fn pick<T: Copy>(random: &mut StdRng, from: &[T]) -> T {
    from[random.random_range(0..from.len())]
}

fn id(random: &mut StdRng) -> String {
    format!("0193a5c0-1a2b-7c3d-8e4f-{:012x}", random.random_range(1..5))
}

fn cuid(random: &mut StdRng) -> &'static str {
    pick(random, &["ravi_22", "meera_3"])
}
