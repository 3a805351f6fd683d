//! What Janus says on its WebSocket, as far as somebody in a call wants to know it.

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// A message of Janus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// A session or a handle was made.
    Created(u64),
    /// Something happened in the plugin; an offer or answer may have come with it.
    Event { name: String, sdp: Option<String> },
    /// Janus or the plugin refuses what was asked for.
    Refused(String),
    /// What nobody waits for: acknowledgements, news of the media path, also of its end.
    Other,
}

impl Message {
    pub(super) fn read(text: &str) -> Result<Self> {
        let said: Said = serde_json::from_str(text).with_context(|| format!("Janus said {text}"))?;
        let plugin = said.plugindata.map(|plugin| plugin.data).unwrap_or_default();
        Ok(match (said.janus.as_str(), said.data, plugin.result) {
            ("error", ..) => Self::Refused(said.error.map_or_else(|| text.to_owned(), |error| error.reason)),
            ("success", Some(Id { id }), _) => Self::Created(id),
            ("event", _, Some(Outcome { event })) => {
                Self::Event { name: event, sdp: said.jsep.map(|description| description.sdp) }
            }
            ("event", ..) if plugin.error.is_some() => Self::Refused(plugin.error.unwrap_or_default()),
            ("timeout", ..) => Self::Refused("the session has timed out".to_owned()),
            _ => Self::Other,
        })
    }
}

#[derive(Deserialize)]
struct Said {
    janus: String,
    data: Option<Id>,
    error: Option<Trouble>,
    plugindata: Option<Plugin>,
    jsep: Option<Description>,
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

#[derive(Deserialize)]
struct Trouble {
    reason: String,
}

#[derive(Deserialize)]
struct Plugin {
    data: VideoCall,
}

/// What the VideoCall plugin adds.
#[derive(Default, Deserialize)]
struct VideoCall {
    result: Option<Outcome>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Outcome {
    event: String,
}

#[derive(Deserialize)]
struct Description {
    sdp: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        Message::read(text).unwrap()
    }

    #[test]
    fn an_event_brings_its_sdp() {
        let text = r#"{"janus":"event","session_id":1,"sender":2,"plugindata":{"plugin":"janus.plugin.videocall",
            "data":{"videocall":"event","result":{"event":"incomingcall","username":"caller_0"}}},
            "jsep":{"type":"offer","sdp":"v=0\r\n"}}"#;
        let sdp = Some("v=0\r\n".to_owned());
        assert_eq!(read(text), Message::Event { name: "incomingcall".to_owned(), sdp });
        let text = r#"{"janus":"event","session_id":1,"transaction":"3","sender":2,"plugindata":{"plugin":
            "janus.plugin.videocall","data":{"videocall":"event","result":{"event":"registered","username":"a"}}}}"#;
        assert_eq!(read(text), Message::Event { name: "registered".to_owned(), sdp: None });
    }

    #[test]
    fn sessions_and_handles_have_ids_and_acknowledgements_say_nothing() {
        let created = r#"{"janus":"success","transaction":"1","data":{"id":4053213470396871}}"#;
        assert_eq!(read(created), Message::Created(4_053_213_470_396_871));
        for said in ["ack", "webrtcup", "media", "slowlink", "hangup"] {
            assert_eq!(read(&format!(r#"{{"janus":"{said}","session_id":1}}"#)), Message::Other, "{said}");
        }
    }

    #[test]
    fn a_refusal_is_told_whether_janus_or_the_plugin_refuses() {
        let core = r#"{"janus":"error","transaction":"2","error":{"code":458,"reason":"No such session 7"}}"#;
        assert_eq!(read(core), Message::Refused("No such session 7".to_owned()));
        let plugin = r#"{"janus":"event","session_id":1,"sender":2,"plugindata":{"plugin":"janus.plugin.videocall",
            "data":{"videocall":"event","error_code":476,"error":"Username 'a' already taken"}}}"#;
        assert_eq!(read(plugin), Message::Refused("Username 'a' already taken".to_owned()));
        let late = r#"{"janus":"timeout","session_id":1}"#;
        assert_eq!(read(late), Message::Refused("the session has timed out".to_owned()));
        assert!(Message::read("<html>").is_err());
    }
}
