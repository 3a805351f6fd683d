//! What the run found, for people and for programs.

mod lines;

use serde::Serialize;
use std::time::Duration;

use super::BenchError;
use super::failures::{Failure, Failures};
use super::figures::{Percentiles, millis};
use super::limit::{self, Limit};
use super::options::BenchArgs;
use super::run::Found;
use super::server::{Unseen, Used, Watched};
use super::stop::Stopped;

/// How the devices came in.
#[derive(Debug)]
pub(super) struct SignIns {
    pub(super) devices: u64,
    /// Those before the first call, all together.
    pub(super) took: Duration,
    pub(super) refused: Failures,
}

/// Everything that is told.
#[derive(Debug)]
pub(super) struct Report {
    plan: Plan,
    sign_ins: SignIns,
    idle_lost: Failures,
    failures: Failures,
    stopped: Option<Stopped>,
    calls: Calls,
    packets: Packets,
    server: Result<Used, Unseen>,
    generator: GeneratorShown,
    limits: Vec<Limit>,
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

/// How hard this program worked. Per cent are those of one core.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GeneratorShown {
    cores: u32,
    cpu_percent: f64,
    cpu_percent_max: f64,
    audio_thread_percent_max: f64,
    packets_not_sent: u64,
    /// By how much those that were sent left after their time.
    packets_late_ms: Option<Percentiles>,
    calls_placed_late: u64,
}

impl Report {
    pub(super) fn of(
        args: &BenchArgs,
        sign_ins: SignIns,
        found: Found,
        server: Watched,
        stopped: Option<Stopped>,
    ) -> Self {
        let server = server.used(found.talked);
        let limits = limit::reached(&found, server.as_ref().ok());
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
            sign_ins,
            stopped,
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
            server,
            generator: GeneratorShown::of(&found),
            limits,
            idle_lost: found.idle_lost,
            failures: found.failures,
        }
    }

    /// What the exit code says.
    pub(super) fn failure(&self) -> Option<BenchError> {
        let Calls { placed, failed, .. } = self.calls;
        let devices = self.sign_ins.refused.total() + self.idle_lost.total();
        if failed > 0 {
            return Some(BenchError::Calls { failed, placed });
        }
        (devices > 0).then_some(BenchError::Devices(devices))
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
            limits: &'a [Limit],
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
            stopped: self.stopped.map(Stopped::why),
            devices: Devices {
                signed_in: self.sign_ins.devices,
                signing_in_ms: millis(self.sign_ins.took),
                refused: self.sign_ins.refused.by_count(),
                idle_lost: self.idle_lost.by_count(),
            },
            packets: &self.packets,
            server: self.server.as_ref().ok(),
            server_unseen: self.server.as_ref().err().map(|unseen| unseen.why()),
            generator: &self.generator,
            limits: &self.limits,
        };
        whole.serialize(serializer)
    }
}

impl GeneratorShown {
    fn of(found: &Found) -> Self {
        let run = found.generator;
        let percent = |share: f64| tenths(share * 100.0);
        Self {
            cores: run.cores,
            cpu_percent: percent(run.share),
            cpu_percent_max: percent(run.share_max),
            audio_thread_percent_max: percent(run.audio_share_max),
            packets_not_sent: found.packets.skipped,
            packets_late_ms: run.sent_late,
            calls_placed_late: run.calls_late,
        }
    }
}

fn tenths(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}
