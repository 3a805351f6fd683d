//! `tring-bench rivals`: Tring beside other people's servers, under the same load, in the same run.
//!
//! Who does not sit on the path of a call as a whole is compared in the part that it has: rtpengine forwards media and
//! leaves signalling to others; coturn forwards without opening anything. Whoever is not installed is left out, and
//! the result says so.

mod contest;
mod coturn;
mod daemon;
mod janus;
mod leg;
mod plot;
mod result;
mod rtpengine;
mod tring;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tring_load::legs::Load;

use crate::machine;
use crate::process::Process;
use crate::report::Report;
use contest::Contest;
use leg::Connected;

/// The whole run is given up after this time. A round of everything takes about three minutes.
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
    /// Fifteen hundred calls of Tring on one core, with packets of 20 and of 40 ms.
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

    /// What Debian calls the program, and the package that has it.
    fn debian(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Tring => None,
            Self::Janus => Some(("janus", "janus")),
            Self::Rtpengine => Some(("rtpengine", "rtpengine-daemon")),
            Self::Coturn => Some(("turnserver", "coturn")),
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

    fn process(&self) -> &Process;

    /// What it said last, for whoever looks for the reason of a failure.
    fn last_words(&self) -> String;

    /// Signs in two people for each of `count` calls.
    async fn lines(&self, count: usize) -> Result<Vec<Self::Line>>;

    /// The first calls the second, who takes the call at once; both open their microphones as soon as they can.
    async fn connect(&self, line: &mut Self::Line, load: &Load) -> Result<Connected>;

    /// Ends the call. Legs that it leaves open are closed by whoever asked for it.
    async fn hang_up(&self, line: &mut Self::Line, load: &Load) -> Result<()>;
}

/// Measures everything that is asked for and tells it.
pub(crate) fn run(args: Args) -> Result<()> {
    let machine = crate::prepare()?;
    let server = crate::server_program(args.server)?;
    let (present, absent): (Vec<_>, Vec<_>) =
        CONTESTANTS.into_iter().partition(|contestant| daemon::is_installed(*contestant));
    for contestant in &absent {
        let (_, package) = contestant.debian().context("Tring itself is never absent")?;
        // For whoever watches; a closed terminal is no reason to stop.
        let _ = writeln!(
            std::io::stderr(),
            "{} is not installed (Debian: {package}) and left out",
            contestant.name()
        );
    }

    let load_before = machine::load_average();
    let revision = crate::revision();
    let (date, time) = machine::now_utc();
    let began = Instant::now();
    let mut contest = Contest::new(server, present, args.calls, args.only)?;
    let rounds = args.rounds.max(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(async { tokio::time::timeout(TIME_LIMIT, contest.run(rounds)).await })
        .context("the comparison takes too long")??;

    let name = format!("{date}-rivals-{}", machine.short_name());
    let report = Report {
        title: "Tring beside Janus, rtpengine and coturn",
        machine,
        date,
        time,
        command: [vec![crate::command_line()], result::command_lines(&contest)].concat().join("\n"),
        revision,
        load: [load_before, machine::load_average()],
        rounds,
        duration_s: began.elapsed().as_secs(),
        remark: result::remark(&contest, &absent),
        sections: result::sections(&contest),
    };
    writeln!(std::io::stdout(), "{}\n{}", report.text(), report.remark)?;
    if let Some(directory) = args.write {
        let (table, drawing) = (directory.join(format!("{name}.md")), format!("{name}.svg"));
        let text = format!("{}\n![The medians as bars]({drawing})\n", report.markdown());
        std::fs::write(&table, text).with_context(|| format!("writing {}", table.display()))?;
        std::fs::write(directory.join(&drawing), plot::draw(&result::panels(&contest)))?;
        writeln!(std::io::stdout(), "Written to {}", table.display())?;
    }
    Ok(())
}
