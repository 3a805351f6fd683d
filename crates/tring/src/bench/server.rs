//! What the server's process uses, if it runs on this machine.

use serde::Serialize;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tring_load::process::{Listening, Observed, listening_on};

use super::figures::millis;

/// What a call costs cannot be told from fewer at a time: the server's own ups and downs are larger.
const FEWEST_CALLS: u32 = 10;
/// Nor what a device that is signed in keeps there: a fresh process has some hundred kilobytes to spare.
const FEWEST_DEVICES: u64 = 500;
/// What is used between two looks that follow closer upon each other says nothing: the kernel counts in slices.
const SHORTEST: Duration = Duration::from_millis(500);

/// The server's process, looked at from time to time.
pub(super) struct Watched {
    process: Result<Observed, Unseen>,
    name: String,
    cores: u32,
    /// Bytes before anybody signed in, and how many devices did.
    empty: u64,
    devices: u64,
    /// CPU seconds in a second, while nobody called.
    idle_share: f64,
    /// Before the first call and after the last.
    looks: Vec<Look>,
}

/// Why nothing is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unseen {
    Elsewhere,
    Hidden,
}

#[derive(Debug, Clone)]
struct Look {
    at: Instant,
    calls: u32,
    cpu: Duration,
    /// The same of each thread.
    threads: HashMap<u32, Duration>,
    memory: u64,
}

/// What it used for the calls. Kilobytes are 1,024 bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Used {
    pub(super) pid: u32,
    pub(super) process: String,
    /// How many it may use.
    pub(super) cores: u32,
    /// Of one core, in per cent: over the run, in its busiest second, and the busiest thread in its own.
    pub(super) cpu_percent: f64,
    pub(super) cpu_percent_max: f64,
    pub(super) thread_percent_max: f64,
    /// CPU for a minute of one call, set-up and end included, less what the idle server uses.
    pub(super) cpu_ms_per_call_minute: Option<f64>,
    /// Growth of resident memory up to the look with the most calls, for each of them.
    pub(super) memory_kb_per_call: Option<f64>,
    /// Growth of resident memory while the devices signed in, for each of them.
    pub(super) memory_kb_per_device: Option<f64>,
    pub(super) memory_mb: f64,
}

impl Watched {
    /// Whoever listens there, before anybody signs in.
    pub(super) fn at(address: SocketAddr) -> Self {
        let process = match listening_on(address) {
            Listening::Here(process) => Ok(process),
            Listening::Hidden => Err(Unseen::Hidden),
            Listening::Elsewhere => Err(Unseen::Elsewhere),
        };
        let seen = process.ok();
        Self {
            process,
            name: seen.and_then(|process| process.name().ok()).unwrap_or_default(),
            cores: seen.and_then(|process| process.cores().ok()).unwrap_or(1),
            empty: seen.and_then(|process| process.resident().ok()).unwrap_or_default(),
            devices: 0,
            idle_share: 0.0,
            looks: Vec::new(),
        }
    }

    /// Measures for so long what it uses when nobody calls, and looks at it for the first time since `devices` signed in.
    pub(super) async fn rest(&mut self, length: Duration, devices: u64) {
        self.devices = devices;
        self.look(0);
        tokio::time::sleep(length).await;
        self.look(0);
        if let [from, to] = self.looks.as_slice() {
            self.idle_share = share(from, to);
        }
        self.looks.drain(..self.looks.len().saturating_sub(1));
    }

    /// Notes what it uses while there are `calls`. One that has ended is no longer looked at.
    pub(super) fn look(&mut self, calls: u32) {
        let Ok(process) = self.process else { return };
        if let (Ok(time), Ok(memory), Ok(threads)) =
            (process.run_time(), process.resident(), process.thread_times())
        {
            self.looks.push(Look { at: Instant::now(), calls, cpu: time.total, threads, memory });
        } else if self.looks.is_empty() {
            self.process = Err(Unseen::Hidden);
        }
    }

    /// What it used since it rested; `talked` is the length of all calls together.
    pub(super) fn used(&self, talked: Duration) -> Result<Used, Unseen> {
        let process = self.process?;
        let (Some(first), Some(last)) = (self.looks.first(), self.looks.last()) else {
            return Err(Unseen::Hidden);
        };
        let cpu = last.cpu.saturating_sub(first.cpu).as_secs_f64();
        let for_calls = cpu - self.idle_share * (last.at - first.at).as_secs_f64();
        let minutes = talked.as_secs_f64() / 60.0;
        let fullest = self.looks.iter().max_by_key(|look| look.calls);
        let fullest = fullest.filter(|look| look.calls >= FEWEST_CALLS);
        let most = |of: fn(&Look, &Look) -> f64| {
            let seconds = self.looks.windows(2).filter(|two| two[1].at - two[0].at >= SHORTEST);
            percent(seconds.map(|two| of(&two[0], &two[1])).fold(0.0, f64::max))
        };
        Ok(Used {
            pid: process.pid(),
            process: self.name.clone(),
            cores: self.cores,
            cpu_percent: percent(share(first, last)),
            cpu_percent_max: most(share),
            thread_percent_max: most(busiest_share),
            cpu_ms_per_call_minute: fullest
                .filter(|_| minutes > 0.0)
                .map(|_| millis(Duration::from_secs_f64(for_calls.max(0.0) / minutes))),
            memory_kb_per_call: fullest
                .map(|look| kilobytes_each(first.memory, look.memory, u64::from(look.calls))),
            // A server that has just started gives back more than they take.
            memory_kb_per_device: (self.devices >= FEWEST_DEVICES && first.memory > self.empty)
                .then(|| kilobytes_each(self.empty, first.memory, self.devices)),
            memory_mb: (self.looks.iter().map(|look| look.memory).max().unwrap_or(0) as f64 / 1024.0 / 102.4)
                .round()
                / 10.0,
        })
    }
}

/// CPU seconds in a second.
fn share(from: &Look, to: &Look) -> f64 {
    let passed = (to.at - from.at).as_secs_f64();
    if passed > 0.0 { to.cpu.saturating_sub(from.cpu).as_secs_f64() / passed } else { 0.0 }
}

/// The same of the thread that used most.
fn busiest_share(from: &Look, to: &Look) -> f64 {
    let used = to.threads.iter().map(|(thread, cpu)| {
        cpu.saturating_sub(from.threads.get(thread).copied().unwrap_or_default()).as_secs_f64()
    });
    used.fold(0.0, f64::max) / (to.at - from.at).as_secs_f64()
}

/// To the tenth.
fn kilobytes_each(from: u64, to: u64, count: u64) -> f64 {
    ((to as f64 - from as f64) / 1024.0 / count as f64 * 10.0).round() / 10.0
}

fn percent(share: f64) -> f64 {
    (share * 1e3).round() / 10.0
}

impl Unseen {
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Elsewhere => "not seen: it does not listen on an address of this machine",
            Self::Hidden => "not seen: it runs on this machine, but this user may not look at it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(seconds: u64, calls: u32, cpu: u64, memory_kb: u64) -> Look {
        let at = *BEGIN + Duration::from_secs(seconds);
        let cpu = Duration::from_millis(cpu);
        // One thread has three quarters of it.
        let threads = HashMap::from([(1, cpu / 4), (2, cpu * 3 / 4)]);
        Look { at, calls, cpu, threads, memory: memory_kb * 1024 }
    }

    fn watched(idle_share: f64, looks: Vec<Look>) -> Watched {
        Watched {
            process: Ok(Observed::of(std::process::id())),
            name: "tring".to_owned(),
            cores: 1,
            empty: 4_000 * 1024,
            devices: 600,
            idle_share,
            looks,
        }
    }

    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

    #[test]
    fn what_the_idle_server_uses_is_not_the_calls() {
        let looks = vec![look(0, 0, 1_000, 10_000), look(10, 20, 1_400, 11_000), look(60, 5, 3_000, 10_900)];
        let watched = watched(0.01, looks);
        let used = watched.used(Duration::from_secs(600)).unwrap();
        // 2,000 ms less 1 % of 60 s, for ten minutes of calls.
        assert_eq!(used.cpu_ms_per_call_minute, Some(140.0));
        assert_eq!(used.memory_kb_per_call, Some(50.0));
        assert_eq!((used.cpu_percent, used.cpu_percent_max, used.thread_percent_max), (3.3, 4.0, 3.0));
        assert_eq!(used.memory_kb_per_device, Some(10.0));
    }

    #[test]
    fn two_looks_in_the_same_moment_do_not_make_a_busy_second() {
        let mut watched = watched(0.0, vec![look(0, 0, 0, 9_000), look(10, 20, 1_000, 9_000)]);
        let mut at_once = look(10, 20, 1_009, 9_000);
        at_once.at += Duration::from_millis(10);
        watched.looks.push(at_once);
        let used = watched.used(Duration::from_secs(60)).unwrap();
        assert_eq!((used.cpu_percent_max, used.thread_percent_max), (10.0, 7.5));
    }

    #[test]
    fn what_a_call_costs_is_not_told_from_a_few() {
        let looks = vec![look(0, 0, 1_000, 10_000), look(10, FEWEST_CALLS - 1, 1_400, 9_000)];
        let few = Watched { devices: FEWEST_DEVICES - 1, ..watched(0.0, looks) };
        let used = few.used(Duration::from_secs(60)).unwrap();
        assert_eq!((used.cpu_ms_per_call_minute, used.memory_kb_per_call), (None, None));
        assert_eq!(used.memory_kb_per_device, None);
    }

    #[test]
    fn a_server_elsewhere_is_said_to_be() {
        // Of a block that is only for documents (RFC 5737).
        let watched = Watched::at("192.0.2.7:443".parse().unwrap());
        assert_eq!(watched.used(Duration::from_secs(60)), Err(Unseen::Elsewhere));
    }
}
