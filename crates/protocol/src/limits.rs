//! Every timeout and bound of the protocol, each with what raising and lowering it does.
//!
//! Nothing else in the tree spells a limit of its own; the web SDK reads these through its generated file.

use crate::time::Millis;

/// How long the callee's devices ring before a call is `missed`. Higher: callers wait longer for nobody; lower:
/// people do not reach their phone in time.
pub const RING_TIMEOUT: Millis = Millis::seconds(30);
/// Shortest ring timeout that an account may set. Lower: nobody can answer.
pub const RING_TIMEOUT_MIN: Millis = Millis::seconds(2);
/// Longest ring timeout that an account may set. Higher: a forgotten call blocks its caller.
pub const RING_TIMEOUT_MAX: Millis = Millis::seconds(120);

/// How long after the answer both sides may take until audio flows. Higher: silence on the line before it fails;
/// lower: slow networks, where DTLS repeats its first flight, never connect.
pub const CONNECT_TIMEOUT: Millis = Millis::seconds(15);
/// Shortest connect timeout that an account may set.
pub const CONNECT_TIMEOUT_MIN: Millis = Millis::seconds(2);
/// Longest connect timeout that an account may set.
pub const CONNECT_TIMEOUT_MAX: Millis = Millis::seconds(60);

/// How long a call may last. Higher: a forgotten line costs more; lower: real conversations are cut.
pub const CALL_DURATION_MAX: Millis = Millis::seconds(4 * 60 * 60);

/// How long a session without a socket keeps its state and what it has not delivered. Higher: more memory for
/// phones that never return; lower: a lift ride drops the call.
pub const SESSION_GRACE: Millis = Millis::seconds(60);

/// How long a leg waits after its page said goodbye (closed or reloaded). Higher: the other side listens to
/// silence after a closed tab; lower: a slow page does not get back into its call after a reload.
pub const PAGE_RETURN: Millis = Millis::seconds(8);

/// How often the server sends `ping` on a socket that is otherwise silent. Lower: more traffic per idle phone.
pub const HEARTBEAT: Millis = Millis::seconds(4);
/// After how long without a frame a peer is dead. Must exceed two heartbeats, or one late packet ends a session;
/// must stay under 10 s, which is what people are promised.
pub const HEARTBEAT_TIMEOUT: Millis = Millis::seconds(9);

/// How often a node looks through its sessions for silent sockets and spent grace periods. Higher: a dead peer is known
/// later, by up to this much; lower: more work for nothing.
pub const SWEEP: Millis = Millis::new(500);

/// How long an answered call waits for a leg that sends no audio although its device is connected. Higher: people
/// listen to silence; lower: a change of network, or a slow reload, ends the call.
pub const MEDIA_LOST: Millis = Millis::seconds(30);

/// How often the relay sends something to a leg to which no audio passes (ringing, on hold, the other side silent), so
/// that a device can tell a dead path from a quiet one. Higher: a dead path is seen later, or with 20 % loss a live one
/// is taken for dead; lower: more traffic for nothing.
pub const MEDIA_KEEP_ALIVE: Millis = Millis::new(100);
/// After how long without any packet from the relay a device takes its media path for dead. Must exceed several
/// [`MEDIA_KEEP_ALIVE`]s: with seven of them lost at random one after the other in 1 of 80,000 cases at 20 % loss.
/// Higher: longer silence after a change of network; lower: false alarms.
pub const MEDIA_STALL: Millis = Millis::new(700);
/// How often a device reports how a call sounds to it. Lower: more frames for the same knowledge.
pub const REPORT_EVERY: Millis = Millis::seconds(1);
/// How long a call that is to be answered or gone on with waits until the user's other call is held or ended. Higher: a
/// button that seems dead; lower: a slow network leaves the person in the wrong call.
pub const SLOT_PATIENCE: Millis = Millis::seconds(5);
/// Most calls that a device may be in at a time, all but one of them on hold. Higher: more memory for a device that
/// collects calls.
pub const CALLS_MAX: usize = 4;
/// How long a network check may take. Higher: a forgotten one holds a relay connection; lower: slow networks cannot be
/// measured.
pub const CHECK_MAX: Millis = Millis::seconds(20);
/// How long a credential for a TURN server holds. Higher: one that leaks is of use for longer; lower: devices resume
/// more often to get a new one.
pub const TURN_CREDENTIAL_LIFE: Millis = Millis::seconds(12 * 60 * 60);
/// How long before its end a device gets itself a new TURN credential, once it is in no call. Must leave room for the
/// longest call.
pub const TURN_CREDENTIAL_MARGIN: Millis = Millis::seconds(5 * 60 * 60);

/// How long the end of a call is remembered, to be told again to a device that missed it. At least [`SESSION_GRACE`],
/// or a device could come back to a call that nobody knows. Higher: more memory per ended call.
pub const ENDED_MEMORY: Millis = Millis::seconds(60);
/// Most ended calls that a node remembers. Higher: more memory; lower: a busy node forgets before [`ENDED_MEMORY`].
pub const ENDED_MEMORY_MAX: usize = 20_000;
/// How long the surviving one of two calls that crossed waits before it claims its callee again. Higher: the two who
/// dialled each other wait longer; lower: more claims for nothing.
pub const GLARE_RETRY: Millis = Millis::new(100);
/// Most events that a call writes about comings and goings; what decides its record is always written. Higher: a
/// flapping device fills the database; lower: less to see when a bad call is looked into.
pub const CALL_EVENTS_MAX: u32 = 500;
/// How long one stretch of a leg's quality is while a call is young. Higher: a moment of trouble is averaged away;
/// lower: more rows per call.
pub const QUALITY_SAMPLE: Millis = Millis::seconds(5);
/// The same once a call is older than [`QUALITY_FINE_FOR`]. Higher: less to see of long calls; lower: they fill the
/// database.
pub const QUALITY_SAMPLE_LATE: Millis = Millis::seconds(30);
/// For how long after the answer quality is kept in fine steps. Higher: more rows; lower: less to see of the part of a
/// call in which most complaints arise.
pub const QUALITY_FINE_FOR: Millis = Millis::seconds(10 * 60);
/// Most samples of one leg in one call: those of the longest call and some more. Higher: a hostile device makes more
/// rows; lower: the end of a long call is not seen.
pub const QUALITY_SAMPLES_MAX: u32 = 600;
/// Longest `reference` of a `place` that is kept, in characters.
pub const REFERENCE_MAX: usize = 64;

/// How long a new socket may take until its `hello`. Higher: idle sockets cost memory; lower: slow networks are cut.
pub const HELLO_TIMEOUT: Millis = Millis::seconds(10);

/// How long the web SDK waits for the acknowledgement of a call before `ERR_INTERNET_LOST`.
pub const PLACE_TIMEOUT: Millis = Millis::seconds(10);

/// First wait before a lost socket is opened again; doubles up to [`RECONNECT_MAX`], with up to half of it random.
pub const RECONNECT_MIN: Millis = Millis::new(250);
/// Longest wait between two attempts. Higher: slower return; lower: a restarted server is flooded.
pub const RECONNECT_MAX: Millis = Millis::seconds(5);

/// How long before its end a user token is renewed at the latest. Higher: backends are asked more often; lower: a
/// backend that is slow or restarts costs its users their session.
pub const TOKEN_MARGIN: Millis = Millis::seconds(30);
/// How long an app may take to bring a user token. Higher: a request that hangs is repeated later; lower: slow backends
/// are asked again while they work.
pub const TOKEN_PATIENCE: Millis = Millis::seconds(20);
/// First wait before an app that brought no user token is asked again; doubles up to [`TOKEN_RETRY_MAX`], with up to
/// half of it random.
pub const TOKEN_RETRY_MIN: Millis = Millis::seconds(1);
/// Longest wait between two such attempts. Must stay under [`TOKEN_MARGIN`], or one failure is the last.
pub const TOKEN_RETRY_MAX: Millis = Millis::seconds(15);

/// How long a stopping server lets running calls go on. Higher: slower deployments; lower: cut conversations.
pub const DRAIN: Millis = Millis::seconds(60 * 60);

/// Largest signalling frame in bytes, either way. An SDP offer of a browser has 2 to 8 KB.
pub const FRAME_MAX: usize = 32 * 1024;
/// Most messages that a session keeps unacknowledged; past it the session ends. A call needs about ten.
pub const OUTBOX_MAX: usize = 128;
/// Most devices that ring for one user.
pub const DEVICES_MAX: usize = 8;

/// Longest name of a user, in characters.
pub const NAME_MAX: usize = 50;
/// Longest context, in characters.
pub const CONTEXT_MAX: usize = 512;
/// Longest image address, in characters.
pub const IMAGE_URL_MAX: usize = 2_048;
/// Longest name of a browser and its system, in characters.
pub const SYSTEM_MAX: usize = 80;
/// Longest name of a kind of network, in characters.
pub const NETWORK_MAX: usize = 20;
/// Longest name and version of an SDK, in characters.
pub const SDK_MAX: usize = 80;
/// Longest SDP, in characters.
pub const SDP_MAX: usize = 16 * 1024;

// What must hold between the limits, checked when the crate is compiled.
const _: () = {
    assert!(HEARTBEAT.get() * 2 < HEARTBEAT_TIMEOUT.get() && HEARTBEAT_TIMEOUT.get() < 10_000);
    assert!(PAGE_RETURN.get() < SESSION_GRACE.get() && RING_TIMEOUT.get() < SESSION_GRACE.get());
    assert!(HEARTBEAT_TIMEOUT.get() + SWEEP.get() < 10_000 && ENDED_MEMORY.get() >= SESSION_GRACE.get());
    assert!(SDP_MAX * 3 / 2 < FRAME_MAX);
    assert!(MEDIA_KEEP_ALIVE.get() * 6 < MEDIA_STALL.get() && MEDIA_STALL.get() < 1_000);
    assert!(CALL_DURATION_MAX.get() < TURN_CREDENTIAL_MARGIN.get());
    assert!(TURN_CREDENTIAL_MARGIN.get() < TURN_CREDENTIAL_LIFE.get());
    assert!(TOKEN_RETRY_MAX.get() < TOKEN_MARGIN.get());
    let fine = QUALITY_FINE_FOR.get() / QUALITY_SAMPLE.get();
    let late = (CALL_DURATION_MAX.get() - QUALITY_FINE_FOR.get()) / QUALITY_SAMPLE_LATE.get();
    assert!(fine + late < QUALITY_SAMPLES_MAX as u64);
};

/// Every limit that a client must know, by its wire name, for the generated files and the protocol page.
pub const FOR_CLIENTS: &[(&str, Millis)] = &[
    ("RING_TIMEOUT", RING_TIMEOUT),
    ("CONNECT_TIMEOUT", CONNECT_TIMEOUT),
    ("SESSION_GRACE", SESSION_GRACE),
    ("HEARTBEAT", HEARTBEAT),
    ("HEARTBEAT_TIMEOUT", HEARTBEAT_TIMEOUT),
    ("PLACE_TIMEOUT", PLACE_TIMEOUT),
    ("MEDIA_KEEP_ALIVE", MEDIA_KEEP_ALIVE),
    ("MEDIA_STALL", MEDIA_STALL),
    ("REPORT_EVERY", REPORT_EVERY),
    ("SLOT_PATIENCE", SLOT_PATIENCE),
    ("CHECK_MAX", CHECK_MAX),
    ("TURN_CREDENTIAL_MARGIN", TURN_CREDENTIAL_MARGIN),
    ("RECONNECT_MIN", RECONNECT_MIN),
    ("RECONNECT_MAX", RECONNECT_MAX),
    ("TOKEN_MARGIN", TOKEN_MARGIN),
    ("TOKEN_PATIENCE", TOKEN_PATIENCE),
    ("TOKEN_RETRY_MIN", TOKEN_RETRY_MIN),
    ("TOKEN_RETRY_MAX", TOKEN_RETRY_MAX),
];
