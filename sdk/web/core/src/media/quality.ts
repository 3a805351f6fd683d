/**
 * Whether this device's own network spoils the sound, as far as the device can know it by itself.
 *
 * A long way to the relay, or a time without even the relay's signs of life, is mine without doubt. Loss is not judged
 * here: whether a packet was lost on the other's way to the relay or on my way from it is known only where both ways
 * meet. The server judges it, and tells both sides (`network`); `poorNetworkOf` joins the two.
 */
import type { OwnNetwork } from "./types";

/** Round trip to the relay in seconds above which two people begin to talk into each other. */
const POOR_ROUND_TRIP = 0.5;
/** Milliseconds without a byte from the relay, which sends at least every 100, above which my own way is uneven. */
const POOR_GAP = 400;
/** Length of one judgement in milliseconds. Higher: later hints; lower: hints for a single bad moment. */
const WINDOW = 3_000;
/** Judgements in a row until the hint comes, and until it goes: it should come late and not flicker. */
const COMES_AFTER = 2;
const GOES_AFTER = 3;

export interface QualityJudge {
  /** Takes the longest time without a byte from the relay since the last judgement, in milliseconds, and the round trip
   * in seconds, where the browser tells it; returns the hint to show from `now` on. */
  judge(now: number, gap: number, roundTrip: number | undefined): OwnNetwork;
}

export function createQualityJudge(): QualityJudge {
  let startedAt: number | undefined;
  let longestGap = 0;
  let shown: OwnNetwork = "none";
  let row: { verdict: OwnNetwork; length: number } = { verdict: "none", length: 0 };

  function settle(verdict: OwnNetwork): void {
    row = verdict === row.verdict ? { verdict, length: row.length + 1 } : { verdict, length: 1 };
    if (row.length >= (verdict === "none" ? GOES_AFTER : COMES_AFTER)) shown = verdict;
  }

  return {
    judge(now, gap, roundTrip = 0) {
      longestGap = Math.max(longestGap, gap);
      startedAt ??= now;
      if (now - startedAt >= WINDOW) {
        settle(roundTrip >= POOR_ROUND_TRIP || longestGap >= POOR_GAP ? "mine" : "none");
        startedAt = now;
        longestGap = 0;
      }
      return shown;
    },
  };
}
