/** What a network check needs, and what it finds. */
import type { IceServer } from "../generated/protocol";

/** The way to the server, as the check may use it. One check at a time: a new `ask` ends the one before. */
export interface CheckLine {
  /** Whether the device is signed in and its messages get through. Waits a moment for a session that is beginning. */
  isConnected(): Promise<boolean>;
  /** The relay's answer to an offer whose audio it will send back. Rejects with a `TringError`. */
  ask(sdp: string): Promise<string>;
  /** The answered peer is not needed any more. */
  done(): void;
  iceServers(): IceServer[];
}

/** What was found. */
export interface CheckResult {
  /** Whether a call can be made from here: `good`, `poor` (it may be hard to follow), or `impossible`. */
  verdict: "good" | "poor" | "impossible";
  /** What is wrong and what to do, in a sentence; what is good, if nothing is. */
  words: string;
  /** Everything that is wrong, the worst first; for apps with words of their own. */
  reasons: CheckReason[];
  microphone: "works" | "silent" | "blocked" | "missing";
  /** Whether the server is reached. */
  signalling: boolean;
  /** The relay over UDP; none if it could not be tried. */
  udp?: PathCheck;
  /** The same over TCP, which serves where a network lets no UDP through. */
  tcp?: PathCheck;
  /** The same by the account's TURN servers; tried only where UDP does not work. */
  turn?: PathCheck;
}

/** What can be wrong. */
export type CheckReason =
  | "microphone_blocked"
  | "microphone_missing"
  | "microphone_silent"
  | "server_unreachable"
  | "relay_unreachable"
  | "udp_blocked"
  | "lossy"
  | "slow";

/** One way to the relay. */
export interface PathCheck {
  works: boolean;
  /** Round trip in milliseconds. */
  rtt?: number;
  /** Share of the packets that did not come back, 0 to 1. */
  lost?: number;
}
