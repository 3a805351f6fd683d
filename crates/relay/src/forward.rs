//! What changes in an audio packet between two legs: payload types, RED, header extensions, and the numbers that
//! [`crate::stream`] gives out.

use crate::rtp::{self, Header};
use crate::sdp::{Extension, Media};
use crate::stream::{Late, Stream};
use std::time::Instant;

/// Why an authentic audio packet cannot pass to the far leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// A payload type that the two legs do not share.
    Payload,
    /// From before its stream was continued.
    Late,
    /// A RED payload or padding that does not hold together.
    Malformed,
}

/// A packet that is ready for the far leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rewritten {
    /// Where it starts: one whose redundancy was taken out becomes shorter from its front.
    pub(crate) start: usize,
    /// Whether there is anything to hear in it; padding alone only probes the path.
    pub(crate) is_audible: bool,
}

/// The differences between what one leg sends and what another understands, computed once per pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Translator {
    opus: (u8, u8),
    red: Option<(u8, Option<u8>)>,
    events: Option<(u8, u8)>,
    /// By incoming id: the id that the far leg gave the same extension, 0 if it has none.
    extensions: [u8; 16],
    /// Incoming id of the transport-wide sequence number, 0 if there is none.
    transport: u8,
}

impl Translator {
    /// What it takes from a leg that agreed on `from` to one that agreed on `to`.
    pub(crate) fn between(from: &Media, to: &Media) -> Self {
        let mut extensions = [0; 16];
        for kind in Extension::ALL {
            let (id, far_id) = (from.extension_id(kind), to.extension_id(kind));
            // A mid that is not the receiver's own would make it drop the packet (RFC 8843 §9.2).
            let passes = kind != Extension::Mid || from.mid == to.mid;
            if let (Some(id), Some(far_id)) = (id, far_id)
                && passes
            {
                extensions[usize::from(id & 15)] = far_id;
            }
        }
        Self {
            opus: (from.opus, to.opus),
            red: from.red.map(|red| (red, to.red)),
            events: from.events.zip(to.events),
            extensions,
            transport: from.extension_id(Extension::TransportCc).unwrap_or(0),
        }
    }

    /// Rewrites the plain packet `packet`, whose header is `header`, for the far leg.
    pub(crate) fn rewrite(
        &self,
        packet: &mut [u8],
        header: &mut Header,
        stream: &mut Stream,
        now: Instant,
    ) -> Result<Rewritten, Unfit> {
        let padding = rtp::padding_len(packet, header).ok_or(Unfit::Malformed)?;
        let end = packet.len() - padding;
        let is_audible = end > header.len;
        let start = self.payload(&mut packet[header.len..end], header)?;
        stream.map(header, now).map_err(|Late| Unfit::Late)?;
        stream.note_copies(self.red.is_some_and(|(_, far_red)| far_red == Some(header.payload_type)));
        rtp::rewrite_extensions(packet, header, |id, value| {
            if id == self.transport
                && let Ok(number) = <[u8; 2]>::try_from(&*value)
            {
                let mapped = stream.map_transport(u16::from_be_bytes(number));
                value.copy_from_slice(&mapped.to_be_bytes());
            }
            self.extensions.get(usize::from(id)).copied().unwrap_or(0)
        });
        header.write(packet);
        if start > 0 {
            packet.copy_within(..header.len, start);
        }
        Ok(Rewritten { start, is_audible })
    }

    /// Translates payload type and payload; returns how many bytes at the payload's front are to be cut.
    fn payload(&self, payload: &mut [u8], header: &mut Header) -> Result<usize, Unfit> {
        let from = header.payload_type;
        if from == self.opus.0 {
            header.payload_type = self.opus.1;
            return Ok(0);
        }
        match (self.red, self.events) {
            (Some((red, far_red)), _) if red == from => {
                let (opus, far_opus) = self.opus;
                header.payload_type = far_red.unwrap_or(far_opus);
                if payload.is_empty() {
                    return Ok(0);
                }
                let primary = rtp::rewrite_red(payload, |inner| if inner == opus { far_opus } else { inner })
                    .map_err(|_| Unfit::Malformed)?;
                if primary.payload_type != opus {
                    return Err(Unfit::Payload);
                }
                Ok(if far_red.is_some() { 0 } else { primary.offset })
            }
            (_, Some((events, far_events))) if events == from => {
                header.payload_type = far_events;
                Ok(0)
            }
            _ => Err(Unfit::Payload),
        }
    }
}

#[cfg(test)]
mod tests;
