/** Hands `ear.js` to a browser as text: a function that a compiler has touched may lean on helpers no page has. */

import { readFileSync } from 'node:fs';

const SOURCE = readFileSync(new URL('ear.js', import.meta.url), 'utf8');

/** The script to run in a page before its own; `voice` is a WAV file's path. */
export function earScript({ voice }: { voice?: string }): string {
  const config = voice ? { voice: readFileSync(voice).toString('base64') } : {};
  return `{ const config = ${JSON.stringify(config)};\n${SOURCE}\n}`;
}
