//! The thread that drives every leg: audio on its schedule, timers, and whatever arrives in between.

use anyhow::Result;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};
use tring_relay::prefetch::prefetch;

use super::delays::Delays;
use super::establish::Identity;
use super::leg::Leg;
use super::poll::{Poll, Waker};
use super::port::{Arrivals, Port};
use super::schedule::{Duty, GRID, Schedule};
use super::speech::Speech;
use super::tally::Count;
use super::wire::Wire;
use super::{Command, LegId};
use crate::process;

/// How many legs are looked at before their turn.
const AHEAD: usize = 12;
/// How many due deadlines are served before arrivals get their turn again.
const DUE_AT_ONCE: usize = 128;
/// How long the port of a socket that a leg has left stays taken. The system gives free ports to the next leg that opens
/// a socket, and what the relay still sends to the one before would come to it, who cannot open it. Higher: more
/// descriptors; lower: strangers' packets again, two in a minute of two hundred calls that move and end.
const LINGER: Duration = Duration::from_secs(5);
/// The key of the waker among the legs' ids.
const WAKER: u64 = u64::MAX;
/// The key of the socket that legs share.
const PORT: u64 = WAKER - 1;
/// How many times in a row that socket is read before what is due gets its turn again.
const READS_AT_ONCE: usize = 4;

/// All legs.
pub(super) struct Generator {
    commands: Receiver<Command>,
    waker: Arc<Waker>,
    identity: Identity,
    poll: Poll,
    legs: Vec<Option<Box<Leg>>>,
    schedule: Schedule,
    /// One packet of audio per leg in this time.
    packet_time: Duration,
    /// What all of them say.
    speech: Speech,
    /// Of all packets that arrived where they belong.
    delays: Delays,
    /// By how much packets left after their time.
    lateness: Delays,
    started: Instant,
    /// Of legs that have left.
    past: Count,
    /// Sockets that were left, and when.
    left: VecDeque<(Instant, Wire)>,
    /// Whether arrivals wait for the grid.
    gathers: bool,
    /// The socket that legs share, and what it is read into.
    port: Option<(Arc<Port>, Arrivals)>,
    /// The first thing that went wrong with a socket; counts are worthless after it.
    trouble: Option<anyhow::Error>,
}

impl Generator {
    pub(super) fn new(
        commands: Receiver<Command>,
        waker: Arc<Waker>,
        identity: Identity,
        packet_time: Duration,
        port: Option<Arc<Port>>,
    ) -> Result<Self> {
        let (poll, started) = (Poll::new()?, Instant::now());
        poll.add(&*waker, WAKER)?;
        if let Some(port) = &port {
            poll.add(&**port, PORT)?;
        }
        Ok(Self {
            commands,
            waker,
            identity,
            poll,
            legs: Vec::new(),
            schedule: Schedule::new(started),
            packet_time,
            speech: Speech::of(packet_time)?,
            delays: Delays::default(),
            lateness: Delays::default(),
            started,
            past: Count::default(),
            left: VecDeque::new(),
            gathers: false,
            port: port.map(|port| (port, Arrivals::new())),
            trouble: None,
        })
    }

    /// Runs until the other end of the commands is gone.
    pub(super) fn run(mut self) -> Result<()> {
        loop {
            self.wait()?;
            let now = Instant::now();
            if !self.take_what_came(now) {
                return Ok(());
            }
            self.serve_due(now);
            if let Some((port, _)) = &self.port {
                let flushed = port.flush();
                self.note(flushed.map_err(Into::into));
            }
        }
    }

    /// Reads what the wait has found; false once nobody can ask for anything any more.
    fn take_what_came(&mut self, now: Instant) -> bool {
        let ready: Vec<u64> = self.poll.ready().collect();
        for some in ready.chunks(AHEAD) {
            some.iter().for_each(|key| self.prefetch_leg(*key as LegId));
            some.iter().for_each(|key| self.ahead(*key as LegId, Leg::prefetch_keys));
            some.iter().for_each(|key| self.ahead(*key as LegId, Leg::prefetch_opening));
            for &key in some {
                if key == PORT {
                    self.read_port(now);
                    continue;
                }
                if key != WAKER {
                    self.arrival(key as LegId, now);
                    continue;
                }
                self.waker.clear();
                if !self.obey(now) {
                    return false;
                }
            }
        }
        true
    }

    /// Until something has come or is due.
    fn wait(&mut self) -> Result<()> {
        let next = self.schedule.next();
        if let Some(next) = next.filter(|_| self.gathers && !self.poll.is_full()) {
            let left = next.saturating_duration_since(Instant::now());
            if left <= GRID {
                std::thread::sleep(left);
            }
        }
        Ok(self.poll.wait(next)?)
    }

    fn arrival(&mut self, id: LegId, now: Instant) {
        if let Some(Some(leg)) = self.legs.get_mut(id) {
            match leg.receive(now, &mut self.delays) {
                Ok(true) => {}
                Ok(false) => {
                    let result = leg.wire().socket().map_or(Ok(()), |socket| self.poll.remove(&socket));
                    self.note(result.map_err(Into::into));
                }
                Err(error) => self.note(Err(error)),
            }
        }
    }

    /// Reads the socket that legs share.
    fn read_port(&mut self, now: Instant) {
        let Some((port, mut arrivals)) = self.port.take() else { return };
        for _ in 0..READS_AT_ONCE {
            let read = arrivals.read(&port);
            for at in 0..arrivals.len() {
                self.look_ahead(|after| arrivals.coming(at, after), Leg::prefetch_opening);
                if let Some(Some(leg)) = self.legs.get_mut(arrivals.leg(at)) {
                    leg.datagram(arrivals.datagram(at), now, &mut self.delays);
                }
            }
            match read {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.note(Err(error.into()));
                    break;
                }
            }
        }
        self.port = Some((port, arrivals));
    }

    fn serve_due(&mut self, now: Instant) {
        for _ in 0..DUE_AT_ONCE {
            let Some((at, id, duty)) = self.schedule.pop(now) else { return };
            self.look_ahead(|after| self.schedule.coming(after), Leg::prefetch_sealing);
            let Some(Some(leg)) = self.legs.get_mut(id) else { continue };
            match duty {
                Duty::Upkeep => {
                    if let Some(next) = leg.upkeep(now) {
                        self.schedule.upkeep(next, id);
                    }
                }
                Duty::Audio if leg.talking => {
                    // Later than `now` by the packets before it: that wait is this program's, not the server's.
                    let sent_at = Instant::now();
                    let result = leg.talk(&self.speech, sent_at);
                    self.lateness.note(sent_at - at);
                    let next = self.next_packet(at, sent_at);
                    self.schedule.audio(next, id);
                    self.note(result);
                }
                Duty::Audio => {}
            }
        }
    }

    /// Has a leg fetched that is needed soon: with thousands of them it is not in the processor's caches.
    fn prefetch_leg(&self, id: LegId) {
        if let Some(Some(leg)) = self.legs.get(id) {
            prefetch(&**leg);
        }
    }

    /// The same of what lies behind it, once it is there itself.
    fn ahead(&self, id: LegId, prefetch: impl Fn(&Leg)) {
        if let Some(Some(leg)) = self.legs.get(id) {
            prefetch(leg);
        }
    }

    /// Has fetched, of the legs whose turn comes, the later the less: each thing says where the next lies.
    fn look_ahead(&self, coming: impl Fn(usize) -> Option<LegId>, key: impl Fn(&Leg)) {
        if let Some(id) = coming(AHEAD) {
            self.prefetch_leg(id);
        }
        if let Some(id) = coming(AHEAD * 2 / 3) {
            self.ahead(id, Leg::prefetch_keys);
        }
        if let Some(id) = coming(AHEAD / 3) {
            self.ahead(id, key);
        }
    }

    /// Does what was asked; false once nobody can ask any more.
    fn obey(&mut self, now: Instant) -> bool {
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.command(command, now),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Join { id, plan, keyed } => {
                let leg = Leg::new(*plan, &self.identity, keyed, self.started, now);
                let result = self.watch(leg.wire(), id);
                self.note(result);
                if self.legs.len() <= id {
                    self.legs.resize_with(id + 1, || None);
                }
                self.legs[id] = Some(Box::new(leg));
                self.schedule.upkeep(now, id);
            }
            Command::Talk { id, heard } => {
                let first = self.schedule.on_grid(now + self.phase(id));
                if let Some(Some(leg)) = self.legs.get_mut(id) {
                    leg.open_microphone(heard);
                    self.schedule.audio(first, id);
                }
            }
            Command::Listen { id, heard } => {
                if let Some(Some(leg)) = self.legs.get_mut(id) {
                    leg.listen(heard, now);
                }
            }
            Command::Move { id, wire } => {
                let result = self.watch(&wire, id);
                let moved = match self.legs.get_mut(id) {
                    Some(Some(leg)) => leg.move_to(wire),
                    _ => Ok(wire),
                };
                let moved = moved.map(|wire| self.leave(wire, now));
                self.note(result.and(moved));
            }
            Command::Restart { id, credentials } => {
                if let Some(Some(leg)) = self.legs.get_mut(id) {
                    let result = leg.restart(&credentials);
                    self.note(result);
                }
            }
            Command::Hush => self.legs.iter_mut().flatten().for_each(|leg| leg.talking = false),
            Command::Leave { id } => {
                let left = self.count_leg(id);
                self.past += left;
                if let Some(leg) = self.legs.get_mut(id).and_then(Option::take) {
                    self.leave(leg.into_wire(), now);
                }
            }
            Command::Delays { reply } => {
                let _ = reply.send(std::mem::take(&mut self.delays));
            }
            Command::Lateness { reply } => {
                let _ = reply.send(std::mem::take(&mut self.lateness));
            }
            Command::Busy { reply } => {
                let _ = reply.send(process::own_thread_time());
            }
            Command::Gather { gathers } => self.gathers = gathers,
            Command::Count { reply } => {
                let result = self.trouble.take().map_or_else(|| Ok(self.count()), Err);
                // Nobody waits any more: the run was given up.
                let _ = reply.send(result);
            }
        }
    }

    /// Hears of what comes for the leg, unless its socket is watched already because others share it.
    fn watch(&self, wire: &Wire, id: LegId) -> Result<()> {
        Ok(wire.socket().map_or(Ok(()), |socket| self.poll.add(&socket, id as u64))?)
    }

    /// Hears nothing on a socket any more, but keeps its port for a while.
    fn leave(&mut self, wire: Wire, now: Instant) {
        while self.left.front().is_some_and(|(at, _)| now.duration_since(*at) >= LINGER) {
            self.left.pop_front();
        }
        // One that the relay has closed is not watched any more.
        let _ = wire.socket().map(|socket| self.poll.remove(&socket));
        if wire.is_udp() {
            self.left.push_back((now, wire));
        }
    }

    /// When a leg sends after the packet that was due `at`. A generator that was kept from its core does not make up
    /// for what it has missed: a thousand phones would not all send faster because this machine was busy.
    fn next_packet(&mut self, at: Instant, now: Instant) -> Instant {
        let mut next = at + self.packet_time;
        while next + self.packet_time <= now {
            next += self.packet_time;
            self.past.skipped += 1;
        }
        next
    }

    fn count(&self) -> Count {
        let mut sum = self.past;
        (0..self.legs.len()).for_each(|id| sum += self.count_leg(id));
        sum
    }

    fn count_leg(&self, id: LegId) -> Count {
        let leg = |id: LegId| self.legs.get(id).and_then(Option::as_ref);
        let Some(this) = leg(id) else { return Count::default() };
        let sent_by_other = leg(other_leg(id)).filter(|other| !other.talking).map(|other| other.sent);
        Count { sent: u64::from(this.sent), ..this.tally.count(sent_by_other) }
    }

    /// Where in the packet time a leg sends: spread evenly, neighbours far apart, as microphones are that were opened
    /// independently. The same for the floor and for the relay.
    fn phase(&self, id: LegId) -> Duration {
        const GOLDEN: f64 = 0.618_033_988_749_895;
        self.packet_time.mul_f64((id as f64 * GOLDEN).fract())
    }

    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.trouble.get_or_insert(error);
        }
    }
}

/// The other leg of the same call: legs are numbered in pairs.
fn other_leg(id: LegId) -> LegId {
    id ^ 1
}
