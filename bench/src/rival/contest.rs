//! Who is measured when: each contestant in a fresh process, one after the other, at the same number of calls, so that
//! a noisy minute hits all of them alike; and round after round.

use anyhow::Result;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;
use tring_load::legs::{Load, PACKET_TIME};
use tring_relay::srtp::Profile;

use super::beginning::{self, Begin};
use super::capacity;
use super::coturn::Coturn;
use super::found::{Found, Round};
use super::janus::Janus;
use super::rtpengine::Rtpengine;
use super::standing::Stand;
use super::tring::Tring;
use super::{Contestant, Part, Rival};
use crate::measure::forward;

/// What is asked of a server, whichever it is.
pub(super) trait Experiment {
    /// What one round of it finds.
    type Figures;

    async fn at<R: Rival>(&self, server: &R, load: &Load) -> Result<Self::Figures>;
}

/// The run, and what it has found so far.
pub(super) struct Contest {
    pub(super) server: PathBuf,
    pub(super) only: Vec<Part>,
    /// How many calls one core of Tring is asked to bear.
    pub(super) crowd: usize,
    pub(super) found: Found,
}

impl Contest {
    /// Measures everything so many times.
    pub(super) async fn run(&mut self, rounds: usize) -> Result<()> {
        for number in 1..=rounds {
            let began = Instant::now();
            let say = |what: &str| {
                let seconds = began.elapsed().as_secs();
                tell(&format!("round {number}/{rounds}, {seconds:>3} s: {what}"));
            };
            for round in self.forwarding(number) {
                say(&format!("{} calls of {}", round.calls, round.contestant.name()));
                let standing = self.ask(round, &Stand { calls: round.calls }).await?;
                self.found.standings.extend(standing);
            }
            for calls in self.floors() {
                say(&format!("{calls} calls at the floor"));
                let floor = forward::floor(&Load::start(PACKET_TIME)?, calls, self.profile()).await?;
                self.found.floors.push((calls, floor));
            }
            for round in self.setting_up(number) {
                say(&format!("set-up at {}", round.contestant.name()));
                let set_up = self.ask(round, &Begin).await?;
                self.found.set_ups.extend(set_up);
            }
            if self.has(Part::Capacity) {
                say(&format!("{} calls on one core", self.crowd));
                self.found.capacities.push(capacity::measure(&self.server, self.crowd).await?);
            }
        }
        Ok(())
    }

    fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    fn forwarding(&self, number: usize) -> Vec<Round> {
        let at = |calls: &usize| self.rounds(number, *calls, |contestant| contestant.bears(*calls));
        if self.has(Part::Forward) { self.found.calls.iter().flat_map(at).collect() } else { Vec::new() }
    }

    fn floors(&self) -> Vec<usize> {
        if self.has(Part::Forward) { self.found.calls.clone() } else { Vec::new() }
    }

    /// What Tring's peers agreed on.
    fn profile(&self) -> Profile {
        let ours = self.found.standings.iter().find(|(round, _)| round.contestant == Contestant::Tring);
        ours.map_or(Profile::AeadAes256Gcm, |(_, standing)| standing.profile)
    }

    fn setting_up(&self, number: usize) -> Vec<Round> {
        let rounds = self.rounds(number, beginning::CALLS, Contestant::sets_up);
        if self.has(Part::Setup) { rounds } else { Vec::new() }
    }

    fn rounds(&self, number: usize, calls: usize, able: impl Fn(Contestant) -> bool) -> Vec<Round> {
        let able = self.found.present.iter().copied().filter(|contestant| able(*contestant));
        able.map(|contestant| Round { number, contestant, calls }).collect()
    }

    /// A failure of another server is a finding, and there are no figures then; one of Tring is the end.
    async fn ask<E: Experiment>(
        &mut self,
        round: Round,
        experiment: &E,
    ) -> Result<Option<(Round, E::Figures)>> {
        let Round { number, contestant, calls } = round;
        match self.figures(contestant, experiment).await {
            Ok(figures) => Ok(Some((round, figures))),
            Err(error) if contestant == Contestant::Tring => Err(error),
            Err(error) => {
                tell(&format!("{} failed: {error:#}", contestant.name()));
                self.found
                    .failures
                    .push(format!("{} in round {number} with {calls} calls", contestant.name()));
                Ok(None)
            }
        }
    }

    async fn figures<E: Experiment>(&self, contestant: Contestant, experiment: &E) -> Result<E::Figures> {
        let address = self.found.address;
        match contestant {
            Contestant::Tring => figures(experiment, Tring::start(&self.server, address).await?).await,
            Contestant::Janus => figures(experiment, Janus::start(address).await?).await,
            Contestant::Rtpengine => figures(experiment, Rtpengine::start(address).await?).await,
            Contestant::Coturn => figures(experiment, Coturn::start(address).await?).await,
        }
    }
}

/// Light peers of their own for each server, so that what is left of a failed experiment is in nobody else's figures.
async fn figures<E: Experiment, R: Rival>(experiment: &E, server: R) -> Result<E::Figures> {
    let load = Load::start(PACKET_TIME)?;
    experiment.at(&server, &load).await.map_err(|error| server.daemon().explain(error))
}

/// For whoever watches; a closed terminal is no reason to stop.
pub(super) fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}
