//! Which transitions of the machine the scenarios have: all that exploration finds.
//!
//! A transition is (aspect, label before, input, label after); `vectors/scenarios/README.md` says more. Which there are is
//! found out, not written down: by worlds of fixed seeds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use tring_client::signalling::{Aspect, Input, Situation, Socket, WakeReason};
use tring_protocol::signal::ServerFrame;

use crate::scenario;
use crate::world::World;

/// How many worlds are looked at, and for how many steps each. Higher: rarer transitions are found; lower: the test is
/// quicker.
const WORLDS: u64 = 400;
const STEPS: usize = 400;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Transition {
    aspect: &'static str,
    before: &'static str,
    input: String,
    after: &'static str,
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { aspect, before, input, after } = self;
        write!(f, "{aspect}: {before} --{input}--> {after}")
    }
}

#[test]
fn every_transition_occurs_in_a_scenario() {
    let covered = covered();
    let found = explored();
    let missing: Vec<String> = found
        .iter()
        .filter(|(transition, _)| !covered.contains(transition))
        .map(|(transition, (seed, times))| format!("{transition}   ({times} times, first in world {seed})"))
        .collect();
    // Far fewer would mean that the worlds have become too quiet to find anything.
    assert!(found.len() > 200, "only {} transitions were found", found.len());
    assert!(
        missing.is_empty(),
        "{} of {} transitions are in no scenario:\n{}",
        missing.len(),
        found.len(),
        missing.join("\n")
    );
}

fn covered() -> BTreeSet<Transition> {
    let mut seen = BTreeSet::new();
    for scenario in scenario::all() {
        let watched = scenario.replay_watched(&mut |before, input, after| {
            seen.extend(transitions(before, input, after));
        });
        watched.unwrap();
    }
    seen
}

/// What exploration finds: in which world first, and how often.
fn explored() -> BTreeMap<Transition, (u64, u32)> {
    let mut found = BTreeMap::new();
    for seed in 0..WORLDS {
        let mut watch = |before: &Situation, input: &Input, after: &Situation| {
            for transition in transitions(before, input, after) {
                found.entry(transition).or_insert((seed, 0)).1 += 1;
            }
        };
        World::new(seed, &mut watch).live(STEPS);
    }
    found
}

fn transitions(before: &Situation, input: &Input, after: &Situation) -> Vec<Transition> {
    let changes: Vec<Change> = before.changes(after).collect();
    let has_session_changed = changes.iter().any(|(aspect, ..)| *aspect == Aspect::Session);
    changes.iter().filter_map(|change| transition(change, input, after, has_session_changed)).collect()
}

type Change = (Aspect, &'static str, &'static str);

/// What counts as a transition, with what is alike under one name. The rules are those of the README.
fn transition(
    change: &Change,
    input: &Input,
    after: &Situation,
    has_session_changed: bool,
) -> Option<Transition> {
    let &(aspect, from, to) = change;
    let made = |before, input: &str, after| {
        Some(Transition { aspect: aspect.name(), before, input: input.to_owned(), after })
    };
    let kind = kind(input);
    let ends_all = matches!(input, Input::SignOut | Input::Frame { frame: ServerFrame::Refused { .. }, .. });
    match aspect {
        Aspect::Session => match input {
            Input::SignOut | Input::Leave => made("any", &kind, to),
            Input::MediaLost { .. } | Input::MediaBack { .. } => made(from, "wake hint", to),
            Input::SocketOpened { .. }
            | Input::SocketClosed { .. }
            | Input::Frame { .. }
            | Input::Wake { .. }
            | Input::Start
            | Input::Token { .. }
            | Input::TokenFailed { .. }
            | Input::Tick => made(from, &kind, to),
            // The last call has gone, so that TURN credentials may be renewed.
            _ => made(from, "no call", to),
        },
        Aspect::Token if has_session_changed => made(from, "session", to),
        Aspect::Signalling if to == "missed" => made(from, "tick", to),
        Aspect::Signalling if has_session_changed => made(from, "session", to),
        Aspect::Signalling if to == "there" => None,
        Aspect::Microphone if to == "closed" => made(from, "no call", to),
        Aspect::Hold(_)
        | Aspect::Mute(_)
        | Aspect::Network(_)
        | Aspect::Path(_)
        | Aspect::Peer(_)
        | Aspect::PeerHold(_)
        | Aspect::PeerMute(_)
            if from == "none" || to == "none" =>
        {
            None
        }
        Aspect::Notice(number) if to == "none" && !after.has(Aspect::Stage(number)) => None,
        Aspect::Network(_) | Aspect::PeerHold(_) | Aspect::PeerMute(_) if kind == "restored" => None,
        Aspect::Stage(_) if ends_all && to == "none" => made("any", &kind, "gone"),
        Aspect::Stage(_) if from == "parting" => {
            made(from, if has_session_changed { "session" } else { &kind }, to)
        }
        Aspect::Stage(_) => match (from, to) {
            ("waiting" | "behind", "incoming") => made(from, "the line is free", to),
            ("incoming", "waiting") => made(from, "the line is taken", to),
            ("none", _) => made(from, &kind, to),
            (_, "none" | "parting") if kind == "media_refused" => made("any", &kind, "gone"),
            ("answered" | "connected", "none" | "parting") => made("answered", &kind, "gone"),
            ("placed" | "ringing", "none" | "parting") => made("placed", &kind, "gone"),
            ("incoming" | "waiting", "none" | "parting") => made("incoming", &kind, "gone"),
            (_, "none" | "parting") => made(from, &kind, "gone"),
            (_, _) if kind == "restored" => made("known", &kind, "restored"),
            (_, _) => made(from, &kind, to),
        },
        _ => made(from, &kind, to),
    }
}

/// What an input is called: its type, and for a frame what it says.
fn kind(input: &Input) -> String {
    let beside = |socket: &Socket| if *socket == Socket::Beside { " beside" } else { "" };
    match input {
        Input::SocketOpened { socket } => format!("socket_opened{}", beside(socket)),
        Input::SocketClosed { socket } => format!("socket_closed{}", beside(socket)),
        Input::Frame { frame, socket } => format!("{}{}", said(frame), beside(socket)),
        Input::Wake { why: why @ (WakeReason::Online | WakeReason::Visible) } => {
            format!("wake {}", name(why))
        }
        Input::Wake { why: WakeReason::Network | WakeReason::Slept | WakeReason::Media } => {
            "wake hint".into()
        }
        input => name(input),
    }
}

fn said(frame: &ServerFrame) -> String {
    match frame {
        ServerFrame::Welcome(welcome) if welcome.resumed => "welcome again".into(),
        ServerFrame::Message { body, .. } => name(body),
        frame => name(frame),
    }
}

/// The `type` of something, or the word that it is.
fn name(thing: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(thing).unwrap();
    value.get("type").unwrap_or(&value).as_str().unwrap().to_owned()
}
