//! Replays `vectors/scenarios/`, which the web SDK replays as well; their README says how to read them.

use std::collections::BTreeSet;

use crate::scenario::{self, Scenario, Step};

#[test]
fn every_scenario_is_followed_to_the_letter() {
    let scenarios = scenario::all();
    assert!(scenarios.len() > 70, "only {} scenarios were found", scenarios.len());
    let failures: Vec<String> = scenarios.iter().filter_map(|scenario| scenario.replay().err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n\n{}",
        failures.len(),
        scenarios.len(),
        failures.join("\n\n")
    );
}

/// A new message needs a scenario: one in which it is said, by whom it is said.
#[test]
fn every_message_of_the_protocol_occurs_in_a_scenario() {
    let scenarios = scenario::all();
    for (file, side) in [("client", "out"), ("server", "in")] {
        let said: BTreeSet<String> = scenarios
            .iter()
            .flat_map(|scenario| scenario.steps.iter())
            .flat_map(|step| bodies_of(step, side))
            .collect();
        let types = scenario::message_types(file);
        let missing: Vec<_> = types.difference(&said).collect();
        assert!(missing.is_empty(), "no scenario has {missing:?} as `{side}`");
    }
}

/// The types of the numbered messages that a step says as `side`.
fn bodies_of(step: &Step, side: &str) -> Vec<String> {
    let entries = match step {
        Step::In { input, .. } if side == "in" => std::slice::from_ref(input),
        Step::Out { outputs, .. } if side == "out" => outputs,
        _ => &[],
    };
    entries.iter().filter_map(|entry| Some(entry.pointer("/frame/body/type")?.as_str()?.to_owned())).collect()
}

#[test]
fn a_difference_is_found_and_named() {
    let mut scenario = scenario::all().remove(0);
    let last = scenario.steps.iter().rposition(|step| matches!(step, Step::Out { .. })).unwrap();
    let Step::Out { outputs, .. } = &mut scenario.steps[last] else { unreachable!() };
    outputs.push(serde_json::json!({"type": "ask_token"}));
    let failure = scenario.replay().unwrap_err();
    assert!(failure.contains("ask_token") && failure.contains(&format!("step {}", last + 1)), "{failure}");
    let extra = Scenario { steps: scenario.steps[..1].to_vec(), ..scenario };
    assert!(extra.replay().unwrap_err().contains("after the end"));
}
