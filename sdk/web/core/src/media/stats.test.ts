import { expect, it } from "vitest";
import { countArrivals, countersOf, packetsOf } from "./stats";

const report = (entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry, index) => [String(entry.id ?? index), entry])) as unknown as RTCStatsReport;

const AUDIO = {
  type: "inbound-rtp",
  packetsReceived: 100,
  packetsLost: 3,
  totalSamplesReceived: 9_600,
  concealedSamples: 50,
  silentConcealedSamples: 20,
  jitterBufferDelay: 480,
  jitterBufferEmittedCount: 9_600,
  jitter: 0.004,
  bytesReceived: 8_000,
};

it("picks the counters out of a browser's report, and 0 for what is not there", () => {
  const entries = [
    AUDIO,
    { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.04 },
    { type: "candidate-pair", nominated: false, state: "failed", currentRoundTripTime: 9 },
    { type: "codec" },
  ];
  const nothing = {
    received: 0,
    lost: 0,
    samples: 0,
    concealed: 0,
    waited: 0,
    emitted: 0,
    jitter: 0,
  };
  expect(countersOf(report(entries))).toEqual({
    received: 100,
    lost: 3,
    samples: 9_600,
    concealed: 30,
    waited: 480,
    emitted: 9_600,
    jitter: 0.004,
    roundTrip: 0.04,
  });
  expect(countersOf(report([]))).toEqual(nothing);
});

it.each([
  ["udp", { candidateType: "host", protocol: "udp" }],
  ["tcp", { candidateType: "prflx", protocol: "tcp" }],
  ["turn_udp", { candidateType: "relay", protocol: "udp", relayProtocol: "udp" }],
  ["turn_tcp", { candidateType: "relay", protocol: "udp", relayProtocol: "tcp" }],
  ["turn_tls", { candidateType: "relay", protocol: "udp", relayProtocol: "tls" }],
  [undefined, { candidateType: "host" }],
])("reads the path %s from the pair in use, as Chromium and as Firefox name it", (path, candidate) => {
  const others = [
    { id: "other", type: "local-candidate", candidateType: "host", protocol: "udp" },
    { type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "other" },
  ];
  const mine = { id: "mine", type: "local-candidate", ...candidate };
  const pair = { id: "pair", type: "candidate-pair", localCandidateId: "mine", nominated: true };
  const chromium = [...others, mine, pair, { type: "transport", selectedCandidatePairId: "pair" }];
  const firefox = [mine, { ...pair, state: "succeeded", selected: true }, ...others];
  expect(countersOf(report(chromium)).path).toBe(path);
  expect(countersOf(report(firefox)).path).toBe(path);
});

it("counts the relay's signs of life among the bytes, not among the packets of audio", () => {
  const arrivals = countArrivals();
  const pair = { id: "pair", type: "candidate-pair", bytesReceived: 9_000 };
  const before = arrivals(report([AUDIO, pair]));
  expect(arrivals(report([AUDIO, { ...pair, bytesReceived: 9_060 }]))).toBe(before + 60);
  expect(packetsOf(report([AUDIO, pair]))).toBe(100);
});

it("sees what arrives by another pair of addresses, though that one has had less", () => {
  const arrivals = countArrivals();
  const first = { id: "wifi", type: "candidate-pair", bytesReceived: 900_000 };
  const second = { id: "mobile", type: "candidate-pair", bytesReceived: 60 };
  const before = arrivals(report([first, second]));
  expect(arrivals(report([second]))).toBe(before);
  expect(arrivals(report([{ ...second, bytesReceived: 120 }]))).toBe(before + 60);
  expect(arrivals(report([first]))).toBe(before + 60);
});
