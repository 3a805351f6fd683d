import { expect, it } from "vitest";
import { createQualityJudge } from "./quality";

const GOOD = { gap: 120, roundTrip: 0.05 };

/** Has `judge` judge once a second, for `seconds` from second `from` on, and returns the last hint. */
function hintAfter(seconds: number, network: Partial<typeof GOOD>, judge = createQualityJudge(), from = 0) {
  const { gap, roundTrip } = { ...GOOD, ...network };
  let hint = judge.judge(from * 1_000, gap, roundTrip);
  for (let second = from + 1; second <= from + seconds; second += 1) {
    hint = judge.judge(second * 1_000, gap, roundTrip);
  }
  return hint;
}

it("says nothing about a good call, nor where the browser does not tell the round trip", () => {
  expect(hintAfter(60, {})).toBe("none");
  const judge = createQualityJudge();
  for (let second = 0; second <= 60; second += 1) expect(judge.judge(second * 1_000, 120, undefined)).toBe("none");
});

it("speaks up for a long way to the relay", () => {
  expect(hintAfter(10, { roundTrip: 0.9 })).toBe("mine");
  expect(hintAfter(10, { roundTrip: 0.4 })).toBe("none");
});

it("speaks up when even the relay's signs of life stay away", () => {
  expect(hintAfter(10, { gap: 600 })).toBe("mine");
  expect(hintAfter(10, { gap: 200 })).toBe("none");
});

it("does not speak up for one bad moment, and takes the hint back", () => {
  const judge = createQualityJudge();
  expect(hintAfter(3, { gap: 600 }, judge)).toBe("none");
  expect(hintAfter(6, { roundTrip: 0.9 }, judge, 4)).toBe("mine");
  expect(hintAfter(20, {}, judge, 11)).toBe("none");
});
