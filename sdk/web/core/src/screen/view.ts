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
  peer: Person;
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
  /** Whether this side holds the call. */
  held?: boolean | undefined;
  /** Whether the other side holds it. */
  peerHeld?: boolean | undefined;
  /** Whether it may be put on hold; without it there is no such button. */
  canHold?: boolean | undefined;
  /** Whether nothing can be told to the server at the moment, while the sound goes on; the status then says nothing. */
  signallingAway?: boolean | undefined;
  /** Somebody else calls meanwhile. */
  waiting?: WaitingCall | undefined;
  /** The other calls of this device, all on hold; the one held last comes last. */
  onHold?: HeldCall[] | undefined;
  /** Whether sound of the other side arrives: then their connection is not lost for this person, whatever the status. */
  peerHeard?: boolean | undefined;
  /** Whether the browser plays nothing until the person touches the page. */
  blocked?: boolean | undefined;
  /** Whether the system has taken the microphone away; it may give it back. */
  microphoneInterrupted?: boolean | undefined;
  /** What is used since another device went or came by itself; absent again after a while. */
  switched?: SwitchedDevice | undefined;
  /** Whether noise is taken out of the microphone's sound; absent where that cannot be chosen. */
  noiseSuppression?: boolean | undefined;
}

/** A call that waits while another goes on. */
export interface WaitingCall {
  callId: string;
  from: Person;
  /** Why they call. */
  context: string;
  /** Their picture, if they passed one. */
  image?: string | undefined;
  /** Whether the current call may be put on hold for it, instead of being ended. */
  canHold: boolean;
}

/** A call that this side has put on hold. */
export interface HeldCall {
  callId: string;
  peer: Person;
}

/** Somebody in a call. */
export interface Person {
  cuid: string;
  name?: string | undefined;
}

/** The microphone or speaker that took another's place. */
export interface SwitchedDevice {
  kind: "input" | "output";
  /** Empty where the browser hides it. */
  label: string;
}

/** The calls that this person has on their other devices. */
export interface ElsewhereView {
  /** None for nothing to show. */
  calls: HeldCall[];
  branding: Branding;
}

/** How loud it is at this moment: 0 for silence, 1 for full scale. */
export interface Levels {
  /** What the microphone hears, also while it is muted here. */
  input: number;
  /** What comes from the other side. */
  output: number;
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
  /** Takes the call that rings, or with `current` the one that waits. */
  | { type: "answer"; callId?: string; current?: "end" | "hold" }
  /** Refuses the call that rings or waits. */
  | { type: "decline"; callId?: string }
  | { type: "cancel" }
  | { type: "hangup" }
  | { type: "mute"; muted: boolean }
  /** Holds the call on the screen or goes on with it; with `callId` goes on with another one instead of it. */
  | { type: "hold"; held: boolean; callId?: string }
  /** Brings a call here from another device. */
  | { type: "take_over"; callId: string }
  | { type: "input"; id: string }
  | { type: "output"; id: string }
  | { type: "volume"; value: number }
  | { type: "noise_suppression"; on: boolean }
  /** The person touched the button that lets the browser play. */
  | { type: "play" }
  /** The screen of an ended call has left, by itself or because the person closed it. */
  | { type: "dismiss" };

/** The call screens of one client. */
export interface CallScreens {
  /** Shows the call, or puts the screen away with `null`. */
  show(view: CallView | null): void;
  /** Says what this person has on other devices; shown while no call is on the screen. */
  showElsewhere(view: ElsewhereView): void;
  /** Names the one who acts on the buttons; a later handler replaces an earlier one. */
  onAction(handler: (action: ScreenAction) => void): void;
  /** Takes everything off the page. */
  destroy(): void;
}

/** How the screens are made. */
export interface ScreenOptions {
  /** Texts that replace the English ones. */
  texts?: TextChoice | undefined;
  /** How loud it is now; asked some ten times a second while somebody looks. Without it there is no meter. */
  levels?: (() => Levels) | undefined;
  /** The page; the global one if none is given. */
  document?: Document | undefined;
}
