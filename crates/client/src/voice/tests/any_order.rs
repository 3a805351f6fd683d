//! Whatever comes, in whatever order, is survived.

use super::super::{Arrived, Form, Micros, ReceiveSettings, Receiver, SendSettings};
use super::road::{Sent, spoken};
use super::with_copies;
use crate::audio::SILENCE;
use proptest::prelude::*;
use std::sync::LazyLock;

static PLAIN: LazyLock<Vec<Sent>> = LazyLock::new(|| spoken(SendSettings::default(), 2));
static COPIES: LazyLock<Vec<Sent>> = LazyLock::new(|| spoken(with_copies(), 2));

#[derive(Debug, Clone)]
enum Step {
    /// A real packet under these numbers.
    Packet { which: usize, copies: bool, sequence: u16, timestamp: u32, ssrc: u32 },
    /// Anything.
    Bytes { bytes: Vec<u8>, red: bool, sequence: u16, timestamp: u32 },
    /// Time passes and frames are played.
    Play { frames: usize, micros: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let timestamp = || prop_oneof![0..100_000_u32, any::<u32>(), (0..200_u32).prop_map(|n| n * 960)];
    let sequence = || prop_oneof![0..300_u16, any::<u16>()];
    prop_oneof![
        4 => (0..100_usize, any::<bool>(), sequence(), timestamp(), 1..3_u32).prop_map(
            |(which, copies, sequence, timestamp, ssrc)| Step::Packet { which, copies, sequence, timestamp, ssrc }
        ),
        2 => (prop::collection::vec(any::<u8>(), 0..80), any::<bool>(), sequence(), timestamp())
            .prop_map(|(bytes, red, sequence, timestamp)| Step::Bytes { bytes, red, sequence, timestamp }),
        3 => (0..6_usize, 0..200_000_u64).prop_map(|(frames, micros)| Step::Play { frames, micros }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_packets_in_any_order_are_survived(steps in prop::collection::vec(step(), 1..120)) {
        let mut receiver = Receiver::new(ReceiveSettings::default()).unwrap();
        let mut now = 0;
        let mut played = 0;
        for step in steps {
            match step {
                Step::Packet { which, copies, sequence, timestamp, ssrc } => {
                    let packet = if copies { &COPIES[which] } else { &PLAIN[which] };
                    let form = packet.form;
                    let arrived = Arrived { sequence, timestamp, payload: &packet.payload, form, ssrc };
                    receiver.insert(Micros::new(now), arrived);
                }
                Step::Bytes { bytes, red, sequence, timestamp } => {
                    let form = if red { Form::Red } else { Form::Opus };
                    receiver.insert(Micros::new(now), Arrived { sequence, timestamp, payload: &bytes, form, ssrc: 1 });
                }
                Step::Play { frames, micros } => {
                    now += micros;
                    for _ in 0..frames {
                        receiver.play(Micros::new(now), &mut SILENCE.clone());
                        played += 480;
                    }
                }
            }
        }
        let counted = receiver.statistics();
        prop_assert!(counted.samples_played <= played);
        prop_assert!(counted.samples_concealed_silent <= counted.samples_concealed);
        prop_assert!(counted.delay_target <= 400.0);
    }
}
