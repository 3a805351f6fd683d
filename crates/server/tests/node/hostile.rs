use tokio_tungstenite::tungstenite::Message;
use tring_protocol::error::ErrorCode;
use tring_protocol::limits::FRAME_MAX;
use tring_protocol::signal::ServerMessage;

use crate::World;
use crate::device::{Device, Wire};

/// Frames that are no frames of the protocol.
fn malformed() -> Vec<String> {
    let mut frames: Vec<String> = [
        "",
        " ",
        "hello",
        "null",
        "[]",
        "{}",
        "{\"type\":3}",
        "{\"type\":\"hello\"",
        "{\"type\":\"message\"}",
        "{\"type\":\"message\",\"seq\":-1,\"ack\":0,\"body\":{\"type\":\"sign_out\"}}",
        "{\"type\":\"message\",\"seq\":1.5,\"ack\":0,\"body\":{\"type\":\"sign_out\"}}",
        "{\"type\":\"message\",\"seq\":4294967296,\"ack\":0,\"body\":{\"type\":\"sign_out\"}}",
        "{\"type\":\"message\",\"seq\":1,\"ack\":0,\"body\":{\"type\":\"hangup\",\"callId\":\"1\"}}",
        "{\"type\":\"message\",\"seq\":1,\"ack\":0,\"body\":{\"type\":\"place\",\"reference\":\"1\",\"to\":\"a b\",\"context\":\"c\"}}",
        "{\"type\":\"ack\",\"ack\":\"1\"}",
        "\u{0}",
        "{\"type\":\"hello\",\"protocol\":1,\"account\":\"../..\",\"cuid\":\"alice\"}",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    frames.push("[".repeat(20_000));
    frames.push(format!("{{\"a\":{}1", "[".repeat(10_000)));
    frames
}

#[tokio::test]
async fn a_first_frame_that_cannot_be_read_is_refused_with_a_sentence() {
    let world = World::new().await;
    for text in malformed() {
        let mut wire = Wire::open(&world.node).await;
        wire.send_text(&text).await;
        let error = wire.refusal().await;
        assert_eq!(error.code, ErrorCode::Protocol, "{text:.60}");
        assert!(error.message.ends_with('.') && error.message.len() < 1_000, "{}", error.message);
    }
    for text in ["{\"type\":\"ack\",\"ack\":0}", "{\"type\":\"of tomorrow\"}"] {
        let mut wire = Wire::open(&world.node).await;
        wire.send_text(text).await;
        assert_eq!(wire.refusal().await.message, "The first frame must be a `hello`.");
    }
}

/// Invariant 7: a panic is a bug and never an answer to input.
#[tokio::test]
async fn a_later_frame_that_cannot_be_read_is_refused_too_and_harms_nobody_else() {
    let world = World::new().await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    for text in malformed() {
        let mut alice = Device::sign_in(&world, "alice").await;
        alice.wire.send_text(&text).await;
        assert_eq!(alice.wire.refusal().await.code, ErrorCode::Protocol, "{text:.60}");
    }
    let mut alice = Device::sign_in(&world, "alice").await;
    let call = alice.call("bobby").await;
    assert_eq!(bobby.ring().await, call);
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { call_id, .. } if call_id == call));
}

#[tokio::test]
async fn what_breaks_a_rule_is_told_which() {
    let world = World::new().await;
    let mut wire = Wire::open(&world.node).await;
    wire.send_text(r#"{"type":"hello","protocol":1,"account":"acme","cuid":"91_8899555"}"#).await;
    let error = wire.refusal().await;
    assert!(
        error.message.contains("must not be a number followed by _ and another number"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_frame_that_is_too_long_is_refused() {
    let world = World::new().await;
    for length in [FRAME_MAX + 1, 4 * FRAME_MAX] {
        let mut wire = Wire::open(&world.node).await;
        wire.send_text(&" ".repeat(length)).await;
        let error = wire.refusal().await;
        assert_eq!(error.code, ErrorCode::Protocol);
        assert!(error.message.contains("longer than 32768 bytes"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_binary_frame_is_refused_before_and_after_the_hello() {
    let world = World::new().await;
    let mut stranger = Wire::open(&world.node).await;
    stranger.send(Message::binary(b"{}".as_slice())).await;
    assert!(stranger.refusal().await.message.contains("a binary frame came"));
    let mut alice = Device::sign_in(&world, "alice").await;
    alice.wire.send(Message::binary(vec![0; 100])).await;
    assert!(alice.wire.refusal().await.message.contains("a binary frame came"));
}

#[tokio::test]
async fn a_socket_that_says_nothing_is_closed() {
    let world = World::new().await;
    let mut silent = Wire::open(&world.node).await;
    // From here on, time passes as soon as everybody waits.
    tokio::time::pause();
    assert!(silent.refusal().await.message.contains("No `hello` came within"));
}

#[tokio::test]
async fn broken_numbers_end_the_session() {
    let world = World::new().await;
    for text in [
        r#"{"type":"message","seq":2,"ack":0,"body":{"type":"sign_out"}}"#,
        r#"{"type":"ack","ack":99}"#,
        r#"{"type":"message","seq":1,"ack":99,"body":{"type":"sign_out"}}"#,
    ] {
        let mut alice = Device::sign_in(&world, "alice").await;
        alice.wire.send_text(text).await;
        assert_eq!(alice.wire.refusal().await.code, ErrorCode::Protocol, "{text}");
    }
}

#[tokio::test]
async fn frames_of_tomorrow_are_passed_over() {
    let world = World::new().await;
    let mut alice = Device::sign_in(&world, "alice").await;
    alice.wire.send_text(r#"{"type":"of tomorrow","deep":{"a":[1]}}"#).await;
    let unknown = r#"{"type":"message","seq":1,"ack":0,"body":{"type":"of tomorrow"},"more":1}"#;
    alice.wire.send_text(unknown).await;
    let ack = alice.wire.frame().await;
    assert_eq!(ack, Some(tring_protocol::signal::ServerFrame::Ack { ack: 1 }));
}
