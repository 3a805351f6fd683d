//! Random schedules hold the invariants 1 to 4, and a broken machine would be found.
//!
//! `TRING_SCHEDULES=N` plays more worlds, `TRING_SEED=N` replays one with everything that happens in it.

use std::sync::atomic::{AtomicU64, Ordering};

use tring_testkit::{Failure, Sabotage, Summary, run, run_traced};

/// How many random schedules a CI run plays.
const SCHEDULES: u64 = 10_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Plays the worlds of seeds 0.. on all cores. Stops at the first failure.
fn play(schedules: u64) -> Result<Summary, Box<Failure>> {
    let next = AtomicU64::new(0);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    let mut total = Summary::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= schedules {
                            return Ok(total);
                        }
                        match run(seed, Sabotage::None) {
                            Ok(summary) => total.add(&summary),
                            Err(failure) => {
                                next.store(schedules, Ordering::Relaxed);
                                return Err(failure);
                            }
                        }
                    }
                })
            })
            .collect();
        let mut total = Summary::default();
        for worker in workers {
            total.add(&worker.join().unwrap()?);
        }
        Ok(total)
    })
}

#[test]
fn invariants_1_to_4_hold_in_random_worlds() {
    let schedules = number("TRING_SCHEDULES").unwrap_or(SCHEDULES);
    let total = play(schedules).unwrap_or_else(|failure| panic!("\n{failure}"));
    println!("{schedules} worlds: {total:#?}");
}

#[test]
fn replay() {
    let Some(seed) = number("TRING_SEED") else { return };
    match run_traced(seed, Sabotage::None) {
        Ok(summary) => println!("seed {seed} holds: {summary:#?}"),
        Err(failure) => panic!("\n{failure}"),
    }
}
