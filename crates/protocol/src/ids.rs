//! The identifiers of Tring and the rules that a string must meet to be one.
//!
//! Decides what is well-formed; whether a thing with that id exists is for others to say. Every id is checked
//! when it is made, so code that holds a [`Cuid`] never checks it again.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

use crate::checked::checked_text;
use crate::time::Timestamp;

/// Why a string is not the id it was meant to be. The text completes "`<field>` …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Shorter or longer than allowed, counted in characters.
    #[error("must have {min} to {max} characters")]
    Length {
        /// Least number of characters.
        min: usize,
        /// Greatest number of characters.
        max: usize,
    },
    /// Contains a character outside the id's alphabet.
    #[error("may only contain {allowed}")]
    Alphabet {
        /// The alphabet, in words.
        allowed: &'static str,
    },
    /// A number, a `_` and again a number: reserved by the vendors for telephone numbers (`91_8899555`).
    #[error("must not be a number followed by _ and another number")]
    NumberNumber,
    /// Not of the form that the server hands out.
    #[error("is not an id that this server gave out")]
    Form,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        checked_text!($(#[$doc])* $name, IdError, |text| text, $check);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

text_id!(
    /// A tenant. 4 to 64 letters, digits, `_` or `-`.
    AccountId,
    |text| plain(text, 4, 64)
);

text_id!(
    /// A user inside an account, named by the customer's own system.
    ///
    /// 5 to 50 characters, letters, digits and `_`, case-sensitive, and not `number_number`
    /// (vendor-docs/direct-call-web.txt). Signed Call asks besides that it starts with a letter or a digit; that
    /// rule belongs to its SDK, because Direct Call does not have it.
    Cuid,
    |text| {
        length(text, 5, 50)?;
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(IdError::Alphabet { allowed: "letters, digits and _" });
        }
        if is_number_number(text) { Err(IdError::NumberNumber) } else { Ok(()) }
    }
);

text_id!(
    /// One signed-in SDK instance; made by the SDK and kept across reloads. 8 to 64 letters, digits, `_` or `-`.
    DeviceId,
    |text| plain(text, 8, 64)
);

fn plain(text: &str, min: usize, max: usize) -> Result<(), IdError> {
    length(text, min, max)?;
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        Ok(())
    } else {
        Err(IdError::Alphabet { allowed: "letters, digits, _ and -" })
    }
}

fn length(text: &str, min: usize, max: usize) -> Result<(), IdError> {
    let count = text.chars().take(max + 1).count();
    if (min..=max).contains(&count) { Ok(()) } else { Err(IdError::Length { min, max }) }
}

fn is_number_number(text: &str) -> bool {
    text.split_once('_').is_some_and(|(left, right)| is_digits(left) && right.split('_').all(is_digits))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// One attempt of a caller to talk to a callee. A version 7 UUID, so that ids sort by the time they were made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS), ts(as = "String"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = "uuid"))]
#[serde(try_from = "String", into = "String")]
pub struct CallId(Uuid);

impl CallId {
    /// Makes the id of a call that is placed `at`; `random` makes it unguessable.
    #[must_use]
    pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(at.as_millis(), &random).into_uuid())
    }

    /// Reads an id in the form that [`fmt::Display`] writes.
    ///
    /// # Errors
    /// [`IdError::Form`] for anything that is not a hyphenated UUID.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.len() != 36 {
            return Err(IdError::Form);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| IdError::Form)
    }

    /// The id's 128 bits, for formats that have no text.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// When the call was placed, as its first 48 bits say (RFC 9562 §5.7).
    #[must_use]
    pub fn placed_at(self) -> Timestamp {
        let bytes = self.0.as_bytes();
        Timestamp::from_millis(bytes[..6].iter().fold(0, |millis, byte| millis << 8 | u64::from(*byte)))
    }
}

impl TryFrom<String> for CallId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<CallId> for String {
    fn from(id: CallId) -> String {
        id.to_string()
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallId({})", self.0)
    }
}

/// One device's side of a call. The caller's leg has index 0, the callee's devices count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LegId {
    /// The call that the leg belongs to.
    pub call: CallId,
    /// 0 for the caller, from 1 for the callee's devices.
    pub index: u8,
}

impl LegId {
    /// The caller's leg of `call`.
    #[must_use]
    pub fn caller(call: CallId) -> Self {
        Self { call, index: 0 }
    }
}

/// A user of one account. Every look-up goes through this pair, so no account can name another's users.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserAddress {
    /// The account that the user belongs to.
    pub account: AccountId,
    /// The user inside that account.
    pub cuid: Cuid,
}

/// A device of a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeviceAddress {
    /// Whose device it is.
    pub user: UserAddress,
    /// Which of the user's devices.
    pub device: DeviceId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuid_keeps_the_documented_rules() {
        for good in
            ["org_25", "alice", "12345", "a_1_2", "Courier_7", "_abcd", "abcd_", "1a_22", &"x".repeat(50)]
        {
            assert!(Cuid::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", IdError::Length { min: 5, max: 50 }),
            ("abcd", IdError::Length { min: 5, max: 50 }),
            (&"x".repeat(51), IdError::Length { min: 5, max: 50 }),
            ("al ice", IdError::Alphabet { allowed: "letters, digits and _" }),
            ("al-ice", IdError::Alphabet { allowed: "letters, digits and _" }),
            ("älice", IdError::Alphabet { allowed: "letters, digits and _" }),
            ("91_8899555", IdError::NumberNumber),
            ("1_2_3", IdError::NumberNumber),
        ] {
            assert_eq!(Cuid::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn call_ids_sort_by_time_and_read_back() {
        let early = CallId::new(Timestamp::from_millis(1_000), [9; 10]);
        let late = CallId::new(Timestamp::from_millis(2_000), [1; 10]);
        assert!(early < late);
        assert_eq!(late.placed_at(), Timestamp::from_millis(2_000));
        assert_eq!(CallId::parse(&early.to_string()), Ok(early));
        assert_eq!(CallId::parse("nonsense"), Err(IdError::Form));
    }

    #[test]
    fn a_bad_id_never_deserialises() {
        assert!(serde_json::from_str::<Cuid>("\"a b\"").is_err());
        assert!(serde_json::from_str::<DeviceId>("\"short\"").is_err());
        assert!(serde_json::from_str::<CallId>("\"1\"").is_err());
    }
}
