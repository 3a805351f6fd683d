//! The catalogue of every error that crosses a wire: once here, for the server, every SDK and the documents.
//!
//! To add one, write one entry in [`catalogue!`]; the TypeScript twin and `vectors/errors.json` follow by `make gen`.
//! Entries may be added, never renumbered or renamed.

use serde::{Deserialize, Serialize};

/// Who has to act for the error to go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The integrator: the app called Tring in a way that cannot work.
    App,
    /// The person at this device.
    User,
    /// The person, or the device, at the other end.
    Peer,
    /// The network between this device and the server.
    Network,
    /// The operator of the server.
    Server,
}

/// Whether the same request may succeed when it is sent again unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not before something was changed.
    Never,
    /// Yes, after a while.
    Later,
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $number:literal, $http:literal, $blame:ident, $retry:ident, $sentence:literal;)+) => {
        /// An error that crosses a wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "gen", derive(ts_rs::TS))]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)+
        }

        impl ErrorCode {
            /// The whole catalogue in the order of its numbers' families.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)+];

            /// The code on the wire and in the SDKs. The two codes of digits, `404` and `400`, are numbers in
            /// JavaScript, as the vendors' documents have them.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(ErrorCode::$name => $code,)+ }
            }

            /// The stable number, for interfaces that only carry numbers.
            #[must_use]
            pub fn number(self) -> u16 {
                match self { $(ErrorCode::$name => $number,)+ }
            }

            /// The HTTP status that the error has when a request is answered with it.
            #[must_use]
            pub fn http_status(self) -> u16 {
                match self { $(ErrorCode::$name => $http,)+ }
            }

            /// Who has to act.
            #[must_use]
            pub fn blame(self) -> Blame {
                match self { $(ErrorCode::$name => Blame::$blame,)+ }
            }

            /// Whether trying again helps.
            #[must_use]
            pub fn retry(self) -> Retry {
                match self { $(ErrorCode::$name => Retry::$retry,)+ }
            }

            /// What happened and what to do, in one or two sentences.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(ErrorCode::$name => $sentence,)+ }
            }
        }
    };
}

catalogue! {
    // Signing in: 1xxx.
    /// A mandatory parameter of the initialisation is missing.
    MissingInitParameters = "ERR_MISSING_INITPARAMETERS", 1001, 400, App, Never,
        "A mandatory parameter is missing. Pass accountId, apikey and cuid, and the CleverTap instance where the SDK asks for it.";
    /// A parameter of the initialisation breaks a rule.
    InvalidInitParameters = "ERR_INVALID_INITPARAMETERS", 1002, 400, App, Never,
        "A parameter is not valid. Check it against the rules of its field.";
    /// The CleverTap instance has no account id.
    MissingCtAccountId = "ERR_MISSING_CT_ACCOUNTID", 1003, 400, App, Never,
        "The CleverTap instance knows no account id. Initialise the CleverTap SDK with its account id before this SDK.";
    /// The CleverTap instance has no CleverTap id.
    MissingCtId = "ERR_MISSING_CT_ID", 1004, 400, App, Never,
        "The CleverTap instance knows no CleverTap id. Check its region and account id, and initialise it before this SDK.";
    /// Direct Call was given no CleverTap instance.
    ClevertapDetailsNotFound = "ERR_CLEVERTAP_DETAILS_NOT_FOUND", 1005, 400, App, Never,
        "No CleverTap instance was passed. Initialise the CleverTap SDK and pass its instance as `clevertap`.";
    /// The account and the key do not belong together.
    InvalidCredentials = "ERR_INVALID_CREDENTIALS", 1006, 401, App, Never,
        "The account id or the API key is wrong, or the key was revoked. Copy both again from the account's settings.";
    /// The cuid is connected on another device.
    AlreadySignedIn = "ERR_ALREADY_SIGNEDIN", 1007, 409, User, Never,
        "This cuid is connected on another device. Log out there first, or use one cuid per device.";
    /// The same device signed in again elsewhere and took the session over.
    Replaced = "ERR_REPLACED", 1008, 409, User, Never,
        "This device signed in again in another page, which took over. Initialise again to continue here.";
    /// The session has ended or never began.
    NotSignedIn = "ERR_NOT_SIGNED_IN", 1009, 401, App, Never,
        "Nobody is signed in. Initialise the SDK before using it.";
    /// The request cannot be read.
    BadRequest = "400", 1010, 400, App, Never,
        "The server could not read the request. Check its fields against the documentation.";
    /// The browser lacks what a call needs.
    BrowserUnsupported = "ERR_BROWSER_UNSUPPORTED", 1011, 400, User, Never,
        "This browser or page cannot make calls. Open the page over https in a current browser.";
    /// The account asks for a user token and none came.
    TokenRequired = "ERR_TOKEN_REQUIRED", 1012, 401, App, Never,
        "This account asks for a user token. Have your backend make one for this cuid and pass it as `token` or `getToken`.";
    /// The user token is not one of this account and cuid.
    TokenInvalid = "ERR_TOKEN_INVALID", 1013, 401, App, Never,
        "The user token is not valid for this account and cuid. Paste it into the token tester of the dashboard to see why.";
    /// The user token's time is over.
    TokenExpired = "ERR_TOKEN_EXPIRED", 1014, 401, App, Never,
        "The user token has expired. Have your backend make a new one, or pass `getToken` so that the SDK asks for one in time.";
    /// The page is not one of those that the account allows.
    OriginNotAllowed = "ERR_ORIGIN_NOT_ALLOWED", 1015, 403, App, Never,
        "This page may not sign in to this account. Add its origin to the allowed web origins in the account's settings.";

    // Placing and answering: 2xxx.
    /// Receiver or context missing, malformed, or the caller itself.
    InvalidCallParameters = "ERR_INVALID_CALL_PARAMETERS", 2001, 400, App, Never,
        "The call's parameters are not valid. Pass the receiver's cuid and a context, and never the caller's own cuid.";
    /// This user is already in a call.
    OutgoingCallInProgress = "ERR_OUTGOING_CALL_IN_PROGRESS", 2002, 409, User, Later,
        "A call is in progress. Start another one when it is over, missed, declined or cancelled.";
    /// The microphone of this device cannot be used.
    MicUnavailable = "ERR_MIC_UNAVAILABLE", 2003, 400, User, Later,
        "The microphone cannot be used. Allow it for this page and check that one is connected.";
    /// The callee is in another call.
    UserBusy = "ERR_USER_BUSY", 2004, 409, Peer, Later,
        "The other person is in another call. Try again later.";
    /// No device of the callee can be reached.
    CalleeOffline = "404", 2005, 404, Peer, Later,
        "The receiver's cuid is offline. Try again when they are signed in.";
    /// The callee's microphone cannot be used.
    CalleeMicUnavailable = "ERR_CALLEE_MIC_UNAVAILABLE", 2006, 409, Peer, Later,
        "The other person answered, but their microphone cannot be used. Ask them to allow it and call again.";
    /// The callee signed out while it rang.
    CalleeLoggedOut = "ERR_CALLEE_LOGGED_OUT", 2007, 409, Peer, Later,
        "The other person signed out. Try again when they are signed in.";
    /// The callee's device may not show calls.
    CalleeNotificationsDisabled = "ERR_CALLEE_NOTIFICATIONS_DISABLED", 2008, 409, Peer, Later,
        "The other person's device does not allow call notifications. Ask them to turn them on.";
    /// The call that a message speaks of does not exist any more.
    CallNotFound = "ERR_CALL_NOT_FOUND", 2009, 404, App, Never,
        "There is no such call, or it has ended.";
    /// The SDP offer cannot be used.
    MediaOfferRefused = "ERR_MEDIA_OFFER", 2010, 400, App, Never,
        "The audio offer cannot be used. It must offer Opus over DTLS-SRTP with ICE.";
    /// The call cannot go on on this device.
    NotTakenOver = "ERR_CALL_NOT_MOVED", 2011, 409, User, Later,
        "The call cannot be moved here: it is not answered yet, has just ended, or this device is in another call. Hold or end that one, or try again.";

    // While connected: 3xxx.
    /// The network to the server is gone.
    InternetLost = "ERR_INTERNET_LOST", 3001, 503, Network, Later,
        "The internet connection was lost. Check it and try again.";
    /// The SDK has no connection to the server at the moment.
    ConnectionNotEstablished = "ERR_CONNECTION_NOT_ESTABLISHED", 3002, 503, Network, Later,
        "There is no connection to the server yet. Wait until isEnabled() is true.";
    /// Both sides answered but audio did not flow in time.
    ConnectTimeout = "ERR_CONNECT_TIMEOUT", 3003, 504, Network, Later,
        "The call was answered but no audio came through. A firewall may block UDP to the server; try another network.";

    // The server: 4xxx.
    /// The node that carried the call is gone.
    NodeLost = "ERR_NODE_LOST", 4001, 503, Server, Later,
        "The server that carried the call stopped. Call again.";
    /// The server is going down and takes no new calls.
    Draining = "ERR_DRAINING", 4002, 503, Server, Later,
        "The server is being restarted and takes no new calls. Try again in a moment.";
    /// A bug.
    Internal = "ERR_INTERNAL", 4003, 500, Server, Later,
        "Something went wrong in the server. Try again, and tell its operator if it stays.";
    /// Too many requests.
    RateLimited = "ERR_RATE_LIMITED", 4004, 429, App, Later,
        "Too many requests. Wait a while before the next one.";

    // The protocol itself: 5xxx.
    /// A frame that cannot be read or comes out of order.
    Protocol = "ERR_PROTOCOL", 5001, 400, App, Never,
        "The server received a message that it cannot read. Use the SDK that this server serves.";
    /// The SDK speaks a version of the protocol that this server does not.
    ProtocolVersion = "ERR_PROTOCOL_VERSION", 5002, 426, App, Never,
        "This SDK is too old or too new for the server. Use the SDK that the server serves.";

    // The dashboard and the REST API: 6xxx.
    /// Neither a session nor a secret key came with the request.
    Unauthenticated = "ERR_UNAUTHENTICATED", 6001, 401, App, Never,
        "Sign in to the dashboard, or send a secret key as `Authorization: Bearer sk_…`.";
    /// Who asks may not do this.
    Forbidden = "ERR_FORBIDDEN", 6002, 403, User, Never,
        "Your role does not allow this. Ask an owner or admin of the account.";
    /// There is no such thing in what the requester may see.
    NotFound = "ERR_NOT_FOUND", 6003, 404, App, Never,
        "There is nothing at this address that you may see. Check the ids in it.";
    /// The state of the thing does not allow it.
    Conflict = "ERR_CONFLICT", 6004, 409, App, Never,
        "This cannot be done as things stand. Load them again and look.";
    /// A field of the request breaks its rule.
    Validation = "ERR_VALIDATION", 6005, 422, App, Never,
        "A field is not valid. Check it against the rules of its field.";
    /// The body is longer than this route takes.
    TooLarge = "ERR_TOO_LARGE", 6006, 413, App, Never,
        "The request is too large. Send less.";
    /// The body is of a kind that this route does not take.
    UnsupportedMediaType = "ERR_UNSUPPORTED_MEDIA_TYPE", 6007, 415, App, Never,
        "This kind of body is not taken here. Check the Content-Type against the documentation.";
    /// The address exists, but not for this method.
    MethodNotAllowed = "ERR_METHOD_NOT_ALLOWED", 6008, 405, App, Never,
        "This address does not take this method. The Allow header lists those that it takes.";
    /// An idempotency key came back with another request.
    IdempotencyMismatch = "ERR_IDEMPOTENCY_MISMATCH", 6009, 422, App, Never,
        "This idempotency key was used with another request. Use a new key for each new request.";
    /// An idempotency key came back while its first request is still being worked on.
    IdempotencyInProgress = "ERR_IDEMPOTENCY_IN_PROGRESS", 6010, 409, App, Later,
        "A request with this idempotency key is being worked on. Repeat it in a moment.";
    /// A request that changes something came from a page of somebody else.
    CrossSite = "ERR_CROSS_SITE", 6011, 403, App, Never,
        "The request came from another site and was not carried out. Use the dashboard's own page, or a secret key from a backend.";
    /// Email and password do not belong together.
    LoginRefused = "ERR_LOGIN_REFUSED", 6012, 401, User, Never,
        "The email or the password is wrong.";
    /// Strangers may not sign up here.
    SignUpClosed = "ERR_SIGN_UP_CLOSED", 6013, 403, Server, Never,
        "Signing up is closed on this server. Ask a member of your account for an invitation, or the operator.";
    /// There is a member with this email.
    EmailTaken = "ERR_EMAIL_TAKEN", 6014, 409, User, Never,
        "There is already a member with this email. Sign in instead.";
    /// A link of an invitation or a password reset does not work any more.
    LinkExpired = "ERR_LINK_EXPIRED", 6015, 410, User, Never,
        "This link was used, withdrawn, or has expired. Ask for a new one.";
    /// The image cannot be used.
    ImageRefused = "ERR_IMAGE_REFUSED", 6016, 422, User, Never,
        "The image cannot be used. Take a PNG, JPEG, GIF or WebP of at most 2 MB.";
    /// The account would be left without an owner.
    LastOwner = "ERR_LAST_OWNER", 6017, 409, User, Never,
        "An account needs an owner. Make somebody else an owner first.";
    /// There are as many of these as an account may have.
    LimitReached = "ERR_LIMIT_REACHED", 6018, 409, User, Never,
        "The account has as many of these as it may have. Remove one first.";
    /// Something that the server had to fetch cannot be fetched.
    FetchFailed = "ERR_FETCH_FAILED", 6019, 422, User, Later,
        "The server could not fetch that address. It must answer over https and be reachable from the internet.";
}

// By hand: the derive does not see names that come out of a macro.
#[cfg(feature = "openapi")]
crate::checked::enum_schema!(ErrorCode, ErrorCode::code);

/// An error as it travels: the catalogue's code, and what this occurrence adds to its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[error("{}: {message}", code.code())]
pub struct WireError {
    /// Which error of the catalogue.
    pub code: ErrorCode,
    /// The sentence for the reader; the catalogue's own unless this occurrence knows better.
    pub message: String,
}

impl WireError {
    /// `code` with a sentence that knows more than the catalogue's.
    #[must_use]
    pub fn with(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<ErrorCode> for WireError {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: code.sentence().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_and_numbers_are_unique() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|e| e.code()).collect();
        let numbers: HashSet<_> = ErrorCode::ALL.iter().map(|e| e.number()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert_eq!(numbers.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn the_wire_name_is_the_code() {
        for &error in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(error).unwrap(), error.code());
            assert!(error.sentence().ends_with('.') || error.sentence().ends_with("true."), "{error:?}");
        }
    }
}
