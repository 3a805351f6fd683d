/** What the calls want of microphone and peers, and what they make of their news; `recovery.ts` has the lost paths. */
import type { ClientMessage, ServerMessage } from "../generated/protocol";
import { end, meant, part } from "./ending";
import { askForMoves, refuseMoves } from "./moving";
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
  const { attempt } = state;
  // Not those that are answered by calling back, below: their answer is said there.
  const answering = state.calls.filter(({ stage }) => stage === "answering");
  if (attempt) {
    state.attempt = undefined;
    place(desk, attempt);
  }
  askForMoves(desk);
  for (const call of state.calls) {
    if (call.id === undefined) continue;
    if (answering.includes(call)) {
      desk.emit({ type: "send", message: { type: "answer", callId: call.id } });
    } else if (isOngoing(call) && call.notice?.type === "microphone_blocked") {
      call.notice = undefined;
      setMuted(desk, call, false);
    }
  }
}

/** The microphone is refused, missing or was taken away. */
export function onMicrophoneFailed(desk: Desk): void {
  const { state } = desk;
  if (state.microphone === "closed") return;
  state.microphone = "failed";
  const { attempt } = state;
  if (attempt) {
    state.attempt = undefined;
    refuse(desk, attempt, "ERR_MIC_UNAVAILABLE");
  }
  refuseMoves(desk, "ERR_MIC_UNAVAILABLE", ({ due }) => due === undefined);
  for (const call of [...state.calls]) {
    if (call.stage === "answering" && call.id !== undefined) {
      desk.emit({ type: "send", message: { type: "decline", callId: call.id, reason: "microphone_denied" } });
      part(desk, call, "microphone_denied");
    } else if (call.role === "caller" || isOngoing(call)) {
      // The call goes on one-sided; pressing Unmute asks for the microphone again, now with the gesture that it may need.
      askForMicrophone(call);
      if (isOngoing(call) && !call.muted) setMuted(desk, call, true);
    }
  }
}

/** The person closes or opens their microphone. */
export function mute(desk: Desk, { muted, callId }: Input<"mute">): void {
  const { state } = desk;
  const call = meant(state, callId);
  if (!call || !isOngoing(call)) return;
  if (!muted && state.microphone !== "open") {
    askForMicrophone(call);
    return openMicrophone(desk);
  }
  if (call.muted !== muted) setMuted(desk, call, muted);
}

/** Opens a peer for `call`; another one follows if the path was lost and this one does not bring it back in time. */
export function openPeer(desk: Desk, call: Call): void {
  const { state, now } = desk;
  if (call.id === undefined) return;
  if (!state.peers.includes(call.id)) state.peers.push(call.id);
  call.peerOpenedAt = now;
  call.peerProven = false;
  call.reopenAt = call.mediaLost ? now + PEER_INTERVAL : undefined;
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
  if (call.unansweredOffers > 0) return;
  // The time that the offer was under way was not the peer's.
  if (call.mediaLost) call.reopenAt = desk.now + PEER_INTERVAL;
  desk.emit({ type: "accept_answer", callId, sdp });
}

/** The relay cannot take this browser's offer, and would not take the next one either. */
export function onMediaRefused(desk: Desk, { callId, error }: Message<"media_refused">): void {
  const call = callNamed(desk.state, callId);
  if (!call || call.unansweredOffers === 0) return;
  call.unansweredOffers -= 1;
  if (call.unansweredOffers > 0) return;
  desk.emit({ type: "send", message: { type: "hangup", callId } });
  end(desk, call, "internal", { rejectsError: error });
}

function askForMicrophone(call: Call): void {
  call.notice = { type: "microphone_blocked" };
  call.noticeDue = undefined;
}

/** Tells the other side, and the server for when this page is reloaded. */
export function setMuted(desk: Desk, call: Call, muted: boolean): void {
  call.muted = muted;
  if (call.id === undefined) return;
  const message: ClientMessage = { type: "mute", callId: call.id, muted };
  desk.emit({ type: "send", message });
}
