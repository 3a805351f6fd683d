/** What a person sees of the machine's state, and what an app sees of its calls. */
import { type Call, callAt, currentCall, type Farewell, frontCall, isOngoing, isUnanswered, type State } from "./state";
import type { HeldCall, ShownCall, WaitingCall } from "./types";

/** The screen that `state` asks for; `null` for none. */
export function shownCall(state: State): ShownCall | null {
  const { farewell } = state;
  const front = frontCall(state);
  if (!front) return farewell ? parted(farewell) : null;
  const shown = alive(state, front);
  const waiting = waitingCall(state);
  const onHold = state.calls.filter((call) => call.held && call !== front).flatMap(heldCall);
  if (waiting) shown.waiting = waiting;
  if (onHold.length > 0) shown.onHold = onHold;
  return shown;
}

/** Every call by itself, with its names; those that ended lately as well, once it is known how. */
export function shownCalls(state: State): ShownCall[] {
  return [
    ...state.ended.map((farewell) => named(parted(farewell), farewell.call)),
    ...state.partings.map(({ call }) => named(drawn(call, "ended", "ended"), call)),
    ...state.calls.filter(({ stage }) => stage !== "behind").map((call) => named(alive(state, call), call)),
  ];
}

function alive(state: State, call: Call): ShownCall {
  const shown = drawn(call, phaseOf(call), statusOf(call, state.signallingMissed));
  if (call.held) shown.held = true;
  if (call.peerHeld) shown.peerHeld = true;
  if (call.poorNetwork !== "none") shown.poorNetwork = call.poorNetwork;
  if (call.held || (state.choices.hold && isOngoing(call))) shown.canHold = true;
  if (state.signallingMissed && call.stage === "connected" && !call.mediaLost) shown.signallingAway = true;
  return shown;
}

function parted({ call, end }: Farewell): ShownCall {
  return { ...drawn(call, "ended", "ended"), end };
}

function named(shown: ShownCall, { id, reference }: Call): ShownCall {
  return {
    ...shown,
    ...(id === undefined ? {} : { callId: id }),
    ...(reference === undefined ? {} : { reference }),
  };
}

function waitingCall(state: State): WaitingCall | undefined {
  const call = callAt(state, "waiting");
  const current = currentCall(state);
  if (call?.id === undefined || !current) return undefined;
  const { id, peer, context, image } = call;
  return {
    callId: id,
    from: peer,
    context,
    ...(image === undefined ? {} : { image }),
    canHold: state.choices.hold && isOngoing(current),
  };
}

function heldCall({ id, peer }: Call): HeldCall[] {
  return id === undefined ? [] : [{ callId: id, peer }];
}

function drawn(call: Call, phase: ShownCall["phase"], status: ShownCall["status"]): ShownCall {
  const { role, peer, context, image, answeredAt, muted, peerMuted, notice } = call;
  return {
    phase,
    status,
    role,
    peer,
    context,
    ...(image === undefined ? {} : { image }),
    ...(answeredAt === undefined ? {} : { answeredAt }),
    muted,
    peerMuted,
    ...(notice === undefined || phase === "ended" ? {} : { notice }),
  };
}

function phaseOf(call: Call): ShownCall["phase"] {
  if (isUnanswered(call)) return "incoming";
  switch (call.stage) {
    case "placing":
    case "placed":
    case "ringing":
      return "outgoing";
    default:
      return "ongoing";
  }
}

function statusOf(call: Call, signallingMissed: boolean): ShownCall["status"] {
  if (signallingMissed) return "reconnecting";
  if (isUnanswered(call)) return "ringing";
  switch (call.stage) {
    case "placing":
    case "placed":
      return "calling";
    case "ringing":
      return "ringing";
    case "connected":
      if (call.mediaLost) return "reconnecting";
      return call.peerAway ? "peer_away" : "connected";
    default:
      return "connecting";
  }
}
