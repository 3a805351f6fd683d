//! A pseudo terminal, and a person who looks at it and presses keys.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// How long anything that must be shown may take on a busy machine. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal, with what programs have drawn on it.
pub(crate) struct Terminal {
    keyboard: File,
    /// What programs have.
    line: File,
    drawn: Arc<Mutex<String>>,
}

impl Terminal {
    pub(crate) fn new(columns: u16) -> Self {
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
    pub(crate) fn take(&self, command: &Command) -> Command {
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

    pub(crate) fn drawn(&self) -> String {
        self.drawn.lock().unwrap().clone()
    }

    pub(crate) fn shows(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.drawn().contains(text) {
            assert!(Instant::now() < deadline, "{text:?} is not shown:\n{}", self.drawn());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn press(&mut self, key: &str) {
        self.keyboard.write_all(key.as_bytes()).unwrap();
    }

    pub(crate) fn modes(&self) -> LocalModes {
        tcgetattr(&self.line).unwrap().local_modes
    }
}

/// What stays when the terminal has obeyed.
pub(crate) fn without_commands(text: &str) -> String {
    let mut letters = text.chars();
    let mut kept = String::new();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            // Commands of this program all begin with ESC [ and end with a letter.
            let command = letters.by_ref().find(char::is_ascii_alphabetic);
            // To the first column: what comes is written over what was there.
            if command == Some('G') {
                kept.push('\r');
            }
        } else {
            kept.push(letter);
        }
    }
    kept
}
