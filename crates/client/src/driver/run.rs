//! The task of one device: carries inputs to the machine and the engine, and does what they ask for.
//!
//! **One input after the other: what follows from one is done in order before the next is handled.**

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, sleep_until};
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::signal::UserToken;
use tring_protocol::text::Sdp;
use tring_protocol::time::Millis;

use super::handles::{Handles, Waiting};
use super::options::{Options, TokenMaker};
use super::roads::{self, Arrived, Fresh, Roads};
use super::sound::Sound;
use super::turn::{Heard, TurnRoads};
use super::wires::Wires;
use super::{Command, Commands, Event};
use crate::audio::AudioError;
use crate::engine::{self, Engine, Levels};
use crate::peer::Datagram;
use crate::peer::turn::TurnServer;
use crate::signalling::{Input, Machine, Output, ShownCall, TokenSource, WakeReason};
use crate::tls;

/// How often the microphone's queue is emptied and the speaker's filled. Higher: delay; lower: a device that wakes up more.
const SOUND_EVERY: Duration = Duration::from_millis(10);
/// How often the route to the server is looked at. Higher: a change of network is noticed later, by the watchdog at the
/// latest; lower: work.
const ROUTE_EVERY: Duration = Duration::from_secs(1);
/// Since when a device that has handed in its last word waits for it to be sent, at most.
const GOODBYE: Duration = Duration::from_secs(2);

/// Everything of one device.
pub(super) struct Device {
    beginning: Instant,
    machine: Machine,
    engine: Engine,
    inputs: VecDeque<Input>,

    wires: Wires,
    tokens: Option<TokenMaker>,
    /// What tasks of the device bring: user tokens.
    to_bring: mpsc::UnboundedSender<Input>,
    brought: mpsc::UnboundedReceiver<Input>,

    sound: Sound,

    roads: Roads,
    arrived: mpsc::Receiver<Arrived>,
    turn: TurnRoads,
    heard: mpsc::Receiver<Heard>,
    /// Where the server was reached last, if its address is known.
    server_address: Option<IpAddr>,
    routes: Vec<IpAddr>,

    inbox: mpsc::UnboundedReceiver<Command>,
    handles: Handles,
    signed_in: Option<Waiting>,
    is_over: bool,
    goodbye: Option<oneshot::Sender<()>>,
}

impl Device {
    pub(super) fn new(
        options: Options,
        inbox: mpsc::UnboundedReceiver<Command>,
        commands: &Commands,
        levels: watch::Sender<Levels>,
        signed_in: Waiting,
        trouble: watch::Sender<Option<String>>,
    ) -> Result<Self, WireError> {
        let Options { server, identity, choices, tokens, unit, engine, authorities } = options;
        let tls = if server.is_secure {
            let config = tls::config(authorities.as_deref());
            Some(
                config
                    .map_err(|error| WireError::with(ErrorCode::InvalidInitParameters, error.to_string()))?,
            )
        } else {
            None
        };
        let source = if tokens.is_some() { TokenSource::App } else { TokenSource::None };
        let beginning = tokio::time::Instant::now().into_std();
        let (datagrams, arrived) = mpsc::channel(roads::QUEUE);
        let (messages, heard) = mpsc::channel(roads::QUEUE);
        let (to_bring, brought) = mpsc::unbounded_channel();
        let server_address = server.host.parse().ok();
        Ok(Self {
            beginning,
            machine: Machine::new(identity, choices, source, rand::random()),
            engine: Engine::new(beginning, engine),
            inputs: VecDeque::from([Input::Start]),
            wires: Wires::new(server, tls.clone(), trouble),
            tokens,
            to_bring,
            brought,
            sound: Sound::new(unit),
            turn: TurnRoads::new(messages, tls, authorities),
            roads: Roads::new(datagrams),
            arrived,
            heard,
            server_address,
            routes: roads::routes(server_address),
            inbox,
            handles: Handles::new(commands, levels),
            signed_in: Some(signed_in),
            is_over: false,
            goodbye: None,
        })
    }

    /// Until the device has signed out.
    pub(super) async fn run(mut self) {
        let mut sound = interval(SOUND_EVERY);
        // Frames that were missed are made good by the queues, not by ticks in a row.
        sound.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut route = interval(ROUTE_EVERY);
        route.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.settle().await;
        while !self.is_over {
            let deadline = self.deadline();
            tokio::select! {
                command = self.inbox.recv() => self.obey(command),
                input = self.wires.next() => self.inputs.push_back(input),
                Some(datagram) = self.arrived.recv() => self.hear_road(&datagram),
                Some(heard) = self.heard.recv() => self.engine.hear_turn(self.now(), heard.peer, heard.news()),
                opened = self.sound.opened() => self.use_sound(opened),
                Some(input) = self.brought.recv() => self.inputs.push_back(input),
                _ = sound.tick(), if self.sound.is_open() => self.pass_sound(),
                _ = route.tick() => self.look_at_route(),
                () = sleep_until(deadline.into()) => self.tick(),
            }
            self.settle().await;
        }
        self.say_goodbye().await;
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// The machine's clock, which begins with the device.
    fn machine_clock(&self) -> Millis {
        let since = self.now().saturating_duration_since(self.beginning);
        Millis::new(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn deadline(&self) -> Instant {
        let machine = self.machine.deadline().map(|at| self.beginning + Duration::from(at));
        let soonest = [machine, self.engine.deadline()].into_iter().flatten().min();
        soonest.unwrap_or_else(|| self.now() + Duration::from_secs(3_600))
    }

    fn tick(&mut self) {
        if self.machine.deadline().is_some_and(|at| self.machine_clock() >= at) {
            self.inputs.push_back(Input::Tick);
        }
        self.engine.tick(self.now());
    }

    fn obey(&mut self, command: Option<Command>) {
        match command {
            Some(Command::Input(input)) => self.inputs.push_back(input),
            Some(Command::Place(request, state)) => {
                self.handles.placed(request.reference.clone(), state);
                self.inputs.push_back(Input::Call(request));
            }
            Some(Command::TakeOver { call_id, reference, arrived }) => {
                self.handles.moving(reference.clone(), arrived);
                self.inputs.push_back(Input::TakeOver { call_id, reference });
            }
            Some(Command::Subscribe(subscriber)) => self.handles.subscribe(subscriber),
            Some(Command::NetworkChanged(why)) => self.network_changed(why),
            Some(Command::SignOut(done)) => {
                self.goodbye = Some(done);
                self.sign_out();
            }
            // All handles are gone.
            None => self.sign_out(),
        }
    }

    fn sign_out(&mut self) {
        self.inputs.push_back(Input::SignOut);
        self.is_over = true;
    }

    fn network_changed(&mut self, why: WakeReason) {
        self.engine.hint(self.now());
        self.inputs.push_back(Input::Wake { why });
    }

    fn look_at_route(&mut self) {
        let routes = roads::routes(self.server_address);
        if routes != self.routes {
            let why = if self.routes.is_empty() { WakeReason::Online } else { WakeReason::Network };
            self.routes = routes;
            self.network_changed(why);
        }
    }

    fn hear_road(&mut self, datagram: &Arrived) {
        let Arrived { peer, transport, source, destination, bytes } = datagram;
        let (transport, source, destination) = (*transport, *source, *destination);
        self.engine.receive(self.now(), *peer, Datagram { transport, source, destination, bytes });
    }

    fn pass_sound(&mut self) {
        self.sound.pass(self.now(), &mut self.engine);
        self.handles.tell_levels(self.engine.levels());
    }

    /// Does all that follows from what happened.
    async fn settle(&mut self) {
        loop {
            if let Some(input) = self.inputs.pop_front() {
                self.machine.handle(self.machine_clock(), input);
                while let Some(output) = self.machine.poll() {
                    self.perform(output).await;
                }
                let calls = self.machine.calls();
                self.engine.set_on_hold(calls.iter().any(ShownCall::is_on_hold));
                self.handles.show(calls);
            } else if let Some(output) = self.engine.poll() {
                self.carry(output);
            } else {
                return;
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        let now = self.now();
        match output {
            Output::OpenSocket { socket } => self.wires.open(socket),
            Output::CloseSocket { socket } => self.wires.close(socket),
            Output::ChangeSocket => self.wires.change(),
            Output::Frame { frame, socket } => self.wires.send(frame, socket),
            Output::AskToken => self.ask_token(),
            Output::SignedIn { .. } => {
                self.answer_sign_in(Ok(()));
                self.handles.tell(|| Event::Connected);
            }
            Output::Lost => self.handles.tell(|| Event::Lost),
            Output::Refused { error } => {
                self.answer_sign_in(Err(error.clone()));
                self.handles.tell(|| Event::Refused(error.clone()));
                self.is_over = true;
            }
            Output::OpenMicrophone => self.open_microphone(),
            Output::CloseMicrophone => self.close_microphone(),
            Output::MicrophoneLive { call_id, live } => self.engine.set_live(call_id, live),
            Output::OpenPeer { call_id } => {
                let fresh = Fresh::bind(self.server_address).await;
                match self.engine.open_peer(now, call_id, fresh.addresses()) {
                    Ok(peer) => self.roads.give(peer, fresh),
                    Err(error) => tracing::error!(%error, "no codec for a call"),
                }
            }
            Output::AcceptAnswer { call_id, sdp } => self.engine.accept_answer(now, call_id, sdp.as_str()),
            Output::ClosePeer { call_id } => self.engine.close_peer(now, call_id),
            Output::Elsewhere { calls } => self.handles.elsewhere(calls),
            Output::Settle { reference, outcome } => self.handles.settled(reference, outcome),
            Output::IceServers { servers } => {
                self.engine.use_turn_servers(now, TurnServer::list(&servers));
            }
            // Handles see calls by themselves; colours, analytics and checks are for faces that have them.
            Output::View { .. }
            | Output::Event(_)
            | Output::Branding { .. }
            | Output::CheckAnswer { .. }
            | Output::CheckRefused { .. } => {}
        }
    }

    fn carry(&mut self, output: engine::Output) {
        match output {
            engine::Output::Transmit(peer, transmit) => self.roads.send(peer, transmit),
            engine::Output::Turn(peer, wanted) => self.turn.perform(peer, wanted),
            engine::Output::Closed(peer) => {
                self.roads.close(peer);
                self.turn.close(peer);
            }
            engine::Output::Offer { call_id, sdp } => {
                if let Ok(sdp) = Sdp::parse(&sdp) {
                    self.inputs.push_back(Input::Offer { call_id, sdp });
                }
            }
            engine::Output::MediaLost(call_id) => self.inputs.push_back(Input::MediaLost { call_id }),
            engine::Output::MediaBack(call_id) => self.inputs.push_back(Input::MediaBack { call_id }),
            engine::Output::Report(call_id, report) => {
                self.inputs.push_back(Input::Report { call_id, report });
            }
            engine::Output::Quality(call_id, quality) => {
                self.handles.tell_quality(call_id, quality);
            }
        }
    }

    fn ask_token(&self) {
        let Some(tokens) = &self.tokens else { return };
        let (token, bring) = (tokens(), self.to_bring.clone());
        tokio::spawn(async move {
            let input = match token.await {
                Ok(token) => Input::Token { token: UserToken(token) },
                Err(why) => Input::TokenFailed { error: WireError::with(ErrorCode::TokenRequired, why) },
            };
            let _ = bring.send(input);
        });
    }

    fn answer_sign_in(&mut self, answer: Result<(), WireError>) {
        if let Some(signed_in) = self.signed_in.take() {
            let _ = signed_in.send(answer);
        }
    }

    fn open_microphone(&mut self) {
        if !self.sound.open() {
            self.inputs.push_back(Input::MicrophoneFailed);
        }
    }

    fn use_sound(&mut self, opened: Result<(), AudioError>) {
        match opened {
            Ok(()) => {
                self.engine.open_microphone();
                self.inputs.push_back(Input::MicrophoneOpened);
            }
            Err(error) => {
                self.handles.tell(|| Event::NoSound(error.clone()));
                self.inputs.push_back(Input::MicrophoneFailed);
            }
        }
    }

    fn close_microphone(&mut self) {
        self.sound.close();
        self.engine.close_microphone();
        self.handles.tell_levels(Levels::default());
    }

    /// What was said last is sent; nothing of the device stays.
    async fn say_goodbye(&mut self) {
        self.handles.end_all();
        self.close_microphone();
        let _ = tokio::time::timeout(GOODBYE, self.wires.close_all()).await;
        if let Some(done) = self.goodbye.take() {
            let _ = done.send(());
        }
    }
}
