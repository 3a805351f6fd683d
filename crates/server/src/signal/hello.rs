//! The first frame: read in time, in the right language, and true.

use axum::extract::ws::{Message, WebSocket};
use rand::Rng;
use serde::Deserialize;
use std::fmt::Write;
use tring_calls::bus::Attendee;
use tring_calls::sessions::{ConnId, FreshSession, SignIn};
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::{DeviceAddress, UserAddress};
use tring_protocol::limits::HELLO_TIMEOUT;
use tring_protocol::signal::{CALL_WAITING, ClientFrame, DeviceDetails, Hello, PROTOCOL_VERSION, Party};
use tring_store::Sighting;

use super::admission::{self, Admitted};
use super::{Caller, Door};
use crate::{clock, turn};

/// Waits for the `hello` and judges it.
pub(super) async fn receive(
    door: &Door,
    caller: &Caller,
    socket: &mut WebSocket,
    conn: ConnId,
) -> Result<Box<SignIn>, WireError> {
    if !door.attempts.allows(caller.address) {
        return Err(ErrorCode::RateLimited.into());
    }
    let text = tokio::time::timeout(HELLO_TIMEOUT.into(), first_text(socket)).await.map_err(|_| {
        WireError::with(ErrorCode::Protocol, format!("No `hello` came within {HELLO_TIMEOUT}."))
    })??;
    let hello = read(&text)?;
    let admitted = admission::admit(door, &hello, caller.origin.as_deref()).await?;
    Ok(Box::new(sign_in(door, conn, *hello, admitted)))
}

async fn first_text(socket: &mut WebSocket) -> Result<axum::extract::ws::Utf8Bytes, WireError> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_))) => return Err(super::connection::binary()),
            Some(Err(_)) => return Err(super::connection::unreadable()),
            Some(Ok(Message::Close(_))) | None => return Err(ErrorCode::Protocol.into()),
        }
    }
}

/// The version is looked at before anything else: the `hello` of another version may have other fields.
#[derive(Deserialize)]
struct Language {
    #[serde(rename = "type")]
    kind: String,
    protocol: Option<u64>,
}

fn read(text: &str) -> Result<Box<Hello>, WireError> {
    let malformed = |error: serde_json::Error| super::connection::malformed(&error);
    let language: Language = serde_json::from_str(text).map_err(malformed)?;
    if language.kind == "hello"
        && language.protocol.is_some_and(|version| version != u64::from(PROTOCOL_VERSION))
    {
        return Err(ErrorCode::ProtocolVersion.into());
    }
    match serde_json::from_str(text).map_err(malformed)? {
        ClientFrame::Hello(hello) => Ok(hello),
        _ => Err(WireError::with(ErrorCode::Protocol, "The first frame must be a `hello`.")),
    }
}

fn sign_in(door: &Door, conn: ConnId, hello: Hello, admitted: Admitted) -> SignIn {
    let Admitted { rules, verified } = admitted;
    let ice_servers = turn::ice_servers(&rules.turn, door.clock.now(), clock::wall());
    if ice_servers.is_some() {
        door.figures.turn_credentials();
    }
    let proof = verified.as_ref().map(|verified| admission::proof(door, verified));
    // What the customer's backend says wins over what the device says.
    let name = verified.and_then(|verified| verified.name).or_else(|| hello.name.clone());
    let details = DeviceDetails::of(&hello);
    let call_waiting = hello.capabilities.iter().any(|capability| capability == CALL_WAITING);
    let user = UserAddress { account: hello.account, cuid: hello.cuid };
    let device = DeviceAddress { user, device: hello.device.id };
    let platform = hello.device.platform;
    let sighting = Sighting {
        device: device.clone(),
        platform,
        name: name.clone(),
        apikey: hello.apikey.unwrap_or_default(),
        at: door.clock.now(),
    };
    // Statistics: when too many wait to be written, the newest are let go.
    let _ = door.sightings.try_send(sighting);
    let party = Party { cuid: device.user.cuid.clone(), name };
    SignIn {
        conn,
        attendee: Attendee { device, party, platform, details, call_waiting },
        settings: rules.calls,
        branding: rules.branding,
        relay: door.relay.clone(),
        proof,
        resume: hello.resume,
        fresh: FreshSession { name: random_hex::<8>(), token: random_hex::<24>() },
        elsewhere: Vec::new(),
        ice_servers,
    }
}

fn random_hex<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().fold(String::with_capacity(2 * BYTES), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String never fails");
        hex
    })
}
