//! The view on a real terminal: a pseudo terminal of 40 columns.

use rustix::termios::LocalModes;
use unicode_width::UnicodeWidthStr;

use crate::terminal::{Terminal, without_commands};
use crate::world::{World, code};

#[test]
fn a_call_is_seen_in_place_and_the_terminal_is_as_it_was() {
    let world = World::new();
    let mut bharat = world.phone("bharat_2", &["listen", "--auto-answer", "--once"]);
    let mut terminal = Terminal::new(40);
    let before = terminal.modes();
    let call = world.command(
        "anita_1",
        &["call", "bharat_2", "--context", "A reason longer than forty columns are wide"],
    );
    let mut process = terminal.take(&call).spawn().unwrap();
    terminal.shows("Signing in");
    terminal.shows("Signed in as anita_1.");
    terminal.shows("Connected  0:0");
    assert!(!terminal.modes().contains(LocalModes::ICANON), "keys are taken at once");
    terminal.shows("A reason longer than forty columns ar…");
    terminal.press("m");
    terminal.shows("  muted");
    bharat.until("the mute", |event| event["peerMuted"] == true);
    bharat.type_in("h");
    terminal.shows("they put you");
    terminal.press("\u{3}");
    assert_eq!(code(&mut process), 0);
    assert_eq!(terminal.modes(), before);
    terminal.shows("one of the two hung up");

    let drawn = terminal.drawn();
    assert!(drawn.contains("\u{1b}[?25l") && drawn.trim_end().ends_with("\u{1b}[?25h"), "the cursor is back");
    assert!(!drawn.contains("\u{1b}[2J"), "nothing is drawn by clearing the screen, which flickers");
    // Lines that stay above the view are whole sentences, which the terminal wraps.
    let view = without_commands(&drawn);
    for line in view.split(['\r', '\n']).filter(|line| !line.contains("the call is over")) {
        assert!(line.width() <= 40, "{line:?}");
    }
    assert_eq!(bharat.end().0, 0);
}
