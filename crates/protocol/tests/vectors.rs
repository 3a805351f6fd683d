//! The vectors in `vectors/` are the golden truth that every language replays; here Rust replays them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;
use tring_protocol::ids::Cuid;
use tring_protocol::signal::{ClientFrame, ClientMessage, ServerFrame, ServerMessage};
use tring_protocol::text::{Context, DisplayName, ImageUrl};

#[derive(Deserialize)]
struct Vector {
    name: String,
    frame: serde_json::Value,
}

#[test]
fn client_frames_read_and_write_as_their_vectors() {
    let seen = replay::<ClientFrame>("messages/client.json");
    let due = ["hello", "ack", "pong", "leaving", "renew", "report"].into_iter().chain(client_messages());
    assert_eq!(seen, due.map(str::to_owned).collect());
}

#[test]
fn server_frames_read_and_write_as_their_vectors() {
    let seen = replay::<ServerFrame>("messages/server.json");
    let due = ["welcome", "refused", "ack", "ping", "renewed", "renew_refused"]
        .into_iter()
        .chain(server_messages());
    assert_eq!(seen, due.map(str::to_owned).collect());
}

/// Reads and writes every vector of a file; returns the types that occurred, a message's own type for its frame's.
fn replay<F: Serialize + DeserializeOwned + Debug>(file: &str) -> BTreeSet<String> {
    let vectors: Vec<Vector> = load(file);
    vectors
        .iter()
        .map(|vector| {
            let frame: F = serde_json::from_value(vector.frame.clone())
                .unwrap_or_else(|error| panic!("{file}, {}: {error}", vector.name));
            assert_eq!(
                serde_json::to_value(&frame).expect("frames are JSON"),
                vector.frame,
                "{file}, {}",
                vector.name
            );
            let object = vector.frame.get("body").unwrap_or(&vector.frame);
            object["type"].as_str().expect("every frame has a type").to_owned()
        })
        .collect()
}

/// The wire names of all client messages. A new variant does not compile until it is named here, and then fails
/// until it has a vector.
fn client_messages() -> impl Iterator<Item = &'static str> {
    fn name(message: &ClientMessage) -> &'static str {
        match message {
            ClientMessage::Place { .. } => "place",
            ClientMessage::Ringing { .. } => "ringing",
            ClientMessage::MediaOffer { .. } => "media_offer",
            ClientMessage::Answer { .. } => "answer",
            ClientMessage::Decline { .. } => "decline",
            ClientMessage::Hangup { .. } => "hangup",
            ClientMessage::Mute { .. } => "mute",
            ClientMessage::Hold { .. } => "hold",
            ClientMessage::TakeOver { .. } => "take_over",
            ClientMessage::Check { .. } => "check",
            ClientMessage::CheckDone { .. } => "check_done",
            ClientMessage::SignOut {} => "sign_out",
            ClientMessage::Unknown => "unknown",
        }
    }
    assert_eq!(name(&ClientMessage::SignOut {}), "sign_out");
    [
        "place",
        "ringing",
        "media_offer",
        "answer",
        "decline",
        "hangup",
        "mute",
        "hold",
        "take_over",
        "check",
        "check_done",
        "sign_out",
    ]
    .into_iter()
}

/// As [`client_messages`], for the server's.
fn server_messages() -> impl Iterator<Item = &'static str> {
    fn name(message: &ServerMessage) -> &'static str {
        match message {
            ServerMessage::Placed { .. } => "placed",
            ServerMessage::Rejected { .. } => "rejected",
            ServerMessage::Incoming { .. } => "incoming",
            ServerMessage::CallWaiting { .. } => "call_waiting",
            ServerMessage::Restored { .. } => "restored",
            ServerMessage::Ringing { .. } => "ringing",
            ServerMessage::MediaAnswer { .. } => "media_answer",
            ServerMessage::MediaRefused { .. } => "media_refused",
            ServerMessage::Answered { .. } => "answered",
            ServerMessage::Connected { .. } => "connected",
            ServerMessage::Withdrawn { .. } => "withdrawn",
            ServerMessage::PeerMuted { .. } => "peer_muted",
            ServerMessage::Held { .. } => "held",
            ServerMessage::PeerHeld { .. } => "peer_held",
            ServerMessage::Elsewhere { .. } => "elsewhere",
            ServerMessage::ElsewhereEnded { .. } => "elsewhere_ended",
            ServerMessage::TakeOverRefused { .. } => "take_over_refused",
            ServerMessage::CheckAnswer { .. } => "check_answer",
            ServerMessage::CheckRefused { .. } => "check_refused",
            ServerMessage::PeerAway { .. } => "peer_away",
            ServerMessage::PeerBack { .. } => "peer_back",
            ServerMessage::Network { .. } => "network",
            ServerMessage::Ended { .. } => "ended",
            ServerMessage::BrandingChanged { .. } => "branding_changed",
            ServerMessage::Unknown => "unknown",
        }
    }
    assert_eq!(name(&ServerMessage::Unknown), "unknown");
    [
        "placed",
        "rejected",
        "incoming",
        "call_waiting",
        "restored",
        "ringing",
        "media_answer",
        "media_refused",
        "answered",
        "connected",
        "withdrawn",
        "peer_muted",
        "held",
        "peer_held",
        "elsewhere",
        "elsewhere_ended",
        "take_over_refused",
        "check_answer",
        "check_refused",
        "peer_away",
        "peer_back",
        "network",
        "ended",
        "branding_changed",
    ]
    .into_iter()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ValidationCase {
    field: String,
    value: String,
    signed_call: bool,
    direct_call: bool,
}

/// The SDKs' rules are within the server's: what any of them lets through, the server takes.
#[test]
fn the_server_takes_what_the_sdks_let_through() {
    let cases: Vec<ValidationCase> = load("validation.json");
    assert!(cases.len() > 30);
    for case in cases {
        let taken = match case.field.as_str() {
            "cuid" => Cuid::parse(&case.value).is_ok(),
            "name" => DisplayName::parse(&case.value).is_ok(),
            "context" => Context::parse(&case.value).is_ok(),
            "image" => ImageUrl::parse(&case.value).is_ok(),
            other => panic!("validation.json has an unknown field {other}"),
        };
        let let_through = case.signed_call || case.direct_call;
        // A short name is the only thing that the SDKs refuse and the server would take.
        assert!(taken == let_through || case.field == "name" && taken, "{} {:?}", case.field, case.value);
    }
}

fn load<T: DeserializeOwned>(file: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}
