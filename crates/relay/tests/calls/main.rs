//! Whole calls: two full WebRTC peers and a running relay, over loopback.
#![expect(clippy::unwrap_used, reason = "a test may")]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests run in real time, with deadlines instead of sleeps"
)]

mod peer;
mod tcp;
mod wire;

use peer::Peer;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use tring_protocol::ids::{CallId, LegId};
use tring_protocol::time::Timestamp;
use tring_relay::{Dropped, FailReason, Relay, RelayConfig, RelayCounts, RelayEvent};

/// Longer than anything here takes, even on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

#[test]
fn two_legs_hear_each_other_once_they_are_bridged() {
    let mut call = Call::connected();
    call.until("both hear", |call| call.a.heard.len() > 20 && call.b.heard.len() > 20);
    assert!(call.b.heard.iter().all(|packet| packet.payload.starts_with(b"opus")));
    for packet in &call.b.heard {
        let number = u64::from_be_bytes(packet.payload[4..].try_into().unwrap());
        assert_eq!(
            (*packet.seq_no, u64::from(packet.header.timestamp)),
            (number, 960 * number),
            "as it was sent"
        );
    }
    assert!(call.saw(|event| matches!(event, RelayEvent::Heard { leg } if leg.index == 0)));
    assert!(call.saw(|event| matches!(event, RelayEvent::Heard { leg } if leg.index == 1)));
    call.until("quality is told", |call| {
        call.saw(|event| matches!(event, RelayEvent::Quality { report, .. } if report.received > 10 && report.opinion_score > 4.0))
    });
}

#[test]
fn audio_goes_before_the_other_threads_where_the_system_lets_it() {
    let niceness = |task: &std::path::Path| -> Option<i32> {
        let stat = std::fs::read_to_string(task.join("stat")).ok()?;
        // The name is in parentheses and may have anything in it; niceness is the 17th field behind it, proc(5).
        stat.rsplit_once(") ")?.1.split(' ').nth(16)?.parse().ok()
    };
    // Of all relays of this process: other tests may have theirs.
    let of_threads = |name: &str| -> Vec<i32> {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
        let named = tasks.filter(|task| {
            std::fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim_end() == name)
        });
        named.filter_map(|task| niceness(&task)).collect()
    };
    let ours = niceness("/proc/thread-self".as_ref()).unwrap();
    let allowed = std::thread::spawn(|| rustix::process::nice(-10)).join().unwrap().unwrap_or(ours);
    let mut call = Call::connected();
    call.until("both hear", |call| !call.a.heard.is_empty() && !call.b.heard.is_empty());
    assert!(of_threads("relay-forward").contains(&allowed), "{allowed}");
    assert!(of_threads("relay-handshake").iter().all(|niceness| *niceness == ours), "{ours}");
}

#[test]
fn nothing_is_heard_before_the_bridge() {
    let mut call = Call::open();
    call.until("both are keyed", |call| call.keyed() == 2);
    call.until("audio has arrived", |call| call.relay.counts().audio_in > 40);
    assert_eq!(call.relay.counts().audio_out, 0);
    assert!(call.a.heard.is_empty() && call.b.heard.is_empty());
    call.relay.bridge(call.caller, call.callee);
    call.until("both hear", |call| call.a.heard.len() > 5 && call.b.heard.len() > 5);
    call.relay.unbridge(call.callee, call.caller);
    let dropped = |call: &Call| call.relay.counts().dropped_for(Dropped::NotBridged);
    let before = dropped(&call);
    call.until("they are apart again", |call| dropped(call) > before + 20);
    let heard = call.b.heard.len();
    let before = dropped(&call);
    call.until("more audio has come", |call| dropped(call) > before + 20);
    assert_eq!(call.b.heard.len(), heard);
    call.relay.bridge(call.caller, call.callee);
    call.until("they hear again", |call| call.b.heard.len() > heard + 5);
}

#[test]
fn a_leg_that_changes_its_address_is_heard_and_hears_at_once() {
    let mut call = Call::connected();
    call.until("both hear", |call| call.a.heard.len() > 5 && call.b.heard.len() > 5);
    call.a.change_port();
    let (heard_by_a, heard_by_b) = (call.a.heard.len(), call.b.heard.len());
    let started = Instant::now();
    call.until("both hear again", |call| {
        call.a.heard.len() > heard_by_a + 3 && call.b.heard.len() > heard_by_b + 3
    });
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "without waiting for a check: {:?}",
        started.elapsed()
    );
    assert!(call.saw(|event| matches!(event, RelayEvent::Moved { leg } if leg.index == 0)));
}

#[test]
fn a_leg_that_comes_back_with_a_new_connection_is_heard_as_the_same_stream() {
    let mut call = Call::connected();
    call.until("both hear", |call| call.a.heard.len() > 10 && call.b.heard.len() > 10);
    let heard_before = call.b.heard.len();
    let mut new = Peer::new();
    let answer = call.relay.open(call.caller, &new.offer()).unwrap();
    new.accept(&answer);
    let old = std::mem::replace(&mut call.a, new);
    call.until("the new one is keyed", |call| call.keyed() == 3);
    call.until("both hear", |call| call.a.heard.len() > 10 && call.b.heard.len() > heard_before + 20);
    drop(old);
    let heard = &call.b.heard;
    assert!(heard.iter().all(|packet| packet.header.ssrc == heard[0].header.ssrc));
    for pair in heard.windows(2) {
        let step = *pair[1].seq_no - *pair[0].seq_no;
        assert!((1..4).contains(&step), "sequence numbers go on: {step}");
        let ticks = pair[1].header.timestamp.wrapping_sub(pair[0].header.timestamp);
        assert!((960..48_000 * 20).contains(&ticks), "timestamps go on: {ticks}");
    }
    call.until("the old connection is gone", |call| call.relay.counts().connections == 2);
}

#[test]
fn an_ice_restart_keeps_the_connection() {
    let mut call = Call::connected();
    call.until("both hear", |call| call.a.heard.len() > 5 && call.b.heard.len() > 5);
    let offer = call.a.offer();
    let answer = call.relay.open(call.caller, &offer).unwrap();
    call.a.accept(&answer);
    let heard = call.a.heard.len();
    call.until("it still hears", |call| call.a.heard.len() > heard + 20);
    assert_eq!((call.keyed(), call.relay.counts().connections), (2, 2));
}

#[test]
fn the_far_encoder_learns_of_the_loss_at_this_end() {
    let mut call = Call::connected();
    call.b.lose_every = Some(4);
    call.until("a report says that a quarter is lost", |call| {
        call.a.reported_loss.iter().any(|lost| (40..90).contains(lost))
    });
    call.until("the owner learns of it too", |call| {
        call.saw(|event| {
            matches!(event, RelayEvent::Quality { leg, report }
                if leg.index == 1 && report.heard_loss.is_some_and(|loss| loss > 0.15))
        })
    });
    assert!(call.b.reported_loss.iter().all(|lost| *lost < 40), "the other direction loses nothing");
}

#[test]
fn a_peer_with_another_certificate_is_refused() {
    let mut call = Call::new();
    let offer = call.a.offer();
    let (head, tail) = offer.split_once("a=fingerprint:sha-256 ").unwrap();
    let forged = format!("{head}a=fingerprint:sha-256 {}{}", "00:".repeat(31) + "00", &tail[95..]);
    let answer = call.relay.open(call.caller, &forged).unwrap();
    call.a.accept(&answer);
    call.until("it has failed", |call| {
        call.saw(|event| matches!(event, RelayEvent::Failed { reason: FailReason::WrongFingerprint, .. }))
    });
    assert_eq!(call.keyed(), 0);
}

#[test]
fn a_peer_that_does_not_know_the_password_gets_no_answer() {
    let mut call = Call::new();
    let offer = call.a.offer();
    let answer = call.relay.open(call.caller, &offer).unwrap();
    let (head, tail) = answer.split_once("a=ice-pwd:").unwrap();
    call.a.accept(&format!("{head}a=ice-pwd:{}{}", "x".repeat(24), &tail[24..]));
    call.until("its checks have come", |call| call.relay.counts().dropped_for(Dropped::NotAuthentic) > 3);
    assert_eq!(call.relay.counts().datagrams_out, 0);
}

#[test]
fn nothing_is_left_of_a_closed_call() {
    let mut call = Call::connected();
    call.until("both hear", |call| call.a.heard.len() > 5 && call.b.heard.len() > 5);
    call.relay.close(call.callee);
    call.until("one leg is left", |call| call.relay.counts().legs == 1);
    call.relay.close_call(call.caller.call);
    call.until("nothing is left", |call| {
        let RelayCounts { calls, legs, connections, handshakes, .. } = call.relay.counts();
        (calls, legs, connections, handshakes) == (0, 0, 0, 0)
    });
}

#[test]
fn a_worker_that_runs_says_so_every_second() {
    let mut call = Call::new();
    let seconds = |call: &Call| match call.relay.workers()[..] {
        [worker] if worker.lives => worker.seconds,
        ref workers => panic!("one worker was started, not {workers:?}"),
    };
    let before = seconds(&call);
    call.until("two seconds are over", |call| seconds(call) >= before + 2);
}

/// Two peers and a relay of their own.
struct Call {
    relay: Relay,
    events: Receiver<RelayEvent>,
    seen: Vec<RelayEvent>,
    a: Peer,
    b: Peer,
    caller: LegId,
    callee: LegId,
}

impl Call {
    fn new() -> Self {
        let (sender, events) = mpsc::channel();
        let relay = Relay::start(RelayConfig::on(["127.0.0.1:0".parse().unwrap()]), move |event| {
            let _ = sender.send(event);
        })
        .unwrap();
        let call = CallId::new(Timestamp::from_millis(1), [3; 10]);
        let (caller, callee) = (LegId::caller(call), LegId { call, index: 1 });
        Self { relay, events, seen: Vec::new(), a: Peer::new(), b: Peer::new(), caller, callee }
    }

    fn open() -> Self {
        let mut call = Self::new();
        let answer = call.relay.open(call.caller, &call.a.offer()).unwrap();
        call.a.accept(&answer);
        let answer = call.relay.open(call.callee, &call.b.offer()).unwrap();
        call.b.accept(&answer);
        call
    }

    fn connected() -> Self {
        let mut call = Self::open();
        call.relay.bridge(call.caller, call.callee);
        call.until("both are keyed", |call| call.keyed() == 2);
        call
    }

    fn keyed(&self) -> usize {
        self.seen.iter().filter(|event| matches!(event, RelayEvent::Keyed { .. })).count()
    }

    fn saw(&self, what: impl Fn(&RelayEvent) -> bool) -> bool {
        self.seen.iter().any(what)
    }

    /// What was told so far does not count any more.
    fn forget(&mut self) {
        self.seen.clear();
    }

    /// Lets both speak, a packet each 10 ms, until `condition` holds.
    fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        let mut next_packet = Instant::now();
        while !condition(self) {
            assert!(Instant::now() < deadline, "{what}: {:?}", self.relay.counts());
            if Instant::now() >= next_packet {
                next_packet += Duration::from_millis(10);
                self.a.speak();
                self.b.speak();
            }
            self.a.step();
            self.b.step();
            while let Ok(event) = self.events.recv_timeout(Duration::from_millis(1)) {
                self.seen.push(event);
            }
        }
    }
}
