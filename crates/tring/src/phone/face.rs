//! How what happens is told: a view that is redrawn on a terminal, lines elsewhere, JSON for programs.

use std::io::{IsTerminal, stdin, stdout};
use std::time::Duration;

use tokio::time::sleep;
use tring_client::audio::AudioError;
use tring_client::engine::Levels;
use tring_client::signalling::{ShownCall, ShownStatus};
use tring_protocol::signal::Role;
use tring_server::clock;

use super::controls::Keyboard;
use super::outcome::sentence;
use super::screen::{self, Sight, status, timer, who};
use super::talk::{Finished, Talk};
use super::terminal::Terminal;
use super::told::{CallTold, EndTold, Line, QualityTold, Told};
use crate::output::line_out;

/// How often a view is drawn again, for its level bars and its timer. Higher: bars that jump; lower: work.
const FRAME: Duration = Duration::from_millis(100);

type Written = std::io::Result<()>;

pub(super) struct Face {
    manner: Manner,
    /// The device looks for its server.
    is_away: bool,
    /// What was told of the call last, so that only what is different is told again.
    told: String,
    told_quality: String,
}

enum Manner {
    View(Terminal),
    Lines,
    Json,
}

impl Face {
    /// The face for this output, and what is read from the standard input with it.
    pub(super) fn open(json: bool) -> std::io::Result<(Self, Keyboard)> {
        let is_terminal = stdin().is_terminal() && stdout().is_terminal();
        let (manner, keyboard) = match (json, is_terminal) {
            (true, _) => (Manner::Json, Keyboard::Lines),
            (false, true) => (Manner::View(Terminal::open()?), Keyboard::Keys),
            (false, false) => (Manner::Lines, Keyboard::Lines),
        };
        let face = Self { manner, is_away: false, told: String::new(), told_quality: String::new() };
        Ok((face, keyboard))
    }

    /// A server that is not there is waited for, and nobody should take that for a program that hangs.
    pub(super) fn signing_in(&mut self) -> Written {
        self.draw_line("Signing in …  [q] leave")
    }

    pub(super) fn signed_in(&mut self, cuid: &str) -> Written {
        if let Manner::View(terminal) = &mut self.manner {
            terminal.draw(Vec::new())?;
        }
        self.tell(&format!("Signed in as {cuid}."), || Told::SignedIn { cuid })
    }

    pub(super) fn lost(&mut self) -> Written {
        self.is_away = true;
        self.tell("The server is out of reach; it is looked for, and a running call goes on.", || Told::Lost)
    }

    /// Also told after signing in, when nothing was lost.
    pub(super) fn connected(&mut self) -> Written {
        if !std::mem::take(&mut self.is_away) {
            return Ok(());
        }
        self.tell("The server is back.", || Told::Connected)
    }

    pub(super) fn no_sound(&mut self, error: &AudioError) -> Written {
        self.tell(&error.to_string(), || Told::NoSound { message: error.to_string() })
    }

    /// Nobody calls.
    pub(super) fn wait(&mut self) -> Written {
        self.draw_line("Waiting for calls.  [q] leave")
    }

    /// All that a view shows; nothing elsewhere.
    fn draw_line(&mut self, line: &str) -> Written {
        match &mut self.manner {
            Manner::View(terminal) => {
                let (columns, _) = terminal.size();
                terminal.draw(vec![line.chars().take(columns).collect()])
            }
            Manner::Lines | Manner::Json => Ok(()),
        }
    }

    pub(super) fn begin(&mut self, talk: &Talk) -> Written {
        self.told.clear();
        self.told_quality.clear();
        self.show(talk, Levels::default())
    }

    /// Something of the call is different.
    pub(super) fn show(&mut self, talk: &Talk, levels: Levels) -> Written {
        if let Manner::View(_) = self.manner {
            return self.redraw(talk, levels);
        }
        let state = talk.state();
        let Some(shown) = &state.shown else { return Ok(()) };
        // The last state is told as the end, which comes when the server has said how.
        if state.ended.is_some() || shown.status == ShownStatus::Ended {
            return Ok(());
        }
        if matches!(self.manner, Manner::Json) {
            self.told = news(&self.told, &Told::Call(CallTold::of(shown)))?;
            if let Some(quality) = &state.quality {
                let told = Told::Quality(QualityTold::of(shown.call_id, quality));
                self.told_quality = news(&self.told_quality, &told)?;
            }
            return Ok(());
        }
        let line = line_of(shown);
        if line != self.told {
            line_out(&line)?;
            self.told = line;
        }
        Ok(())
    }

    /// Draws the view of a terminal again.
    pub(super) fn redraw(&mut self, talk: &Talk, levels: Levels) -> Written {
        let Manner::View(terminal) = &mut self.manner else { return Ok(()) };
        let sight = Sight { state: talk.state(), levels, length: talk.length(), is_away: self.is_away };
        let (columns, rows) = terminal.size();
        terminal.draw(screen::lines(&sight, columns, rows))
    }

    /// Until a view is to be drawn again; forever, if there is none.
    pub(super) async fn pause(&self) {
        match self.manner {
            Manner::View(_) => sleep(FRAME).await,
            Manner::Lines | Manner::Json => std::future::pending().await,
        }
    }

    pub(super) fn resized(&mut self) -> Written {
        match &mut self.manner {
            Manner::View(terminal) => terminal.resized(),
            Manner::Lines | Manner::Json => Ok(()),
        }
    }

    pub(super) fn ended(&mut self, talk: &Talk, finished: &Finished) -> Written {
        let Finished { ended, length, .. } = finished;
        if let Manner::View(terminal) = &mut self.manner {
            terminal.draw(Vec::new())?;
        }
        let name = talk.state().shown.as_ref().map(|shown| format!("{}: ", who(&shown.peer)));
        let line = format!("{}{} ({})", name.unwrap_or_default(), sentence(ended), timer(*length));
        let duration = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        self.tell(&line, || Told::Ended(EndTold::of(talk.state(), ended, duration)))
    }

    fn tell<'a>(&mut self, line: &str, told: impl FnOnce() -> Told<'a>) -> Written {
        match &mut self.manner {
            Manner::View(terminal) => terminal.say(line),
            Manner::Lines => line_out(line),
            Manner::Json => event_out(&told()),
        }
    }
}

/// A call in one line.
fn line_of(shown: &ShownCall) -> String {
    let preposition = if shown.role == Role::Caller { "to" } else { "from" };
    let flags = [
        (shown.muted, ", muted"),
        (shown.peer_muted, ", they are muted"),
        (shown.held, ", on hold"),
        (shown.peer_held, ", they put you on hold"),
    ];
    let flags: String = flags.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| *word).collect();
    format!(
        "Call {preposition} {}, \"{}\": {}{flags}",
        who(&shown.peer),
        screen::harmless(shown.context.as_str()),
        status(shown).to_lowercase()
    )
}

/// Tells what is not `told` already, and returns what is told now.
fn news(told: &str, now: &Told<'_>) -> std::io::Result<String> {
    let text = serde_json::to_string(now)?;
    if text != told {
        event_out(now)?;
    }
    Ok(text)
}

fn event_out(told: &Told<'_>) -> Written {
    line_out(&serde_json::to_string(&Line { at: clock::wall(), told })?)
}
