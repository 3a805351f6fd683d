//! A call between two light peers, from `place` to the first audio at both ends, with the times in between.

use anyhow::{Context as _, Result};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tring_protocol::ids::CallId;
use tring_protocol::signal::{CallImages, ClientMessage, ServerMessage};
use tring_protocol::text::Context as CallContext;
use tring_relay::srtp::Profile;

use super::device::{Device, PATIENCE};
use super::media::{Media, wait_keyed};
use crate::legs::{Keyed, LegId, Load, Stamp};

/// Two devices of which the first calls the second.
pub struct Pair {
    /// Places the calls.
    pub caller: Device,
    /// Takes them.
    pub callee: Device,
}

/// A call that stands, with its legs keyed.
pub struct Call {
    /// As the server named it.
    pub id: CallId,
    /// The caller's and the callee's.
    pub media: [Media; 2],
    /// How long it took.
    pub times: SetUpTimes,
    /// What DTLS agreed on for both legs.
    pub profile: Profile,
}

/// From the moment that the caller sent `place`.
#[derive(Debug, Clone, Copy)]
pub struct SetUpTimes {
    /// The callee's device has the incoming call.
    pub rings: Duration,
    /// The caller knows that it rings.
    pub ringback: Duration,
    /// Both legs have their keys: ICE and DTLS are done at both sides.
    pub keyed: Duration,
}

/// From the moment that the callee sent `answer`.
#[derive(Debug, Clone, Copy)]
pub struct AnswerTimes {
    /// The first packet of the other side was opened: at the caller, at the callee.
    pub heard: [Duration; 2],
}

impl Pair {
    /// As [`ring`].
    pub async fn ring(&mut self, load: &Load) -> Result<Call> {
        ring(&mut self.caller, &mut self.callee, load).await
    }

    /// The callee takes the call; returns when `answer` was sent. Microphones stay closed.
    pub async fn answer(&mut self, call: &Call) -> Result<Instant> {
        let began = Instant::now();
        self.callee.say(ClientMessage::Answer { call_id: call.id });
        tokio::try_join!(answered(&mut self.caller), answered(&mut self.callee))?;
        Ok(began)
    }

    /// The callee takes the call, and each side opens its microphone as soon as it knows.
    pub async fn answer_and_talk(&mut self, load: &Load, call: &Call) -> Result<AnswerTimes> {
        let began = Instant::now();
        self.callee.say(ClientMessage::Answer { call_id: call.id });
        let [caller_leg, callee_leg] = call.media.map(|media| media.leg);
        let (caller, callee) = tokio::try_join!(
            answered_and_heard(&mut self.caller, load, caller_leg),
            answered_and_heard(&mut self.callee, load, callee_leg)
        )?;
        Ok(AnswerTimes { heard: [caller - began, callee - began] })
    }

    /// The caller hangs up; both legs are closed once both sides know.
    pub async fn hang_up(&mut self, load: &Load, call: &Call) -> Result<()> {
        self.caller.say(ClientMessage::Hangup { call_id: call.id });
        let result = tokio::try_join!(ended(&mut self.caller), ended(&mut self.callee));
        call.media.iter().for_each(|media| load.leave(media.leg));
        self.caller.forget();
        self.callee.forget();
        result.map(|_| ())
    }
}

/// Places the call, lets it ring and opens both media paths, as the SDKs do while a call rings.
pub async fn ring(caller: &mut Device, callee: &mut Device, load: &Load) -> Result<Call> {
    let legs = load.new_call();
    let began = Instant::now();
    caller.say(ClientMessage::Place {
        reference: format!("bench-{}", legs[0].1.call),
        to: callee.cuid.clone(),
        context: CallContext::parse("Benchmark")?,
        remote_context: None,
        images: CallImages::default(),
    });
    let (caller, callee) =
        tokio::try_join!(caller_side(caller, load, legs[0]), callee_side(callee, load, legs[1]))?;
    let keyed = caller.keyed.at.max(callee.keyed.at);
    Ok(Call {
        id: caller.call_id,
        media: [caller.media, callee.media],
        times: SetUpTimes {
            rings: callee.rang_at - began,
            ringback: caller.rang_at - began,
            keyed: keyed - began,
        },
        profile: caller.keyed.profile,
    })
}

struct Side {
    call_id: CallId,
    media: Media,
    rang_at: Instant,
    keyed: Keyed,
}

async fn caller_side(device: &mut Device, load: &Load, leg: (LegId, Stamp)) -> Result<Side> {
    let placed = |message: &ServerMessage| match message {
        ServerMessage::Placed { call_id, .. } => Some(*call_id),
        _ => None,
    };
    let (_, call_id) = device.wait_for("placed", placed).await?;
    let (media, keyed) = Media::open(device, load, leg, call_id).await?;
    let ringing = |message: &ServerMessage| matches!(message, ServerMessage::Ringing { .. }).then_some(());
    let (rang_at, ()) = device.wait_for("ringing", ringing).await?;
    Ok(Side { call_id, media, rang_at, keyed: wait_keyed(keyed).await? })
}

async fn callee_side(device: &mut Device, load: &Load, leg: (LegId, Stamp)) -> Result<Side> {
    let incoming = |message: &ServerMessage| match message {
        ServerMessage::Incoming { call_id, .. } => Some(*call_id),
        _ => None,
    };
    let (rang_at, call_id) = device.wait_for("incoming", incoming).await?;
    device.say(ClientMessage::Ringing { call_id });
    let (media, keyed) = Media::open(device, load, leg, call_id).await?;
    Ok(Side { call_id, media, rang_at, keyed: wait_keyed(keyed).await? })
}

async fn answered(device: &mut Device) -> Result<()> {
    let pick = |message: &ServerMessage| matches!(message, ServerMessage::Answered { .. }).then_some(());
    device.wait_for("answered", pick).await.map(|_| ())
}

/// Waits until the call is answered and opens the microphone then; returns when the other side was heard.
pub async fn answered_and_heard(device: &mut Device, load: &Load, leg: LegId) -> Result<Instant> {
    answered(device).await?;
    let heard = load.talk(leg);
    timeout(PATIENCE, heard).await.context("no audio arrives")?.context("the load thread has ended")
}

async fn ended(device: &mut Device) -> Result<()> {
    let pick = |message: &ServerMessage| matches!(message, ServerMessage::Ended { .. }).then_some(());
    device.wait_for("ended", pick).await.map(|_| ())
}
