//! The texts that only the HTTP interface knows. White space around what a person wrote is cut off.

use std::fmt;

use crate::checked::checked_text;

/// Why a text was refused. The words complete "`field` …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpTextError {
    /// Too short or too long, counted in characters.
    #[error("must have {min} to {max} characters")]
    Length {
        /// Least number of characters.
        min: usize,
        /// Greatest number of characters.
        max: usize,
    },
    /// A line break, a tab or another character that cannot be seen.
    #[error("must not contain control characters")]
    Control,
    /// Not an address for mail.
    #[error("must be an email address such as name@shop.example")]
    Email,
    /// Not the origin of a web page.
    #[error("must be the origin of a web page such as https://shop.example, without a path")]
    Origin,
    /// Not an https address.
    #[error("must be an https address")]
    Address,
    /// Not the address of a TURN server that a browser takes.
    #[error(
        "must be the address of a TURN server, such as turn:turn.shop.example:3478?transport=udp or \
         turns:turn.shop.example:443?transport=tcp"
    )]
    Turn,
}

macro_rules! http_text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        http_text!($(#[$doc])* $name, $check, str::trim);
    };
    ($(#[$doc:meta])* $name:ident, $check:expr, $tidy:expr) => {
        checked_text!($(#[$doc])* $name, HttpTextError, $tidy, $check);

        // People's words and secrets stay out of logs: only the length is shown.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }
    };
}

http_text!(
    /// What an account, a key or a member is called; 1 to 80 characters.
    Title,
    |text| plain(text, 1, 80)
);

http_text!(
    /// An address for mail, 3 to 254 characters. Two that differ in capitals only are the same; see [`Email::key`].
    Email,
    |text| {
        plain(text, 3, 254)?;
        let mut parts = text.split('@');
        let (name, host) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let host_is_plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        let well_formed = parts.next().is_none()
            && !name.is_empty()
            && !name.contains(char::is_whitespace)
            && host_is_plain
            && host.split('.').all(|label| !label.is_empty());
        if well_formed { Ok(()) } else { Err(HttpTextError::Email) }
    }
);

http_text!(
    /// A password that somebody chooses; 10 to 200 characters, kept to the byte.
    NewPassword,
    |text| length(text, 10, 200),
    |text| text
);

http_text!(
    /// The origin of a web page: scheme, host and, if it is not the usual one, port.
    WebOrigin,
    |text| {
        plain(text, 8, 300)?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let known = rest.is_some_and(|host| {
            !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b))
        });
        if known { Ok(()) } else { Err(HttpTextError::Origin) }
    },
    |text| text.trim().trim_end_matches('/')
);

http_text!(
    /// The address of something that the server fetches; https, at most 2,048 characters. `http` is let through here
    /// for servers that were allowed to reach private addresses, and refused by the others when they fetch.
    FetchUrl,
    |text| {
        plain(text, 9, 2_048)?;
        let known = text.starts_with("https://") || text.starts_with("http://");
        if known && !text.contains(' ') { Ok(()) } else { Err(HttpTextError::Address) }
    }
);

http_text!(
    /// The address of a TURN server (RFC 7065), as browsers take it: one that they do not take would keep every call of
    /// the account from its audio. At most 300 characters.
    TurnUrl,
    |text| {
        plain(text, 6, 300)?;
        if is_turn(text) { Ok(()) } else { Err(HttpTextError::Turn) }
    }
);

http_text!(
    /// What a TURN server and Tring both know; 8 to 200 characters.
    TurnSecret,
    |text| plain(text, 8, 200)
);

/// `turn:` or `turns:`, a host, perhaps a port and `?transport=`. No browser has TURN over DTLS, `turns:` over UDP.
fn is_turn(text: &str) -> bool {
    let Some((scheme @ ("turn" | "turns"), rest)) = text.split_once(':') else { return false };
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let transports = match (query, scheme) {
        (None | Some("transport=tcp"), _) => true,
        (Some("transport=udp"), scheme) => scheme == "turn",
        (Some(_), _) => false,
    };
    transports && is_place(place)
}

/// A name or an address, and perhaps a port.
fn is_place(place: &str) -> bool {
    let is_port = |port: &str| {
        port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if let Some((address, rest)) = place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_rest = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
        return is_rest && address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-')
    };
    port.is_none_or(is_port) && host.split('.').all(is_label)
}

impl Email {
    /// The form under which an address is looked up.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

fn plain(text: &str, min: usize, max: usize) -> Result<(), HttpTextError> {
    length(text, min, max)?;
    if text.chars().any(char::is_control) { Err(HttpTextError::Control) } else { Ok(()) }
}

fn length(text: &str, min: usize, max: usize) -> Result<(), HttpTextError> {
    let count = text.chars().take(max + 1).count();
    if (min..=max).contains(&count) { Ok(()) } else { Err(HttpTextError::Length { min, max }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_a_name_and_a_host() {
        for good in ["meera@shop.example", " Meera+tring@Shop.Example ", "m@localhost", "ü@shop.example"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "meera", "@shop.example", "meera@", "a b@shop.example", "a@b@c", "a@b..c", "a@b c"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Email::parse("Meera@Shop.Example").unwrap().key(), "meera@shop.example");
    }

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(WebOrigin::parse("https://shop.example/").unwrap().as_str(), "https://shop.example");
        assert!(WebOrigin::parse("http://localhost:8080").is_ok());
        for bad in ["shop.example", "https://", "https://shop.example/shop", "file:///etc", "https://a b"] {
            assert!(WebOrigin::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_turn_address_is_one_that_every_browser_takes() {
        for good in [
            "turn:turn.shop.example",
            " turn:turn.shop.example:3478 ",
            "turn:turn.shop.example:3478?transport=udp",
            "turn:192.0.2.7:80?transport=tcp",
            "turns:turn.shop.example:443?transport=tcp",
            "turns:[2001:db8::7]:5349",
            "turn:localhost",
        ] {
            assert!(TurnUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "stun:turn.shop.example",
            "TURN:turn.shop.example",
            "turn://turn.shop.example",
            "turn:",
            "turns::443",
            "turn:turn..example",
            "turn:turn.shop.example:0",
            "turn:turn.shop.example:70000",
            "turn:turn.shop.example:+80",
            "turn:turn.shop.example:",
            "turn:[2001:db8::7",
            "turn:[turn.example]:1",
            "turn:2001:db8::7",
            "turn:user@turn.shop.example",
            "turn:turn.shop.example/x",
            "turn:turn.shop.example?transport=sctp",
            "turn:turn.shop.example?transport=udp&x=1",
            "turns:turn.shop.example?transport=udp",
            "turn:turn shop.example",
        ] {
            assert!(TurnUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_keeps_its_blanks() {
        assert_eq!(NewPassword::parse(" ten chars ").unwrap().as_str(), " ten chars ");
        assert!(NewPassword::parse("too short").is_err());
    }
}
