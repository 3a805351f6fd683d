//! Plays one planned call of a pair against the server, as its two devices see it.

use anyhow::{Context as _, Result, bail, ensure};
use std::cell::{Cell, RefCell};
use std::time::Duration;
use tokio::time::sleep;
use tring_load::legs::Load;
use tring_load::peer::{Break, Call, Device, Pair, SignIn};
use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::signal::{CallImages, ClientMessage, DeclineReason, Role, ServerMessage};
use tring_protocol::text::Context as CallContext;

use super::ledger::Ledger;
use super::schedule::{Ending, Expected, Plan, Story};

/// What all pairs share.
pub(super) struct Stage<'a> {
    pub(super) load: &'a Load,
    pub(super) sign_in: &'a SignIn,
    /// Who calls people that are in a call.
    pub(super) knockers: RefCell<Vec<Device>>,
    pub(super) ledger: RefCell<Ledger>,
    /// How many calls there are at the moment.
    pub(super) live: Cell<usize>,
    /// How long both sides took to hear each other again, by kind of turn.
    pub(super) gaps: RefCell<Vec<(&'static str, Duration)>>,
}

impl Stage<'_> {
    /// Plays `plan`; afterwards the pair is ready for its next call.
    pub(super) async fn play(&self, pair: &mut Pair, plan: &Plan) -> Result<()> {
        sleep(plan.pause).await;
        self.live.set(self.live.get() + 1);
        let played = self.call(pair, plan).await;
        self.live.set(self.live.get() - 1);
        played?;
        let sides = [&mut pair.caller, &mut pair.callee];
        sides.into_iter().try_for_each(was_told_once)
    }

    async fn call(&self, pair: &mut Pair, plan: &Plan) -> Result<()> {
        let expected = plan.story.expected();
        if plan.story == Story::Unreachable {
            let call = self.place(&mut pair.caller, "nobody_there", expected).await?;
            return ended(&mut pair.caller, call, expected).await;
        }
        let mut call = pair.ring(self.load).await?;
        let name = call.id.to_string();
        pair.caller.attend(call.id);
        pair.callee.attend(call.id);
        self.ledger.borrow_mut().promise(name.clone(), expected);
        let acted = self.act(pair, &mut call, plan).await;
        call.media.iter().for_each(|media| self.load.leave(media.leg));
        if acted.is_err() {
            self.ledger.borrow_mut().withdraw(&name);
        }
        acted.with_context(|| format!("call {name}"))
    }

    async fn act(&self, pair: &mut Pair, call: &mut Call, plan: &Plan) -> Result<()> {
        let (id, expected) = (call.id, plan.story.expected());
        if plan.story != Story::Miss {
            sleep(plan.rings).await;
        }
        match &plan.story {
            Story::Talk { turns, rest, ending } => {
                pair.answer_and_talk(self.load, call).await?;
                for (pause, turn) in turns {
                    sleep(*pause).await;
                    self.turn(pair, call, *turn).await.with_context(|| format!("{turn:?}"))?;
                }
                sleep(*rest).await;
                return self.end(pair, id, *ending, expected).await;
            }
            Story::Decline => {
                pair.callee.say(ClientMessage::Decline { call_id: id, reason: DeclineReason::User });
            }
            Story::Cancel => pair.caller.say(ClientMessage::Hangup { call_id: id }),
            Story::Miss => {}
            Story::CallerLeaves => {
                pair.caller.break_off(Break::Leave).await?;
                ended(&mut pair.callee, id, expected).await?;
                return self.come_back(&mut pair.caller, id, expected).await;
            }
            Story::CalleeSignsOut => {
                pair.callee.sign_out().await?;
                ended(&mut pair.caller, id, expected).await?;
                return self.come_back(&mut pair.callee, id, expected).await;
            }
            Story::Unreachable => bail!("nobody rings in a call to nobody"),
        }
        self.both_ended(pair, id, expected).await
    }

    async fn end(&self, pair: &mut Pair, id: CallId, ending: Ending, expected: Expected) -> Result<()> {
        match ending {
            Ending::HangsUp(role) => {
                side(pair, role).say(ClientMessage::Hangup { call_id: id });
                self.both_ended(pair, id, expected).await
            }
            Ending::SignsOut(role) => {
                side(pair, role).sign_out().await?;
                ended(side(pair, role.other()), id, expected).await?;
                self.come_back(side(pair, role), id, expected).await
            }
            Ending::Leaves(role) => {
                side(pair, role).break_off(Break::Leave).await?;
                ended(side(pair, role.other()), id, expected).await?;
                self.come_back(side(pair, role), id, expected).await
            }
        }
    }

    async fn both_ended(&self, pair: &mut Pair, id: CallId, expected: Expected) -> Result<()> {
        tokio::try_join!(ended(&mut pair.caller, id, expected), ended(&mut pair.callee, id, expected))?;
        Ok(())
    }

    /// Places a call that gets no media.
    pub(super) async fn place(&self, caller: &mut Device, to: &str, expected: Expected) -> Result<CallId> {
        let reference = format!("soak-{}", self.ledger.borrow().len());
        caller.say(ClientMessage::Place {
            reference,
            to: Cuid::parse(to)?,
            context: CallContext::parse("Soak")?,
            remote_context: None,
            images: CallImages::default(),
        });
        let placed = |message: &ServerMessage| match message {
            ServerMessage::Placed { call_id, .. } => Some(*call_id),
            _ => None,
        };
        let (_, call) = caller.wait_for("placed", placed).await?;
        caller.attend(call);
        self.ledger.borrow_mut().promise(call.to_string(), expected);
        Ok(call)
    }

    /// A device that had left or signed out signs in again, and is told how its call has ended meanwhile.
    async fn come_back(&self, device: &mut Device, call: CallId, expected: Expected) -> Result<()> {
        was_told_once(device)?;
        *device = Device::sign_in(self.sign_in, device.identity.clone()).await?;
        device.attend(call);
        ended(device, call, expected).await.context("back again")
    }
}

pub(super) async fn ended(device: &mut Device, call: CallId, expected: Expected) -> Result<()> {
    let pick = |message: &ServerMessage| match message {
        ServerMessage::Ended { call_id, status, reason, by, .. } if *call_id == call => {
            Some((*status, *reason, *by))
        }
        _ => None,
    };
    let (_, (status, reason, by)) = device.wait_for("ended", pick).await?;
    let is_expected = status == expected.reason.status() && reason == expected.reason && by == expected.by;
    ensure!(is_expected, "{} was told {status:?}, {reason:?} by {by:?}, not {expected:?}", device.cuid);
    Ok(())
}

/// No page was told the end of one call twice.
pub(super) fn was_told_once(device: &mut Device) -> Result<()> {
    let mut told = device.take_ended();
    told.sort_unstable();
    let twice = told.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    ensure!(twice.is_none(), "{} was told an end twice: {twice:?}", device.cuid);
    Ok(())
}

pub(super) fn side(pair: &mut Pair, role: Role) -> &mut Device {
    match role {
        Role::Caller => &mut pair.caller,
        Role::Callee => &mut pair.callee,
    }
}

pub(super) fn at(role: Role) -> usize {
    match role {
        Role::Caller => 0,
        Role::Callee => 1,
    }
}
