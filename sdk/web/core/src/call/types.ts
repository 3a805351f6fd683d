/**
 * What goes into the call machine and what comes out of it: plain data, so that a timeline of it can be written down
 * (`vectors/scenarios/`) and replayed in every language.
 */
import type {
  CallId,
  CallImages,
  CallSnapshot,
  ClientMessage,
  EndReason,
  Millis,
  Party,
  Role,
  ServerMessage,
  WireError,
  WithdrawnReason,
} from "../generated/protocol";
import type { Outcome } from "./outcome";

export type CallInput =
  /** The app calls somebody. `invalid` is what the app's face found wrong with it; it is told after the microphone and
   * the connection have been checked, in the order that the vendors' SDK has. */
  | ({ type: "call"; reference: string; invalid?: WireError } & CallRequest)
  /** Takes the call that waits, or the one that rings. `current` is what becomes of the call that the person is in. */
  | { type: "answer"; callId?: CallId; current?: "end" | "hold" }
  /** Refuses the call that waits, or the one that rings. */
  | { type: "decline"; callId?: CallId }
  /** Cancels, declines or ends the call, whichever its state makes of it. Without a `callId` the one in front. */
  | { type: "hangup"; callId?: CallId; reference?: string }
  | { type: "mute"; muted: boolean; callId?: CallId }
  /** Puts an answered call on hold, or goes on with it; the call that the person is in is then put on hold. */
  | { type: "hold"; held: boolean; callId?: CallId }
  /** Moves a call from the user's other device to this one; the promise of `reference` is told whether it came. */
  | { type: "take_over"; callId: CallId; reference: string }
  /** The person has seen how the call ended. */
  | { type: "dismiss" }
  /** The user leaves. */
  | { type: "sign_out" }
  /** The session began, or goes on. `clockOffset` is the server's clock minus this machine's. */
  | { type: "signed_in"; resumed: boolean; clockOffset: Millis }
  | { type: "session_lost" }
  /** The session is over for good. */
  | { type: "session_refused"; error: WireError }
  | { type: "message"; message: ServerMessage }
  | { type: "microphone_opened" }
  | { type: "microphone_failed" }
  /** The peer that was asked for last has its offer. */
  | { type: "offer"; callId: CallId; sdp: string }
  /** Nothing arrives on the peer any more. */
  | { type: "media_lost"; callId: CallId }
  /** The path works: the peer is up, or audio arrives again. */
  | { type: "media_back"; callId: CallId }
  | { type: "tick" };

/** Whom to call, and why. */
export interface CallRequest {
  to: string;
  context: string;
  remoteContext?: string;
  images: CallImages;
}

export type CallOutput =
  | { type: "send"; message: ClientMessage }
  /** The session should make sure that it still has a connection. */
  | { type: "probe" }
  | { type: "open_microphone" }
  | { type: "close_microphone" }
  /** Whether what the microphone hears is sent into this call. Never to two at a time: one is closed before the other
   * is opened. */
  | { type: "microphone_live"; callId: CallId; live: boolean }
  /** A new peer connection for this call, which answers with `offer`. The call's older one, if there is one, stays in
   * use until the new one carries sound. */
  | { type: "open_peer"; callId: CallId }
  /** New transport addresses for the call's newest peer, which answers with `offer`. */
  | { type: "restart_ice"; callId: CallId }
  /** The relay's answer to the last `offer` of this call. */
  | { type: "accept_answer"; callId: CallId; sdp: string }
  /** All peers of this call. */
  | { type: "close_peer"; callId: CallId }
  /** What the person sees changed: the call in front. */
  | { type: "view"; view: ShownCall | null }
  /** The calls that the user is in on other devices. */
  | { type: "elsewhere"; calls: CallSnapshot[] }
  /** The promise of `call` is kept or broken. */
  | { type: "settle"; reference: string; outcome: Outcome }
  /** For the business's analytics. */
  | ({ type: "event" } & CallEvent);

/** Whose network spoils the sound of a call. */
export type PoorNetwork = "none" | "mine" | "theirs";

/** A call as a person sees it, without the words. */
export interface ShownCall {
  /** The server's name for it, once it has one. Only in `calls()`: a screen shows one call, and names none. */
  callId?: CallId;
  /** Of the `call` of this page that placed it. Only in `calls()`. */
  reference?: string;
  phase: "outgoing" | "incoming" | "ongoing" | "ended";
  status: "calling" | "ringing" | "connecting" | "connected" | "reconnecting" | "peer_away" | "ended";
  role: Role;
  peer: Party;
  context: string;
  image?: string;
  /** When it was answered, on this machine's clock. */
  answeredAt?: number;
  muted: boolean;
  peerMuted: boolean;
  /** This side holds it. */
  held?: true;
  /** The other side holds it. */
  peerHeld?: true;
  /** Whose network it is by the server's word; what this device finds out by itself is not the machine's. */
  poorNetwork?: Exclude<PoorNetwork, "none">;
  /** It may be put on hold, or gone on with. */
  canHold?: true;
  /** Nothing can be told to the server at the moment, while the sound goes on. */
  signallingAway?: true;
  /** A call that rings beside the one in front. Only in `view`. */
  waiting?: WaitingCall;
  /** The calls that this side holds, besides the one in front. Only in `view`. */
  onHold?: HeldCall[];
  /** Why it ended, if the phase is `ended`. */
  end?: EndReason | WithdrawnReason;
  notice?: Notice;
}

/** A second call, offered to a person who is in one. */
export interface WaitingCall {
  callId: CallId;
  from: Party;
  context: string;
  image?: string;
  /** Whether the call in front can be put on hold for it; if not, only ended. */
  canHold: boolean;
}

/** A call that waits on hold behind the one in front. */
export interface HeldCall {
  callId: CallId;
  peer: Party;
}

/** What the app allows its people to do with a second call. */
export interface CallChoices {
  /** Whether a second call is offered to somebody who is in one. If not, its caller is told that they are busy. */
  callWaiting: boolean;
  /** Whether calls can be put on hold. */
  hold: boolean;
}

/** What the person should know besides. */
export type Notice = { type: "microphone_blocked" } | { type: "call_waiting"; from: Party };

/** What CleverTap's system events tell, in the vendors' words. */
export interface CallEvent {
  name: "SCOutgoing" | "SCIncoming" | "SCEnd";
  callId: CallId;
  context: string;
  callStatus?: "over" | "declined" | "missed" | "cancelled";
  reason?: string;
  reasonCode?: number;
}
