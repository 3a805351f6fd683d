//! Random schedules hold the invariants 1 to 4, and a broken machine would be found.
//!
//! `TRING_SCHEDULES=N` plays more worlds, `TRING_SEED=N` replays one with everything that happens in it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use tring_protocol::outcome::EndReason;
use tring_testkit::{Failure, Sabotage, Summary, run, run_traced};

/// How many random schedules a CI run plays.
const SCHEDULES: u64 = 20_000;

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
            total.add(&worker.join().expect("a worker reports its failure")?);
        }
        Ok(total)
    })
}

#[test]
fn invariants_1_to_4_hold_in_random_worlds() {
    let schedules = number("TRING_SCHEDULES").unwrap_or(SCHEDULES);
    let total = play(schedules).unwrap_or_else(|failure| panic!("\n{failure}"));
    println!("{schedules} worlds: {total:#?}");

    // Worlds in which nothing of interest happens prove nothing.
    if schedules >= SCHEDULES {
        let unseen: Vec<_> = EndReason::ALL.iter().filter(|reason| total.ended(**reason) < 100).collect();
        // Nobody has a balance yet, and a bug is not to be expected.
        assert_eq!(unseen, [&EndReason::BalanceExhausted, &EndReason::Internal]);
        assert!(total.connected > schedules / 2 && total.crossed > 100 && total.restored > 100, "{total:#?}");
        let several = [total.held, total.moved, total.waited, total.rebound, total.checked, total.switched];
        assert!(several.iter().all(|count| *count > schedules / 20), "{total:#?}");
    }
}

#[test]
fn replay() {
    let Some(seed) = number("TRING_SEED") else { return };
    match run_traced(seed, Sabotage::None) {
        Ok(summary) => println!("seed {seed} holds: {summary:#?}"),
        Err(failure) => panic!("\n{failure}"),
    }
}

#[test]
fn the_same_seed_plays_the_same_world() {
    for seed in 0..50 {
        assert_eq!(run(seed, Sabotage::None).unwrap(), run(seed, Sabotage::None).unwrap());
    }
}

/// The invariants that are found broken, and in how many of 200 worlds.
fn broken_by(sabotage: Sabotage) -> (BTreeSet<u8>, usize) {
    let failures: Vec<_> = (0..200).filter_map(|seed| run(seed, sabotage).err()).collect();
    let invariants =
        failures.iter().flat_map(|failure| &failure.violations).map(|violation| violation.invariant);
    (invariants.collect(), failures.len())
}

fn assert_found(sabotage: Sabotage, invariant: u8) {
    let (invariants, worlds) = broken_by(sabotage);
    assert!(invariants.contains(&invariant), "{sabotage:?} broke {invariants:?} in {worlds} worlds");
}

#[test]
fn invariant_1_a_callee_that_is_told_another_reason_is_found() {
    assert_found(Sabotage::TwistReason, 1);
}

#[test]
fn invariant_1_a_second_record_is_found() {
    assert_found(Sabotage::DoubleFinish, 1);
}

#[test]
fn invariant_1_a_lost_message_is_found() {
    assert_found(Sabotage::LoseFrame, 1);
}

#[test]
fn invariant_2_a_slot_that_is_granted_twice_is_found() {
    assert_found(Sabotage::GrantEverySlot, 2);
}

#[test]
fn invariant_3_an_answer_that_wins_on_two_devices_is_found() {
    assert_found(Sabotage::DuplicateAnswer, 3);
}

#[test]
fn invariant_4_a_slot_that_outlives_its_call_is_found() {
    assert_found(Sabotage::SwallowRelease, 4);
}

#[test]
fn invariant_4_a_relay_leg_that_outlives_its_call_is_found() {
    assert_found(Sabotage::SwallowClose, 4);
}

#[test]
fn invariant_4_a_session_that_outlives_its_grace_is_found() {
    assert_found(Sabotage::StopSweeping, 4);
}

#[test]
fn invariant_4_a_hold_that_keeps_the_slot_is_found() {
    assert_found(Sabotage::KeepSlotOnHold, 4);
}

#[test]
fn invariant_4_a_leg_that_outlives_its_move_is_found() {
    assert_found(Sabotage::KeepOldLeg, 4);
}

#[test]
fn invariant_4_an_echo_that_outlives_its_check_is_found() {
    assert_found(Sabotage::KeepEcho, 4);
}

#[test]
fn invariant_1_a_call_that_goes_on_elsewhere_for_ever_is_found() {
    assert_found(Sabotage::ForgetElsewhere, 1);
}

#[test]
fn invariant_1_a_hold_that_the_other_side_does_not_know_of_is_found() {
    assert_found(Sabotage::HideHold, 1);
}

#[test]
fn invariant_1_a_weak_network_that_nobody_hears_of_is_found() {
    assert_found(Sabotage::HideWeakNetwork, 1);
}

#[test]
fn a_device_that_does_not_follow_its_account_is_found() {
    assert_found(Sabotage::StopWatching, 1);
}

#[test]
fn a_device_that_is_told_its_looks_twice_is_found() {
    assert_found(Sabotage::TellLooksTwice, 1);
}

#[test]
fn invariant_5_a_frame_that_overtakes_the_journal_is_found() {
    assert_found(Sabotage::ForgetJournal, 5);
}
