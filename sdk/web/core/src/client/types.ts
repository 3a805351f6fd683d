/** One signed-in user on one page, as a face (a package with a vendor's API, or our own) uses it. */
import type { CallChoices, CallEvent, CallRequest, ShownCall } from "../call/types";
import type { CheckLine, CheckResult } from "../check/types";
import type { Identity } from "../connection/session";
import type { Branding, CallSnapshot, WireError } from "../generated/protocol";
import type { CallQuality, SoundState } from "../media/types";
import type { Levels } from "../screen/view";
import type { TextChoice } from "../texts/texts";

export interface ClientOptions extends Partial<CallChoices> {
  /** The server's address, http or https. */
  server: string;
  identity: Identity;
  /** Brings a new user token when one is needed. */
  getToken?: (() => string | Promise<string>) | undefined;
  /** Texts that replace the English ones. */
  texts?: TextChoice | undefined;
  /** The address of a sound file instead of our own ringtone and ringback. */
  ringtone?: string | undefined;
  /** Whether the SDK draws its own call screens and notifications; if not, the app does. Default: yes. */
  screens?: boolean;
  /** What `check()` does, if this face has it; left out, it is not part of what its pages load. */
  check?: (line: CheckLine, window: Window & typeof globalThis) => Promise<CheckResult>;
  /** What the business's analytics should know. */
  onEvent(event: CallEvent): void;
  /** The page; the global one if none is given. */
  window?: Window & typeof globalThis;
}

/** Something that changed, with what is true from now on. */
export type ClientEvent =
  /** Any of `calls()`. */
  | { type: "calls"; calls: ShownCall[] }
  | { type: "elsewhere"; calls: CallSnapshot[] }
  /** Whether messages get through. */
  | { type: "connection"; connected: boolean }
  | { type: "quality"; callId: string; quality: CallQuality }
  | { type: "sound"; sound: SoundState }
  | { type: "branding"; branding: Branding }
  /** Signed out by the server, for good. */
  | { type: "refused"; error: WireError };

export interface Client {
  /** Settles when the user is signed in or refused; also when that takes long, to go on in the background. */
  readonly ready: Promise<void>;
  /** Whether calls can be made and received at this moment. */
  isEnabled(): boolean;
  /** Calls somebody and settles when the call is over. `invalid` is what the caller of this found wrong with it. */
  call(request: CallRequest, invalid?: WireError): Promise<string>;
  /** The same, for a face with call objects: `reference` names the call in `calls()`. */
  place(request: CallRequest, invalid?: WireError): PlacedCall;
  /** Takes the call that waits or rings; `current` is what becomes of the one that the person is in (`end`). */
  answer(callId?: string, current?: "end" | "hold"): void;
  /** Refuses the call that waits or rings. */
  decline(callId?: string): void;
  /** Cancels, declines or ends a call, whichever its state makes of it; without a name the one in front. */
  hangup(call?: { callId?: string | undefined; reference?: string | undefined }): void;
  setMuted(muted: boolean, callId?: string): void;
  isMuted(): boolean;
  /** Puts a call on hold, or goes on with it. */
  hold(held: boolean, callId?: string): void;
  /** Moves a call of `elsewhere()` to this device. Settles when it is here, or cannot be moved. */
  takeOver(callId: string): Promise<void>;
  /** All calls of this device. One that ended stays for a while: its phase is `ended`, and `end` says why once the
   * server has said so. */
  calls(): ShownCall[];
  /** The calls that this user is in on other devices. */
  elsewhere(): CallSnapshot[];
  /** Tries microphone, server and relay. Never rejects if the client was made with a `check`: what fails is part of the
   * verdict. */
  check(): Promise<CheckResult>;
  /** Hears of everything that changes, until what it returns is called. */
  on(listener: (event: ClientEvent) => void): () => void;
  /** Devices, volume and levels. */
  readonly sound: SoundControls;
  /** Signs out for good and takes everything off the page. */
  logout(): void;
}

/** A call that this page places. */
export interface PlacedCall {
  reference: string;
  /** Settles when the call is over. */
  ended: Promise<string>;
}

/** What a person can change about the sound. */
export interface SoundControls {
  state(): SoundState;
  levels(): Levels;
  setVolume(volume: number): void;
  chooseInput(id: string): void;
  chooseOutput(id: string): void;
  setNoiseSuppression(on: boolean): void;
  /** Plays what the browser held back until the page was touched; to be called in a click. */
  play(): void;
}
