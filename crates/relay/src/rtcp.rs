//! RTCP (RFC 3550 §6, RFC 4585, transport-wide feedback, RFC 3611): translated from one leg's numbers to the
//! other's, so that both encoders see the whole path and adapt to it.
//!
//! Decides which reports pass and what in them is renumbered. Reports about streams that the other leg does not
//! know, BYE (the relay says when a call ends), APP and feedback that a one-to-one audio call has no use for are
//! dropped. A receiver's NACK is answered from what the relay has kept, and by the sender for the rest. One figure is not passed as it is: of a loss that copies
//! (RED) restore the sender is told a part only, or its encoder would fight it a second time.

use crate::quality::Meter;
use crate::repair::{self, Repair};
use crate::stream::Stream;
use std::time::Instant;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const EXTENDED_REPORT: u8 = 207;

/// Formats of transport feedback: generic NACK (RFC 4585 §6.2.1) and transport-wide congestion control.
const NACK: u8 = 1;
const TRANSPORT_CC: u8 = 15;
/// Formats of payload-specific feedback: picture loss (RFC 4585 §6.3.1) and REMB (application layer).
const PICTURE_LOSS: u8 = 1;
const APPLICATION: u8 = 15;

/// One packet of a compound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// The packet type, 200 to 207 for the known ones.
    pub kind: u8,
    /// Report count or feedback format, 5 bits.
    pub count: u8,
    /// Where it starts in the compound.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The packet of a compound that starts at `start`; `None` at the end or where the rest is malformed.
#[must_use]
pub fn packet_at(compound: &[u8], start: usize) -> Option<Packet> {
    let head: &[u8; 4] = compound.get(start..)?.first_chunk()?;
    if head[0] >> 6 != 2 {
        return None;
    }
    let end = start + 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
    (end <= compound.len()).then_some(Packet { kind: head[1], count: head[0] & 0x1F, start, end })
}

/// What a compound packet of one leg, the reporter, means to the other, the listener.
pub(crate) struct Translation<'a> {
    /// What the reporter sends.
    pub(crate) sent: &'a Stream,
    /// What the reporter hears.
    pub(crate) heard: &'a mut Stream,
    /// The reporter's meter: reads what it reports.
    pub(crate) reporter: &'a mut Meter,
    /// What the reporter can be sent again; made when it first asks.
    pub(crate) repair: &'a mut Option<Box<Repair>>,
    /// The listener's meter: remembers which sender reports it got. `None` if a leg hears itself.
    pub(crate) listener: Option<&'a mut Meter>,
    /// When the packet arrived.
    pub(crate) now: Instant,
}

impl Translation<'_> {
    /// Translates in place and returns the length of what is left, 0 if nothing is.
    pub(crate) fn apply(&mut self, compound: &mut [u8]) -> usize {
        let (mut read, mut written) = (0, 0);
        while let Some(packet) = packet_at(compound, read) {
            let kept = self.packet(packet, &mut compound[packet.start..packet.end]);
            compound.copy_within(packet.start..packet.start + kept, written);
            written += kept;
            read = packet.end;
        }
        written
    }

    /// Translates one packet and returns how many of its bytes stay.
    fn packet(&mut self, packet: Packet, bytes: &mut [u8]) -> usize {
        let kept = match packet.kind {
            SENDER_REPORT => self.sender_report(packet.count, bytes),
            RECEIVER_REPORT => self.receiver_report(packet.count, bytes, 8),
            SOURCE_DESCRIPTION => self.source_description(packet.count, bytes),
            TRANSPORT_FEEDBACK => self.transport_feedback(packet.count, bytes),
            PAYLOAD_FEEDBACK => self.payload_feedback(packet.count, bytes),
            EXTENDED_REPORT => self.extended_report(bytes),
            _ => None,
        };
        kept.unwrap_or(0)
    }

    fn sender_report(&mut self, count: u8, bytes: &mut [u8]) -> Option<usize> {
        let ssrc = word(bytes, 4)?;
        let ntp = u64::from(word(bytes, 8)?) << 32 | u64::from(word(bytes, 12)?);
        let timestamp = word(bytes, 16)?;
        let reports = 28;
        let Some(outgoing) = self.sent.outgoing_ssrc(ssrc) else {
            // The stream is not heard at the other side, but what the sender says about the other stream still is.
            bytes.get(reports..)?;
            bytes[1] = RECEIVER_REPORT;
            bytes.copy_within(reports.., 8);
            let len = bytes.len() - (reports - 8);
            set_length(bytes, len);
            return self.receiver_report(count, &mut bytes[..len], 8);
        };
        put(bytes, 4, outgoing)?;
        put(bytes, 16, self.sent.outgoing_timestamp(timestamp))?;
        self.listener.as_deref_mut().unwrap_or(self.reporter).report_passed(ntp, self.now);
        self.report_blocks(count, bytes, reports)
    }

    fn receiver_report(&mut self, count: u8, bytes: &mut [u8], reports: usize) -> Option<usize> {
        self.map_sender(bytes)?;
        self.report_blocks(count, bytes, reports)
    }

    /// Translates the report blocks from `start`, drops those about unknown streams, and whatever follows them.
    fn report_blocks(&mut self, count: u8, bytes: &mut [u8], start: usize) -> Option<usize> {
        bytes.get(start..)?;
        let (mut kept, mut end) = (0, start);
        for block in 0..usize::from(count) {
            let at = start + 24 * block;
            let Some(incoming) = self.heard.incoming_ssrc(word(bytes, at)?) else { continue };
            let loss = word(bytes, at + 4)?;
            let highest = word(bytes, at + 8)?;
            let (last_report, delay) = (word(bytes, at + 16)?, word(bytes, at + 20)?);
            self.reporter.report_heard((loss >> 24) as u8, last_report, delay, self.now);
            // The total is a signed number of 24 bits (RFC 3550 §6.4.1).
            let total = self.heard.incoming_lost(((loss << 8) as i32) >> 8).clamp(-0x80_0000, 0x7F_FFFF);
            put(bytes, at, incoming)?;
            let fraction = self.heard.incoming_loss((loss >> 24) as u8);
            put(bytes, at + 4, u32::from(fraction) << 24 | total as u32 & 0x00FF_FFFF)?;
            put(bytes, at + 8, self.heard.incoming_extended(highest))?;
            if let (None, Some(trip)) = (&self.listener, self.reporter.round_trip()) {
                // A leg that hears itself would count its way to the relay and back twice: with its sender report,
                // and with this.
                let held = (trip.as_secs_f64() * 65_536.0) as u32;
                put(bytes, at + 20, delay.saturating_add(held))?;
            }
            bytes.copy_within(at..at + 24, end);
            end += 24;
            kept += 1;
        }
        bytes[0] = 0x80 | kept;
        set_length(bytes, end);
        Some(end)
    }

    fn source_description(&self, count: u8, bytes: &mut [u8]) -> Option<usize> {
        let mut at = 4;
        for _ in 0..count {
            let ssrc = word(bytes, at)?;
            put(bytes, at, self.sent.outgoing_ssrc(ssrc).unwrap_or(ssrc))?;
            at += 4;
            while *bytes.get(at)? != 0 {
                at += 2 + usize::from(*bytes.get(at + 1)?);
            }
            // A chunk ends with at least one zero and at a multiple of four.
            at = (at + 1).next_multiple_of(4);
        }
        (at <= bytes.len()).then_some(bytes.len())
    }

    fn transport_feedback(&mut self, format: u8, bytes: &mut [u8]) -> Option<usize> {
        self.map_sender(bytes)?;
        let media = word(bytes, 8)?;
        let incoming = self.heard.incoming_ssrc(media);
        match format {
            NACK => {
                put(bytes, 8, incoming?)?;
                return self.lost(bytes);
            }
            TRANSPORT_CC => {
                // Numbers packets of the whole transport; its media SSRC is a formality that may be zero.
                put(bytes, 8, incoming.unwrap_or(media))?;
                let base = half_word(bytes, 12)?;
                put_half(bytes, 12, self.heard.incoming_transport(base)?)?;
            }
            _ => return None,
        }
        Some(bytes.len())
    }

    /// Takes out of a NACK what need not be asked of the sender.
    fn lost(&mut self, bytes: &mut [u8]) -> Option<usize> {
        let now = self.now;
        let repair = self.repair.get_or_insert_with(|| Box::new(Repair::new(now)));
        let mut end = 12;
        for at in (12..bytes.len()).step_by(4) {
            let (first, following) = (half_word(bytes, at)?, half_word(bytes, at + 2)?);
            let elsewhere = repair::asked(first, following).filter(|lost| !repair.takes(now, *lost));
            let Some((first, following)) = repair::entry(elsewhere) else { continue };
            put_half(bytes, end, self.heard.incoming_sequence(first))?;
            put_half(bytes, end + 2, following)?;
            end += 4;
        }
        set_length(bytes, end);
        (end > 12).then_some(end)
    }

    fn payload_feedback(&self, format: u8, bytes: &mut [u8]) -> Option<usize> {
        self.map_sender(bytes)?;
        match format {
            PICTURE_LOSS => put(bytes, 8, self.heard.incoming_ssrc(word(bytes, 8)?)?)?,
            APPLICATION if bytes.get(12..16)? == b"REMB" => {
                for n in 0..usize::from(*bytes.get(16)?) {
                    let ssrc = word(bytes, 20 + 4 * n)?;
                    put(bytes, 20 + 4 * n, self.heard.incoming_ssrc(ssrc)?)?;
                }
            }
            _ => return None,
        }
        Some(bytes.len())
    }

    /// Receiver reference times, their answers, and VoIP metrics pass (RFC 3611 §4.4, §4.5, §4.7).
    fn extended_report(&self, bytes: &mut [u8]) -> Option<usize> {
        self.map_sender(bytes)?;
        let mut at = 8;
        while at < bytes.len() {
            let kind = *bytes.get(at)?;
            let end = at + 4 + 4 * usize::from(half_word(bytes, at + 2)?);
            bytes.get(at..end)?;
            let (first, step) = match kind {
                4 => (end, 4),
                5 => (at + 4, 12),
                7 => (at + 4, end - at),
                _ => return None,
            };
            for ssrc_at in (first..end).step_by(step.max(4)) {
                let ssrc = word(bytes, ssrc_at)?;
                put(bytes, ssrc_at, self.heard.incoming_ssrc(ssrc).unwrap_or(ssrc))?;
            }
            at = end;
        }
        Some(bytes.len())
    }

    /// The packet's own SSRC. One that only receives has an SSRC of its own, which passes as it is.
    fn map_sender(&self, bytes: &mut [u8]) -> Option<()> {
        let ssrc = word(bytes, 4)?;
        put(bytes, 4, self.sent.outgoing_ssrc(ssrc).unwrap_or(ssrc))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

fn half_word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_be_bytes(*two))
}

fn put(bytes: &mut [u8], at: usize, value: u32) -> Option<()> {
    bytes.get_mut(at..at + 4)?.copy_from_slice(&value.to_be_bytes());
    Some(())
}

fn put_half(bytes: &mut [u8], at: usize, value: u16) -> Option<()> {
    bytes.get_mut(at..at + 2)?.copy_from_slice(&value.to_be_bytes());
    Some(())
}

fn set_length(bytes: &mut [u8], len: usize) {
    let words = (len / 4).saturating_sub(1) as u16;
    bytes[2..4].copy_from_slice(&words.to_be_bytes());
}

#[cfg(test)]
mod tests;
