//! Scenarios as their files have them, and how one is replayed.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tring_client::signalling::{Choices, Identity, Input, Machine, Output, Situation, TokenSource};
use tring_protocol::time::Millis;

/// One file of `vectors/scenarios/`.
pub(crate) struct Scenario {
    pub(crate) file: String,
    pub(crate) identity: Identity,
    pub(crate) tokens: TokenSource,
    pub(crate) choices: Choices,
    pub(crate) steps: Vec<Step>,
}

/// One step of a timeline, as the file has it.
#[derive(Clone)]
pub(crate) enum Step {
    In { at: u64, input: Value },
    Out { at: u64, outputs: Vec<Value> },
}

impl Step {
    fn at(&self) -> u64 {
        match self {
            Self::In { at, .. } | Self::Out { at, .. } => *at,
        }
    }
}

/// Every scenario, in the order of their names.
pub(crate) fn all() -> Vec<Scenario> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join("scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files.iter().map(|path| read(path.file_name().unwrap().to_str().unwrap())).collect()
}

/// The types of the numbered messages that `side` may say: `client` or `server`.
pub(crate) fn message_types(side: &str) -> BTreeSet<String> {
    let types: BTreeSet<String> = vectors(&format!("messages/{side}.json"))
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|vector| Some(vector.pointer("/frame/body/type")?.as_str()?.to_owned()))
        .collect();
    assert!(types.len() > 10, "messages/{side}.json has {types:?}");
    types
}

/// A file of `vectors/`.
pub(crate) fn vectors(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

fn read(file: &str) -> Scenario {
    let value = vectors(&format!("scenarios/{file}"));
    let field = |name: &str| value.get(name).cloned();
    let identity = serde_json::from_value(field("identity").unwrap());
    let choices = field("choices").map(serde_json::from_value).transpose();
    let brings_tokens = field("getToken") == Some(Value::Bool(true));
    Scenario {
        identity: identity.unwrap_or_else(|error| panic!("{file}: {error}")),
        tokens: if brings_tokens { TokenSource::App } else { TokenSource::None },
        choices: choices.unwrap_or_else(|error| panic!("{file}: {error}")).unwrap_or_default(),
        steps: value["timeline"].as_array().unwrap().iter().map(|step| read_step(file, step)).collect(),
        file: file.to_owned(),
    }
}

fn read_step(file: &str, step: &Value) -> Step {
    let at = step["at"].as_u64().unwrap();
    match (step.get("in"), step.get("out")) {
        (Some(input), None) => Step::In { at, input: input.clone() },
        (None, Some(outputs)) => Step::Out { at, outputs: outputs.as_array().unwrap().clone() },
        _ => panic!("{file}: a step is either `in` or `out`: {step}"),
    }
}

impl Scenario {
    /// Plays the whole timeline; what differs first, if anything does.
    pub(crate) fn replay(&self) -> Result<(), String> {
        self.replay_watched(&mut |_, _, _| {})
    }

    /// The same, while `watch` is told of each input and of the machine's situation before and after it.
    pub(crate) fn replay_watched(&self, watch: &mut Watch<'_>) -> Result<(), String> {
        let machine = Machine::punctual(self.identity.clone(), self.choices, self.tokens);
        let mut replay = Replay { machine, said: Vec::new(), watch };
        for (index, step) in self.steps.iter().enumerate() {
            let differs =
                |what: String| format!("{}, step {} at {}: {what}", self.file, index + 1, step.at());
            replay.advance(step.at());
            match step {
                Step::In { at, input } => {
                    replay.expect(&[]).map_err(|what| differs(format!("before it {what}")))?;
                    let input = serde_json::from_value(input.clone())
                        .map_err(|error| differs(format!("{error} in {input}")))?;
                    replay.feed(*at, input);
                }
                Step::Out { at, outputs } => {
                    let expected: Vec<_> = outputs.iter().map(|output| (*at, output.clone())).collect();
                    replay.expect(&expected).map_err(differs)?;
                }
            }
        }
        replay.expect(&[]).map_err(|what| format!("{}, after the end: {what}", self.file))
    }
}

/// What is called at each input, with the machine's situation before and after it.
pub(crate) type Watch<'a> = dyn FnMut(&Situation, &Input, &Situation) + 'a;

struct Replay<'a, 'w> {
    machine: Machine,
    /// What was said since the last step, and when.
    said: Vec<(u64, Value)>,
    watch: &'a mut Watch<'w>,
}

impl Replay<'_, '_> {
    /// Lets the machine's own deadlines up to and including `to` pass.
    fn advance(&mut self, to: u64) {
        while let Some(due) = self.machine.deadline().map(Millis::get).filter(|&due| due <= to) {
            self.feed(due, Input::Tick);
        }
    }

    fn feed(&mut self, at: u64, input: Input) {
        let before = self.machine.situation();
        self.machine.handle(Millis::new(at), input.clone());
        (self.watch)(&before, &input, &self.machine.situation());
        while let Some(output) = self.machine.poll() {
            self.said.push((at, written(&output)));
        }
    }

    fn expect(&mut self, expected: &[(u64, Value)]) -> Result<(), String> {
        let said = std::mem::take(&mut self.said);
        if said.len() == expected.len()
            && said.iter().zip(expected).all(|(a, b)| a.0 == b.0 && alike(&a.1, &b.1))
        {
            return Ok(());
        }
        let listed = |entries: &[(u64, Value)]| -> String {
            entries.iter().map(|(at, value)| format!("\n    {at}: {value}")).collect()
        };
        Err(format!("the machine said{}\n  instead of{}", listed(&said), listed(expected)))
    }
}

/// As a file has it. By way of text, in which a figure is as short as it is in the file.
fn written(output: &Output) -> Value {
    serde_json::from_str(&serde_json::to_string(output).unwrap()).unwrap()
}

/// Whether two values are the same to every language: `80` is `80.0`.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b)))
        }
        _ => a == b,
    }
}
