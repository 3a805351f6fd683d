use super::*;
use crate::rtp::Header;
use crate::testing;
use proptest::prelude::*;
use std::time::Duration;

/// A leg that sends SSRC 0xA and is heard as 0xA0, and the other way round with 0xB and 0xB0. The leg that sends
/// 0xA has taken over from another, so its numbers are shifted: 1 becomes 1 001.
struct Pair {
    a: Stream,
    b: Stream,
    meter_a: Meter,
    meter_b: Meter,
    repair: Option<Box<Repair>>,
    now: Instant,
}

impl Pair {
    fn new() -> Self {
        let now = testing::now();
        let mut old = Stream::new(0xA0);
        old.map(&mut header(0x9, 1_000, 0), now).unwrap();
        old.map_transport(70);
        let mut a = old.continued();
        a.map(&mut header(0xA, 1, 5_000), now + Duration::from_secs(1)).unwrap();
        a.map_transport(1);
        let mut b = Stream::new(0xB0);
        b.map(&mut header(0xB, 500, 0), now).unwrap();
        b.map_transport(1);
        let mut meter_a = Meter::default();
        meter_a.count(0xA, 1, 0, 0);
        Self { a, b, meter_a, meter_b: Meter::default(), repair: None, now }
    }

    /// Translates what the leg that sends 0xA reports.
    fn reported_by_a(&mut self, packets: &[&[u8]]) -> Vec<u8> {
        let mut compound = packets.concat();
        let mut translation = Translation {
            sent: &self.a,
            heard: &mut self.b,
            reporter: &mut self.meter_a,
            repair: &mut self.repair,
            listener: Some(&mut self.meter_b),
            now: self.now,
        };
        let len = translation.apply(&mut compound);
        compound.truncate(len);
        compound
    }

    /// Translates what the leg that hears 0xA0 reports.
    fn reported_by_b(&mut self, packets: &[&[u8]]) -> Vec<u8> {
        std::mem::swap(&mut self.a, &mut self.b);
        std::mem::swap(&mut self.meter_a, &mut self.meter_b);
        let out = self.reported_by_a(packets);
        std::mem::swap(&mut self.a, &mut self.b);
        std::mem::swap(&mut self.meter_a, &mut self.meter_b);
        out
    }
}

fn header(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
    Header { payload_type: 111, marker: false, sequence, timestamp, ssrc, len: 12, extension: None }
}

fn packet(count: u8, kind: u8, words: &[u32]) -> Vec<u8> {
    let mut packet = vec![0x80 | count, kind];
    packet.extend((words.len() as u16).to_be_bytes());
    packet.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    packet
}

#[test]
fn a_sender_report_gets_the_numbers_of_the_stream_that_is_heard() {
    let mut pair = Pair::new();
    let report = packet(0, 200, &[0xA, 0x1111_2222, 0x3333_4444, 5_000, 10, 1_000]);
    let expected = packet(0, 200, &[0xA0, 0x1111_2222, 0x3333_4444, 48_000, 10, 1_000]);
    assert_eq!(pair.reported_by_a(&[&report]), expected);

    // The one who got it answers 300 ms later, having held it for 200 ms: the way there and back took 100 ms.
    pair.meter_b.count(0xB, 1, 0, 0);
    pair.now += Duration::from_millis(300);
    let answer = packet(1, 201, &[0xB, 0xA0, 0, 1_001, 0, 0x2222_3333, 65_536 / 5]);
    pair.reported_by_b(&[&answer]);
    let round_trip = pair.meter_b.fold(None).unwrap().round_trip_ms.unwrap();
    assert!((99.0..101.0).contains(&round_trip), "{round_trip}");
}

#[test]
fn a_report_of_a_stream_that_is_not_heard_keeps_what_it_says_about_the_other() {
    let mut pair = Pair::new();
    let block = [0xB0, 0x2000_0003, 500, 7, 8, 9];
    let report = packet(1, 200, &[[0x9, 1, 2, 3, 4, 5].as_slice(), &block].concat());
    let expected = packet(1, 201, &[0x9, 0xB, 0x2000_0003, 500, 7, 8, 9]);
    assert_eq!(pair.reported_by_a(&[&report]), expected);
}

#[test]
fn report_blocks_get_the_senders_numbers_and_foreign_ones_are_dropped() {
    let mut pair = Pair::new();
    let about_a = [0xA0, 0x4000_0005, 1_010, 7, 8, 9];
    let about_nobody = [0x77, 0xFF00_0001, 1, 2, 3, 4];
    let report = packet(2, 201, &[[0xB].as_slice(), &about_nobody, &about_a].concat());
    let expected = packet(1, 201, &[0xB0, 0xA, 0x4000_0005, 10, 7, 8, 9]);
    assert_eq!(pair.reported_by_b(&[&report]), expected);
    pair.meter_b.count(0xB, 1, 0, 0);
    assert_eq!(pair.meter_b.fold(None).unwrap().heard_loss, Some(0.25));
}

#[test]
fn who_sends_copies_is_told_of_little_loss_and_the_record_of_all() {
    let mut pair = Pair::new();
    pair.a.note_copies(true);
    let told = |fraction: u32| packet(1, 201, &[0xB0, 0xA, fraction << 24 | 5, 10, 7, 8, 9]);
    let heard = |fraction: u32| packet(1, 201, &[0xB, 0xA0, fraction << 24 | 5, 1_010, 7, 8, 9]);
    assert_eq!(pair.reported_by_b(&[&heard(51)]), told(13), "20 % lost");
    pair.meter_b.count(0xB, 1, 0, 0);
    assert_eq!(pair.meter_b.fold(None).unwrap().heard_loss, Some(51.0 / 256.0));
    assert_eq!(pair.reported_by_b(&[&heard(12)]), told(12));
    pair.a.note_copies(false);
    assert_eq!(pair.reported_by_b(&[&heard(51)]), told(51));
}

#[test]
fn negative_total_loss_stays_negative() {
    // Duplicates make it so (RFC 3550 §6.4.1).
    let mut pair = Pair::new();
    let report = packet(1, 201, &[0xB, 0xA0, 0x00FF_FFFE, 1_010, 0, 0, 0]);
    let expected = packet(1, 201, &[0xB0, 0xA, 0x00FF_FFFE, 10, 0, 0, 0]);
    assert_eq!(pair.reported_by_b(&[&report]), expected);
}

#[test]
fn lost_packets_are_asked_for_by_the_senders_numbers() {
    let mut pair = Pair::new();
    let nack = packet(1, 205, &[0xB, 0xA0, 1_005 << 16 | 0x8001, 1_030 << 16]);
    let expected = packet(1, 205, &[0xB0, 0xA, 5 << 16 | 0x8001, 30 << 16]);
    assert_eq!(pair.reported_by_b(&[&nack]), expected);
    let foreign = packet(1, 205, &[0xB, 0x77, 1_005 << 16]);
    assert_eq!(pair.reported_by_b(&[&foreign]), [0_u8; 0]);
}

#[test]
fn transport_feedback_begins_at_the_senders_number() {
    let mut pair = Pair::new();
    let feedback =
        |media, base: u32| packet(15, 205, &[0xB, media, base << 16 | 3, 0x0102_0301, 0x2003_0000]);
    let translated = pair.reported_by_b(&[&feedback(0xA0, 71)]);
    assert_eq!(translated, packet(15, 205, &[0xB0, 0xA, 1 << 16 | 3, 0x0102_0301, 0x2003_0000]));

    let mut pair = Pair::new();
    assert_eq!(pair.reported_by_b(&[&feedback(0xA0, 60)]), [0_u8; 0], "about the connection before");
}

#[test]
fn descriptions_are_renamed_and_goodbyes_are_kept_back() {
    let mut pair = Pair::new();
    let empty = packet(0, 201, &[0xA]);
    let description = packet(1, 202, &[0xA, 0x0103_6162, 0x6300_0000]);
    let goodbye = packet(1, 203, &[0xA]);
    let expected = [packet(0, 201, &[0xA0]), packet(1, 202, &[0xA0, 0x0103_6162, 0x6300_0000])].concat();
    assert_eq!(pair.reported_by_a(&[&empty, &description, &goodbye]), expected);
    assert_eq!(pair.reported_by_a(&[&goodbye]), [0_u8; 0]);
}

#[test]
fn round_trip_reports_of_receivers_pass() {
    let mut pair = Pair::new();
    let reference = packet(0, 207, &[0xB, 0x0400_0002, 1, 2]);
    assert_eq!(pair.reported_by_b(&[&reference]), packet(0, 207, &[0xB0, 0x0400_0002, 1, 2]));
    let answer = packet(0, 207, &[0xB, 0x0500_0003, 0xA0, 1, 2]);
    assert_eq!(pair.reported_by_b(&[&answer]), packet(0, 207, &[0xB0, 0x0500_0003, 0xA, 1, 2]));
    let unknown = packet(0, 207, &[0xB, 0x0100_0001, 0xA0]);
    assert_eq!(pair.reported_by_b(&[&unknown]), [0_u8; 0]);
}

#[test]
fn bandwidth_estimates_pass_for_the_stream_they_mean() {
    let mut pair = Pair::new();
    let remb = u32::from_be_bytes(*b"REMB");
    let estimate = packet(15, 206, &[0xB, 0, remb, 0x0100_1234, 0xA0]);
    assert_eq!(pair.reported_by_b(&[&estimate]), packet(15, 206, &[0xB0, 0, remb, 0x0100_1234, 0xA]));
}

#[test]
fn what_is_cut_short_ends_the_compound() {
    let mut pair = Pair::new();
    let whole = packet(0, 201, &[0xA]);
    let cut = &packet(1, 201, &[0xA, 0xB0, 0, 0, 0, 0, 0])[..20];
    assert_eq!(pair.reported_by_a(&[&whole, cut]), packet(0, 201, &[0xA0]));
}

/// Found by the fuzzer: the length field said five words.
#[test]
fn a_sender_report_without_its_last_word_is_dropped() {
    let mut pair = Pair::new();
    assert_eq!(pair.reported_by_a(&[&packet(0, 200, &[0xA, 1, 2, 3, 4])]), [0_u8; 0]);
    assert_eq!(pair.reported_by_a(&[&packet(0, 200, &[0x9, 1, 2, 3, 4])]), [0_u8; 0]);
    assert_eq!(pair.reported_by_a(&[&packet(0, 201, &[])]), [0_u8; 0]);
}

proptest! {
    #[test]
    fn any_bytes_are_translated_or_dropped(
        packets in proptest::collection::vec((0_u8..32, 198_u8..210, proptest::collection::vec(any::<u32>(), 0..12)), 0..6),
        cut in 0_usize..8,
        own in any::<bool>(),
    ) {
        let mut pair = Pair::new();
        let mut compound: Vec<u8> = packets.iter().flat_map(|(count, kind, words)| packet(*count, *kind, words)).collect();
        compound.truncate(compound.len().saturating_sub(cut));
        let translated = if own { pair.reported_by_a(&[&compound]) } else { pair.reported_by_b(&[&compound]) };
        prop_assert!(translated.len() <= compound.len());
        let mut at = 0;
        while at < translated.len() {
            at = packet_at(&translated, at).expect("what is left is well-formed").end;
        }
    }
}
