/**
 * What becomes of a call whose path died: a fresh peer at once, and signalling looked after, because it took the same
 * way. The old peer goes on beside the new one, so that whichever works first is heard.
 */
import { openPeer } from "./media";
import { type Call, callNamed, type Desk, PEER_FRESH, PEER_INTERVAL } from "./state";
import type { CallInput } from "./types";

/** Nothing arrives. A fresh peer finds a new path in a second, where waiting for the old one takes up to twenty. */
export function onMediaLost(desk: Desk, { callId }: Extract<CallInput, { type: "media_lost" }>): void {
  const { state } = desk;
  const call = callNamed(state, callId);
  if (!call || call.mediaLost) return;
  call.mediaLost = true;
  if (state.session !== "open") return;
  // The offer must get through, and its socket is silent for seconds before it is known to be dead.
  desk.emit({ type: "probe" });
  reopenPeer(desk, call);
}

/** Opens another peer as soon as that makes sense: one that never worked is given its time. */
export function reopenPeer(desk: Desk, call: Call): void {
  const { now } = desk;
  const earliest = call.peerProven ? now : (call.peerOpenedAt ?? -PEER_INTERVAL) + PEER_INTERVAL;
  if (now >= earliest) openPeer(desk, call);
  else call.reopenAt = earliest;
}

/** The last peer that was opened did not come up. Without signalling the next one must wait for it. */
export function onReopenDue(desk: Desk, call: Call): void {
  call.reopenAt = undefined;
  if (desk.state.session === "open") openPeer(desk, call);
}

/** Signalling is back. A peer of a moment ago may do; an older one may have been made without a network. */
export function recoverWithSignalling(desk: Desk, call: Call): void {
  if (!call.mediaLost) return;
  if (desk.now - (call.peerOpenedAt ?? -PEER_FRESH) >= PEER_FRESH) openPeer(desk, call);
  else call.reopenAt ??= desk.now + PEER_INTERVAL;
}

/** The path works. Peers that are still on their way are the media's to keep or to drop. */
export function onMediaBack(desk: Desk, { callId }: Extract<CallInput, { type: "media_back" }>): void {
  const { state } = desk;
  const call = callNamed(state, callId);
  if (!call) return;
  call.mediaLost = false;
  call.peerProven = true;
  call.reopenAt = undefined;
  // The network is there, whatever signalling believes.
  if (state.session === "lost") desk.emit({ type: "probe" });
}
