//! The order of the run: every experiment once a round, so that a noisy minute hits all of them alike; then the
//! rounds put together.

use anyhow::Result;
use clap::ValueEnum;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;
use tring_load::legs::{Load, PACKET_TIME};
use tring_relay::srtp::Profile;

use crate::measure::forward::{self, Forwarding};
use crate::measure::memory::{self, PerCall};
use crate::measure::setup::{self, Percentiles, SetUp};
use crate::measure::size;
use crate::report::{COUNT, Row, Section};

/// The numbers of calls at which forwarding is measured.
const LOADS: [usize; 2] = [200, 500];

/// What to run.
pub(crate) struct Plan {
    pub(crate) server: PathBuf,
    pub(crate) sdk: PathBuf,
    pub(crate) rounds: usize,
    pub(crate) only: Vec<Experiment>,
}

/// A part of the run that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Experiment {
    /// CPU per forwarded packet.
    Forward,
    /// How fast calls ring and are heard, and what that costs.
    Setup,
    /// Memory per call.
    Calls,
    /// Memory per idle connection.
    Idle,
}

/// What all rounds found.
pub(crate) struct Found {
    pub(crate) profile: &'static str,
    pub(crate) sections: Vec<Section>,
}

#[derive(Default)]
struct Rounds {
    profile: Option<Profile>,
    relay: [Vec<Forwarding>; LOADS.len()],
    floor: [Vec<Forwarding>; LOADS.len()],
    setup: Vec<SetUp>,
    calls: Vec<PerCall>,
    idle: Vec<f64>,
}

/// Runs everything that `plan` names.
pub(crate) async fn run(plan: &Plan) -> Result<Found> {
    let load = Load::start(PACKET_TIME)?;
    let mut rounds = Rounds::default();
    for round in 1..=plan.rounds {
        rounds.add(plan, &load, round).await?;
    }
    Ok(Found {
        profile: rounds.profile.map_or("not negotiated", profile_name),
        sections: vec![
            rounds.forwarding(),
            rounds.set_up(),
            rounds.memory(),
            Section {
                title: "Size",
                rows: vec![
                    Row::new("signed-call UMD, gzip -9", "KB", size::gzipped(&plan.sdk)?.as_slice())
                        .goal(40.0)
                        .note(if plan.sdk.exists() { "" } else { "the SDK is not built" }),
                ],
            },
        ],
    })
}

impl Rounds {
    async fn add(&mut self, plan: &Plan, load: &Load, round: usize) -> Result<()> {
        let wanted = |experiment| plan.only.is_empty() || plan.only.contains(&experiment);
        let began = Instant::now();
        let say = |what: &str| {
            let seconds = began.elapsed().as_secs();
            // Progress is for whoever watches; a closed terminal is no reason to stop.
            let _ = writeln!(std::io::stderr(), "round {round}/{}, {seconds:>3} s: {what}", plan.rounds);
        };
        if wanted(Experiment::Forward) {
            for (at, calls) in LOADS.into_iter().enumerate() {
                say(&format!("forwarding of {calls} calls"));
                let (relay, profile) = forward::relay(load, &plan.server, calls).await?;
                self.profile = Some(profile);
                self.relay[at].push(relay);
                self.floor[at].push(forward::floor(load, calls, profile).await?);
            }
        }
        if wanted(Experiment::Setup) {
            say("call set-up");
            self.setup.push(setup::measure(load, &plan.server).await?);
        }
        if wanted(Experiment::Calls) {
            say("memory of calls");
            self.calls.push(memory::calls(load, &plan.server).await?);
        }
        if wanted(Experiment::Idle) {
            say("memory of idle connections");
            self.idle.push(memory::idle(&plan.server).await?);
        }
        Ok(())
    }

    fn forwarding(&self) -> Section {
        let mut rows = Vec::new();
        for (at, calls) in LOADS.into_iter().enumerate() {
            let (relay, floor) = (&self.relay[at], &self.floor[at]);
            let each =
                |of: &[Forwarding], figure: fn(&Forwarding) -> f64| of.iter().map(figure).collect::<Vec<_>>();
            let ratios: Vec<_> =
                relay.iter().zip(floor).map(|(relay, floor)| relay.total / floor.total).collect();
            let row =
                |what: &str, unit, values: &[f64]| Row::new(format!("{calls} calls: {what}"), unit, values);
            rows.extend([
                row("relay ÷ floor", "×", &ratios).goal(1.5).stretch(1.25),
                row("relay, CPU per packet", "ns", &each(relay, |f| f.total)),
                row("floor, CPU per packet", "ns", &each(floor, |f| f.total)),
                row("relay, user part", "ns", &each(relay, |f| f.user)),
                row("floor, user part", "ns", &each(floor, |f| f.user)),
                row("relay, delivered per round", COUNT, &each(relay, |f| f.count.delivered as f64)),
                row("relay, lost", COUNT, &each(relay, |f| f.count.lost as f64)).goal(0.0),
                row("relay, to a wrong call", COUNT, &each(relay, |f| f.count.misdelivered as f64)).goal(0.0),
                row("relay, undecryptable", COUNT, &each(relay, |f| f.count.undecryptable as f64)).goal(0.0),
                row("relay, before the path was open", COUNT, &each(relay, |f| f.count.clipped as f64)),
                row("floor, lost", COUNT, &each(floor, |f| f.count.lost as f64)).note("noise of the machine"),
                row("relay, kept from its core", "ms/s", &each(relay, |f| f.kept_waiting))
                    .note("noise of the machine"),
                row("not sent, generator late", COUNT, &each(relay, |f| f.count.skipped as f64))
                    .note("noise of the machine"),
            ]);
        }
        Section { title: "Forwarding: CPU per packet that arrived and opened at the other side", rows }
    }

    fn set_up(&self) -> Section {
        let each = |figure: fn(&SetUp) -> f64| self.setup.iter().map(figure).collect::<Vec<_>>();
        let pair = |what: &str, figure: fn(&SetUp) -> Percentiles| {
            let values = |pick: fn(Percentiles) -> f64| {
                self.setup.iter().map(|setup| pick(figure(setup))).collect::<Vec<_>>()
            };
            [
                Row::new(format!("{what}, p50"), "ms", &values(|times| times.p50)),
                Row::new(format!("{what}, p95"), "ms", &values(|times| times.p95)),
            ]
        };
        let with_goal = |[p50, p95]: [Row; 2], goal| [p50, p95.goal(goal)];
        let rows = [
            with_goal(pair("placed → callee rings", |setup| setup.rings), 20.0),
            pair("placed → caller knows that it rings", |setup| setup.ringback),
            pair("placed → ICE and DTLS done at both sides", |setup| setup.keyed),
            with_goal(pair("answer → first audio opened, later side", |setup| setup.heard), 50.0),
            pair("40 calls at once: placed → DTLS done at both sides", |setup| setup.burst_keyed),
        ];
        let cpu =
            Row::new("CPU of the server per call, 40 at once, no audio", "ms", &each(|s| s.cpu)).goal(1.5);
        Section { title: "Set-up", rows: rows.into_iter().flatten().chain([cpu]).collect() }
    }

    fn memory(&self) -> Section {
        let each = |figure: fn(&PerCall) -> f64| self.calls.iter().map(figure).collect::<Vec<_>>();
        Section {
            title: "Memory: growth of the process's resident memory",
            rows: vec![
                Row::new("per call, first 100 of a fresh process", "KB", &each(|c| c.first_wave)).goal(80.0),
                Row::new("per call, 100 more beside them", "KB", &each(|c| c.second_wave)).goal(25.0),
                Row::new("per call, all hung up and 200 calls again", "KB", &each(|c| c.again)),
                Row::new("per idle signed-in connection, 5,000", "KB", &self.idle).goal(8.0),
            ],
        }
    }
}

/// As the registry of DTLS-SRTP protection profiles has it.
pub(crate) fn profile_name(profile: Profile) -> &'static str {
    match profile {
        Profile::AeadAes128Gcm => "AEAD_AES_128_GCM",
        Profile::AeadAes256Gcm => "AEAD_AES_256_GCM",
        Profile::Aes128CmHmacSha1_80 => "AES128_CM_HMAC_SHA1_80",
    }
}
