//! The calls: each placed in its slot, held, hung up, and what became of it.

use anyhow::Result;
use futures_util::{StreamExt as _, stream};
use std::cell::{Cell, RefCell};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, sleep_until};
use tring_load::legs::{Count, Delays, Load};
use tring_load::peer::{ConnectTimes, Pair, SetUpTimes, Trouble};
use tring_load::process::own_time;

use super::failures::Failures;
use super::figures::Percentiles;
use super::options::BenchArgs;
use super::progress::Progress;
use super::server::Watched;
use super::stop::{Stop, Stopped};
use super::users::Users;

/// How long setting a call up and ending it may take beside its hold, for how many there may be at a time.
const AROUND: Duration = Duration::from_secs(4);
/// A call that is placed later than this after its slot was kept waiting.
const LATE: Duration = Duration::from_millis(100);
/// How often server and generator are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// So many failures in a row, without any call that went well among them, and the rest is not tried.
const HOPELESS: u32 = 50;

/// One run under way.
pub(super) struct Run<'a> {
    load: &'a Load,
    users: &'a Users,
    calls: u32,
    at_a_time: usize,
    spacing: Duration,
    hold: Duration,
    live: Cell<u32>,
    calls_late: Cell<u64>,
    failed_in_a_row: Cell<u32>,
    stop: &'a Stop,
    found: RefCell<Found>,
}

/// What the run found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) placed: u64,
    pub(super) failures: Failures,
    /// Idle devices that were not signed in to the end.
    pub(super) idle_lost: Failures,
    /// `place` sent → the caller knows that it rings.
    pub(super) ringing: Vec<Duration>,
    /// `answer` sent → both legs have their keys.
    pub(super) keyed: Vec<Duration>,
    /// `answer` sent → the later side opened the other's first packet.
    pub(super) heard: Vec<Duration>,
    /// All calls together, from the first audio to the end.
    pub(super) talked: Duration,
    pub(super) most_calls: u32,
    pub(super) packets: Count,
    pub(super) delays: Delays,
    pub(super) generator: Generator,
    pub(super) length: Duration,
}

/// How hard this program worked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Generator {
    /// The thread with the audio, in its busiest second: 1 is all that a thread can do.
    pub(super) audio_share_max: f64,
    /// All of the program, over the run and in its busiest second: 1 is one core.
    pub(super) share: f64,
    pub(super) share_max: f64,
    /// How many cores it may use.
    pub(super) cores: u32,
    /// By how much packets left after their time.
    pub(super) sent_late: Option<Percentiles>,
    /// Calls that were placed later than they should have been.
    pub(super) calls_late: u64,
}

/// How many calls there are at a time if each goes as it should.
pub(super) fn calls_at_a_time(args: &BenchArgs) -> u32 {
    let length = Duration::from_millis(args.hold.get()) + AROUND;
    let overlap = (length.as_secs_f64() * args.rate).ceil();
    (overlap.min(f64::from(args.calls)) as u32).max(1)
}

impl Found {
    fn note_live(&mut self, calls: u32) {
        self.most_calls = self.most_calls.max(calls);
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(
        args: &BenchArgs,
        load: &'a Load,
        users: &'a Users,
        at_a_time: u32,
        stop: &'a Stop,
    ) -> Self {
        Self {
            load,
            users,
            calls: args.calls,
            at_a_time: at_a_time as usize,
            spacing: Duration::from_secs_f64(1.0 / args.rate),
            hold: Duration::from_millis(args.hold.get()),
            live: Cell::new(0),
            calls_late: Cell::new(0),
            failed_in_a_row: Cell::new(0),
            stop,
            found: RefCell::default(),
        }
    }

    /// Places every call and waits for the last one's end.
    pub(super) async fn go(self, server: &mut Watched, progress: &Progress) -> Result<Found> {
        progress.begin("calls", u64::from(self.calls));
        let before = self.load.count().await?;
        // What was late before the first call says nothing of the calls.
        self.load.take_lateness().await?;
        let (began, own) = (Instant::now(), own_time());
        let mut generator = Generator::default();
        {
            let calls = self.all_calls(began, progress);
            let watch = self.watch(server, progress, &mut generator);
            tokio::select! {
                () = calls => {}
                failed = watch => failed?,
            }
        }
        server.look(self.live.get());
        let length = began.elapsed();
        let packets = self.load.count().await?.since(before);
        let delays = self.load.take_delays().await?;
        generator.share = (own_time() - own).as_secs_f64() / length.as_secs_f64();
        // A run can be over before its first second is.
        generator.share_max = generator.share_max.max(generator.share);
        generator.cores = available_parallelism().map_or(1, |cores| cores.get() as u32);
        generator.sent_late = Percentiles::of_packets(&self.load.take_lateness().await?);
        generator.calls_late = self.calls_late.get();
        Ok(Found { packets, delays, length, generator, ..self.found.into_inner() })
    }

    async fn all_calls(&self, began: Instant, progress: &Progress) {
        let slots = stream::iter(0..self.calls).then(|n| async move {
            let slot = began + self.spacing.mul_f64(f64::from(n));
            tokio::select! {
                () = sleep_until(slot.into()) => {}
                () = self.stop.told() => {}
            }
            slot
        });
        let calls = slots
            .take_while(|_| std::future::ready(self.stop.why().is_none()))
            .map(|slot| Box::pin(self.call(slot)))
            .buffer_unordered(self.at_a_time);
        let step = |()| {
            progress.step();
            std::future::ready(())
        };
        calls.for_each(step).await;
    }

    /// One call, from its slot to its end.
    async fn call(&self, slot: Instant) {
        self.found.borrow_mut().placed += 1;
        self.calls_late.set(self.calls_late.get() + u64::from(slot.elapsed() > LATE));
        let result = match self.users.pair().await {
            Ok(mut pair) => {
                let result = self.play(&mut pair).await;
                if result.is_ok() {
                    self.users.give_back(pair);
                } else {
                    Users::retire(pair);
                }
                result
            }
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => self.failed_in_a_row.set(0),
            Err(error) => {
                self.found.borrow_mut().failures.note(Trouble::name(&error));
                self.failed_in_a_row.set(self.failed_in_a_row.get() + 1);
                if self.failed_in_a_row.get() >= HOPELESS {
                    self.stop.end(Stopped::Hopeless);
                }
            }
        }
    }

    async fn play(&self, pair: &mut Pair) -> Result<()> {
        let (call, connected) = pair.connect(self.load).await?;
        self.note_times(call.times, connected);
        let began = Instant::now();
        let live = self.live.get() + 1;
        self.live.set(live);
        self.found.borrow_mut().note_live(live);
        let stayed = tokio::select! {
            stayed = pair.stay(began + self.hold) => stayed,
            () = self.stop.told() => Ok(()),
        };
        self.live.set(self.live.get() - 1);
        self.found.borrow_mut().talked += began.elapsed();
        match stayed {
            Ok(()) => pair.hang_up(self.load, &call).await,
            Err(error) => {
                call.media.iter().for_each(|media| self.load.leave(media.leg));
                Err(error)
            }
        }
    }

    fn note_times(&self, times: SetUpTimes, connected: ConnectTimes) {
        let mut found = self.found.borrow_mut();
        found.ringing.push(times.ringback);
        found.keyed.push(connected.keyed);
        found.heard.push(connected.heard);
    }

    /// Looks at server and generator until it is dropped; an error if the generator is broken.
    async fn watch(
        &self,
        server: &mut Watched,
        progress: &Progress,
        generator: &mut Generator,
    ) -> Result<()> {
        let mut ticks = interval(LOOK);
        // What is missed because nobody had time is not made up for: two looks at once would see nothing between them.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = (Instant::now(), self.load.busy().await?, own_time());
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let now = (Instant::now(), self.load.busy().await?, own_time());
            let passed = (now.0 - last.0).as_secs_f64();
            let share = |used: Duration, before: Duration| used.saturating_sub(before).as_secs_f64() / passed;
            generator.audio_share_max = generator.audio_share_max.max(share(now.1, last.1));
            generator.share_max = generator.share_max.max(share(now.2, last.2));
            last = now;
            let live = self.live.get();
            server.look(live);
            let failed = self.found.borrow().failures.total();
            progress.say(format!("{live} now, {failed} failed"));
        }
    }
}
