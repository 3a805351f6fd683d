//! What the rounds say together: the table's rows with their goals, and the plot's bars.
//!
//! Ratios are made within each round, of processes that ran within the same minute, and then put together.

use super::contest::{CAPACITY, Capacity, Contest, LONG_PACKETS, Round, SetUp, Standing};
use super::plot::{Bar, Panel};
use super::{Contestant, coturn, daemon, janus, rtpengine};
use crate::figures::Spread;
use crate::measure::forward::Forwarding;
use crate::report::{COUNT, Row, Section};
use crate::rounds::profile_name;

/// The number of calls for which the goals are set.
const JUDGED: usize = 100;

pub(super) fn sections(contest: &Contest) -> Vec<Section> {
    let sections =
        [forwarding(contest), losses(contest), memory(contest), set_up(contest), capacity(contest)];
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}

fn forwarding(contest: &Contest) -> Section {
    let cost = |standing: &Standing| standing.forwarding.total;
    let mut rows = Vec::new();
    for calls in &contest.calls {
        for (other, goal) in
            [(Contestant::Janus, Some(0.18)), (Contestant::Rtpengine, Some(0.5)), (Contestant::Coturn, None)]
        {
            let row = ratio(&contest.standings, other, *calls, cost);
            rows.extend(row.map(|row| judged(row, *calls, goal)));
        }
        rows.extend(each(contest, *calls, "CPU per packet", "ns", cost));
        rows.extend(each(contest, *calls, "user part", "ns", |standing| standing.forwarding.user));
    }
    Section { title: "Forwarding: CPU per packet that arrived and opened at the other side", rows }
}

fn losses(contest: &Contest) -> Section {
    let mut rows = Vec::new();
    for calls in &contest.calls {
        let lost = each(contest, *calls, "lost", COUNT, |standing| standing.forwarding.count.lost as f64);
        rows.extend(lost.into_iter().zip(&contest.present).map(|(row, contestant)| match contestant {
            Contestant::Tring => row.goal(0.0),
            _ => row,
        }));
        rows.extend(each(contest, *calls, "to a wrong call or undecryptable", COUNT, |standing| {
            let count = standing.forwarding.count;
            (count.misdelivered + count.undecryptable) as f64
        }));
        let noise = [
            each(contest, *calls, "kept from its core", "ms/s", |standing| standing.forwarding.kept_waiting),
            each(contest, *calls, "not sent, generator late", COUNT, |standing| {
                standing.forwarding.count.skipped as f64
            }),
        ];
        rows.extend(noise.into_iter().flatten().map(|row| row.note("noise of the machine")));
    }
    Section { title: "Losses, from the first packet heard to the last, set-up of other calls included", rows }
}

fn memory(contest: &Contest) -> Section {
    let memory = |standing: &Standing| standing.memory;
    let mut rows = Vec::new();
    for calls in &contest.calls {
        for (other, goal) in
            [(Contestant::Janus, Some(0.3)), (Contestant::Rtpengine, None), (Contestant::Coturn, None)]
        {
            let row = ratio(&contest.standings, other, *calls, memory);
            rows.extend(row.map(|row| judged(row, *calls, goal)));
        }
        rows.extend(each(contest, *calls, "memory per call", "KB", memory));
    }
    Section { title: "Memory: what a fresh process grew by for each call, people being signed in", rows }
}

/// One figure of a set-up, in ms.
type Time = fn(&SetUp) -> f64;

fn set_up(contest: &Contest) -> Section {
    let Some((round, _)) = contest.set_ups.first() else {
        return Section { title: "", rows: Vec::new() };
    };
    let keyed = |set_up: &SetUp| set_up.keyed.p50;
    let mut rows = Vec::new();
    for (other, goal) in [(Contestant::Janus, Some(0.25)), (Contestant::Rtpengine, None)] {
        let row = ratio(&contest.set_ups, other, round.calls, keyed);
        rows.extend(row.map(|row| match goal {
            Some(goal) => row.goal(goal),
            None => row,
        }));
    }
    let times: [(&str, Time); 4] = [
        ("both sides keyed, p50", |set_up| set_up.keyed.p50),
        ("both sides keyed, p95", |set_up| set_up.keyed.p95),
        ("both hear each other, p50", |set_up| set_up.heard.p50),
        ("both hear each other, p95", |set_up| set_up.heard.p95),
    ];
    for (what, time) in times {
        for contestant in contest.present.iter().filter(|contestant| contestant.sets_up()) {
            let values = values(&contest.set_ups, *contestant, round.calls, time);
            let row = Row::new(format!("{}: {what}", contestant.name()), "ms", &values);
            rows.push(match contestant {
                Contestant::Rtpengine => row.note("without signalling"),
                _ => row,
            });
        }
    }
    Section {
        title: "Set-up: from the caller's request, one call at a time; ratios of both sides keyed",
        rows,
    }
}

fn capacity(contest: &Contest) -> Section {
    let title = "Capacity: fifteen hundred calls of Tring on one core";
    if contest.capacities.is_empty() {
        return Section { title, rows: Vec::new() };
    }
    let each = |figure: fn(&Capacity) -> f64| contest.capacities.iter().map(figure).collect::<Vec<_>>();
    let long = LONG_PACKETS.as_millis();
    let rows = vec![
        Row::new("20 ms packets: lost", COUNT, &each(|c| c.short.count.lost as f64)).goal(0.0),
        Row::new("20 ms packets: delivered per round", COUNT, &each(|c| c.short.count.delivered as f64)),
        Row::new("20 ms packets: not sent, generator late", COUNT, &each(|c| c.short.count.skipped as f64))
            .note("noise of the machine, or the generator was the limit"),
        Row::new("20 ms packets: lost at the floor", COUNT, &each(|c| c.floor.count.lost as f64))
            .note("noise of the machine"),
        Row::new("20 ms packets: share of the core", "%", &each(|c| c.short.share * 100.0)),
        Row::new("20 ms packets: CPU of a call-minute", "ms", &each(|c| call_minute(&c.short))),
        Row::new(format!("{long} ms packets: CPU of a call-minute"), "ms", &each(|c| call_minute(&c.long))),
        Row::new(format!("{long} ms packets: share of the core"), "%", &each(|c| c.long.share * 100.0)),
        Row::new(format!("{long} ms packets: lost"), COUNT, &each(|c| c.long.count.lost as f64)).goal(0.0),
        Row::new(
            format!("call-minute at {long} ms ÷ at 20 ms"),
            "×",
            &each(|c| c.long.share / c.short.share),
        ),
    ];
    Section { title, rows }
}

/// Milliseconds of the server's CPU that one call takes in a minute.
fn call_minute(forwarding: &Forwarding) -> f64 {
    forwarding.share * 60_000.0 / CAPACITY as f64
}

/// A line for everybody who was asked at so many calls.
fn each(
    contest: &Contest,
    calls: usize,
    what: &str,
    unit: &'static str,
    figure: fn(&Standing) -> f64,
) -> Vec<Row> {
    let row = |contestant: &Contestant| {
        let values = values(&contest.standings, *contestant, calls, figure);
        let row = Row::new(format!("{calls} calls: {}, {what}", contestant.name()), unit, &values);
        if contestant.bears(calls) { row } else { row.note("not asked: past its limit") }
    };
    if contest.standings.is_empty() { Vec::new() } else { contest.present.iter().map(row).collect() }
}

/// Tring's figure over the other's of the same round; `None` if there is no round with both.
fn ratio<T>(
    found: &[(Round, T)],
    other: Contestant,
    calls: usize,
    figure: impl Fn(&T) -> f64,
) -> Option<Row> {
    let ratios: Vec<_> = of(found, Contestant::Tring, calls)
        .filter_map(|(round, ours)| {
            let (_, theirs) = of(found, other, calls).find(|(theirs, _)| theirs.number == round.number)?;
            Some(figure(ours) / figure(theirs))
        })
        .collect();
    let row = Row::new(format!("{calls} calls: Tring ÷ {}", other.name()), "×", &ratios);
    (!ratios.is_empty()).then_some(row)
}

fn judged(row: Row, calls: usize, goal: Option<f64>) -> Row {
    match goal {
        Some(goal) if calls == JUDGED => row.goal(goal),
        _ => row,
    }
}

fn values<T>(
    found: &[(Round, T)],
    contestant: Contestant,
    calls: usize,
    figure: impl Fn(&T) -> f64,
) -> Vec<f64> {
    of(found, contestant, calls).map(|(_, figures)| figure(figures)).collect()
}

fn of<T>(found: &[(Round, T)], contestant: Contestant, calls: usize) -> impl Iterator<Item = &(Round, T)> {
    found.iter().filter(move |(round, _)| round.contestant == contestant && round.calls == calls)
}

/// The plot: what the goals are about, each server a bar.
pub(super) fn panels(contest: &Contest) -> Vec<Panel> {
    let calls = if contest.calls.contains(&JUDGED) { Some(&JUDGED) } else { contest.calls.first() };
    let timed = contest.set_ups.first().map_or(0, |(round, _)| round.calls);
    let mut panels = Vec::new();
    if let Some(calls) = calls {
        let titles = [
            format!("CPU per forwarded packet at {calls} calls, µs"),
            format!("memory per call at {calls} calls, KB"),
        ];
        let figures: [fn(&Standing) -> f64; 2] =
            [|standing| standing.forwarding.total / 1e3, |standing| standing.memory];
        for (title, figure) in titles.into_iter().zip(figures) {
            panels.push(Panel { title, bars: bars(contest, &contest.standings, *calls, figure) });
        }
    }
    let title = "caller's request → both sides keyed, ms".to_owned();
    panels.push(Panel { title, bars: bars(contest, &contest.set_ups, timed, |set_up| set_up.keyed.p50) });
    panels.retain(|panel| !panel.bars.is_empty());
    panels
}

fn bars<T>(contest: &Contest, found: &[(Round, T)], calls: usize, figure: fn(&T) -> f64) -> Vec<Bar> {
    let bar = |contestant: &Contestant| {
        let figure = Spread::of(&values(found, *contestant, calls, figure))?;
        Some(Bar { name: contestant.name(), ours: *contestant == Contestant::Tring, figure })
    };
    contest.present.iter().filter_map(bar).collect()
}

/// What a reader must know besides the table: versions, how the others were started, what is missing.
pub(super) fn remark(contest: &Contest, absent: &[Contestant]) -> String {
    let told = contest.present.iter().filter_map(|contestant| {
        let version = daemon::version(*contestant)?;
        Some(format!("{} {version}", contestant.name()))
    });
    let mut sentences =
        vec![format!("Others, as Debian packages them: {}.", told.collect::<Vec<_>>().join(", "))];
    let profiles = contest.present.iter().filter_map(|contestant| {
        let (_, standing) = contest.standings.iter().find(|(round, _)| round.contestant == *contestant)?;
        Some(format!("{} with {}", profile_name(standing.profile), contestant.name()))
    });
    let profiles: Vec<_> = profiles.collect();
    if !profiles.is_empty() {
        sentences.push(format!("SRTP {}.", profiles.join(", ")));
    }
    let left_out: Vec<_> = absent.iter().map(|contestant| contestant.name()).collect();
    if !left_out.is_empty() {
        sentences.push(format!("Not installed and left out: {}.", left_out.join(", ")));
    }
    if !contest.failures.is_empty() {
        sentences.push(format!("FAILED, and missing from the figures: {}.", contest.failures.join("; ")));
    }
    sentences.join(" ")
}

/// How the others were started, one line each; ports, addresses and folders change from run to run.
pub(super) fn command_lines(contest: &Contest) -> Vec<String> {
    let address = contest.address();
    let line = |contestant: &Contestant| match contestant {
        Contestant::Tring => None,
        Contestant::Janus => Some(("janus", janus::arguments(address, "FOLDER", "FOLDER/janus.jcfg"))),
        Contestant::Rtpengine => {
            Some(("rtpengine", rtpengine::arguments(address, ([127, 0, 0, 1], 2223).into())))
        }
        Contestant::Coturn => Some(("turnserver", coturn::arguments(address, 3478, "FOLDER"))),
    };
    let lines = contest.present.iter().filter_map(line);
    lines.map(|(program, arguments)| format!("{program} {}", arguments.join(" "))).collect()
}
