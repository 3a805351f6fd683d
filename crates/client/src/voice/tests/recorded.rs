//! Roads that were recorded. Their files are in `roads/`, with how they came to be in its README.

use super::listen;
use super::plain;

fn road(text: &str) -> Vec<f64> {
    text.lines().map(|micros| micros.parse::<f64>().unwrap() / 1_000.0).collect()
}

#[test]
fn on_a_recorded_road_most_is_heard_and_the_delay_stays_bounded() {
    for (name, text) in
        [("a", include_str!("../roads/busy-a.txt")), ("b", include_str!("../roads/busy-b.txt"))]
    {
        let road = road(text);
        let outcome = listen(&plain(), |n| Some(road[n]), 0.0);
        let counted = outcome.seconds.last().unwrap();
        assert_eq!(counted.packets_lost, 0);
        // Without an own buffer everything slower than the usual 40 ms would be missing.
        let slow = road.iter().take(1_000).filter(|trip| **trip > 40.0).count() as f64 / 1_000.0;
        let made_up = outcome.made_up(1, 20);
        assert!(made_up < 0.5 * slow, "{name}: {made_up} of {slow}");
        let delays: Vec<f32> = outcome.seconds.iter().map(|second| second.delay).collect();
        assert!(delays.iter().all(|delay| *delay < 1_500.0), "{name}: {delays:?}");
    }
}
