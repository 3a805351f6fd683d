//! What an account's sessions learn of it while they last.

use super::*;
use tring_protocol::text::Colour;

/// Looks that differ by number.
fn branding(number: u32) -> Branding {
    Branding { background_color: Colour::parse(&format!("#{number:06x}")).unwrap(), ..Branding::default() }
}

fn told(number: u32) -> ServerMessage {
    ServerMessage::BrandingChanged { branding: branding(number) }
}

impl Desk {
    fn account_changed(&mut self, account: &str, settings: CallSettings, number: u32) -> Vec<Effect> {
        let account = AccountId::parse(account).unwrap();
        self.on(Input::AccountChanged { account, settings, branding: branding(number) })
    }

    fn branding_changed(&mut self, number: u32) -> Vec<Effect> {
        self.account_changed("acme", CallSettings::default(), number)
    }
}

#[test]
fn a_new_look_is_told_once_to_each_device_of_the_account() {
    let mut desk = Desk::new(DevicePolicy::Many);
    for (conn, device) in [(1, "alice-1"), (2, "alice-2"), (3, "bobby-1")] {
        desk.sign_in(conn, device, None);
    }
    assert_eq!(desk.account_changed("other", CallSettings::default(), 7), []);
    assert_eq!(
        desk.branding_changed(7),
        [message(1, 1, 0, told(7)), message(2, 1, 0, told(7)), message(3, 1, 0, told(7))]
    );
    assert_eq!(desk.branding_changed(7), [], "whoever reports changes may repeat them");
    assert_eq!(desk.branding_changed(8).len(), 3);
}

#[test]
fn whoever_is_away_hears_of_the_new_look_when_they_are_back() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    desk.lose(1);
    assert_eq!(desk.branding_changed(7), []);

    // The account of this `hello` was read before the change: the session knows better.
    let effects = desk.sign_in(2, "alice-1", resume(1, 0));
    let Effect::Send { frame: ServerFrame::Welcome(welcome), .. } = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!(welcome.branding, branding(7));
    assert_eq!(effects[1..], [message(2, 1, 0, told(7)), presence("alice-1", Presence::Resumed)]);
    assert_eq!(desk.branding_changed(7), []);
}

#[test]
fn a_new_session_begins_with_the_look_of_its_hello_and_follows_from_there() {
    let mut desk = Desk::new(DevicePolicy::One);
    let mut hello = desk.hello(1, "alice-1", None);
    hello.branding = branding(7);
    desk.on(Input::SignIn(Box::new(hello)));
    assert_eq!(desk.branding_changed(7), []);

    // The rules of this one were read just before the change, and it comes just after.
    desk.sign_in(2, "bobby-1", None);
    assert_eq!(desk.branding_changed(7), [message(2, 1, 0, told(7))]);
}

#[test]
fn new_rules_hold_for_the_next_call() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let settings = CallSettings { ring_timeout: Millis::seconds(7), ..CallSettings::default() };
    let account = AccountId::parse("acme").unwrap();
    let changed =
        Input::AccountChanged { account, settings: settings.clone(), branding: Branding::default() };
    assert_eq!(desk.on(changed), [], "a device need not know");

    let effects = desk.say(1, 1, 0, hangup());
    let [Effect::ToCalls(ToCalls::Told { from, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(from.settings, settings);
}

#[test]
fn the_sessions_of_an_account_that_is_gone_end() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    desk.sign_in(2, "bobby-1", None);
    desk.lose(2);
    let gone_account = |name| Input::AccountGone { account: AccountId::parse(name).unwrap() };
    assert_eq!(desk.on(gone_account("other")), []);
    assert_eq!(
        desk.on(gone_account("acme")),
        [
            refused(1, ErrorCode::InvalidCredentials),
            close(1),
            gone("alice-1", GoneReason::Expired),
            gone("bobby-1", GoneReason::Expired),
        ]
    );
    assert!(desk.sessions.is_empty());
}

#[test]
fn a_device_that_does_not_acknowledge_its_looks_is_given_up() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    for number in 1..=u32::try_from(OUTBOX_MAX).unwrap() {
        assert_eq!(desk.branding_changed(number).len(), 1);
    }
    let given_up = [refused(1, ErrorCode::Protocol), close(1), gone("alice-1", GoneReason::Expired)];
    assert_eq!(desk.branding_changed(0), given_up);
}

#[test]
fn sessions_of_one_account_share_their_looks() {
    let mut desk = Desk::new(DevicePolicy::Many);
    for (conn, device) in [(1, "bobby-1"), (2, "alice-1"), (3, "carol-1"), (4, "alice-2")] {
        desk.sign_in(conn, device, None);
    }
    let mut looks = desk.sessions.sessions.values().map(|session| &session.branding);
    let first = looks.next().unwrap();
    assert!(looks.all(|look| std::sync::Arc::ptr_eq(first, look)));
}
