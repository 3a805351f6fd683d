import { describe, expect, it } from "vitest";
import { BUSY, END, HOLD, render, RINGBACK, RINGTONE, type Score, WAITING } from "./score";

const RATE = 24_000;
const SCORES: Record<string, Score> = { RINGTONE, RINGBACK, BUSY, END, HOLD, WAITING };

/** The strength of one frequency in the samples (Goertzel). */
function strength(samples: Float32Array, hertz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, index) => {
    re += sample * Math.cos((2 * Math.PI * hertz * index) / RATE);
    im += sample * Math.sin((2 * Math.PI * hertz * index) / RATE);
  });
  return Math.hypot(re, im) / samples.length;
}

const loudest = (samples: Float32Array) => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

describe.each(Object.entries(SCORES))("%s", (_, score) => {
  const samples = render(score, RATE);

  it("has the length of its period and can be heard without being distorted", () => {
    expect(samples).toHaveLength(score.length * RATE);
    expect(loudest(samples)).toBeGreaterThan(0.15);
    expect(loudest(samples)).toBeLessThan(0.95);
  });

  it("begins and ends in silence, so that neither a loop nor a stop clicks", () => {
    expect(Math.abs(samples[0] ?? 1)).toBeLessThan(0.001);
    expect(loudest(samples.slice(-RATE / 1000))).toBeLessThan(0.01);
  });

  it("never jumps by more than its own pitch explains", () => {
    const steps = samples.slice(1).map((sample, index) => sample - (samples[index] ?? 0));
    expect(loudest(steps)).toBeLessThan(0.4);
  });
});

it("the ringback is the two tones of the telephone and then silence", () => {
  const samples = render(RINGBACK, RATE);
  const tone = samples.slice(0.4 * RATE, 1.4 * RATE);
  expect(strength(tone, 440)).toBeGreaterThan(0.04);
  expect(strength(tone, 480)).toBeGreaterThan(0.04);
  expect(strength(tone, 620)).toBeLessThan(0.001);
  expect(loudest(samples.slice(1.6 * RATE))).toBe(0);
});
