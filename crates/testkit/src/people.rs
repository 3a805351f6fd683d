//! What people do with their pages, by plan and in answer to what they are told.

use tring_calls::calls::{self, RelayEvent};
use tring_calls::sessions::ConnId;
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::CallId;
use tring_protocol::signal::{ClientFrame, ClientMessage, DeclineReason, ServerMessage};
use tring_protocol::time::Millis;

use crate::client::{self, Command, Current, MyCall, Output, Page};
use crate::network::{Break, Notice};
use crate::node::Input;
use crate::plan::{Action, Goodbye};
use crate::queue::{Event, Up};
use crate::relay::offer;
use crate::world::World;

impl World {
    pub(crate) fn act(&mut self, action: Action) {
        match action {
            Action::Open(client) => self.open_page(client),
            Action::Place(client, to) => self.say(client, Command::Place(to)),
            Action::Cross(a, b, apart) => {
                let (to_b, to_a) = (self.user(b).cuid.clone(), self.user(a).cuid.clone());
                self.say(a, Command::Place(to_b));
                self.queue.push(self.now + Millis::new(apart), Event::Act(Action::Place(b, to_a)));
            }
            Action::Hangup(client) => self.say_of_call(client, Command::Hangup),
            Action::Mute(client) => self.say_of_call(client, Command::Mute),
            Action::Reoffer(client) => self.say_of_call(client, Command::Reoffer),
            Action::Reload(client, gap, goodbye) => {
                if self.close_page(client, goodbye) {
                    self.queue.push(self.now + Millis::new(gap), Event::Open { client });
                }
            }
            Action::Close(client, goodbye) => {
                self.close_page(client, goodbye);
            }
            Action::SignOut(client) => {
                self.say(client, Command::SignOut);
                self.forget_page(client);
            }
            Action::Cut(client, notice) => {
                if let Some(conn) = self.clients[client].wire {
                    self.cut(conn, notice);
                }
            }
            Action::Offline(client, length) => {
                if let Some(conn) = self.clients[client].wire {
                    self.cut(conn, Notice::Nobody);
                }
                let until = self.now + Millis::new(length);
                self.clients[client].offline_until = Some(until);
                self.queue.push(until, Event::Online { client });
            }
            Action::Hold(client) => self.say_of(client, |call| !call.held, Command::Hold),
            Action::Resume(client) => self.say_of(client, |call| call.held, Command::Resume),
            Action::TakeOver(client) => {
                let elsewhere =
                    self.clients[client].page.as_ref().and_then(|page| page.elsewhere.keys().next().copied());
                if let Some(call) = elsewhere {
                    self.say(client, Command::TakeOver(call));
                }
            }
            Action::Check(client) => self.say(client, Command::Check),
            Action::Trouble(client, trouble, length) => self.trouble(client, trouble, Millis::new(length)),
            Action::Rebind(client) => self.rebind(client),
            Action::MediaFails(client) => {
                if let Some(page) = &self.clients[client].page {
                    self.silence(client, page.number, RelayEvent::Failed);
                }
            }
            Action::Crash(node, down) => self.crash(node, Millis::new(down)),
            Action::Drain(node) => self.feed(node, Input::Calls(calls::Input::Drain)),
            Action::ChangeAccount(ring_timeout) => self.change_account(ring_timeout),
            Action::EndAll(node, reason) => {
                let calls: Vec<_> = self.nodes[node].calls.live().map(|(call, ..)| call).collect();
                for call in calls {
                    self.feed(node, Input::Calls(calls::Input::End { call, reason }));
                }
            }
        }
    }

    pub(crate) fn react(&mut self, client: usize, page: u32, command: Command) {
        if self.clients[client].page.as_ref().is_some_and(|it| it.number == page) {
            self.say(client, command);
        }
    }

    pub(crate) fn open_page(&mut self, client: usize) {
        if self.finale || self.clients[client].page.is_some() {
            return;
        }
        let it = &mut self.clients[client];
        it.pages += 1;
        it.armed_at = None;
        it.page = Some(Page::new(self.now, it.pages, offer(client, it.pages)));
        self.page(client, client::Input::Start);
    }

    pub(crate) fn page_timer(&mut self, client: usize, page: u32) {
        let it = &mut self.clients[client];
        if it.page.as_ref().is_none_or(|it| it.number != page) || it.armed_at.is_none_or(|at| at > self.now) {
            return;
        }
        it.armed_at = None;
        self.page(client, client::Input::Tick);
    }

    /// Hands something of a socket to the page that opened it, unless that page has given the socket up.
    pub(crate) fn page_input(&mut self, conn: ConnId, input: client::Input) {
        let wire = self.wire(conn);
        let (client, number) = (wire.client, wire.page);
        let it = &mut self.clients[client];
        if it.wire != Some(conn) || it.page.as_ref().is_none_or(|page| page.number != number) {
            return;
        }
        if let client::Input::Closed = input {
            it.wire = None;
        }
        self.page(client, input);
    }

    fn say(&mut self, client: usize, command: Command) {
        if self.clients[client].page.is_some() {
            self.page(client, client::Input::Say(command));
        }
    }

    fn say_of_call(&mut self, client: usize, command: impl Fn(CallId) -> Command) {
        self.say_of(client, |_| true, command);
    }

    /// Says something of the first call on a page that is such.
    fn say_of(&mut self, client: usize, such: impl Fn(&MyCall) -> bool, command: impl Fn(CallId) -> Command) {
        let Some(page) = &self.clients[client].page else { return };
        if let Some((call, _)) = page.calls.iter().find(|(_, call)| such(call)) {
            self.say(client, command(*call));
        }
    }

    fn page(&mut self, client: usize, input: client::Input) {
        let now = self.now;
        let Some(page) = self.clients[client].page.as_mut() else { return };
        let number = page.number;
        for output in page.handle(now, input) {
            self.do_output(client, number, output);
        }
        let it = &mut self.clients[client];
        if let Some(at) = it.page.as_ref().and_then(Page::wake)
            && it.armed_at.is_none_or(|armed| at < armed)
        {
            it.armed_at = Some(at);
            self.queue.push(at.max(now), Event::PageTimer { client, page: number });
        }
    }

    fn do_output(&mut self, client: usize, page: u32, output: Output) {
        match output {
            Output::Connect(resume) => self.connect(client, page, resume),
            Output::Send(frame) => {
                if let ClientFrame::Message { body: ClientMessage::TakeOver { call_id }, .. } = frame {
                    self.checker.asked_to_take(client, call_id);
                }
                if let Some(conn) = self.clients[client].wire {
                    self.send_up(conn, Up::Frame(frame));
                }
            }
            Output::Drop => {
                if let Some(conn) = self.clients[client].wire.take() {
                    self.close_up(conn, Break::Lost);
                    self.wire(conn).cut = true;
                }
            }
            Output::Told(message) => {
                self.note(|| format!("  client {client} is told {message:?}"));
                self.checker.told(
                    &self.journal,
                    (client, page),
                    self.clients[client].attendee.clone(),
                    &message,
                );
                self.reactions(client, page, &message);
            }
            Output::Lost(call, why) => self.checker.gave_up(client, call, why),
            Output::Unanswered => self.checker.unanswered(client),
            Output::Refused(code) => {
                if code == ErrorCode::Protocol {
                    self.checker.broken(format!("client {client} was refused as breaking the protocol"));
                }
                self.forget_page(client);
            }
            Output::Broken(what) => self.checker.broken(format!("client {client}: {what}")),
        }
    }

    fn reactions(&mut self, client: usize, page: u32, message: &ServerMessage) {
        let plan = |world: &mut Self, low, high, command| {
            let at = world.now + world.dice.millis(low, high);
            world.queue.push(at, Event::React { client, page, command });
        };
        match *message {
            ServerMessage::Incoming { call_id, .. } => match self.dice.between(0, 99) {
                0..=54 => {
                    let current = [Current::End, Current::Hold][self.dice.index(2)];
                    plan(self, 100, 9_000, Command::Answer(call_id, current));
                }
                55..=62 => plan(self, 100, 9_000, Command::Decline(call_id, DeclineReason::User)),
                63..=65 => plan(self, 100, 900, Command::Decline(call_id, DeclineReason::Busy)),
                66..=69 => {
                    plan(self, 100, 2_000, Command::Answer(call_id, Current::End));
                    plan(self, 2_001, 2_200, Command::Decline(call_id, DeclineReason::MicrophoneDenied));
                }
                70..=74 => {
                    plan(self, 10, 500, Command::Decline(call_id, DeclineReason::NotificationsDisabled));
                }
                75..=77 => plan(self, 500, 9_000, Command::Hangup(call_id)),
                _ => {}
            },
            ServerMessage::Placed { call_id, .. } if self.dice.chance(15) => {
                plan(self, 50, 15_000, Command::Hangup(call_id));
            }
            ServerMessage::Answered { call_id, .. } if self.dice.chance(55) => {
                plan(self, 100, 30_000, Command::Hangup(call_id));
            }
            ServerMessage::Connected { call_id, .. } if self.is_early() && self.dice.chance(15) => {
                plan(self, 100, 8_000, Command::Hold(call_id));
                if self.dice.chance(60) {
                    plan(self, 8_001, 20_000, Command::Resume(call_id));
                }
            }
            ServerMessage::Elsewhere { ref call } if self.is_early() && self.dice.chance(15) => {
                plan(self, 200, 10_000, Command::TakeOver(call.call_id));
            }
            ServerMessage::CheckAnswer { .. } if self.dice.chance(60) => {
                plan(self, 500, 5_000, Command::CheckDone);
            }
            ServerMessage::Restored { ref call } if self.dice.chance(55) => {
                plan(self, 100, 30_000, Command::Hangup(call.call_id));
            }
            _ => {}
        }
    }

    /// Closes a page. False if there was none.
    fn close_page(&mut self, client: usize, goodbye: Goodbye) -> bool {
        if let Some(conn) = self.clients[client].wire {
            match goodbye {
                Goodbye::Said => {
                    self.send_up(conn, Up::Frame(ClientFrame::Leaving {}));
                    self.close_up(conn, Break::Lost);
                }
                Goodbye::CloseFrame => self.close_up(conn, Break::Clean),
                Goodbye::None => {
                    let notice = [Notice::Server, Notice::Nobody][self.dice.index(2)];
                    self.cut(conn, notice);
                }
            }
        }
        self.forget_page(client)
    }

    pub(crate) fn forget_page(&mut self, client: usize) -> bool {
        self.clients[client].wire = None;
        let Some(page) = self.clients[client].page.take() else { return false };
        self.silence(client, page.number, RelayEvent::Silent);
        true
    }

    /// Everybody leaves, each in their own way.
    pub(crate) fn finale(&mut self) {
        self.finale = true;
        self.check_agreement();
        for client in 0..self.clients.len() {
            match self.dice.between(0, 3) {
                0 => self.act(Action::SignOut(client)),
                1 => self.act(Action::Close(client, Goodbye::Said)),
                2 => self.act(Action::Close(client, Goodbye::CloseFrame)),
                _ => self.act(Action::Close(client, Goodbye::None)),
            }
        }
    }
}
