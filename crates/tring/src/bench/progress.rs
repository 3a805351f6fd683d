//! What is shown while it runs, on the standard error: a bar on a terminal, a line now and then elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

/// How often a line is written where there is no terminal. Higher: a long run looks like one that hangs; lower: it fills
/// the logs of whoever runs it.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How often the bar's clock is drawn.
const TICK: Duration = Duration::from_millis(200);

/// How far it is.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines(RefCell<Lines>),
    Silent,
}

/// What the next line says.
pub(super) struct Lines {
    what: &'static str,
    done: u64,
    length: u64,
    message: String,
    began: Instant,
    written: Instant,
}

impl Progress {
    /// Nothing for programs, a bar or lines for people.
    pub(super) fn new(is_silent: bool) -> Self {
        if is_silent {
            return Self::Silent;
        }
        if !stderr().is_terminal() {
            return Self::Lines(RefCell::new(Lines::begin("", 0, Instant::now())));
        }
        let style =
            ProgressStyle::with_template("{prefix:<10} {bar:20} {pos:>6}/{len}  {elapsed:>4}  {wide_msg}");
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr())
            .with_style(style.expect("the template is one"));
        Self::Bar(bar)
    }

    /// Begins to count to `length`.
    pub(super) fn begin(&self, what: &'static str, length: u64) {
        match self {
            Self::Bar(bar) => {
                bar.reset();
                bar.set_prefix(what);
                bar.set_length(length);
                bar.set_message("");
                bar.enable_steady_tick(TICK);
            }
            Self::Lines(lines) => lines.replace(Lines::begin(what, length, Instant::now())).end(),
            Self::Silent => {}
        }
    }

    pub(super) fn step(&self) {
        match self {
            Self::Bar(bar) => bar.inc(1),
            Self::Lines(lines) => {
                let mut lines = lines.borrow_mut();
                lines.done += 1;
                lines.write_if_due(Instant::now());
            }
            Self::Silent => {}
        }
    }

    pub(super) fn say(&self, what: String) {
        match self {
            Self::Bar(bar) => bar.set_message(what),
            Self::Lines(lines) => {
                let mut lines = lines.borrow_mut();
                lines.message = what;
                lines.write_if_due(Instant::now());
            }
            Self::Silent => {}
        }
    }

    /// Takes the bar away; the last line says how far it came.
    pub(super) fn end(&self) {
        match self {
            Self::Bar(bar) => bar.finish_and_clear(),
            Self::Lines(lines) => lines.replace(Lines::begin("", 0, Instant::now())).end(),
            Self::Silent => {}
        }
    }
}

impl Lines {
    fn begin(what: &'static str, length: u64, now: Instant) -> Self {
        Self { what, done: 0, length, message: String::new(), began: now, written: now }
    }

    fn write_if_due(&mut self, now: Instant) {
        if now.duration_since(self.written) >= LINE_EVERY {
            self.written = now;
            self.write(now);
        }
    }

    /// Of what never began there is nothing to say.
    fn end(mut self) {
        if self.length > 0 {
            self.message.clear();
            self.write(Instant::now());
        }
    }

    fn write(&self, now: Instant) {
        // Who closed it does not want to know.
        let _ = writeln!(stderr(), "{}", self.text(now));
    }

    fn text(&self, now: Instant) -> String {
        let Self { what, done, length, message, began, .. } = self;
        let seconds = now.duration_since(*began).as_secs();
        let text = format!("{what:<10} {done:>6}/{length}  {seconds:>4} s  {message}");
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_and_how_far_and_since_when() {
        let began = Instant::now();
        let mut lines = Lines::begin("calls", 40, began);
        lines.done = 7;
        let after = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(lines.text(after(12)), "calls           7/40    12 s");
        lines.message = "5 now, 0 failed".to_owned();
        assert_eq!(lines.text(after(12)), "calls           7/40    12 s  5 now, 0 failed");
    }
}
