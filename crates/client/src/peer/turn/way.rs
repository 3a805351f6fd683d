//! One address of a TURN server, and how far it has come there.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::allocation::Allocation;
use super::{TurnServer, WayId};

/// A way by TURN.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) id: WayId,
    pub(super) server: TurnServer,
    /// Who has sent the device on to where it is now, one to the next.
    pub(super) sent_by: Vec<SocketAddr>,
    pub(super) stage: Stage,
}

/// How far it has come.
#[derive(Debug)]
pub(super) enum Stage {
    /// A connection is being made.
    Opening { until: Instant },
    /// The server is asked, or has given an address.
    Open { allocation: Box<Allocation>, base: SocketAddr },
    /// It was lost, and is opened again.
    Again { at: Instant },
    /// It gave nothing.
    Over,
}

impl Way {
    /// The address that the server gave.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        match &self.stage {
            Stage::Open { allocation, .. } => allocation.relayed(),
            _ => None,
        }
    }

    /// Whether there is a connection, or will be.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.stage, Stage::Opening { .. } | Stage::Open { .. })
    }

    /// When it is to be looked at.
    pub(super) fn due(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Opening { until } => Some(*until),
            Stage::Open { allocation, .. } => allocation.deadline(),
            Stage::Again { at } => Some(*at),
            Stage::Over => None,
        }
    }
}

/// Whether all that the relay lists for UDP are addresses of IPv6. Otherwise one of IPv4 is asked for, which every server
/// has.
pub(super) fn is_on_v6_alone(sdp: &str) -> bool {
    let addresses = sdp.lines().filter_map(|line| {
        let mut words = line.strip_prefix("a=candidate:")?.split_whitespace().skip(2);
        let is_udp = words.next()?.eq_ignore_ascii_case("udp");
        let address: IpAddr = words.nth(1)?.parse().ok()?;
        is_udp.then_some(address)
    });
    let mut addresses = addresses.peekable();
    addresses.peek().is_some() && addresses.all(|address| address.is_ipv6())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv6_is_asked_for_only_if_the_relay_has_no_other() {
        let v4 = "a=candidate:1 1 udp 2130706431 192.0.2.1 7881 typ host\r\n";
        let v6 = "a=candidate:2 1 UDP 2130706175 2001:db8::1 7881 typ host\r\n";
        let tcp = "a=candidate:3 1 tcp 1 192.0.2.1 7881 typ host tcptype passive\r\n";
        assert!(!is_on_v6_alone(&format!("v=0\r\n{v6}{v4}{tcp}")));
        assert!(is_on_v6_alone(&format!("v=0\r\n{v6}{tcp}")));
        assert!(!is_on_v6_alone("v=0\r\n"));
    }
}
