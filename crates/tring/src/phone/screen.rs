//! What a person sees of a call, as lines that fit their terminal. Pure: the terminal is told by `terminal`.

use std::time::Duration;

use tring_client::driver::CallState;
use tring_client::engine::{CallQuality, Levels, PoorNetwork};
use tring_client::signalling::{Notice, ShownCall, ShownPhase, ShownStatus};
use tring_protocol::signal::{MediaPath, Party, Role};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a level bar at most, and what its two words take.
const BAR: usize = 24;
const BAR_LABEL: usize = 6;

/// What is to be seen at one moment.
pub(super) struct Sight<'a> {
    pub(super) state: &'a CallState,
    pub(super) levels: Levels,
    /// Since it was answered.
    pub(super) length: Option<Duration>,
    /// The device looks for its server.
    pub(super) is_away: bool,
}

/// The lines, none wider than `columns` and not more than `rows`; the more important ones come first.
pub(super) fn lines(sight: &Sight<'_>, columns: usize, rows: usize) -> Vec<String> {
    let Some(shown) = &sight.state.shown else {
        return vec![fit("Calling …", columns)];
    };
    let mut lines = vec![
        who(&shown.peer),
        status_line(shown, sight.length),
        format!("\"{}\"", harmless(shown.context.as_str())),
    ];
    if shown.phase == ShownPhase::Ongoing {
        let room = columns.saturating_sub(BAR_LABEL).min(BAR);
        let own = if shown.muted || shown.held { 0.0 } else { sight.levels.microphone };
        lines.push(format!("you   {}", bar(own, room)));
        lines.push(format!("them  {}", bar(sight.levels.speaker, room)));
        lines.extend(sight.state.quality.as_ref().map(quality_line));
    }
    lines.extend(hint(sight, shown));
    lines.push(keys(shown).to_owned());
    if lines.len() > rows {
        // Who, what and the keys stay.
        lines.drain(rows.saturating_sub(1).max(1)..lines.len() - 1);
        lines.truncate(rows.max(1));
    }
    lines.iter().map(|line| fit(line, columns)).collect()
}

/// Somebody's name and cuid.
pub(super) fn who(peer: &Party) -> String {
    match &peer.name {
        Some(name) => format!("{} ({})", harmless(name.as_str()), peer.cuid.as_str()),
        None => peer.cuid.as_str().to_owned(),
    }
}

fn status_line(shown: &ShownCall, length: Option<Duration>) -> String {
    let mut words = vec![status(shown).to_owned()];
    words.extend(length.map(timer));
    let flags = [
        (shown.muted, "muted"),
        (shown.peer_muted, "they are muted"),
        (shown.held, "on hold"),
        (shown.peer_held, "they put you on hold"),
    ];
    words.extend(flags.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| (*word).to_owned()));
    words.join("  ")
}

/// The state of a call in a word.
pub(super) fn status(shown: &ShownCall) -> &'static str {
    match shown.status {
        ShownStatus::Ringing if shown.role == Role::Callee => "Calls you",
        ShownStatus::Calling => "Calling",
        ShownStatus::Ringing => "Ringing",
        ShownStatus::Connecting => "Connecting",
        ShownStatus::Connected => "Connected",
        ShownStatus::Reconnecting => "Reconnecting",
        ShownStatus::PeerAway => "They reconnect",
        ShownStatus::Ended => "Ended",
    }
}

/// `4:07`, or `1:00:03`.
pub(super) fn timer(length: Duration) -> String {
    let seconds = length.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn bar(level: f32, room: usize) -> String {
    let filled = ((level.clamp(0.0, 1.0) * room as f32).round() as usize).min(room);
    format!("{}{}", "█".repeat(filled), "·".repeat(room - filled))
}

fn quality_line(quality: &CallQuality) -> String {
    let mut words = vec![format!("MOS {:.1}", quality.mos)];
    words.extend(quality.path.map(path).map(str::to_owned));
    words.extend(quality.rtt.map(|rtt| format!("{rtt:.0} ms")));
    words.push(format!("{:.1} % lost", quality.lost * 100.0));
    words.join("  ")
}

/// What the audio goes over.
pub(super) fn path(path: MediaPath) -> &'static str {
    match path {
        MediaPath::Udp => "UDP",
        MediaPath::Tcp => "TCP",
        MediaPath::TurnUdp => "TURN/UDP",
        MediaPath::TurnTcp => "TURN/TCP",
        MediaPath::TurnTls => "TURN/TLS",
    }
}

fn hint(sight: &Sight<'_>, shown: &ShownCall) -> Option<String> {
    if sight.is_away {
        return Some("The server is looked for; the sound goes on.".to_owned());
    }
    match &shown.notice {
        Some(Notice::MicrophoneBlocked) => return Some("They do not hear you: no microphone.".to_owned()),
        Some(Notice::CallWaiting { from }) => return Some(format!("{} called meanwhile.", who(from))),
        None => {}
    }
    match sight.state.quality?.poor_network {
        PoorNetwork::None => None,
        PoorNetwork::Mine => Some("Your network is poor.".to_owned()),
        PoorNetwork::Theirs => Some("Their network is poor.".to_owned()),
    }
}

fn keys(shown: &ShownCall) -> &'static str {
    match (shown.phase, shown.can_hold || shown.held) {
        (ShownPhase::Incoming, _) => "[a]nswer  [d]ecline",
        (ShownPhase::Ongoing, true) => "[m]ute  [h]old  [q] hang up",
        (ShownPhase::Ongoing, false) => "[m]ute  [q] hang up",
        _ => "[q] hang up",
    }
}

/// Another person's words without what a terminal would obey: control characters, and those that turn the direction of
/// what follows.
pub(super) fn harmless(text: &str) -> String {
    let is_obeyed = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if is_obeyed(letter) { ' ' } else { letter }).collect()
}

/// Cut to `columns`, where some letters take two and some none.
fn fit(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let mut room = columns.saturating_sub(1);
    let kept = line.chars().take_while(|letter| {
        let width = letter.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    });
    let kept: String = kept.collect();
    if columns == 0 { String::new() } else { kept + "…" }
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
