/** The real binary, started as an operator starts it: own data directory, free ports, ended by its own process id. */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ARTIFACTS } from '../people/person.ts';
import { until } from '../until.ts';

/** The command. */
export const BINARY = process.env['TRING'] ?? new URL('../../target/release/tring', import.meta.url).pathname;

/** What `tring account create --json` prints. */
export interface Account {
  accountId: string;
  apikey: string;
  secret: string;
}

/** A running server. */
export interface Tring {
  /** `http://127.0.0.1:PORT`: the same port again after a restart, as for a real deployment. */
  origin: string;
  /** The port of its relay's first worker, for UDP and TCP; the same after a restart too. */
  relayPort: number;
  /** Everything that it logged so far. */
  log(): string;
  /** Makes an account; `settings` are flags of `tring account settings`. */
  account(name: string, ...settings: string[]): Account;
  /** How the calls that `cuid` placed ended, oldest first, from the database: `over/hangup`; `open` while one runs. */
  records(cuid: string): string[];
  /** What SQLite itself answers to a question about the server's data. */
  query<Row>(sql: string): Row[];
  /** Runs any other command on the same data. */
  run(...command: string[]): string;
  /** Ends it with a signal and tells its exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
  /** Stops it in mid-step, as a network that swallows everything does to those who talk to it; `SIGCONT` goes on. */
  freeze(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it again after `end`, on the same data and ports. */
  again(): Promise<void>;
  /** Ends it if it runs and deletes its data. */
  stop(): Promise<void>;
}

/** Where a server runs. */
export interface Premises {
  /** The address that it listens at. */
  address: string;
  /** What stands before its command. */
  inside: readonly string[];
}

/** Starts a server; `name` names its log among the artefacts, `flags` are added to `tring serve`. */
export function startTring(name: string, ...flags: string[]): Promise<Tring> {
  return startTringAt({ address: '127.0.0.1', inside: [] }, name, ...flags);
}

/** The same on another network. */
export async function startTringAt({ address, inside }: Premises, name: string, ...flags: string[]): Promise<Tring> {
  const data = mkdtempSync(join(tmpdir(), 'tring-data-'));
  mkdirSync(join(ARTIFACTS, 'logs'), { recursive: true });
  const file = createWriteStream(join(ARTIFACTS, 'logs', `${name}.log`));
  let log = '';
  let origin = '';
  let relay = `${address}:0`;
  let process_: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const [program, ...command] = [
      ...inside, BINARY, 'serve', '--json', '--listen', origin ? new URL(origin).host : `${address}:0`, '--relay', relay, '--data', data, ...flags,
    ] as [string, ...string[]];
    const started = spawn(program, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    process_ = started;
    started.stderr.on('data', (chunk: Buffer) => {
      log += chunk;
      file.write(chunk);
    });
    let listening: Listening | undefined;
    createInterface(started.stdout).on('line', line => {
      log += `${line}\n`;
      file.write(`${line}\n`);
      listening ??= readListening(line);
    });
    const { http, udp } = await until('the server listens', () => {
      if (started.exitCode !== null) throw new Error(`tring serve ended with ${started.exitCode}:\n${log}`);
      return listening;
    });
    origin = http;
    relay = udp;
  };
  const run = (...command: string[]): string => execFileSync(BINARY, [...command, '--data', data], { encoding: 'utf8' });
  const query = <Row>(sql: string): Row[] => {
    const rows = execFileSync('sqlite3', ['-readonly', '-json', join(data, 'tring.db'), '.timeout 2000', sql], {
      encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
    });
    return rows.trim() ? JSON.parse(rows) as Row[] : [];
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> => {
    const ending = process_;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return 'not running';
    const exited = once(ending, 'exit');
    ending.kill(signal);
    const [code, by] = await exited as [number | null, string | null];
    return code ?? by ?? 'unknown';
  };

  await start();
  return {
    get origin() { return origin; },
    get relayPort() { return Number(relay.split(':').at(-1)); },
    log: () => log,
    account(accountName, ...settings) {
      const account = JSON.parse(run('account', 'create', accountName, '--json')) as Account;
      if (settings.length > 0) run('account', 'settings', account.accountId, ...settings);
      return account;
    },
    records(cuid) {
      // Cuids hold letters, digits and _ only.
      return query<{ ending: string }>(
        `select coalesce(status || '/' || reason, 'open') as ending from calls where caller = '${cuid}' order by placed_at`,
      ).map(({ ending }) => ending);
    },
    query,
    run,
    end,
    freeze: signal => { process_?.kill(signal); },
    again: start,
    async stop() {
      await end('SIGKILL');
      file.end();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

interface Listening { http: string; udp: string }

/** The line of JSON that says where the server listens. */
function readListening(line: string): Listening | undefined {
  if (!line.startsWith('{')) return undefined;
  const said = JSON.parse(line) as { http?: string; relay?: string[] };
  return said.http && said.relay?.[0] ? { http: said.http, udp: said.relay[0] } : undefined;
}
