//! What the rounds say together: the table's rows with their goals, the plot's bars, and what a reader must know besides.
//!
//! Ratios are made within each round, of processes that ran within the same minute, and then put together.

use super::beginning::{self, SetUp};
use super::capacity::{self, Capacity, Limit};
use super::debian::Package;
use super::found::{Found, Round, ratios, values};
use super::plot::{Bar, Panel};
use super::standing::Standing;
use super::{Contestant, coturn, janus, rtpengine};
use crate::figures::Spread;
use crate::report::{COUNT, Row, Section};
use crate::rounds::profile_name;

/// The number of calls for which the goals are set.
const JUDGED: usize = 100;

/// With whom Tring is compared, and how much of the other's figure its own may be, if that is a goal.
type Goals = &'static [(Contestant, Option<f64>)];

const CPU: Goals =
    &[(Contestant::Janus, Some(0.18)), (Contestant::Rtpengine, Some(0.5)), (Contestant::Coturn, None)];
const MEMORY: Goals =
    &[(Contestant::Janus, Some(0.3)), (Contestant::Rtpengine, None), (Contestant::Coturn, None)];
const HANDSHAKES: Goals = &[(Contestant::Janus, Some(0.25)), (Contestant::Rtpengine, None)];

pub(super) fn sections(found: &Found) -> Vec<Section> {
    let mut sections = Vec::new();
    if !found.standings.is_empty() {
        sections.extend([forwarding(found), losses(found), memory(found)]);
    }
    if !found.set_ups.is_empty() {
        sections.push(set_up(found));
    }
    if !found.capacities.is_empty() {
        sections.push(capacity(&found.capacities));
    }
    sections
}

fn forwarding(found: &Found) -> Section {
    let cost = |standing: &Standing| standing.forwarding.total;
    let mut rows = Vec::new();
    for calls in &found.calls {
        rows.extend(compared(found, &found.standings, *calls, judged_at(*calls, CPU), cost));
        rows.extend(each(found, *calls, "CPU per packet", "ns", cost));
        let floor = at_floor(found, *calls);
        let row = Row::new(format!("{calls} calls: floor, CPU per packet"), "ns", &floor);
        rows.push(row.note("opens and seals, and does nothing else"));
        rows.extend(each(found, *calls, "user part", "ns", |standing| standing.forwarding.user));
    }
    Section { title: "Forwarding: CPU per packet that arrived and opened at the other side", rows }
}

fn losses(found: &Found) -> Section {
    let mut rows = Vec::new();
    for calls in &found.calls {
        let lost = each(found, *calls, "lost", COUNT, |standing| standing.forwarding.count.lost as f64);
        rows.extend(lost.into_iter().zip(&found.present).map(|(row, contestant)| match contestant {
            Contestant::Tring => row.goal(0.0),
            _ => row,
        }));
        rows.extend(each(found, *calls, "to a wrong call or undecryptable", COUNT, |standing| {
            let count = standing.forwarding.count;
            (count.misdelivered + count.undecryptable) as f64
        }));
        let noise = [
            each(found, *calls, "kept from its core", "ms/s", |standing| standing.forwarding.kept_waiting),
            each(found, *calls, "not sent, generator late", COUNT, |standing| {
                standing.forwarding.count.skipped as f64
            }),
        ];
        rows.extend(noise.into_iter().flatten().map(|row| row.note("noise of the machine")));
    }
    Section { title: "Losses, from the first packet heard to the last, set-up of other calls included", rows }
}

fn memory(found: &Found) -> Section {
    let memory = |standing: &Standing| standing.memory;
    let mut rows = Vec::new();
    for calls in &found.calls {
        rows.extend(compared(found, &found.standings, *calls, judged_at(*calls, MEMORY), memory));
        rows.extend(each(found, *calls, "memory per call", "KB", memory));
    }
    Section { title: "Memory: what the process grew by for each call of the second half", rows }
}

/// One figure of a set-up, in ms.
type Time = fn(&SetUp) -> f64;

fn set_up(found: &Found) -> Section {
    let goals = HANDSHAKES.iter().copied();
    let mut rows = compared(found, &found.set_ups, beginning::CALLS, goals, |set_up| set_up.keyed.p50);
    let times: [(&str, Time); 4] = [
        ("both sides keyed, p50", |set_up| set_up.keyed.p50),
        ("both sides keyed, p95", |set_up| set_up.keyed.p95),
        ("both hear each other, p50", |set_up| set_up.heard.p50),
        ("both hear each other, p95", |set_up| set_up.heard.p95),
    ];
    for (what, time) in times {
        for contestant in found.present.iter().filter(|contestant| contestant.sets_up()) {
            let values = values(&found.set_ups, *contestant, beginning::CALLS, time);
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

fn capacity(rounds: &[Capacity]) -> Section {
    let each = |figure: fn(&Capacity) -> f64| rounds.iter().map(figure).collect::<Vec<_>>();
    let calls = rounds.first().map_or(0, |round| round.calls);
    let long = capacity::LONG_PACKETS.as_millis();
    let row = |what: &str, unit, figure| {
        Row::new(format!("{calls} calls, 20 ms packets: {what}"), unit, &each(figure))
    };
    let long_row = |what: &str, unit, figure| {
        Row::new(format!("{calls} calls, {long} ms packets: {what}"), unit, &each(figure))
    };
    let goal = |row: Row| if calls >= capacity::CALLS { row.goal(0.0) } else { row };
    let limit = rounds.iter().map(Capacity::limit).max().unwrap_or(Limit::Nothing);
    let rows = vec![
        goal(row("lost", COUNT, |c| c.short.count.lost as f64)).note(limit.in_words()),
        row("delivered per round", COUNT, |c| c.short.count.delivered as f64),
        row("share of the core", "%", |c| c.short.share * 100.0),
        row("kept from its core", "ms/s", |c| c.short.kept_waiting).note("noise of the machine"),
        row("generator's share of its core", "%", |c| c.short.generator * 100.0),
        row("not sent, generator late", COUNT, |c| c.short.count.skipped as f64),
        row("lost at the floor", COUNT, |c| c.floor.count.lost as f64).note("noise of the machine"),
        row("CPU of a call-minute", "ms", |c| c.call_minute(&c.short)),
        long_row("CPU of a call-minute", "ms", |c| c.call_minute(&c.long)),
        Row::new(
            format!("call-minute at {long} ms ÷ at 20 ms"),
            "×",
            &each(|c| c.long.share / c.short.share),
        ),
        long_row("share of the core", "%", |c| c.long.share * 100.0),
        goal(long_row("lost", COUNT, |c| c.long.count.lost as f64)),
    ];
    Section { title: "Capacity: calls of Tring on one core", rows }
}

/// What each packet costs who only opens and seals it.
fn at_floor(found: &Found, calls: usize) -> Vec<f64> {
    let here = found.floors.iter().filter(|(at, _)| *at == calls);
    here.map(|(_, floor)| floor.total).collect()
}

/// The same figure of everybody, at so many calls.
fn each(
    found: &Found,
    calls: usize,
    what: &str,
    unit: &'static str,
    figure: fn(&Standing) -> f64,
) -> Vec<Row> {
    let row = |contestant: &Contestant| {
        let values = values(&found.standings, *contestant, calls, figure);
        let row = Row::new(format!("{calls} calls: {}, {what}", contestant.name()), unit, &values);
        if contestant.bears(calls) { row } else { row.note("not asked: past its limit") }
    };
    found.present.iter().map(row).collect()
}

/// Goals hold at [`JUDGED`] calls.
fn judged_at(calls: usize, goals: Goals) -> impl Iterator<Item = (Contestant, Option<f64>)> {
    goals.iter().map(move |(other, goal)| (*other, goal.filter(|_| calls == JUDGED)))
}

/// Tring's figure over that of each who was asked too; one that failed leaves its goal unmeasured.
fn compared<T>(
    found: &Found,
    figures: &[(Round, T)],
    calls: usize,
    goals: impl Iterator<Item = (Contestant, Option<f64>)>,
    figure: impl Fn(&T) -> f64,
) -> Vec<Row> {
    goals
        .filter(|(other, _)| found.present.contains(other) && other.bears(calls))
        .map(|(other, goal)| {
            let ratios = ratios(figures, other, calls, &figure);
            let row = Row::new(format!("{calls} calls: Tring ÷ {}", other.name()), "×", &ratios);
            match goal {
                Some(goal) => row.goal(goal),
                None => row,
            }
        })
        .collect()
}

/// The plot: what the goals are about, each server a bar.
pub(super) fn panels(found: &Found) -> Vec<Panel> {
    let calls = if found.calls.contains(&JUDGED) { Some(&JUDGED) } else { found.calls.first() };
    let mut panels = Vec::new();
    if let Some(calls) = calls {
        let titles = [
            format!("CPU per forwarded packet at {calls} calls, µs"),
            format!("memory per call at {calls} calls, KB"),
        ];
        let figures: [fn(&Standing) -> f64; 2] =
            [|standing| standing.forwarding.total / 1e3, |standing| standing.memory];
        for (title, figure) in titles.into_iter().zip(figures) {
            panels.push(Panel { title, bars: bars(found, &found.standings, *calls, figure) });
        }
        if let Some(figure) =
            Spread::of(&at_floor(found, *calls).iter().map(|ns| ns / 1e3).collect::<Vec<_>>())
        {
            panels[0].bars.push(Bar { name: "floor", ours: false, figure });
        }
    }
    let bars = bars(found, &found.set_ups, beginning::CALLS, |set_up| set_up.keyed.p50);
    panels.push(Panel { title: "caller's request → both sides keyed, ms".to_owned(), bars });
    let call_minute = |name, figure: fn(&Capacity) -> f64| {
        let rounds: Vec<_> = found.capacities.iter().map(figure).collect();
        Some(Bar { name, ours: true, figure: Spread::of(&rounds)? })
    };
    let bars = [
        call_minute("20 ms packets", |c| c.call_minute(&c.short)),
        call_minute("40 ms packets", |c| c.call_minute(&c.long)),
    ];
    let bars = bars.into_iter().flatten().collect();
    panels.push(Panel { title: "Tring's CPU of a call-minute, ms".to_owned(), bars });
    panels.retain(|panel| !panel.bars.is_empty());
    panels
}

fn bars<T>(found: &Found, figures: &[(Round, T)], calls: usize, figure: fn(&T) -> f64) -> Vec<Bar> {
    let bar = |contestant: &Contestant| {
        let figure = Spread::of(&values(figures, *contestant, calls, figure))?;
        Some(Bar { name: contestant.name(), ours: *contestant == Contestant::Tring, figure })
    };
    found.present.iter().filter_map(bar).collect()
}

/// What a reader must know besides the table: versions, how the others were started, what is missing.
pub(super) fn remark(found: &Found) -> String {
    let version = |contestant: &Contestant| {
        Some(format!("{} {}", contestant.name(), Package::of(*contestant)?.version()))
    };
    let profile = |contestant: &Contestant| {
        let (_, standing) = found.standings.iter().find(|(round, _)| round.contestant == *contestant)?;
        Some(format!("{} with {}", profile_name(standing.profile), contestant.name()))
    };
    let name = |contestant: &Contestant| Some(contestant.name().to_owned());
    let list = |of: &[Contestant], tell: &dyn Fn(&Contestant) -> Option<String>| {
        of.iter().filter_map(tell).collect::<Vec<_>>().join(", ")
    };
    let sentences = [
        ("Others, as Debian packages them: ", list(&found.present, &version)),
        ("SRTP ", list(&found.present, &profile)),
        ("Not installed and left out: ", list(&found.absent, &name)),
        ("FAILED, and missing from the figures: ", found.failures.join("; ")),
    ];
    let told = sentences.iter().filter(|(_, what)| !what.is_empty());
    told.map(|(begin, what)| format!("{begin}{what}.")).collect::<Vec<_>>().join(" ")
}

/// How the others were started; ports, addresses and folders change from run to run.
pub(super) fn command_lines(found: &Found) -> Vec<String> {
    let folder = "FOLDER".as_ref();
    let line = |contestant: &Contestant| {
        let arguments = match contestant {
            Contestant::Tring => return None,
            Contestant::Janus => janus::arguments(found.address, folder),
            Contestant::Rtpengine => rtpengine::arguments(found.address, ([127, 0, 0, 1], 2223).into()),
            Contestant::Coturn => coturn::arguments(found.address, 3478, folder),
        };
        let settings = match contestant {
            Contestant::Janus => janus::configuration(folder),
            _ => String::new(),
        };
        let command = format!("{} {}", Package::of(*contestant)?.program, arguments.join(" "));
        Some(std::iter::once(command.as_str()).chain(settings.lines()).collect::<Vec<_>>().join("\n    "))
    };
    found.present.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests;
