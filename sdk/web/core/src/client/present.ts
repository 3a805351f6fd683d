/** From what the machine shows to what the person reads and hears. */
import type { Notice, PoorNetwork, ShownCall } from "../call/types";
import type { Branding, EndReason, WithdrawnReason } from "../generated/protocol";
import type { OwnNetwork, SoundState } from "../media/types";
import type { CallView } from "../screen/view";
import type { Sounds } from "../sound/sounds";
import { endedText, fill, type Texts } from "../texts/texts";

/** Everything that the screen needs besides the call itself. */
export interface Surroundings {
  branding: Branding;
  texts: Texts;
  sound: SoundState;
  /** What must be added to the machine's times to make them times of `Date.now()`. */
  clockOffset: number;
}

/** The screen's view of `shown`. */
export function present(shown: ShownCall, { branding, texts, sound, clockOffset }: Surroundings): CallView {
  const { end, notice, role, answeredAt, ...same } = shown;
  const poorNetwork = poorNetworkOf(shown, sound.poorNetwork);
  const view: CallView = { ...same, ...sound, poorNetwork, branding };
  if (answeredAt !== undefined) view.answeredAt = Math.round(answeredAt + clockOffset);
  if (end !== undefined) view.endText = endText(texts, end, shown);
  if (notice) view.notice = fill(noticeText(texts, notice), { name: nameOf(shown.peer) });
  return view;
}

/** Whose network spoils the sound of a call: what this device finds out by itself, else what the server says. */
export function poorNetworkOf(call: ShownCall | undefined, own: OwnNetwork): PoorNetwork {
  return own === "none" ? (call?.poorNetwork ?? "none") : own;
}

/** What is heard while `shown` is on the screen. */
export function soundOf(shown: ShownCall | null): Exclude<keyof Sounds, "stop" | "destroy"> | "silence" {
  switch (shown?.phase) {
    case "ongoing":
      if (shown.waiting) return "waiting";
      // On hold by both there is nobody to wait for.
      return shown.peerHeld && !shown.held ? "hold" : "silence";
    case "outgoing":
      return shown.status === "ringing" ? "ringback" : "silence";
    case "incoming":
      return "ringtone";
    case "ended":
      if (shown.end === "busy" && shown.role === "caller") return "busy";
      return shown.answeredAt !== undefined || shown.role === "caller" ? "end" : "silence";
    default:
      return "silence";
  }
}

/** What a person is called on the screen. */
export function nameOf(peer: { cuid: string; name?: string }): string {
  return peer.name ?? peer.cuid;
}

function endText(texts: Texts, end: EndReason | WithdrawnReason, { role, peer }: ShownCall): string {
  if (end === "answered_elsewhere" || end === "declined_elsewhere" || end === "taken_over") return texts.withdrawn[end];
  // A reason of a later version has no text yet.
  return texts.ended[end] === undefined ? texts.callEnded : endedText(texts, end, role, nameOf(peer));
}

function noticeText(texts: Texts, notice: Notice): string {
  if (notice.type === "microphone_blocked") return texts.microphoneBlocked;
  return fill(texts.callWaiting, { name: nameOf(notice.from) });
}
