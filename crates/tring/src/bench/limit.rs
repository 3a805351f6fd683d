//! What kept the figures from being better, as far as can be seen: this program, the server, both or neither.
//!
//! A report that takes a slow generator for a slow server would mislead, and so would one that says nothing of a server that
//! is full: beyond that point its times only tell how much too much was asked of it.

use serde::Serialize;

use super::run::Found;
use super::server::Used;

/// Who works for more of its time than this has no room left for what comes at the same moment. Higher: a full one is not
/// told; lower: one with room left is.
const FULL: f64 = 0.9;
/// More packets than one in so many not sent, or calls not placed in time: the load was not what was asked for.
const SKIPPED_LIMIT: u64 = 1_000;
const LATE_LIMIT: u64 = 100;
/// One packet in a hundred may leave so many milliseconds late. Higher: packets arrive in heaps that no phones would send, and wait in line at
/// the server; lower: machines with other work count as limits, which do nobody harm.
const LATENESS_LIMIT: f64 = 5.0;

/// Whose limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Whose {
    Generator,
    Server,
}

/// One limit that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Limit {
    pub(super) whose: Whose,
    /// How that shows, and what to do.
    pub(super) why: String,
}

/// All that were reached; of a server that is not seen only what calls tell.
pub(super) fn reached(found: &Found, server: Option<&Used>) -> Vec<Limit> {
    let of = |whose| move |why| Limit { whose, why };
    let mut limits: Vec<_> = of_generator(found).into_iter().map(of(Whose::Generator)).collect();
    limits.extend(server.into_iter().flat_map(of_server).map(of(Whose::Server)));
    if limits.is_empty() && found.generator.calls_late > found.placed / LATE_LIMIT {
        let why = "calls took so long that later ones were placed late; see their times".to_owned();
        limits.push(Limit { whose: Whose::Server, why });
    }
    limits
}

fn of_generator(found: &Found) -> Vec<String> {
    let generator = &found.generator;
    let mut why = Vec::new();
    if generator.audio_share_max > FULL {
        why.push(
            "its audio thread had no time left; use several programs, each with a part of the calls"
                .to_owned(),
        );
    }
    if generator.share_max > FULL * f64::from(generator.cores) {
        let cores = cores(generator.cores);
        why.push(format!(
            "it used all of the {cores} that it may use; give it more, or a machine of its own"
        ));
    }
    let skipped = found.packets.skipped;
    let lateness = generator.sent_late.map_or(0.0, |late| late.p99);
    if skipped > (found.packets.sent + skipped) / SKIPPED_LIMIT || lateness > LATENESS_LIMIT {
        why.push(format!(
            "it was kept from sending packets in time (one in a hundred left {lateness:.0} ms late or more, {skipped} never \
             left); give it a core or a machine of its own"
        ));
    }
    why
}

fn of_server(used: &Used) -> Vec<String> {
    let mut why = Vec::new();
    if used.cpu_percent_max > FULL * 100.0 * f64::from(used.cores) {
        why.push(format!("it used all of the {} that it may use", cores(used.cores)));
    } else if used.thread_percent_max > FULL * 100.0 {
        why.push(
            "one of its threads had no time left; for audio, give `relay.listen` one more address".to_owned(),
        );
    }
    why
}

fn cores(count: u32) -> String {
    if count == 1 { "one core".to_owned() } else { format!("{count} cores") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::Percentiles;
    use crate::bench::run::Generator;
    use tring_load::legs::Count;

    fn well() -> Found {
        Found {
            placed: 100,
            packets: Count { sent: 100_000, ..Count::default() },
            generator: Generator { cores: 2, share_max: 0.7, audio_share_max: 0.6, ..Generator::default() },
            ..Found::default()
        }
    }

    fn idle() -> Used {
        Used { cores: 1, cpu_percent_max: 60.0, thread_percent_max: 50.0, ..Used::default() }
    }

    #[track_caller]
    fn is_limited(found: &Found, server: Option<&Used>, expected: &[(Whose, &str)]) {
        let limits = reached(found, server);
        assert_eq!(limits.len(), expected.len(), "{limits:?}");
        for (limit, (whose, why)) in limits.iter().zip(expected) {
            assert!(limit.whose == *whose && limit.why.contains(why), "{limit:?} is not {why}");
        }
    }

    #[test]
    fn with_room_on_both_sides_nobody_was_the_limit() {
        is_limited(&well(), Some(&idle()), &[]);
        is_limited(&well(), None, &[]);
    }

    #[test]
    fn a_generator_that_could_not_keep_up_says_so() {
        let limit = |change: fn(&mut Found), why: &str| {
            let mut found = well();
            change(&mut found);
            is_limited(&found, Some(&idle()), &[(Whose::Generator, why)]);
        };
        limit(|found| found.packets.skipped = 500, "500 never left");
        let late = |p99| Some(Percentiles { p50: 0.1, p95: 0.2, p99, max: 40.0 });
        let mut found = well();
        found.generator.sent_late = late(4.9);
        is_limited(&found, Some(&idle()), &[]);
        found.generator.sent_late = late(12.3);
        is_limited(&found, Some(&idle()), &[(Whose::Generator, "12 ms late or more, 0 never left")]);
        limit(|found| found.generator.audio_share_max = 0.95, "audio thread");
        limit(|found| found.generator.share_max = 1.85, "all of the 2 cores");
    }

    #[test]
    fn a_generator_on_one_core_is_full_before_its_audio_thread_is() {
        let mut found = well();
        (found.generator.cores, found.generator.share_max) = (1, 0.97);
        is_limited(&found, Some(&idle()), &[(Whose::Generator, "all of the one core")]);
    }

    #[test]
    fn a_full_server_is_said_to_be_the_limit_and_not_the_generator() {
        let full = Used { cpu_percent_max: 98.0, ..idle() };
        let mut found = well();
        // Its slowness makes calls late, which is not one more reason.
        found.generator.calls_late = 30;
        is_limited(&found, Some(&full), &[(Whose::Server, "all of the one core")]);
        let thread = Used { cores: 8, cpu_percent_max: 130.0, thread_percent_max: 97.0, ..Used::default() };
        is_limited(&well(), Some(&thread), &[(Whose::Server, "`relay.listen`")]);
    }

    #[test]
    fn calls_that_take_too_long_are_the_servers_unless_the_generator_was_full() {
        let mut found = well();
        found.generator.calls_late = 30;
        is_limited(&found, None, &[(Whose::Server, "placed late")]);
        found.packets.skipped = 5_000;
        is_limited(&found, None, &[(Whose::Generator, "5000 never left")]);
    }
}
