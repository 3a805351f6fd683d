//! Audio and reports: opened with one leg's keys, rewritten, sealed with the other's, in one buffer.

use super::{Send, Worker};
use crate::event::{Dropped, RelayEvent};
use crate::rtcp::Translation;
use crate::rtp::Header;
use crate::srtp::SrtpError;
use std::net::SocketAddr;
use std::time::Instant;

impl Worker {
    pub(super) fn audio(
        &mut self,
        now: Instant,
        source: SocketAddr,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<Option<Send>, Dropped> {
        let mut header = Header::parse(&buffer[..len]).map_err(|_| Dropped::Malformed)?;
        let slot = self.whose(source, header.ssrc).ok_or(Dropped::UnknownSource)?;
        let connection = self.connections.at_mut(slot).ok_or(Dropped::UnknownSource)?;
        let keys = connection.keys.as_mut().ok_or(Dropped::NotExpected)?;
        let opened = keys.receiver.unprotect_rtp(&mut buffer[..len], &header).map_err(dropped)?;
        let arrival = ticks_48k(now, self.started);
        connection.meter.count(header.ssrc, opened.index, header.timestamp, arrival);
        let far = connection.far;
        self.counts.audio_in += 1;
        self.heard(now, slot, source, header.ssrc, opened.newest);

        let (connection, far) =
            far.and_then(|far| self.connections.pair_mut(slot, far)).ok_or(Dropped::NotBridged)?;
        let (Some(keys), Some(to), Some(translator)) = (&mut far.keys, far.path, &connection.translator)
        else {
            return Err(Dropped::FarNotReady);
        };
        let rewritten = translator
            .rewrite(&mut buffer[..opened.len], &mut header, &mut connection.stream, now)
            .map_err(|_| Dropped::Unfit)?;
        let start = rewritten.start;
        let sealed =
            keys.sender.protect_rtp(&mut buffer[start..], &header, opened.len - start).map_err(dropped)?;
        if rewritten.is_audible && !connection.is_told_heard {
            connection.is_told_heard = true;
            self.events.push_back(RelayEvent::Heard { leg: connection.leg });
        }
        self.counts.audio_out += 1;
        Ok(Some(Send { to, start, end: start + sealed }))
    }

    pub(super) fn report(
        &mut self,
        now: Instant,
        source: SocketAddr,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<Option<Send>, Dropped> {
        let ssrc = buffer[..len].get(4..).and_then(<[u8]>::first_chunk).ok_or(Dropped::Malformed)?;
        let ssrc = u32::from_be_bytes(*ssrc);
        let slot = self.whose(source, ssrc).ok_or(Dropped::UnknownSource)?;
        let connection = self.connections.at_mut(slot).ok_or(Dropped::UnknownSource)?;
        let keys = connection.keys.as_mut().ok_or(Dropped::NotExpected)?;
        let opened = keys.receiver.unprotect_rtcp(&mut buffer[..len]).map_err(dropped)?;
        let (key, far, is_back) = (connection.key, connection.far, connection.hears(now));
        self.tell_back(key, is_back);
        if opened.newest && self.is_elsewhere(slot, source) {
            self.reach(key, source, true);
        }

        let (connection, far) =
            far.and_then(|far| self.connections.pair_mut(slot, far)).ok_or(Dropped::NotBridged)?;
        let (Some(keys), Some(to)) = (&mut far.keys, far.path) else { return Err(Dropped::FarNotReady) };
        let mut translation = Translation {
            sent: &connection.stream,
            heard: &mut far.stream,
            reporter: &mut connection.meter,
            listener: &mut far.meter,
            now,
        };
        let kept = translation.apply(&mut buffer[..opened.len]);
        if kept == 0 {
            return Err(Dropped::Unfit);
        }
        let end = keys.sender.protect_rtcp(buffer, kept).map_err(dropped)?;
        self.counts.reports_out += 1;
        Ok(Some(Send { to, start: 0, end }))
    }

    /// Whose packet it is. The address says so, unless that address's leg is known to send another stream: then the
    /// stream does, which also finds a leg whose address has just changed. What is found must still authenticate.
    fn whose(&self, source: SocketAddr, ssrc: u32) -> Option<u32> {
        let by_address = self.by_address.get(&source).copied();
        let is_plausible = by_address
            .and_then(|slot| self.connections.at(slot))
            .is_some_and(|connection| connection.ssrc.is_none_or(|known| known == ssrc));
        if is_plausible { by_address } else { self.by_ssrc.get(&ssrc).copied().or(by_address) }
    }

    /// What an authentic audio packet says about its leg: that it lives, where, and by which stream.
    fn heard(&mut self, now: Instant, slot: u32, source: SocketAddr, ssrc: u32, is_newest: bool) {
        let Some(connection) = self.connections.at_mut(slot) else { return };
        let key = connection.key;
        let is_back = connection.hears(now);
        if connection.ssrc != Some(ssrc) {
            connection.ssrc = Some(ssrc);
            if !connection.cold.ssrcs.contains(&ssrc) {
                connection.cold.ssrcs.push(ssrc);
            }
            self.by_ssrc.insert(ssrc, slot);
        }
        self.tell_back(key, is_back);
        // A straggler may still come from the path that was left, and must not move the leg back.
        if is_newest && self.is_elsewhere(slot, source) {
            self.reach(key, source, true);
        }
    }

    fn is_elsewhere(&self, slot: u32, source: SocketAddr) -> bool {
        self.connections.at(slot).is_some_and(|connection| connection.path != Some(source))
    }
}

fn dropped(error: SrtpError) -> Dropped {
    match error {
        SrtpError::Length => Dropped::Malformed,
        SrtpError::Replayed => Dropped::Replayed,
        SrtpError::NotAuthentic | SrtpError::Key => Dropped::NotAuthentic,
        SrtpError::TooManyStreams | SrtpError::KeyExhausted => Dropped::Unfit,
    }
}

/// The arrival clock in the units of Opus timestamps.
fn ticks_48k(now: Instant, started: Instant) -> u32 {
    (now.saturating_duration_since(started).as_micros() * 48 / 1_000) as u32
}
