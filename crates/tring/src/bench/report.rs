//! What the run found, for people and for programs.

use serde::Serialize;
use std::time::Duration;
use tring_protocol::error::ErrorCode;

use super::BenchError;
use super::failures::{Failure, Failures};
use super::figures::{Percentiles, millis};
use super::options::BenchArgs;
use super::run::{Found, Stopped};
use super::server::{Unseen, Used, Watched};
use super::users::Users;

/// A thread that works for more of its time than this has no room left for what comes at the same moment.
const AUDIO_SHARE_LIMIT: f64 = 0.9;
/// More packets than one in so many not sent in time, or calls not placed in time: the load was not what it says.
const SKIPPED_LIMIT: u64 = 1_000;
const LATE_LIMIT: u64 = 100;

/// Everything that is told.
#[derive(Debug)]
pub(super) struct Report {
    plan: Plan,
    signed_in: u64,
    signing_in: Duration,
    refused: Failures,
    idle_lost: Failures,
    failures: Failures,
    stopped: Option<Stopped>,
    calls: Calls,
    packets: Packets,
    server: Result<Used, Unseen>,
    generator: GeneratorShown,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    server: String,
    calls: u32,
    rate: f64,
    hold_ms: u64,
    idle: u32,
    packet_time_ms: u64,
}

/// Latencies are milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Calls {
    placed: u64,
    failed: u64,
    most_at_a_time: u32,
    seconds: f64,
    placed_to_ringing: Option<Percentiles>,
    answered_to_both_keyed: Option<Percentiles>,
    answered_to_first_audio: Option<Percentiles>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Packets {
    sent: u64,
    delivered: u64,
    lost: u64,
    lost_percent: f64,
    before_the_path_was_open: u64,
    to_a_wrong_call: u64,
    undecryptable: u64,
    delay_ms: Option<Percentiles>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GeneratorShown {
    /// Why the figures say more of this program than of the server, if they do.
    limit: Vec<String>,
    cpu_percent: f64,
    audio_thread_percent_max: f64,
    packets_not_sent: u64,
    calls_placed_late: u64,
}

impl Report {
    pub(super) fn of(
        args: &BenchArgs,
        users: &Users,
        found: &Found,
        server: &Watched,
        signing_in: Duration,
    ) -> Self {
        let packets = found.packets;
        let expected = packets.delivered + packets.lost;
        Self {
            plan: Plan {
                server: args.server.clone(),
                calls: args.calls,
                rate: args.rate,
                hold_ms: args.hold.get(),
                idle: args.idle,
                packet_time_ms: args.packet_time.get(),
            },
            signed_in: users.signed_in(),
            signing_in,
            refused: users.refused(),
            idle_lost: found.idle_lost.clone(),
            failures: found.failures.clone(),
            stopped: found.stopped,
            calls: Calls {
                placed: found.placed,
                failed: found.failures.total(),
                most_at_a_time: found.most_calls,
                seconds: tenths(found.length.as_secs_f64()),
                placed_to_ringing: Percentiles::of(&found.ringing),
                answered_to_both_keyed: Percentiles::of(&found.keyed),
                answered_to_first_audio: Percentiles::of(&found.heard),
            },
            packets: Packets {
                sent: packets.sent,
                delivered: packets.delivered,
                lost: packets.lost,
                lost_percent: if expected == 0 {
                    0.0
                } else {
                    (packets.lost as f64 / expected as f64 * 1e6).round() / 1e4
                },
                before_the_path_was_open: packets.clipped,
                to_a_wrong_call: packets.misdelivered,
                undecryptable: packets.undecryptable,
                delay_ms: Percentiles::of_packets(&found.delays),
            },
            server: server.used(found.talked),
            generator: GeneratorShown::of(found),
        }
    }

    /// What the exit code says.
    pub(super) fn failure(&self) -> Option<BenchError> {
        let Calls { placed, failed, .. } = self.calls;
        let devices = self.refused.total() + self.idle_lost.total();
        if failed > 0 {
            return Some(BenchError::Calls { failed, placed });
        }
        (devices > 0).then_some(BenchError::Devices(devices))
    }

    /// For people.
    pub(super) fn lines(&self) -> Vec<String> {
        let Self { calls, packets, generator, .. } = self;
        let mut lines = vec![
            format!(
                "calls      {} of {} placed, {} failed, {} at a time at most, in {} s",
                calls.placed, self.plan.calls, calls.failed, calls.most_at_a_time, calls.seconds
            ),
            format!(
                "devices    {} signed in, before the first call within {} s; {} idle ones were asked for",
                self.signed_in,
                tenths(self.signing_in.as_secs_f64()),
                self.plan.idle
            ),
        ];
        lines.extend(self.stopped.map(|why| format!("stopped    {}", stopped(why))));
        lines.extend(reasons("failed", &self.failures));
        lines.extend(reasons("refused", &self.refused));
        lines.extend(reasons("signed out", &self.idle_lost));
        lines.extend(self.advice());
        lines.push(format!("{:40}{:>9}{:>9}{:>9}{:>9}", "milliseconds", "p50", "p95", "p99", "max"));
        lines.push(row("placed → the caller knows that it rings", calls.placed_to_ringing));
        lines.push(row("answered → ICE and DTLS done, both sides", calls.answered_to_both_keyed));
        lines.push(row("answered → first audio, the later side", calls.answered_to_first_audio));
        lines.push(row("packets under way", packets.delay_ms));
        lines.push(format!(
            "packets    {} sent, {} arrived, {} lost ({} %), {} before the path was open, {} wrong, {} undecryptable",
            packets.sent,
            packets.delivered,
            packets.lost,
            packets.lost_percent,
            packets.before_the_path_was_open,
            packets.to_a_wrong_call,
            packets.undecryptable
        ));
        lines.extend(self.server_lines());
        lines.push(format!(
            "generator  {} % of a core; its audio thread {} % at most; {} packets not sent, {} calls placed late",
            generator.cpu_percent,
            generator.audio_thread_percent_max,
            generator.packets_not_sent,
            generator.calls_placed_late
        ));
        lines.extend(
            generator.limit.iter().map(|why| format!("LIMIT      this program, not the server: {why}")),
        );
        lines
    }

    /// What to do about a server that lets nobody sign in so often.
    fn advice(&self) -> Option<String> {
        let limited = ErrorCode::RateLimited.code();
        let is_limited = [&self.refused, &self.failures]
            .iter()
            .any(|failures| failures.by_count().iter().any(|failure| failure.reason.contains(limited)));
        is_limited.then(|| {
            "           All devices come from one address: raise `sign_in.burst` of the server for the test.".to_owned()
        })
    }

    fn server_lines(&self) -> Vec<String> {
        let used = match &self.server {
            Ok(used) => used,
            Err(unseen) => return vec![format!("server     {}", unseen.why())],
        };
        let or_none = |figure: Option<f64>, unit: &str| {
            figure.map_or_else(|| "unknown, from so few,".to_owned(), |figure| format!("{figure} {unit}"))
        };
        vec![
            format!(
                "server     {} (process {}): {} % of a core, {} % at most; {} MB at most",
                used.process, used.pid, used.cpu_percent, used.cpu_percent_max, used.memory_mb
            ),
            format!(
                "           per call: {} of CPU in a minute, {} of memory",
                or_none(used.cpu_ms_per_call_minute, "ms"),
                or_none(used.memory_kb_per_call, "KB")
            ),
        ]
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Whole<'a> {
            plan: &'a Plan,
            calls: &'a Calls,
            failures: Vec<Failure<'a>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            stopped: Option<&'static str>,
            devices: Devices<'a>,
            packets: &'a Packets,
            #[serde(skip_serializing_if = "Option::is_none")]
            server: Option<&'a Used>,
            #[serde(skip_serializing_if = "Option::is_none")]
            server_unseen: Option<&'static str>,
            generator: &'a GeneratorShown,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Devices<'a> {
            signed_in: u64,
            signing_in_ms: f64,
            refused: Vec<Failure<'a>>,
            idle_lost: Vec<Failure<'a>>,
        }
        let whole = Whole {
            plan: &self.plan,
            calls: &self.calls,
            failures: self.failures.by_count(),
            stopped: self.stopped.map(stopped),
            devices: Devices {
                signed_in: self.signed_in,
                signing_in_ms: millis(self.signing_in),
                refused: self.refused.by_count(),
                idle_lost: self.idle_lost.by_count(),
            },
            packets: &self.packets,
            server: self.server.as_ref().ok(),
            server_unseen: self.server.as_ref().err().map(|unseen| unseen.why()),
            generator: &self.generator,
        };
        whole.serialize(serializer)
    }
}

impl GeneratorShown {
    fn of(found: &Found) -> Self {
        let run = found.generator;
        let skipped = found.packets.skipped;
        let mut limit = Vec::new();
        if run.audio_share_max > AUDIO_SHARE_LIMIT {
            limit.push(
                "its audio thread had no time left; use several programs, each with a part of the calls"
                    .to_owned(),
            );
        }
        if skipped > (found.packets.sent + skipped) / SKIPPED_LIMIT {
            limit.push(
                "it was kept from sending packets in time; give it a core or a machine of its own".to_owned(),
            );
        }
        if run.late > found.placed / LATE_LIMIT {
            limit.push(
                "calls were placed late, because those before took too long; see their times".to_owned(),
            );
        }
        Self {
            limit,
            cpu_percent: tenths(run.share * 100.0),
            audio_thread_percent_max: tenths(run.audio_share_max * 100.0),
            packets_not_sent: skipped,
            calls_placed_late: run.late,
        }
    }
}

fn stopped(why: Stopped) -> &'static str {
    match why {
        Stopped::Told => "before all calls were placed, by Ctrl-C",
        Stopped::Hopeless => "before all calls were placed, because call after call failed",
    }
}

fn reasons(what: &str, failures: &Failures) -> Vec<String> {
    let line = |failure: Failure<'_>| format!("{what:<10} {:>6} × {}", failure.count, failure.reason);
    failures.by_count().into_iter().map(line).collect()
}

fn row(what: &str, times: Option<Percentiles>) -> String {
    let Some(Percentiles { p50, p95, p99, max }) = times else { return format!("{what:40}{:>9}", "none") };
    format!("{what:40}{p50:>9.1}{p95:>9.1}{p99:>9.1}{max:>9.1}")
}

fn tenths(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_load::legs::Count;

    fn limits(found: &Found) -> usize {
        GeneratorShown::of(found).limit.len()
    }

    #[test]
    fn a_generator_that_could_not_keep_up_says_so() {
        let mut found =
            Found { placed: 100, packets: Count { sent: 100_000, ..Count::default() }, ..Found::default() };
        assert_eq!(limits(&found), 0);
        found.packets.skipped = 500;
        assert_eq!(limits(&found), 1);
        found.generator.audio_share_max = 0.95;
        assert_eq!(limits(&found), 2);
        found.generator.late = 5;
        assert_eq!(limits(&found), 3);
    }
}
