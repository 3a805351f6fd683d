import { expect, it } from "vitest";
import { countersOf } from "./stats";

it("picks the counters out of a browser's report, and 0 for what is not there", () => {
  const entries = [
    {
      type: "inbound-rtp",
      packetsReceived: 100,
      packetsLost: 3,
      totalSamplesReceived: 9_600,
      concealedSamples: 50,
      silentConcealedSamples: 20,
    },
    { type: "remote-inbound-rtp", fractionLost: 0.02 },
    { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.04 },
    { type: "candidate-pair", nominated: false, state: "failed", currentRoundTripTime: 9 },
    { type: "codec" },
  ];
  const report = new Map(entries.map((entry, index) => [String(index), entry])) as unknown as RTCStatsReport;
  expect(countersOf(report)).toEqual({
    received: 100,
    lost: 3,
    samples: 9_600,
    concealed: 30,
    sentLoss: 0.02,
    roundTrip: 0.04,
  });
  expect(countersOf(new Map() as unknown as RTCStatsReport)).toEqual({
    received: 0,
    lost: 0,
    samples: 0,
    concealed: 0,
    sentLoss: 0,
    roundTrip: 0,
  });
});
