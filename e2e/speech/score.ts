/**
 * How good speech is after a call, by PESQ: recordings of both ends are laid over each other, cut into rounds of the
 * speaker's text and scored one by one.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delaySeconds, likeness, SAMPLE_RATE } from '../hearing/correlation.ts';
import { toWav, type Speech } from '../hearing/speech.ts';
import type { Recording } from '../people/person.ts';

/** Longest time from mouth to ear, in seconds; beyond it a call is none. */
const LONGEST_DELAY = 1.5;
/** How much is compared to find out what lies where, as samples: more than one round of a text. */
const ENOUGH = 12 * SAMPLE_RATE;

/** Where `make` puts what scores. */
const PYTHON = process.env['PESQ'] ?? new URL('../../target/tools/pesq/bin/python', import.meta.url).pathname;

/** Why nothing can be scored here, in words; nothing if it can. */
export function whyNoScore(): string | undefined {
  return existsSync(PYTHON) ? undefined : `PESQ is not installed in ${PYTHON}; \`make pesq\` does it`;
}

/** The scores of each whole round of `speech` that `speaker` said and `listener` heard, 1.0 to 4.6. */
export function scoreRounds(speech: Speech, speaker: Recording, listener: Recording): number[] {
  // Cut both to the moment from which both run, by the machine's one clock, and then to the delay between them.
  const cut = (recording: Recording, other: Recording, samples: Float32Array): Float32Array =>
    samples.subarray(Math.round(Math.max(0, other.startedAt - recording.startedAt) * SAMPLE_RATE / 1000));
  const said = cut(speaker, listener, speaker.said);
  const sounds = cut(listener, speaker, listener.heard);
  const heard = sounds.subarray(Math.round(delaySeconds(said.subarray(0, ENOUGH), sounds.subarray(0, ENOUGH), LONGEST_DELAY) * SAMPLE_RATE));

  const round = speech.samples.length;
  const first = (round - Math.round(likeness(said.subarray(0, ENOUGH), speech.samples).offsetSeconds * SAMPLE_RATE)) % round;
  const folder = mkdtempSync(join(tmpdir(), 'tring-speech-'));
  try {
    const pieces: { said: string; heard: string }[] = [];
    for (let at = first; at + round <= Math.min(said.length, heard.length); at += round) {
      pieces.push({
        said: narrow(said.subarray(at, at + round), join(folder, `said-${at}`)),
        heard: narrow(heard.subarray(at, at + round), join(folder, `heard-${at}`)),
      });
    }
    const found = execFileSync(PYTHON, [new URL('score.py', import.meta.url).pathname], { input: JSON.stringify({ pieces }), encoding: 'utf8' });
    // Where no speech was heard the scale ends.
    return (JSON.parse(found) as (number | null)[]).map(score => score ?? 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the samples at the 16 kHz that PESQ wants. */
function narrow(samples: Float32Array, name: string): string {
  writeFileSync(`${name}-48.wav`, toWav(samples));
  execFileSync('sox', [`${name}-48.wav`, '-r', '16000', `${name}.wav`]);
  return `${name}.wav`;
}
