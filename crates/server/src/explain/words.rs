//! How lengths of time, devices and people are called in a sentence.

use tring_protocol::call::LegQuality;
use tring_protocol::http::calls::QualityBand;
use tring_protocol::signal::{Platform, Role};
use tring_protocol::time::Millis;

use super::facts::Leg;

/// A length of time as people say it: tenths below ten seconds, and never more than two units.
pub(super) fn span(length: Millis) -> String {
    let millis = length.get();
    if millis < 9_950 {
        return format!("{:.1} s", f64::from(u32::try_from(millis).unwrap_or(u32::MAX)) / 1_000.0);
    }
    let seconds = (millis + 500) / 1_000;
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, rest) => format!("{rest} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, rest) => format!("{minutes} min {rest} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// A side of the call.
pub(super) fn side(role: Role) -> &'static str {
    match role {
        Role::Caller => "caller",
        Role::Callee => "callee",
    }
}

/// A platform, to stand behind a device in brackets.
pub(super) fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Web => "web page",
        Platform::Ios => "iOS",
        Platform::Android => "Android",
        Platform::Native => "native program",
    }
}

/// `the caller's device (iOS)`.
pub(super) fn device(leg: &Leg) -> String {
    format!("the {}'s device ({})", side(leg.role), platform(leg.platform))
}

/// Packets that never came, in percent of those that were sent.
pub(super) fn loss(quality: &LegQuality) -> f64 {
    let sent = f64::from(quality.packets) + f64::from(quality.lost);
    if sent > 0.0 { f64::from(quality.lost) / sent * 100.0 } else { 0.0 }
}

/// How a leg's audio went, to stand behind the device: by what it played, if it told, and by what came from it.
pub(super) fn sound(device: &str, quality: &LegQuality) -> String {
    let mut way = vec![
        format!("{:.1} % of the packets lost", loss(quality)),
        format!("{:.0} ms jitter", quality.jitter),
    ];
    way.extend(quality.rtt.map(|rtt| format!("{rtt:.0} ms round trip")));
    let way = way.join(", ");
    let rating = quality.mos.map(|mos| (QualityBand::of(mos).as_str(), mos));
    match (quality.concealed, rating) {
        (Some(concealed), Some((band, mos))) => format!(
            "what {device} played sounded {band}: MOS {mos:.1}, {:.1} % of it made up; what came from it had {way}",
            concealed * 100.0
        ),
        (_, Some((band, mos))) => format!("what came from {device} sounded {band}: MOS {mos:.1}, {way}"),
        (_, None) => format!("what came from {device} had {way}"),
    }
}

/// `one device`, `3 devices`.
pub(super) fn devices(count: usize) -> String {
    match count {
        1 => "one device".to_owned(),
        count => format!("{count} devices"),
    }
}
