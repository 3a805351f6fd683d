//! When keys are fetched, minute by minute; that they are fetched at all is shown against a real server in
//! `tests/node/tokens.rs`.

use super::*;
use jsonwebtoken::{Algorithm, DecodingKey};

fn keys(names: &[&str]) -> Vec<SigningKey> {
    let key = |name: &&str| {
        SigningKey::new(Some((*name).to_owned()), Algorithm::EdDSA, DecodingKey::from_ed_der(&[7; 32]))
    };
    names.iter().map(key).collect()
}

fn names(found: &Found) -> Vec<&str> {
    found.keys.iter().filter_map(|key| key.kid.as_deref()).collect()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A set that was fetched with the key `old`.
fn fetched(now: Instant, age: Option<Duration>) -> KeySet {
    let mut set = KeySet::default();
    assert!(set.begin(now, None), "what was never fetched is due");
    set.end(now, Ok((keys(&["old"]), age)));
    set
}

#[tokio::test]
async fn keys_are_kept_as_long_as_their_server_says_within_bounds() {
    let now = Instant::now();
    for (said, kept) in [(Some(0), 60), (Some(90), 90), (None, 600), (Some(86_400), 3_600)] {
        let mut set = fetched(now, said.map(seconds));
        assert!(!set.begin(now + seconds(kept - 1), Some("old")), "{said:?}");
        assert!(set.begin(now + seconds(kept), Some("old")), "{said:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_not_there_is_looked_for_at_once_and_then_every_ten_seconds() {
    let now = Instant::now();
    let mut set = fetched(now, None);
    assert!(!set.begin(now, None), "a token without a name is tried with what is there");
    assert!(set.begin(now, Some("new")));
    set.end(now, Ok((keys(&["old"]), None)));
    assert!(!set.begin(now + seconds(9), Some("newer")));
    assert!(set.begin(now + seconds(10), Some("newer")));
}

#[tokio::test]
async fn a_server_that_fails_is_left_alone_for_a_while_and_its_old_keys_serve_on_for_hours() {
    let now = Instant::now();
    let mut set = fetched(now, Some(seconds(60)));
    let later = now + seconds(60);
    assert!(set.begin(later, Some("old")));
    set.end(later, Err("cannot be reached".to_owned()));
    assert!(!set.begin(later + seconds(9), Some("old")));
    assert!(set.begin(later + seconds(10), Some("old")));
    let almost = now + STALE_MAX - seconds(1);
    assert_eq!(names(&set.found(almost)), ["old"]);
    assert_eq!(names(&set.found(now + STALE_MAX)), [""; 0]);
    assert!(set.found(almost).failure.is_some());
}

#[tokio::test]
async fn a_fetch_that_nobody_waits_for_any_more_still_counts() {
    let now = Instant::now();
    let mut set = KeySet::default();
    assert!(set.begin(now, None));
    assert!(!set.begin(now + seconds(1), None));
    assert!(set.found(now).failure.is_some());
    assert!(set.begin(now + seconds(10), None));
}

#[tokio::test]
async fn an_answer_ends_the_failure() {
    let now = Instant::now();
    let mut set = KeySet::default();
    set.begin(now, None);
    set.end(now, Err("cannot be reached".to_owned()));
    set.begin(now + seconds(10), None);
    set.end(now + seconds(10), Ok((keys(&["new"]), None)));
    let found = set.found(now + seconds(10));
    assert_eq!((names(&found), &found.failure), (vec!["new"], &None));
}
