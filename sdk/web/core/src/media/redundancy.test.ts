import { expect, it } from "vitest";
import { CLEAN_AT_FIRST, CLEAN_FOR, createRedundancy } from "./redundancy";

it("sends copies until the network has shown itself clean", () => {
  const redundancy = createRedundancy(1_000);
  expect(redundancy.judge(1_000 + CLEAN_AT_FIRST - 1, 0)).toBe(true);
  expect(redundancy.judge(1_000 + CLEAN_AT_FIRST, 0)).toBe(false);
});

it("sends them again with the first loss, and until it has been gone for long", () => {
  const redundancy = createRedundancy(0);
  expect(redundancy.judge(60_000, 0)).toBe(false);
  expect(redundancy.judge(61_000, 0.1)).toBe(true);
  expect(redundancy.judge(61_000 + CLEAN_FOR - 1, 0)).toBe(true);
  expect(redundancy.judge(61_000 + CLEAN_FOR, 0)).toBe(false);
});

it("does not double what is sent for a stray packet", () => {
  const redundancy = createRedundancy(0);
  expect(redundancy.judge(60_000, 0)).toBe(false);
  expect(redundancy.judge(61_000, 1 / 250)).toBe(false);
});
