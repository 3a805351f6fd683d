/**
 * The sound of the calls as the rest of the SDK uses it: what `createMedia` can be told, and what it tells.
 *
 * A call is named by its `callId`. A call may have two peers for a moment, the old one and the one that follows it.
 */
import type { PoorNetwork } from "../call/types";
import type { IceServer, LegReport } from "../generated/protocol";
import type { AudioDevices, Levels, SwitchedDevice } from "../screen/view";

/** What the call machine is told, as its inputs are, and what the server and the app are told. */
export type MediaEvent = MediaNews | MediaFigures;

/** For the machine. */
export type MediaNews =
  | { type: "microphone_opened" }
  | { type: "microphone_failed" }
  /** The newest peer of the call has an offer for the relay: its first, or one after `restartIce`. */
  | { type: "offer"; callId: string; sdp: string }
  /** Nothing arrives on the call's newest peer any more, or it cannot be made. */
  | { type: "media_lost"; callId: string }
  /** A peer of the call works: the new one is up, or the old one receives again. */
  | { type: "media_back"; callId: string };

/** How a call sounds. */
export type MediaFigures =
  /** Once in `REPORT_EVERY`, for the server. */
  | { type: "report"; callId: string; report: LegReport }
  /** The same for the app. */
  | { type: "quality"; callId: string; quality: OwnQuality };

/** Whether this device's network spoils the sound, as far as it can know that by itself. */
export type OwnNetwork = Exclude<PoorNetwork, "theirs">;

/** How the last second of a call sounded here. */
export interface CallQuality {
  /** Estimated opinion of a listener, 1 to 4.5 (ITU-T G.107). */
  mos: number;
  /** Share of the packets that did not arrive, 0 to 1. */
  lost: number;
  /** In milliseconds. */
  jitter: number;
  /** To the relay in milliseconds, where the browser tells. */
  rtt?: number | undefined;
  /** Share of what was played that was made up, 0 to 1. */
  concealed: number;
  path?: LegReport["path"];
  /** Whose network spoils the sound: this device's if it finds that out by itself, else as the server says. */
  poorNetwork: PoorNetwork;
}

/** The same before the server has a say in it. */
export interface OwnQuality extends CallQuality {
  poorNetwork: OwnNetwork;
}

/** What the screen shows of the sound. */
export interface SoundState {
  devices: AudioDevices;
  /** Of the speaker, 0 to 1. */
  volume: number;
  /** Of the call whose microphone is live, or of the newest one. */
  poorNetwork: OwnNetwork;
  /** Whether sound of the other side arrives, in the same call. */
  peerHeard?: boolean | undefined;
  /** Whether the browser plays nothing until the page is touched. */
  blocked: boolean;
  /** Whether noise is taken out of what the microphone hears. */
  noiseSuppression: boolean;
  /** Whether the system has taken the microphone away; it may give it back. */
  microphoneInterrupted?: boolean | undefined;
  /** What took another device's place by itself; absent again after a while. */
  switched?: SwitchedDevice | undefined;
}

export interface Media {
  openMicrophone(): void;
  closeMicrophone(): void;
  /** Whether what the microphone hears is sent into this call. */
  setLive(callId: string, live: boolean): void;
  /** A new peer for the call; an older one goes on until this one carries sound. */
  openPeer(callId: string): void;
  restartIce(callId: string): void;
  /** The relay's answer to the last offer of the call's newest peer. */
  acceptAnswer(callId: string, sdp: string): void;
  /** Closes all peers of the call. */
  closePeer(callId: string): void;
  /** TURN servers for the peers that are opened from now on. */
  setIceServers(servers: IceServer[]): void;
  setVolume(volume: number): void;
  chooseInput(id: string): void;
  chooseOutput(id: string): void;
  setNoiseSuppression(on: boolean): void;
  /** The person touched the page, so that the browser may let it play. */
  play(): void;
  levels(): Levels;
  state(): SoundState;
  destroy(): void;
}

export interface MediaOptions {
  window: Window & typeof globalThis;
  onEvent(event: MediaEvent): void;
  /** `state()` is different from before. */
  onChange(): void;
}
