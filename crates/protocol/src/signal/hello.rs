//! How a session begins, and how it goes on after its socket was lost.

use serde::{Deserialize, Deserializer, Serialize};

use super::media::IceServers;
use crate::ids::{AccountId, Cuid, DeviceId};
use crate::settings::Branding;
use crate::text::{DisplayName, NetworkName, SdkName, SystemName};
use crate::time::{Millis, Timestamp};

/// The first frame of a connection: who signs in, on what, with which proof.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// [`super::PROTOCOL_VERSION`] of the sender.
    pub protocol: u16,
    /// The account, from its dashboard.
    pub account: AccountId,
    /// The publishable key of the account; may be left out if there is a `token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub apikey: Option<String>,
    /// What the customer's backend says of who signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub token: Option<UserToken>,
    /// Who signs in.
    pub cuid: Cuid,
    /// What others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub name: Option<DisplayName>,
    /// The device that signs in.
    pub device: Device,
    /// The SDK that speaks.
    pub sdk: SdkInfo,
    /// What this SDK can do beyond version 1, such as [`super::CALL_WAITING`]; names the server does not know are
    /// ignored.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Present when a lost session is to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub resume: Option<Resume>,
}

// A `hello` carries credentials and a person's name: none of it may reach a log.
impl std::fmt::Debug for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hello")
            .field("account", &self.account)
            .field("sdk", &self.sdk)
            .finish_non_exhaustive()
    }
}

/// A user token: a JWT in which the customer's backend says who somebody is. What it says is for the server to judge.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS), ts(as = "String"))]
#[serde(transparent)]
pub struct UserToken(pub String);

// A token signs somebody in; it must not reach a log.
impl std::fmt::Debug for UserToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserToken({} bytes)", self.0.len())
    }
}

/// One installation of the SDK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Survives reloads; the same id coming back replaces its old connection.
    pub id: DeviceId,
    /// What it runs on.
    pub platform: Platform,
    /// Browser and system, such as `Chrome 131 on Android 14`; for whoever looks into a call. A text that is too long
    /// counts as none.
    #[serde(default, deserialize_with = "if_fitting", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub system: Option<SystemName>,
    /// The network as the device sees it, such as `wifi` or `4g`. A text that is too long counts as none.
    #[serde(default, deserialize_with = "if_fitting", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub network: Option<NetworkName>,
}

/// Nobody is kept from calling because of a word that only helps to find faults.
fn if_fitting<'de, D: Deserializer<'de>, T: TryFrom<String>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| T::try_from(text).ok()))
}

/// What a device runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// A page in a browser.
    Web,
    /// An iPhone or iPad.
    Ios,
    /// An Android device.
    Android,
    /// A program: softphone, bot or load generator.
    Native,
}

impl Platform {
    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Native => "native",
        }
    }
}

/// Which SDK speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SdkInfo {
    /// The package, for example `signed-call`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What a device says about itself beyond its platform: kept with its calls, for whoever looks into them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceDetails {
    /// Name and version of its SDK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk: Option<SdkName>,
    /// Browser and system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemName>,
    /// The network as the device sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkName>,
}

impl DeviceDetails {
    /// What a `hello` says.
    #[must_use]
    pub fn of(hello: &Hello) -> Self {
        let sdk = format!("{} {}", hello.sdk.name, hello.sdk.version);
        Self {
            sdk: SdkName::parse(&sdk).ok(),
            system: hello.device.system.clone(),
            network: hello.device.network.clone(),
        }
    }
}

/// Continues a lost session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// From the session's last `welcome`.
    pub token: String,
    /// The `seq` of the last message received from the server.
    pub received: u32,
}

/// The answer to [`Hello`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Welcome {
    /// Names the session in logs and support requests.
    pub session: String,
    /// Lets the device continue this session for [`crate::limits::SESSION_GRACE`] after its socket is lost.
    pub resume_token: String,
    /// Whether the old session goes on. If not, both sides count from 1, and a call in which the device still is
    /// follows as `restored`.
    pub resumed: bool,
    /// The `seq` of the last message received from the device; what came after it is sent again.
    pub received: u32,
    /// How the call screens look.
    pub branding: Branding,
    /// How long the callee's devices ring in this account.
    pub ring_timeout: Millis,
    /// How long an answered call may take until audio.
    pub connect_timeout: Millis,
    /// Where audio goes.
    pub relay: RelayInfo,
    /// The server's clock.
    pub server_time: Timestamp,
    /// TURN servers for networks that let no UDP through; none if the account lists none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub ice_servers: Option<IceServers>,
    /// When the user token ends, by the server's clock. A device that has not sent `renew` by then is refused, once it
    /// is in no call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub token_expires_at: Option<Timestamp>,
}

// A `welcome` carries the resume token, which must not reach a log.
impl std::fmt::Debug for Welcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Welcome")
            .field("session", &self.session)
            .field("resumed", &self.resumed)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Resume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resume").field("received", &self.received).finish_non_exhaustive()
    }
}

/// Where audio goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RelayInfo {
    /// `address:port` of each UDP port that the relay advertises; for diagnosis, since SDP answers carry them too.
    pub udp: Vec<String>,
    /// The same of each TCP port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "gen", ts(optional, as = "Option<Vec<String>>"))]
    pub tcp: Vec<String>,
}

/// Which side of a call a device is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Placed the call.
    Caller,
    /// Is called.
    Callee,
}

impl Role {
    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Accepted by the server; no device has confirmed.
    Placed,
    /// At least one device of the callee shows it.
    Ringing,
    /// One device won.
    Answered,
    /// Both peers have received audio packets.
    Connected,
    /// Over, exactly once.
    Ended,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_says_too_much_of_itself_says_nothing() {
        let hello = |system: &str, network: &str| {
            let device = format!(
                r#"{{"id":"tab-5f3a9c","platform":"web","system":"{system}","network":"{network}"}}"#
            );
            serde_json::from_str::<Device>(&device).unwrap()
        };
        let fits = hello(&"x".repeat(80), "4g");
        assert!(fits.system.is_some() && fits.network.is_some());
        let too_long = hello(&"x".repeat(81), " ");
        assert_eq!((too_long.system, too_long.network), (None, None));
    }
}
