//! Whether the machine has what so many calls and devices take.

use rustix::process::{Resource, getrlimit};
use std::path::Path;
use tring_server::config::Config;

use super::report::Finding;

const MIB: u64 = 1 << 20;

/// Files that a server has open whoever is there: database, listeners, log.
const FILES_OF_ITS_OWN: u64 = 100;

/// Bytes of memory of a server without anybody, of one signed-in device and of one call with both its legs: about twice of
/// what `bench` measured, for TLS and bursts.
const MEMORY_OF_ITS_OWN: u64 = 128 * MIB;
const MEMORY_OF_A_DEVICE: u64 = 64 << 10;
const MEMORY_OF_A_CALL: u64 = 128 << 10;

/// How long a worker may stand still without losing packets, in milliseconds: two turns of another program on its core.
/// Higher: larger buffers are asked for.
const STALL: u64 = 20;
/// Packets that one call sends to the relay in a millisecond, in thousandths: two people, 50 a second each.
const PACKETS_OF_A_CALL: u64 = 100;
/// What the kernel counts for a packet of audio with what it keeps beside it; measured 768 to 2,304 by network card.
const PACKET: u64 = 2_304;
/// The buffer that the relay asks for, as in `RelayConfig::on`: more is not of use.
const BUFFER_ASKED: u64 = 4 * MIB;

/// Less room on the disk than this is too little: the journal of the database alone may grow to some ten megabytes, and a
/// full disk stops all calls.
const DISK: u64 = 1_024 * MIB;

/// What the operator expects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Calls at the same time.
    pub(super) calls: u32,
    /// Signed-in devices at the same time.
    pub(super) devices: u32,
    /// Threads of the relay.
    pub(super) workers: usize,
    /// Whether calls may come over TCP, with a file for each leg.
    pub(super) tcp: bool,
}

/// What there is; `None` where the system does not say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// Files that a process may have open; `None` without a limit.
    files: Option<u64>,
    /// Bytes that are free, or can be made so.
    memory: Option<u64>,
    /// The largest receive buffer that the kernel gives, in bytes.
    buffer: Option<u64>,
    /// Free bytes where the data is.
    disk: Option<u64>,
}

pub(super) fn probe(config: &Config) -> Facts {
    let kilobytes = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    let buffer = std::fs::read_to_string("/proc/sys/net/core/rmem_max").ok();
    Facts {
        files: getrlimit(Resource::Nofile).current,
        memory: kilobytes.map(|kilobytes| kilobytes * 1_024),
        buffer: buffer.and_then(|bytes| bytes.trim().parse().ok()),
        disk: free(&config.data),
    }
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Of the directory, or of the nearest one above it that is there.
fn free(data: &Path) -> Option<u64> {
    let data = std::path::absolute(data).ok()?;
    let there = data.ancestors().find(|path| path.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

pub(super) fn judge(facts: &Facts, wanted: &Wanted) -> Vec<Finding> {
    vec![
        files(facts.files, wanted),
        memory(facts.memory, wanted),
        buffer(facts.buffer, wanted),
        disk(facts.disk),
    ]
}

fn files(limit: Option<u64>, wanted: &Wanted) -> Finding {
    let legs = if wanted.tcp { 2 * u64::from(wanted.calls) } else { 0 };
    let needed = FILES_OF_ITS_OWN + u64::from(wanted.devices) + legs;
    let Some(limit) = limit else { return Finding::green("open files", "there is no limit") };
    let what = format!("{limit} may be open at once, and {} need {needed}", crowd(wanted));
    if limit >= needed {
        return Finding::green("open files", what);
    }
    let advice = format!(
        "`LimitNOFILE={}` in the unit of systemd, or `ulimit -n` before the start",
        needed.next_power_of_two()
    );
    Finding::red("open files", what, advice)
}

fn memory(free: Option<u64>, wanted: &Wanted) -> Finding {
    let needed = MEMORY_OF_ITS_OWN
        + u64::from(wanted.devices) * MEMORY_OF_A_DEVICE
        + u64::from(wanted.calls) * MEMORY_OF_A_CALL;
    let Some(free) = free else { return untold("memory", "/proc/meminfo") };
    let what = format!("{} MB are free, and {} need {}", free / MIB, crowd(wanted), needed / MIB);
    if free >= needed {
        return Finding::green("memory", what);
    }
    Finding::red("memory", what, "give the machine more, or stop what else runs on it")
}

fn buffer(largest: Option<u64>, wanted: &Wanted) -> Finding {
    let Some(largest) = largest else { return untold("UDP buffers", "net.core.rmem_max") };
    let workers = u64::try_from(wanted.workers.max(1)).unwrap_or(1);
    let packets = u64::from(wanted.calls) * PACKETS_OF_A_CALL * STALL / 1_000 / workers;
    // The kernel gives twice of what is asked for, socket(7), because it counts more than the packet's own bytes.
    let needed = (packets * PACKET / 2).min(BUFFER_ASKED);
    let what =
        format!("up to {largest} bytes each (net.core.rmem_max), and {} calls need {needed}", wanted.calls);
    if largest >= needed {
        return Finding::green("UDP buffers", what);
    }
    Finding::red(
        "UDP buffers",
        what,
        format!(
            "`sysctl -w net.core.rmem_max={BUFFER_ASKED} net.core.wmem_max={BUFFER_ASKED}`, and in /etc/sysctl.d"
        ),
    )
}

fn disk(free: Option<u64>) -> Finding {
    let Some(free) = free else { return untold("disk", "statvfs") };
    let what = format!("{} MB are free where the data is", free / MIB);
    if free >= DISK {
        return Finding::green("disk", what);
    }
    Finding::red(
        "disk",
        what,
        "make room for 1 GB at least: without room no call is recorded, and then none is taken",
    )
}

fn untold(check: &'static str, place: &str) -> Finding {
    Finding::unknown(
        check,
        format!("the system does not say it ({place})"),
        "look for yourself; Linux would say it",
    )
}

fn crowd(wanted: &Wanted) -> String {
    format!("{} devices and {} calls", wanted.devices, wanted.calls)
}

#[cfg(test)]
mod tests {
    use super::super::report::Verdict;
    use super::*;

    const WANTED: Wanted = Wanted { calls: 200, devices: 5_000, workers: 2, tcp: true };
    const PLENTY: Facts =
        Facts { files: None, memory: Some(1 << 40), buffer: Some(BUFFER_ASKED), disk: Some(1 << 40) };

    fn red(facts: &Facts) -> Vec<(&'static str, String)> {
        let findings = judge(facts, &WANTED).into_iter();
        let red = findings.filter(|finding| finding.verdict == Verdict::Red);
        red.map(|finding| (finding.check, finding.advice.unwrap())).collect()
    }

    #[test]
    fn each_thing_that_is_short_is_red_by_itself_and_says_how_much_is_needed() {
        assert_eq!(red(&PLENTY), []);
        let said = |facts| {
            red(&facts).into_iter().map(|(check, advice)| format!("{check}: {advice}")).collect::<Vec<_>>()
        };
        // 5,000 devices, 400 legs over TCP, 100 of its own.
        assert_eq!(red(&Facts { files: Some(5_500), ..PLENTY }), []);
        let files = said(Facts { files: Some(5_499), ..PLENTY });
        assert!(files[0].starts_with("open files: `LimitNOFILE=8192`"), "{files:?}");
        assert!(said(Facts { memory: Some(400 * MIB), ..PLENTY })[0].starts_with("memory: "));
        assert!(said(Facts { disk: Some(DISK - 1), ..PLENTY })[0].starts_with("disk: make room"));
    }

    #[test]
    fn buffers_are_for_the_calls_of_one_worker_and_never_more_than_the_relay_asks_for() {
        // 100 calls on each worker send 10 packets in a millisecond, 200 in a stall.
        let needed = 200 * PACKET / 2;
        assert_eq!(red(&Facts { buffer: Some(needed), ..PLENTY }), []);
        assert_eq!(red(&Facts { buffer: Some(needed - 1), ..PLENTY })[0].0, "UDP buffers");
        let crowd = Wanted { calls: 100_000, ..WANTED };
        assert_eq!(buffer(Some(BUFFER_ASKED), &crowd).verdict, Verdict::Green);
    }

    #[test]
    fn what_the_system_does_not_say_is_yellow() {
        let untold = judge(&Facts::default(), &WANTED).into_iter().filter(|f| f.verdict == Verdict::Yellow);
        assert_eq!(
            untold.map(|finding| finding.check).collect::<Vec<_>>(),
            ["memory", "UDP buffers", "disk"]
        );
    }

    #[test]
    fn free_memory_is_read_as_the_kernel_writes_it() {
        assert_eq!(available("MemTotal:  8 kB\nMemAvailable:    2048 kB\n"), Some(2_048));
        assert_eq!(available(""), None);
    }
}
