/** What a view says in words: the sentences of the status line, the hints and the screen reader. Without DOM. */
import { fill, type Texts } from "../texts/texts";
import type { IconName } from "./icons";
import type { CallView, Person, SwitchedDevice, WaitingCall } from "./view";

/** A line under the status that the person should know of. */
export interface Hint {
  icon: IconName;
  text: string;
  /** Whether the call suffers from it, so that it is said on a minimised screen too. */
  isTrouble?: true;
}

/** Who the other person is on the screen. */
export function nameOf(view: CallView): string {
  return personName(view.peer);
}

/** What a person is called: by their name, or by their cuid if they have none. */
export function personName({ cuid, name }: Person): string {
  return name?.trim() || cuid;
}

/** The status line. */
export function statusOf(view: CallView, texts: Texts): string {
  const { phase } = view;
  const status = statusHere(view);
  if (phase === "ended" || status === "ended") return view.endText ?? texts.callEnded;
  if (phase === "incoming") return texts.incoming;
  if (phase === "ongoing" && !isCut(view)) {
    if (view.held) return texts.onHold;
    if (view.peerHeld) return fill(texts.peerHolds, { name: nameOf(view) });
  }
  switch (status) {
    case "calling":
      return texts.calling;
    case "ringing":
      return texts.ringing;
    case "connecting":
      return texts.connecting;
    case "connected":
      return texts.connected;
    case "reconnecting":
      return texts.reconnecting;
    case "peer_away":
      return fill(texts.peerAway, { name: nameOf(view) });
  }
}

/** Whether the status line tells of something that is on its way. */
export function isUnderWay(view: CallView): boolean {
  const { phase } = view;
  const status = statusHere(view);
  if (phase === "incoming" || phase === "ended") return false;
  if (phase === "ongoing" && !isCut(view) && (view.held || view.peerHeld)) return false;
  return status === "connecting" || status === "reconnecting" || status === "peer_away";
}

/** What a minimised screen, which has one line, says instead of the time that the call lasts. */
export function troubleOf(view: CallView, texts: Texts): string | undefined {
  const [silent] = playOf(view, texts);
  return silent ?? hintsOf(view, texts).find(({ isTrouble }) => isTrouble)?.text;
}

/**
 * The hints, the most urgent first. A network that is gone is told by the status; that it is weak adds nothing. Neither
 * does it while nobody is to be heard.
 */
export function hintsOf(view: CallView, texts: Texts): Hint[] {
  const hints: Hint[] = [];
  if (view.notice) hints.push({ icon: "notice", text: view.notice, isTrouble: true });
  // Its status is that it comes in, whatever else.
  if (view.phase === "incoming" && view.status === "reconnecting") {
    hints.push({ icon: "notice", text: texts.reconnecting, isTrouble: true });
  }
  if (view.phase !== "ongoing") return hints;
  const name = nameOf(view);
  const isHeld = view.held || view.peerHeld;
  if (view.microphoneInterrupted) {
    hints.push({ icon: "microphoneOff", text: texts.microphoneInterrupted, isTrouble: true });
  }
  if (isCut(view) && view.held) hints.push({ icon: "hold", text: texts.onHold });
  if (view.status === "peer_away" && isHeld) hints.push({ icon: "notice", text: fill(texts.peerAway, { name }) });
  else if (view.held && view.peerHeld) hints.push({ icon: "hold", text: fill(texts.peerHolds, { name }) });
  if (view.signallingAway) hints.push({ icon: "notice", text: texts.signallingAway, isTrouble: true });
  if (view.peerMuted && !isHeld) hints.push({ icon: "microphoneOff", text: fill(texts.peerMuted, { name }) });
  if (view.switched) hints.push(switchedHint(view.switched, texts));
  if (statusHere(view) === "connected" && !view.signallingAway && !isHeld && view.poorNetwork !== "none") {
    const text = view.poorNetwork === "mine" ? texts.myNetworkWeak : texts.theirNetworkWeak;
    hints.push({ icon: "weak", text, isTrouble: true });
  }
  return hints;
}

function switchedHint({ kind, label }: SwitchedDevice, texts: Texts): Hint {
  return kind === "input"
    ? { icon: "microphone", text: fill(texts.microphoneSwitched, { device: label || texts.microphone }) }
    : { icon: "sound", text: fill(texts.speakerSwitched, { device: label || texts.speaker }) };
}

/** The name of the dialog. */
export function titleOf(view: CallView, texts: Texts): string {
  const title = {
    outgoing: texts.outgoingDialog,
    incoming: texts.incomingDialog,
    ongoing: texts.ongoingDialog,
    ended: texts.ongoingDialog,
  };
  return fill(title[view.phase], { name: nameOf(view) });
}

/** The status as this person has it: who can be heard is connected, though one of the two does not reach the server. */
export function statusHere({ status, signallingAway, peerHeard }: CallView): CallView["status"] {
  return signallingAway || (status === "peer_away" && peerHeard) ? "connected" : status;
}

/** Whether this side hears nothing because its connection is lost. */
export function isCut({ status, signallingAway }: CallView): boolean {
  return status === "reconnecting" && !signallingAway;
}

/** Whether a screen reader should say it at once, whatever it is saying. */
export function isUrgent(view: CallView): boolean {
  return view.phase === "incoming" || isWaiting(view);
}

/** What a screen reader says when `view` follows `last`. */
export function announcementOf(view: CallView, last: CallView | undefined, texts: Texts): string {
  return [
    ...openingOf(view, last, texts),
    ...hintsOf(view, texts).map((hint) => hint.text),
    ...playOf(view, texts),
  ].join(". ");
}

/** What the button says that lets the browser play, if there is one. */
export function playOf(view: CallView, texts: Texts): string[] {
  const silent = view.phase === "ongoing" && view.blocked && !view.held;
  return silent ? [fill(texts.touchToHear, { name: nameOf(view) })] : [];
}

function openingOf(view: CallView, last: CallView | undefined, texts: Texts): string[] {
  if (view.phase === "incoming") return [titleOf(view, texts), view.context];
  if (isWaiting(view)) return [fill(texts.waiting, { name: personName(view.waiting.from) }), view.waiting.context];
  const isAnother = last !== undefined && last.peer.cuid !== view.peer.cuid;
  return isAnother ? [titleOf(view, texts), statusOf(view, texts)] : [statusOf(view, texts)];
}

function isWaiting(view: CallView): view is CallView & { waiting: WaitingCall } {
  return view.phase === "ongoing" && view.waiting !== undefined;
}
