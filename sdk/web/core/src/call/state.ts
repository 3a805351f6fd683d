/** What the call machine remembers, and for how long it waits for what. */
import { LIMITS } from "../generated/catalogue";
import type { CallId, CallSnapshot, EndReason, Party, Role, WireError, WithdrawnReason } from "../generated/protocol";
import type { CallChoices, CallOutput, CallRequest, Notice, PoorNetwork } from "./types";

/** How long the SDK waits for the server's word on how a call ended before it takes its own. Higher: `call()` settles
 * late when the server is gone; lower: the two sides may be told different ends. */
export const END_WAIT = 2_000;
/** How long after a new session the calls that were going on may take to come back as `restored`. Higher: a dead call
 * stays on the screen; lower: a busy server's call is given up. */
export const RESTORE_WAIT = 3_000;
/** How long signalling may be away before the person is told. Higher: buttons seem dead; lower: gaps that do not touch
 * the sound alarm people. */
export const SIGNALLING_PATIENCE = 1_500;
/** How long a peer that follows a lost one is given to come up before another is tried. Higher: longer silence when the
 * new path fails as well; lower: a peer on a slow network is thrown away before it is up. */
export const PEER_INTERVAL = 4_000;
/** How young a peer must be to be kept when signalling comes back: an older one may have been made while there was no
 * network. Higher: such a one delays the next; lower: one that would do is thrown away. */
export const PEER_FRESH = 1_500;
/** How much longer than announced a call rings here when the server does not say that it is over. */
export const RING_MARGIN = 5_000;
/** How long the person is told that somebody else called. */
export const NOTICE_STAYS = 8_000;
/** How many ended calls `calls()` still tells of: more than can end at once. */
export const ENDED_KEPT = 8;

/**
 * `placing`: sent, not confirmed. `placed`, `ringing`: at the callee's. `incoming`: rings here. `waiting`: rings here
 * beside a call that the person is in. `behind`: rang while this device was placing a call; shown if that comes to
 * nothing. `answering`: answered here, waiting for the microphone or the server. `answered`, `connected`: as on the wire.
 */
export type Stage =
  | "placing"
  | "placed"
  | "ringing"
  | "incoming"
  | "waiting"
  | "behind"
  | "answering"
  | "answered"
  | "connected";

/** One of this device's calls. */
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
  /** Whether this side holds it: what the person wants, until the server says otherwise. */
  held: boolean;
  peerHeld: boolean;
  /** Whether the server has not confirmed that yet. */
  holdUnanswered: boolean;
  /** By the server's last word. */
  poorNetwork: PoorNetwork;
  notice?: Notice | undefined;
  /** Until when it is shown; a notice without it stays until it is settled. */
  noticeDue?: number | undefined;
  /** Until when the present stage may last. */
  due?: number | undefined;
  /** Whether the session began anew and the call has not come back yet. */
  unconfirmed: boolean;
  /** Offers that the relay has not answered; only the answer to the last one is of use. */
  unansweredOffers: number;
  /** Whether nothing arrives on the peer. */
  mediaLost: boolean;
  /** Whether the newest peer was seen to work. */
  peerProven: boolean;
  /** When the newest peer was opened. */
  peerOpenedAt?: number;
  /** When the next one is, unless the path is back by then. */
  reopenAt?: number | undefined;
}

/** A call that waits for the microphone before it is placed. */
export interface Attempt {
  reference: string;
  request: CallRequest;
  invalid: WireError | undefined;
}

/** A call on its way here from another device. */
export interface Move {
  callId: CallId;
  reference: string;
  /** Until when the server may take to answer; not before it is asked, which the microphone comes before. */
  due?: number;
}

/** A call that is over for this person, while the server's word on it is awaited. */
export interface Parting {
  call: Call;
  presumed: EndReason;
  due: number;
}

/** A call that ended. */
export interface Farewell {
  call: Call;
  end: EndReason | WithdrawnReason;
  at: number;
}

export interface State {
  readonly choices: CallChoices;
  session: "new" | "open" | "lost" | "over";
  /** Why it is over. */
  refusal?: WireError;
  /** Since when signalling is away. */
  lostAt?: number | undefined;
  /** Whether it is away for so long that the person is told. */
  signallingMissed: boolean;
  /** The server's clock minus this machine's. */
  clockOffset: number;
  /** Until when the calls must have come back after a new session. */
  restoreDue?: number | undefined;
  attempt?: Attempt | undefined;
  /** In the order in which they came, except that one that was put on hold goes to the end. */
  calls: Call[];
  partings: Parting[];
  /** The call that ended last, for as long as the screen shows it. */
  farewell?: Farewell | undefined;
  /** The calls that ended last, for those who watch calls and not the screen. */
  ended: Farewell[];
  /** The user's calls on other devices. */
  elsewhere: CallSnapshot[];
  moves: Move[];
  microphone: "closed" | "opening" | "open" | "failed";
  /** The calls for which a peer is open. */
  peers: CallId[];
  /** What the last outputs said, so that only changes are told. */
  told: { view: string; live: CallId | undefined; elsewhere: string };
}

/** The machine while it handles one input. */
export interface Desk {
  readonly now: number;
  readonly state: State;
  emit(...outputs: CallOutput[]): void;
}

/** Nothing has happened yet. */
export function emptyState(choices: CallChoices): State {
  return {
    choices,
    session: "new",
    signallingMissed: false,
    clockOffset: 0,
    calls: [],
    partings: [],
    ended: [],
    elsewhere: [],
    moves: [],
    microphone: "closed",
    peers: [],
    told: { view: "null", live: undefined, elsewhere: "[]" },
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
    held: false,
    peerHeld: false,
    holdUnanswered: false,
    poorNetwork: "none",
    unconfirmed: false,
    unansweredOffers: 0,
    mediaLost: false,
    peerProven: false,
  };
}

/** Whether both have said yes. */
export function isOngoing(call: Call): boolean {
  return call.stage === "answered" || call.stage === "connected";
}

/** Whether this person has not said anything to it yet. */
export function isUnanswered({ stage }: Call): boolean {
  return stage === "incoming" || stage === "waiting" || stage === "behind";
}

/** The call that the person is in, or that they are placing or answering: the one that is not on hold. */
export function currentCall({ calls }: State): Call | undefined {
  return calls.find((call) => !call.held && !isUnanswered(call));
}

/** The call at `stage`; of each of the stages that this is asked for there is one at most. */
export function callAt({ calls }: State, stage: "incoming" | "waiting" | "behind" | "placing"): Call | undefined {
  return calls.find((call) => call.stage === stage);
}

/** What holds the line, so that no other call can be placed or rung. */
export function busyCall(state: State): Call | undefined {
  return currentCall(state) ?? callAt(state, "incoming");
}

/** The call that the screen shows. */
export function frontCall(state: State): Call | undefined {
  return busyCall(state) ?? state.calls.filter(({ held }) => held).pop();
}

/** The call that a message speaks of, if it is this device's. */
export function callNamed({ calls }: State, id: CallId): Call | undefined {
  return calls.find((call) => call.id === id);
}

/** Takes a call out of the calls. */
export function removeCall(state: State, call: Call): void {
  state.calls = state.calls.filter((other) => other !== call);
  if (!state.calls.some(({ unconfirmed }) => unconfirmed)) state.restoreDue = undefined;
}

/** When the machine has something to do by itself. */
export function nextDeadline(state: State): number | undefined {
  const { calls, lostAt } = state;
  const times = [
    ...calls.flatMap(({ due, reopenAt, noticeDue }) => [due, reopenAt, noticeDue]),
    state.restoreDue,
    ...state.partings.map(({ due }) => due),
    ...state.moves.map(({ due }) => due),
  ];
  if (calls.length > 0 && lostAt !== undefined) {
    times.push(lostAt + (state.signallingMissed ? LIMITS.SESSION_GRACE : SIGNALLING_PATIENCE));
  }
  const due = times.filter((time) => time !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}
