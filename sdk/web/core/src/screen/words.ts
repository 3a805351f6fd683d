/** What a view says in words: the sentences of the status line, the hints and the screen reader. Without DOM. */
import { fill, type Texts } from "../texts/texts";
import type { IconName } from "./icons";
import type { CallView } from "./view";

/** A line under the status that the person should know of. */
export interface Hint {
  icon: IconName;
  text: string;
}

/** Who the other person is on the screen. */
export function nameOf(view: CallView): string {
  return view.peer.name?.trim() || view.peer.cuid;
}

/** The status line. */
export function statusOf(view: CallView, texts: Texts): string {
  const { phase, status } = view;
  if (phase === "ended" || status === "ended") return view.endText ?? texts.callEnded;
  if (phase === "incoming") return texts.incoming;
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

/** The hints, the most urgent first. A network that is gone is told by the status; that it is weak adds nothing. */
export function hintsOf(view: CallView, texts: Texts): Hint[] {
  const hints: Hint[] = [];
  if (view.notice) hints.push({ icon: "notice", text: view.notice });
  if (view.phase !== "ongoing") return hints;
  if (view.peerMuted) hints.push({ icon: "microphoneOff", text: fill(texts.peerMuted, { name: nameOf(view) }) });
  if (view.status === "connected" && view.poorNetwork !== "none") {
    hints.push({ icon: "weak", text: view.poorNetwork === "mine" ? texts.myNetworkWeak : texts.theirNetworkWeak });
  }
  return hints;
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

/** What a screen reader says when the view is new. */
export function announcementOf(view: CallView, texts: Texts): string {
  const opening = view.phase === "incoming" ? [titleOf(view, texts), view.context] : [statusOf(view, texts)];
  return [...opening, ...hintsOf(view, texts).map((hint) => hint.text)].join(". ");
}
