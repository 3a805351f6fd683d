/**
 * How a call leaves: by the server's word, by this person's, or because nothing is heard of it any more.
 *
 * When this person ends it, the screen and the sound stop at once, but the promise waits a moment for the server's
 * `ended`: if the other side was quicker, both sides must be told the same.
 */
import { wireError } from "../fault";
import { OUTCOMES } from "../generated/catalogue";
import type { EndReason, EndStatus, ServerMessage, WireError, WithdrawnReason } from "../generated/protocol";
import { endEvent } from "./events";
import { type Outcome, outcomeOf } from "./outcome";
import {
  type Call,
  callNamed,
  type Desk,
  END_WAIT,
  ENDED_KEPT,
  frontCall,
  isOngoing,
  type Parting,
  removeCall,
  type State,
} from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;
type Input<T extends CallInput["type"]> = Extract<CallInput, { type: T }>;

/** The call is over: tells the promise, the analytics and the screen. */
export function end(desk: Desk, call: Call, reason: EndReason, outcome: Outcome = outcomeOf(reason)): void {
  leave(desk, call, reason);
  remember(desk, call, reason);
  settleCall(desk, call, outcome);
  announceEnd(desk, call, reason);
}

/** This person ends the call; `presumed` is how, if the server does not know better. */
export function part(desk: Desk, call: Call, presumed: EndReason): void {
  const { state, now } = desk;
  leave(desk, call, presumed);
  const parting: Parting = { call, presumed, due: now + END_WAIT };
  if (state.session === "open") state.partings.push(parting);
  else finish(desk, parting, presumed);
}

/** Ends a call of which nothing is heard any more. */
export function endLost(desk: Desk, call: Call): void {
  if (call.stage === "behind") return removeCall(desk.state, call);
  end(desk, call, isOngoing(call) ? "connection_lost" : "caller_lost");
}

/** The person hangs up: cancels, declines or ends. */
export function hangUp(desk: Desk, { callId, reference }: Input<"hangup">): void {
  const { state } = desk;
  const { attempt } = state;
  if (attempt && callId === undefined && (reference ?? attempt.reference) === attempt.reference) {
    desk.emit({ type: "settle", reference: attempt.reference, outcome: outcomeOf("caller") });
    state.attempt = undefined;
    return;
  }
  const call = meant(state, callId, reference);
  if (call) hangUpCall(desk, call);
}

export function hangUpCall(desk: Desk, call: Call): void {
  if (call.id !== undefined) desk.emit({ type: "send", message: { type: "hangup", callId: call.id } });
  part(desk, call, presumedEnd(call));
}

/** How a call ends when this person hangs up now. */
export function presumedEnd(call: Call): EndReason {
  if (isOngoing(call)) return "hangup";
  return call.role === "caller" ? "caller" : "user";
}

/** The server's word. */
export function onEnded(desk: Desk, { callId, reason, status }: Message<"ended">): void {
  const { state } = desk;
  const parting = state.partings.find(({ call }) => call.id === callId);
  if (parting) return finish(desk, parting, reason, status);
  const call = callNamed(state, callId);
  if (!call) return;
  if (call.stage !== "behind") return end(desk, call, reason, outcomeOf(reason, status));
  // It was never shown.
  removeCall(state, call);
  announceEnd(desk, call, reason);
}

/** Another device of this user dealt with the call, or has it now. */
export function onWithdrawn(desk: Desk, { callId, reason }: Message<"withdrawn">): void {
  const { state } = desk;
  // A call back that became an answer has a promise; its person is in the call, but not on this device. One that was
  // moved is over here, and it was answered.
  const outcome: Outcome =
    reason === "taken_over" ? { resolves: "over" } : { rejectsError: wireError("ERR_OUTGOING_CALL_IN_PROGRESS") };
  const parting = state.partings.find(({ call }) => call.id === callId);
  // Declined here, for this device only: that is how it ended here, while it rings on elsewhere.
  if (parting && reason === "declined_elsewhere") return finish(desk, parting, parting.presumed);
  if (parting) {
    state.partings = state.partings.filter((other) => other !== parting);
    settleCall(desk, parting.call, outcome);
    remember(desk, parting.call, reason);
  }
  const call = callNamed(state, callId);
  if (!call) return;
  if (call.stage === "behind") return removeCall(state, call);
  settleCall(desk, call, outcome);
  leave(desk, call, reason);
  remember(desk, call, reason);
}

/** Takes the presumed end of every parting whose time is up. */
export function finishPartings(desk: Desk, which: "due" | "all"): void {
  for (const parting of [...desk.state.partings]) {
    if (which === "all" || parting.due <= desk.now) finish(desk, parting, parting.presumed);
  }
}

/** The user is gone or the session was refused: whatever there was ends now, without a screen. */
export function endEverything(desk: Desk, refusal: WireError, why: "signed out" | "refused"): void {
  const { state } = desk;
  const { attempt, calls, moves } = state;
  state.session = "over";
  state.refusal = refusal;
  state.lostAt = state.restoreDue = undefined;
  state.signallingMissed = false;
  state.attempt = undefined;
  state.calls = [];
  state.moves = [];
  state.elsewhere = [];
  finishPartings(desk, "all");
  const refused: Outcome = { rejectsError: refusal };
  for (const { reference } of moves) desk.emit({ type: "settle", reference, outcome: refused });
  if (attempt) desk.emit({ type: "settle", reference: attempt.reference, outcome: refused });
  for (const call of calls) {
    if (call.stage === "behind") continue;
    const isRinging = call.stage === "incoming" || call.stage === "waiting";
    const presumed = isRinging ? "logged_out" : presumedEnd(call);
    remember(desk, call, presumed);
    settleCall(desk, call, why === "signed out" ? outcomeOf(presumed) : refused);
    announceEnd(desk, call, presumed);
  }
  state.farewell = undefined;
}

/** The call that `callId` or `reference` names; without either the one in front. */
export function meant(state: State, callId: string | undefined, reference?: string): Call | undefined {
  if (callId !== undefined) return callNamed(state, callId);
  if (reference !== undefined) return state.calls.find((call) => call.reference === reference);
  return frontCall(state);
}

/** The call leaves the screen. It is told how it ended, unless another call is to be seen. */
function leave({ state, now }: Desk, call: Call, reason: EndReason | WithdrawnReason): void {
  const wasInFront = frontCall(state) === call;
  removeCall(state, call);
  if (wasInFront) state.farewell = { call, end: reason, at: now };
}

function remember({ state, now }: Desk, call: Call, reason: EndReason | WithdrawnReason): void {
  state.ended = [...state.ended, { call, end: reason, at: now }].slice(-ENDED_KEPT);
}

function finish(desk: Desk, parting: Parting, reason: EndReason, status?: EndStatus): void {
  const { state } = desk;
  state.partings = state.partings.filter((other) => other !== parting);
  if (state.farewell?.call === parting.call) state.farewell.end = reason;
  remember(desk, parting.call, reason);
  settleCall(desk, parting.call, outcomeOf(reason, status));
  announceEnd(desk, parting.call, reason);
}

function settleCall(desk: Desk, call: Call, outcome: Outcome): void {
  if (call.reference !== undefined) desk.emit({ type: "settle", reference: call.reference, outcome });
}

function announceEnd(desk: Desk, call: Call, reason: EndReason): void {
  const event = endEvent(call, reason, OUTCOMES[reason]?.status ?? "failed");
  if (event) desk.emit({ type: "event", ...event });
}
