/** What the call machine remembers, and for how long it waits for what. */
import { LIMITS } from "../generated/catalogue";
import type { CallId, EndReason, Party, Role, WireError, WithdrawnReason } from "../generated/protocol";
import type { CallOutput, CallRequest, Notice } from "./types";

/** How long the SDK waits for the server's word on how a call ended before it takes its own. Higher: `call()` settles
 * late when the server is gone; lower: the two sides may be told different ends. */
export const END_WAIT = 2_000;
/** How long after a new session the call that was going on may take to come back as `restored`. Higher: a dead call
 * stays on the screen; lower: a busy server's call is given up. */
export const RESTORE_WAIT = 3_000;
/** How long signalling may be away before the person is told. Higher: buttons seem dead; lower: gaps that do not touch
 * the sound alarm people. */
export const SIGNALLING_PATIENCE = 1_500;
/** Shortest time between two peers of one call. Higher: longer silence when the new path fails as well; lower: a peer
 * on a slow network is thrown away before it is up. */
export const PEER_INTERVAL = 4_000;
/** How much longer than announced a call rings here when the server does not say that it is over. */
export const RING_MARGIN = 5_000;
/** How long the person is told that somebody else called. */
export const NOTICE_STAYS = 8_000;

/**
 * `placing`: sent, not confirmed. `placed`, `ringing`: at the callee's. `incoming`: rings here. `answering`: answered
 * here, waiting for the microphone or the server. `answered`, `connected`: as on the wire.
 */
export type Stage = "placing" | "placed" | "ringing" | "incoming" | "answering" | "answered" | "connected";

/** The call of this device. */
export interface Call {
  stage: Stage;
  role: Role;
  /** The server's name for it; not before it is placed. */
  id?: CallId;
  /** Whose promise waits for its end, if this page placed it. */
  reference?: string;
  peer: Party;
  context: string;
  image: string | undefined;
  answeredAt?: number;
  muted: boolean;
  peerMuted: boolean;
  peerAway: boolean;
  notice?: Notice | undefined;
  /** Until when it is shown; a notice without it stays until it is settled. */
  noticeDue?: number | undefined;
  /** Until when the present stage may last. */
  due?: number | undefined;
  /** Offers that the relay has not answered; only the answer to the last one is of use. */
  unansweredOffers: number;
  /** Whether nothing arrives on the peer. */
  mediaLost: boolean;
  /** When the last peer was opened. */
  peerOpenedAt?: number;
  /** When the next one may be, if one is needed. */
  reopenAt?: number | undefined;
}

/** A call that waits for the microphone before it is placed. */
export interface Attempt {
  reference: string;
  request: CallRequest;
  invalid: WireError | undefined;
}

/** A call that is over for this person, while the server's word on it is awaited. */
export interface Parting {
  call: Call;
  presumed: EndReason;
  due: number;
}

/** The call that ended last, for as long as the screen shows it. */
export interface Farewell {
  call: Call;
  end: EndReason | WithdrawnReason;
}

export interface State {
  session: "new" | "open" | "lost" | "over";
  /** Why it is over. */
  refusal?: WireError;
  /** Since when signalling is away. */
  lostAt?: number | undefined;
  /** Whether it is away for so long that the person is told. */
  signallingMissed: boolean;
  /** The server's clock minus this machine's. */
  clockOffset: number;
  /** Until when the call must have come back after a new session. */
  restoreDue?: number | undefined;
  attempt?: Attempt | undefined;
  call?: Call | undefined;
  /** Rang while this device was placing a call itself; shown if that comes to nothing. */
  behind?: Call | undefined;
  partings: Parting[];
  farewell?: Farewell | undefined;
  microphone: "closed" | "opening" | "open" | "failed";
  /** The call for which a peer is open. */
  peerOf?: CallId | undefined;
  /** What the last outputs said, so that only changes are told. */
  told: { view: string; live: boolean };
}

/** The machine while it handles one input. */
export interface Desk {
  readonly now: number;
  readonly state: State;
  emit(...outputs: CallOutput[]): void;
}

/** Nothing has happened yet. */
export function emptyState(): State {
  return {
    session: "new",
    signallingMissed: false,
    clockOffset: 0,
    partings: [],
    microphone: "closed",
    told: { view: "null", live: false },
  };
}

/** A call as it begins, on either side. */
export function newCall(role: Role, stage: Stage, peer: Party, context: string, image: string | undefined): Call {
  return {
    stage,
    role,
    peer,
    context,
    image,
    muted: false,
    peerMuted: false,
    peerAway: false,
    unansweredOffers: 0,
    mediaLost: false,
  };
}

/** Whether both have said yes. */
export function isOngoing(call: Call): boolean {
  return call.stage === "answered" || call.stage === "connected";
}

/** The call that a message speaks of, if it is this device's. */
export function callNamed(state: State, id: CallId): Call | undefined {
  return state.call?.id === id ? state.call : undefined;
}

/** When the machine has something to do by itself. */
export function nextDeadline(state: State): number | undefined {
  const { call, behind, lostAt } = state;
  const times = [
    call?.due,
    call?.reopenAt,
    call?.noticeDue,
    behind?.due,
    state.restoreDue,
    ...state.partings.map(({ due }) => due),
  ];
  if (call && lostAt !== undefined) {
    times.push(lostAt + (state.signallingMissed ? LIMITS.SESSION_GRACE : SIGNALLING_PATIENCE));
  }
  const due = times.filter((time) => time !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}
