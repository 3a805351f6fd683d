//! `tring-bench statistics`: what an account's figures and pages of its log cost when it has ten million calls.
//!
//! Fills a database once, then asks what the dashboard asks, as the server asks it: through the store, each question
//! many times, with other ranges, zones and cursors each time.

mod ask;
mod fill;

use anyhow::{Context as _, Result};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;
use tring_store::{Database, KEY_FILE, KeySource, Store};

use crate::figures::percentile;
use crate::machine::{self, Machine};
use crate::{command_line, revision};

/// What every question may take, in milliseconds.
const GOAL_MS: f64 = 100.0;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many calls the account has.
    #[arg(long, default_value_t = 10_000_000)]
    calls: u64,
    /// `sqlite`, or the address of an empty PostgreSQL database.
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// Keeps the SQLite file here; if one is there already it is asked and not filled.
    #[arg(long)]
    directory: Option<PathBuf>,
    /// How often each question is asked.
    #[arg(long, default_value_t = 40)]
    repeats: usize,
    /// Writes the results into this directory too, named by date, database and processor.
    #[arg(long)]
    write: Option<PathBuf>,
}

/// One question and how long each of its answers took, in milliseconds.
#[derive(Debug)]
pub(crate) struct Timed {
    pub(crate) question: String,
    pub(crate) answer: String,
    pub(crate) took: Vec<f64>,
    pub(crate) goal: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    machine::go_first();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(args))
}

async fn measure(args: Args) -> Result<()> {
    let machine = Machine::read()?;
    let scratch = tempfile::tempdir()?;
    let directory = args.directory.clone().unwrap_or_else(|| scratch.path().to_owned());
    let is_sqlite = args.database == "sqlite";
    let database = if is_sqlite {
        Database::Sqlite { directory: directory.clone() }
    } else {
        Database::Postgres { url: args.database.clone() }
    };
    let url = if is_sqlite {
        format!("sqlite:{}", directory.join(tring_store::SQLITE_FILE).display())
    } else {
        args.database.clone()
    };
    let store = Store::open(&database, &KeySource::File(directory.join(KEY_FILE))).await?;
    let (date, time) = machine::now_utc();
    let load_before = machine::load_average();
    let began = Instant::now();
    let filled = fill::run(&store, &url, args.calls).await?;
    let took = if filled.is_new {
        format!("filled in {:.0} s", began.elapsed().as_secs_f64())
    } else {
        "filled by an earlier run".to_owned()
    };
    let timed = ask::run(&store, &filled, args.repeats).await?;

    let name = if is_sqlite { "SQLite" } else { "PostgreSQL" };
    let mut out = format!("# Figures and log of {} calls, {name}, {date}, {}\n\n", args.calls, machine.cpu);
    let _ = writeln!(
        out,
        "{date} at {time} UTC. {}, {} cores, {:.0} GB, Linux {}. Load average before {load_before}, after {}. Revision {}; \
         release build. The calls were spread over 365 days, every quarter of an hour having some; rows were inserted \
         in bulk, figures counted by the store\'s own code ({took}). Each question was asked {} times, with another \
         range, zone or cursor each time; milliseconds.\n\n```\n{}\n```\n",
        machine.cpu,
        machine.cores,
        machine.memory_gb,
        machine.kernel,
        machine::load_average(),
        revision(),
        args.repeats,
        command(&args),
    );
    let _ = writeln!(out, "| question | answer | p50 | p95 | max | goal | verdict |");
    let _ = writeln!(out, "|---|---|---:|---:|---:|---|---|");
    let mut missed = 0;
    for Timed { question, answer, took, goal } in &timed {
        let [p50, p95, max] =
            [50.0, 95.0, 100.0].map(|percent| percentile(took, percent).unwrap_or(f64::NAN));
        let verdict = match () {
            () if !goal => "",
            () if p95 <= GOAL_MS => "met",
            () => "MISSED",
        };
        missed += usize::from(verdict == "MISSED");
        let goal = if *goal { format!("≤ {GOAL_MS}") } else { String::new() };
        let _ =
            writeln!(out, "| {question} | {answer} | {p50:.2} | {p95:.2} | {max:.2} | {goal} | {verdict} |");
    }
    let _ = writeln!(out, "\n{missed} of the goals missed, judged by p95.");
    writeln!(std::io::stdout(), "{out}")?;
    if let Some(directory) = args.write {
        let name = format!("{date}-statistics-{}-{}.md", name.to_lowercase(), machine.short_name());
        let file = directory.join(name);
        std::fs::write(&file, out).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(())
}

/// What was run, without the password in a database's address and without this machine's directories.
fn command(args: &Args) -> String {
    let mut command = command_line();
    if args.database != "sqlite" {
        command = command.replace(&args.database, "postgres://…");
    }
    for directory in args.directory.iter().chain(&args.write) {
        command = command.replace(&directory.display().to_string(), "…");
    }
    command
}
