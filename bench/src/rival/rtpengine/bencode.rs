//! What rtpengine is spoken to in: the encoding of BitTorrent's files, in which strings have their length before them.

use std::collections::BTreeMap;

/// How deep values may lie in each other; rtpengine's lie three deep.
const DEPTH_MAX: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    List(Vec<Value>),
    /// Written in the order of its keys, as the encoding wants it.
    Dictionary(BTreeMap<String, Value>),
}

impl Value {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => encode_text(text),
            Self::Integer(number) => format!("i{number}e").into_bytes(),
            Self::List(values) => {
                let inner = values.iter().flat_map(Self::encode);
                std::iter::once(b'l').chain(inner).chain(*b"e").collect()
            }
            Self::Dictionary(fields) => {
                let inner =
                    fields.iter().flat_map(|(name, value)| [encode_text(name), value.encode()].concat());
                std::iter::once(b'd').chain(inner).chain(*b"e").collect()
            }
        }
    }

    /// Reads one value that takes up all of `bytes`.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (value, rest) = decode(bytes, DEPTH_MAX)?;
        rest.is_empty().then_some(value)
    }
}

fn encode_text(text: &str) -> Vec<u8> {
    format!("{}:{text}", text.len()).into_bytes()
}

/// One value, and what follows it.
fn decode(bytes: &[u8], depth: usize) -> Option<(Value, &[u8])> {
    let depth = depth.checked_sub(1)?;
    match bytes.first()? {
        b'i' => {
            let (number, rest) = split_at(&bytes[1..], b'e')?;
            Some((Value::Integer(std::str::from_utf8(number).ok()?.parse().ok()?), rest))
        }
        b'l' => {
            let (mut values, mut rest) = (Vec::new(), &bytes[1..]);
            while *rest.first()? != b'e' {
                let (value, behind) = decode(rest, depth)?;
                values.push(value);
                rest = behind;
            }
            Some((Value::List(values), &rest[1..]))
        }
        b'd' => {
            let (mut fields, mut rest) = (BTreeMap::new(), &bytes[1..]);
            while *rest.first()? != b'e' {
                let (name, behind) = decode_text(rest)?;
                let (value, behind) = decode(behind, depth)?;
                fields.insert(name, value);
                rest = behind;
            }
            Some((Value::Dictionary(fields), &rest[1..]))
        }
        _ => decode_text(bytes).map(|(text, rest)| (Value::Text(text), rest)),
    }
}

fn decode_text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = split_at(bytes, b':')?;
    let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    Some((String::from_utf8_lossy(text).into_owned(), rest))
}

/// What lies before and behind the first `mark`.
fn split_at(bytes: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == mark)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_written_in_the_order_of_its_keys_and_read_back() {
        let text = |text: &str| Value::Text(text.to_owned());
        let fields = [("sdp", text("v=0\r\n")), ("command", text("offer")), ("delay", Value::Integer(-7))];
        let mut fields: BTreeMap<_, _> = fields.map(|(name, value)| (name.to_owned(), value)).into();
        fields.insert("rtcp-mux".to_owned(), Value::List(vec![text("require"), text("")]));
        let request = Value::Dictionary(fields);
        let written = b"d7:command5:offer5:delayi-7e8:rtcp-muxl7:require0:e3:sdp5:v=0\r\ne";
        assert_eq!(request.encode(), written);
        assert_eq!(Value::decode(written), Some(request));
    }

    #[test]
    fn what_is_cut_off_followed_by_more_or_endlessly_deep_is_refused() {
        let whole = b"d6:result4:ponge";
        for end in 0..whole.len() {
            assert_eq!(Value::decode(&whole[..end]), None, "{end}");
        }
        assert_eq!(Value::decode(b"i1ei2e"), None);
        assert_eq!(Value::decode(b"99:short"), None);
        assert_eq!(Value::decode(&[b'l'; 100_000]), None);
    }
}
