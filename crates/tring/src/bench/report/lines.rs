//! The report for people: as wide as a terminal of 80 columns, so that none breaks it where it likes.

use tring_protocol::error::ErrorCode;

use super::{Report, tenths};
use crate::bench::failures::{Failure, Failures};
use crate::bench::figures::Percentiles;
use crate::bench::limit::{Limit, Whose};
use crate::bench::server::Used;

const WIDTH: usize = 80;
/// How wide the words at the left are.
const LABEL: usize = 11;

impl Report {
    /// For people.
    pub(in crate::bench) fn lines(&self) -> Vec<String> {
        let mut lines = self.calls_and_devices();
        lines.extend(self.times());
        lines.extend(self.packets());
        match &self.server {
            Ok(used) => lines.extend(of_server(used)),
            Err(unseen) => lines.extend(told("server", unseen.why())),
        }
        lines.extend(self.generator());
        lines.extend(self.limits.iter().flat_map(of_limit));
        lines
    }

    fn calls_and_devices(&self) -> Vec<String> {
        let Self { calls, plan, sign_ins, .. } = self;
        let mut lines = told(
            "calls",
            &format!(
                "{} of {} placed, {} failed, {} at a time at most, in {} s",
                calls.placed, plan.calls, calls.failed, calls.most_at_a_time, calls.seconds
            ),
        );
        let took = tenths(sign_ins.took.as_secs_f64());
        let mut devices = format!("{} signed in, before the first call within {took} s", sign_ins.devices);
        if plan.idle > 0 {
            devices.push_str(&format!("; {} idle ones were asked for", plan.idle));
        }
        lines.extend(told("devices", &devices));
        lines.extend(self.stopped.into_iter().flat_map(|why| told("stopped", why.why())));
        lines.extend(reasons("failed", &self.failures));
        lines.extend(reasons("refused", &sign_ins.refused));
        lines.extend(reasons("signed out", &self.idle_lost));
        // What to do about a server that lets nobody sign in so often.
        let limited = ErrorCode::RateLimited.code();
        let is_limited = [&sign_ins.refused, &self.failures]
            .iter()
            .any(|failures| failures.by_count().iter().any(|failure| failure.reason.contains(limited)));
        if is_limited {
            let advice =
                "All devices come from one address: raise `sign_in.burst` of the server for the test.";
            lines.extend(told("", advice));
        }
        lines
    }

    fn times(&self) -> [String; 6] {
        let Self { calls, packets, generator, .. } = self;
        [
            format!("{:40}{:>9}{:>9}{:>9}{:>9}", "milliseconds", "p50", "p95", "p99", "max"),
            row("placed → the caller knows that it rings", calls.placed_to_ringing),
            row("answered → ICE and DTLS done, both sides", calls.answered_to_both_keyed),
            row("answered → first audio, the later side", calls.answered_to_first_audio),
            row("packets under way", packets.delay_ms),
            row("packets sent after their time", generator.packets_late_ms),
        ]
    }

    fn packets(&self) -> Vec<String> {
        let packets = &self.packets;
        told(
            "packets",
            &format!(
                "{} sent, {} arrived, {} lost ({} %), {} before the path was open, {} wrong, {} undecryptable",
                packets.sent,
                packets.delivered,
                packets.lost,
                packets.lost_percent,
                packets.before_the_path_was_open,
                packets.to_a_wrong_call,
                packets.undecryptable
            ),
        )
    }

    fn generator(&self) -> Vec<String> {
        let generator = &self.generator;
        told(
            "generator",
            &format!(
                "{} % of a core, {} % at most, its audio thread {} % at most; {} packets not sent, {} calls placed late",
                generator.cpu_percent,
                generator.cpu_percent_max,
                generator.audio_thread_percent_max,
                generator.packets_not_sent,
                generator.calls_placed_late
            ),
        )
    }
}

fn of_server(used: &Used) -> Vec<String> {
    let mut lines = told(
        "server",
        &format!(
            "{} (process {}): {} % of a core, {} % at most, its busiest thread {} % at most; {} MB at most",
            used.process,
            used.pid,
            used.cpu_percent,
            used.cpu_percent_max,
            used.thread_percent_max,
            used.memory_mb
        ),
    );
    let for_each = match (used.cpu_ms_per_call_minute, used.memory_kb_per_call) {
        (Some(cpu), Some(memory)) => format!("{cpu:.1} ms of CPU in a minute, {memory} KB of memory"),
        _ => "unknown, from so few at a time".to_owned(),
    };
    lines.extend(told("", &format!("per call: {for_each}")));
    if let Some(memory) = used.memory_kb_per_device {
        lines.extend(told("", &format!("per device signed in: {memory} KB of memory")));
    }
    lines
}

fn of_limit(limit: &Limit) -> Vec<String> {
    let whose = match limit.whose {
        Whose::Generator => "this program, not the server",
        Whose::Server => "the server",
    };
    told("LIMIT", &format!("{whose}: {}", limit.why))
}

fn reasons(what: &str, failures: &Failures) -> Vec<String> {
    let lines = |failure: Failure<'_>| told(what, &format!("{:>6} × {}", failure.count, failure.reason));
    failures.by_count().into_iter().flat_map(lines).collect()
}

fn row(what: &str, times: Option<Percentiles>) -> String {
    let Some(Percentiles { p50, p95, p99, max }) = times else { return format!("{what:40}{:>9}", "none") };
    format!("{what:40}{p50:>9.1}{p95:>9.1}{p99:>9.1}{max:>9.1}")
}

/// What is said of something, beside its name, in as many lines as that takes.
fn told(name: &str, text: &str) -> Vec<String> {
    let mut lines = vec![format!("{name:<LABEL$}")];
    let mut is_first = true;
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is one from the start");
        if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{:LABEL$}{word}", ""));
            continue;
        }
        if !is_first {
            line.push(' ');
        }
        line.push_str(word);
        is_first = false;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_goes_on_below_itself_and_never_past_the_edge() {
        let text = "word ".repeat(40);
        let lines = told("server", text.trim_end());
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("server     word word"));
        assert!(lines[1].starts_with("           word word"));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH && !line.ends_with(' ')));
        assert_eq!(lines.join(" ").split_whitespace().count(), 41);
    }

    #[test]
    fn failures_are_counted_in_one_column() {
        let mut failures = Failures::default();
        ["late", "late", "lost"].into_iter().for_each(|reason| failures.note(reason.to_owned()));
        assert_eq!(reasons("failed", &failures), ["failed          2 × late", "failed          1 × lost"]);
    }
}
