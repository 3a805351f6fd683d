//! What happens in the middle of a call. After each turn both sides must hear each other.

use anyhow::{Context as _, Result, ensure};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use tring_load::peer::{Break, Call, Device, Media, PATIENCE, Pair, answered_and_heard, ring, wait_keyed};
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, DeclineReason, Role, ServerMessage, WithdrawnReason};

use super::play::{Stage, at, ended, side, was_told_once};
use super::schedule::{Expected, Turn};

/// How long packets that were passed on before a call was held may still be under way.
const UNDER_WAY: Duration = Duration::from_millis(250);

impl Stage<'_> {
    pub(super) async fn turn(&self, pair: &mut Pair, call: &mut Call, turn: Turn) -> Result<()> {
        let (load, id) = (self.load, call.id);
        let mut began = Instant::now();
        let kind = match turn {
            Turn::Moves(role) => {
                call.media[at(role)].move_to_new_socket(load)?;
                "moved to another socket"
            }
            Turn::RestartsIce(role) => {
                call.media[at(role)].restart(side(pair, role), load).await?;
                "ICE restart"
            }
            Turn::ReplacesPeer(role) => {
                call.media[at(role)].replace(side(pair, role), load).await?;
                "fresh peer connection"
            }
            Turn::LosesSocket(role, away) => {
                side(pair, role).break_off(Break::Lost(away)).await?;
                began += away;
                "signalling lost"
            }
            Turn::HalfOpen(role) => {
                side(pair, role).break_off(Break::HalfOpen).await?;
                "signalling half open"
            }
            Turn::Reloads(role, away) => {
                load.leave(call.media[at(role)].leg);
                side(pair, role).break_off(Break::Reload(away)).await?;
                restored(side(pair, role), id).await?;
                call.media[at(role)].replace(side(pair, role), load).await?;
                began += away;
                "page reloaded"
            }
            Turn::Mutes(role, closed) => {
                mute(pair, id, role, true).await?;
                sleep(closed).await;
                began = Instant::now();
                mute(pair, id, role, false).await?;
                "muted"
            }
            Turn::TakesSecond(role, _) if !side(pair, role).identity.has_call_waiting() => {
                self.knock(side(pair, role)).await?;
                "called by a third"
            }
            Turn::IsCalled(role) => {
                self.knock(side(pair, role)).await?;
                "called by a third"
            }
            Turn::TakesSecond(role, talk) => {
                if let Some(resumed) = self.take_second(pair, call, role, talk).await? {
                    began = resumed;
                }
                "second call taken"
            }
            Turn::Holds(role, held) => {
                hold(pair, id, role, true).await?;
                self.hears_nothing(call).await?;
                sleep(held).await;
                began = Instant::now();
                hold(pair, id, role, false).await?;
                "held and resumed"
            }
            Turn::ChangesDevice(role) => {
                self.change_device(side(pair, role), &mut call.media[at(role)], id).await?;
                "moved to another device"
            }
        };
        let [caller, callee] = call.media.map(|media| load.listen(media.leg));
        let heard = timeout(PATIENCE, async { tokio::try_join!(caller, callee) }).await;
        let (caller, callee) = heard.context("no audio arrives any more")?.context("a leg has left")?;
        self.gaps.borrow_mut().push((kind, caller.max(callee) - began));
        Ok(())
    }

    async fn hears_nothing(&self, call: &Call) -> Result<()> {
        sleep(UNDER_WAY).await;
        let [caller, callee] = call.media.map(|media| self.load.listen(media.leg));
        let heard = timeout(UNDER_WAY, async {
            tokio::select! { heard = caller => heard, heard = callee => heard }
        });
        ensure!(heard.await.is_err(), "a held call is heard");
        Ok(())
    }

    /// Somebody calls `busy`, and is told so: at once, or once a device that could show the call has refused it. Whose
    /// call goes otherwise may still be in it, and calls nobody any more.
    async fn knock(&self, busy: &mut Device) -> Result<()> {
        let Some(mut knocker) = self.knockers.borrow_mut().pop() else { return Ok(()) };
        self.knock_as(&mut knocker, busy).await?;
        self.knockers.borrow_mut().push(knocker);
        Ok(())
    }

    async fn knock_as(&self, knocker: &mut Device, busy: &mut Device) -> Result<()> {
        // A device that could have shown the call speaks for its user; without one nobody was asked.
        let by = busy.identity.has_call_waiting().then_some(Role::Callee);
        let expected = Expected { reason: EndReason::Busy, by, connected: false };
        let call = self.place(knocker, busy.cuid.as_str(), expected).await?;
        if busy.identity.has_call_waiting() {
            let incoming = |message: &ServerMessage| {
                matches!(message, ServerMessage::Incoming { call_id, waiting: true, .. } if *call_id == call)
                    .then_some(())
            };
            busy.wait_for("incoming", incoming).await?;
            busy.say(ClientMessage::Decline { call_id: call, reason: DeclineReason::Busy });
        }
        ended(knocker, call, expected).await?;
        let waiting = |message: &ServerMessage| {
            matches!(message, ServerMessage::CallWaiting { call_id, .. } if *call_id == call).then_some(())
        };
        busy.wait_for("call_waiting", waiting).await?;
        was_told_once(knocker)
    }

    /// Somebody else calls, and is talked to while the first call is held; returns when that was gone on with.
    async fn take_second(
        &self,
        pair: &mut Pair,
        call: &Call,
        role: Role,
        talk: Duration,
    ) -> Result<Option<Instant>> {
        let Some(mut second) = self.knockers.borrow_mut().pop() else { return Ok(None) };
        let resumed = self.take_second_from(&mut second, pair, call, role, talk).await?;
        self.knockers.borrow_mut().push(second);
        Ok(Some(resumed))
    }

    async fn take_second_from(
        &self,
        caller: &mut Device,
        pair: &mut Pair,
        first: &Call,
        role: Role,
        talk: Duration,
    ) -> Result<Instant> {
        let second = ring(caller, side(pair, role), self.load).await.context("the second call")?;
        caller.attend(second.id);
        let expected = Expected { reason: EndReason::Hangup, by: Some(Role::Caller), connected: true };
        self.ledger.borrow_mut().promise(second.id.to_string(), expected);

        hold(pair, first.id, role, true).await?;
        let callee = side(pair, role);
        callee.say(ClientMessage::Answer { call_id: second.id });
        let [theirs, ours] = second.media.map(|media| media.leg);
        tokio::try_join!(
            answered_and_heard(caller, self.load, theirs),
            answered_and_heard(callee, self.load, ours)
        )?;
        self.hears_nothing(first).await?;
        sleep(talk).await;
        caller.say(ClientMessage::Hangup { call_id: second.id });
        tokio::try_join!(ended(caller, second.id, expected), ended(callee, second.id, expected))?;
        second.media.iter().for_each(|media| self.load.leave(media.leg));
        was_told_once(caller)?;

        let resumed = Instant::now();
        hold(pair, first.id, role, false).await?;
        Ok(resumed)
    }

    /// A second device of the same user signs in, takes the call over and stays in the place of the first.
    async fn change_device(&self, device: &mut Device, media: &mut Media, id: CallId) -> Result<()> {
        let mut next = Device::sign_in(self.sign_in, device.identity.another()?).await?;
        next.attend(id);
        let elsewhere = |message: &ServerMessage| {
            matches!(message, ServerMessage::Elsewhere { call } if call.call_id == id).then_some(())
        };
        next.wait_for("elsewhere", elsewhere).await?;
        next.say(ClientMessage::TakeOver { call_id: id });
        restored(&mut next, id).await?;
        let (new, keyed) = Media::open(&mut next, self.load, (self.load.new_leg(), media.stamp), id).await?;
        wait_keyed(keyed).await?;
        self.load.talk(new.leg);
        let withdrawn = |message: &ServerMessage| {
            matches!(message, ServerMessage::Withdrawn { call_id, reason: WithdrawnReason::TakenOver } if *call_id == id)
                .then_some(())
        };
        device.wait_for("withdrawn", withdrawn).await?;
        self.load.leave(media.leg);
        *media = new;
        let mut old = std::mem::replace(device, next);
        old.sign_out().await?;
        was_told_once(&mut old)
    }
}

async fn hold(pair: &mut Pair, call: CallId, role: Role, held: bool) -> Result<()> {
    side(pair, role).say(ClientMessage::Hold { call_id: call, held });
    let is_held = |message: &ServerMessage| {
        matches!(message, ServerMessage::Held { call_id, held: is } if *call_id == call && *is == held)
            .then_some(())
    };
    side(pair, role).wait_for("held", is_held).await?;
    let is_peer_held = |message: &ServerMessage| {
        matches!(message, ServerMessage::PeerHeld { call_id, held: is } if *call_id == call && *is == held)
            .then_some(())
    };
    side(pair, role.other()).wait_for("peer_held", is_peer_held).await.map(|_| ())
}

async fn mute(pair: &mut Pair, call_id: CallId, role: Role, is: bool) -> Result<()> {
    side(pair, role).say(ClientMessage::Mute { call_id, muted: is });
    let pick = |message: &ServerMessage| {
        matches!(message, ServerMessage::PeerMuted { muted, .. } if *muted == is).then_some(())
    };
    side(pair, role.other()).wait_for("peer_muted", pick).await.map(|_| ())
}

async fn restored(device: &mut Device, call_id: CallId) -> Result<()> {
    let pick = |message: &ServerMessage| {
        matches!(message, ServerMessage::Restored { call } if call.call_id == call_id).then_some(())
    };
    device.wait_for("restored", pick).await.map(|_| ())
}
