//! What the person wants: keys of a terminal, letters in lines of the standard input, signals of the system.

use std::io::BufRead;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// How often the thread of the keys looks whether anybody still wants to know them.
const LOOKS_EVERY: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Answer,
    Decline,
    Mute,
    Hold,
    HangUp,
    /// Hang up, and leave.
    Leave,
    /// The window has another size.
    Redraw,
}

/// Where wishes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyboard {
    /// Each key at once; the terminal is in raw mode.
    Keys,
    /// Letters in lines.
    Lines,
}

pub(super) struct Controls {
    wishes: mpsc::Receiver<Wish>,
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Controls {
    pub(super) fn listen(keyboard: Keyboard) -> std::io::Result<Self> {
        let (wish, wishes) = mpsc::channel(16);
        // A thread of its own: reading from a terminal cannot be interrupted. It ends with the process at the latest.
        std::thread::spawn(move || match keyboard {
            Keyboard::Keys => keys(&wish),
            Keyboard::Lines => letters(&wish),
        });
        Ok(Self {
            wishes,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            Some(wish) = self.wishes.recv() => wish,
            _ = self.interrupt.recv() => Wish::Leave,
            _ = self.terminate.recv() => Wish::Leave,
            _ = self.hang_up.recv() => Wish::Leave,
        }
    }
}

fn keys(wish: &mpsc::Sender<Wish>) {
    while !wish.is_closed() {
        let wanted = match event::poll(LOOKS_EVERY) {
            Ok(false) => continue,
            Ok(true) => event::read().ok().and_then(|event| of_event(&event)),
            // The terminal is gone; the system's signal says so too.
            Err(_) => return,
        };
        if wanted.is_some_and(|wanted| wish.blocking_send(wanted).is_err()) {
            return;
        }
    }
}

fn of_event(event: &Event) -> Option<Wish> {
    match event {
        Event::Key(KeyEvent { kind: KeyEventKind::Release, .. }) => None,
        Event::Key(KeyEvent { code: KeyCode::Char('c' | 'd'), modifiers, .. })
            if modifiers.contains(KeyModifiers::CONTROL) =>
        {
            Some(Wish::Leave)
        }
        Event::Key(KeyEvent { code: KeyCode::Char(letter), .. }) => of_letter(*letter),
        Event::Resize(..) => Some(Wish::Redraw),
        _ => None,
    }
}

fn letters(wish: &mpsc::Sender<Wish>) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        for letter in line.chars() {
            if of_letter(letter).is_some_and(|wanted| wish.blocking_send(wanted).is_err()) {
                return;
            }
        }
    }
}

fn of_letter(letter: char) -> Option<Wish> {
    match letter.to_ascii_lowercase() {
        'a' => Some(Wish::Answer),
        'd' => Some(Wish::Decline),
        'm' => Some(Wish::Mute),
        'h' => Some(Wish::Hold),
        'q' => Some(Wish::HangUp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_c_leaves_while_c_and_d_mean_what_they_say() {
        let key = |letter, modifiers| of_event(&Event::Key(KeyEvent::new(KeyCode::Char(letter), modifiers)));
        assert_eq!(key('c', KeyModifiers::CONTROL), Some(Wish::Leave));
        assert_eq!(key('c', KeyModifiers::NONE), None);
        assert_eq!(key('d', KeyModifiers::NONE), Some(Wish::Decline));
        assert_eq!(key('M', KeyModifiers::SHIFT), Some(Wish::Mute));
        let up = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(of_event(&Event::Key(up)), None);
    }
}
