/**
 * How a call leaves: by the server's word, by this person's, or because nothing is heard of it any more.
 *
 * When this person ends it, the screen and the sound stop at once, but the promise waits a moment for the server's
 * `ended`: if the other side was quicker, both sides must be told the same.
 */
import type { EndReason, EndStatus, ServerMessage, WireError } from "../generated/protocol";
import { wireError } from "../fault";
import { OUTCOMES } from "../generated/catalogue";
import { endEvent } from "./events";
import { type Outcome, outcomeOf } from "./outcome";
import { showBehind } from "./ringing";
import { type Call, callNamed, type Desk, END_WAIT, isOngoing, type Parting } from "./state";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** The call is over: tells the promise, the analytics and the screen. */
export function end(desk: Desk, reason: EndReason, outcome: Outcome = outcomeOf(reason)): void {
  const { state } = desk;
  const { call } = state;
  if (!call) return;
  state.call = undefined;
  state.restoreDue = undefined;
  state.farewell = { call, end: reason };
  settleCall(desk, call, outcome);
  announceEnd(desk, call, reason);
  showBehind(desk);
}

/** This person ends the call; `presumed` is how, if the server does not know better. */
export function part(desk: Desk, presumed: EndReason): void {
  const { state, now } = desk;
  const { call } = state;
  if (!call) return;
  state.call = undefined;
  state.restoreDue = undefined;
  state.farewell = { call, end: presumed };
  const parting: Parting = { call, presumed, due: now + END_WAIT };
  if (state.session === "open") state.partings.push(parting);
  else finish(desk, parting, presumed);
  showBehind(desk);
}

/** Ends a call of which nothing is heard any more. */
export function endLost(desk: Desk): void {
  const { call } = desk.state;
  if (call) end(desk, isOngoing(call) ? "connection_lost" : "caller_lost");
}

/** Hangs up whatever there is: cancels, declines or ends. */
export function hangUp(desk: Desk): void {
  const { state } = desk;
  if (state.attempt) {
    desk.emit({ type: "settle", reference: state.attempt.reference, outcome: outcomeOf("caller") });
    state.attempt = undefined;
    return;
  }
  const { call } = state;
  if (!call) return;
  if (call.id !== undefined) desk.emit({ type: "send", message: { type: "hangup", callId: call.id } });
  part(desk, presumedEnd(call));
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
  if (state.behind?.id === callId) {
    announceEnd(desk, state.behind, reason);
    state.behind = undefined;
  } else if (callNamed(state, callId)) {
    end(desk, reason, outcomeOf(reason, status));
  }
}

/** Another device of this user dealt with the call. */
export function onWithdrawn(desk: Desk, { callId, reason }: Message<"withdrawn">): void {
  const { state } = desk;
  // A call back that became an answer has a promise; its person is in the call, but not on this device.
  const outcome: Outcome = { rejectsError: wireError("ERR_OUTGOING_CALL_IN_PROGRESS") };
  for (const parting of state.partings) if (parting.call.id === callId) settleCall(desk, parting.call, outcome);
  state.partings = state.partings.filter(({ call }) => call.id !== callId);
  if (state.behind?.id === callId) state.behind = undefined;
  const call = callNamed(state, callId);
  if (!call) return;
  settleCall(desk, call, outcome);
  state.call = undefined;
  state.farewell = { call, end: reason };
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
  const { attempt, call } = state;
  state.session = "over";
  state.refusal = refusal;
  state.lostAt = state.restoreDue = undefined;
  state.signallingMissed = false;
  state.attempt = state.call = state.behind = undefined;
  finishPartings(desk, "all");
  const refused: Outcome = { rejectsError: refusal };
  if (attempt) desk.emit({ type: "settle", reference: attempt.reference, outcome: refused });
  if (call) {
    const presumed = call.stage === "incoming" ? "logged_out" : presumedEnd(call);
    settleCall(desk, call, why === "signed out" ? outcomeOf(presumed) : refused);
    announceEnd(desk, call, presumed);
  }
  state.farewell = undefined;
}

function finish(desk: Desk, parting: Parting, reason: EndReason, status?: EndStatus): void {
  const { state } = desk;
  state.partings = state.partings.filter((other) => other !== parting);
  if (state.farewell?.call === parting.call) state.farewell.end = reason;
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
