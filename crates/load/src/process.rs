//! Another process of this machine seen from outside: which one listens on a port, how long it has run on processors,
//! how much memory it holds.
//!
//! Run time is the kernel's own count for the whole process (`CLOCK_PROCESS_CPUTIME_ID` of that process): the same
//! nanoseconds as the first field of `/proc/PID/task/*/schedstat`, and those of threads that have ended besides.

mod listening;

pub use listening::{Listening, listening_on};

use anyhow::{Context as _, Result, bail};
use std::collections::HashMap;
use std::io;
use std::time::Duration;

/// A process by its id. It may have ended: then nothing can be read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    pid: u32,
}

/// CPU time that a process has used since it began.
#[derive(Debug, Clone, Copy)]
pub struct RunTime {
    /// All of it, exact to the nanosecond.
    pub total: Duration,
    /// The part in user space; the kernel samples it in ticks, so it is good to 10 % over seconds.
    pub user: Duration,
    /// How long its threads were ready to run and did not, because others had the core: noise of the machine, and
    /// its own threads waiting for each other.
    pub waited: Duration,
}

impl RunTime {
    /// What was added since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            total: self.total.saturating_sub(earlier.total),
            user: self.user.saturating_sub(earlier.user),
            waited: self.waited.saturating_sub(earlier.waited),
        }
    }
}

impl Observed {
    /// The one with this id.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        Self { pid }
    }

    /// Its id.
    #[must_use]
    pub fn pid(self) -> u32 {
        self.pid
    }

    /// What the kernel calls it, at most 15 bytes of the program's name.
    ///
    /// # Errors
    /// If it has ended.
    pub fn name(self) -> Result<String> {
        Ok(self.file("comm")?.trim_end().to_owned())
    }

    /// CPU time up to now.
    ///
    /// # Errors
    /// If it has ended.
    pub fn run_time(self) -> Result<RunTime> {
        let mut clock: libc::clockid_t = 0;
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let pid = libc::pid_t::try_from(self.pid).context("no process has such an id")?;
        // SAFETY: both pointers are to live values of the types that the calls fill.
        let failed = unsafe {
            libc::clock_getcpuclockid(pid, &raw mut clock) != 0
                || libc::clock_gettime(clock, &raw mut time) != 0
        };
        if failed {
            bail!("the clock of process {} cannot be read: it has ended", self.pid);
        }
        Ok(RunTime { total: duration(time), user: self.user_time()?, waited: self.waiting_time()? })
    }

    /// Bytes of memory in use, shared pages of program and libraries included. Exact, unlike `VmRSS`, which lags
    /// behind by some pages per core.
    ///
    /// # Errors
    /// If it has ended, or belongs to another user.
    pub fn resident(self) -> Result<u64> {
        self.rollup("Rss:")
    }

    /// Bytes of its own that it has written, the only ones that can leak: not the program's pages, which the system reads
    /// in and drops as it likes.
    ///
    /// # Errors
    /// If it has ended, or belongs to another user.
    pub fn written(self) -> Result<u64> {
        self.rollup("Anonymous:")
    }

    /// One row of the sums over its mappings, in bytes.
    fn rollup(self, row: &str) -> Result<u64> {
        let rollup = self.file("smaps_rollup")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix(row));
        let kilobytes: u64 =
            line.context("smaps_rollup lacks a row")?.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// How many descriptors it has open: all, and those of sockets.
    ///
    /// # Errors
    /// If it has ended, or belongs to another user.
    pub fn descriptors(self) -> Result<(usize, usize)> {
        let (mut all, mut sockets) = (0, 0);
        for entry in std::fs::read_dir(format!("/proc/{}/fd", self.pid))? {
            all += 1;
            // One may be closed while it is looked at.
            let target = std::fs::read_link(entry?.path()).unwrap_or_default();
            sockets += usize::from(target.to_string_lossy().starts_with("socket:"));
        }
        Ok((all, sockets))
    }

    /// How many threads it has.
    ///
    /// # Errors
    /// If it has ended.
    pub fn threads(self) -> Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/task", self.pid))?.count())
    }

    /// CPU time of each of its threads up to now, by their ids. Threads that have ended are not in it.
    ///
    /// # Errors
    /// If it has ended.
    pub fn thread_times(self) -> Result<HashMap<u32, Duration>> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid))?;
        let time = |task: io::Result<std::fs::DirEntry>| {
            let path = task.ok()?.path();
            let thread = path.file_name()?.to_str()?.parse().ok()?;
            let schedstat = std::fs::read_to_string(path.join("schedstat")).ok()?;
            Some((thread, Duration::from_nanos(schedstat.split(' ').next()?.parse().ok()?)))
        };
        Ok(tasks.filter_map(time).collect())
    }

    /// On how many cores it may run. What a container may use of them in a second is not in it.
    ///
    /// # Errors
    /// If it has ended.
    pub fn cores(self) -> Result<u32> {
        let status = self.file("status")?;
        let mask = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed:"));
        let mask = mask.context("no Cpus_allowed in /proc/PID/status")?;
        // Hexadecimal, in groups with commas between.
        Ok(mask.chars().filter_map(|digit| digit.to_digit(16)).map(u32::count_ones).sum())
    }

    fn waiting_time(self) -> Result<Duration> {
        let mut nanos = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.pid))? {
            // A thread may end while it is looked at.
            let Ok(schedstat) = std::fs::read_to_string(task?.path().join("schedstat")) else { continue };
            // Time on the core, time waiting for it, number of slices.
            nanos += schedstat.split(' ').nth(1).context("schedstat has three fields")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    fn user_time(self) -> Result<Duration> {
        const TICKS_PER_SECOND: f64 = 100.0; // USER_HZ, the same on every Linux
        let stat = self.file("stat")?;
        // The second field, the name, is in parentheses and may hold anything; utime is the 14th field.
        let behind_name = stat.rsplit_once(") ").context("/proc/PID/stat has no name")?.1;
        let ticks: f64 = behind_name.split(' ').nth(11).context("/proc/PID/stat has no utime")?.parse()?;
        Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
    }

    fn file(self, name: &str) -> Result<String> {
        let path = format!("/proc/{}/{name}", self.pid);
        std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))
    }
}

/// CPU time of this process, all threads.
#[must_use]
pub fn own_time() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// CPU time of the calling thread.
#[must_use]
pub fn own_thread_time() -> Duration {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn clock(which: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live value of the type that the call fills. Every Linux has these clocks.
    unsafe { libc::clock_gettime(which, &raw mut time) };
    duration(time)
}

fn duration(time: libc::timespec) -> Duration {
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

/// Raises the number of files that this process and its children may open as far as the system lets it; returns it.
///
/// # Errors
/// If the system does not tell or does not let it.
pub fn raise_file_limit() -> io::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointers are to a live `rlimit`.
    let failed = unsafe {
        let read = libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = limit.rlim_max;
        read != 0 || libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) != 0
    };
    if failed { Err(io::Error::last_os_error()) } else { Ok(limit.rlim_cur) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_seen_as_it_is() {
        let this = Observed::of(std::process::id());
        let before = this.run_time().unwrap();
        let held = vec![1_u8; 32 << 20];
        assert!(held.iter().map(|byte| u64::from(*byte)).sum::<u64>() == 32 << 20);
        assert!(this.resident().unwrap() > 32 << 20 && this.written().unwrap() > 32 << 20);
        let used = this.run_time().unwrap().since(before);
        assert!(used.total > Duration::ZERO && used.total <= own_time());
        assert!(this.threads().unwrap() > 0 && this.descriptors().unwrap().0 > 2);
        let of_all_threads: Duration = this.thread_times().unwrap().values().sum();
        assert!(of_all_threads > Duration::ZERO && of_all_threads <= own_time());
        // Fewer where a container has a share of the cores' time.
        assert!(this.cores().unwrap() as usize >= std::thread::available_parallelism().unwrap().get());
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        let nobody = Observed::of(u32::MAX);
        assert!(nobody.run_time().is_err() && nobody.resident().is_err() && nobody.name().is_err());
    }
}
