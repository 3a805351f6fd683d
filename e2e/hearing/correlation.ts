/**
 * Decides whether a recording holds the speech that was spoken: half a second at a time, so that a jitter buffer that
 * stretched one pause does not spoil the score of everything after it, and a call that was silent for half its length
 * cannot pass on the strength of the other half.
 */

import { correlate } from './fourier.ts';

/** Samples per second of everything in this folder; what browsers decode Opus to. */
export const SAMPLE_RATE = 48_000;

/** How long a piece of speech is compared at a time. Shorter: pitch periods match by chance; longer: one shift spoils more. */
const SEGMENT_SECONDS = 0.5;
/** How far from the coarse alignment a piece may lie. Wider: the control finds more chance matches. */
const SEARCH_SECONDS = 0.5;
/**
 * How far apart the halves of a piece may have moved: a browser that was late once puts in or leaves out a few blocks,
 * which shifts what follows. Wider: halves of other speech match by chance.
 */
const SHIFT_SECONDS = 0.04;
/** A piece counts as voiced above this share of the whole speech's loudness. */
const VOICED = 0.3;
/** From here on a piece is clearly the speech that it is compared with. */
const RECOGNISED = 0.5;
/** Frames of the loudness envelope per second. */
const ENVELOPE_RATE = 100;

/** How much of the expected speech a recording holds. */
export interface Likeness {
  /** Median over the voiced pieces of the best normalised correlation, 0 to 1. */
  median: number;
  /** The worst piece. */
  minimum: number;
  /** Share of the pieces that are clearly this speech; other speech scores 0.1. A half-silent recording has 0.5. */
  share: number;
  /** How many pieces were compared. */
  pieces: number;
  /** Where the recording begins in the speech, in seconds; speech is a loop, so this is below its length. */
  offsetSeconds: number;
}

/**
 * Compares `heard` with `spoken`, which its speaker says over and over without a pause between the rounds.
 *
 * @throws if less than two seconds were heard: too little to say anything.
 */
export function likeness(heard: Float32Array, spoken: Float32Array): Likeness {
  if (heard.length < 2 * SAMPLE_RATE) throw new Error(`only ${heard.length} samples were recorded`);
  const offset = coarseOffset(heard, spoken);
  const width = SEGMENT_SECONDS * SAMPLE_RATE;
  const reach = SEARCH_SECONDS * SAMPLE_RATE;
  const floor = VOICED * rms(spoken);
  const scores: number[] = [];
  for (let at = 0; at + width <= heard.length; at += width) {
    const piece = Float64Array.from({ length: width }, (_, i) => spoken[(offset + at + i) % spoken.length]!);
    if (rms(piece) < floor) continue;
    const from = Math.max(0, at - reach);
    scores.push(pieceScore(piece, Float64Array.from(heard.subarray(from, at + width + reach))));
  }
  scores.sort((a, b) => a - b);
  return {
    median: scores[Math.floor(scores.length / 2)] ?? 0,
    minimum: scores[0] ?? 0,
    share: scores.filter(score => score > RECOGNISED).length / Math.max(1, scores.length),
    pieces: scores.length,
    offsetSeconds: offset / SAMPLE_RATE,
  };
}

/** Seconds by which `late` follows `early`, two recordings of the same sound; both begin at the same moment. */
export function delaySeconds(early: Float32Array, late: Float32Array, longest: number): number {
  const reach = Math.round(longest * SAMPLE_RATE);
  const length = Math.min(early.length, late.length) - reach;
  const matches = correlate(Float64Array.from(early.subarray(0, length)), Float64Array.from(late.subarray(0, length + reach)));
  return matches.indexOf(matches.reduce((a, b) => Math.max(a, b), -Infinity)) / SAMPLE_RATE;
}

/** Where in the loop `spoken` the recording begins, to a frame of the envelope. */
function coarseOffset(heard: Float32Array, spoken: Float32Array): number {
  const a = envelope(heard);
  const b = envelope(spoken);
  let best = { score: -Infinity, frame: 0 };
  for (let shift = 0; shift < b.length; shift++) {
    let score = 0;
    for (let i = 0; i < a.length; i++) score += a[i]! * b[(i + shift) % b.length]!;
    if (score > best.score) best = { score, frame: shift };
  }
  return (best.frame * SAMPLE_RATE) / ENVELOPE_RATE;
}

/** Loudness per frame, without its mean. */
function envelope(samples: Float32Array): Float64Array {
  const width = SAMPLE_RATE / ENVELOPE_RATE;
  const frames = Float64Array.from({ length: Math.floor(samples.length / width) }, (_, i) =>
    rms(samples.subarray(i * width, (i + 1) * width)));
  const mean = frames.reduce((a, b) => a + b, 0) / Math.max(1, frames.length);
  return frames.map(frame => frame - mean);
}

/** How alike a piece is to the best stretch of `within`, each half where it fits best near there: one shift is no fault. */
function pieceScore(piece: Float64Array, within: Float64Array): number {
  const whole = bestMatch(piece, within);
  const half = piece.length / 2;
  const shift = SHIFT_SECONDS * SAMPLE_RATE;
  const halves = [0, half].map(from => {
    const near = within.subarray(Math.max(0, whole.lag + from - shift), whole.lag + from + half + shift);
    return bestMatch(piece.subarray(from, from + half), near).score;
  });
  return Math.max(whole.score, (halves[0]! + halves[1]!) / 2);
}

/** The best normalised correlation of `piece` with any stretch of `within`, and where it begins; 0 for silence. */
function bestMatch(piece: Float64Array, within: Float64Array): { score: number; lag: number } {
  const products = correlate(piece, within);
  const pieceEnergy = energy(piece);
  let window = energy(within.subarray(0, piece.length));
  let best = { score: 0, lag: 0 };
  for (let lag = 0; lag < products.length; lag++) {
    // A stretch far below the piece's loudness is noise; dividing by its energy would turn noise into likeness.
    const score = window > 1e-4 * pieceEnergy ? products[lag]! / Math.sqrt(pieceEnergy * window) : 0;
    if (score > best.score) best = { score, lag };
    window += (within[lag + piece.length] ?? 0) ** 2 - within[lag]! ** 2;
  }
  return best;
}

function energy(samples: Float64Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

function rms(samples: Float32Array | Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
