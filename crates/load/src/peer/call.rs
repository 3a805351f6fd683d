//! A call between two light peers, from `place` to the first audio at both ends, with the times in between.

use anyhow::{Context as _, Result};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tring_protocol::ids::CallId;
use tring_protocol::signal::{CallImages, ClientMessage, ServerMessage};
use tring_protocol::text::Context as CallContext;
use tring_relay::srtp::Profile;

use super::device::{Device, PATIENCE};
use super::media::{Media, wait_keyed};
use super::trouble::Trouble;
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

/// From the moment that the callee sent `answer`, which it did as soon as its device rang.
#[derive(Debug, Clone, Copy)]
pub struct ConnectTimes {
    /// Both legs have their keys; nothing, if they had them before.
    pub keyed: Duration,
    /// The first packet of the other side was opened at the later side.
    pub heard: Duration,
}

impl Pair {
    /// Places a call that is answered as soon as it rings, while the media path is still being opened, and opens the
    /// microphones. If that fails, the legs are gone and the call may be there.
    ///
    /// # Errors
    /// With the [`Trouble`] that it was.
    pub async fn connect(&mut self, load: &Load) -> Result<(Call, ConnectTimes)> {
        let legs = load.new_call();
        let connected = self.connect_legs(load, legs).await;
        if connected.is_err() {
            legs.iter().for_each(|(leg, _)| load.leave(*leg));
        }
        connected
    }

    async fn connect_legs(&mut self, load: &Load, legs: [(LegId, Stamp); 2]) -> Result<(Call, ConnectTimes)> {
        let began = place(&self.caller, &self.callee, legs[0].1)?;
        let caller = async {
            let (call_id, media, keyed) = placed(&mut self.caller, load, legs[0]).await?;
            let rang_at = rung(&mut self.caller).await?;
            let heard = async { answered_and_heard(&mut self.caller, load, media.leg).await };
            let (heard, keyed) = tokio::try_join!(heard, wait_keyed(keyed))?;
            anyhow::Ok((Side { call_id, media, rang_at, keyed }, heard))
        };
        let callee = async {
            let (rang_at, call_id) = rings(&mut self.callee).await?;
            let (media, keyed) = Media::open(&mut self.callee, load, legs[1], call_id).await?;
            let answered_at = Instant::now();
            self.callee.say(ClientMessage::Answer { call_id });
            let heard = async { answered_and_heard(&mut self.callee, load, media.leg).await };
            let (heard, keyed) = tokio::try_join!(heard, wait_keyed(keyed))?;
            anyhow::Ok((Side { call_id, media, rang_at, keyed }, heard, answered_at))
        };
        let ((caller, caller_heard), (callee, callee_heard, answered_at)) = tokio::try_join!(caller, callee)?;
        let keyed = caller.keyed.at.max(callee.keyed.at);
        let times = ConnectTimes {
            keyed: keyed.saturating_duration_since(answered_at),
            heard: caller_heard.max(callee_heard).saturating_duration_since(answered_at),
        };
        Ok((Call::of(began, caller, callee), times))
    }

    /// Lets the call go on until `until`. Whatever ends it or a connection before is an error.
    ///
    /// # Errors
    /// With the [`Trouble`] that it was.
    pub async fn stay(&mut self, until: Instant) -> Result<()> {
        tokio::try_join!(self.caller.stay(until), self.callee.stay(until)).map(|_| ())
    }

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
    let began = place(caller, callee, legs[0].1)?;
    let (caller, callee) =
        tokio::try_join!(caller_side(caller, load, legs[0]), callee_side(callee, load, legs[1]))?;
    Ok(Call::of(began, caller, callee))
}

impl Call {
    fn of(began: Instant, caller: Side, callee: Side) -> Self {
        let keyed = caller.keyed.at.max(callee.keyed.at);
        Self {
            id: caller.call_id,
            media: [caller.media, callee.media],
            times: SetUpTimes {
                rings: callee.rang_at - began,
                ringback: caller.rang_at - began,
                keyed: keyed - began,
            },
            profile: caller.keyed.profile,
        }
    }
}

/// Returns when `place` was sent.
fn place(caller: &Device, callee: &Device, stamp: Stamp) -> Result<Instant> {
    let began = Instant::now();
    caller.say(ClientMessage::Place {
        reference: format!("bench-{}", stamp.call),
        to: callee.cuid.clone(),
        context: CallContext::parse("Benchmark")?,
        remote_context: None,
        images: CallImages::default(),
    });
    Ok(began)
}

struct Side {
    call_id: CallId,
    media: Media,
    rang_at: Instant,
    keyed: Keyed,
}

async fn caller_side(device: &mut Device, load: &Load, leg: (LegId, Stamp)) -> Result<Side> {
    let (call_id, media, keyed) = placed(device, load, leg).await?;
    let rang_at = rung(device).await?;
    Ok(Side { call_id, media, rang_at, keyed: wait_keyed(keyed).await? })
}

async fn callee_side(device: &mut Device, load: &Load, leg: (LegId, Stamp)) -> Result<Side> {
    let (rang_at, call_id) = rings(device).await?;
    let (media, keyed) = Media::open(device, load, leg, call_id).await?;
    Ok(Side { call_id, media, rang_at, keyed: wait_keyed(keyed).await? })
}

/// The caller is told the call's name and opens its media path.
async fn placed(
    device: &mut Device,
    load: &Load,
    leg: (LegId, Stamp),
) -> Result<(CallId, Media, oneshot::Receiver<Result<Keyed>>)> {
    let placed = |message: &ServerMessage| match message {
        ServerMessage::Placed { call_id, .. } => Some(*call_id),
        _ => None,
    };
    let (_, call_id) = device.wait_for("answer to the call's placing", placed).await?;
    let (media, keyed) = Media::open(device, load, leg, call_id).await?;
    Ok((call_id, media, keyed))
}

/// The caller knows that it rings.
async fn rung(device: &mut Device) -> Result<Instant> {
    let ringing = |message: &ServerMessage| matches!(message, ServerMessage::Ringing { .. }).then_some(());
    device.wait_for("ringing", ringing).await.map(|(at, ())| at)
}

/// The callee's device has the call and says that it rings.
async fn rings(device: &mut Device) -> Result<(Instant, CallId)> {
    let incoming = |message: &ServerMessage| match message {
        ServerMessage::Incoming { call_id, .. } => Some(*call_id),
        _ => None,
    };
    let (at, call_id) = device.wait_for("incoming call", incoming).await?;
    device.say(ClientMessage::Ringing { call_id });
    Ok((at, call_id))
}

async fn answered(device: &mut Device) -> Result<()> {
    let pick = |message: &ServerMessage| matches!(message, ServerMessage::Answered { .. }).then_some(());
    device.wait_for("answered", pick).await.map(|_| ())
}

/// Waits until the call is answered and opens the microphone then; returns when the other side was heard.
pub async fn answered_and_heard(device: &mut Device, load: &Load, leg: LegId) -> Result<Instant> {
    answered(device).await?;
    let heard = load.talk(leg);
    timeout(PATIENCE, heard).await.map_err(|_| Trouble::Late("audio"))?.context("the load thread has ended")
}

async fn ended(device: &mut Device) -> Result<()> {
    let pick = |message: &ServerMessage| matches!(message, ServerMessage::Ended { .. }).then_some(());
    device.wait_for("ended", pick).await.map(|_| ())
}
