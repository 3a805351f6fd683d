//! What the machine does, effect by effect: each step asserts everything that comes of it, and that nothing else does.

mod tokens;

mod account;
mod several;

use super::*;
use crate::bus::{Attendee, Sender};
use tring_protocol::ids::{AccountId, CallId, Cuid, DeviceId};
use tring_protocol::limits::{DEVICES_MAX, OUTBOX_MAX};
use tring_protocol::settings::{Branding, CallSettings, DevicePolicy};
use tring_protocol::signal::{
    ClientMessage, DeviceDetails, Party, Platform, RelayInfo, Resume, Role, Welcome,
};
use tring_protocol::time::Millis;

/// When every desk's clock begins.
const BEGINNING: u64 = 1_000_000;

/// A machine and its clock.
struct Desk {
    sessions: Sessions,
    now: Timestamp,
    policy: DevicePolicy,
}

impl Desk {
    fn new(policy: DevicePolicy) -> Self {
        Self { sessions: Sessions::new(), now: Timestamp::from_millis(BEGINNING), policy }
    }

    /// Everything that comes of an input but the timer of the sweep.
    fn on(&mut self, input: Input) -> Vec<Effect> {
        self.sessions.handle(self.now, input);
        let effects = std::iter::from_fn(|| self.sessions.poll());
        effects.filter(|effect| !matches!(effect, Effect::Timer(_))).collect()
    }

    fn after(&mut self, millis: u64) -> &mut Self {
        self.now = self.now + Millis::new(millis);
        self
    }

    /// Lets time pass as the shell does, tick by tick.
    fn wait(&mut self, millis: u64) -> Vec<Effect> {
        let end = self.now + Millis::new(millis);
        let mut effects = Vec::new();
        while self.now < end {
            self.now = (self.now + Millis::new(500)).min(end);
            effects.extend(self.on(Input::Tick));
        }
        effects
    }

    fn sign_in(&mut self, conn: u64, device: &str, resume: Option<Resume>) -> Vec<Effect> {
        let sign_in = self.hello(conn, device, resume);
        self.on(Input::SignIn(Box::new(sign_in)))
    }

    fn hello(&self, conn: u64, device: &str, resume: Option<Resume>) -> SignIn {
        SignIn {
            conn: ConnId(conn),
            attendee: attendee(device),
            settings: CallSettings { devices: self.policy, ..CallSettings::default() },
            branding: Branding::default(),
            relay: RelayInfo::default(),
            proof: None,
            resume,
            fresh: FreshSession { name: format!("session-{conn}"), token: format!("token-{conn}") },
            elsewhere: Vec::new(),
            ice_servers: None,
        }
    }

    fn welcome(&self, conn: u64, of: u64, resumed: bool, received: u32) -> Effect {
        let settings = CallSettings::default();
        let welcome = Welcome {
            session: format!("session-{of}"),
            resume_token: format!("token-{of}"),
            resumed,
            received,
            branding: Branding::default(),
            ring_timeout: settings.ring_timeout,
            connect_timeout: settings.connect_timeout,
            relay: RelayInfo::default(),
            server_time: self.now,
            token_expires_at: None,
            ice_servers: None,
        };
        send(conn, ServerFrame::Welcome(Box::new(welcome)))
    }

    fn takeover(&self, conn: u64, device: &str) -> Effect {
        let session = format!("session-{conn}");
        Effect::ToOtherNodes(ToSessions::Takeover { device: address(device), at: self.now, session })
    }

    fn say(&mut self, conn: u64, seq: u32, ack: u32, body: ClientMessage) -> Vec<Effect> {
        self.on(Input::Frame { conn: ConnId(conn), frame: ClientFrame::Message { seq, ack, body } })
    }

    fn deliver(&mut self, device: &str, message: ServerMessage) -> Vec<Effect> {
        self.on(Input::Bus(ToSessions::Deliver { to: address(device), message }))
    }

    fn lose(&mut self, conn: u64) -> Vec<Effect> {
        self.on(Input::Closed { conn: ConnId(conn), how: Closed::Lost })
    }

    fn leave(&mut self, conn: u64) -> Vec<Effect> {
        self.on(Input::Closed { conn: ConnId(conn), how: Closed::Leaving })
    }
}

fn address(device: &str) -> DeviceAddress {
    attendee(device).device
}

/// `"alice-2"` is Alice's second device.
fn attendee(device: &str) -> Attendee {
    let cuid = Cuid::parse(device.split('-').next().unwrap()).unwrap();
    let user = UserAddress { account: AccountId::parse("acme").unwrap(), cuid: cuid.clone() };
    let device = DeviceId::parse(&format!("device-{device}")).unwrap();
    Attendee {
        device: DeviceAddress { user, device },
        party: Party { cuid, name: None },
        platform: Platform::Web,
        details: DeviceDetails::default(),
        call_waiting: false,
    }
}

/// A device that signed in at the desk's beginning.
fn present(device: &str) -> Present {
    Present { attendee: attendee(device), since: Timestamp::from_millis(BEGINNING) }
}

fn call() -> CallId {
    CallId::new(Timestamp::from_millis(5), [5; 10])
}

fn send(conn: u64, frame: ServerFrame) -> Effect {
    Effect::Send { conn: ConnId(conn), frame }
}

fn message(conn: u64, seq: u32, ack: u32, body: ServerMessage) -> Effect {
    send(conn, ServerFrame::Message { seq, ack, body })
}

fn close(conn: u64) -> Effect {
    Effect::Close { conn: ConnId(conn) }
}

fn refused(conn: u64, code: ErrorCode) -> Effect {
    send(conn, ServerFrame::Refused { error: code.into() })
}

fn presence(device: &str, change: Presence) -> Effect {
    Effect::ToCalls(ToCalls::Presence { of: present(device), change })
}

fn gone(device: &str, reason: GoneReason) -> Effect {
    presence(device, Presence::Gone(reason))
}

fn resume(of: u64, received: u32) -> Option<Resume> {
    Some(Resume { token: format!("token-{of}"), received })
}

fn ringing() -> ServerMessage {
    ServerMessage::Ringing { call_id: call(), name: None }
}

fn placed() -> ServerMessage {
    ServerMessage::Placed { reference: "r1".into(), call_id: call(), role: Role::Caller }
}

fn hangup() -> ClientMessage {
    ClientMessage::Hangup { call_id: call() }
}

#[test]
fn a_device_that_signs_in_is_welcomed_and_announced() {
    let mut desk = Desk::new(DevicePolicy::One);
    let expected =
        [desk.welcome(1, 1, false, 0), desk.takeover(1, "alice-1"), presence("alice-1", Presence::Arrived)];
    assert_eq!(desk.sign_in(1, "alice-1", None), expected);
}

#[test]
fn messages_are_numbered_and_acknowledged_once_per_round() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let settings = CallSettings { devices: DevicePolicy::One, ..CallSettings::default() };
    let from = Sender { attendee: attendee("alice-1"), since: desk.now, settings };
    let told = Effect::ToCalls(ToCalls::Told { from, message: hangup() });
    assert_eq!(desk.say(1, 1, 0, hangup()), [told]);
    // The answer carries the acknowledgement, so the round owes none.
    assert_eq!(desk.deliver("alice-1", ringing()), [message(1, 1, 1, ringing())]);
    assert_eq!(desk.on(Input::Settled), []);

    assert_eq!(desk.say(1, 2, 1, ClientMessage::Unknown), []);
    assert_eq!(desk.sessions.counters().unknown, 1);
    assert_eq!(desk.say(1, 2, 1, hangup()), [], "a number that came before is not handled again");
    assert_eq!(desk.on(Input::Settled), [send(1, ServerFrame::Ack { ack: 2 })]);
    assert_eq!(desk.on(Input::Settled), []);
}

#[test]
fn a_lost_session_goes_on_where_it_was() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    desk.say(1, 1, 0, hangup());
    desk.deliver("alice-1", placed());
    desk.deliver("alice-1", ringing());
    assert_eq!(desk.lose(1), [presence("alice-1", Presence::Away)]);
    let waits = ServerMessage::PeerAway { call_id: call() };
    assert_eq!(desk.deliver("alice-1", waits.clone()), []);

    let expected = [
        desk.after(59_000).welcome(2, 1, true, 1),
        message(2, 2, 1, ringing()),
        message(2, 3, 1, waits),
        presence("alice-1", Presence::Resumed),
    ];
    assert_eq!(desk.sign_in(2, "alice-1", resume(1, 1)), expected);
    assert_eq!(desk.say(2, 1, 3, hangup()), [], "the device could not know that its message had come");
}

#[test]
fn a_session_that_resumes_before_its_loss_was_noticed_moves_to_the_new_socket() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let expected = [close(1), desk.welcome(2, 1, true, 0)];
    assert_eq!(desk.sign_in(2, "alice-1", resume(1, 0)), expected);
    assert_eq!(desk.lose(1), []);
    assert_eq!(desk.deliver("alice-1", ringing()), [message(2, 1, 0, ringing())]);
}

#[test]
fn a_wrong_token_or_number_begins_anew() {
    for (name, resume) in [("token", resume(9, 0)), ("number", resume(1, 7))] {
        let mut desk = Desk::new(DevicePolicy::One);
        desk.sign_in(1, "alice-1", None);
        desk.deliver("alice-1", ringing());
        let expected = [
            refused(1, ErrorCode::Replaced),
            close(1),
            desk.welcome(2, 2, false, 0),
            desk.takeover(2, "alice-1"),
            presence("alice-1", Presence::Arrived),
        ];
        assert_eq!(desk.sign_in(2, "alice-1", resume), expected, "{name}");
        assert_eq!(desk.deliver("alice-1", ringing()), [message(2, 1, 0, ringing())]);
    }
}

#[test]
fn the_same_device_replaces_its_old_connection() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let expected = [
        refused(1, ErrorCode::Replaced),
        close(1),
        desk.welcome(2, 2, false, 0),
        desk.takeover(2, "alice-1"),
        presence("alice-1", Presence::Arrived),
    ];
    assert_eq!(desk.sign_in(2, "alice-1", None), expected);
    assert_eq!((desk.sessions.len(), desk.sessions.connected()), (1, 1));
}

#[test]
fn a_second_device_is_refused_while_the_first_is_connected_or_in_a_call() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let refusal = |conn| [refused(conn, ErrorCode::AlreadySignedIn), close(conn)];
    assert_eq!(desk.sign_in(2, "alice-2", None), refusal(2));

    desk.deliver("alice-1", placed());
    desk.lose(1);
    assert_eq!(desk.sign_in(3, "alice-2", None), refusal(3));

    desk.deliver(
        "alice-1",
        ServerMessage::Ended {
            call_id: call(),
            status: tring_protocol::outcome::EndStatus::Over,
            reason: tring_protocol::outcome::EndReason::Hangup,
            by: None,
            duration: Millis::default(),
        },
    );
    let expected = [
        desk.welcome(4, 4, false, 0),
        desk.takeover(4, "alice-2"),
        presence("alice-2", Presence::Arrived),
        gone("alice-1", GoneReason::Replaced),
    ];
    assert_eq!(desk.sign_in(4, "alice-2", None), expected);
}

#[test]
fn a_second_device_is_refused_while_the_first_is_connected_elsewhere() {
    let mut desk = Desk::new(DevicePolicy::One);
    let mut hello = desk.hello(1, "alice-2", None);
    hello.elsewhere = vec![Seat { device: address("alice-1"), taken: true }];
    let refusal = [refused(1, ErrorCode::AlreadySignedIn), close(1)];
    assert_eq!(desk.on(Input::SignIn(Box::new(hello))), refusal);

    // The same device may move between nodes.
    let mut hello = desk.hello(2, "alice-1", None);
    hello.elsewhere = vec![Seat { device: address("alice-1"), taken: true }];
    let expected =
        [desk.welcome(2, 2, false, 0), desk.takeover(2, "alice-1"), presence("alice-1", Presence::Arrived)];
    assert_eq!(desk.on(Input::SignIn(Box::new(hello))), expected);
}

#[test]
fn many_devices_are_let_in_up_to_the_limit() {
    let mut desk = Desk::new(DevicePolicy::Many);
    for number in 1..=DEVICES_MAX {
        let conn = u64::try_from(number).unwrap();
        assert_eq!(desk.sign_in(conn, &format!("alice-{number}"), None).len(), 3);
    }
    assert_eq!(desk.sign_in(90, "alice-90", None), [refused(90, ErrorCode::AlreadySignedIn), close(90)]);
    assert_eq!(desk.sign_in(91, "alice-1", None).len(), 5, "one of them may come back");
    assert_eq!(desk.sessions.seats(&address("alice-1").user).len(), DEVICES_MAX);
}

#[test]
fn another_node_that_let_the_device_in_ends_the_older_session() {
    let takeover = |device: &str, at: Timestamp| {
        Input::Bus(ToSessions::Takeover { device: address(device), at, session: "session-9".into() })
    };
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let earlier = desk.now;
    let later = earlier + Millis::new(1);
    assert_eq!(desk.on(takeover("alice-1", Timestamp::from_millis(1))), [], "this one is the newer");
    // The device lives on over there, so nobody is told that it is gone.
    assert_eq!(desk.on(takeover("alice-1", later)), [refused(1, ErrorCode::Replaced), close(1)]);

    desk.sign_in(2, "alice-1", None);
    let expected = [refused(2, ErrorCode::Replaced), close(2), gone("alice-1", GoneReason::Replaced)];
    assert_eq!(desk.on(takeover("alice-2", later)), expected);

    let mut desk = Desk::new(DevicePolicy::Many);
    desk.sign_in(1, "alice-1", None);
    assert_eq!(desk.on(takeover("alice-2", later)), []);
}

#[test]
fn a_silent_socket_is_pinged_and_then_given_up() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let ping = send(1, ServerFrame::Ping {});
    assert_eq!(desk.wait(3_999), []);
    assert_eq!(desk.wait(501), std::slice::from_ref(&ping));
    desk.on(Input::Frame { conn: ConnId(1), frame: ClientFrame::Pong {} });
    assert_eq!(desk.wait(8_500), [ping.clone(), ping]);
    // Within ten seconds of its last word.
    assert_eq!(desk.wait(1_000), [presence("alice-1", Presence::Away), close(1)]);
    assert_eq!(desk.sessions.counters().timed_out, 1);
}

#[test]
fn a_socket_that_is_spoken_on_needs_no_ping() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    desk.wait(3_000);
    desk.deliver("alice-1", ringing());
    assert_eq!(desk.wait(3_500), []);
}

#[test]
fn a_session_ends_with_its_grace() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    desk.lose(1);
    assert_eq!(desk.wait(59_500), []);
    assert_eq!(desk.wait(1_000), [gone("alice-1", GoneReason::Expired)]);
    assert!(desk.sessions.is_empty());

    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(2, "alice-1", None);
    assert_eq!(desk.leave(2), [presence("alice-1", Presence::Away)]);
    assert_eq!(desk.wait(7_500), []);
    assert_eq!(desk.wait(1_000), [gone("alice-1", GoneReason::Expired)]);
}

#[test]
fn a_page_that_says_goodbye_is_away_at_once() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let leaving = Input::Frame { conn: ConnId(1), frame: ClientFrame::Leaving {} };
    assert_eq!(desk.on(leaving), [presence("alice-1", Presence::Away), close(1)]);
    assert_eq!(desk.lose(1), []);
    assert_eq!(desk.wait(8_500), [gone("alice-1", GoneReason::Expired)]);
}

#[test]
fn signing_out_is_confirmed_and_ends_the_session() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    assert_eq!(
        desk.say(1, 1, 0, ClientMessage::SignOut {}),
        [send(1, ServerFrame::Ack { ack: 1 }), close(1), gone("alice-1", GoneReason::SignedOut)]
    );
    assert_eq!(desk.on(Input::Settled), []);
    assert!(desk.sessions.is_empty());
}

#[test]
fn whoever_breaks_the_numbering_is_refused_and_gone() {
    let frames = [
        ClientFrame::Message { seq: 2, ack: 0, body: hangup() },
        ClientFrame::Message { seq: 1, ack: 1, body: hangup() },
        ClientFrame::Ack { ack: 1 },
    ];
    for frame in frames {
        let mut desk = Desk::new(DevicePolicy::One);
        desk.sign_in(1, "alice-1", None);
        assert_eq!(
            desk.on(Input::Frame { conn: ConnId(1), frame: frame.clone() }),
            [refused(1, ErrorCode::Protocol), close(1), gone("alice-1", GoneReason::Expired)],
            "{frame:?}"
        );
        assert_eq!(desk.sessions.counters().broken, 1);
    }
}

#[test]
fn a_device_that_acknowledges_nothing_is_given_up() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    for _ in 0..OUTBOX_MAX {
        assert_eq!(desk.deliver("alice-1", ringing()).len(), 1);
    }
    assert_eq!(
        desk.deliver("alice-1", ringing()),
        [refused(1, ErrorCode::Protocol), close(1), gone("alice-1", GoneReason::Expired)]
    );
}

#[test]
fn an_unknown_frame_is_counted_and_dropped() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    assert_eq!(desk.on(Input::Frame { conn: ConnId(1), frame: ClientFrame::Unknown }), []);
    assert_eq!(desk.sessions.counters().unknown, 1);
}

#[test]
fn a_search_finds_devices_that_are_here_or_may_come_back() {
    let mut desk = Desk::new(DevicePolicy::Many);
    desk.sign_in(1, "alice-1", None);
    desk.sign_in(2, "alice-2", None);
    desk.sign_in(3, "bobby-1", None);
    desk.lose(2);
    let find = |user: &str| Input::Bus(ToSessions::Find { call: call(), user: address(user).user });
    let found = |devices| [Effect::ToCalls(ToCalls::Found { call: call(), devices })];
    assert_eq!(desk.on(find("alice")), found(vec![present("alice-1"), present("alice-2")]));
    assert_eq!(desk.on(find("carol")), found(vec![]));
}

#[test]
fn nothing_reaches_a_device_without_a_session() {
    let mut desk = Desk::new(DevicePolicy::One);
    assert_eq!(desk.deliver("alice-1", ringing()), []);
    assert_eq!(desk.say(1, 1, 0, hangup()), []);
    desk.sign_in(1, "alice-1", None);
    assert_eq!(desk.deliver("alice-2", ringing()), []);
}

#[test]
fn an_idle_session_is_small() {
    // The goal is 8 KB per idle connection in the process; most of that is the socket's.
    assert!(size_of::<Session>() <= 320, "{} bytes", size_of::<Session>());
}

#[test]
fn a_token_never_reaches_a_log() {
    let mut desk = Desk::new(DevicePolicy::One);
    let hello = desk.hello(1, "alice-1", resume(7, 0));
    desk.on(Input::SignIn(Box::new(hello.clone())));
    let shown = format!("{hello:?} {:?}", desk.sessions);
    assert!(!shown.contains("token-"), "{shown}");
}
