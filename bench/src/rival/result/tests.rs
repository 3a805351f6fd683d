use super::*;
use crate::measure::forward::Forwarding;
use crate::measure::setup::Percentiles;
use std::net::Ipv4Addr;
use tring_load::legs::Count;
use tring_relay::srtp::Profile;

/// A round in which Tring's figures are `ours` and everybody else's are one, at [`JUDGED`] calls.
fn found(ours: f64) -> Found {
    let everybody = [Contestant::Tring, Contestant::Janus, Contestant::Rtpengine];
    let mut found = Found::nothing(Ipv4Addr::LOCALHOST, everybody.to_vec(), vec![Contestant::Coturn]);
    found.calls = vec![50, JUDGED];
    for contestant in everybody {
        let figure = if contestant == Contestant::Tring { ours } else { 1.0 };
        for calls in [50, JUDGED] {
            let round = Round { number: 1, contestant, calls };
            let forwarding = forwarding(figure, Count::default());
            let standing = Standing { forwarding, memory: figure, profile: Profile::AeadAes128Gcm };
            found.standings.push((round, standing));
        }
        found.floors =
            vec![(50, forwarding(0.1, Count::default())), (JUDGED, forwarding(0.2, Count::default()))];
        let keyed = Percentiles { p50: figure, p95: figure };
        let round = Round { number: 1, contestant, calls: beginning::CALLS };
        found.set_ups.push((round, SetUp { keyed, heard: keyed }));
    }
    found
}

fn forwarding(total: f64, count: Count) -> Forwarding {
    Forwarding { share: 0.5, total, user: total, kept_waiting: 0.0, generator: 0.5, count }
}

/// A round of the capacity in which so many packets were not sent and lost.
fn capacity(skipped: u64, lost: u64) -> Capacity {
    let short = forwarding(3_000.0, Count { skipped, lost, ..Count::default() });
    let whole = forwarding(3_000.0, Count::default());
    Capacity { calls: capacity::CALLS, short, long: whole, floor: whole }
}

/// Every row that has a goal: its section's first word, its name and the verdict.
fn verdicts(found: &Found) -> Vec<String> {
    let judged = |section: Section| {
        let title = section.title.split([':', ',']).next().unwrap_or_default().to_owned();
        let rows = section.rows.into_iter().filter(|row| row.goal.is_some());
        rows.map(move |row| format!("{title}: {}: {}", row.what, row.verdict())).collect::<Vec<_>>()
    };
    sections(found).into_iter().flat_map(judged).collect()
}

#[test]
fn goals_are_for_a_hundred_calls_and_met_by_what_the_issue_says() {
    let expected = |[cpu_janus, cpu_rtpengine, memory, handshakes]: [&str; 4]| {
        [
            format!("Forwarding: 100 calls: Tring ÷ Janus: {cpu_janus}"),
            format!("Forwarding: 100 calls: Tring ÷ rtpengine: {cpu_rtpengine}"),
            "Losses: 50 calls: Tring, lost: met".to_owned(),
            "Losses: 100 calls: Tring, lost: met".to_owned(),
            format!("Memory: 100 calls: Tring ÷ Janus: {memory}"),
            format!("Set-up: 20 calls: Tring ÷ Janus: {handshakes}"),
        ]
    };
    assert_eq!(verdicts(&found(0.18)), expected(["met"; 4]));
    assert_eq!(verdicts(&found(0.19)), expected(["MISSED", "met", "met", "met"]));
    assert_eq!(verdicts(&found(0.26)), expected(["MISSED", "met", "met", "MISSED"]));
    assert_eq!(verdicts(&found(0.31)), expected(["MISSED", "met", "MISSED", "MISSED"]));
    assert_eq!(verdicts(&found(0.51)), expected(["MISSED"; 4]));
}

#[test]
fn a_rival_that_failed_leaves_its_goals_unmeasured_and_is_named() {
    let mut found = found(0.1);
    found.standings.retain(|(round, _)| round.contestant != Contestant::Janus);
    found.failures.push("Janus in round 1 with 100 calls".to_owned());
    let told = verdicts(&found);
    assert!(told.contains(&"Forwarding: 100 calls: Tring ÷ Janus: not measured".to_owned()), "{told:?}");
    assert!(told.contains(&"Memory: 100 calls: Tring ÷ Janus: not measured".to_owned()), "{told:?}");
    let remark = remark(&found);
    assert!(remark.contains("FAILED, and missing from the figures: Janus in round 1"), "{remark}");
    assert!(remark.contains("Not installed and left out: coturn."), "{remark}");
}

#[test]
fn a_lost_packet_of_fifteen_hundred_calls_misses_the_goal_and_a_limit_is_named() {
    let mut found = found(0.1);
    let told = |found: &Found| {
        let section = sections(found).pop().expect("the capacity is last");
        let lost = section.rows.into_iter().next().expect("it begins with losses");
        (lost.verdict(), lost.note)
    };
    found.capacities = vec![capacity(0, 0)];
    assert_eq!(told(&found), ("met", ""));
    found.capacities.push(capacity(0, 1));
    assert_eq!(told(&found), ("MISSED", ""));
    found.capacities.push(capacity(9, 0));
    assert_eq!(told(&found), ("MISSED", "the generator was the limit, not the server"));
}

#[test]
fn the_plot_has_a_bar_for_everybody_who_was_measured() {
    let mut found = found(0.1);
    found.set_ups.retain(|(round, _)| round.contestant == Contestant::Tring);
    found.capacities.push(capacity(0, 0));
    let drawn: Vec<_> = panels(&found)
        .iter()
        .map(|panel| panel.bars.iter().map(|bar| bar.name).collect::<Vec<_>>().join(" "))
        .collect();
    let everybody = "Tring Janus rtpengine";
    assert_eq!(drawn, [&format!("{everybody} floor"), everybody, "Tring", "20 ms packets 40 ms packets"]);
}
