/** What follows from the state, whatever led to it: nothing stays open that no call needs, and changes are told. */
import { arrangeRinging } from "./ringing";
import { shownCall } from "./shown";
import { currentCall, type Desk, isOngoing, isUnanswered, type State } from "./state";

export function conclude(desk: Desk): void {
  arrangeRinging(desk);
  closePeers(desk);
  settleMicrophone(desk);
  tell(desk);
}

function closePeers(desk: Desk): void {
  const { state } = desk;
  const isWanted = (id: string) => state.calls.some((call) => call.id === id);
  for (const callId of state.peers) if (!isWanted(callId)) desk.emit({ type: "close_peer", callId });
  state.peers = state.peers.filter(isWanted);
}

/** The microphone is open for as long as anybody is to be heard, also for a call on hold: to ask for it again would need
 * the person. It is live for one call at most. */
function settleMicrophone(desk: Desk): void {
  const { state } = desk;
  const { attempt, calls, moves, told, peers } = state;
  const isNeeded = attempt !== undefined || moves.length > 0 || calls.some((call) => !isUnanswered(call));
  if (state.microphone !== "closed" && !isNeeded) {
    state.microphone = "closed";
    told.live = undefined;
    desk.emit({ type: "close_microphone" });
  }
  const live = liveCall(state);
  if (live === told.live) return;
  // What is not sent on a closed peer need not be said.
  if (told.live !== undefined && peers.includes(told.live)) {
    desk.emit({ type: "microphone_live", callId: told.live, live: false });
  }
  if (live !== undefined) desk.emit({ type: "microphone_live", callId: live, live: true });
  told.live = live;
}

/** The call into which the microphone is sent. */
function liveCall(state: State): string | undefined {
  const call = currentCall(state);
  if (!call || !isOngoing(call) || call.muted || state.microphone !== "open") return undefined;
  return call.id;
}

function tell(desk: Desk): void {
  const { state } = desk;
  const { told } = state;
  const view = shownCall(state);
  const drawn = JSON.stringify(view);
  if (drawn !== told.view) {
    told.view = drawn;
    desk.emit({ type: "view", view: copy(view) });
  }
  // One that is on this device is not elsewhere, whichever was told first.
  const calls = state.elsewhere.filter(({ callId }) => !state.calls.some(({ id }) => id === callId));
  const listed = JSON.stringify(calls);
  if (listed === told.elsewhere) return;
  told.elsewhere = listed;
  desk.emit({ type: "elsewhere", calls: copy(calls) });
}

/** What is shown leaves the machine; nobody outside may change what it remembers. */
export function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
