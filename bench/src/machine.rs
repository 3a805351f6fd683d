//! The machine that the figures belong to, and what is asked of it: cores, file descriptors.

use anyhow::{Context as _, Result};
use std::io;

/// The core that everything measured runs on.
pub(crate) const SERVER_CORE: usize = 1;
/// The core that the light peers run on.
pub(crate) const GENERATOR_CORE: usize = 0;

/// What a reader must know to compare these figures with their own.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory_gb: f64,
    pub(crate) kernel: String,
}

impl Machine {
    pub(crate) fn read() -> Result<Self> {
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo")?;
        let meminfo = std::fs::read_to_string("/proc/meminfo")?;
        let field = |text: &str, name: &str| {
            text.lines()
                .find(|line| line.starts_with(name))
                .and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
        };
        let kilobytes: f64 = field(&meminfo, "MemTotal")
            .and_then(|total| total.trim_end_matches(" kB").parse().ok())
            .context("no MemTotal in /proc/meminfo")?;
        Ok(Self {
            cpu: field(&cpuinfo, "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: cpuinfo.lines().filter(|line| line.starts_with("processor")).count(),
            memory_gb: kilobytes / 1024.0 / 1024.0,
            kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        })
    }

    /// The processor's name as a part of a file name, without marks and filler.
    pub(crate) fn short_name(&self) -> String {
        let words = self.cpu.split(|c: char| !c.is_ascii_alphanumeric());
        let told = words.filter(|word| !word.is_empty() && !["R", "TM", "CPU", "Processor"].contains(word));
        told.take(4).map(str::to_lowercase).collect::<Vec<_>>().join("-")
    }
}

/// The load averages of the last 1, 5 and 15 minutes, as the kernel writes them.
pub(crate) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Today's date and the time of day, UTC, as `2026-11-21` and `06:12`.
pub(crate) fn now_utc() -> (String, String) {
    // SAFETY: all-zero bytes are a valid `tm`, and `gmtime_r` only writes into the one it is given.
    let time = unsafe {
        let mut time: libc::tm = std::mem::zeroed();
        libc::gmtime_r(&libc::time(std::ptr::null_mut()), &raw mut time);
        time
    };
    let date = format!("{}-{:02}-{:02}", time.tm_year + 1900, time.tm_mon + 1, time.tm_mday);
    (date, format!("{:02}:{:02}", time.tm_hour, time.tm_min))
}

/// Binds the calling thread, and what it starts from now on, to `core`.
pub(crate) fn pin(core: usize) -> io::Result<()> {
    // SAFETY: an all-zero set is a valid empty one, and `core` is checked by CPU_SET's own bound.
    let result = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Lets the calling thread, and what it starts from now on, go before ordinary programs, if this user may: what
/// else runs on the machine then costs the figures less. Everything that is measured or measures does so alike.
pub(crate) fn go_first() {
    const NICENESS: libc::c_int = -15;
    // SAFETY: a plain system call. A refusal leaves things as they are.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_gives_a_plain_file_name() {
        let named = |cpu: &str| {
            Machine { cpu: cpu.to_owned(), cores: 2, memory_gb: 1.0, kernel: String::new() }.short_name()
        };
        assert_eq!(named("AMD EPYC"), "amd-epyc");
        assert_eq!(named("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz"), "intel-xeon-e5-2680");
    }
}
