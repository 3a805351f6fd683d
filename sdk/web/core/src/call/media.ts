/** What the call wants of microphone and peer, and what it makes of their news. */
import type { ClientMessage, ServerMessage } from "../generated/protocol";
import { end, part } from "./ending";
import { place, refuse } from "./placing";
import { type Call, callNamed, type Desk, isOngoing, PEER_INTERVAL } from "./state";
import type { CallInput } from "./types";

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;
type Input<T extends CallInput["type"]> = Extract<CallInput, { type: T }>;

/** Asks for the microphone, unless it is there or on its way. */
export function openMicrophone(desk: Desk): void {
  const { state } = desk;
  if (state.microphone === "open") return onMicrophoneOpened(desk);
  if (state.microphone === "opening") return;
  state.microphone = "opening";
  desk.emit({ type: "open_microphone" });
}

export function onMicrophoneOpened(desk: Desk): void {
  const { state } = desk;
  if (state.microphone === "closed") return;
  state.microphone = "open";
  const { attempt, call } = state;
  if (attempt) {
    state.attempt = undefined;
    return place(desk, attempt);
  }
  if (!call || call.id === undefined) return;
  if (call.stage === "answering") {
    desk.emit({ type: "send", message: { type: "answer", callId: call.id } });
  } else if (isOngoing(call) && call.notice?.type === "microphone_blocked") {
    call.notice = undefined;
    setMuted(desk, call, false);
  }
}

/** The microphone is refused, missing or was taken away. */
export function onMicrophoneFailed(desk: Desk): void {
  const { state } = desk;
  if (state.microphone === "closed") return;
  state.microphone = "failed";
  const { attempt, call } = state;
  if (attempt) {
    state.attempt = undefined;
    return refuse(desk, attempt, "ERR_MIC_UNAVAILABLE");
  }
  if (!call) return;
  if (call.stage === "answering" && call.id !== undefined) {
    desk.emit({ type: "send", message: { type: "decline", callId: call.id, reason: "microphone_denied" } });
    return part(desk, "microphone_denied");
  }
  // The call goes on one-sided; pressing Unmute asks for the microphone again, now with the gesture that it may need.
  askForMicrophone(call);
  if (isOngoing(call) && !call.muted) setMuted(desk, call, true);
}

/** The person closes or opens their microphone. */
export function mute(desk: Desk, muted: boolean): void {
  const { state } = desk;
  const { call } = state;
  if (!call || !isOngoing(call)) return;
  if (!muted && state.microphone !== "open") {
    askForMicrophone(call);
    return openMicrophone(desk);
  }
  if (call.muted !== muted) setMuted(desk, call, muted);
}

/** Opens a peer for `call` in place of any other. */
export function openPeer(desk: Desk, call: Call): void {
  if (call.id === undefined) return;
  desk.state.peerOf = call.id;
  call.peerOpenedAt = desk.now;
  call.reopenAt = undefined;
  desk.emit({ type: "open_peer", callId: call.id });
}

export function onOffer(desk: Desk, { callId, sdp }: Input<"offer">): void {
  const call = callNamed(desk.state, callId);
  if (!call) return;
  call.unansweredOffers += 1;
  desk.emit({ type: "send", message: { type: "media_offer", callId, sdp } });
}

export function onMediaAnswer(desk: Desk, { callId, sdp }: Message<"media_answer">): void {
  const call = callNamed(desk.state, callId);
  if (!call || call.unansweredOffers === 0) return;
  call.unansweredOffers -= 1;
  if (call.unansweredOffers === 0) desk.emit({ type: "accept_answer", callId, sdp });
}

/** The relay cannot take this browser's offer, and would not take the next one either. */
export function onMediaRefused(desk: Desk, { callId, error }: Message<"media_refused">): void {
  const call = callNamed(desk.state, callId);
  if (!call || call.unansweredOffers === 0) return;
  call.unansweredOffers -= 1;
  if (call.unansweredOffers > 0) return;
  desk.emit({ type: "send", message: { type: "hangup", callId } });
  end(desk, "internal", { rejectsError: error });
}

/** Nothing arrives. A fresh peer finds a new path in a second, where waiting for the old one takes up to twenty. */
export function onMediaLost(desk: Desk, { callId }: Input<"media_lost">): void {
  const call = callNamed(desk.state, callId);
  if (!call) return;
  call.mediaLost = true;
  reopenPeer(desk, call);
}

/** Opens another peer as soon as that is of use: signalling must be there, and the last peer had its chance. */
export function reopenPeer(desk: Desk, call: Call): void {
  const { state, now } = desk;
  if (state.session !== "open") return;
  const earliest = (call.peerOpenedAt ?? now - PEER_INTERVAL) + PEER_INTERVAL;
  if (now >= earliest) openPeer(desk, call);
  else call.reopenAt = earliest;
}

export function onMediaBack(desk: Desk, { callId }: Input<"media_back">): void {
  const call = callNamed(desk.state, callId);
  if (!call) return;
  call.mediaLost = false;
  call.reopenAt = undefined;
}

function askForMicrophone(call: Call): void {
  call.notice = { type: "microphone_blocked" };
  call.noticeDue = undefined;
}

function setMuted(desk: Desk, call: Call, muted: boolean): void {
  call.muted = muted;
  if (call.id === undefined) return;
  const message: ClientMessage = { type: "mute", callId: call.id, muted };
  desk.emit({ type: "send", message });
}
