//! How a call sounded and which way its audio went, where somebody will have complained or should know.

use tring_protocol::call::LegQuality;
use tring_protocol::http::calls::QualityBand;
use tring_protocol::signal::MediaPath;

use super::facts::{Facts, Leg};
use super::words::{device, loss};

/// From how many changes of its path a leg's network is worth a word.
const MANY_PATH_CHANGES: u32 = 4;

/// Adds how it sounded, if somebody will have complained, and what else was unusual about its way.
pub(super) fn with_sound(facts: &Facts, what: String) -> (String, String) {
    let (what, mut advice) = match poorest(facts) {
        Some((leg, quality, mos)) => match quality.concealed {
            Some(concealed) => (
                format!("{what} It sounded poor: what {} played had a MOS of {mos:.1}.", device(leg)),
                vec![format!(
                    "{:.0} % of it had to be made up, because packets were lost or late. Look at the quality over \
                     time below, and at the networks of both sides.",
                    concealed * 100.0
                )],
            ),
            None => (
                format!("{what} It sounded poor: what came from {} had a MOS of {mos:.1}.", device(leg)),
                vec![format!(
                    "{:.0} % of the packets of {} were lost on the way. Look at the quality over time below, and \
                     at that side's network.",
                    loss(&quality),
                    device(leg)
                )],
            ),
        },
        None => (what, Vec::new()),
    };
    advice.extend(advice_on_detours(facts));
    advice.extend(advice_on_restless_networks(facts));
    (what, advice.join(" "))
}

fn poorest(facts: &Facts) -> Option<(&Leg, LegQuality, f32)> {
    let rated = facts.speakers().filter_map(|leg| Some((leg, leg.quality?, leg.quality?.mos?)));
    let worst = rated.min_by(|a, b| a.2.total_cmp(&b.2));
    worst.filter(|(.., mos)| QualityBand::of(*mos) == QualityBand::Poor)
}

/// Audio over TCP waits for every lost packet, and over TURN it goes a longer way.
fn advice_on_detours(facts: &Facts) -> Option<String> {
    let detour =
        |leg: &&Leg| leg.quality.and_then(|quality| quality.path).is_some_and(|path| path != MediaPath::Udp);
    let legs: Vec<&Leg> = facts.speakers().filter(detour).collect();
    let path = legs.first()?.quality?.path?;
    let whose = legs.iter().map(|leg| device(leg)).collect::<Vec<_>>().join(" and of ");
    let networks = if legs.len() > 1 { "networks" } else { "network" };
    let is_direct = path == MediaPath::Tcp;
    let way = if is_direct { "TCP" } else { "a TURN server" };
    Some(format!(
        "The {networks} of {whose} let no UDP through to the server, so the audio went over {way}, where it is \
         delayed more. If this happens to all calls, open the server's UDP port in its firewall."
    ))
}

/// More changes than one walk out of the door takes.
fn advice_on_restless_networks(facts: &Facts) -> Option<String> {
    let changes = |leg: &Leg| leg.quality.map_or(0, |quality| quality.path_changes);
    let leg = facts.speakers().max_by_key(|leg| changes(leg))?;
    (changes(leg) >= MANY_PATH_CHANGES).then(|| {
        format!(
            "The network of {} changed {} times during the call; each change can be heard as a short gap. A weak \
             Wi-Fi does this, or a phone at the edge of its cell.",
            device(leg),
            changes(leg)
        )
    })
}
