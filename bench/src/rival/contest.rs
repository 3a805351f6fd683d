//! Who is measured when: each contestant in a fresh process, one after the other, at the same number of calls, so that
//! a noisy minute hits all of them alike; and round after round.

use anyhow::{Result, anyhow};
use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tring_load::legs::{Load, PACKET_TIME};
use tring_relay::srtp::Profile;

use super::coturn::Coturn;
use super::janus::Janus;
use super::rtpengine::Rtpengine;
use super::tring::Tring;
use super::{Contestant, Part, Rival, daemon};
use crate::measure::forward::{self, Forwarding};
use crate::measure::setup::Percentiles;

/// How many calls are set up at a time where the set-up itself is not measured.
const SET_UPS_AT_ONCE: usize = 8;
/// Between the last sign-in and the first look at memory: what signing in needed for a moment is given back by then.
const REST: Duration = Duration::from_secs(3);
/// Calls of a round whose set-up is timed.
const TIMED: usize = 20;
/// Between two of these. Lower: they wait for each other's handshakes.
const SPACING: Duration = Duration::from_millis(250);
/// How long each of these lasts.
const TALK: Duration = Duration::from_millis(200);
/// Calls that one core is asked to bear.
pub(super) const CAPACITY: usize = 1_500;
/// The longer packets beside which the capacity is shown.
pub(super) const LONG_PACKETS: Duration = Duration::from_millis(40);

/// The run, and what it has found so far.
pub(super) struct Contest {
    server: PathBuf,
    address: Ipv4Addr,
    pub(super) present: Vec<Contestant>,
    pub(super) calls: Vec<usize>,
    only: Vec<Part>,
    pub(super) standings: Vec<(Round, Standing)>,
    pub(super) set_ups: Vec<(Round, SetUp)>,
    pub(super) capacities: Vec<Capacity>,
    /// What went wrong at the others; at Tring it ends the run.
    pub(super) failures: Vec<String>,
}

/// Whose figure of which round, at how many calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) number: usize,
    pub(super) contestant: Contestant,
    pub(super) calls: usize,
}

/// Calls that stand and talk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) forwarding: Forwarding,
    /// Kilobytes (1,024 bytes) of resident memory that the process grew by for each call, people being signed in.
    pub(super) memory: f64,
    pub(super) profile: Profile,
}

/// Calls that begin, one at a time. Times are milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetUp {
    /// The caller's request → both sides have their keys.
    pub(super) keyed: Percentiles,
    /// The caller's request → both sides have opened a packet of the other.
    pub(super) heard: Percentiles,
}

/// Tring with [`CAPACITY`] calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    /// Packets of 20 ms.
    pub(super) short: Forwarding,
    /// Packets of [`LONG_PACKETS`].
    pub(super) long: Forwarding,
    /// The floor with packets of 20 ms: its losses are the machine's.
    pub(super) floor: Forwarding,
}

impl Contest {
    pub(super) fn new(
        server: PathBuf,
        present: Vec<Contestant>,
        calls: Vec<usize>,
        only: Vec<Part>,
    ) -> Result<Self> {
        Ok(Self {
            server,
            address: daemon::own_address()?,
            present,
            calls,
            only,
            standings: Vec::new(),
            set_ups: Vec::new(),
            capacities: Vec::new(),
            failures: Vec::new(),
        })
    }

    pub(super) fn address(&self) -> Ipv4Addr {
        self.address
    }

    pub(super) fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Measures everything so many times.
    pub(super) async fn run(&mut self, rounds: usize) -> Result<()> {
        let load = Load::start(PACKET_TIME)?;
        for number in 1..=rounds {
            let began = Instant::now();
            let say = |what: &str| {
                let seconds = began.elapsed().as_secs();
                // Progress is for whoever watches; a closed terminal is no reason to stop.
                let _ = writeln!(std::io::stderr(), "round {number}/{rounds}, {seconds:>3} s: {what}");
            };
            for round in self.forwarding(number) {
                say(&format!("{} calls of {}", round.calls, round.contestant.name()));
                let result = self.stand(&load, round).await;
                if let Some(standing) = self.unless_failed(round, result)? {
                    self.standings.push((round, standing));
                }
            }
            for round in self.setting_up(number) {
                say(&format!("set-up at {}", round.contestant.name()));
                let result = self.set_up(&load, round).await;
                if let Some(set_up) = self.unless_failed(round, result)? {
                    self.set_ups.push((round, set_up));
                }
            }
            if self.has(Part::Capacity) {
                say(&format!("{CAPACITY} calls on one core"));
                self.capacities.push(self.capacity(&load).await?);
            }
        }
        Ok(())
    }

    fn forwarding(&self, number: usize) -> Vec<Round> {
        if !self.has(Part::Forward) {
            return Vec::new();
        }
        let at = |calls: usize| {
            let able = self.present.iter().filter(move |contestant| contestant.bears(calls));
            able.map(move |contestant| Round { number, contestant: *contestant, calls })
        };
        self.calls.iter().flat_map(|calls| at(*calls)).collect()
    }

    fn setting_up(&self, number: usize) -> Vec<Round> {
        if !self.has(Part::Setup) {
            return Vec::new();
        }
        let able = self.present.iter().filter(|contestant| contestant.sets_up());
        able.map(|contestant| Round { number, contestant: *contestant, calls: TIMED }).collect()
    }

    /// A failure of another server is a finding; one of Tring is the end.
    fn unless_failed<T>(&mut self, round: Round, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(figures) => Ok(Some(figures)),
            Err(error) if round.contestant == Contestant::Tring => Err(error),
            Err(error) => {
                let Round { number, contestant, calls } = round;
                // As with progress.
                let _ = writeln!(std::io::stderr(), "{} failed: {error:#}", contestant.name());
                self.failures.push(format!("{} in round {number} with {calls} calls", contestant.name()));
                Ok(None)
            }
        }
    }

    async fn stand(&self, load: &Load, round: Round) -> Result<Standing> {
        let Round { contestant, calls, .. } = round;
        match contestant {
            Contestant::Tring => stand(load, &Tring::start(&self.server, self.address).await?, calls).await,
            Contestant::Janus => stand(load, &Janus::start(self.address).await?, calls).await,
            Contestant::Rtpengine => stand(load, &Rtpengine::start(self.address).await?, calls).await,
            Contestant::Coturn => stand(load, &Coturn::start(self.address).await?, calls).await,
        }
    }

    async fn set_up(&self, load: &Load, round: Round) -> Result<SetUp> {
        match round.contestant {
            Contestant::Tring => set_up(load, &Tring::start(&self.server, self.address).await?).await,
            Contestant::Janus => set_up(load, &Janus::start(self.address).await?).await,
            Contestant::Rtpengine => set_up(load, &Rtpengine::start(self.address).await?).await,
            Contestant::Coturn => set_up(load, &Coturn::start(self.address).await?).await,
        }
    }

    async fn capacity(&self, load: &Load) -> Result<Capacity> {
        let (short, profile) = forward::relay(load, &self.server, CAPACITY).await?;
        let floor = forward::floor(load, CAPACITY, profile).await?;
        let (long, _) = forward::relay(&Load::start(LONG_PACKETS)?, &self.server, CAPACITY).await?;
        Ok(Capacity { short, long, floor })
    }
}

/// Forwarding and memory of `calls` calls at a fresh server.
async fn stand<R: Rival>(load: &Load, server: &R, calls: usize) -> Result<Standing> {
    let measured = async {
        let mut lines = server.lines(calls).await?;
        tokio::time::sleep(REST).await;
        let empty = server.process().resident()?;
        let before = load.count().await?;
        let connecting = lines.iter_mut().map(|line| server.connect(line, load));
        let connected: Vec<_> = stream::iter(connecting).buffered(SET_UPS_AT_ONCE).try_collect().await?;
        let forwarding = forward::window(load, server.process(), before).await?;
        let grown = server.process().resident()? as f64 - empty as f64;
        for (line, call) in lines.iter_mut().zip(&connected) {
            server.hang_up(line, load).await?;
            call.legs.iter().for_each(|leg| load.leave(*leg));
        }
        let profile = connected.first().map_or(Profile::AeadAes128Gcm, |call| call.profile);
        anyhow::Ok(Standing { forwarding, memory: grown / 1024.0 / calls as f64, profile })
    };
    measured.await.map_err(|error| with_last_words(server, error))
}

/// The times of [`TIMED`] calls at a fresh server that has nothing else to do.
async fn set_up<R: Rival>(load: &Load, server: &R) -> Result<SetUp> {
    let measured = async {
        let mut lines = server.lines(TIMED).await?;
        tokio::time::sleep(REST).await;
        let one_by_one = lines.iter_mut().enumerate().map(|(n, line)| async move {
            tokio::time::sleep(SPACING * n as u32).await;
            let call = server.connect(line, load).await?;
            tokio::time::sleep(TALK).await;
            server.hang_up(line, load).await?;
            call.legs.iter().for_each(|leg| load.leave(*leg));
            anyhow::Ok(call)
        });
        let calls = try_join_all(one_by_one).await?;
        anyhow::Ok(SetUp {
            keyed: Percentiles::of(calls.iter().map(|call| call.keyed)),
            heard: Percentiles::of(calls.iter().map(|call| call.heard)),
        })
    };
    measured.await.map_err(|error| with_last_words(server, error))
}

fn with_last_words<R: Rival>(server: &R, error: anyhow::Error) -> anyhow::Error {
    let words = server.last_words();
    anyhow!("{error:#}; the server's last words were:\n{words}")
}
