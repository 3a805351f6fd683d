import { expect, it } from "vitest";
import { createQualityJudge } from "./quality";
import type { Counters } from "./stats";

/** Feeds `seconds` of 50 packets each, changed by `spoil`, and returns the last hint. */
function hintAfter(
  seconds: number,
  spoil: (second: Counters) => Partial<Counters>,
  judge = createQualityJudge(),
  from = 0,
  gap = 0,
) {
  let hint = judge.judge(from * 1_000, at(from, spoil), gap);
  for (let second = from + 1; second <= from + seconds; second += 1) {
    hint = judge.judge(second * 1_000, at(second, spoil), gap);
  }
  return hint;
}

function at(second: number, spoil: (counters: Counters) => Partial<Counters>): Counters {
  const samples = second * 48_000;
  const good: Counters = {
    received: second * 50,
    lost: 0,
    samples,
    concealed: 0,
    waited: second,
    emitted: samples,
    jitter: 0,
    sentLoss: 0,
    roundTrip: 0.05,
  };
  return { ...good, ...spoil(good) };
}

it("says nothing about a good call", () => {
  expect(hintAfter(60, () => ({}))).toBe("none");
});

it("puts loss of what is heard down to the other side, of what is said to this one", () => {
  expect(hintAfter(10, ({ received }) => ({ lost: received * 0.1 }))).toBe("theirs");
  expect(hintAfter(10, () => ({ sentLoss: 0.1 }))).toBe("mine");
  expect(hintAfter(10, ({ received }) => ({ lost: received * 0.1, roundTrip: 0.9 }))).toBe("mine");
});

it("puts loss down to this side when even the relay's signs of life stay away", () => {
  const lossy = ({ received }: Counters) => ({ lost: received * 0.1 });
  expect(hintAfter(10, lossy, createQualityJudge(), 0, 600)).toBe("mine");
  expect(hintAfter(10, lossy, createQualityJudge(), 0, 200)).toBe("theirs");
});

it("does not speak up for one burst, and takes the hint back", () => {
  const judge = createQualityJudge();
  expect(hintAfter(3, ({ received }) => ({ lost: received * 0.2 }), judge)).toBe("none");
  expect(hintAfter(6, () => ({ sentLoss: 0.3 }), judge, 4)).toBe("mine");
  expect(hintAfter(20, () => ({}), judge, 11)).toBe("none");
});
