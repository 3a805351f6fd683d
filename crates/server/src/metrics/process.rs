//! What the process takes of the machine, as Linux tells it under `/proc/self`, under the names that Prometheus'
//! libraries give it. Where there is no such place, nothing is told.

use metrics::Gauge;
use std::fs;

use super::registry::Registry;

/// The kernel counts processor time for programs in hundredths of a second on every machine that it still runs on.
const TICKS: f64 = 100.0;

/// Bytes of a kilobyte, in which `/proc/self/status` speaks.
const KB: f64 = 1_024.0;

pub(super) struct ProcessFigures {
    cpu: Gauge,
    memory: Gauge,
    files: Gauge,
    files_max: Gauge,
    threads: Gauge,
}

impl ProcessFigures {
    pub(super) fn new(registry: &Registry) -> Self {
        let gauge = |name, help| registry.gauge(name, help, &[]);
        Self {
            // A gauge by type, because the library's counters are whole numbers; `rate()` takes both.
            cpu: gauge("process_cpu_seconds_total", "Processor time used since the start, exact to 10 ms."),
            memory: gauge("process_resident_memory_bytes", "Memory in use."),
            files: gauge("process_open_fds", "Open files and sockets."),
            files_max: gauge("process_max_fds", "How many files and sockets may be open."),
            threads: gauge("process_threads", "Threads."),
        }
    }

    pub(super) fn read(&self) {
        set(&self.cpu, fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(cpu_seconds));
        if let Ok(status) = fs::read_to_string("/proc/self/status") {
            set(&self.memory, field(&status, "VmRSS:").map(|kilobytes| kilobytes * KB));
            set(&self.threads, field(&status, "Threads:"));
        }
        // One of them is the directory that is being read.
        set(
            &self.files,
            fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count().saturating_sub(1) as f64),
        );
        let limits = fs::read_to_string("/proc/self/limits").ok();
        set(&self.files_max, limits.as_deref().and_then(|limits| field(limits, "Max open files")));
    }
}

fn set(gauge: &Gauge, value: Option<f64>) {
    if let Some(value) = value {
        gauge.set(value);
    }
}

/// The fields after the program's name, which may have spaces and brackets in it (proc(5)): the twelfth and thirteenth
/// of them are the time in user mode and in the kernel.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    Some((times.next()?.ok()? + times.next()?.ok()?) / TICKS)
}

/// The first number after `name`.
fn field(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 500 0 0 0 250 150 0 0 20 0 9 0 100 1 2";
        assert_eq!(cpu_seconds(stat), Some(4.0));
        assert_eq!(cpu_seconds("7 (tring) S 1"), None);
    }

    #[test]
    fn a_limit_is_the_one_in_force() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(field(limits, "Max open files"), Some(1_024.0));
        assert_eq!(field("VmRSS:\t    2048 kB\n", "VmRSS:"), Some(2_048.0));
        assert_eq!(field("", "VmRSS:"), None);
    }
}
