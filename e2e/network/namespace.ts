/**
 * A network of its own for some programs (Linux calls it a namespace): interfaces, routes, firewall and ports are its
 * own, files and processes are the machine's. Names carry the process id of the run that made them, so that a run which
 * was killed is cleaned up by the next one.
 */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PREFIX = 'tring';
const DIRECTORY = '/run/netns';

/** One namespace. */
export interface Namespace {
  /** As `ip netns` knows it. */
  name: string;
  /** What stands before a command that is to run inside. */
  inside: readonly string[];
  /** Runs `ip` on it: `ip('link', 'del', 'wlan0')`. */
  ip(...command: string[]): string;
  /** Runs a program inside. */
  run(program: string, ...flags: string[]): string;
  /** An executable file that runs `program` inside; for those who want a path and no command. */
  wrapper(program: string): string;
  /** The processes that run inside. */
  processes(): number[];
  /** Ends the processes inside and removes it. */
  remove(): void;
}

let made = 0;

/** Makes a namespace with only a loopback interface; `role` is a part of its name. */
export function makeNamespace(role: string): Namespace {
  const name = `${PREFIX}-${process.pid}-${made++}-${role}`;
  execFileSync('ip', ['netns', 'add', name]);
  const directory = mkdtempSync(join(tmpdir(), 'tring-namespace-'));
  const inside = ['ip', 'netns', 'exec', name];
  const [first, ...others] = inside as [string, ...string[]];
  const run = (program: string, ...flags: string[]): string => execFileSync(first, [...others, program, ...flags], { encoding: 'utf8', stdio: 'pipe' });
  const ip = (...command: string[]): string => execFileSync('ip', ['-n', name, ...command], { encoding: 'utf8', stdio: 'pipe' });
  ip('link', 'set', 'lo', 'up');
  return {
    name, inside, ip, run,
    wrapper(program) {
      const file = join(directory, program.replaceAll('/', '_'));
      writeFileSync(file, `#!/bin/sh\nexec ${inside.join(' ')} ${program} "$@"\n`);
      chmodSync(file, 0o755);
      return file;
    },
    processes: () => processesIn(name),
    remove() {
      removeNamespace(name);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Removes what runs that are dead left behind. */
export function sweepNamespaces(): void {
  for (const name of namespaces()) {
    const pid = Number(new RegExp(`^${PREFIX}-(\\d+)-`).exec(name)?.[1] ?? NaN);
    if (!Number.isNaN(pid) && !isAlive(pid)) removeNamespace(name);
  }
}

/** Removes all that this process made; for its last moment, when nothing may be awaited. */
export function removeOwnNamespaces(): void {
  for (const name of namespaces()) if (name.startsWith(`${PREFIX}-${process.pid}-`)) removeNamespace(name);
}

/** A Python program of this folder, which ends when its standard input does. */
export interface Attendant {
  /** Writes a line and resolves with the line that answers it. */
  ask(line: string): Promise<string>;
  /** The line that it began with. */
  greeting: string;
  end(): Promise<void>;
}

/** Starts a program of this folder and waits for its first line. */
export async function attend(program: string, ...args: string[]): Promise<Attendant> {
  const file = new URL(program, import.meta.url).pathname;
  const child: ChildProcess = spawn('python3', [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${program} ${args.join(' ')} ended`);
    return value as string;
  };
  const greeting = await next();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    greeting,
    ask(line) {
      const answer = turn.then(() => {
        child.stdin!.write(`${line}\n`);
        return next();
      });
      turn = answer.catch(() => undefined);
      return answer;
    },
    async end() {
      child.stdin!.end();
      await exited;
    },
  };
}

function namespaces(): string[] {
  try {
    return readdirSync(DIRECTORY);
  } catch {
    return [];
  }
}

function processesIn(name: string): number[] {
  return execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number);
}

function removeNamespace(name: string): void {
  for (const pid of processesIn(name)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  execFileSync('ip', ['netns', 'del', name]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
