/**
 * Every text that a person can read or hear on the call screens, in the system notification and in a screen reader.
 *
 * The views hold no words of their own, so an app translates the whole by passing its own `Texts`, or only the ones
 * that it wants to change. `{name}` stands for the other person's name and `{n}` for a number; a text may leave them
 * out.
 */
import type { EndReason, Role, WithdrawnReason } from "../generated/protocol";
import { ENGLISH } from "./english";

/** Every text of the call screens. */
export interface Texts {
  /** Status while the server looks for the other person's devices. */
  calling: string;
  /** Status while at least one of their devices rings. */
  ringing: string;
  /** Status on the callee's screen. */
  incoming: string;
  /** Status between the answer and the first sound. */
  connecting: string;
  /** What a screen reader says when both can talk; the eye sees the timer instead. */
  connected: string;
  /** Status while this side's connection is lost. */
  reconnecting: string;
  /** Status while the other side's connection is lost. */
  peerAway: string;
  /** Status while this side holds the call. */
  onHold: string;
  /** Status while the other side holds it. */
  peerHolds: string;
  /** Status of an ended call about which nothing else is known. */
  callEnded: string;

  /** Button that gives up an outgoing call. */
  cancel: string;
  /** Button that takes an incoming call. */
  answer: string;
  /** Button that refuses an incoming call. */
  decline: string;
  /** Button that closes the microphone. */
  mute: string;
  /** Button that opens the microphone again. */
  unmute: string;
  /** Button that puts an ongoing call on hold. */
  hold: string;
  /** Button that goes on with a call that was held. */
  resume: string;
  /** Button that ends an ongoing call. */
  hangUp: string;
  /** Button that makes the screen a small pill. */
  minimise: string;
  /** Button that brings the screen back. */
  restore: string;
  /** Button that puts away the screen of a call that has ended. */
  close: string;

  /** Full name of the button that shows volume and devices; should contain `audio`. */
  audioSettings: string;
  /** What is written under that button. */
  audio: string;
  /** Name of the volume slider. */
  speakerVolume: string;
  /** Name of the list of microphones. */
  microphone: string;
  /** Name of the list of speakers. */
  speaker: string;
  /** A microphone whose name the browser hides. */
  microphoneNumber: string;
  /** A speaker whose name the browser hides. */
  speakerNumber: string;

  /** Name of the bar that shows how loud the microphone is. */
  microphoneLevel: string;
  /** Name of the switch that takes noise out of the microphone's sound. */
  noiseSuppression: string;

  /** Headline of a call that waits while another goes on. */
  waiting: string;
  /** Button that ends the current call and takes the one that waits. */
  endAndAnswer: string;
  /** Button that holds the current call and takes the one that waits. */
  holdAndAnswer: string;
  /** Headline of the other calls, which are on hold. */
  heldCalls: string;
  /** Button that holds the current call, if there is one, and goes on with another. */
  switchCall: string;
  /** The same button for a screen reader, which needs to know with whom. */
  switchTo: string;
  /** Banner on a device while the person is in a call on another of their devices. */
  elsewhere: string;
  /** Button that brings that call to this device. */
  continueHere: string;

  /** Hint that the other person cannot be heard because they muted themselves. */
  peerMuted: string;
  /** Hint that this side's network spoils the sound. */
  myNetworkWeak: string;
  /** Hint that the other side's network spoils the sound. */
  theirNetworkWeak: string;
  /** Notice after the browser refused the microphone. */
  microphoneBlocked: string;
  /** Hint that the server is not reached, while the sound goes on. */
  signallingAway: string;
  /** Hint that the system has taken the microphone away. */
  microphoneInterrupted: string;
  /** Hint that another microphone, `{device}`, is used since the last one went. */
  microphoneSwitched: string;
  /** Hint that the sound comes from another speaker, `{device}`, since the last one went. */
  speakerSwitched: string;
  /** Button when the browser plays no sound until the page is touched. */
  touchToHear: string;
  /** Notice that somebody else called meanwhile. */
  callWaiting: string;

  /** Name of the dialog in an outgoing call. */
  outgoingDialog: string;
  /** Name of the dialog in an incoming call. */
  incomingDialog: string;
  /** Name of the dialog in an ongoing or ended call. */
  ongoingDialog: string;
  /** Title of the system notification; its body is the context. */
  notificationTitle: string;
  /** The line that names the maker, where the account's branding keeps it. */
  poweredBy: string;

  /** What the screen says when a call has ended, by reason. */
  ended: Record<EndReason, EndedText>;
  /** What a ringing device says when another device of the same user dealt with the call. */
  withdrawn: Record<WithdrawnReason, string>;
}

/** One sentence for both sides, or one for each. */
export type EndedText = string | Record<Role, string>;

/** What an app passes: any part of the texts; the rest stays English. */
export type TextChoice = Partial<Omit<Texts, "ended" | "withdrawn">> & {
  ended?: Partial<Texts["ended"]>;
  withdrawn?: Partial<Texts["withdrawn"]>;
};

/** The app's texts with English in the gaps. */
export function completeTexts(choice: TextChoice = {}): Texts {
  return {
    ...ENGLISH,
    ...choice,
    ended: { ...ENGLISH.ended, ...choice.ended },
    withdrawn: { ...ENGLISH.withdrawn, ...choice.withdrawn },
  };
}

/** What the screen of `role` says about a call that ended for `reason`. */
export function endedText(texts: Texts, reason: EndReason, role: Role, name: string): string {
  const text = texts.ended[reason];
  return fill(typeof text === "string" ? text : text[role], { name });
}

/** `text` with the words put where it names them; a name that has no word stays as it is. */
export function fill(text: string, words: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => String(words[key] ?? whole));
}
