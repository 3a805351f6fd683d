/** The caller's part: from `call()` until the other side has answered. */
import { wireError } from "../fault";
import { BOUNDS, LIMITS } from "../generated/catalogue";
import type { CallId, ClientMessage, ErrorCode, ServerMessage, WireError } from "../generated/protocol";
import { end } from "./ending";
import { incomingEvent, outgoingEvent } from "./events";
import { openMicrophone, openPeer } from "./media";
import { answer } from "./ringing";
import { type Attempt, busyCall, type Call, callAt, callNamed, type Desk, newCall, removeCall } from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** The app calls somebody. The microphone is asked first, as the vendors' SDK does. */
export function startCall(desk: Desk, input: Extract<CallInput, { type: "call" }>): void {
  const { state } = desk;
  const { type: _, reference, invalid, ...request } = input;
  const attempt: Attempt = { reference, request, invalid };
  if (state.session === "over") return refuse(desk, attempt, state.refusal ?? wireError("ERR_NOT_SIGNED_IN"));
  // Somebody in a call has a microphone already; asking for it again would silence the call on some phones.
  if (state.attempt || busyCall(state)) return place(desk, attempt);
  state.attempt = attempt;
  openMicrophone(desk);
}

/** The microphone is there: the rest of the checks, then the call. */
export function place(desk: Desk, attempt: Attempt): void {
  const { state, now } = desk;
  const { reference, request, invalid } = attempt;
  if (state.session !== "open") return refuse(desk, attempt, "ERR_CONNECTION_NOT_ESTABLISHED");
  const busy = busyCall(state);
  if (busy && isMutual(busy, attempt)) return answerByCalling(desk, busy, reference);
  if (state.attempt || busy || state.calls.length >= BOUNDS.CALLS_MAX) {
    return refuse(desk, attempt, "ERR_OUTGOING_CALL_IN_PROGRESS");
  }
  if (invalid) return refuse(desk, attempt, invalid);
  const call = newCall("caller", "placing", { cuid: request.to }, request.context, request.images.receiver);
  state.calls.push({ ...call, reference, due: now + LIMITS.PLACE_TIMEOUT });
  state.farewell = undefined;
  const message: ClientMessage = { type: "place", reference, ...request };
  desk.emit({ type: "send", message });
}

/** Whether the one who is called rings here: to call them back is to answer. */
function isMutual(call: Call, { request, invalid }: Attempt): boolean {
  return call.stage === "incoming" && call.peer.cuid === request.to && !invalid;
}

/** The other side's `place` was quicker, for example while this device's microphone was being opened. */
function answerByCalling(desk: Desk, call: Call, reference: string): void {
  call.reference = reference;
  answer(desk, { type: "answer" });
}

/** The call will not be placed. */
export function refuse(desk: Desk, attempt: Attempt, why: ErrorCode | WireError): void {
  const error = typeof why === "string" ? wireError(why) : why;
  desk.emit({ type: "settle", reference: attempt.reference, outcome: { rejectsError: error } });
}

/** The server did not confirm the call in time. Should it do so later, `onPlaced` hangs up. */
export function giveUpPlacing(desk: Desk, call: Call): void {
  end(desk, call, "caller_lost", { rejectsError: wireError("ERR_INTERNET_LOST") });
}

export function onPlaced(desk: Desk, { reference, callId, role }: Message<"placed">): void {
  const { state } = desk;
  const call = callAt(state, "placing");
  if (call?.reference !== reference) {
    // Cancelled or given up while the message was on its way.
    const parting = state.partings.find((candidate) => candidate.call.reference === reference);
    if (parting) parting.call.id = callId;
    return desk.emit({ type: "send", message: { type: "hangup", callId } });
  }
  call.role = role;
  call.due = undefined;
  if (role === "caller") {
    call.id = callId;
    call.stage = "placed";
    desk.emit({ type: "event", ...outgoingEvent(callId, call.context) });
  } else {
    meet(desk, call, callId);
  }
  openPeer(desk, call);
}

export function onRejected(desk: Desk, { reference, error }: Message<"rejected">): void {
  const { state } = desk;
  const call = state.calls.find((candidate) => candidate.reference === reference);
  if (call) return end(desk, call, "internal", { rejectsError: error });
  // Cancelled meanwhile, and now never placed.
  const parting = state.partings.find((candidate) => candidate.call.reference === reference);
  if (parting) parting.due = desk.now;
}

export function onRinging(desk: Desk, { callId, name }: Message<"ringing">): void {
  const call = callNamed(desk.state, callId);
  if (call?.stage !== "placed") return;
  call.stage = "ringing";
  if (name !== undefined) call.peer = { ...call.peer, name };
}

/** Both called each other at the same moment: this device answers the other's call with its own. */
function meet(desk: Desk, call: Call, callId: CallId): void {
  const { state } = desk;
  const behind = callAt(state, "behind");
  if (behind?.id === callId) {
    call.peer = behind.peer;
    call.context = behind.context;
    call.image = behind.image ?? call.image;
    removeCall(state, behind);
  } else {
    desk.emit({ type: "event", ...incomingEvent(callId, call.context) });
  }
  call.id = callId;
  call.stage = "answering";
}
