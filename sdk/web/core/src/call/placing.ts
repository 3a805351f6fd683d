/** The caller's part: from `call()` until the other side has answered. */
import { wireError } from "../fault";
import { LIMITS } from "../generated/catalogue";
import type { ClientMessage, ErrorCode, ServerMessage, WireError } from "../generated/protocol";
import { end } from "./ending";
import { incomingEvent, outgoingEvent } from "./events";
import { openMicrophone, openPeer } from "./media";
import { answer } from "./ringing";
import { type Attempt, type Call, callNamed, type Desk, newCall } from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** The app calls somebody. The microphone is asked first, as the vendors' SDK does. */
export function startCall(desk: Desk, input: Extract<CallInput, { type: "call" }>): void {
  const { state } = desk;
  const { type: _, reference, invalid, ...request } = input;
  const attempt: Attempt = { reference, request, invalid };
  if (state.session === "over") return refuse(desk, attempt, state.refusal ?? wireError("ERR_NOT_SIGNED_IN"));
  // Somebody in a call has a microphone already; asking for it again would silence the call on some phones.
  if (state.attempt || state.call) return place(desk, attempt);
  state.attempt = attempt;
  openMicrophone(desk);
}

/** The microphone is there: the rest of the checks, then the call. */
export function place(desk: Desk, attempt: Attempt): void {
  const { state, now } = desk;
  const { reference, request, invalid } = attempt;
  if (state.session !== "open") return refuse(desk, attempt, "ERR_CONNECTION_NOT_ESTABLISHED");
  if (state.call && isMutual(state.call, attempt)) return answerByCalling(desk, state.call, reference);
  if (state.attempt || state.call) return refuse(desk, attempt, "ERR_OUTGOING_CALL_IN_PROGRESS");
  if (invalid) return refuse(desk, attempt, invalid);
  const call = newCall("caller", "placing", { cuid: request.to }, request.context, request.images.receiver);
  state.call = { ...call, reference, due: now + LIMITS.PLACE_TIMEOUT };
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
  answer(desk);
}

/** The call will not be placed. */
export function refuse(desk: Desk, attempt: Attempt, why: ErrorCode | WireError): void {
  const error = typeof why === "string" ? wireError(why) : why;
  desk.emit({ type: "settle", reference: attempt.reference, outcome: { rejectsError: error } });
}

/** The server did not confirm the call in time. Should it do so later, `onPlaced` hangs up. */
export function giveUpPlacing(desk: Desk): void {
  end(desk, "caller_lost", { rejectsError: wireError("ERR_INTERNET_LOST") });
}

export function onPlaced(desk: Desk, { reference, callId, role }: Message<"placed">): void {
  const { state } = desk;
  const { call } = state;
  if (call?.reference !== reference || call.stage !== "placing") {
    // Cancelled or given up while the message was on its way.
    const parting = state.partings.find((candidate) => candidate.call.reference === reference);
    if (parting) parting.call.id = callId;
    return desk.emit({ type: "send", message: { type: "hangup", callId } });
  }
  call.id = callId;
  call.role = role;
  call.due = undefined;
  if (role === "caller") {
    call.stage = "placed";
    desk.emit({ type: "event", ...outgoingEvent(callId, call.context) });
  } else {
    meet(desk, callId);
  }
  openPeer(desk, call);
}

export function onRejected(desk: Desk, { reference, error }: Message<"rejected">): void {
  const { state } = desk;
  if (state.call?.reference === reference) return end(desk, "internal", { rejectsError: error });
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
function meet(desk: Desk, callId: string): void {
  const { state } = desk;
  const { call, behind } = state;
  if (!call) return;
  call.stage = "answering";
  if (behind?.id === callId) {
    call.peer = behind.peer;
    call.context = behind.context;
    call.image = behind.image ?? call.image;
    state.behind = undefined;
  } else {
    desk.emit({ type: "event", ...incomingEvent(callId, call.context) });
  }
}
