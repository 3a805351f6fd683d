//! Redundant audio: what the native client reads of a payload, whether the relay agrees on what is new in it, and a voice to
//! whom such payloads come. For the latter each packet has two bytes before it: how long it is, and how many frames are
//! played after it.
#![no_main]

use tring_client::audio::SILENCE;
use tring_client::voice::red::{Blocks, PAYLOAD_MAX, write};
use tring_client::voice::{Arrived, Form, Micros, ReceiveSettings, Receiver};

/// Higher: slower; lower: fewer states of a voice are reached.
const PACKETS_MAX: u32 = 64;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    listen(bytes);
});

fn read(payload: &[u8]) {
    let Ok(blocks) = Blocks::read(payload) else { return };
    let primary = blocks.primary();
    assert!(payload.ends_with(primary));
    assert_eq!(tring_relay::fuzzing::red(payload), Some(payload.len() - primary.len()), "both ends agree");
    let mut again = vec![0; PAYLOAD_MAX + payload.len()];
    for copy in blocks.copies() {
        let len = write(111, Some(copy), primary, &mut again);
        let written = Blocks::read(&again[..len]).expect("what is written can be read");
        assert_eq!(written.primary(), primary);
        assert_eq!(written.copies().collect::<Vec<_>>(), [copy]);
    }
}

fn listen(mut bytes: &[u8]) {
    let mut receiver = Receiver::new(ReceiveSettings::default()).expect("Opus can be set up");
    let (mut now, mut frame) = (1_000_000, SILENCE);
    for n in 0..PACKETS_MAX {
        let Some(([length, frames], rest)) = bytes.split_first_chunk() else { break };
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        bytes = rest;
        let packet = Arrived { sequence: n as u16, timestamp: 960 * n, payload, form: Form::Red, ssrc: 1 };
        receiver.insert(Micros::new(now), packet);
        for _ in 0..frames & 7 {
            now += 10_000;
            receiver.play(Micros::new(now), &mut frame);
        }
    }
    let counted = receiver.statistics();
    assert!(counted.samples_played <= 480 * 7 * u64::from(PACKETS_MAX));
    assert!(counted.samples_concealed_silent <= counted.samples_concealed);
}
