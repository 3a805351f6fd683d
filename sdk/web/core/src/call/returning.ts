/** What becomes of the calls when the session is lost, goes on, or begins anew. */
import { wireError } from "../fault";
import { LIMITS } from "../generated/catalogue";
import type { CallSnapshot } from "../generated/protocol";
import { end, endLost, finishPartings } from "./ending";
import { openMicrophone, openPeer, setMuted } from "./media";
import { onMoved, refuseMoves } from "./moving";
import { recoverWithSignalling } from "./recovery";
import { confirm } from "./ringing";
import {
  type Call,
  callAt,
  callNamed,
  type Desk,
  isOngoing,
  newCall,
  removeCall,
  RESTORE_WAIT,
  SIGNALLING_PATIENCE,
  type Stage,
} from "./state";
import type { CallInput } from "./types";

/** The session is there. If it is a new one, the server says at once in which calls this device still is. */
export function onSignedIn(desk: Desk, input: Extract<CallInput, { type: "signed_in" }>): void {
  const { state, now } = desk;
  state.session = "open";
  state.lostAt = undefined;
  state.signallingMissed = false;
  state.clockOffset = input.clockOffset;
  if (input.resumed) {
    for (const call of state.calls) recoverWithSignalling(desk, call);
    return;
  }
  finishPartings(desk, "all");
  refuseMoves(desk, "ERR_INTERNET_LOST", ({ due }) => due !== undefined);
  state.elsewhere = [];
  const behind = callAt(state, "behind");
  if (behind) removeCall(state, behind);
  for (const call of [...state.calls]) {
    // A call that was not confirmed may or may not have been placed; nobody waits for it any more.
    if (call.stage === "placing") {
      end(desk, call, "caller_lost", { rejectsError: wireError("ERR_INTERNET_LOST") });
      continue;
    }
    call.unansweredOffers = 0;
    call.holdUnanswered = false;
    call.unconfirmed = true;
    state.restoreDue = now + RESTORE_WAIT;
  }
}

export function onSessionLost(desk: Desk): void {
  const { state, now } = desk;
  if (state.session !== "open") return;
  state.session = "lost";
  state.lostAt = now;
  finishPartings(desk, "all");
}

/**
 * The page was reloaded, the session begun anew, or the call moved to this device: it goes on with a new peer. Each
 * call comes by itself, also those on hold.
 */
export function onRestored(desk: Desk, snapshot: CallSnapshot): void {
  const { state } = desk;
  const known = callNamed(state, snapshot.callId);
  const call = known ?? restored(snapshot);
  if (!known) state.calls.push(call);
  state.farewell = undefined;
  call.stage = stageOf(snapshot);
  call.due = undefined;
  call.peer = snapshot.peer;
  call.peerMuted = snapshot.peerMuted;
  call.peerAway = false;
  call.held = snapshot.held ?? false;
  call.peerHeld = snapshot.peerHeld ?? false;
  call.poorNetwork = "none";
  if (isOngoing(call)) call.answeredAt ??= Math.round((snapshot.answeredAt ?? 0) - state.clockOffset);
  confirm(desk, call);
  onMoved(desk, snapshot.callId);
  // Whether this page's person is heard is theirs to say; the server knows it for a page that forgot.
  const muted = snapshot.muted ?? false;
  if (!known) call.muted = muted;
  else if (call.muted !== muted) setMuted(desk, call, call.muted);
  openPeer(desk, call);
  openMicrophone(desk);
}

/** The times that pass while signalling is away. */
export function watchAbsence(desk: Desk): void {
  const { state, now } = desk;
  if (state.restoreDue !== undefined && now >= state.restoreDue) {
    for (const call of state.calls.filter(({ unconfirmed }) => unconfirmed)) endLost(desk, call);
  }
  if (state.lostAt === undefined) return;
  if (now >= state.lostAt + SIGNALLING_PATIENCE) state.signallingMissed = true;
  if (now >= state.lostAt + LIMITS.SESSION_GRACE) for (const call of state.calls) endLost(desk, call);
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
