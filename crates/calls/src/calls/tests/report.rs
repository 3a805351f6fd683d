use super::*;
use tring_protocol::call::LegQuality;
use tring_protocol::mos::opinion_score;
use tring_protocol::signal::{LegReport, MediaPath};

fn report(concealed: f32, path: MediaPath) -> LegReport {
    let (lost, playout_delay, jitter) = (0.1, 60.0, 3.0);
    LegReport { lost, concealed, playout_delay, jitter, rtt: Some(40.0), path: Some(path) }
}

impl Desk {
    fn reports(&mut self, call: CallId, device: &str, report: LegReport) {
        let from = address(device);
        assert_eq!(self.on(Input::Bus(ToCalls::Reported { from, call, report })), []);
    }

    /// How the leg sounded, from a window of the relay and all that was reported before.
    fn sounded(&mut self, call: CallId, index: u8) -> LegQuality {
        let window = LegQuality { packets: 50, mos: Some(4.0), ..LegQuality::default() };
        self.relay(call, index, RelayEvent::Quality(window));
        let effects = self.told("alice-1", ClientMessage::Hangup { call_id: call });
        let quality = effects.into_iter().find_map(|effect| match effect {
            Effect::Log(CallEvent { what: CallEventKind::Quality { leg, quality }, .. }) if leg == index => {
                Some(quality)
            }
            _ => None,
        });
        quality.unwrap()
    }
}

#[test]
fn reports_tell_what_was_heard_and_by_what_path() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.reports(call, "bobby-1", report(0.02, MediaPath::Udp));
    desk.reports(call, "bobby-1", report(0.04, MediaPath::Udp));
    desk.reports(call, "bobby-1", report(0.0, MediaPath::Tcp));
    desk.relay(call, 1, RelayEvent::Moved);
    let quality = desk.sounded(call, 1);
    assert!((quality.concealed.unwrap() - 0.02).abs() < 1e-6, "{quality:?}");
    assert_eq!((quality.path, quality.path_changes), (Some(MediaPath::Tcp), 2));
    assert_eq!(quality.rtt, Some(40.0), "the relay did not measure any");
    // One packet, half of the one known round trip, and the jitter buffer.
    let mos = [0.02, 0.04, 0.0].map(|concealed| opinion_score(20.0 + 20.0 + 60.0, concealed));
    let mean = mos.iter().sum::<f32>() / 3.0;
    assert!((quality.mos.unwrap() - mean).abs() < 1e-4, "{quality:?} {mean}");
}

#[test]
fn both_halves_of_the_way_are_in_the_delay() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let far = LegQuality { packets: 50, rtt: Some(100.0), ..LegQuality::default() };
    desk.relay(call, 0, RelayEvent::Quality(far));
    desk.reports(call, "bobby-1", report(0.0, MediaPath::Udp));
    let expected = opinion_score(20.0 + 20.0 + 50.0 + 60.0, 0.0);
    assert!((desk.sounded(call, 1).mos.unwrap() - expected).abs() < 1e-4);
}

#[test]
fn without_reports_the_relays_estimate_stands() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let quality = desk.sounded(call, 1);
    assert_eq!((quality.mos, quality.concealed, quality.path), (Some(4.0), None, None));
}

#[test]
fn only_whoever_talks_in_the_call_reports_on_it() {
    let mut desk = Desk::new();
    let call = desk.answered();
    desk.reports(call, "bobby-1", report(1.0, MediaPath::Udp));
    for index in [0, 1] {
        desk.relay(call, index, RelayEvent::Heard);
    }
    desk.reports(call, "bobby-2", report(1.0, MediaPath::Udp));
    desk.reports(call, "carol-1", report(1.0, MediaPath::Udp));
    desk.told("alice-1", ClientMessage::Hold { call_id: call, held: true });
    desk.reports(call, "bobby-1", report(1.0, MediaPath::Udp));
    assert_eq!(desk.sounded(call, 1).concealed, None);
}
