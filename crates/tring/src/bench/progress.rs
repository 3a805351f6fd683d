//! What is shown while it runs: bars on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// One bar after the other, on the standard error.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(is_silent: bool) -> Self {
        // A target that is no terminal hides the bar by itself.
        let target = if is_silent { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style =
            ProgressStyle::with_template("{prefix:<12} {bar:24} {pos:>6}/{len}  {elapsed:>4}  {wide_msg}");
        let bar =
            ProgressBar::with_draw_target(Some(0), target).with_style(style.expect("the template is one"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// Begins to count to `length`.
    pub(super) fn begin(&self, what: &'static str, length: u64) {
        self.bar.reset();
        self.bar.set_prefix(what);
        self.bar.set_length(length);
        self.bar.set_message("");
    }

    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    pub(super) fn say(&self, what: String) {
        self.bar.set_message(what);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
