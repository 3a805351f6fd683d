/**
 * The call machine: one device's part in its calls, one call at a time, as a pure function of what happened.
 *
 * It decides what is sent, what microphone and peer do, what the screen shows and how the promise of `call()` settles.
 * Sockets, media, screens and clocks are its owner's. **The owner feeds `handle` with everything that happens, performs
 * all of what it returns in order, and calls it with `tick` when `deadline()` has come.**
 */
import { wireError } from "../fault";
import type { ServerMessage } from "../generated/protocol";
import { end, endEverything, finishPartings, hangUp, onEnded, onWithdrawn } from "./ending";
import {
  mute,
  onMediaAnswer,
  onMediaBack,
  onMediaLost,
  onMediaRefused,
  onMicrophoneFailed,
  onMicrophoneOpened,
  onOffer,
  reopenPeer,
} from "./media";
import { giveUpPlacing, onPlaced, onRejected, onRinging, startCall } from "./placing";
import { onRestored, onSessionLost, onSignedIn, watchAbsence } from "./returning";
import { answer, declineByUser, onCallWaiting, onIncoming } from "./ringing";
import { isLive, shownCall } from "./shown";
import { callNamed, type Desk, emptyState, nextDeadline } from "./state";
import type { CallInput, CallOutput } from "./types";

export interface CallMachine {
  handle(now: number, input: CallInput): CallOutput[];
  /** When `tick` is due. */
  deadline(): number | undefined;
}

/** A device without a call. */
export function createCallMachine(): CallMachine {
  const state = emptyState();
  return {
    handle(now, input) {
      const outputs: CallOutput[] = [];
      const desk: Desk = { now, state, emit: (...more) => void outputs.push(...more) };
      dispatch(desk, input);
      conclude(desk);
      return outputs;
    },
    deadline: () => nextDeadline(state),
  };
}

function dispatch(desk: Desk, input: CallInput): void {
  switch (input.type) {
    case "call":
      return startCall(desk, input);
    case "answer":
      return answer(desk);
    case "decline":
      return declineByUser(desk);
    case "hangup":
      return hangUp(desk);
    case "mute":
      return mute(desk, input.muted);
    case "dismiss":
      desk.state.farewell = undefined;
      return;
    case "sign_out":
      return endEverything(desk, wireError("ERR_NOT_SIGNED_IN"), "signed out");
    case "signed_in":
      return onSignedIn(desk, input);
    case "session_lost":
      return onSessionLost(desk);
    case "session_refused":
      return endEverything(desk, input.error, "refused");
    case "message":
      return onMessage(desk, input.message);
    case "microphone_opened":
      return onMicrophoneOpened(desk);
    case "microphone_failed":
      return onMicrophoneFailed(desk);
    case "offer":
      return onOffer(desk, input);
    case "media_lost":
      return onMediaLost(desk, input);
    case "media_back":
      return onMediaBack(desk, input);
    case "tick":
      return onTick(desk);
    case "hold":
    case "take_over":
  }
}

function onMessage(desk: Desk, message: ServerMessage): void {
  switch (message.type) {
    case "placed":
      return onPlaced(desk, message);
    case "rejected":
      return onRejected(desk, message);
    case "incoming":
      return onIncoming(desk, message);
    case "call_waiting":
      return onCallWaiting(desk, message);
    case "restored":
      return onRestored(desk, message.call);
    case "ringing":
      return onRinging(desk, message);
    case "media_answer":
      return onMediaAnswer(desk, message);
    case "media_refused":
      return onMediaRefused(desk, message);
    case "answered":
      return onAnswered(desk, message.callId);
    case "connected":
      return onConnected(desk, message.callId);
    case "withdrawn":
      return onWithdrawn(desk, message);
    case "ended":
      return onEnded(desk, message);
    case "peer_muted":
      return change(desk, message.callId, { peerMuted: message.muted });
    case "peer_away":
      return change(desk, message.callId, { peerAway: true });
    case "peer_back":
      return change(desk, message.callId, { peerAway: false });
    // The client's own business. A message of a later version falls through as well.
    case "branding_changed":
  }
}

function onAnswered(desk: Desk, callId: string): void {
  const call = callNamed(desk.state, callId);
  if (!call || call.stage === "connected") return;
  call.stage = "answered";
  call.answeredAt ??= desk.now;
}

function onConnected(desk: Desk, callId: string): void {
  const call = callNamed(desk.state, callId);
  if (!call) return;
  call.stage = "connected";
  call.answeredAt ??= desk.now;
}

function change(desk: Desk, callId: string, what: { peerMuted: boolean } | { peerAway: boolean }): void {
  Object.assign(callNamed(desk.state, callId) ?? {}, what);
}

function onTick(desk: Desk): void {
  const { state, now } = desk;
  finishPartings(desk, "due");
  watchAbsence(desk);
  const isDue = (time: number | undefined) => time !== undefined && now >= time;
  if (isDue(state.behind?.due)) state.behind = undefined;
  const { call } = state;
  if (!call) return;
  if (isDue(call.due)) return call.stage === "placing" ? giveUpPlacing(desk) : end(desk, "ring_timeout");
  if (isDue(call.noticeDue)) call.notice = call.noticeDue = undefined;
  if (isDue(call.reopenAt)) {
    call.reopenAt = undefined;
    reopenPeer(desk, call);
  }
}

/** What follows from the state, whatever led to it: nothing stays open that no call needs, and changes are told. */
function conclude(desk: Desk): void {
  const { state } = desk;
  const { attempt, call, told } = state;
  const needsMicrophone = attempt !== undefined || (call !== undefined && call.stage !== "incoming");
  if (state.peerOf !== undefined && state.peerOf !== call?.id) {
    const callId = state.peerOf;
    state.peerOf = undefined;
    desk.emit({ type: "close_peer", callId });
  }
  if (state.microphone !== "closed" && !needsMicrophone) {
    state.microphone = "closed";
    told.live = false;
    desk.emit({ type: "close_microphone" });
  }
  const live = isLive(state);
  if (live !== told.live) {
    told.live = live;
    if (call?.id !== undefined) desk.emit({ type: "microphone_live", callId: call.id, live });
  }
  const view = shownCall(state);
  const drawn = JSON.stringify(view);
  if (drawn !== told.view) {
    told.view = drawn;
    desk.emit({ type: "view", view: structuredCopy(view) });
  }
}

/** Views leave the machine; nobody outside may change what it remembers. */
function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
