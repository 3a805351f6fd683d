/** The callee's part: from `incoming` until this person has answered or declined. */
import { BOUNDS } from "../generated/catalogue";
import type { CallId, DeclineReason, ServerMessage } from "../generated/protocol";
import { part } from "./ending";
import { busyEvent, incomingEvent } from "./events";
import { makeWay } from "./holding";
import { openMicrophone, openPeer } from "./media";
import {
  busyCall,
  type Call,
  callAt,
  callNamed,
  currentCall,
  type Desk,
  END_WAIT,
  frontCall,
  isOngoing,
  isUnanswered,
  newCall,
  NOTICE_STAYS,
  RING_MARGIN,
  type Stage,
} from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;
type Input<T extends CallInput["type"]> = Extract<CallInput, { type: T }>;

/** Somebody calls, or a call that rang before comes again with a new session. */
export function onIncoming(desk: Desk, message: Message<"incoming">): void {
  const { state, now } = desk;
  const { callId, from, context, images, ringTimeout } = message;
  const known = callNamed(state, callId);
  if (known) return ringAgain(desk, known, now + ringTimeout + RING_MARGIN);
  if (state.partings.some(({ call }) => call.id === callId)) return decline(desk, callId, "user");
  const stage = placeFor(desk, message.waiting === true);
  // Of a call that waits the user is told, with `call_waiting`, if no device of theirs shows it.
  if (stage === undefined && message.waiting) return decline(desk, callId, "busy");
  desk.emit({ type: "event", ...incomingEvent(callId, context) });
  if (stage === undefined) return decline(desk, callId, "busy");
  const call = newCall("callee", stage, from, context, images.initiator);
  call.id = callId;
  call.due = now + ringTimeout + RING_MARGIN;
  state.calls.push(call);
  if (stage !== "behind") ring(desk, call);
}

/** Where a new call is shown; `undefined` for nowhere. `waits` if its caller was told that the user is in a call. */
function placeFor(desk: Desk, waits: boolean): Stage | undefined {
  const { state } = desk;
  if (state.calls.length >= BOUNDS.CALLS_MAX) return undefined;
  const busy = busyCall(state);
  if (!busy) return waits && !wasInCall(desk) ? undefined : "incoming";
  // The server answers the call that is being placed with this very call if the two have called each other.
  if (busy.stage === "placing") return waits || callAt(state, "behind") ? undefined : "behind";
  const isOffered = state.choices.callWaiting && isOngoing(busy) && !callAt(state, "waiting");
  return isOffered ? "waiting" : undefined;
}

/** Whether this is the device that the user was in a call on, when the server asked whether they were. */
function wasInCall({ state, now }: Desk): boolean {
  return [...state.partings, ...state.ended.filter(({ at }) => now - at < END_WAIT)].some(({ call }) =>
    isOngoing(call),
  );
}

/** The person answers. The microphone comes first; without one there is nothing to answer with. */
export function answer(desk: Desk, { callId, current = "end" }: Input<"answer">): void {
  const { state } = desk;
  const call = ringing(desk, callId);
  if (!call) return;
  const inTheWay = currentCall(state);
  if (inTheWay) makeWay(desk, inTheWay, current);
  call.stage = "answering";
  call.due = undefined;
  openMicrophone(desk);
}

/** The person declines. While an answer is under way there is only hanging up. */
export function declineByUser(desk: Desk, { callId }: Input<"decline">): void {
  const call = ringing(desk, callId);
  if (call?.id === undefined) return;
  decline(desk, call.id, "user");
  part(desk, call, "user");
}

/** Somebody called while this user was in a call, and was told so. */
export function onCallWaiting(desk: Desk, { callId, from, context }: Message<"call_waiting">): void {
  desk.emit({ type: "event", ...incomingEvent(callId, context) }, { type: "event", ...busyEvent(callId, context) });
  const call = frontCall(desk.state);
  if (!call) return;
  call.notice = { type: "call_waiting", from };
  call.noticeDue = desk.now + NOTICE_STAYS;
}

/** A call that waits rings like any other once the line is free, and one that rings waits once it is not. */
export function arrangeRinging(desk: Desk): void {
  const { state } = desk;
  const rings = callAt(state, "incoming");
  if (currentCall(state)) {
    // The person went on with a call that was on hold, instead of answering.
    if (rings) rings.stage = "waiting";
    return;
  }
  if (rings) return;
  const waits = callAt(state, "waiting");
  const behind = callAt(state, "behind");
  if (waits) waits.stage = "incoming";
  else if (behind) {
    behind.stage = "incoming";
    ring(desk, behind);
  } else return;
  state.farewell = undefined;
}

function ring(desk: Desk, call: Call): void {
  if (call.stage === "incoming") desk.state.farewell = undefined;
  if (call.id !== undefined) desk.emit({ type: "send", message: { type: "ringing", callId: call.id } });
  openPeer(desk, call);
}

function ringAgain(desk: Desk, call: Call, due: number): void {
  const { state } = desk;
  if (call.id === undefined || call.stage === "behind") return;
  confirm(desk, call);
  desk.emit({ type: "send", message: { type: "ringing", callId: call.id } });
  if (isUnanswered(call)) call.due = due;
  else if (state.microphone === "open") {
    call.stage = "answering";
    desk.emit({ type: "send", message: { type: "answer", callId: call.id } });
  }
  openPeer(desk, call);
}

/** The call has come back with the new session. */
export function confirm({ state }: Desk, call: Call): void {
  call.unconfirmed = false;
  if (!state.calls.some(({ unconfirmed }) => unconfirmed)) state.restoreDue = undefined;
}

/** The call that is asked for, if it rings here. */
function ringing({ state }: Desk, callId: CallId | undefined): Call | undefined {
  const call =
    callId === undefined ? (callAt(state, "waiting") ?? callAt(state, "incoming")) : callNamed(state, callId);
  return call?.stage === "incoming" || call?.stage === "waiting" ? call : undefined;
}

function decline(desk: Desk, callId: CallId, reason: DeclineReason): void {
  desk.emit({ type: "send", message: { type: "decline", callId, reason } });
}
