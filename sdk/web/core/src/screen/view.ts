/**
 * What a call screen shows and what it asks for: the whole contract between the call machine and the screens.
 *
 * The machine hands over the complete `CallView` whenever anything in it changed; the screens find the difference.
 * The screens decide nothing about the call: a pressed button becomes a `ScreenAction`, and the screen changes only
 * when the machine answers with a new view.
 */
import type { Branding } from "../generated/protocol";
import type { TextChoice } from "../texts/texts";

/** A call as a person sees it. */
export interface CallView {
  /** Which of the screens. */
  phase: "outgoing" | "incoming" | "ongoing" | "ended";
  /** How far the call is, or what is wrong with it. */
  status: "calling" | "ringing" | "connecting" | "connected" | "reconnecting" | "peer_away" | "ended";
  /** Why it ended, in words; see `endedText`. */
  endText?: string | undefined;
  /** The other person. */
  peer: { cuid: string; name?: string | undefined };
  /** Why the caller calls. */
  context: string;
  /** The picture of the other person; if it is missing or broken the logo, then an initial, takes its place. */
  image?: string | undefined;
  /** The account's colours, logo and button theme. */
  branding: Branding;
  /** When it was answered, in milliseconds of this device's `Date.now()`. */
  answeredAt?: number | undefined;
  /** Whether this side's microphone is closed. */
  muted: boolean;
  /** Whether the other side's microphone is closed. */
  peerMuted: boolean;
  /** Whose network spoils the sound. */
  poorNetwork: "none" | "mine" | "theirs";
  /** The speaker's volume, 0 to 1. */
  volume: number;
  /** What the browser can listen with and play on. */
  devices: AudioDevices;
  /** Anything else that the person should know now. */
  notice?: string | undefined;
}

/** The microphones and speakers of this device. */
export interface AudioDevices {
  inputs: DeviceChoice[];
  outputs: DeviceChoice[];
  /** The id of the microphone in use. */
  input?: string | undefined;
  /** The id of the speaker in use. */
  output?: string | undefined;
  /** Whether this browser lets a page choose the speaker. */
  canChooseOutput: boolean;
}

/** A microphone or a speaker. */
export interface DeviceChoice {
  id: string;
  /** Empty where the browser hides it. */
  label: string;
}

/** What the person asked for. */
export type ScreenAction =
  | { type: "answer" }
  | { type: "decline" }
  | { type: "cancel" }
  | { type: "hangup" }
  | { type: "mute"; muted: boolean }
  | { type: "input"; id: string }
  | { type: "output"; id: string }
  | { type: "volume"; value: number }
  /** The screen of an ended call has left, by itself or because the person closed it. */
  | { type: "dismiss" };

/** The call screens of one client. */
export interface CallScreens {
  /** Shows the call, or puts the screen away with `null`. */
  show(view: CallView | null): void;
  /** Names the one who acts on the buttons; a later handler replaces an earlier one. */
  onAction(handler: (action: ScreenAction) => void): void;
  /** Takes everything off the page. */
  destroy(): void;
}

/** How the screens are made. */
export interface ScreenOptions {
  /** Texts that replace the English ones. */
  texts?: TextChoice | undefined;
  /** The page; the global one if none is given. */
  document?: Document | undefined;
}
