//! A child process under measurement: started on a core of its own, its run time and memory read from outside, ended
//! by its id whatever happens.

use anyhow::{Context as _, Result};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tring_load::process::{Observed, RunTime};

/// How long a child may take to end after SIGTERM before it is killed. The server waits for running calls; none
/// is left when it is stopped here, unless something failed before.
const STOP_GRACE: Duration = Duration::from_secs(10);

/// A child that is stopped when this is dropped.
pub(crate) struct Process {
    child: Child,
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

    /// What can be read of it from outside.
    pub(crate) fn observed(&self) -> Observed {
        Observed::of(self.child.id())
    }

    pub(crate) fn run_time(&self) -> Result<RunTime> {
        self.observed().run_time()
    }

    pub(crate) fn resident(&self) -> Result<u64> {
        self.observed().resident()
    }

    pub(crate) fn written(&self) -> Result<u64> {
        self.observed().written()
    }

    pub(crate) fn descriptors(&self) -> Result<(usize, usize)> {
        self.observed().descriptors()
    }

    pub(crate) fn threads(&self) -> Result<usize> {
        self.observed().threads()
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
