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
 * How a call ended, as its two parties see it.
 */
export type EndStatus = "over" | "declined" | "missed" | "cancelled" | "failed";

/**
 * Why a call ended; each reason belongs to exactly one status.
 */
export type EndReason = "hangup" | "max_duration" | "balance_exhausted" | "ended_by_server" | "connection_lost" | "user" | "busy" | "microphone_denied" | "logged_out" | "notifications_disabled" | "ring_timeout" | "unreachable" | "caller" | "caller_lost" | "connect_timeout" | "node_lost" | "internal";

/**
 * What a device runs on.
 */
export type Platform = "web" | "ios" | "android" | "native";

/**
 * Which side of a call a device is on.
 */
export type Role = "caller" | "callee";

/**
 * How far a call has come.
 */
export type CallState = "placed" | "ringing" | "answered" | "connected" | "ended";

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
 * Whether one user may be signed in on several devices at a time.
 */
export type DevicePolicy = "one" | "many";

/**
 * What it means when one of a user's devices declines a call that rings on several.
 */
export type DeclineScope = "all_devices" | "this_device";

/**
 * By what a leg's audio travels between the device and the relay.
 */
export type MediaPath = "udp" | "tcp" | "turn_udp" | "turn_tcp" | "turn_tls";

/**
 * An account's rules for its calls.
 */
export type CallSettings = { 
/**
 * How long the callee's devices ring.
 */
ringTimeout: Millis, 
/**
 * How long both sides may take from the answer to audio.
 */
connectTimeout: Millis, 
/**
 * How long a call may last.
 */
maxDuration: Millis, 
/**
 * One device or many for a user.
 */
devices: DevicePolicy, 
/**
 * What one device's refusal means to the others.
 */
decline: DeclineScope, };

/**
 * How one leg sounded: what the relay received from it, and the far end's reports on it.
 */
export type LegQuality = { 
/**
 * Audio packets received from the device.
 */
packets: number, 
/**
 * Packets that never came.
 */
lost: number, 
/**
 * Mean interarrival jitter in milliseconds (RFC 3550 §6.4.1).
 */
jitter: number, 
/**
 * Mean round-trip time in milliseconds, if it could be measured.
 */
rtt: number | null, 
/**
 * Mean estimated MOS, 1.0 to 4.5, by [`crate::mos::opinion_score`], if there was audio: of what the device played,
 * if it reported, from its concealment and the whole delay from mouth to ear; else of what came from it, from the
 * loss, jitter and round trip that the relay measured.
 */
mos: number | null, 
/**
 * Share of what the device played that was made up for lost or late packets, 0 to 1, as it reported.
 */
concealed?: number, 
/**
 * By what its audio travelled last, if known.
 */
path?: MediaPath, 
/**
 * How often it went on from another address, or over another kind of path.
 */
pathChanges: number, };

/**
 * What is wrong with one field.
 */
export type FieldProblem = { 
/**
 * Its path in the body or the query, such as `callSettings.ringTimeout`.
 */
field: string, 
/**
 * What it must be; completes "`field` …".
 */
rule: string, };

/**
 * An error as RFC 9457 has it, `application/problem+json`.
 */
export type Problem = { 
/**
 * Names the kind of error: the address of its entry in the server's own list of errors.
 */
type: string, 
/**
 * The catalogue's sentence, the same for every occurrence.
 */
title: string, 
/**
 * The HTTP status.
 */
status: number, 
/**
 * What happened this time and what to do.
 */
detail: string, 
/**
 * The catalogue's code.
 */
code: ErrorCode, 
/**
 * Who has to act.
 */
blame: Blame, 
/**
 * Whether the same request may succeed later.
 */
retry: Retry, 
/**
 * The fields that are wrong, if single ones are.
 */
fields?: Array<FieldProblem>, };

/**
 * An address for mail, 3 to 254 characters. Two that differ in capitals only are the same; see [`Email::key`].
 */
export type Email = string;

/**
 * The address of something that the server fetches; https, at most 2,048 characters. `http` is let through here
 * for servers that were allowed to reach private addresses, and refused by the others when they fetch.
 */
export type FetchUrl = string;

/**
 * A password that somebody chooses; 10 to 200 characters, kept to the byte.
 */
export type NewPassword = string;

/**
 * What an account, a key or a member is called; 1 to 80 characters.
 */
export type Title = string;

/**
 * What a TURN server and Tring both know; 8 to 200 characters.
 */
export type TurnSecret = string;

/**
 * The address of a TURN server (RFC 7065), as browsers take it: one that they do not take would keep every call of
 * the account from its audio. At most 300 characters.
 */
export type TurnUrl = string;

/**
 * The origin of a web page: scheme, host and, if it is not the usual one, port.
 */
export type WebOrigin = string;

/**
 * With what a visitor of a demo signs in. Only ever said by a server that was started as a demo.
 */
export type DemoLogin = { 
/**
 * The demo member.
 */
email: Email, 
/**
 * Its password.
 */
password: string, };

/**
 * What anybody may know of this server before they sign in.
 */
export type ServerInfo = { 
/**
 * The version of the server.
 */
version: string, 
/**
 * Whether a stranger may sign up.
 */
signUpOpen: boolean, 
/**
 * Whether password links go out by mail; otherwise they are in the server's log.
 */
sendsMail: boolean, 
/**
 * Whether this is a demo: its member's email, to be filled in for the visitor.
 */
demo?: DemoLogin, };

/**
 * What a member may do in an account; each may do what the ones before it may.
 */
export type MemberRole = "viewer" | "admin" | "owner";

/**
 * `POST /v1/sign-up`.
 */
export type SignUp = { 
/**
 * How the member signs in.
 */
email: Email, 
/**
 * At least ten characters.
 */
password: NewPassword, 
/**
 * What colleagues see.
 */
name: Title, 
/**
 * The account to be made; left out by who follows an invitation.
 */
accountName?: Title, 
/**
 * The token of an invitation link: the member joins that account, also where strangers cannot sign up.
 */
invitation?: string, };

/**
 * `POST /v1/sign-in`.
 */
export type Login = { 
/**
 * Who.
 */
email: Email, 
/**
 * Their password.
 */
password: string, };

/**
 * One account of a member.
 */
export type Membership = { 
/**
 * Which.
 */
accountId: AccountId, 
/**
 * What it is called.
 */
name: Title, 
/**
 * What the member may do in it.
 */
role: MemberRole, };

/**
 * Who is signed in, and where they are a member.
 */
export type Me = { 
/**
 * The member.
 */
memberId: string, 
/**
 * How they sign in.
 */
email: Email, 
/**
 * What colleagues see.
 */
name: Title, 
/**
 * Their accounts, by name.
 */
accounts: Array<Membership>, };

/**
 * `PATCH /v1/me`.
 */
export type MyChange = { 
/**
 * What colleagues shall see.
 */
name: Title, };

/**
 * `POST /v1/me/password`. Every other session of the member ends.
 */
export type PasswordChange = { 
/**
 * The old one.
 */
current: string, 
/**
 * The new one.
 */
new: NewPassword, };

/**
 * `POST /v1/password/forgotten`. Answered the same whether there is such a member or not.
 */
export type PasswordForgotten = { 
/**
 * Where the link is sent.
 */
email: Email, };

/**
 * `POST /v1/password/reset`. Every session of the member ends.
 */
export type PasswordReset = { 
/**
 * From the link.
 */
token: string, 
/**
 * The new one.
 */
password: NewPassword, };

/**
 * A member of an account as the others see them.
 */
export type Member = { 
/**
 * Which.
 */
memberId: string, 
/**
 * How they sign in.
 */
email: Email, 
/**
 * What they are called.
 */
name: Title, 
/**
 * What they may do.
 */
role: MemberRole, 
/**
 * Since when.
 */
joinedAt: Timestamp, 
/**
 * When they last signed in.
 */
lastSeenAt: Timestamp | null, };

/**
 * `PATCH /v1/accounts/{accountId}/members/{memberId}`.
 */
export type MemberChange = { 
/**
 * What they shall be allowed.
 */
role: MemberRole, };

/**
 * `POST /v1/accounts/{accountId}/invitations`.
 */
export type NewInvitation = { 
/**
 * Who alone may follow the link; left out, whoever has it.
 */
email?: Email, 
/**
 * What they will be allowed.
 */
role: MemberRole, };

/**
 * An invitation that was not followed yet.
 */
export type Invitation = { 
/**
 * Which.
 */
invitationId: string, 
/**
 * Who alone may follow it.
 */
email: Email | null, 
/**
 * What they will be allowed.
 */
role: MemberRole, 
/**
 * Who invites.
 */
invitedBy: Title, 
/**
 * Since when.
 */
createdAt: Timestamp, 
/**
 * Until when the link works.
 */
expiresAt: Timestamp, 
/**
 * The link, only in the answer that made it: the server keeps a hash.
 */
link?: string, };

/**
 * `GET /v1/invitations/{token}`: what who follows the link is shown.
 */
export type InvitationOffer = { 
/**
 * The account's name.
 */
accountName: Title, 
/**
 * What they will be allowed.
 */
role: MemberRole, 
/**
 * Who invites.
 */
invitedBy: Title, 
/**
 * Who alone may follow it.
 */
email: Email | null, };

/**
 * `POST /v1/accounts`.
 */
export type NewAccount = { 
/**
 * What it is called.
 */
name: Title, };

/**
 * Who may sign in as whom, and from which pages.
 */
export type AccessSettings = { 
/**
 * Whether a user token is asked of everybody; otherwise the apikey alone is trusted.
 */
requireUserTokens: boolean, 
/**
 * Where the customer publishes the keys that sign its user tokens; none: the account's token secrets sign.
 */
jwksUrl: FetchUrl | null, 
/**
 * The pages that may sign in, at most 50; none: every page. Apps send no origin and are not concerned.
 */
allowedOrigins: Array<WebOrigin>, };

/**
 * What an account decides, as `GET /v1/accounts/{accountId}/settings` has it.
 */
export type AccountSettings = { 
/**
 * Timeouts of calls, and whether a user may have many devices.
 */
calls: CallSettings, 
/**
 * Who may sign in as whom, and from which pages.
 */
access: AccessSettings, 
/**
 * How many days calls are kept; 1 to 3,650.
 */
retentionDays: number, };

/**
 * `PATCH /v1/accounts/{accountId}/settings`: what is left out stays as it is.
 */
export type SettingsChange = { 
/**
 * What members call the account.
 */
name?: Title, 
/**
 * All of them together; a value outside its bounds is an error.
 */
calls?: CallSettings, 
/**
 * All three together.
 */
access?: AccessSettings, 
/**
 * Fewer days delete older calls within the hour.
 */
retentionDays?: number, };

/**
 * `GET /v1/accounts/{accountId}`.
 */
export type Account = { 
/**
 * Its public name in every app.
 */
accountId: AccountId, 
/**
 * What its members call it.
 */
name: Title, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * What it decides.
 */
settings: AccountSettings, 
/**
 * How its call screens look.
 */
branding: Branding, };

/**
 * A publishable key.
 */
export type Apikey = { 
/**
 * The key itself.
 */
apikey: string, 
/**
 * What its owner calls it.
 */
name: string, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * When somebody last signed in with it.
 */
lastUsedAt: Timestamp | null, 
/**
 * Since when it is refused.
 */
revokedAt: Timestamp | null, };

/**
 * A key for backends. The key itself is only in the answer that made it.
 */
export type SecretKey = { 
/**
 * Names the key where the key itself must not be seen.
 */
keyId: string, 
/**
 * What its owner calls it.
 */
name: string, 
/**
 * Its last four characters.
 */
ending: string, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * When a backend last used it, to the minute or so.
 */
lastUsedAt: Timestamp | null, 
/**
 * Since when it is refused.
 */
revokedAt: Timestamp | null, 
/**
 * The key, once.
 */
secret?: string, };

/**
 * `POST …/apikeys` and `POST …/secret-keys`.
 */
export type NewKey = { 
/**
 * What its owner calls it.
 */
name: Title, };

/**
 * A secret that signs user tokens.
 */
export type TokenSecret = { 
/**
 * The `kid` of tokens that it signs.
 */
secretId: string, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * Until when tokens signed with it are accepted; none for the one in use.
 */
retiresAt: Timestamp | null, 
/**
 * The secret, where it was asked for.
 */
secret?: string, };

/**
 * `POST …/token-secrets`: a new secret takes over.
 */
export type TokenSecretRotation = { 
/**
 * How many hours tokens of the old one are still accepted; 0 to 720. 0 refuses them at once.
 */
overlapHours: number, };

/**
 * A TURN server of the account. Its secret is not part of this: it is written once and never told again.
 */
export type TurnServer = { 
/**
 * Names the server in this account.
 */
turnServerId: string, 
/**
 * By which devices reach it, `turn:` and `turns:`.
 */
urls: Array<TurnUrl>, 
/**
 * When it was added.
 */
createdAt: Timestamp, };

/**
 * `POST /v1/accounts/{accountId}/turn-servers`.
 */
export type NewTurnServer = { 
/**
 * By which devices reach it, 1 to 4 addresses such as `turns:turn.shop.example:443?transport=tcp`.
 */
urls: Array<TurnUrl>, 
/**
 * What coturn calls `static-auth-secret`. Devices never see it, only credentials made with it.
 */
secret: TurnSecret, };

/**
 * `POST …/branding/logo` with a JSON body: the server fetches the image and keeps its own copy.
 */
export type LogoAddress = { 
/**
 * Where the image is.
 */
url: FetchUrl, };

/**
 * The answer to an uploaded or fetched logo. It is not part of the branding until that is saved with it.
 */
export type Logo = { 
/**
 * Where this server serves it.
 */
url: ImageUrl, 
/**
 * In pixels, after it was made to fit.
 */
width: number, 
/**
 * In pixels.
 */
height: number, 
/**
 * Size of the re-encoded file.
 */
bytes: number, };

/**
 * As what somebody acted.
 */
export type ActorKind = "member" | "secret_key" | "operator";

/**
 * One field of an [`AuditEntry`].
 */
export type AuditChange = { 
/**
 * Its path.
 */
field: string, 
/**
 * Before; none if it is new.
 */
from: string | null, 
/**
 * After; none if it is gone.
 */
to: string | null, };

/**
 * One change of an account.
 */
export type AuditEntry = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * Who: a member's name, a secret key's name, or `operator` for the command line.
 */
actor: string, 
/**
 * As what they acted.
 */
actorKind: ActorKind, 
/**
 * What was done, such as `branding.changed`.
 */
action: string, 
/**
 * To what, such as a key's name.
 */
subject: string | null, 
/**
 * The changed fields, old and new; never a secret.
 */
changes: Array<AuditChange>, };

/**
 * A page of [`AuditEntry`], newest first.
 */
export type AuditPage = { 
/**
 * At most 50.
 */
items: Array<AuditEntry>, 
/**
 * Pass it as `cursor` for what follows; none at the end.
 */
next: string | null, };

/**
 * `POST /v1/accounts/{accountId}/tokens`.
 */
export type NewToken = { 
/**
 * For whom.
 */
cuid: Cuid, 
/**
 * What others see, whatever the device says.
 */
name?: DisplayName, 
/**
 * The user's picture on the other's screen.
 */
image?: ImageUrl, 
/**
 * Seconds from now, 60 to 604,800; an hour if left out.
 */
expiresIn?: number, };

/**
 * The answer to [`NewToken`].
 */
export type MintedToken = { 
/**
 * The JWT.
 */
token: string, 
/**
 * Until when it is accepted.
 */
expiresAt: Timestamp, };

/**
 * `POST /v1/accounts/{accountId}/tokens/check`.
 */
export type TokenQuestion = { 
/**
 * What somebody pasted.
 */
token: string, };

/**
 * One thing that was looked at.
 */
export type TokenCheck = { 
/**
 * What, such as `Signature`.
 */
what: string, 
/**
 * How it went.
 */
passed: boolean, 
/**
 * What was found and, if it did not pass, what to do.
 */
sentence: string, };

/**
 * What the tester says of a token.
 */
export type TokenVerdict = { 
/**
 * Whether a device could sign in with it now.
 */
accepted: boolean, 
/**
 * Each thing that was looked at, in order; what could not be looked at any more is left out.
 */
checks: Array<TokenCheck>, 
/**
 * Its header and claims as pretty JSON, if it could be taken apart.
 */
header: string | null, 
/**
 * See `header`.
 */
claims: string | null, };

/**
 * One device of a [`User`].
 */
export type UserDevice = { 
/**
 * Its own name for itself.
 */
deviceId: DeviceId, 
/**
 * What it runs on.
 */
platform: Platform, 
/**
 * Its last sign-in.
 */
lastSeenAt: Timestamp, };

/**
 * A user.
 */
export type User = { 
/**
 * Who.
 */
cuid: Cuid, 
/**
 * Their last name that was given.
 */
name: DisplayName | null, 
/**
 * Their first sign-in.
 */
createdAt: Timestamp, 
/**
 * Their last sign-in.
 */
lastSeenAt: Timestamp, 
/**
 * Where they signed in.
 */
devices: Array<UserDevice>, };

/**
 * A page of users in the order of their cuids.
 */
export type UserPage = { 
/**
 * At most 50.
 */
items: Array<User>, 
/**
 * Pass it as `cursor` for what follows; none at the end.
 */
next: string | null, };

/**
 * How a call sounded, by its worse leg.
 */
export type QualityBand = "good" | "fair" | "poor";

/**
 * One call that has ended, as a line of the log.
 */
export type CallSummary = { 
/**
 * Which.
 */
callId: CallId, 
/**
 * Who called.
 */
caller: Cuid, 
/**
 * Who was called.
 */
callee: Cuid, 
/**
 * Why.
 */
context: Context, 
/**
 * What the caller's device runs on.
 */
callerPlatform: Platform, 
/**
 * What the answering device runs on, or the first that rang.
 */
calleePlatform: Platform | null, 
/**
 * When it was placed.
 */
placedAt: Timestamp, 
/**
 * When the first device rang.
 */
ringingAt: Timestamp | null, 
/**
 * When it was answered.
 */
answeredAt: Timestamp | null, 
/**
 * When both heard.
 */
connectedAt: Timestamp | null, 
/**
 * When it ended.
 */
endedAt: Timestamp, 
/**
 * How it ended.
 */
status: EndStatus, 
/**
 * Why it ended.
 */
reason: EndReason, 
/**
 * Who ended it.
 */
endedBy: Role | null, 
/**
 * From the answer to the end.
 */
talkTime: Millis, 
/**
 * The mean opinion score of the worse leg, 1.0 to 4.5, if it was answered and there was audio.
 */
mos: number | null, 
/**
 * The same in a word.
 */
quality: QualityBand | null, 
/**
 * By what the caller's audio travelled last, if known.
 */
callerPath: MediaPath | null, 
/**
 * By what the callee's audio travelled last, if known.
 */
calleePath: MediaPath | null, 
/**
 * How often the audio of one of the two went on from another address, or over another kind of path.
 */
pathChanges: number, 
/**
 * The larger of both sides' shares of sound that was made up for lost packets, 0 to 1, if a device reported it.
 */
concealed: number | null, };

/**
 * Which calls of the log are meant: the query of `GET …/calls` and `GET …/calls.csv`. What is left out does not
 * filter.
 */
export type CallFilter = { 
/**
 * A caller or a callee.
 */
cuid?: Cuid, 
/**
 * How it ended.
 */
status?: EndStatus, 
/**
 * Why it ended.
 */
reason?: EndReason, 
/**
 * Of either side.
 */
platform?: Platform, 
/**
 * How it sounded.
 */
quality?: QualityBand, 
/**
 * Placed at or after this.
 */
from?: Timestamp, 
/**
 * Placed before this.
 */
to?: Timestamp, 
/**
 * From the last page's `next`.
 */
cursor?: string, 
/**
 * Lines of a page, 1 to 200; 50 if left out. The CSV export takes no notice of it.
 */
limit?: number, };

/**
 * A page of the log, newest first.
 */
export type CallPage = { 
/**
 * The lines; fewer than asked for, or none, where a filter is so rare that looking on would take too long.
 */
items: Array<CallSummary>, 
/**
 * Pass it as `cursor` for what follows, also if there was no line; none at the end.
 */
next: string | null, };

/**
 * A call that runs at this moment.
 */
export type LiveCall = { 
/**
 * Which.
 */
callId: CallId, 
/**
 * Who called.
 */
caller: Cuid, 
/**
 * Who is called.
 */
callee: Cuid, 
/**
 * Why.
 */
context: Context, 
/**
 * How far it has come; never `ended`.
 */
state: CallState, 
/**
 * When it was placed.
 */
placedAt: Timestamp, 
/**
 * When it was answered.
 */
answeredAt: Timestamp | null, 
/**
 * Whether one of the two holds it, so that they do not hear each other.
 */
onHold: boolean, };

/**
 * Why a call ended as it did, in plain sentences.
 */
export type Explanation = { 
/**
 * What happened.
 */
what: string, 
/**
 * What to do about it; empty where nothing is to be done.
 */
advice: string, };

/**
 * One device's side of a call.
 */
export type CallLeg = { 
/**
 * 0 for the device that placed the call; the others count from 1 in the order in which they came into it.
 */
leg: number, 
/**
 * Which side.
 */
role: Role, 
/**
 * Whose.
 */
cuid: Cuid, 
/**
 * The device.
 */
deviceId: DeviceId, 
/**
 * What it runs on.
 */
platform: Platform, 
/**
 * Browser or system, such as `Chrome 131 on Android`, if the device said so.
 */
system: string | null, 
/**
 * Name and version of the SDK, if known.
 */
sdk: string | null, 
/**
 * The network as the device sees it, such as `wifi` or `4g`, if it said so.
 */
network: string | null, 
/**
 * Whether this leg spoke: the caller's, the one that answered, and those to which the call was moved.
 */
tookPart: boolean, 
/**
 * Over the whole call.
 */
quality: LegQuality | null, };

/**
 * One thing that happened.
 */
export type TimelineEntry = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * Since the call was placed.
 */
sincePlaced: Millis, 
/**
 * Since the entry before it.
 */
delay: Millis, 
/**
 * Whose, if it was one leg's.
 */
leg: number | null, 
/**
 * The event's name, such as `keyed`.
 */
event: string, 
/**
 * The same for people.
 */
sentence: string, };

/**
 * How one leg sounded during one stretch of the call: what the relay received from that device, and what the device told
 * of what it played.
 */
export type QualitySample = { 
/**
 * Whose.
 */
leg: number, 
/**
 * The end of the stretch; it began at the leg's sample before, or when audio began.
 */
at: Timestamp, 
/**
 * Audio packets received in it.
 */
packets: number, 
/**
 * Packets of it that never came.
 */
lost: number, 
/**
 * Interarrival jitter in milliseconds.
 */
jitter: number, 
/**
 * Round-trip time in milliseconds.
 */
rtt: number | null, 
/**
 * Estimated MOS, 1.0 to 4.5: of what the device played, if it reported; else of what came from it.
 */
mos: number | null, 
/**
 * Share of what the device played that was made up, 0 to 1, if it reported.
 */
concealed: number | null, };

/**
 * One call's page.
 */
export type CallDetail = { 
/**
 * What the log says.
 */
call: CallSummary, 
/**
 * Why it ended as it did.
 */
explanation: Explanation, 
/**
 * The caller's leg first, then the callee's in the order in which they rang.
 */
legs: Array<CallLeg>, 
/**
 * Everything that happened, in order.
 */
timeline: Array<TimelineEntry>, 
/**
 * How both sides sounded over time, in order of time.
 */
samples: Array<QualitySample>, };

/**
 * How long one point of a series is.
 */
export type Interval = "hour" | "day" | "week" | "month";

/**
 * The query of `GET …/statistics`. Calls count on the day and hour at which they were placed.
 */
export type StatisticsQuery = { 
/**
 * The first day in the viewer's zone, such as `2026-11-01`.
 */
from: string, 
/**
 * The last day, included. At most 366 days are asked for at once.
 */
to: string, 
/**
 * The viewer's time zone by its IANA name, such as `Asia/Kolkata`.
 */
zone: string, 
/**
 * How long one point of the series is.
 */
interval: Interval, };

/**
 * Sums over the answered calls that had audio.
 */
export type QualityTotals = { 
/**
 * Calls with a MOS, each counted once by its worse leg.
 */
rated: number, 
/**
 * Mean of their MOS; none without one.
 */
mos: number | null, 
/**
 * Rated calls by band: good.
 */
good: number, 
/**
 * Fair.
 */
fair: number, 
/**
 * Poor.
 */
poor: number, 
/**
 * Lost packets ÷ packets sent, over both legs of all calls; none without packets.
 */
loss: number | null, 
/**
 * Mean of the legs' round-trip times in milliseconds; none without one.
 */
rtt: number | null, };

/**
 * Sums over calls.
 */
export type Totals = { 
/**
 * All that have ended: the sum of the five below.
 */
calls: number, 
/**
 * Answered and ended.
 */
over: number, 
/**
 * Refused by the receiver or their device.
 */
declined: number, 
/**
 * Not answered.
 */
missed: number, 
/**
 * Given up by the initiator.
 */
cancelled: number, 
/**
 * Not brought about by Tring.
 */
failed: number, 
/**
 * Those that were answered, however they ended.
 */
answered: number, 
/**
 * From the answer to the end, summed.
 */
talkTime: Millis, 
/**
 * Minutes used: each answered call rounded up to a whole minute, summed.
 */
minutes: number, 
/**
 * From placing to the answer, summed over answered calls.
 */
answerTime: Millis, 
/**
 * How they sounded.
 */
quality: QualityTotals, };

/**
 * One point of a series.
 */
export type Point = { 
/**
 * The local time at which it begins: `2026-11-01`, or `2026-11-01T13:00+05:30` for hours.
 */
label: string, 
/**
 * The moment at which it begins.
 */
start: Timestamp, 
/**
 * Its sums.
 */
totals: Totals, };

/**
 * How often calls ended for one reason.
 */
export type ReasonCount = { 
/**
 * Why.
 */
reason: EndReason, 
/**
 * How many.
 */
calls: number, };

/**
 * How often one platform was used.
 */
export type PlatformCount = { 
/**
 * Which.
 */
platform: Platform, 
/**
 * How many calls.
 */
calls: number, };

/**
 * The answer.
 */
export type Statistics = { 
/**
 * When the range begins.
 */
from: Timestamp, 
/**
 * When it ends, not included.
 */
to: Timestamp, 
/**
 * Of the whole range.
 */
totals: Totals, 
/**
 * Of the range of the same number of days just before it.
 */
previous: Totals, 
/**
 * Every point of the range in order, also those without a call. First and last may be cut by the range.
 */
series: Array<Point>, 
/**
 * Why calls ended; only reasons that occurred, most frequent first.
 */
reasons: Array<ReasonCount>, 
/**
 * What callers used, most frequent first.
 */
callerPlatforms: Array<PlatformCount>, 
/**
 * What callees used, of calls that reached a device.
 */
calleePlatforms: Array<PlatformCount>, 
/**
 * 7 × 24 cells: Monday 0:00 to 0:59 of the local clock first.
 */
hours: Array<number>, 
/**
 * Calls that run at this moment.
 */
live: number, 
/**
 * Calls older than this are not kept.
 */
keptSince: Timestamp, };

/** What the dashboard calls each way in which a call ends, with its status. */
export const REASONS: Readonly<Record<EndReason, { readonly status: EndStatus; readonly label: string }>> = {
  "balance_exhausted": {
    "label": "Over",
    "status": "over"
  },
  "busy": {
    "label": "Declined",
    "status": "declined"
  },
  "caller": {
    "label": "Canceled",
    "status": "cancelled"
  },
  "caller_lost": {
    "label": "Canceled",
    "status": "cancelled"
  },
  "connect_timeout": {
    "label": "Failed",
    "status": "failed"
  },
  "connection_lost": {
    "label": "Over",
    "status": "over"
  },
  "ended_by_server": {
    "label": "Over",
    "status": "over"
  },
  "hangup": {
    "label": "Over",
    "status": "over"
  },
  "internal": {
    "label": "Failed",
    "status": "failed"
  },
  "logged_out": {
    "label": "Declined",
    "status": "declined"
  },
  "max_duration": {
    "label": "Over",
    "status": "over"
  },
  "microphone_denied": {
    "label": "Declined",
    "status": "declined"
  },
  "node_lost": {
    "label": "Failed",
    "status": "failed"
  },
  "notifications_disabled": {
    "label": "Declined",
    "status": "declined"
  },
  "ring_timeout": {
    "label": "Missed",
    "status": "missed"
  },
  "unreachable": {
    "label": "Missed",
    "status": "missed"
  },
  "user": {
    "label": "Declined",
    "status": "declined"
  }
};
