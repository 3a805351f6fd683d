/**
 * Calls on hold: at most one call of a person is not.
 *
 * What the person wants is shown at once; the server has the last word, since the line may not be free.
 */
import type { ServerMessage } from "../generated/protocol";
import { hangUpCall } from "./ending";
import { type Call, callNamed, currentCall, type Desk, frontCall, isOngoing } from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** The person holds a call, or goes on with one; then the call that they are in is held. */
export function hold(desk: Desk, { held, callId }: Extract<CallInput, { type: "hold" }>): void {
  const { state } = desk;
  const call = callId === undefined ? frontCall(state) : callNamed(state, callId);
  if (!call || !isOngoing(call) || call.held === held) return;
  if (held) {
    if (state.choices.hold) holdCall(desk, call);
    return;
  }
  const current = currentCall(state);
  if (current) {
    // One that is being placed or answered cannot be held.
    if (!mayHold(desk, current)) return;
    holdCall(desk, current);
  }
  call.held = false;
  ask(desk, call);
}

/** Clears the line for another call: `how` if that is possible, and else by ending it. */
export function makeWay(desk: Desk, call: Call, how: "end" | "hold"): void {
  if (how === "hold" && mayHold(desk, call)) holdCall(desk, call);
  else hangUpCall(desk, call);
}

/** Whether this person may put `call` on hold. */
export function mayHold({ state }: Pick<Desk, "state">, call: Call): boolean {
  return state.choices.hold && isOngoing(call);
}

/** How the server has it. */
export function onHeld(desk: Desk, { callId, held }: Message<"held">): void {
  const { state } = desk;
  const call = callNamed(state, callId);
  if (!call) return;
  // What answers an earlier request, to go on, is old news.
  if (call.holdUnanswered && call.held && !held) return;
  call.holdUnanswered = false;
  const current = currentCall(state);
  if (held) setHeld(desk, call);
  // The person has gone on with another call by now.
  else if (current && current !== call) holdCall(desk, call);
  else call.held = false;
}

function holdCall(desk: Desk, call: Call): void {
  setHeld(desk, call);
  ask(desk, call);
}

/** The one that was held last is the last of all. */
function setHeld({ state }: Desk, call: Call): void {
  if (!call.held) state.calls = [...state.calls.filter((other) => other !== call), call];
  call.held = true;
}

function ask(desk: Desk, call: Call): void {
  if (call.id === undefined) return;
  call.holdUnanswered = true;
  desk.emit({ type: "send", message: { type: "hold", callId: call.id, held: call.held } });
}
