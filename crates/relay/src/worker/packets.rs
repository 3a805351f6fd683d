//! Audio and reports: opened with one leg's keys, rewritten, sealed with the other's, in one buffer.

use super::connection::{Connection, Ear, Mouth};
use super::slots::Slots;
use super::{ConnectionKey, Route, Send, Worker};
use crate::event::{Dropped, RelayEvent};
use crate::repetition::Repetition;
use crate::rtcp::Translation;
use crate::rtp::Header;
use crate::srtp::SrtpError;
use std::time::Instant;

impl Worker {
    pub(super) fn audio(
        &mut self,
        now: Instant,
        source: Route,
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

        let (mouth, ear) = between(&mut self.connections, slot, far.ok_or(Dropped::NotBridged)?)
            .ok_or(Dropped::NotBridged)?;
        let (Some(keys), Some(to), Some(translator)) = (ear.keys, ear.path, mouth.translator) else {
            return Err(Dropped::FarNotReady);
        };
        if *ear.hears_from != Some(mouth.key) {
            // What a replaced connection still sends is heard until its successor is, and not beside it.
            if mouth.is_leaving {
                return Err(Dropped::NotBridged);
            }
            *ear.hears = ear.hears.continued();
            *ear.hears_from = Some(mouth.key);
        }
        let rewritten = translator
            .rewrite(&mut buffer[..opened.len], &mut header, ear.hears, now)
            .map_err(|_| Dropped::Unfit)?;
        let start = rewritten.start;
        let sealed =
            keys.sender.protect_rtp(&mut buffer[start..], &header, opened.len - start).map_err(dropped)?;
        if let Some(repair) = ear.repair {
            repair.keep(now, header.sequence, &buffer[start..start + sealed]);
        } else if let Some(repetition) = ear.repetition {
            while let Some(packet) = repetition.poll(now) {
                self.counts.sent_again(packet.len());
                self.sends.push_back((to, packet));
            }
            repetition.keep(now, &buffer[start..start + sealed]);
        }
        *ear.sent_at = now;
        if rewritten.is_audible && !*mouth.is_told_heard {
            *mouth.is_told_heard = true;
            self.events.push_back(RelayEvent::Heard { leg: mouth.leg });
        }
        self.counts.audio_out += 1;
        Ok(Some(Send { to, start, end: start + sealed }))
    }

    pub(super) fn report(
        &mut self,
        now: Instant,
        source: Route,
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
        let is_leaving = connection.is_leaving;
        self.tell_back(key, is_back);
        if opened.newest {
            self.is_at(now, key, source);
        }

        // Two receivers of one stream would confuse its sender: the newer one speaks for the leg.
        let far = far.filter(|_| !is_leaving).ok_or(Dropped::NotBridged)?;
        let kept = self.translate(now, key, far, &mut buffer[..opened.len]).ok_or(Dropped::NotBridged)?;
        self.repeat_for(now, key);
        let is_repaired = self.send_again(key);
        let far = self.connections.get_mut(far).ok_or(Dropped::NotBridged)?;
        let (Some(keys), Some(to)) = (&mut far.keys, far.path) else { return Err(Dropped::FarNotReady) };
        if kept == 0 {
            return if is_repaired { Ok(None) } else { Err(Dropped::Unfit) };
        }
        let end = keys.sender.protect_rtcp(buffer, kept).map_err(dropped)?;
        far.sent_at = now;
        self.counts.reports_out += 1;
        Ok(Some(Send { to, start: 0, end }))
    }

    /// Makes of what `reporter` reports what its far leg understands; returns how much of it is left.
    fn translate(
        &mut self,
        now: Instant,
        reporter: ConnectionKey,
        far: ConnectionKey,
        compound: &mut [u8],
    ) -> Option<usize> {
        if reporter == far {
            let Connection { hears, meter, repair, .. } = self.connections.get_mut(reporter)?;
            let sent = &hears.clone();
            let mut translation =
                Translation { sent, heard: hears, reporter: meter, repair, listener: None, now };
            return Some(translation.apply(compound));
        }
        let (reporter, far) = self.connections.pair_mut(reporter.slot, far.slot)?;
        let Connection { hears, meter, repair, .. } = reporter;
        let (sent, listener) = (&far.hears, Some(&mut far.meter));
        Some(Translation { sent, heard: hears, reporter: meter, repair, listener, now }.apply(compound))
    }

    /// Looks at what the connection has just reported to have lost, if nothing else can help it.
    fn repeat_for(&mut self, now: Instant, key: ConnectionKey) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let Some(loss) = connection.meter.take_reported_loss() else { return };
        if connection.repair.is_some() || connection.cold.media.red.is_some() {
            connection.repetition = None;
        } else if let Some(repetition) = &mut connection.repetition {
            repetition.report(now, loss);
        } else {
            connection.repetition = Repetition::for_loss(now, loss).map(Box::new);
        }
    }

    /// Sends the connection again what it has just asked for; whether there was anything.
    fn send_again(&mut self, key: ConnectionKey) -> bool {
        let Some(connection) = self.connections.get_mut(key) else { return false };
        let (Some(repair), Some(to)) = (&mut connection.repair, connection.path) else { return false };
        let before = self.counts.audio_again;
        while let Some(packet) = repair.poll() {
            self.counts.sent_again(packet.len());
            self.sends.push_back((to, packet.into()));
        }
        self.counts.audio_again > before
    }

    /// Whose packet it is. The route says so, unless that route's leg is known to send another stream: then the
    /// stream does, which also finds a leg whose route has just changed. What is found must still authenticate.
    fn whose(&self, source: Route, ssrc: u32) -> Option<u32> {
        let by_route = self.by_route.get(&source).copied();
        let is_plausible = by_route
            .and_then(|slot| self.connections.at(slot))
            .is_some_and(|connection| connection.ssrc.is_none_or(|known| known == ssrc));
        if is_plausible { by_route } else { self.by_ssrc.get(&ssrc).copied().or(by_route) }
    }

    /// What an authentic audio packet says about its leg: that it lives, where, and by which stream.
    fn heard(&mut self, now: Instant, slot: u32, source: Route, ssrc: u32, is_newest: bool) {
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
        if is_newest {
            self.is_at(now, key, source);
        }
    }

    /// The newest packet of a connection came from `source`.
    fn is_at(&mut self, now: Instant, key: ConnectionKey, source: Route) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.packet_at = Some(now);
        if connection.path != Some(source) {
            self.reach(key, source, true);
        }
    }
}

/// The speaking half of the connection at `slot` and the listening half of `far`, which may be the same one.
fn between(
    connections: &mut Slots<Connection>,
    slot: u32,
    far: ConnectionKey,
) -> Option<(Mouth<'_>, Ear<'_>)> {
    if slot == far.slot {
        return connections.at_mut(slot).map(Connection::halves);
    }
    let (connection, far) = connections.pair_mut(slot, far.slot)?;
    Some((connection.halves().0, far.halves().1))
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
