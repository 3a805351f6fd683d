import { expect, it } from "vitest";
import { opinionScore } from "./opinion";
import { callQuality, legReport } from "./report";
import type { Counters } from "./stats";

const START: Counters = {
  received: 500,
  lost: 5,
  samples: 480_000,
  concealed: 960,
  waited: 19_200,
  emitted: 480_000,
  jitter: 0.001,
};

it("reports what happened since the last report, not since the peer was made", () => {
  const after: Counters = {
    received: 545,
    lost: 10,
    samples: 528_000,
    concealed: 3_360,
    waited: 21_600,
    emitted: 528_000,
    jitter: 0.012,
    roundTrip: 0.08,
    path: "tcp",
  };
  expect(legReport(START, after)).toEqual({
    lost: 0.1,
    concealed: 0.05,
    playoutDelay: 50,
    jitter: 12,
    rtt: 80,
    path: "tcp",
  });
});

it("has nothing to report where nothing was sent, or where the counters began anew", () => {
  expect(legReport(START, { ...START, samples: 528_000 })).toBeUndefined();
  expect(legReport(START, { ...START, received: 3, lost: 0 })).toBeUndefined();
});

it("is not led astray by packets that came late and were counted as lost before", () => {
  expect(legReport(START, { ...START, received: 555, lost: 0 })).toMatchObject({ lost: 0 });
});

it("estimates the opinion as the relay does", () => {
  // Figures of the relay's own test of the same formula.
  expect(opinionScore(20, 0)).toBeGreaterThan(4.3);
  expect(opinionScore(20, 0.1)).toBeLessThan(opinionScore(20, 0.02));
  expect(opinionScore(500, 0)).toBeLessThan(3.4);
  expect(opinionScore(1e9, 1)).toBe(1);
});

it("does not hold against the sound what redundancy made good", () => {
  const lossy = { lost: 0.2, concealed: 0.01, playoutDelay: 60, jitter: 8 };
  const healed = callQuality(lossy, "mine");
  expect(healed).toEqual({ mos: healed.mos, lost: 0.2, concealed: 0.01, jitter: 8, poorNetwork: "mine" });
  expect(healed.mos).toBeGreaterThan(3.9);
  expect(callQuality({ ...lossy, concealed: 0.2 }, "mine").mos).toBeLessThan(2);
});
