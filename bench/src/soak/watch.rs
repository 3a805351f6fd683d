//! What the server's process holds, sampled while calls come and go.

use anyhow::Result;
use std::time::{Duration, Instant};

use super::Until;
use super::play::Stage;
use crate::process::Process;

/// One look at the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Seconds since the first look.
    pub(super) at: f64,
    /// Calls that ring or are answered.
    pub(super) calls: usize,
    /// Memory of its own in megabytes (2^20 bytes): what the system cannot take back, and what a leak would be in.
    pub(super) memory: f64,
    /// Open descriptors: all, and those of sockets.
    pub(super) descriptors: usize,
    pub(super) sockets: usize,
    pub(super) threads: usize,
    /// CPU seconds used so far, by the server and by this program.
    pub(super) server_cpu: f64,
    pub(super) own_cpu: f64,
}

impl Sample {
    pub(super) fn take(process: &Process, began: Instant, calls: usize) -> Result<Self> {
        let (descriptors, sockets) = process.descriptors()?;
        Ok(Self {
            at: began.elapsed().as_secs_f64(),
            calls,
            memory: process.written()? as f64 / f64::from(1 << 20),
            descriptors,
            sockets,
            threads: process.threads()?,
            server_cpu: process.run_time()?.total.as_secs_f64(),
            own_cpu: own_cpu().as_secs_f64(),
        })
    }
}

/// Looks every `interval` until it is over.
pub(super) async fn watch(
    process: &Process,
    stage: &Stage<'_>,
    began: Instant,
    interval: Duration,
    until: &Until,
) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    let mut next = tokio::time::Instant::now();
    while !until.is_over() {
        tokio::time::sleep_until(next).await;
        samples.push(Sample::take(process, began, stage.live.get())?);
        next += interval;
    }
    Ok(samples)
}

fn own_cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live value of the type that the call fills.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The slope of a straight line through `points` by least squares, in units of y for each unit of x.
pub(super) fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if variance == 0.0 { 0.0 } else { covariance / variance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_a_point_has_none() {
        assert!((slope(&[(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) - 2.0).abs() < 1e-9);
        assert!(slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 1.0)]).abs() < 1e-9);
        assert_eq!(slope(&[(4.0, 5.0)]), 0.0);
    }
}
