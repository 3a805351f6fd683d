/**
 * What goes into the call machine and what comes out of it: plain data, so that a timeline of it can be written down
 * (`vectors/scenarios/`) and replayed in every language.
 */
import type {
  CallId,
  CallImages,
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
  | { type: "answer" }
  | { type: "decline" }
  /** Cancels, declines or ends the call, whichever its state makes of it. */
  | { type: "hangup" }
  | { type: "mute"; muted: boolean }
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
  | { type: "open_microphone" }
  | { type: "close_microphone" }
  /** Whether what the microphone hears is sent. */
  | { type: "microphone_live"; live: boolean }
  /** A new peer connection for this call, instead of any other; it answers with `offer`. */
  | { type: "open_peer"; callId: CallId }
  | { type: "accept_answer"; callId: CallId; sdp: string }
  | { type: "close_peer" }
  /** What the person sees changed. */
  | { type: "view"; view: ShownCall | null }
  /** The promise of `call` is kept or broken. */
  | { type: "settle"; reference: string; outcome: Outcome }
  /** For the business's analytics. */
  | ({ type: "event" } & CallEvent);

/** A call as a person sees it, without the words. */
export interface ShownCall {
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
  /** Why it ended, if the phase is `ended`. */
  end?: EndReason | WithdrawnReason;
  notice?: Notice;
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
