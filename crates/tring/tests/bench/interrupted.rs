//! What is seen of a bench while it runs, and what is left of one that is ended.

use serde_json::Value;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::terminal::{Terminal, without_commands};
use crate::{World, report, text};

/// Figures of the server's own: how many talk at the moment, and how many calls ended as they should.
const TALKING: &str = "tring_calls{state=\"connected\"}";
const HUNG_UP: &str = "tring_calls_ended_total{status=\"over\",reason=\"hangup\"}";

/// Signs in as many as it likes.
fn generous() -> World {
    World::with(&[("TRING__SIGN_IN__BURST", "100000")])
}

fn start(world: &World, options: &[&str]) -> Child {
    world.bench(options).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What Ctrl-C does.
fn interrupt(bench: &Child) {
    signal(bench, "-INT");
}

fn signal(process: &Child, which: &str) {
    assert!(Command::new("kill").args([which, &process.id().to_string()]).status().unwrap().success());
}

fn ended(bench: Child) -> (Output, Value) {
    let output = bench.wait_with_output().unwrap();
    let report = report(&output);
    (output, report)
}

#[test]
fn ctrl_c_among_calls_hangs_them_up_and_reports_what_was_measured() {
    let world = World::new();
    let bench = start(&world, &["--calls", "60", "--rate", "2", "--hold", "5m", "--json"]);
    world.until_figure(TALKING, 2);
    interrupt(&bench);
    let (output, report) = ended(bench);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert!(report["stopped"].as_str().unwrap().contains("Ctrl-C"), "{report:#}");
    let placed = report["calls"]["placed"].as_u64().unwrap();
    assert!((2..60).contains(&placed), "{report:#}");
    assert_eq!(report["calls"]["failed"], 0);
    assert!(report["calls"]["answeredToFirstAudio"]["p50"].as_f64().unwrap() > 0.0, "{report:#}");
    assert!(report["packets"]["delivered"].as_u64().unwrap() > 0, "{report:#}");
    world.until_figure(HUNG_UP, placed);
}

#[test]
fn ctrl_c_among_sign_ins_reports_how_many_there_were() {
    let world = generous();
    let bench = start(&world, &["--calls", "1", "--idle", "15000", "--json"]);
    world.until_figure("tring_sessions_connected", 20);
    interrupt(&bench);
    let (output, report) = ended(bench);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert!(report["stopped"].as_str().unwrap().contains("Ctrl-C"), "{report:#}");
    assert_eq!(report["calls"]["placed"], 0);
    assert!((20..15_000).contains(&report["devices"]["signedIn"].as_u64().unwrap()), "{report:#}");
}

#[test]
fn a_bench_that_was_kept_from_its_core_says_that_it_was_the_limit() {
    let world = World::new();
    let bench = start(&world, &["--calls", "2", "--rate", "2", "--hold", "4s", "--json"]);
    world.until_figure(TALKING, 1);
    signal(&bench, "-STOP");
    // What a machine does to a program that has to wait for others; a second is fifty packets.
    std::thread::sleep(Duration::from_secs(1));
    signal(&bench, "-CONT");
    let (output, report) = ended(bench);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    let limits = report["limits"].as_array().unwrap();
    let says = |limit: &Value| limit["why"].as_str().unwrap().contains("kept from sending packets in time");
    assert!(limits.iter().any(|limit| limit["whose"] == "generator" && says(limit)), "{report:#}");
    assert!(report["generator"]["packetsNotSent"].as_u64().unwrap() >= 40, "{report:#}");
    assert!(report["generator"]["packetsLateMs"]["max"].as_f64().unwrap() > 900.0, "{report:#}");
}

#[test]
fn a_second_ctrl_c_waits_for_nothing() {
    let world = World::new();
    let bench = start(&world, &["--calls", "1", "--hold", "5m"]);
    world.until_figure(TALKING, 1);
    // A server that does not answer any more: hanging up would take its time.
    signal(&world.server, "-STOP");
    interrupt(&bench);
    let pid = bench.id().to_string();
    let again = std::thread::spawn(move || {
        let press = || Command::new("kill").args(["-INT", &pid]).stderr(Stdio::null()).status().unwrap();
        // Two at once would count as one.
        while press().success() {}
    });
    let output = bench.wait_with_output().unwrap();
    again.join().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    assert!(text(&output.stderr).contains("there is no report"), "{}", text(&output.stderr));
}

#[test]
fn a_bar_and_the_report_fit_a_terminal_of_80_columns_up_to_ctrl_c() {
    let world = World::new();
    let mut terminal = Terminal::new(80);
    let bench = world.bench(&["--calls", "40", "--rate", "2", "--hold", "5m", "--idle", "3"]);
    let mut process = terminal.take(&bench).spawn().unwrap();
    terminal.shows(" now, 0 failed");
    assert!(terminal.drawn().contains("calls      ░░░░"), "{}", terminal.drawn());
    world.until_figure(TALKING, 1);
    terminal.press("\u{3}");
    terminal.shows("stopped    early, by Ctrl-C");
    assert_eq!(process.wait().unwrap().code(), Some(0));
    terminal.shows("generator  ");
    fits(&terminal, 80);
}

#[test]
fn a_bar_fills_a_terminal_of_120_columns_and_is_gone_before_the_report() {
    let world = World::new();
    let terminal = Terminal::new(120);
    let bench = world.bench(&["--calls", "2", "--rate", "2", "--hold", "3s"]);
    let mut process = terminal.take(&bench).spawn().unwrap();
    terminal.shows("2 now, 0 failed");
    assert_eq!(process.wait().unwrap().code(), Some(0));
    terminal.shows("generator  ");
    fits(&terminal, 120);
    let drawn = terminal.drawn();
    let (bar, report) = drawn.split_once("2 of 2 placed, 0 failed").unwrap();
    assert!(bar.contains('█') && !report.contains('█') && !report.contains('░'), "{drawn}");
}

/// Nothing is broken by the terminal's edge.
#[track_caller]
fn fits(terminal: &Terminal, columns: usize) {
    // The terminal itself says which key was pressed.
    let shown = without_commands(&terminal.drawn()).replace("^C", "");
    for line in shown.split(['\r', '\n']) {
        assert!(line.chars().count() <= columns, "{line:?}");
    }
}
