//! Sessions whose user token ends: renewed in time, ended when not, never in the middle of a call.

use super::*;
use tring_protocol::error::WireError;
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::{CallImages, UserToken};
use tring_protocol::text::{Context, ImageUrl};

impl Desk {
    /// Signs in with a token that ends in so many milliseconds.
    fn prove(&mut self, conn: u64, device: &str, resume: Option<Resume>, ends_in: u64) -> Vec<Effect> {
        let proof = Some(ending(self.now + Millis::new(ends_in)));
        let sign_in = SignIn { proof, ..self.hello(conn, device, resume) };
        self.on(Input::SignIn(Box::new(sign_in)))
    }

    fn renewed(&mut self, conn: u64, outcome: Result<Proof, WireError>) -> Vec<Effect> {
        self.on(Input::Renewed { conn: ConnId(conn), outcome })
    }

    fn keep_alive(&mut self, conn: u64) {
        self.on(Input::Frame { conn: ConnId(conn), frame: ClientFrame::Pong {} });
    }
}

fn ending(expires_at: Timestamp) -> Proof {
    Proof { expires_at, image: None }
}

fn ended() -> ServerMessage {
    ServerMessage::Ended {
        call_id: call(),
        status: EndStatus::Over,
        reason: EndReason::Hangup,
        by: None,
        duration: Millis::default(),
    }
}

fn without_pings(effects: Vec<Effect>) -> Vec<Effect> {
    let is_ping = |effect: &Effect| matches!(effect, Effect::Send { frame: ServerFrame::Ping {}, .. });
    effects.into_iter().filter(|effect| !is_ping(effect)).collect()
}

fn expiry(conn: u64, device: &str) -> [Effect; 3] {
    [refused(conn, ErrorCode::TokenExpired), close(conn), gone(device, GoneReason::Expired)]
}

#[test]
fn the_welcome_says_when_the_token_ends() {
    let mut desk = Desk::new(DevicePolicy::One);
    let effects = desk.prove(1, "alice-1", None, 5_000);
    let Some(Effect::Send { frame: ServerFrame::Welcome(welcome), .. }) = effects.first() else {
        panic!("a welcome comes first, not {effects:?}")
    };
    assert_eq!(welcome.token_expires_at, Some(desk.now + Millis::new(5_000)));
}

#[test]
fn a_session_whose_token_ends_is_refused_at_the_next_sweep() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 3_000);
    assert_eq!(desk.wait(2_500), []);
    assert_eq!(desk.wait(500), expiry(1, "alice-1"));
    assert!(desk.sessions.is_empty());
}

#[test]
fn a_renewed_session_goes_on_to_the_new_end() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 3_000);
    let until = desk.now + Millis::new(7_000);
    let answer = send(1, ServerFrame::Renewed { token_expires_at: until });
    assert_eq!(desk.renewed(1, Ok(ending(until))), [answer]);
    assert_eq!(without_pings(desk.wait(6_500)), []);
    assert_eq!(without_pings(desk.wait(500)), expiry(1, "alice-1"));
}

#[test]
fn a_refused_renewal_leaves_the_old_token_in_force() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 3_000);
    let error = WireError::from(ErrorCode::TokenInvalid);
    let answer = send(1, ServerFrame::RenewRefused { error: error.clone() });
    assert_eq!(desk.renewed(1, Err(error)), [answer]);
    assert_eq!(desk.wait(3_000), expiry(1, "alice-1"));
}

#[test]
fn a_call_outlives_the_token_and_the_session_ends_after_it() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 1_000);
    desk.deliver("alice-1", placed());
    assert_eq!(without_pings(desk.wait(6_000)), []);
    desk.keep_alive(1);
    assert_eq!(desk.deliver("alice-1", ended()), [message(1, 2, 0, ended())]);
    assert_eq!(desk.wait(500), expiry(1, "alice-1"));
}

#[test]
fn a_renewal_during_a_call_keeps_the_session_after_it() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 1_000);
    desk.deliver("alice-1", placed());
    desk.wait(2_000);
    let until = desk.now + Millis::new(60_000);
    desk.renewed(1, Ok(ending(until)));
    desk.deliver("alice-1", ended());
    assert_eq!(without_pings(desk.wait(4_000)), []);
}

#[test]
fn a_device_without_a_socket_loses_its_session_with_its_token() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 3_000);
    desk.lose(1);
    assert_eq!(desk.wait(3_000), [gone("alice-1", GoneReason::Expired)]);
}

#[test]
fn a_device_that_resumes_brings_its_new_end_with_it() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 3_000);
    desk.lose(1);
    desk.prove(2, "alice-1", resume(1, 0), 5_000);
    assert_eq!(without_pings(desk.wait(4_500)), []);
    assert_eq!(without_pings(desk.wait(500)), expiry(2, "alice-1"));
}

#[test]
fn a_renewal_for_a_socket_that_is_gone_does_nothing() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.prove(1, "alice-1", None, 3_000);
    desk.lose(1);
    assert_eq!(desk.renewed(1, Ok(ending(desk.now + Millis::new(60_000)))), []);
}

#[test]
fn the_picture_of_the_token_stands_for_the_one_that_the_device_passes() {
    let image = |name: &str| ImageUrl::parse(&format!("https://shop.example/{name}.png")).unwrap();
    let place = |initiator| ClientMessage::Place {
        reference: "r1".into(),
        to: Cuid::parse("bobby").unwrap(),
        context: Context::parse("Your parcel").unwrap(),
        remote_context: None,
        images: CallImages { initiator: Some(initiator), receiver: None },
    };
    let told = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::ToCalls(ToCalls::Told { message, .. })) => message,
        other => panic!("the calls are told, not {other:?}"),
    };
    let mut desk = Desk::new(DevicePolicy::Many);
    let proof = Some(Proof { image: Some(image("true")), ..ending(desk.now + Millis::new(60_000)) });
    desk.on(Input::SignIn(Box::new(SignIn { proof, ..desk.hello(1, "alice-1", None) })));
    assert_eq!(told(desk.say(1, 1, 0, place(image("false")))), place(image("true")));
    desk.sign_in(2, "alice-2", None);
    assert_eq!(told(desk.say(2, 1, 0, place(image("own")))), place(image("own")));
}

#[test]
fn a_renewal_in_a_log_shows_no_token() {
    let frame = ClientFrame::Renew { token: UserToken("ey.secret".into()) };
    assert!(!format!("{frame:?}").contains("secret"));
}
