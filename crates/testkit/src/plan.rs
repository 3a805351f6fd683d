//! What a seed decides beforehand: how many nodes, who there is, and what they will do. What they do when they are
//! called is decided as the world is played, from the same seed.

use std::fmt;

use tring_calls::bus::Attendee;
use tring_protocol::ids::{AccountId, Cuid, DeviceAddress, DeviceId, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::{CallSettings, DeclineScope, DevicePolicy};
use tring_protocol::signal::{DeviceDetails, Party, Platform};
use tring_protocol::time::Millis;

use crate::dice::Dice;
use crate::network::Notice;
use crate::paths::Trouble;

/// The schedule of a world.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Makes this plan, and every other choice of the world.
    pub seed: u64,
    /// How many nodes there are.
    pub nodes: usize,
    /// The account's rules.
    pub settings: CallSettings,
    /// The devices; a client of the world is an index of these.
    pub devices: Vec<Attendee>,
    /// How many interfaces each device has.
    pub interfaces: Vec<usize>,
    /// How long something is done.
    pub length: Millis,
    /// Of 100 connections, how many never carry audio.
    pub deaf_percent: u64,
    /// Whether the slots sometimes answer after everybody has given up.
    pub slow_slots: bool,
    /// What is done when, in order.
    pub actions: Vec<(Millis, Action)>,
}

/// What somebody does at some time. Numbers are indexes of clients and nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Opens the page, if it is closed.
    Open(usize),
    /// Dials a user, if not in a call.
    Place(usize, Cuid),
    /// Two dial each other within these milliseconds.
    Cross(usize, usize, u64),
    /// Hangs up, cancels or declines whatever call there is.
    Hangup(usize),
    /// Closes or opens the microphone.
    Mute(usize),
    /// Holds the call that they are in.
    Hold(usize),
    /// Goes on with a call on hold; holds or ends the one they are in.
    Resume(usize),
    /// Moves a call here that is on another of the user's devices.
    TakeOver(usize),
    /// Tries the network.
    Check(usize),
    /// Makes a new connection for the audio.
    Reoffer(usize),
    /// Loads the page again after these milliseconds; with or without a goodbye.
    Reload(usize, u64, Goodbye),
    /// Closes the page.
    Close(usize, Goodbye),
    /// Signs out and closes the page.
    SignOut(usize),
    /// Loses the socket.
    Cut(usize, Notice),
    /// Has no network for these milliseconds.
    Offline(usize, u64),
    /// One of its interfaces fails for these milliseconds.
    Trouble(usize, Trouble, u64),
    /// Its NAT gives it another address.
    Rebind(usize),
    /// The audio connection breaks.
    MediaFails(usize),
    /// A node dies and comes back after these milliseconds.
    Crash(usize, u64),
    /// A node takes no new calls any more.
    Drain(usize),
    /// The account changes its looks, and how long its calls ring.
    ChangeAccount(Millis),
    /// The business ends every call of a node.
    EndAll(usize, EndReason),
}

/// How a page is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goodbye {
    /// With a `leaving` frame.
    Said,
    /// With the socket's close frame alone.
    CloseFrame,
    /// The process was killed.
    None,
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let nodes = [1, 1, 1, 2, 2, 3][dice.index(6)];
        let settings = settings(&mut dice);
        let devices = devices(&mut dice, settings.devices);
        let interfaces = devices.iter().map(|_| 1 + usize::from(dice.chance(50))).collect();
        let length = dice.millis(15_000, 70_000);
        let crashes = dice.chance(35);
        let mut plan = Self {
            seed,
            nodes,
            settings,
            devices,
            interfaces,
            length,
            deaf_percent: [2, 2, 10][dice.index(3)],
            slow_slots: dice.chance(5),
            actions: Vec::new(),
        };
        for client in 0..plan.devices.len() {
            plan.actions.push((dice.millis(0, 2_500), Action::Open(client)));
        }
        for _ in 0..dice.between(8, 40) {
            let at = dice.millis(1_000, length.get());
            let action = plan.any_action(&mut dice, crashes);
            plan.actions.push((at, action));
        }
        plan.actions.sort_by_key(|(at, _)| *at);
        plan
    }

    fn any_action(&self, dice: &mut Dice, crashes: bool) -> Action {
        let client = dice.index(self.devices.len());
        let other = dice.index(self.devices.len());
        let goodbye = [Goodbye::Said, Goodbye::CloseFrame, Goodbye::None][dice.index(3)];
        if dice.chance(30) {
            return self.action_of_a_long_call(dice, client);
        }
        match dice.between(0, 99) {
            0..=37 => Action::Place(client, self.devices[other].device.user.cuid.clone()),
            38..=44 => Action::Cross(client, other, dice.between(0, 60)),
            45..=49 => Action::Hangup(client),
            50..=52 => Action::Mute(client),
            53..=55 => Action::Reoffer(client),
            56..=63 => Action::Reload(client, dice.between(50, 11_000), goodbye),
            64..=66 => Action::Close(client, goodbye),
            67..=69 => Action::SignOut(client),
            70..=79 => {
                let notice = [Notice::Both, Notice::Client, Notice::Server, Notice::Nobody][dice.index(4)];
                Action::Cut(client, notice)
            }
            80..=84 => Action::Offline(client, dice.between(500, 70_000)),
            85..=86 => Action::MediaFails(client),
            87..=92 => Action::Open(client),
            93 => Action::ChangeAccount(ring_timeout(dice)),
            94..=97 if crashes => Action::Crash(dice.index(self.nodes), dice.between(500, 15_000)),
            98 => Action::EndAll(dice.index(self.nodes), EndReason::EndedByServer),
            99 if dice.chance(20) => Action::Drain(dice.index(self.nodes)),
            _ => Action::Place(client, self.devices[other].device.user.cuid.clone()),
        }
    }
}

impl Plan {
    fn action_of_a_long_call(&self, dice: &mut Dice, client: usize) -> Action {
        // Shorter than a blink, and longer than any grace.
        let length = [dice.between(100, 3_000), dice.between(3_000, 40_000), dice.between(60_000, 75_000)];
        match dice.between(0, 99) {
            0..=19 => Action::Hold(client),
            20..=34 => Action::Resume(client),
            35..=49 => Action::TakeOver(client),
            50..=59 => Action::Check(client),
            60..=74 => Action::Trouble(client, Trouble::Gone, length[dice.index(3)]),
            75..=86 => Action::Trouble(client, Trouble::Blackhole, length[dice.index(3)]),
            _ => Action::Rebind(client),
        }
    }
}

fn settings(dice: &mut Dice) -> CallSettings {
    CallSettings {
        ring_timeout: ring_timeout(dice),
        max_duration: [Millis::seconds(4 * 3600), Millis::seconds(20)][dice.index(2)],
        devices: [DevicePolicy::One, DevicePolicy::Many][dice.index(2)],
        decline: [DeclineScope::AllDevices, DeclineScope::ThisDevice][dice.index(2)],
        ..CallSettings::default()
    }
}

fn ring_timeout(dice: &mut Dice) -> Millis {
    [Millis::seconds(30), Millis::seconds(8)][dice.index(2)]
}

fn devices(dice: &mut Dice, policy: DevicePolicy) -> Vec<Attendee> {
    let account = AccountId::parse("acme").expect("an account id");
    let mut devices = Vec::new();
    for name in ["alice", "bobby", "carol", "daniel"].iter().take(dice.index(3) + 2) {
        let count = match policy {
            DevicePolicy::One => 1 + u64::from(dice.chance(25)),
            DevicePolicy::Many => dice.between(1, 3),
        };
        for number in 1..=count {
            let cuid = Cuid::parse(name).expect("a cuid");
            let device = DeviceId::parse(&format!("{name}-device-{number}")).expect("a device id");
            let user = UserAddress { account: account.clone(), cuid: cuid.clone() };
            devices.push(Attendee {
                device: DeviceAddress { user, device },
                party: Party { cuid, name: None },
                platform: Platform::Web,
                details: DeviceDetails::default(),
                call_waiting: dice.chance(60),
            });
        }
    }
    devices
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {} node(s), {:?}", self.seed, self.nodes, self.settings)?;
        for (index, device) in self.devices.iter().enumerate() {
            let interfaces = self.interfaces[index];
            writeln!(f, "  client {index} is {} with {interfaces} interface(s)", device.device.device)?;
        }
        for (at, action) in &self.actions {
            writeln!(f, "  {at:>10} {action:?}")?;
        }
        Ok(())
    }
}
