/**
 * The call machine: one device's part in its calls, as a pure function of what happened. Several calls at a time, of
 * which one at most is not on hold.
 *
 * It decides what is sent, what microphone and peers do, what the screen shows and how the promise of `call()` settles.
 * Sockets, media, screens and clocks are its owner's. **The owner feeds `handle` with everything that happens, performs
 * all of what it returns in order, and calls it with `tick` when `deadline()` has come.**
 */
import { wireError } from "../fault";
import type { ServerMessage, WeakNetwork } from "../generated/protocol";
import { conclude, copy } from "./conclusion";
import { end, endEverything, finishPartings, hangUp, onEnded, onWithdrawn } from "./ending";
import { hold, onHeld } from "./holding";
import { mute, onMediaAnswer, onMediaRefused, onMicrophoneFailed, onMicrophoneOpened, onOffer } from "./media";
import { onElsewhere, onElsewhereEnded, onTakeOverRefused, refuseMoves, takeOver } from "./moving";
import { giveUpPlacing, onPlaced, onRejected, onRinging, startCall } from "./placing";
import { onMediaBack, onMediaLost, onReopenDue } from "./recovery";
import { onRestored, onSessionLost, onSignedIn, watchAbsence } from "./returning";
import { answer, declineByUser, onCallWaiting, onIncoming } from "./ringing";
import { shownCalls } from "./shown";
import { type Call, callNamed, type Desk, emptyState, isUnanswered, nextDeadline, removeCall } from "./state";
import type { CallChoices, CallInput, CallOutput, PoorNetwork, ShownCall } from "./types";

export interface CallMachine {
  handle(now: number, input: CallInput): CallOutput[];
  /** When `tick` is due. */
  deadline(): number | undefined;
  /** All calls of this device; those that ended lately are among them, with `end` once it is known. */
  calls(): ShownCall[];
  /** Whether there is a call, or one is about to be. */
  isOccupied(): boolean;
}

/** What Signed Call allows: one call at a time. */
export const ONE_CALL: CallChoices = { callWaiting: false, hold: false };

/** A device without a call. */
export function createCallMachine(choices: CallChoices = ONE_CALL): CallMachine {
  const state = emptyState(choices);
  return {
    handle(now, input) {
      const outputs: CallOutput[] = [];
      const desk: Desk = { now, state, emit: (...more) => void outputs.push(...more) };
      dispatch(desk, input);
      conclude(desk);
      return outputs;
    },
    deadline: () => nextDeadline(state),
    calls: () => copy(shownCalls(state)),
    isOccupied: () => state.attempt !== undefined || state.moves.length > 0 || state.calls.length > 0,
  };
}

function dispatch(desk: Desk, input: CallInput): void {
  switch (input.type) {
    case "call":
      return startCall(desk, input);
    case "answer":
      return answer(desk, input);
    case "decline":
      return declineByUser(desk, input);
    case "hangup":
      return hangUp(desk, input);
    case "mute":
      return mute(desk, input);
    case "hold":
      return hold(desk, input);
    case "take_over":
      return takeOver(desk, input);
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
    case "held":
      return onHeld(desk, message);
    case "peer_held":
      return change(desk, message.callId, { peerHeld: message.held });
    case "elsewhere":
      return onElsewhere(desk, message);
    case "elsewhere_ended":
      return onElsewhereEnded(desk, message);
    case "take_over_refused":
      return onTakeOverRefused(desk, message);
    case "peer_away":
      return change(desk, message.callId, { peerAway: true });
    case "peer_back":
      return change(desk, message.callId, { peerAway: false });
    case "network":
      return change(desk, message.callId, { poorNetwork: inOwnWords(message.weak) });
    // The client's own business. A message of a later version falls through as well.
    case "branding_changed":
    case "check_answer":
    case "check_refused":
  }
}

function onAnswered(desk: Desk, callId: string): void {
  const call = callNamed(desk.state, callId);
  if (call && call.stage !== "connected") begin(desk, call, "answered");
}

function onConnected(desk: Desk, callId: string): void {
  const call = callNamed(desk.state, callId);
  if (call) begin(desk, call, "connected");
}

function begin(desk: Desk, call: Call, stage: "answered" | "connected"): void {
  // Nobody has answered it here; only a server that is wrong says so.
  if (isUnanswered(call)) return;
  call.stage = stage;
  call.answeredAt ??= desk.now;
}

/** What the server says of a call that moves nothing but the view. */
type Remark = Partial<Pick<Call, "peerMuted" | "peerAway" | "peerHeld" | "poorNetwork">>;

function change(desk: Desk, callId: string, what: Remark): void {
  Object.assign(callNamed(desk.state, callId) ?? {}, what);
}

/** What is mine is `yours` for the server. A word of a later version is no hint. */
function inOwnWords(weak: WeakNetwork): PoorNetwork {
  if (weak === "yours") return "mine";
  return weak === "theirs" ? "theirs" : "none";
}

function onTick(desk: Desk): void {
  const { state, now } = desk;
  const isDue = (time: number | undefined) => time !== undefined && now >= time;
  finishPartings(desk, "due");
  watchAbsence(desk);
  refuseMoves(desk, "ERR_INTERNET_LOST", ({ due }) => isDue(due));
  for (const call of [...state.calls]) {
    if (isDue(call.due)) {
      giveUp(desk, call);
      continue;
    }
    if (isDue(call.noticeDue)) call.notice = call.noticeDue = undefined;
    if (isDue(call.reopenAt)) onReopenDue(desk, call);
  }
}

/** Nothing came of it in its time. */
function giveUp(desk: Desk, call: Call): void {
  if (call.stage === "behind") return removeCall(desk.state, call);
  if (call.stage === "placing") return giveUpPlacing(desk, call);
  end(desk, call, "ring_timeout");
}
