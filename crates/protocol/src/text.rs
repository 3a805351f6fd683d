//! Bounded texts: what people and apps may say to each other, never longer than the bound, never empty.

use std::fmt;

use crate::checked::checked_text;
use crate::limits;

/// Why a text was refused. The words complete "`<field>` …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than the bound.
    #[error("must have at most {max} characters")]
    TooLong {
        /// Greatest number of characters.
        max: usize,
    },
    /// With the character U+0000, which not every database keeps.
    #[error("must not contain the character U+0000")]
    Nul,
    /// Not a web address that a page may show.
    #[error("must be an http, https or data:image address")]
    NotAnImageAddress,
    /// Not a colour of the form `#rrggbb`.
    #[error("must be a colour of the form #rrggbb")]
    NotAColour,
}

macro_rules! bounded_text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        // White space around what a person wrote is cut off.
        bounded_text!($(#[$doc])* $name, $check, str::trim);
    };
    ($(#[$doc:meta])* $name:ident, $check:expr, $trim:expr) => {
        checked_text!($(#[$doc])* $name, TextError, $trim, $check);

        // People's words stay out of logs: only the length is shown.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }
    };
}

bounded_text!(
    /// What a user is called on the other's screen; 1 to 50 characters. The SDKs ask for 3 to 25 (Signed Call) or
    /// 3 to 50 (Direct Call).
    DisplayName,
    |text| bounded(text, limits::NAME_MAX)
);

bounded_text!(
    /// Why the caller calls; 1 to 512 characters.
    Context,
    |text| bounded(text, limits::CONTEXT_MAX)
);

bounded_text!(
    /// The address of an image: http, https or a `data:image/…` of at most 2,048 characters.
    ImageUrl,
    |text| {
        bounded(text, limits::IMAGE_URL_MAX)?;
        let known = ["https://", "http://", "data:image/"].iter().any(|scheme| {
            text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if known { Ok(()) } else { Err(TextError::NotAnImageAddress) }
    }
);

bounded_text!(
    /// An SDP offer or answer, at most 16,384 characters. What it says is for the relay to judge. Kept to the byte:
    /// browsers refuse a description whose last line does not end.
    Sdp,
    |text| bounded(text, limits::SDP_MAX),
    |text| text
);

bounded_text!(
    /// What a device runs on, such as `Chrome 131 on Android 14`; 1 to 80 characters.
    SystemName,
    |text| bounded(text, limits::SYSTEM_MAX)
);

bounded_text!(
    /// The kind of network that a device sees, such as `wifi` or `4g`; 1 to 20 characters.
    NetworkName,
    |text| bounded(text, limits::NETWORK_MAX)
);

bounded_text!(
    /// Name and version of an SDK, such as `signed-call 0.1.0`; 1 to 80 characters.
    SdkName,
    |text| bounded(text, limits::SDK_MAX)
);

bounded_text!(
    /// A colour of the form `#rrggbb`.
    Colour,
    |text| {
        let hex = text.strip_prefix('#').unwrap_or_default();
        if hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(())
        } else {
            Err(TextError::NotAColour)
        }
    }
);

fn bounded(text: &str, max: usize) -> Result<(), TextError> {
    if text.is_empty() {
        Err(TextError::Empty)
    } else if text.chars().take(max + 1).count() > max {
        Err(TextError::TooLong { max })
    } else if text.contains('\0') {
        Err(TextError::Nul)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(Context::parse("  Your order  ").map(|c| c.as_str().to_owned()), Ok("Your order".into()));
        assert_eq!(Context::parse(" \n ").err(), Some(TextError::Empty));
        assert!(Context::parse(&"ä".repeat(512)).is_ok());
        assert_eq!(Context::parse("a\0b").err(), Some(TextError::Nul));
        assert_eq!(Context::parse(&"ä".repeat(513)).err(), Some(TextError::TooLong { max: 512 }));
    }

    #[test]
    fn the_last_line_of_an_sdp_keeps_its_end() {
        let sdp = "v=0\r\na=end-of-candidates\r\n";
        assert_eq!(Sdp::parse(sdp).map(|sdp| sdp.as_str().to_owned()), Ok(sdp.to_owned()));
    }

    #[test]
    fn an_image_is_never_a_script() {
        assert!(ImageUrl::parse("HTTPS://shop.example/logo.png").is_ok());
        assert!(ImageUrl::parse("data:image/png;base64,AAAA").is_ok());
        for bad in ["javascript:alert(1)", "data:text/html,x", "//shop.example/a.png", "logo.png"] {
            assert_eq!(ImageUrl::parse(bad).err(), Some(TextError::NotAnImageAddress), "{bad}");
        }
    }

    #[test]
    fn colours_have_six_hex_digits() {
        assert!(Colour::parse("#1a2B3c").is_ok());
        for bad in ["1a2b3c", "#fff", "#12345g", "red", "#1234567"] {
            assert_eq!(Colour::parse(bad).err(), Some(TextError::NotAColour), "{bad}");
        }
    }

    #[test]
    fn words_of_people_never_reach_a_log() {
        let shown = format!("{:?}", Context::parse("my secret illness").unwrap());
        assert_eq!(shown, "Context(17 bytes)");
    }
}
