/** The user's calls on other devices, and how one of them comes here. */
import { wireError } from "../fault";
import { BOUNDS, LIMITS } from "../generated/catalogue";
import type { CallId, CallSnapshot, ErrorCode, ServerMessage, WireError } from "../generated/protocol";
import { openMicrophone } from "./media";
import { busyCall, type Desk, type Move } from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** The user is in a call on another device, or something about it changed. */
export function onElsewhere({ state }: Desk, { call }: Message<"elsewhere">): void {
  const index = state.elsewhere.findIndex(({ callId }) => callId === call.callId);
  if (index < 0) state.elsewhere.push(call);
  else state.elsewhere[index] = call;
}

export function onElsewhereEnded({ state }: Desk, { callId }: Message<"elsewhere_ended">): void {
  forgetElsewhere(state, callId);
}

/**
 * The person goes on with a call here. The microphone comes first: without one the call stays where it is, and is heard
 * there until this device is ready.
 */
export function takeOver(desk: Desk, { callId, reference }: Extract<CallInput, { type: "take_over" }>): void {
  const { state } = desk;
  const move: Move = { callId, reference };
  const fault = obstacle(desk, callId);
  if (fault) return refuseMove(desk, move, fault);
  state.moves.push(move);
  openMicrophone(desk);
}

/** The microphone is there. */
export function askForMoves(desk: Desk): void {
  const { state, now } = desk;
  for (const move of [...state.moves]) {
    if (move.due !== undefined) continue;
    const fault = obstacle(desk, move.callId);
    if (fault) {
      refuseMove(desk, move, fault);
      continue;
    }
    move.due = now + LIMITS.PLACE_TIMEOUT;
    desk.emit({ type: "send", message: { type: "take_over", callId: move.callId } });
  }
}

/** The call came. */
export function onMoved(desk: Desk, id: CallId): void {
  const { state } = desk;
  forgetElsewhere(state, id);
  for (const { callId, reference } of state.moves) {
    if (callId === id) desk.emit({ type: "settle", reference, outcome: { resolves: "moved" } });
  }
  state.moves = state.moves.filter(({ callId }) => callId !== id);
}

export function onTakeOverRefused(desk: Desk, { callId, error }: Message<"take_over_refused">): void {
  if (error.code === "ERR_CALL_NOT_FOUND") forgetElsewhere(desk.state, callId);
  refuseMoves(desk, error, (move) => move.callId === callId);
}

/** The calls that `which` are not waited for any more. */
export function refuseMoves(desk: Desk, why: ErrorCode | WireError, which: (move: Move) => boolean): void {
  for (const move of desk.state.moves.filter(which)) refuseMove(desk, move, why);
}

function refuseMove(desk: Desk, move: Move, why: ErrorCode | WireError): void {
  const { state } = desk;
  state.moves = state.moves.filter((other) => other !== move);
  const error = typeof why === "string" ? wireError(why) : why;
  desk.emit({ type: "settle", reference: move.reference, outcome: { rejectsError: error } });
}

/** Why the call cannot come here, as far as this device knows. */
function obstacle({ state }: Desk, callId: CallId): ErrorCode | WireError | undefined {
  if (state.session === "over") return state.refusal ?? "ERR_NOT_SIGNED_IN";
  if (state.session !== "open") return "ERR_CONNECTION_NOT_ESTABLISHED";
  const call = state.elsewhere.find((candidate) => candidate.callId === callId);
  if (!call) return "ERR_CALL_NOT_FOUND";
  const isOccupied = state.attempt !== undefined || busyCall(state) !== undefined;
  if ((isOccupied && !call.held) || state.calls.length >= BOUNDS.CALLS_MAX) return "ERR_CALL_NOT_MOVED";
  return undefined;
}

function forgetElsewhere(state: { elsewhere: CallSnapshot[] }, id: CallId): void {
  state.elsewhere = state.elsewhere.filter(({ callId }) => callId !== id);
}
