import { expect, it } from "vitest";
import { createTokenKeeper, renewIn } from "./token";

it("renews at four fifths of a token's life, 30 s before its end at the latest, and short ones at their half", () => {
  expect(renewIn(3_600_000)).toBe(2_880_000);
  expect(renewIn(150_000)).toBe(120_000);
  expect(renewIn(100_000)).toBe(70_000);
  expect(renewIn(40_000)).toBe(20_000);
  expect(renewIn(-5)).toBe(0);
});

it("never asks an app that cannot bring tokens", () => {
  const keeper = createTokenKeeper("t-1", false, () => 0);
  expect(keeper.mustAsk(0)).toBe(false);
  expect(keeper.current()).toBe("t-1");
  keeper.welcomed(0, 1_000);
  expect(keeper.deadline()).toBeUndefined();
  expect(keeper.mustAsk(2_000)).toBe(false);
  expect(keeper.spoil()).toBe(false);
});

it("asks once at a time, and again when nothing came in time", () => {
  const keeper = createTokenKeeper(undefined, true, () => 0);
  expect(keeper.mustAsk(0)).toBe(true);
  expect(keeper.ask(0)).toBe(true);
  expect(keeper.ask(10)).toBe(false);
  expect(keeper.tick(19_999)).toBeUndefined();
  expect(keeper.tick(20_000)).toBe("timed out");
  keeper.failed(20_000);
  expect(keeper.ask(20_500)).toBe(false);
  expect(keeper.tick(21_000)).toBe("ask");
});

it("waits twice as long after each failure, up to 15 s, with up to half of it random", () => {
  const waits = (random: number) => {
    const keeper = createTokenKeeper("t-1", true, () => random);
    return [1, 2, 3, 4, 5, 6].map(() => {
      keeper.failed(0);
      return keeper.deadline();
    });
  };
  expect(waits(0)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  expect(waits(1)).toEqual([500, 1_000, 2_000, 4_000, 7_500, 7_500]);
});

it("shows a token that came while `hello` was on its way as soon as the session is open", () => {
  const keeper = createTokenKeeper("t-1", true, () => 0);
  keeper.current();
  keeper.brought("t-2");
  keeper.welcomed(0, 60_000);
  expect(keeper.renewal(0)).toBe("t-2");
  expect(keeper.renewal(0)).toBeUndefined();
  expect(keeper.tick(20_000)).toBe("timed out");
});

it("gives up a token that was brought for this attempt, and asks for another in place of an old one", () => {
  const keeper = createTokenKeeper("t-1", true, () => 0);
  expect(keeper.spoil()).toBe(true);
  expect(keeper.mustAsk(0)).toBe(true);
  keeper.brought("t-2");
  expect(keeper.spoil()).toBe(false);
  keeper.current();
  keeper.welcomed(0, 60_000);
  expect(keeper.spoil()).toBe(true);
});
