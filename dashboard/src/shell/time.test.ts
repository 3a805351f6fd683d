import { expect, test } from "vitest";
import { initials } from "./initials";
import { roughly } from "./time";

const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

test.each([
  [-20_000, "just now"],
  [-5 * MINUTE, "5 minutes ago"],
  [-119 * MINUTE, "1 hour ago"],
  [-24 * 60 * MINUTE, "yesterday"],
  [3 * 24 * 60 * MINUTE, "in 3 days"],
  [-800 * 24 * 60 * MINUTE, "2 years ago"],
])("%d ms from now is %s", (distance, words) => {
  expect(roughly(NOW + distance, NOW)).toBe(words);
});

test.each([
  ["Anita Rao", "AR"],
  ["anita", "A"],
  ["  Anita  van der Rao ", "AR"],
  ["🙂 x", "🙂X"],
  ["", ""],
])("%j is shown as %j", (name, letters) => {
  expect(initials(name)).toBe(letters);
});
