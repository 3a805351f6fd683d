/** How long nothing is heard in a recording: what a fault of the network is to a person. */

import { SAMPLE_RATE } from './correlation.ts';

/** Sound is looked at in pieces of this many milliseconds. */
const PIECE_MS = 10;
/** Below this root mean square a piece is silent; the tone of the tests has 0.18, what is left of a call without sound 0. */
const SILENT = 0.01;

/** The silences in a stretch of sound, in milliseconds. */
export interface Silence {
  /** All of them together. */
  total: number;
  longest: number;
  /** When the last one was over, from the beginning of the stretch; its whole length if it was never over. */
  over: number;
  /** Whether there was sound at the end. */
  ended: boolean;
}

/** Finds the silences in `heard` from sample `from` on. */
export function silenceIn(heard: Float32Array, from: number): Silence {
  const width = (SAMPLE_RATE * PIECE_MS) / 1000;
  const result: Silence = { total: 0, longest: 0, over: 0, ended: true };
  let run = 0;
  for (let at = Math.max(0, Math.round(from)), passed = PIECE_MS; at + width <= heard.length; at += width, passed += PIECE_MS) {
    let energy = 0;
    for (let i = at; i < at + width; i++) energy += heard[i]! ** 2;
    result.ended = Math.sqrt(energy / width) >= SILENT;
    run = result.ended ? 0 : run + PIECE_MS;
    if (!result.ended) {
      result.total += PIECE_MS;
      result.over = passed;
    }
    result.longest = Math.max(result.longest, run);
  }
  return result;
}
