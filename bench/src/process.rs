//! A child process under measurement: started on a core of its own, its run time and memory read from outside, ended
//! by its id whatever happens.
//!
//! Run time is the kernel's own count for the whole process (`CLOCK_PROCESS_CPUTIME_ID` of that process): the same
//! nanoseconds as the first field of `/proc/PID/task/*/schedstat`, and those of threads that have ended besides.

use anyhow::{Context as _, Result, bail};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long a child may take to end after SIGTERM before it is killed. The server waits for running calls; none
/// is left when it is stopped here, unless something failed before.
const STOP_GRACE: Duration = Duration::from_secs(10);

/// A child that is stopped when this is dropped.
pub(crate) struct Process {
    child: Child,
}

/// CPU time that a process has used since it began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunTime {
    /// All of it, exact to the nanosecond.
    pub(crate) total: Duration,
    /// The part in user space; the kernel samples it in ticks, so it is good to 10 % over seconds.
    pub(crate) user: Duration,
    /// How long its threads were ready to run and did not, because others had the core: noise of the machine, and
    /// its own threads waiting for each other.
    pub(crate) waited: Duration,
}

impl RunTime {
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            total: self.total.saturating_sub(earlier.total),
            user: self.user.saturating_sub(earlier.user),
            waited: self.waited.saturating_sub(earlier.waited),
        }
    }
}

impl Process {
    /// Starts `command`; on a core, if one is named, and then before other programs. It dies with the thread that started it, so even a killed bench leaves nothing.
    pub(crate) fn start(command: &mut Command, core: Option<usize>) -> Result<Self> {
        // SAFETY: between fork and exec only async-signal-safe system calls are made, on plain values.
        unsafe {
            command.pre_exec(move || {
                if let Some(core) = core {
                    crate::machine::pin(core)?;
                    crate::machine::go_first();
                }
                if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("starting {program}"))?;
        Ok(Self { child })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(crate) fn run_time(&self) -> Result<RunTime> {
        let mut clock: libc::clockid_t = 0;
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: both pointers are to live values of the types that the calls fill.
        let failed = unsafe {
            libc::clock_getcpuclockid(self.pid(), &raw mut clock) != 0
                || libc::clock_gettime(clock, &raw mut time) != 0
        };
        if failed {
            bail!("the clock of process {} cannot be read: it has ended", self.pid());
        }
        let total = Duration::new(u64::try_from(time.tv_sec)?, u32::try_from(time.tv_nsec)?);
        Ok(RunTime { total, user: self.user_time()?, waited: self.waiting_time()? })
    }

    fn waiting_time(&self) -> Result<Duration> {
        let mut nanos = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.pid()))? {
            // A thread may end while it is looked at.
            let Ok(schedstat) = std::fs::read_to_string(task?.path().join("schedstat")) else { continue };
            // Time on the core, time waiting for it, number of slices.
            nanos += schedstat.split(' ').nth(1).context("schedstat has three fields")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    fn user_time(&self) -> Result<Duration> {
        const TICKS_PER_SECOND: f64 = 100.0; // USER_HZ, the same on every Linux
        let stat = self.proc_file("stat")?;
        // The second field, the name, is in parentheses and may hold anything; utime is the 14th field.
        let behind_name = stat.rsplit_once(") ").context("/proc/PID/stat has no name")?.1;
        let ticks: f64 = behind_name.split(' ').nth(11).context("/proc/PID/stat has no utime")?.parse()?;
        Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
    }

    /// Bytes of memory in use, shared pages of program and libraries included. Exact, unlike `VmRSS`, which lags
    /// behind by some pages per core.
    pub(crate) fn resident(&self) -> Result<u64> {
        let rollup = self.proc_file("smaps_rollup")?;
        let line =
            rollup.lines().find_map(|line| line.strip_prefix("Rss:")).context("no Rss in smaps_rollup")?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// How many descriptors it has open: all, and those of sockets.
    pub(crate) fn descriptors(&self) -> Result<(usize, usize)> {
        let (mut all, mut sockets) = (0, 0);
        for entry in std::fs::read_dir(format!("/proc/{}/fd", self.pid()))? {
            all += 1;
            // One may be closed while it is looked at.
            let target = std::fs::read_link(entry?.path()).unwrap_or_default();
            sockets += usize::from(target.to_string_lossy().starts_with("socket:"));
        }
        Ok((all, sockets))
    }

    pub(crate) fn threads(&self) -> Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/task", self.pid()))?.count())
    }

    fn proc_file(&self, name: &str) -> Result<String> {
        let path = format!("/proc/{}/{name}", self.pid());
        std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))
    }

    fn pid(&self) -> libc::pid_t {
        libc::pid_t::try_from(self.child.id()).expect("the kernel's process ids are positive and fit")
    }

    /// Ends it; false if it had to be killed.
    pub(crate) fn stop(&mut self) -> std::io::Result<bool> {
        if self.child.try_wait()?.is_some() {
            return Ok(true);
        }
        // SAFETY: a plain system call; the child was not waited for, so the id is still its own.
        unsafe { libc::kill(self.pid(), libc::SIGTERM) };
        let deadline = Instant::now() + STOP_GRACE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.child.kill()?;
                self.child.wait()?;
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(true)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A child that cannot be waited for has ended already.
        let _ = self.stop();
    }
}
