//! The view on a real terminal: a pseudo terminal of 40 columns.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use unicode_width::UnicodeWidthStr;

use crate::world::{PATIENCE, World, code};

struct Terminal {
    keyboard: File,
    /// What programs have.
    line: File,
    drawn: Arc<Mutex<String>>,
}

impl Terminal {
    fn new(columns: u16) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let line: File = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap().into();
        tcsetwinsize(&keyboard, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let keyboard: File = keyboard.into();
        let drawn = Arc::new(Mutex::new(String::new()));
        let (mut screen, kept) = (keyboard.try_clone().unwrap(), Arc::clone(&drawn));
        std::thread::spawn(move || {
            let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = screen.read(&mut buffer) {
                bytes.extend_from_slice(&buffer[..count]);
                *kept.lock().unwrap() = String::from_utf8_lossy(&bytes).into_owned();
            }
        });
        Self { keyboard, line, drawn }
    }

    /// The same command with this terminal as its own.
    fn take(&self, command: &Command) -> Command {
        let mut taken = Command::new("setsid");
        taken.arg("--ctty").arg(command.get_program()).args(command.get_args());
        taken.current_dir(command.get_current_dir().unwrap()).env("TERM", "xterm");
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => taken.env(key, value),
                None => taken.env_remove(key),
            };
        }
        let line = || self.line.try_clone().unwrap();
        taken.stdin(line()).stdout(line()).stderr(line());
        taken
    }

    fn drawn(&self) -> String {
        self.drawn.lock().unwrap().clone()
    }

    fn shows(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.drawn().contains(text) {
            assert!(Instant::now() < deadline, "{text:?} is not shown:\n{}", self.drawn());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn press(&mut self, key: &str) {
        self.keyboard.write_all(key.as_bytes()).unwrap();
    }

    fn modes(&self) -> LocalModes {
        tcgetattr(&self.line).unwrap().local_modes
    }
}

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

/// What stays when the terminal has obeyed.
fn without_commands(text: &str) -> String {
    let mut letters = text.chars();
    let mut kept = String::new();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            // Commands of this program all begin with ESC [ and end with a letter.
            letters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            kept.push(letter);
        }
    }
    kept
}
