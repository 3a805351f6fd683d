/** What statuses, reasons, platforms and quality are called, and what each status means. */
import type { CallState, EndReason, EndStatus, MediaPath, Platform, QualityBand, Role } from "../generated/api";

export interface StatusWords {
  readonly label: string;
  /** One sentence for somebody who sees the word for the first time. */
  readonly meaning: string;
}

/** In the order in which every list and chart shows them. */
export const STATUSES: readonly EndStatus[] = ["over", "declined", "missed", "cancelled", "failed"];

export const STATUS_WORDS: Readonly<Record<EndStatus, StatusWords>> = {
  over: { label: "Over", meaning: "Completed calls: the receiver (callee) answered, and the call ended later." },
  declined: { label: "Declined", meaning: "Calls that the receiver (callee), or their device, turned down." },
  missed: {
    label: "Missed",
    meaning: "Calls that the receiver (callee) did not answer in time, or that reached no device.",
  },
  cancelled: { label: "Canceled", meaning: "Calls that the initiator (caller) gave up before they were answered." },
  failed: { label: "Failed", meaning: "Calls that could not be connected because of the network or this server." },
};

export const REASON_WORDS: Readonly<Record<EndReason, string>> = {
  hangup: "Hung up",
  max_duration: "Longest time reached",
  balance_exhausted: "No balance left",
  ended_by_server: "Ended by your team",
  connection_lost: "Connection lost",
  user: "Declined by the callee",
  busy: "Callee was busy",
  microphone_denied: "Callee's microphone refused",
  logged_out: "Callee was signed out",
  notifications_disabled: "Callee's notifications off",
  ring_timeout: "Rang until the time was up",
  unreachable: "No device reached",
  caller: "Canceled by the caller",
  caller_lost: "Caller's connection lost",
  connect_timeout: "No audio in time",
  node_lost: "Server stopped",
  internal: "Server error",
};

export const PLATFORM_WORDS: Readonly<Record<Platform, string>> = {
  web: "Web",
  ios: "iOS",
  android: "Android",
  native: "Native",
};

export const PLATFORMS: readonly Platform[] = ["web", "ios", "android", "native"];

/** By what a device's audio travels. */
export const PATH_WORDS: Readonly<Record<MediaPath, string>> = {
  udp: "UDP",
  tcp: "TCP, because UDP did not get through",
  turn_udp: "TURN server over UDP",
  turn_tcp: "TURN server over TCP",
  turn_tls: "TURN server over TLS",
};

export const QUALITY_WORDS: Readonly<Record<QualityBand, string>> = { good: "Good", fair: "Fair", poor: "Poor" };

export const QUALITIES: readonly QualityBand[] = ["good", "fair", "poor"];

export const STATE_WORDS: Readonly<Record<CallState, string>> = {
  placed: "Calling",
  ringing: "Ringing",
  answered: "Connecting",
  connected: "Talking",
  ended: "Ended",
};

export const ROLE_WORDS: Readonly<Record<Role, string>> = { caller: "Caller", callee: "Callee" };
