import { expect, it } from "vitest";
import { LIMITS } from "../generated/catalogue";
import { createTurnKeeper, TURN_RETRY } from "./turn";

const HOUR = 3_600_000;

it("renews long-lived credentials with the margin to spare, and short-lived ones at half of their life", () => {
  const turn = createTurnKeeper();
  turn.welcomed(0, 12 * HOUR);
  expect(turn.deadline()).toBe(12 * HOUR - LIMITS.TURN_CREDENTIAL_MARGIN);
  turn.welcomed(1_000, 1_000 + HOUR);
  expect(turn.deadline()).toBe(1_000 + HOUR / 2);
});

it("tries again after a while when a renewal brought nothing, and never without credentials", () => {
  const turn = createTurnKeeper();
  turn.welcomed(0, 1_000);
  expect(turn.isDue(499)).toBe(false);
  expect(turn.isDue(500)).toBe(true);
  expect(turn.isDue(501)).toBe(false);
  expect(turn.deadline()).toBe(500 + TURN_RETRY);
  turn.welcomed(600, undefined);
  expect(turn.deadline()).toBeUndefined();
  expect(turn.isDue(1e9)).toBe(false);
});
