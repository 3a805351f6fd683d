/**
 * What people in the tests say: two voices with different sentences and a tone, made once per run by espeak-ng and sox.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_RATE } from './correlation.ts';

/** Somebody's voice. */
export interface Speech {
  /** A WAV file, 48 kHz, one channel, 16 bits. */
  file: string;
  /** The same as numbers between -1 and 1. */
  samples: Float32Array;
}

const VOICES = {
  /** A deep voice that talks about a delivery. */
  courier: {
    voice: 'en-us+m3', pitch: '38',
    text: 'Good morning, this is your courier. I am standing in front of the blue gate, but nobody opens. Shall I leave the parcel with your neighbour?',
  },
  /** A high voice that answers. */
  customer: {
    voice: 'en-gb+f4', pitch: '72',
    text: 'Hello! Please walk around the house to the garden door. My brother works upstairs and will hear you knocking on the window.',
  },
} as const;

/** Names one of the two voices, or a steady tone, in which every silence is a fault. */
export type Voice = keyof typeof VOICES | 'tone';

/** The speech of `voice`, made in `directory` if it is not there yet. */
export function speechOf(voice: Voice, directory: string): Speech {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${voice}.wav`);
  if (existsSync(file)) return { file, samples: readWav(file) };
  // Made under a name of its own: another test may look for it at the same time, and must not find half of it.
  const made = join(directory, `${voice}-${process.pid}.wav`);
  if (voice === 'tone') {
    // Whole periods, so that its rounds join without a click.
    execFileSync('sox', ['-D', '-n', '-r', `${SAMPLE_RATE}`, '-c', '1', '-b', '16', made, 'synth', '5', 'sine', '440', 'gain', '-12']);
  } else {
    const spoken = join(directory, `${voice}-spoken-${process.pid}.wav`);
    const { voice: name, pitch, text } = VOICES[voice];
    execFileSync('espeak-ng', ['-v', name, '-p', pitch, '-s', '150', '-w', spoken, text]);
    // A little silence at the end sets the rounds of the loop apart, as breathing does.
    execFileSync('sox', ['-D', spoken, '-r', `${SAMPLE_RATE}`, '-c', '1', '-b', '16', made, 'pad', '0.2', '0.4', 'gain', '-n', '-6']);
    rmSync(spoken);
  }
  renameSync(made, file);
  return { file, samples: readWav(file) };
}

/** The samples of a WAV file with one channel of 16 bits. */
export function readWav(file: string): Float32Array {
  const bytes = readFileSync(file);
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === 'data') return fromPcm(bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size & 1);
  }
  throw new Error(`${file} has no data chunk`);
}

/** A WAV file's bytes for `samples`. */
export function toWav(samples: Float32Array): Buffer {
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples.length * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE, 24);
  wav.writeUInt32LE(SAMPLE_RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32767), 44 + i * 2));
  return wav;
}

/** Samples from 16-bit little-endian PCM. */
export function fromPcm(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength >> 1 }, (_, i) => view.getInt16(i * 2, true) / 32768);
}
