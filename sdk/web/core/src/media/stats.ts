/** From the browser's statistics to the few numbers that watchdog, judge and report want. */
import type { MediaPath } from "../generated/protocol";

/** The counters of a peer at one moment; most count from the peer's beginning. What a browser does not tell is 0. */
export interface Counters {
  /** Audio packets that came, and that should have come and did not. */
  received: number;
  lost: number;
  /** Samples played, and those of them that were made up although there was something to hear. */
  samples: number;
  concealed: number;
  /** Seconds that samples waited in the jitter buffer, all together, and how many have left it. */
  waited: number;
  emitted: number;
  /** Interarrival jitter in seconds, as it is now. */
  jitter: number;
  /** To the relay, in seconds; none if the browser does not tell. */
  roundTrip?: number;
  /** By what the audio travels. */
  path?: MediaPath;
}

type Entry = Record<string, unknown>;

export function countersOf(report: RTCStatsReport): Counters {
  const counters: Counters = {
    received: 0,
    lost: 0,
    samples: 0,
    concealed: 0,
    waited: 0,
    emitted: 0,
    jitter: 0,
  };
  report.forEach((entry: Entry) => {
    if (entry.type !== "inbound-rtp") return;
    counters.received += number(entry.packetsReceived);
    counters.lost += number(entry.packetsLost);
    counters.samples += number(entry.totalSamplesReceived);
    // Silence that was made up while nobody spoke disturbs nobody.
    counters.concealed += number(entry.concealedSamples) - number(entry.silentConcealedSamples);
    counters.waited += number(entry.jitterBufferDelay);
    counters.emitted += number(entry.jitterBufferEmittedCount);
    counters.jitter = Math.max(counters.jitter, number(entry.jitter));
  });
  const pair = pairInUse(report);
  if (typeof pair?.currentRoundTripTime === "number") counters.roundTrip = pair.currentRoundTripTime;
  const path = pathOf(report, pair);
  if (path) counters.path = path;
  return counters;
}

/**
 * Counts what arrives on a peer, audio and the relay's signs of life, over its reports. Each pair of addresses counts for
 * itself, and a browser may show one pair now and another then: what only grows is what all of them have grown by.
 */
export function countArrivals(): (report: RTCStatsReport) => number {
  const known = new Map<string, number>();
  let bytes = 0;
  return (report) => {
    report.forEach((entry: Entry, id: string) => {
      if (entry.type !== "candidate-pair" && entry.type !== "inbound-rtp") return;
      const received = number(entry.bytesReceived);
      bytes += Math.max(0, received - (known.get(id) ?? 0));
      known.set(id, received);
    });
    return bytes;
  };
}

/** Audio packets that have arrived. */
export function packetsOf(report: RTCStatsReport): number {
  let packets = 0;
  report.forEach((entry: Entry) => {
    if (entry.type === "inbound-rtp") packets += number(entry.packetsReceived);
  });
  return packets;
}

/** The pair of addresses that the audio uses; each browser names it in its own way. */
function pairInUse(report: RTCStatsReport): Entry | undefined {
  let named: unknown;
  let pair: Entry | undefined;
  report.forEach((entry: Entry) => {
    if (entry.type === "transport" && entry.selectedCandidatePairId) named = entry.selectedCandidatePairId;
    if (entry.type !== "candidate-pair") return;
    const isNominated = entry.nominated === true && entry.state === "succeeded";
    if (entry.selected === true || (isNominated && pair?.selected !== true)) pair = entry;
  });
  const chosen: unknown = typeof named === "string" ? report.get(named) : undefined;
  return (chosen as Entry | undefined) ?? pair;
}

function pathOf(report: RTCStatsReport, pair: Entry | undefined): MediaPath | undefined {
  const id = pair?.localCandidateId;
  const local = typeof id === "string" ? (report.get(id) as Entry | undefined) : undefined;
  if (!local) return undefined;
  const isRelayed = local.candidateType === "relay";
  const protocol = isRelayed ? local.relayProtocol : local.protocol;
  if (protocol === "tls") return "turn_tls";
  if (protocol !== "udp" && protocol !== "tcp") return undefined;
  return isRelayed ? `turn_${protocol}` : protocol;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
