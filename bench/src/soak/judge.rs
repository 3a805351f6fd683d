//! The verdicts of a soak: what must hold, and what was found.

use super::ledger::Audit;
use super::watch::{Sample, slope};
use tring_load::legs::Count;

/// How much the memory may grow over the second half of the run, by the line through its samples, as a share of
/// its mean. A leak of 100 bytes for each call is 3 MB an hour and above it; what the database's cache and a busy
/// machine do is below.
const GROWTH_LONG: f64 = 0.03;
/// The same for a run so short that the memory of ended calls, a minute, still fills in its second half.
const GROWTH_SHORT: f64 = 0.30;
/// From which length on a run is long, in seconds.
const LONG: f64 = 1_200.0;

/// What a run has found.
pub(super) struct Found {
    pub(super) samples: Vec<Sample>,
    /// Before the first device signed in, and after the last has been forgotten.
    pub(super) before: Sample,
    pub(super) after: Sample,
    pub(super) played: usize,
    /// What went otherwise than planned, call by call.
    pub(super) failures: Vec<String>,
    pub(super) audit: Audit,
    pub(super) packets: Count,
    /// Whether the server stopped when asked, as it does once no call is left.
    pub(super) stopped: bool,
    /// Lines of the server's log that tell of a fault.
    pub(super) complaints: Vec<String>,
}

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) what: &'static str,
    pub(super) holds: bool,
    pub(super) found: String,
}

impl Found {
    /// Of which the run passed or failed.
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let first = first_of_several(&self.failures);
        let difference = first_of_several(&self.audit.differences);
        let (memory, may) = self.memory_growth();
        let peak_sockets = self.peak(|sample| sample.sockets);
        let early_threads = self.early_threads();
        let busiest = self.peak(|sample| sample.threads);
        let verdict = |what, holds, found| Verdict { what, holds, found };
        vec![
            verdict(
                "every call went and ended as scheduled, and each page was told once",
                self.failures.is_empty() && self.played > 0,
                format!("{} calls played, {} otherwise{first}", self.played, self.failures.len()),
            ),
            verdict(
                "every call is on record once, with the end that was scheduled",
                self.audit.differences.is_empty(),
                format!(
                    "{} records, {} differ{difference}",
                    self.audit.records,
                    self.audit.differences.len()
                ),
            ),
            verdict(
                "no call is left open on record",
                self.audit.open == 0,
                format!("{} open", self.audit.open),
            ),
            verdict(
                "no packet reached a wrong call, and each could be opened",
                self.packets.misdelivered == 0 && self.packets.undecryptable == 0,
                format!(
                    "{} delivered, {} misdelivered, {} undecryptable; {} overtook the keys",
                    self.packets.delivered,
                    self.packets.misdelivered,
                    self.packets.undecryptable,
                    self.packets.before_keys
                ),
            ),
            verdict(
                "memory is flat over the second half",
                memory <= may,
                format!("{:+.1} % by a straight line, at most {:.0} %", memory * 100.0, may * 100.0),
            ),
            verdict(
                "every socket of the server is closed in the end",
                self.after.sockets == self.before.sockets,
                format!("{} before, up to {peak_sockets}, {} after", self.before.sockets, self.after.sockets),
            ),
            verdict(
                "no other descriptor is left",
                self.after.files() <= self.peak_early_files(),
                format!("{} in the first quarter, {} after", self.peak_early_files(), self.after.files()),
            ),
            verdict(
                "no thread is left",
                self.after.threads <= early_threads,
                format!(
                    "up to {early_threads} in the first quarter, up to {busiest} in all, {} after",
                    self.after.threads
                ),
            ),
            verdict(
                "the server stops when asked: it holds no call any more",
                self.stopped,
                if self.stopped { "it stopped" } else { "it had to be killed" }.to_owned(),
            ),
            verdict(
                "the server's log tells of no fault",
                self.complaints.is_empty(),
                format!("{} lines{}", self.complaints.len(), first_of_several(&self.complaints)),
            ),
        ]
    }

    /// Over the second half, as a share of its mean; and what is allowed.
    fn memory_growth(&self) -> (f64, f64) {
        let length = self.samples.last().map_or(0.0, |sample| sample.at);
        let half: Vec<_> = self
            .samples
            .iter()
            .filter(|sample| sample.at >= length / 2.0)
            .map(|sample| (sample.at, sample.memory))
            .collect();
        let mean = half.iter().map(|(_, memory)| memory).sum::<f64>() / half.len().max(1) as f64;
        let growth = slope(&half) * length / 2.0 / mean.max(1.0);
        (growth, if length >= LONG { GROWTH_LONG } else { GROWTH_SHORT })
    }

    fn early(&self) -> impl Iterator<Item = &Sample> {
        let length = self.samples.last().map_or(0.0, |sample| sample.at);
        self.samples.iter().filter(move |sample| sample.at <= length / 4.0)
    }

    fn early_threads(&self) -> usize {
        self.early().map(|sample| sample.threads).max().unwrap_or_default()
    }

    fn peak_early_files(&self) -> usize {
        self.early().map(Sample::files).max().unwrap_or_default()
    }

    pub(super) fn peak(&self, what: impl Fn(&Sample) -> usize) -> usize {
        self.samples.iter().map(what).max().unwrap_or_default()
    }
}

impl Sample {
    /// Descriptors that are no sockets: the database's files, epoll, timers.
    pub(super) fn files(&self) -> usize {
        self.descriptors - self.sockets
    }
}

fn first_of_several(lines: &[String]) -> String {
    lines.first().map_or_else(String::new, |first| format!("; the first: {first}"))
}
