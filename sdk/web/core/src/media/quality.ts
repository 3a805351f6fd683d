/**
 * Whose network spoils the sound, judged from the browser's counters.
 *
 * A path has four parts: my uplink, my downlink, theirs. Loss of what I send happens on my uplink or their downlink, loss
 * of what I hear on their uplink or my downlink; uplinks are the weaker part of most networks, so loss is put down to the
 * uplink. A long or uneven way to the relay, or loss in both directions, is mine without doubt.
 */

import type { PoorNetwork } from "./types";

/** Loss, or sound made up for what was lost, above which speech gets hard to follow although Opus hides what it can. */
const POOR_LOSS = 0.05;
/** Round trip to the relay in seconds above which two people begin to talk into each other. */
const POOR_ROUND_TRIP = 0.5;
/** Length of one judgement in milliseconds. Higher: later hints; lower: hints for a single burst of loss. */
const WINDOW = 3_000;
/** Judgements in a row until the hint comes, and until it goes: it should come late and not flicker. */
const COMES_AFTER = 2;
const GOES_AFTER = 3;

/** The counters at one moment; all but `roundTrip` and `sentLoss` count from the peer's beginning. */
export interface Counters {
  received: number;
  lost: number;
  /** Samples played, and those of them that were made up. */
  samples: number;
  concealed: number;
  /** Share of the packets sent that did not arrive at the other side, as it last reported; 0 to 1. */
  sentLoss: number;
  /** To the relay, in seconds. */
  roundTrip: number;
}

export interface QualityJudge {
  /** Takes the counters at `now` and returns the hint to show from now on. */
  judge(now: number, counters: Counters): PoorNetwork;
}

export function createQualityJudge(): QualityJudge {
  let start: { at: number; counters: Counters } | undefined;
  let shown: PoorNetwork = "none";
  let row: { verdict: PoorNetwork; length: number } = { verdict: "none", length: 0 };

  function settle(verdict: PoorNetwork): void {
    row = verdict === row.verdict ? { verdict, length: row.length + 1 } : { verdict, length: 1 };
    if (row.length >= (verdict === "none" ? GOES_AFTER : COMES_AFTER)) shown = verdict;
  }

  return {
    judge(now, counters) {
      if (!start || counters.received < start.counters.received) {
        start = { at: now, counters };
      } else if (now - start.at >= WINDOW) {
        settle(verdictOn(start.counters, counters));
        start = { at: now, counters };
      }
      return shown;
    },
  };
}

function verdictOn(before: Counters, after: Counters): PoorNetwork {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const heardLoss = share(lost, received + lost);
  const concealed = share(after.concealed - before.concealed, after.samples - before.samples);
  // With nothing received at all the watchdog has the word; a microphone that just opened conceals without loss.
  const poorToHear = received > 0 && (heardLoss >= POOR_LOSS || (lost > 0 && concealed >= POOR_LOSS));
  const poorToSend = after.sentLoss >= POOR_LOSS;
  if (after.roundTrip >= POOR_ROUND_TRIP || poorToSend) return "mine";
  return poorToHear ? "theirs" : "none";
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
