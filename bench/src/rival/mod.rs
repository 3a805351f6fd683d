//! `tring-bench rivals`: Tring beside other people's servers, under the same load, in the same run.
//!
//! Who does not sit on the path of a call as a whole is compared in the part that it has: rtpengine forwards media and
//! leaves signalling to others; coturn forwards without opening anything. Whoever is not installed is left out, and
//! the result says so.

mod address;
mod beginning;
mod capacity;
mod contest;
mod coturn;
mod debian;
mod found;
mod janus;
mod leg;
mod plot;
mod result;
mod rtpengine;
mod standing;
mod tring;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tring_load::legs::Load;

use crate::daemon::Daemon;
use crate::machine;
use crate::measure::a_few_at_once;
use crate::report::Report;
use contest::Contest;
use debian::Package;
use found::Found;
use leg::Connected;

/// The whole run is given up after this time. A round of everything takes about five minutes.
const TIME_LIMIT: Duration = Duration::from_secs(45 * 60);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The server to measure [default: `tring` beside this program].
    #[arg(long)]
    server: Option<PathBuf>,
    /// How often everything is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// At how many calls forwarding is measured.
    #[arg(long, value_delimiter = ',', default_values_t = [50, 100, 200])]
    calls: Vec<usize>,
    /// How many calls the part `capacity` asks one core to bear.
    #[arg(long, default_value_t = capacity::CALLS)]
    crowd: usize,
    /// Which parts to run [default: all].
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Writes table and plot into this directory too, named by date and processor.
    #[arg(long)]
    write: Option<PathBuf>,
}

/// A part of the run that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// CPU per forwarded packet and memory per call.
    Forward,
    /// How long it takes until both sides have their keys and hear each other.
    Setup,
    /// A crowd of calls of Tring on one core, with packets of 20 and of 40 ms.
    Capacity,
}

/// Who is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contestant {
    Tring,
    Janus,
    Rtpengine,
    Coturn,
}

/// All, in the order in which a round asks them.
const CONTESTANTS: [Contestant; 4] =
    [Contestant::Tring, Contestant::Janus, Contestant::Rtpengine, Contestant::Coturn];

impl Contestant {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tring => "Tring",
            Self::Janus => "Janus",
            Self::Rtpengine => "rtpengine",
            Self::Coturn => "coturn",
        }
    }

    /// Whether it forwards so many calls with one core and without being measured at its end, where a packet's cost
    /// says nothing any more: Janus' cost grows with the number of its sockets.
    fn bears(self, calls: usize) -> bool {
        self != Self::Janus || calls <= 100
    }

    /// Whether people are connected by it: coturn only forwards between those that know each other already.
    fn sets_up(self) -> bool {
        self != Self::Coturn
    }
}

/// A running server in whose calls the light peers take part.
trait Rival {
    /// Two people that can call each other.
    type Line;

    fn daemon(&self) -> &Daemon;

    /// Signs in the two people of call number `n`.
    async fn line(&self, n: usize) -> Result<Self::Line>;

    /// The first calls the second, who takes the call at once; both open their microphones as soon as they can.
    async fn connect(&self, line: &mut Self::Line, load: &Load) -> Result<Connected>;

    /// Ends the call. Legs that it leaves open are closed by whoever asked for it.
    async fn hang_up(&self, line: &mut Self::Line, load: &Load) -> Result<()>;
}

/// Signs in the people of `count` calls.
async fn lines<R: Rival>(server: &R, count: usize) -> Result<Vec<R::Line>> {
    a_few_at_once(0..count, async |n| server.line(n).await).await
}

/// Measures everything that is asked for and tells it.
pub(crate) fn run(args: Args) -> Result<()> {
    let machine = crate::prepare()?;
    let server = crate::server_program(args.server)?;
    let found = Found { calls: args.calls, ..who_is_there()? };
    let mut contest = Contest { server, only: args.only, crowd: args.crowd, found };

    let load_before = machine::load_average();
    let revision = crate::revision();
    let (date, time) = machine::now_utc();
    let began = Instant::now();
    let rounds = args.rounds.max(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(async { tokio::time::timeout(TIME_LIMIT, contest.run(rounds)).await })
        .context("the comparison takes too long")??;

    let found = contest.found;
    let name = format!("{date}-rivals-{}", machine.short_name());
    let report = Report {
        title: "Tring beside Janus, rtpengine and coturn",
        machine,
        date,
        time,
        command: [vec![crate::command_line()], result::command_lines(&found)].concat().join("\n"),
        revision,
        load: [load_before, machine::load_average()],
        rounds,
        duration_s: began.elapsed().as_secs(),
        remark: result::remark(&found),
        sections: result::sections(&found),
    };
    writeln!(std::io::stdout(), "{}\n{}", report.text(), report.remark)?;
    if let Some(directory) = args.write {
        let (table, drawing) = (directory.join(format!("{name}.md")), format!("{name}.svg"));
        let text = format!("{}\n![The medians as bars]({drawing})\n", report.markdown());
        std::fs::write(&table, text).with_context(|| format!("writing {}", table.display()))?;
        let caption = format!(
            "Medians, with the least and the greatest of all rounds ({rounds}). {}, {}, {} cores.",
            report.date, report.machine.cpu, report.machine.cores
        );
        std::fs::write(directory.join(&drawing), plot::draw(&result::panels(&found), &caption))?;
        writeln!(std::io::stdout(), "Written to {}", table.display())?;
    }
    Ok(())
}

/// Tring, and the others as far as they are installed.
fn who_is_there() -> Result<Found> {
    let (mut present, mut absent) = (Vec::new(), Vec::new());
    for contestant in CONTESTANTS {
        match Package::of(contestant) {
            Some(package) if !package.is_installed() => {
                contest::tell(&format!(
                    "{} is not installed (Debian: {}) and left out",
                    contestant.name(),
                    package.name
                ));
                absent.push(contestant);
            }
            _ => present.push(contestant),
        }
    }
    Ok(Found::nothing(address::own_address()?, present, absent))
}
