/** What a person sees of the machine's state. */
import { type Call, isOngoing, type State } from "./state";
import type { ShownCall } from "./types";

/** The screen that `state` asks for; `null` for none. */
export function shownCall(state: State): ShownCall | null {
  const { call, farewell } = state;
  if (call) return drawn(call, phaseOf(call), statusOf(call, state.signallingMissed));
  if (farewell) return { ...drawn(farewell.call, "ended", "ended"), end: farewell.end };
  return null;
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
  switch (call.stage) {
    case "placing":
    case "placed":
    case "ringing":
      return "outgoing";
    case "incoming":
      return "incoming";
    case "answering":
    case "answered":
    case "connected":
      return "ongoing";
  }
}

function statusOf(call: Call, signallingMissed: boolean): ShownCall["status"] {
  if (signallingMissed) return "reconnecting";
  switch (call.stage) {
    case "placing":
    case "placed":
      return "calling";
    case "ringing":
    case "incoming":
      return "ringing";
    case "answering":
    case "answered":
      return "connecting";
    case "connected":
      if (call.mediaLost) return "reconnecting";
      return call.peerAway ? "peer_away" : "connected";
  }
}

/** Whether what the microphone hears is to be sent. */
export function isLive({ call, microphone }: State): boolean {
  return call !== undefined && isOngoing(call) && !call.muted && microphone === "open";
}
