/** Somebody at a terminal: `tring call` or `tring listen`, speaking from a file and recording to one. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SAMPLE_RATE } from '../../hearing/correlation.ts';
import { readWav, speechOf, toWav, type Speech, type Voice } from '../../hearing/speech.ts';
import { ARTIFACTS, keep, type Recording } from '../../people/person.ts';
import { BINARY, type Account } from '../../tring/server.ts';
import { PATIENCE_MS, until } from '../../until.ts';

/** For how long they speak, in seconds: longer than any test listens. */
const SPEAKS = 120;

/** One line of `--json`. */
export type TerminalEvent = { event: string; at: number } & Record<string, unknown>;

/** Somebody at a terminal, signed in. */
export interface Caller {
  name: string;
  cuid: string;
  /** What they say over and over, from when the two hear each other. */
  speech: Speech;
  /** Types a letter and presses Enter. */
  types(letter: 'a' | 'd' | 'm' | 'h' | 'q'): void;
  /** Waits for an event that has come, or will, after those that were waited for before. */
  tells(what: string, isSo: (event: TerminalEvent) => boolean, deadline?: number): Promise<TerminalEvent>;
  /** The events of this kind so far. */
  told(event: string): TerminalEvent[];
  /** Hangs up if a call runs, and leaves; with the exit code, and what they heard and said since they were connected. */
  leaves(): Promise<{ code: number; recording: Recording }>;
}

/** Where and as whom they sit down. */
export interface Seat {
  server: string;
  account: Account;
  name: string;
  voice: Voice;
  /** What stands before the command: a network of its own. */
  inside?: readonly string[];
}

let seats = 0;

/** Runs `tring` with these words, such as `call`, a cuid and `--context`, and waits until they are signed in. */
export async function atTerminal({ server, account, name, voice, inside = [] }: Seat, ...words: string[]): Promise<Caller> {
  const cuid = `${name}_t${++seats}`;
  const folder = mkdtempSync(join(tmpdir(), 'tring-terminal-'));
  const speech = speechOf(voice, join(ARTIFACTS, 'speech'));
  const spoken = join(folder, 'spoken.wav');
  const allSaid = rounds(speech.samples);
  writeFileSync(spoken, toWav(allSaid));
  const heard = join(folder, 'heard.wav');
  const [program, ...command] = [
    ...inside, BINARY, ...words, '--json', '--server', server, '--account', account.accountId, '--apikey', account.apikey,
    '--as', cuid, '--name', name, '--play', spoken, '--record', heard,
  ] as string[] as [string, ...string[]];
  const child: ChildProcess = spawn(program, command, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let complaints = '';
  child.stderr!.on('data', (chunk: Buffer) => { complaints += chunk; });
  const events: TerminalEvent[] = [];
  createInterface(child.stdout!).on('line', line => { events.push(JSON.parse(line) as TerminalEvent); });
  let seen = 0;
  const connectedAt = (): number =>
    events.find(({ event, status }) => event === 'call' && status === 'connected')?.at ?? NaN;

  const caller: Caller = {
    name, cuid, speech,
    types(letter) { child.stdin!.write(`${letter}\n`); },
    async tells(what, isSo, deadline = PATIENCE_MS) {
      const number = await until(`${cuid} tells ${what}`, () => {
        if (child.exitCode !== null && child.exitCode > 0 && events.length === 0) throw new Error(`tring ended with ${child.exitCode}: ${complaints}`);
        return events.findIndex((event, place) => place >= seen && isSo(event)) + 1;
      }, deadline);
      seen = number;
      return events[number - 1]!;
    },
    told: kind => events.filter(({ event }) => event === kind),
    async leaves() {
      if (child.exitCode === null) child.kill('SIGINT');
      const [code] = await exited as [number | null];
      const samples = existsSync(heard) ? readWav(heard) : new Float32Array();
      keep(samples, `heard-by-${cuid}`);
      rmSync(folder, { recursive: true, force: true });
      const said = allSaid.subarray(0, samples.length);
      return { code: code ?? -1, recording: { heard: samples, said, startedAt: connectedAt(), stoodStill: 0 } };
    },
  };
  await caller.tells('that they are signed in', ({ event }) => event === 'signed_in');
  return caller;
}

/** The text over and over. */
function rounds(samples: Float32Array): Float32Array {
  const count = Math.ceil((SPEAKS * SAMPLE_RATE) / samples.length);
  const all = new Float32Array(count * samples.length);
  for (let round = 0; round < count; round++) all.set(samples, round * samples.length);
  return all;
}
