/** The callee's part: from `incoming` until this person has answered or declined. */
import type { ServerMessage } from "../generated/protocol";
import { part } from "./ending";
import { busyEvent, incomingEvent } from "./events";
import { openMicrophone, openPeer } from "./media";
import { type Call, callNamed, type Desk, newCall, NOTICE_STAYS, RING_MARGIN } from "./state";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** Somebody calls, or a call that rang before comes again with a new session. */
export function onIncoming(desk: Desk, message: Message<"incoming">): void {
  const { state, now } = desk;
  const { callId, from, context, images, ringTimeout } = message;
  const known = callNamed(state, callId);
  if (known) return ringAgain(desk, known, now + ringTimeout + RING_MARGIN);
  if (state.partings.some(({ call }) => call.id === callId)) return decline(desk, callId);
  const call = newCall("callee", "incoming", from, context, images.initiator);
  call.id = callId;
  call.due = now + ringTimeout + RING_MARGIN;
  desk.emit({ type: "event", ...incomingEvent(callId, context) });
  // The server answers the call that is being placed with this very call if the two have called each other.
  if (state.call?.stage === "placing") state.behind = call;
  else if (state.call) desk.emit({ type: "send", message: { type: "decline", callId, reason: "busy" } });
  else ring(desk, call);
}

/** The person answers. The microphone comes first; without one there is nothing to answer with. */
export function answer(desk: Desk): void {
  const { call } = desk.state;
  if (call?.stage !== "incoming") return;
  call.stage = "answering";
  call.due = undefined;
  openMicrophone(desk);
}

/** The person declines. While an answer is under way there is only hanging up. */
export function declineByUser(desk: Desk): void {
  const { call } = desk.state;
  if (call?.stage !== "incoming" || call.id === undefined) return;
  decline(desk, call.id);
  part(desk, "user");
}

/** Somebody called while this user was in a call, and was told so. */
export function onCallWaiting(desk: Desk, { callId, from, context }: Message<"call_waiting">): void {
  desk.emit({ type: "event", ...incomingEvent(callId, context) }, { type: "event", ...busyEvent(callId, context) });
  const { call } = desk.state;
  if (!call) return;
  call.notice = { type: "call_waiting", from };
  call.noticeDue = desk.now + NOTICE_STAYS;
}

/** Shows the call that rang while this device was placing one of its own. */
export function showBehind(desk: Desk): void {
  const { state } = desk;
  const { behind } = state;
  if (!behind || state.call) return;
  state.behind = undefined;
  ring(desk, behind);
}

function ring(desk: Desk, call: Call): void {
  desk.state.call = call;
  desk.state.farewell = undefined;
  if (call.id !== undefined) desk.emit({ type: "send", message: { type: "ringing", callId: call.id } });
  openPeer(desk, call);
}

function ringAgain(desk: Desk, call: Call, due: number): void {
  const { state } = desk;
  state.restoreDue = undefined;
  if (call.id === undefined) return;
  desk.emit({ type: "send", message: { type: "ringing", callId: call.id } });
  if (call.stage === "incoming") call.due = due;
  else if (state.microphone === "open") {
    call.stage = "answering";
    desk.emit({ type: "send", message: { type: "answer", callId: call.id } });
  }
  openPeer(desk, call);
}

function decline(desk: Desk, callId: string): void {
  desk.emit({ type: "send", message: { type: "decline", callId, reason: "user" } });
}
