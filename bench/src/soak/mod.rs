//! `tring-bench soak`: hundreds of calls at a time, for hours, placed, switched and ended by a generated schedule over
//! real sockets; every one must end as planned, and the server must not grow by them.

mod drawing;
mod judge;
mod ledger;
mod play;
mod report;
mod schedule;
mod turn;
mod watch;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::cell::{Cell, RefCell};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant as Moment;
use tring_load::legs::Load;
use tring_load::peer::{Device, Identity, Pair, SIGN_INS_AT_ONCE, SignIn, sign_in_devices};
use tring_protocol::limits::{ENDED_MEMORY, SESSION_GRACE};

use crate::machine::{self, Machine};
use crate::server::{Server, Setting};
use crate::{command_line, revision, server_program};
use judge::Found;
use ledger::Ledger;
use play::Stage;
use report::Run;
use schedule::{RING_TIMEOUT, Schedule};
use watch::Sample;

/// One packet of Opus holds this much, the most that browsers put into one. Lower: the generator takes more of the
/// machine, and the calls are no different.
const PACKET_TIME: Duration = Duration::from_millis(60);
/// How many call people that are in a call.
const KNOCKERS: usize = 16;
/// How many failures are printed as they happen; all are counted.
const TOLD: usize = 30;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// For how long calls are placed. The last ones end after it, and then the server gets a minute to forget them.
    #[arg(long, default_value_t = 2.0)]
    minutes: f64,
    /// How many pairs of people call each other.
    #[arg(long, default_value_t = 200)]
    calls: usize,
    /// Another seed makes other calls.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The server [default: `tring` beside this program].
    #[arg(long)]
    server: Option<PathBuf>,
    /// Writes the results into this directory too, named by date and processor.
    #[arg(long)]
    write: Option<PathBuf>,
    /// What the results name as the revision of the server [default: the commit that is checked out].
    #[arg(long)]
    revision: Option<String>,
}

/// Runs it; an error if anything did not hold.
pub(crate) fn run(args: &Args) -> Result<()> {
    tring_load::process::raise_file_limit()?;
    let program = server_program(args.server.clone())?;
    let machine = Machine::read()?;
    let load_before = machine::load_average();
    let revision = args.revision.clone().unwrap_or_else(revision);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (found, gaps) = runtime.block_on(soak(args, &program))?;
    let (date, time) = machine::now_utc();
    let run = Run {
        machine,
        date,
        time,
        command: command_line(),
        revision,
        load: [load_before, machine::load_average()],
        minutes: found.samples.last().map_or(0.0, |sample| sample.at / 60.0),
        calls: args.calls,
        seed: args.seed,
        gaps,
    };

    let mut out = std::io::stdout();
    writeln!(out, "{}", run.text(&found))?;
    if let Some(directory) = &args.write {
        let name = format!("{}-soak-{}", run.date, run.machine.short_name());
        let (table, drawing) = (directory.join(format!("{name}.md")), format!("{name}.svg"));
        std::fs::write(&table, run.markdown(&found, &drawing))?;
        std::fs::write(directory.join(drawing), drawing::draw(&found.samples))?;
        writeln!(out, "Written to {}", table.display())?;
    }
    let verdicts = found.verdicts();
    let failed = verdicts.iter().filter(|verdict| !verdict.holds).count();
    writeln!(out, "soak: {} passed, {failed} failed", verdicts.len() - failed)?;
    ensure!(failed == 0, "{failed} of the soak's conditions do not hold");
    Ok(())
}

async fn soak(args: &Args, program: &Path) -> Result<(Found, Vec<(&'static str, Duration)>)> {
    let mut server = Server::start(program, Setting::Lived { ring_timeout: RING_TIMEOUT }).await?;
    let load = Load::start(PACKET_TIME)?;
    let began = Instant::now();
    let before = Sample::take(server.process(), began, 0)?;

    let pairs = (0..args.calls).map(|at| sign_in_pair(server.sign_in(), at, 0));
    let pairs: Vec<_> = stream::iter(pairs).buffered(SIGN_INS_AT_ONCE).try_collect().await?;
    let stage = Stage {
        load: &load,
        sign_in: server.sign_in(),
        knockers: RefCell::new(sign_in_devices(server.sign_in(), "knocker", KNOCKERS).await?),
        ledger: RefCell::new(Ledger::default()),
        live: Cell::new(0),
        gaps: RefCell::new(Vec::new()),
    };
    let length = Duration::from_secs_f64(args.minutes * 60.0);
    let until = Until { end: Moment::now() + length, asked: Cell::new(false) };
    let tally = Tally::default();
    let spread = length.min(Duration::from_secs(60)) / 4;
    let players = pairs.into_iter().enumerate().map(|(at, pair)| {
        let schedule = Schedule::new(args.seed, at, spread);
        let player = Player { stage: &stage, tally: &tally, at, until: &until };
        player.run(pair, schedule)
    });
    let interval = (length / 100).clamp(Duration::from_secs(1), Duration::from_secs(10));
    let watching = watch::watch(server.process(), &stage, began, interval, &until);
    let calling = async { tokio::try_join!(watching, try_join_all(players)) };
    let (samples, _) = tokio::select! {
        ended = calling => ended?,
        refused = until.when_asked() => return Err(refused),
    };

    let packets = load.count().await?;
    let Stage { knockers, ledger, gaps, .. } = stage;
    drop(knockers);
    let after = drained(&server, began, &before).await?;
    let complaints = complaints(&server.log());
    let data = server.data();
    let stopped = server.stop()?;
    let failures = tally.failures.into_inner();
    let audit = ledger.into_inner().audit(&data, failures.len()).await?;
    let played = tally.played.get();
    let found = Found { samples, before, after, played, failures, audit, packets, stopped, complaints };
    Ok((found, gaps.into_inner()))
}

/// When no further call is placed: after the planned time, or once somebody asks for the end (SIGINT, SIGTERM).
struct Until {
    end: Moment,
    asked: Cell<bool>,
}

impl Until {
    fn is_over(&self) -> bool {
        self.asked.get() || Moment::now() >= self.end
    }

    /// Returns only if nobody can ask.
    async fn when_asked(&self) -> anyhow::Error {
        let (mut interrupt, mut terminate) =
            match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
                (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
                (Err(error), _) | (_, Err(error)) => return error.into(),
            };
        loop {
            tokio::select! {
                _ = interrupt.recv() => self.asked.set(true),
                _ = terminate.recv() => self.asked.set(true),
            }
        }
    }
}

#[derive(Default)]
struct Tally {
    played: Cell<usize>,
    failures: RefCell<Vec<String>>,
}

/// One pair that calls until the end.
struct Player<'a> {
    stage: &'a Stage<'a>,
    tally: &'a Tally,
    at: usize,
    until: &'a Until,
}

impl Player<'_> {
    async fn run(self, mut pair: Pair, mut schedule: Schedule) -> Result<()> {
        while !self.until.is_over() {
            let plan = schedule.next();
            let played = self.stage.play(&mut pair, &plan).await;
            self.tally.played.set(self.tally.played.get() + 1);
            if let Err(error) = played {
                let count = self.note(format!("{error:#} ({:?})", plan.story));
                // Whatever became of the call, other people are not in it.
                pair = sign_in_pair(self.stage.sign_in, self.at, count).await?;
            }
        }
        pair.caller.sign_out().await?;
        pair.callee.sign_out().await
    }

    fn note(&self, failure: String) -> usize {
        let mut failures = self.tally.failures.borrow_mut();
        if failures.len() < TOLD {
            // For whoever watches; a closed terminal is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{failure}");
        }
        failures.push(failure);
        failures.len()
    }
}

/// How many pairs come to one whose callee's network lets no UDP through.
const PAIRS_PER_FIREWALL: usize = 8;

/// Two people; every other pair has devices that offer a second call. `again` counts those in whose place they come.
async fn sign_in_pair(at: &SignIn, number: usize, again: usize) -> Result<Pair> {
    let sign_in = async |side: &str| {
        let identity = Identity::of(&format!("{side}_{number}_{again}"))?;
        let identity = if number.is_multiple_of(2) { identity } else { identity.with_call_waiting() };
        let is_behind = side == "callee" && number.is_multiple_of(PAIRS_PER_FIREWALL);
        let identity = if is_behind { identity.behind_firewall() } else { identity };
        Device::sign_in(at, identity).await
    };
    Ok(Pair { caller: sign_in("caller").await?, callee: sign_in("callee").await? })
}

/// Waits until the server has let go of all sockets, and then for as long as it may remember what is over.
async fn drained(server: &Server, began: Instant, before: &Sample) -> Result<Sample> {
    let grace = Duration::from_millis(SESSION_GRACE.max(ENDED_MEMORY).get()) + Duration::from_secs(5);
    tokio::time::sleep(grace).await;
    let deadline = Moment::now() + grace;
    loop {
        let sample = Sample::take(server.process(), began, 0)?;
        if sample.sockets == before.sockets || Moment::now() > deadline {
            return Ok(sample);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What the server's log says of panics and errors.
fn complaints(log: &str) -> Vec<String> {
    let tells = |line: &&str| line.contains("panicked") || line.contains("ERROR") || line.contains(" WARN");
    log.lines().filter(tells).map(str::to_owned).collect()
}
