use super::*;
use tring_protocol::ids::Cuid;
use tring_protocol::text::{Context, DisplayName};

fn shown(name: &str) -> ShownCall {
    ShownCall {
        call_id: None,
        reference: None,
        phase: ShownPhase::Ongoing,
        status: ShownStatus::Connected,
        role: Role::Caller,
        peer: Party { cuid: Cuid::parse("bharat_2").unwrap(), name: Some(DisplayName::parse(name).unwrap()) },
        context: Context::parse("Your parcel is in front of the blue gate, and nobody opens").unwrap(),
        image: None,
        answered_at: None,
        muted: false,
        peer_muted: false,
        held: false,
        peer_held: false,
        poor_network: PoorNetwork::None,
        can_hold: true,
        signalling_away: false,
        waiting: None,
        on_hold: Vec::new(),
        end: None,
        notice: None,
    }
}

fn drawn(shown: ShownCall, columns: usize, rows: usize) -> Vec<String> {
    let quality = CallQuality {
        mos: 4.21,
        lost: 0.013,
        jitter: 2.0,
        rtt: Some(23.4),
        concealed: 0.0,
        path: Some(MediaPath::Udp),
        poor_network: PoorNetwork::Mine,
    };
    let state = CallState { shown: Some(shown), quality: Some(quality), ended: None };
    let levels = Levels { microphone: 0.5, speaker: 1.0 };
    let sight = Sight { state: &state, levels, length: Some(Duration::from_secs(247)), is_away: false };
    lines(&sight, columns, rows)
}

#[test]
fn everything_is_seen_in_forty_columns() {
    let lines = drawn(shown("Bharat"), 40, 24);
    assert_eq!(
        lines,
        [
            "Bharat (bharat_2)",
            "Connected  4:07",
            "\"Your parcel is in front of the blue ga…",
            "you   ████████████············",
            "them  ████████████████████████",
            "MOS 4.2  UDP  23 ms  1.3 % lost",
            "Your network is poor.",
            "[m]ute  [h]old  [q] hang up",
        ]
    );
}

#[test]
fn no_line_is_wider_and_no_view_higher_than_the_terminal() {
    // A name of letters that take two columns each.
    let name = "配達員".repeat(10);
    for columns in 0..60 {
        for rows in 1..12 {
            let lines = drawn(ShownCall { muted: true, peer_held: true, ..shown(&name) }, columns, rows);
            assert!(lines.len() <= rows, "{rows} rows: {lines:?}");
            assert!(lines.iter().all(|line| line.width() <= columns), "{columns} columns: {lines:?}");
        }
    }
    assert_eq!(drawn(shown("Bharat"), 40, 3).last().unwrap(), "[m]ute  [h]old  [q] hang up");
}

#[test]
fn who_is_muted_or_holds_is_said_and_shows_no_level() {
    let muted = drawn(ShownCall { muted: true, peer_held: true, ..shown("Bharat") }, 80, 24);
    assert_eq!(muted[1], "Connected  4:07  muted  they put you on hold");
    assert_eq!(muted[3], "you   ························");
}

#[test]
fn another_persons_words_cannot_command_the_terminal() {
    let lines = drawn(shown("Ev\u{1b}[2Jil\u{202e}\nname"), 80, 24);
    assert_eq!(lines[0], "Ev [2Jil  name (bharat_2)");
}

#[test]
fn the_timer_counts_hours_once_there_are_some() {
    assert_eq!(timer(Duration::from_secs(59)), "0:59");
    assert_eq!(timer(Duration::from_secs(3_603)), "1:00:03");
}
