// Generated from crates/protocol by `make gen`. Do not edit.

/**
 * A tenant. 4 to 64 letters, digits, `_` or `-`.
 */
export type AccountId = string;

/**
 * One attempt of a caller to talk to a callee. A version 7 UUID, so that ids sort by the time they were made.
 */
export type CallId = string;

/**
 * A user inside an account, named by the customer's own system.
 *
 * 5 to 50 characters, letters, digits and `_`, case-sensitive, and not `number_number`
 * (vendor-docs/direct-call-web.txt). Signed Call asks besides that it starts with a letter or a digit; that
 * rule belongs to its SDK, because Direct Call does not have it.
 */
export type Cuid = string;

/**
 * One signed-in SDK instance; made by the SDK and kept across reloads. 8 to 64 letters, digits, `_` or `-`.
 */
export type DeviceId = string;

/**
 * A colour of the form `#rrggbb`.
 */
export type Colour = string;

/**
 * Why the caller calls; 1 to 512 characters.
 */
export type Context = string;

/**
 * What a user is called on the other's screen; 1 to 50 characters. The SDKs ask for 3 to 25 (Signed Call) or
 * 3 to 50 (Direct Call).
 */
export type DisplayName = string;

/**
 * The address of an image: http, https or a `data:image/…` of at most 2,048 characters.
 */
export type ImageUrl = string;

/**
 * The kind of network that a device sees, such as `wifi` or `4g`; 1 to 20 characters.
 */
export type NetworkName = string;

/**
 * What a device runs on, such as `Chrome 131 on Android 14`; 1 to 80 characters.
 */
export type SystemName = string;

/**
 * An SDP offer or answer, at most 16,384 characters. What it says is for the relay to judge. Kept to the byte:
 * browsers refuse a description whose last line does not end.
 */
export type Sdp = string;

/**
 * A moment, in milliseconds since 1970-01-01 UTC. Fits a JavaScript number exactly.
 */
export type Timestamp = number;

/**
 * A length of time in milliseconds.
 */
export type Millis = number;

/**
 * An error that crosses a wire.
 */
export type ErrorCode = "ERR_MISSING_INITPARAMETERS" | "ERR_INVALID_INITPARAMETERS" | "ERR_MISSING_CT_ACCOUNTID" | "ERR_MISSING_CT_ID" | "ERR_CLEVERTAP_DETAILS_NOT_FOUND" | "ERR_INVALID_CREDENTIALS" | "ERR_ALREADY_SIGNEDIN" | "ERR_REPLACED" | "ERR_NOT_SIGNED_IN" | "400" | "ERR_BROWSER_UNSUPPORTED" | "ERR_TOKEN_REQUIRED" | "ERR_TOKEN_INVALID" | "ERR_TOKEN_EXPIRED" | "ERR_ORIGIN_NOT_ALLOWED" | "ERR_INVALID_CALL_PARAMETERS" | "ERR_OUTGOING_CALL_IN_PROGRESS" | "ERR_MIC_UNAVAILABLE" | "ERR_USER_BUSY" | "404" | "ERR_CALLEE_MIC_UNAVAILABLE" | "ERR_CALLEE_LOGGED_OUT" | "ERR_CALLEE_NOTIFICATIONS_DISABLED" | "ERR_CALL_NOT_FOUND" | "ERR_MEDIA_OFFER" | "ERR_CALL_NOT_MOVED" | "ERR_INTERNET_LOST" | "ERR_CONNECTION_NOT_ESTABLISHED" | "ERR_CONNECT_TIMEOUT" | "ERR_NODE_LOST" | "ERR_DRAINING" | "ERR_INTERNAL" | "ERR_RATE_LIMITED" | "ERR_PROTOCOL" | "ERR_PROTOCOL_VERSION" | "ERR_UNAUTHENTICATED" | "ERR_FORBIDDEN" | "ERR_NOT_FOUND" | "ERR_CONFLICT" | "ERR_VALIDATION" | "ERR_TOO_LARGE" | "ERR_UNSUPPORTED_MEDIA_TYPE" | "ERR_METHOD_NOT_ALLOWED" | "ERR_IDEMPOTENCY_MISMATCH" | "ERR_IDEMPOTENCY_IN_PROGRESS" | "ERR_CROSS_SITE" | "ERR_LOGIN_REFUSED" | "ERR_SIGN_UP_CLOSED" | "ERR_EMAIL_TAKEN" | "ERR_LINK_EXPIRED" | "ERR_IMAGE_REFUSED" | "ERR_LAST_OWNER" | "ERR_LIMIT_REACHED" | "ERR_FETCH_FAILED";

/**
 * Who has to act for the error to go away.
 */
export type Blame = "app" | "user" | "peer" | "network" | "server";

/**
 * Whether the same request may succeed when it is sent again unchanged.
 */
export type Retry = "never" | "later";

/**
 * An error as it travels: the catalogue's code, and what this occurrence adds to its sentence.
 */
export type WireError = { 
/**
 * Which error of the catalogue.
 */
code: ErrorCode, 
/**
 * The sentence for the reader; the catalogue's own unless this occurrence knows better.
 */
message: string, };

/**
 * How a call ended, as its two parties see it.
 */
export type EndStatus = "over" | "declined" | "missed" | "cancelled" | "failed";

/**
 * Why a call ended; each reason belongs to exactly one status.
 */
export type EndReason = "hangup" | "max_duration" | "balance_exhausted" | "ended_by_server" | "connection_lost" | "user" | "busy" | "microphone_denied" | "logged_out" | "notifications_disabled" | "ring_timeout" | "unreachable" | "caller" | "caller_lost" | "connect_timeout" | "node_lost" | "internal";

/**
 * The look of the neutral buttons.
 */
export type ButtonTheme = "default" | "white";

/**
 * How the call screens look.
 */
export type Branding = { 
/**
 * The business's logo; none shows the initial of the other person instead.
 */
logo: ImageUrl | null, 
/**
 * Behind everything.
 */
backgroundColor: Colour, 
/**
 * Of every text.
 */
textColor: Colour, 
/**
 * Of the buttons that are neither green nor red.
 */
buttonTheme: ButtonTheme, 
/**
 * Whether the screens name Tring.
 */
poweredBy: boolean, };

/**
 * What a device runs on.
 */
export type Platform = "web" | "ios" | "android" | "native";

/**
 * One installation of the SDK.
 */
export type Device = { 
/**
 * Survives reloads; the same id coming back replaces its old connection.
 */
id: DeviceId, 
/**
 * What it runs on.
 */
platform: Platform, 
/**
 * Browser and system, such as `Chrome 131 on Android 14`; for whoever looks into a call. A text that is too long
 * counts as none.
 */
system?: SystemName, 
/**
 * The network as the device sees it, such as `wifi` or `4g`. A text that is too long counts as none.
 */
network?: NetworkName, };

/**
 * Which SDK speaks.
 */
export type SdkInfo = { 
/**
 * The package, for example `signed-call`.
 */
name: string, 
/**
 * Its version.
 */
version: string, };

/**
 * Continues a lost session.
 */
export type Resume = { 
/**
 * From the session's last `welcome`.
 */
token: string, 
/**
 * The `seq` of the last message received from the server.
 */
received: number, };

/**
 * A user token: a JWT in which the customer's backend says who somebody is. What it says is for the server to judge.
 */
export type UserToken = string;

/**
 * The first frame of a connection: who signs in, on what, with which proof.
 */
export type Hello = { 
/**
 * [`super::PROTOCOL_VERSION`] of the sender.
 */
protocol: number, 
/**
 * The account, from its dashboard.
 */
account: AccountId, 
/**
 * The publishable key of the account; may be left out if there is a `token`.
 */
apikey?: string, 
/**
 * What the customer's backend says of who signs in.
 */
token?: UserToken, 
/**
 * Who signs in.
 */
cuid: Cuid, 
/**
 * What others see.
 */
name?: DisplayName, 
/**
 * The device that signs in.
 */
device: Device, 
/**
 * The SDK that speaks.
 */
sdk: SdkInfo, 
/**
 * What this SDK can do beyond version 1, such as [`super::CALL_WAITING`]; names the server does not know are
 * ignored.
 */
capabilities: Array<string>, 
/**
 * Present when a lost session is to go on.
 */
resume?: Resume, };

/**
 * Where audio goes.
 */
export type RelayInfo = { 
/**
 * `address:port` of each UDP port that the relay advertises; for diagnosis, since SDP answers carry them too.
 */
udp: Array<string>, 
/**
 * The same of each TCP port.
 */
tcp?: Array<string>, };

/**
 * A TURN server that a device may use, as WebRTC's `RTCIceServer` has it.
 */
export type IceServer = { 
/**
 * `turn:` and `turns:` addresses (RFC 7065).
 */
urls: Array<string>, 
/**
 * Made for this device, with the time at which it ends.
 */
username: string, 
/**
 * The password that belongs to it.
 */
credential: string, };

/**
 * The account's TURN servers with credentials for one device.
 */
export type IceServers = { 
/**
 * In the account's order.
 */
servers: Array<IceServer>, 
/**
 * When the credentials end, by the server's clock. A device that resumes its session gets new ones.
 */
expireAt: Timestamp, };

/**
 * By what a leg's audio travels between the device and the relay.
 */
export type MediaPath = "udp" | "tcp" | "turn_udp" | "turn_tcp" | "turn_tls";

/**
 * How the last second was at a device: what only the receiving end knows. May be lost; nothing waits for it.
 */
export type LegReport = { 
/**
 * Share of the packets sent to this device that it did not get, 0 to 1.
 */
lost: number, 
/**
 * Share of the played samples that were made up, 0 to 1; silence that was made up does not count.
 */
concealed: number, 
/**
 * Mean time that sound waited in the jitter buffer, in milliseconds.
 */
playoutDelay: number, 
/**
 * Interarrival jitter in milliseconds.
 */
jitter: number, 
/**
 * Round trip to the relay in milliseconds.
 */
rtt?: number, 
/**
 * By what the device's audio travels; none if the browser does not tell.
 */
path?: MediaPath, };

/**
 * The answer to [`Hello`].
 */
export type Welcome = { 
/**
 * Names the session in logs and support requests.
 */
session: string, 
/**
 * Lets the device continue this session for [`crate::limits::SESSION_GRACE`] after its socket is lost.
 */
resumeToken: string, 
/**
 * Whether the old session goes on. If not, both sides count from 1, and a call in which the device still is
 * follows as `restored`.
 */
resumed: boolean, 
/**
 * The `seq` of the last message received from the device; what came after it is sent again.
 */
received: number, 
/**
 * How the call screens look.
 */
branding: Branding, 
/**
 * How long the callee's devices ring in this account.
 */
ringTimeout: Millis, 
/**
 * How long an answered call may take until audio.
 */
connectTimeout: Millis, 
/**
 * Where audio goes.
 */
relay: RelayInfo, 
/**
 * The server's clock.
 */
serverTime: Timestamp, 
/**
 * TURN servers for networks that let no UDP through; none if the account lists none.
 */
iceServers?: IceServers, 
/**
 * When the user token ends, by the server's clock. A device that has not sent `renew` by then is refused, once it
 * is in no call.
 */
tokenExpiresAt?: Timestamp, };

/**
 * Which side of a call a device is on.
 */
export type Role = "caller" | "callee";

/**
 * How far a call has come.
 */
export type CallState = "placed" | "ringing" | "answered" | "connected" | "ended";

/**
 * A person in a call as the other one sees them.
 */
export type Party = { 
/**
 * Who.
 */
cuid: Cuid, 
/**
 * What they are called, if they said so.
 */
name?: DisplayName, };

/**
 * The images that the caller passed.
 */
export type CallImages = { 
/**
 * Of the caller, on the callee's screen.
 */
initiator?: ImageUrl, 
/**
 * Of the callee, on the caller's screen.
 */
receiver?: ImageUrl, };

/**
 * A call as a device needs it to show it again after a reload.
 */
export type CallSnapshot = { 
/**
 * Which call.
 */
callId: CallId, 
/**
 * This device's side.
 */
role: Role, 
/**
 * How far it has come; never `ended`.
 */
state: CallState, 
/**
 * The person at the other end.
 */
peer: Party, 
/**
 * Why the caller calls, as this side reads it.
 */
context: Context, 
/**
 * The images that the caller passed.
 */
images: CallImages, 
/**
 * When it was answered.
 */
answeredAt?: Timestamp, 
/**
 * Whether this side is muted.
 */
muted?: boolean, 
/**
 * Whether the other side is muted.
 */
peerMuted: boolean, 
/**
 * Whether this side holds the call.
 */
held?: boolean, 
/**
 * Whether the other side holds it.
 */
peerHeld?: boolean, };

/**
 * Why a device refuses a call.
 */
export type DeclineReason = "user" | "busy" | "microphone_denied" | "notifications_disabled";

/**
 * Why a device stops ringing although the call did not end for its user.
 */
export type WithdrawnReason = "answered_elsewhere" | "declined_elsewhere" | "taken_over";

/**
 * Whose network spoils the sound of a call, seen from the device that is told.
 */
export type WeakNetwork = "none" | "yours" | "theirs";

/**
 * A message of a device. Each is answered by a [`super::ServerMessage`] or by nothing, as its text says; about a
 * call that has ended the answer is the same `ended` again, or silence if nothing is known of it.
 */
export type ClientMessage = { "type": "place", 
/**
 * Chosen by the device to recognise the answer; at most 64 characters are kept.
 */
reference: string, 
/**
 * Who is called.
 */
to: Cuid, 
/**
 * Why.
 */
context: Context, 
/**
 * Why, in words for the callee, if they should read something else.
 */
remoteContext?: Context, 
/**
 * What the screens show instead of the logo.
 */
images: CallImages, } | { "type": "ringing", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "media_offer", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * The offer.
 */
sdp: Sdp, } | { "type": "answer", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "decline", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Why.
 */
reason: DeclineReason, } | { "type": "hangup", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "mute", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Whether it is closed now.
 */
muted: boolean, } | { "type": "hold", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Whether this side holds it.
 */
held: boolean, } | { "type": "take_over", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "check", 
/**
 * Chosen by the device to recognise the answer; at most 64 characters are kept.
 */
reference: string, 
/**
 * The offer.
 */
sdp: Sdp, } | { "type": "check_done", 
/**
 * Of its `check`.
 */
reference: string, } | { "type": "sign_out", };

/**
 * A message of the server.
 */
export type ServerMessage = { "type": "placed", 
/**
 * Of the `place` that is answered.
 */
reference: string, 
/**
 * The call's name from now on.
 */
callId: CallId, 
/**
 * `callee` if the other person had called at the same moment: the device then takes that call as answered.
 */
role: Role, } | { "type": "rejected", 
/**
 * Of the `place` that is answered.
 */
reference: string, 
/**
 * Why.
 */
error: WireError, } | { "type": "incoming", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Who calls.
 */
from: Party, 
/**
 * Why.
 */
context: Context, 
/**
 * What the caller passed to be shown.
 */
images: CallImages, 
/**
 * How much longer it rings.
 */
ringTimeout: Millis, 
/**
 * Whether the user is in another call. Only a device with the capability [`super::CALL_WAITING`] is offered
 * such a call; it shows it if it is the one in that other call, and answers `decline` with `busy` if not.
 */
waiting?: boolean, } | { "type": "call_waiting", 
/**
 * The call that was not taken.
 */
callId: CallId, 
/**
 * Who called.
 */
from: Party, 
/**
 * Why.
 */
context: Context, } | { "type": "restored", 
/**
 * The call as it stands.
 */
call: CallSnapshot, } | { "type": "ringing", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * What the other person is called, if they said so.
 */
name?: DisplayName, } | { "type": "media_answer", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * The relay's answer.
 */
sdp: Sdp, } | { "type": "media_refused", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Why.
 */
error: WireError, } | { "type": "answered", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * When, by the server's clock.
 */
at: Timestamp, } | { "type": "connected", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * When, by the server's clock.
 */
at: Timestamp, } | { "type": "withdrawn", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Why.
 */
reason: WithdrawnReason, } | { "type": "peer_muted", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Whether it is closed now.
 */
muted: boolean, } | { "type": "held", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Whether this side holds it.
 */
held: boolean, } | { "type": "peer_held", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Whether the other side holds it.
 */
held: boolean, } | { "type": "elsewhere", 
/**
 * The call as it stands, seen from this user's side.
 */
call: CallSnapshot, } | { "type": "elsewhere_ended", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "take_over_refused", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Why.
 */
error: WireError, } | { "type": "check_answer", 
/**
 * Of the `check` that is answered.
 */
reference: string, 
/**
 * The relay's answer.
 */
sdp: Sdp, } | { "type": "check_refused", 
/**
 * Of the `check` that is answered.
 */
reference: string, 
/**
 * Why.
 */
error: WireError, } | { "type": "peer_away", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "peer_back", 
/**
 * Which call.
 */
callId: CallId, } | { "type": "network", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * Whose it is now.
 */
weak: WeakNetwork, } | { "type": "ended", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * How.
 */
status: EndStatus, 
/**
 * Why.
 */
reason: EndReason, 
/**
 * Who ended it, if it was one of the two.
 */
by?: Role, 
/**
 * From the answer to the end; 0 if it was not answered.
 */
duration: Millis, } | { "type": "branding_changed", 
/**
 * The new one.
 */
branding: Branding, };

/**
 * What a device sends.
 */
export type ClientFrame = { "type": "hello" } & Hello | { "type": "message", 
/**
 * Counts from 1 in this session.
 */
seq: number, 
/**
 * The last `seq` received; 0 for none.
 */
ack: number, 
/**
 * What it says.
 */
body: ClientMessage, } | { "type": "ack", 
/**
 * The last `seq` received.
 */
ack: number, } | { "type": "pong", } | { "type": "leaving", } | { "type": "renew", 
/**
 * Of the same user.
 */
token: UserToken, } | { "type": "report", 
/**
 * Which call.
 */
callId: CallId, 
/**
 * How it was.
 */
report: LegReport, };

/**
 * What the server sends.
 */
export type ServerFrame = { "type": "welcome" } & Welcome | { "type": "refused", 
/**
 * Why, and what to do.
 */
error: WireError, } | { "type": "message", 
/**
 * Counts from 1 in this session.
 */
seq: number, 
/**
 * The last `seq` received; 0 for none.
 */
ack: number, 
/**
 * What it says.
 */
body: ServerMessage, } | { "type": "ack", 
/**
 * The last `seq` received.
 */
ack: number, } | { "type": "ping", } | { "type": "renewed", 
/**
 * Until when, by the server's clock.
 */
tokenExpiresAt: Timestamp, } | { "type": "renew_refused", 
/**
 * Why, and what to do.
 */
error: WireError, };
