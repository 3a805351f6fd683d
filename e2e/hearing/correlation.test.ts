import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { delaySeconds, likeness, SAMPLE_RATE } from './correlation.ts';
import { fromPcm, readWav, speechOf, toWav } from './speech.ts';

const directory = mkdtempSync(join(tmpdir(), 'tring-speech-'));
afterAll(() => rmSync(directory, { recursive: true }));
const courier = speechOf('courier', directory).samples;
const customer = speechOf('customer', directory).samples;

/** Six seconds of the loop `spoken` from the second `from` on, through `line`. */
function heard(spoken: Float32Array, from: number, line: (sample: number, at: number) => number = sample => sample): Float32Array {
  const start = Math.round(from * SAMPLE_RATE);
  return Float32Array.from({ length: 6 * SAMPLE_RATE }, (_, i) => line(spoken[(start + i) % spoken.length]!, i));
}

/** Noise of the same every run, between -1 and 1. */
function noise(at: number): number {
  const x = Math.sin(at * 12.9898) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

describe('likeness', () => {
  test('a late, quieter and slightly noisy copy is recognised', () => {
    const result = likeness(heard(courier, 3.21, (sample, at) => 0.4 * sample + 0.004 * noise(at)), courier);
    expect(result.median).toBeGreaterThan(0.95);
    expect(result.share).toBe(1);
    expect(result.pieces).toBeGreaterThan(8);
    expect(result.offsetSeconds).toBeCloseTo(3.21, 1);
  });

  test('other speech is not recognised, either way round', () => {
    expect(likeness(heard(customer, 1), courier).median).toBeLessThan(0.3);
    expect(likeness(heard(courier, 1), customer).median).toBeLessThan(0.3);
  });

  test('silence and noise have no likeness', () => {
    expect(likeness(heard(courier, 0, () => 0), courier).median).toBe(0);
    expect(likeness(heard(courier, 0, (_, at) => 1e-5 * noise(at)), courier).median).toBe(0);
    expect(likeness(heard(courier, 0, (_, at) => 0.3 * noise(at)), courier).median).toBeLessThan(0.3);
  });

  test('a recording with a silent half shows in the share', () => {
    const result = likeness(heard(courier, 2, (sample, at) => (at < 3 * SAMPLE_RATE ? sample : 0)), courier);
    expect(result.share).toBeLessThan(0.65);
    expect(result.minimum).toBe(0);
  });

  test('speech cut into loud crackles is not taken for speech', () => {
    const crackling = heard(courier, 2, (sample, at) => (Math.floor(at / 480) % 4 === 0 ? Math.sign(sample) : 0.0));
    expect(likeness(crackling, courier).median).toBeLessThan(0.8);
  });

  test('a pause stretched by a jitter buffer does not spoil what follows', () => {
    const before = heard(courier, 1).subarray(0, 3 * SAMPLE_RATE);
    const after = heard(courier, 4).subarray(0, 3 * SAMPLE_RATE);
    const stretched = new Float32Array(6.2 * SAMPLE_RATE);
    stretched.set(before);
    stretched.set(after, 3.2 * SAMPLE_RATE);
    expect(likeness(stretched, courier).median).toBeGreaterThan(0.9);
  });

  test('blocks that a busy browser leaves out or plays late do not spoil the piece they are in', () => {
    const whole = heard(courier, 1);
    const shifts = Array.from({ length: 24 }, (_, quarter) => {
      const from = quarter * 0.25 * SAMPLE_RATE;
      return whole.subarray(from + (quarter % 2) * 0.013 * SAMPLE_RATE, from + 0.25 * SAMPLE_RATE);
    });
    const shifted = new Float32Array(shifts.reduce((length, shift) => length + shift.length, 0));
    shifts.reduce((at, shift) => { shifted.set(shift, at); return at + shift.length; }, 0);
    expect(likeness(shifted, courier).median).toBeGreaterThan(0.8);
  });

  test('too short a recording is refused instead of judged', () => {
    expect(() => likeness(courier.subarray(0, SAMPLE_RATE), courier)).toThrow('were recorded');
  });
});

test('the delay between two recordings of one sound is found to the millisecond', () => {
  expect(delaySeconds(heard(courier, 2), heard(courier, 2 - 0.137), 0.5)).toBeCloseTo(0.137, 3);
});

test('speech survives being written to a file and read back', () => {
  const samples = courier.subarray(SAMPLE_RATE, SAMPLE_RATE + 100);
  expect(fromPcm(toWav(samples).subarray(44))).toEqual(samples.map(s => Math.round(s * 32767) / 32768));
  expect(readWav(join(directory, 'courier.wav')).length).toBe(courier.length);
});
