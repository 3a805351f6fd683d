//! A soak as people read it: verdicts, figures, and a drawing of memory and descriptors over time.

use std::fmt::Write as _;
use std::time::Duration;

use super::judge::Found;
use super::watch::Sample;
use crate::figures::percentile;
use crate::machine::Machine;

/// What is told about a run beside what it found.
pub(super) struct Run {
    pub(super) machine: Machine,
    pub(super) date: String,
    pub(super) time: String,
    pub(super) command: String,
    pub(super) revision: String,
    pub(super) load: [String; 2],
    pub(super) minutes: f64,
    pub(super) calls: usize,
    pub(super) seed: u64,
    /// How long both sides took to hear each other again.
    pub(super) gaps: Vec<(&'static str, Duration)>,
}

impl Run {
    /// For a terminal.
    pub(super) fn text(&self, found: &Found) -> String {
        let mut out = String::new();
        for verdict in found.verdicts() {
            let mark = if verdict.holds { "ok    " } else { "FAILED" };
            let _ = writeln!(out, "{mark} {}: {}", verdict.what, verdict.found);
        }
        for [what, figure] in self.figures(found) {
            let _ = writeln!(out, "       {what}: {figure}");
        }
        out
    }

    /// For `bench/results/`; `drawing` is the file beside it.
    pub(super) fn markdown(&self, found: &Found, drawing: &str) -> String {
        let Self { machine, date, time, command, revision, load, minutes, calls, seed, .. } = self;
        let mut out =
            format!("# Tring under {calls} calls for {minutes:.0} minutes, {date}, {}\n\n", machine.cpu);
        let _ = writeln!(
            out,
            "Ended on {date} at {time} UTC. {}, {} cores, {:.0} GB, Linux {}. Load average before {}, after {}. \
             Revision {revision}; release build; seed {seed}. How it is done is in \
             [../README.md](../README.md#soak).\n\n```\n{command}\n```\n\n![Memory and descriptors over time]({drawing})\n",
            machine.cpu, machine.cores, machine.memory_gb, machine.kernel, load[0], load[1],
        );
        let _ = writeln!(out, "| must hold | found | |\n|---|---|---|");
        for verdict in found.verdicts() {
            let mark = if verdict.holds { "holds" } else { "**FAILED**" };
            let _ = writeln!(out, "| {} | {} | {mark} |", verdict.what, verdict.found.replace('|', "/"));
        }
        let _ = writeln!(out, "\n| figure | |\n|---|---|");
        for [what, figure] in self.figures(found) {
            let _ = writeln!(out, "| {what} | {figure} |");
        }
        out
    }

    fn figures(&self, found: &Found) -> Vec<[String; 2]> {
        let mut rows = vec![
            row("calls at a time", spread(found, |sample| sample.calls as f64, 0)),
            row("memory of its own, MB", spread(found, |sample| sample.memory, 1)),
            row("descriptors", spread(found, |sample| sample.descriptors as f64, 0)),
            row("threads", spread(found, |sample| sample.threads as f64, 0)),
            row("after all was over", after(&found.after)),
            row("CPU of the server, of one core", share(found, |sample| sample.server_cpu)),
            row("CPU of the generator, of one core", share(found, |sample| sample.own_cpu)),
            row("packets sent, delivered", format!("{}, {}", found.packets.sent, found.packets.delivered)),
        ];
        let ends: Vec<_> =
            found.audit.by_reason.iter().map(|(end, count)| format!("{end} {count}")).collect();
        rows.push(row("how the calls ended", ends.join(", ")));
        let mut kinds: Vec<_> = self.gaps.iter().map(|(kind, _)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let of = self.gaps.iter().filter(|(other, _)| *other == kind);
            let times: Vec<_> = of.map(|(_, time)| time.as_secs_f64() * 1e3).collect();
            let at = |percent| percentile(&times, percent).unwrap_or(f64::NAN);
            let figure = format!(
                "{} times; median {:.0}, 99 of 100 within {:.0}, longest {:.0}",
                times.len(),
                at(50.0),
                at(99.0),
                at(100.0)
            );
            rows.push(row(&format!("{kind} → both hear the next packet, ms"), figure));
        }
        rows
    }
}

fn row(what: &str, figure: String) -> [String; 2] {
    [what.to_owned(), figure]
}

fn spread(found: &Found, of: impl Fn(&Sample) -> f64, decimals: usize) -> String {
    let values: Vec<_> = found.samples.iter().map(of).collect();
    let at = |percent| percentile(&values, percent).unwrap_or(f64::NAN);
    format!("median {:.decimals$}, from {:.decimals$} to {:.decimals$}", at(50.0), at(0.0), at(100.0))
}

fn after(sample: &Sample) -> String {
    let Sample { memory, descriptors, threads, .. } = sample;
    format!("{memory:.1} MB, {descriptors} descriptors, {threads} threads")
}

fn share(found: &Found, of: impl Fn(&Sample) -> f64) -> String {
    let (Some(first), Some(last)) = (found.samples.first(), found.samples.last()) else {
        return String::new();
    };
    format!("{:.1} %", (of(last) - of(first)) / (last.at - first.at).max(1.0) * 100.0)
}
