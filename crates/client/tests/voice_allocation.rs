//! A voice that has found its pace takes no memory: a sound card's thread asks it, which must never wait for the heap.
//! Alone in its program, since it counts for all threads.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use tring_client::audio::{FRAME_SAMPLES, Frame, SILENCE};
use tring_client::voice::{Arrived, Micros, ReceiveSettings, Receiver, Redundancy, SendSettings, Sender};

struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static HEAP: Counting = Counting;

#[test]
fn speaking_and_listening_take_no_memory_once_they_have_found_their_pace() {
    let settings =
        SendSettings { redundancy: Redundancy::OneCopy, expected_loss: 0.05, ..SendSettings::default() };
    let mut sender = Sender::new(settings).unwrap();
    let mut receiver = Receiver::new(ReceiveSettings::default()).unwrap();
    let mut frame = SILENCE;
    let mut taken = 0;
    for n in 0..1_500_u64 {
        if n == 500 {
            taken = TAKEN.load(Ordering::Relaxed);
        }
        let now = Micros::from_millis(10 * n);
        if let Some(packet) = sender.push(&tone(n))
            // Each eleventh packet is lost.
            && packet.timestamp / 960 % 11 != 5
        {
            let sequence = (packet.timestamp / 960) as u16;
            let (timestamp, payload, form) = (packet.timestamp, packet.payload, packet.form);
            receiver.insert(now, Arrived { sequence, timestamp, payload, form, ssrc: 1 });
        }
        receiver.play(now, &mut frame);
    }
    assert_eq!(TAKEN.load(Ordering::Relaxed) - taken, 0);
    let counted = receiver.statistics();
    assert!(counted.restored_from_copies > 40, "the copies were used: {counted:?}");
}

fn tone(n: u64) -> Frame {
    std::array::from_fn(|at| {
        let time = (n as usize * FRAME_SAMPLES + at) as f32 / 48_000.0;
        (6_000.0 * (std::f32::consts::TAU * 180.0 * time).sin()) as i16
    })
}
