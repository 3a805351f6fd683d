/**
 * Whose network spoils the sound, judged from the browser's counters.
 *
 * A path has four parts: my uplink, my downlink, theirs. Loss of what I send happens on my uplink or their downlink, loss
 * of what I hear on their uplink or my downlink; uplinks are the weaker part of most networks, so loss is put down to the
 * uplink. A long way to the relay, loss in both directions, or a time without even the relay's signs of life, is mine
 * without doubt.
 */
import type { Counters } from "./stats";
import type { PoorNetwork } from "./types";

/** Loss, or sound made up for what was lost, above which speech gets hard to follow although Opus hides what it can. */
const POOR_LOSS = 0.05;
/** Round trip to the relay in seconds above which two people begin to talk into each other. */
const POOR_ROUND_TRIP = 0.5;
/** Milliseconds without a byte from the relay, which sends at least every 100, above which my own way is uneven. */
const POOR_GAP = 400;
/** Length of one judgement in milliseconds. Higher: later hints; lower: hints for a single burst of loss. */
const WINDOW = 3_000;
/** Judgements in a row until the hint comes, and until it goes: it should come late and not flicker. */
const COMES_AFTER = 2;
const GOES_AFTER = 3;

export interface QualityJudge {
  /** Takes the counters at `now`, and the longest time without a byte from the relay since the last judgement, in
   * milliseconds; returns the hint to show from now on. */
  judge(now: number, counters: Counters, gap: number): PoorNetwork;
}

export function createQualityJudge(): QualityJudge {
  let start: { at: number; counters: Counters } | undefined;
  let longestGap = 0;
  let shown: PoorNetwork = "none";
  let row: { verdict: PoorNetwork; length: number } = { verdict: "none", length: 0 };

  function settle(verdict: PoorNetwork): void {
    row = verdict === row.verdict ? { verdict, length: row.length + 1 } : { verdict, length: 1 };
    if (row.length >= (verdict === "none" ? GOES_AFTER : COMES_AFTER)) shown = verdict;
  }

  return {
    judge(now, counters, gap) {
      longestGap = Math.max(longestGap, gap);
      if (!start || counters.received < start.counters.received) {
        start = { at: now, counters };
      } else if (now - start.at >= WINDOW) {
        settle(verdictOn(start.counters, counters, longestGap));
        start = { at: now, counters };
        longestGap = 0;
      }
      return shown;
    },
  };
}

function verdictOn(before: Counters, after: Counters, gap: number): PoorNetwork {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const heardLoss = share(lost, received + lost);
  const concealed = share(after.concealed - before.concealed, after.samples - before.samples);
  // With nothing received at all the watchdog has the word; a microphone that just opened conceals without loss.
  const poorToHear = received > 0 && (heardLoss >= POOR_LOSS || (lost > 0 && concealed >= POOR_LOSS));
  const poorToSend = after.sentLoss >= POOR_LOSS;
  if ((after.roundTrip ?? 0) >= POOR_ROUND_TRIP || poorToSend || gap >= POOR_GAP) return "mine";
  return poorToHear ? "theirs" : "none";
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
