import { expect, test } from 'vitest';
import { SAMPLE_RATE } from './correlation.ts';
import { silenceIn } from './silence.ts';

/** A tone of so many milliseconds, silences, tones and so on in turns. */
function turns(...lengths: number[]): Float32Array {
  return Float32Array.from(lengths.flatMap((length, turn) => Array.from(
    { length: (length * SAMPLE_RATE) / 1000 }, (_, i) => turn % 2 === 0 ? 0.25 * Math.sin((2 * Math.PI * 440 * i) / SAMPLE_RATE) : 0)));
}

test('silences are added up, the longest is named, and when the last was over', () => {
  expect(silenceIn(turns(500, 300, 200, 100, 400), 0)).toEqual({ total: 400, longest: 300, over: 1100, ended: true });
});

test('what was before the beginning does not count', () => {
  expect(silenceIn(turns(0, 500, 500), SAMPLE_RATE * 0.4)).toEqual({ total: 100, longest: 100, over: 100, ended: true });
});

test('a silence that lasts to the end has not ended', () => {
  expect(silenceIn(turns(500, 300), 0)).toEqual({ total: 300, longest: 300, over: 800, ended: false });
});

test('a whisper of noise is silence', () => {
  expect(silenceIn(new Float32Array(SAMPLE_RATE).map((_, i) => (i % 2 ? 0.005 : -0.005)), 0).total).toBe(1000);
});
