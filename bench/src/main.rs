//! `make bench`: what Tring costs, next to what it cannot cost less than, in one run.
//!
//! Runs every experiment once a round, prints medians with their least and greatest, and names each goal that was
//! missed. What the figures mean and how far to trust them is in `bench/README.md`.

mod daemon;
mod figures;
mod floor;
mod machine;
mod measure;
mod process;
mod report;
mod rival;
mod rounds;
mod server;
mod soak;
mod statistics;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use machine::{GENERATOR_CORE, Machine};
use report::Report;
use rounds::Plan;

/// The whole run is given up after this time. A round takes about a minute.
const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Parser)]
#[command(version, about = "What Tring costs, measured against a limit in the same run.")]
struct Args {
    /// The server to measure [default: `tring` beside this program].
    #[arg(long)]
    server: Option<PathBuf>,
    /// How often everything is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Which experiments to run [default: all].
    #[arg(long, value_delimiter = ',')]
    only: Vec<rounds::Experiment>,
    /// The SDK as it is served.
    #[arg(long, default_value = "sdk/web/signed-call/dist/signed-call.umd.js")]
    sdk: PathBuf,
    /// Writes the results into this directory too, named by date and processor.
    #[arg(long)]
    write: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Be the forwarder that the relay is compared with; started by the bench itself.
    #[command(hide = true)]
    Floor,
    /// How long figures and pages of the log take in a database of many calls.
    Statistics(statistics::Args),
    /// Tring beside other people's servers, under the same load in the same run.
    Rivals(rival::Args),
    /// Whether the server stays as it is while hundreds of calls come and go for hours.
    Soak(soak::Args),
}

fn main() -> Result<()> {
    let args = Args::parse();
    match args.role {
        Some(Role::Floor) => return floor::run(),
        Some(Role::Statistics(args)) => return statistics::run(args),
        Some(Role::Soak(args)) => return soak::run(&args),
        Some(Role::Rivals(args)) => return rival::run(args),
        None => {}
    }
    let machine = prepare()?;
    let plan = Plan {
        server: server_program(args.server)?,
        sdk: args.sdk,
        rounds: args.rounds.max(1),
        only: args.only,
    };

    let load_before = machine::load_average();
    let revision = revision();
    let (date, time) = machine::now_utc();
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime
        .block_on(async { tokio::time::timeout(TIME_LIMIT, rounds::run(&plan)).await })
        .context("the bench takes too long")??;
    let report = Report {
        title: "Tring",
        machine,
        date,
        time,
        command: command_line(),
        revision,
        load: [load_before, machine::load_average()],
        rounds: plan.rounds,
        duration_s: began.elapsed().as_secs(),
        remark: format!("SRTP {} at the relay and at the floor.", found.profile),
        sections: found.sections,
    };

    writeln!(std::io::stdout(), "{}", report.text())?;
    if let Some(directory) = args.write {
        let file = directory.join(format!("{}-{}.md", report.date, report.machine.short_name()));
        std::fs::write(&file, report.markdown()).with_context(|| format!("writing {}", file.display()))?;
        writeln!(std::io::stdout(), "Written to {}", file.display())?;
    }
    Ok(())
}

/// Takes the generator's core and a place before other programs; returns what the figures will belong to.
fn prepare() -> Result<Machine> {
    let machine = Machine::read()?;
    ensure!(machine.cores >= 2, "two cores are needed: one for what is measured, one for who measures");
    tring_load::process::raise_file_limit()?;
    machine::pin(GENERATOR_CORE).context("binding to a core")?;
    machine::go_first();
    Ok(machine)
}

/// The server to measure, if no other was named: the one that was built with this program.
fn server_program(named: Option<PathBuf>) -> Result<PathBuf> {
    let program = match named {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("tring"),
    };
    program.canonicalize().with_context(|| format!("looking for the server {}", program.display()))
}

/// How this run was started, without the path of the program.
fn command_line() -> String {
    let program = std::env::args_os().next().map(PathBuf::from);
    let name =
        program.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    name.into_iter().chain(std::env::args().skip(1)).collect::<Vec<_>>().join(" ")
}

/// The commit that is checked out; `-dirty` if files differ from it.
fn revision() -> String {
    let git = Command::new("git").args(["describe", "--always", "--dirty", "--exclude=*"]).output();
    git.ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
