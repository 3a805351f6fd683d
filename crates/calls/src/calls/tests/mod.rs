//! What the machine does, effect by effect: each step asserts everything that comes of it, and that nothing else does.

mod check;
mod elsewhere;
mod end;
mod glare;
mod hold;
mod network;
mod place;
mod presence;
mod quality;
mod report;
mod ring;
mod take_over;
mod talk;
mod waiting;

use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{AccountId, CallId, Cuid, DeviceAddress, DeviceId, LegId, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::{CallSettings, DeclineScope, DevicePolicy};
use tring_protocol::signal::{
    CallImages, CallSnapshot, CallState, ClientMessage, DeclineReason, DeviceDetails, Party, Platform, Role,
    ServerMessage, WithdrawnReason,
};
use tring_protocol::text::{Context, Sdp, SystemName};
use tring_protocol::time::{Millis, Timestamp};

use super::{Calls, Claim, Effect, Input, RelayEvent};
use crate::bus::{Attendee, GoneReason, Presence, Present, Sender, ToCalls, ToSessions};

/// A machine and its clock.
struct Desk {
    calls: Calls,
    now: Timestamp,
}

impl Desk {
    fn new() -> Self {
        Self { calls: Calls::new([7; 32]), now: Timestamp::from_millis(1_000_000) }
    }

    /// Everything that comes of an input, but for the call's timer, which has tests of its own.
    fn on(&mut self, input: Input) -> Vec<Effect> {
        self.on_with_timer(input).into_iter().filter(|effect| !matches!(effect, Effect::Timer(_))).collect()
    }

    fn on_with_timer(&mut self, input: Input) -> Vec<Effect> {
        self.calls.handle(self.now, input);
        std::iter::from_fn(|| self.calls.poll()).collect()
    }

    fn after(&mut self, millis: u64) -> &mut Self {
        self.now = self.now + Millis::new(millis);
        self
    }

    fn told(&mut self, device: &str, message: ClientMessage) -> Vec<Effect> {
        self.on(Input::Bus(ToCalls::Told { from: sender(device), message }))
    }

    fn presence(&mut self, device: &str, change: Presence) -> Vec<Effect> {
        self.on(Input::Bus(ToCalls::Presence { of: present(device), change }))
    }

    fn granted(&mut self, call: CallId, device: &str) -> Vec<Effect> {
        self.on(Input::Claimed { call, user: user(device), claim: Claim::Granted })
    }

    fn found(&mut self, call: CallId, devices: &[&str]) -> Vec<Effect> {
        let devices = devices.iter().map(|device| present(device)).collect();
        self.on(Input::Bus(ToCalls::Found { call, devices }))
    }

    /// Alice's `place` to Bobby, as far as her claim.
    fn place(&mut self) -> CallId {
        let effects = self.told("alice-1", place("bobby"));
        let [Effect::Claim { call, .. }] = effects[..] else { panic!("{effects:?}") };
        call
    }

    /// A call of Alice to Bobby's devices, on record.
    fn placed(&mut self, devices: &[&str]) -> CallId {
        let call = self.place();
        self.granted(call, "alice-1");
        self.granted(call, "bobby-1");
        self.found(call, devices);
        call
    }

    /// The same, shown on Bobby's first device.
    fn ringing(&mut self, devices: &[&str]) -> CallId {
        let call = self.placed(devices);
        self.told(devices[0], ClientMessage::Ringing { call_id: call });
        call
    }

    /// The same, answered there, with both legs open.
    fn answered(&mut self) -> CallId {
        let call = self.ringing(&["bobby-1"]);
        for (index, device) in [(0, "alice-1"), (1, "bobby-1")] {
            self.told(device, ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
            self.on(Input::RelayAnswer { leg: LegId { call, index }, answer: Ok(sdp("answer")) });
        }
        self.told("bobby-1", ClientMessage::Answer { call_id: call });
        call
    }

    /// The same, and both hear.
    fn connected(&mut self) -> CallId {
        let call = self.answered();
        for index in [0, 1] {
            self.relay(call, index, RelayEvent::Heard);
        }
        call
    }

    /// What the machine asks after the answer is answered: nobody has another device.
    fn found_after_answer(&mut self, call: CallId) {
        self.found(call, &["alice-1"]);
        self.found(call, &["bobby-1"]);
    }

    fn relay(&mut self, call: CallId, index: u8, event: RelayEvent) -> Vec<Effect> {
        self.on(Input::Relay { leg: LegId { call, index }, event })
    }

    fn log(&self, call: CallId, index: u32, what: CallEventKind) -> Effect {
        Effect::Log(CallEvent { call, index, at: self.now, what })
    }

    /// The reasons of the `ended` events among `effects`; each call has one at most.
    fn ends(effects: &[Effect]) -> Vec<EndReason> {
        let ended = |effect: &Effect| match effect {
            Effect::Log(CallEvent { what: CallEventKind::Ended { reason, .. }, .. }) => Some(*reason),
            _ => None,
        };
        effects.iter().filter_map(ended).collect()
    }
}

/// `"bobby-2"` is Bobby's second device.
fn address(device: &str) -> DeviceAddress {
    DeviceAddress { user: user(device), device: DeviceId::parse(&format!("device-{device}")).unwrap() }
}

fn user(device: &str) -> UserAddress {
    let cuid = device.split('-').next().unwrap();
    UserAddress { account: AccountId::parse("acme").unwrap(), cuid: Cuid::parse(cuid).unwrap() }
}

fn attendee(device: &str) -> Attendee {
    let address = address(device);
    Attendee {
        party: Party { cuid: address.user.cuid.clone(), name: None },
        device: address,
        platform: Platform::Web,
        details: details(device),
        call_waiting: false,
    }
}

/// What a device says about itself: something else than every other, so that a mix-up is seen.
fn details(device: &str) -> DeviceDetails {
    DeviceDetails {
        system: SystemName::parse(&format!("System of {device}")).ok(),
        ..DeviceDetails::default()
    }
}

/// When every device's session began.
fn signed_in() -> Timestamp {
    Timestamp::from_millis(900_000)
}

fn present(device: &str) -> Present {
    Present { attendee: attendee(device), since: signed_in() }
}

fn sender(device: &str) -> Sender {
    let settings = CallSettings { devices: DevicePolicy::Many, ..CallSettings::default() };
    Sender { attendee: attendee(device), since: signed_in(), settings }
}

fn sdp(text: &str) -> Sdp {
    Sdp::parse(text).unwrap()
}

fn place(to: &str) -> ClientMessage {
    ClientMessage::Place {
        reference: "r1".into(),
        to: Cuid::parse(to).unwrap(),
        context: Context::parse("Your order").unwrap(),
        remote_context: None,
        images: CallImages::default(),
    }
}

fn deliver(to: &str, message: ServerMessage) -> Effect {
    Effect::ToSessions(ToSessions::Deliver { to: address(to), message })
}

fn rejected(to: &str, code: ErrorCode) -> Effect {
    deliver(to, ServerMessage::Rejected { reference: "r1".into(), error: code.into() })
}

fn ended(call: CallId, reason: EndReason, by: Option<Role>, seconds: u64) -> ServerMessage {
    let duration = Millis::seconds(seconds);
    ServerMessage::Ended { call_id: call, status: reason.status(), reason, by, duration }
}

fn incoming(call: CallId, from: &str, left: Millis) -> ServerMessage {
    ServerMessage::Incoming {
        call_id: call,
        from: attendee(from).party,
        context: Context::parse("Your order").unwrap(),
        images: CallImages::default(),
        ring_timeout: left,
        waiting: false,
    }
}

fn offered(leg: u8, device: &str) -> CallEventKind {
    let (platform, details) = (Platform::Web, details(device));
    CallEventKind::Offered { leg, device: address(device).device, platform, details, waiting: false }
}

fn release(call: CallId, device: &str) -> Effect {
    Effect::Release { call, user: user(device) }
}

fn without_records(effects: Vec<Effect>) -> Vec<Effect> {
    effects.into_iter().filter(|effect| !matches!(effect, Effect::Finish(_))).collect()
}
