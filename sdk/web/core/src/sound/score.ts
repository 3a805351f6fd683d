/**
 * The sounds of a call as scores, and how a score becomes samples. Pure: no audio device, no clock.
 *
 * They are computed instead of shipped: a recording of a few seconds would weigh more than the whole SDK. A looped score
 * is as long as its period and silent at both ends, so that the loop has no seam.
 */

/** One tone of a score. */
export interface Tone {
  /** Start in seconds. */
  at: number;
  /** Length in seconds, fading included. */
  length: number;
  /** Frequencies in hertz that sound together. */
  pitches: readonly number[];
  /** Loudness at the peak, 0 to 1, of all its pitches together. */
  gain: number;
  /** Struck tones fade from the start like a bell, held ones last until the end. */
  touch: "struck" | "held";
}

/** A sound. */
export interface Score {
  /** Length in seconds; the period, if it is looped. */
  length: number;
  looped: boolean;
  tones: readonly Tone[];
}

/** Equal temperament above A4. */
const pitch = (semitones: number) => 440 * 2 ** (semitones / 12);
const [E4, B4, E5, FIS5, GIS5, B5, CIS6] = [-5, 2, 7, 9, 11, 14, 16].map(pitch) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

const struck = (at: number, length: number, gain: number, ...pitches: number[]): Tone => ({
  at,
  length,
  pitches,
  gain,
  touch: "struck",
});
const held = (at: number, length: number, gain: number, ...pitches: number[]): Tone => ({
  at,
  length,
  pitches,
  gain,
  touch: "held",
});

/** For the callee: a short phrase of a marimba, twice, then a rest in which to speak. */
const PHRASE: readonly (readonly [number, number])[] = [
  [0, B4],
  [0.15, E5],
  [0.3, GIS5],
  [0.45, B5],
  [0.75, FIS5],
  [0.9, GIS5],
];
export const RINGTONE: Score = {
  length: 3.6,
  looped: true,
  tones: [0, 1.25].flatMap((start) => [
    struck(start, 0.9, 0.22, E4),
    ...PHRASE.map(([at, note]) => struck(start + at, 0.7, 0.42, note)),
    ...(start > 0 ? [struck(start + 1.05, 1, 0.36, CIS6)] : []),
  ]),
};

/** For the caller: the two tones that people know from the telephone (440 and 480 Hz), softer and shorter. */
export const RINGBACK: Score = { length: 4, looped: true, tones: [held(0.1, 1.4, 0.2, 440, 480)] };

/** The busy signal, four times. */
export const BUSY: Score = {
  length: 2.4,
  looped: false,
  tones: [0, 0.6, 1.2, 1.8].map((start) => held(start, 0.32, 0.2, 480, 620)),
};

/** The call is over: two steps down. */
export const END: Score = {
  length: 0.75,
  looped: false,
  tones: [struck(0, 0.4, 0.26, B4), struck(0.16, 0.55, 0.26, E4)],
};

/** For somebody who is on hold: two soft steps and a long rest, so that they know that they are not forgotten. */
export const HOLD: Score = {
  length: 5,
  looped: true,
  tones: [struck(0.1, 0.9, 0.24, E5), struck(0.45, 1.1, 0.2, B5)],
};

/** For somebody in a call whom another one calls: two short beeps under what is said, every few seconds. */
export const WAITING: Score = {
  length: 4.5,
  looped: true,
  tones: [0.05, 0.25].map((start) => held(start, 0.13, 0.17, 440)),
};

/** Time in seconds over which a tone comes and goes; shorter would click. */
const ATTACK = 0.008;
const RELEASE = 0.06;

/** The samples of a score, between -1 and 1. */
export function render(score: Score, rate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(score.length * rate));
  for (const tone of score.tones) {
    const first = Math.round(tone.at * rate);
    const count = Math.min(Math.round(tone.length * rate), samples.length - first);
    for (let index = 0; index < count; index += 1) {
      const seconds = index / rate;
      const louder = wave(tone, seconds) * loudness(tone, seconds, count / rate);
      samples[first + index] = (samples[first + index] ?? 0) + louder;
    }
  }
  return samples.map((sample) => Math.max(-1, Math.min(1, sample)));
}

/** Struck tones have the overtone of a wooden bar (four times the pitch), which dies away first. */
function wave({ pitches, touch }: Tone, seconds: number): number {
  let sum = 0;
  for (const hertz of pitches) {
    const turn = 2 * Math.PI * hertz * seconds;
    sum += Math.sin(turn) + (touch === "struck" ? 0.25 * Math.exp(-14 * seconds) * Math.sin(4 * turn) : 0);
  }
  return sum / pitches.length;
}

function loudness({ gain, touch }: Tone, seconds: number, length: number): number {
  const body = touch === "struck" ? Math.exp(-5.5 * seconds) : 1;
  const attack = Math.min(1, seconds / (touch === "struck" ? ATTACK : RELEASE));
  const release = Math.min(1, (length - seconds) / RELEASE);
  return gain * body * attack * release;
}
