/** What becomes of the call when the session is lost, goes on, or begins anew. */
import { wireError } from "../fault";
import { LIMITS } from "../generated/catalogue";
import type { CallSnapshot } from "../generated/protocol";
import { end, endLost, finishPartings } from "./ending";
import { openMicrophone, openPeer, reopenPeer } from "./media";
import { type Call, type Desk, isOngoing, newCall, RESTORE_WAIT, SIGNALLING_PATIENCE, type Stage } from "./state";
import type { CallInput } from "./types";

/** The session is there. If it is a new one, the server says at once which call this device is still in. */
export function onSignedIn(desk: Desk, input: Extract<CallInput, { type: "signed_in" }>): void {
  const { state, now } = desk;
  state.session = "open";
  state.lostAt = undefined;
  state.signallingMissed = false;
  state.clockOffset = input.clockOffset;
  const { call } = state;
  if (input.resumed) {
    if (call?.mediaLost) reopenPeer(desk, call);
    return;
  }
  finishPartings(desk, "all");
  state.behind = undefined;
  if (!call) return;
  // A call that was not confirmed may or may not have been placed; nobody waits for it any more.
  if (call.stage === "placing") return end(desk, "caller_lost", { rejectsError: wireError("ERR_INTERNET_LOST") });
  call.unansweredOffers = 0;
  state.restoreDue = now + RESTORE_WAIT;
}

export function onSessionLost(desk: Desk): void {
  const { state, now } = desk;
  if (state.session !== "open") return;
  state.session = "lost";
  state.lostAt = now;
  finishPartings(desk, "all");
}

/** The page was reloaded, or the session begun anew, in mid-call: the call goes on with a new peer. */
export function onRestored(desk: Desk, snapshot: CallSnapshot): void {
  const { state } = desk;
  const call = state.call?.id === snapshot.callId ? state.call : restored(snapshot);
  state.restoreDue = undefined;
  state.farewell = undefined;
  state.call = call;
  call.stage = stageOf(snapshot);
  call.due = undefined;
  call.peer = snapshot.peer;
  call.peerMuted = snapshot.peerMuted;
  call.peerAway = false;
  if (isOngoing(call)) call.answeredAt ??= Math.round((snapshot.answeredAt ?? 0) - state.clockOffset);
  openPeer(desk, call);
  openMicrophone(desk);
}

/** The times that pass while signalling is away. */
export function watchAbsence(desk: Desk): void {
  const { state, now } = desk;
  if (state.restoreDue !== undefined && now >= state.restoreDue) endLost(desk);
  if (state.lostAt === undefined) return;
  if (now >= state.lostAt + SIGNALLING_PATIENCE) state.signallingMissed = true;
  if (now >= state.lostAt + LIMITS.SESSION_GRACE) endLost(desk);
}

function restored({ callId, role, peer, context, images }: CallSnapshot): Call {
  const image = role === "caller" ? images.receiver : images.initiator;
  return { ...newCall(role, "placed", peer, context, image), id: callId };
}

/** A callee's call comes back as `restored` only when it was answered; before that it comes as `incoming`. */
function stageOf({ role, state }: CallSnapshot): Stage {
  if (state === "answered" || state === "connected") return state;
  if (role === "callee") return "answering";
  return state === "ringing" ? "ringing" : "placed";
}
