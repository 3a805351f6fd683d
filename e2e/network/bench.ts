/**
 * `make bench-network`: how long people in a call hear nothing when a network fails. Each run is a call of its own. Both
 * people say a steady tone, so that every silence counts.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { silenceIn } from '../hearing/silence.ts';
import { record } from '../people/person.ts';
import { talk, type Guest } from '../tests/scene.ts';
import { until } from '../until.ts';
import { activeInterface, blackhole, outage, suspend, translateAddresses, unplug, type Mend } from './faults.ts';
import { whyNoLab, type Interface, type Lab } from './lab.ts';
import { listenThrough, pause, setStage, type Browser, type Stage } from './stage.ts';

/** How often the switch of interfaces is measured for each kind of browser; `RUNS` in the environment. */
const RUNS = Number(process.env['RUNS'] ?? 20);
/** How often everything else is. */
const FEWER_RUNS = Math.max(1, Math.ceil(RUNS / 4));
/** How long a bad network is watched for false alarms, in minutes; `MINUTES` in the environment. */
const MINUTES = Number(process.env['MINUTES'] ?? 10);
/** Only faults whose name has these words; `ONLY` in the environment. */
const ONLY = process.env['ONLY'] ?? '';
/** A browser whose sound stands still for longer, in ms, cannot say what a network does to it. */
const STANDS_STILL = 100;
/** A person may hear nothing for this long, in 95 of 100 cases. */
const GOAL_MS = 1_500;

/** Somebody's browser on the bad network. */
const CLIENTS: readonly { title: string; browser: Browser; remembered: boolean }[] = [
  { title: 'Chromium', browser: 'chromium', remembered: true },
  { title: 'Chromium, microphone allowed for this visit only', browser: 'chromium', remembered: false },
  { title: 'Firefox', browser: 'firefox', remembered: true },
];

/** Something that goes wrong. */
interface Fault {
  title: string;
  runs: number;
  /** How long is listened, in seconds. */
  seconds: number;
  /** How long the network itself was gone, in ms: nobody can hear anything then. */
  gone: number;
  /** Whether the goal is about it. */
  goal: boolean;
  /** Whether the client's browser itself stands still. */
  stops?: true;
  /** Makes it; what is returned mends it. */
  begin(lab: Lab, active: Interface): Mend;
}

const FAULTS: readonly Fault[] = [
  { title: 'active interface removed', runs: RUNS, seconds: 8, gone: 0, goal: true, begin: unplug },
  { title: 'active interface a black hole', runs: FEWER_RUNS, seconds: 10, gone: 0, goal: false, begin: blackhole },
  { title: 'address changed by translation', runs: FEWER_RUNS, seconds: 8, gone: 0, goal: false, begin: move },
  { title: 'outage of 5 s', runs: FEWER_RUNS, seconds: 14, gone: 5_000, goal: false, begin: lab => briefly(outage(lab), 5_000) },
  { title: 'client stopped for 5 s', runs: FEWER_RUNS, seconds: 14, gone: 5_000, goal: false, stops: true, begin: lab => briefly(suspend(lab), 5_000) },
];

/** What one run gave, in ms; `null` for silence that was not over when it was given up. */
interface Gaps { client: number | null; peer: number | null }

const rows: string[] = [];
const alarms: string[] = [];
const obstacle = whyNoLab();
if (obstacle) console.warn(`SKIPPED the network bench, because ${obstacle}`);

for (const client of CLIENTS) {
  test.skipIf(obstacle)(client.title, { timeout: 0 }, async () => {
    const stage = await setStage('bench-network');
    try {
      const anita = await stage.arrives({ name: 'anita', voice: 'tone', where: 'peer', remembered: true });
      for (const fault of FAULTS) {
        if (!fault.title.includes(ONLY)) continue;
        const gaps: Gaps[] = [];
        for (let tries = 0; gaps.length < fault.runs && tries < 2 * fault.runs; tries++) {
          // A browser that has lost an interface before takes the next loss more lightly, so each run has a new one.
          const meera = await arrive(stage, client);
          const gap = await measure(stage, meera, anita, fault).catch(notRecorded);
          if (gap) gaps.push(gap);
          await meera.leave();
        }
        if (gaps.length > 0) for (const side of ['client', 'peer'] as const) rows.push(rowOf(client.title, fault, side, gaps.map(gap => gap[side])));
      }
      await stage.empty();
      if (client.remembered && 'false alarms'.includes(ONLY)) alarms.push(await countAlarms(stage, client));
    } finally {
      await stage.close();
    }
  });
}

afterAll(() => {
  if (obstacle) return;
  const report = [...head(), ...rows, '', ...alarms].join('\n');
  console.info(`\n${report}\n`);
  if (process.env['WRITE']) writeFileSync(join(resultsFolder(), `${today()}-network-${machine().toLowerCase().replace(/\W+/g, '-')}.md`), `${report}\n`);
});

function arrive(stage: Stage, { browser, remembered }: typeof CLIENTS[number]): Promise<Guest> {
  return stage.arrives({ name: 'meera', voice: 'tone', where: 'client', browser, remembered });
}

/** One call with one fault in it; nothing if sound and signalling use different interfaces, of which one cannot fail for both. */
async function measure(stage: Stage, meera: Guest, anita: Guest, fault: Fault): Promise<Gaps | undefined> {
  await talk(meera, anita);
  await expectTones(meera, anita);
  const active = await activeInterface(stage.lab);
  let mend: Mend = () => undefined;
  try {
    if (!active) return undefined;
    const { silence, stoodStill } = await listenThrough([meera.tab, anita.tab], fault.seconds, () => { mend = fault.begin(stage.lab, active); });
    const stopped = fault.stops ? stoodStill[0] : 0;
    if (Math.max(stoodStill[0] - stopped, stoodStill[1]) > STANDS_STILL) return starved(`sound stood still for ${stoodStill.map(Math.round).join(' and ')} ms`);
    const [client, peer] = silence.map(({ total, ended }, side) => ended ? total + (side === 0 ? Math.round(stopped) : 0) : null);
    console.info(`${fault.title}: client ${client} ms, peer ${peer} ms`);
    return { client: client ?? null, peer: peer ?? null };
  } finally {
    mend();
    await anita.tab.click('Hang up');
    await Promise.all([meera, anita].map(({ tab }) => tab.seesNoButton('Hang up', 90_000)));
    await Promise.all([meera, anita].map(({ tab }) => tab.sees('ready', 60_000)));
  }
}

/** A recording that does not come to its end in time, because the machine had no time for it. */
function notRecorded(error: Error): undefined {
  if (!error.message.includes('the page recorded')) throw error;
  return starved(error.message);
}

function starved(how: string): undefined {
  console.info(`not counted: the machine was too busy to keep the browsers’ sound running (${how})`);
}

/** Both hear a second of unbroken sound: the call has settled. */
async function expectTones(...people: Guest[]): Promise<void> {
  await until('both hear a steady tone', async () => {
    const heard = await Promise.all(people.map(({ tab }) => record(tab, 1)));
    return heard.every(recording => silenceIn(recording.heard, 0).total === 0);
  }, 30_000);
}

/** Address translation is there before the call, so a fault is that it changes. */
function move(lab: Lab): Mend {
  const translation = translateAddresses(lab);
  translation.move();
  return translation.end;
}

/** A fault that ends by itself. */
function briefly(mend: Mend, ms: number): Mend {
  let over = false;
  const once = (): void => {
    if (!over) mend();
    over = true;
  };
  setTimeout(once, ms);
  return once;
}

/** Connections that are opened while nothing is wrong but a fifth of all packets lost, with each side muted and holding by turns. */
async function countAlarms(stage: Stage, { title, browser, remembered }: typeof CLIENTS[number]): Promise<string> {
  const meera = await stage.arrives({ name: 'meera', voice: 'tone', where: 'client', browser, remembered, page: 'native' });
  const anita = await stage.arrives({ name: 'anita', voice: 'tone', where: 'peer', remembered, page: 'native' });
  await talk(meera, anita);
  await expectTones(meera, anita);
  const made = (): Promise<number[]> => Promise.all([meera, anita].map(({ tab }) => tab.evaluate(() => window.testEar.peersMade())));
  const before = await made();
  await stage.lab.impair({ up: { loss: 0.2 }, down: { loss: 0.2 } });
  const end = Date.now() + MINUTES * 60_000;
  for (let turn = 0; Date.now() < end; turn++) {
    const { tab } = turn % 2 === 0 ? meera : anita;
    const [begin, finish] = turn % 4 < 2 ? ['Mute', 'Unmute'] as const : ['Hold', 'Resume'] as const;
    await tab.click(begin);
    await pause(10);
    await tab.click(finish);
    await tab.seesButton(begin);
    await pause(5);
  }
  const after = await made();
  await stage.lab.impair({ up: { loss: 0 }, down: { loss: 0 } });
  await anita.tab.click('Hang up');
  const opened = after.map((count, side) => count - before[side]!);
  return `False alarms in ${MINUTES} minutes of 20 % loss both ways, muted or on hold for two thirds of it, ${title}: client ${opened[0]}, peer ${opened[1]}.`;
}

function rowOf(client: string, fault: Fault, side: 'client' | 'peer', gaps: (number | null)[]): string {
  const sorted = gaps.map(gap => gap ?? Infinity).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  const seconds = (ms: number): string => Number.isFinite(ms) ? (ms / 1000).toFixed(2) : `> ${fault.seconds}`;
  const met = at(0.95) < GOAL_MS ? 'met' : 'MISSED';
  const hears = side === 'client' ? 'client hears peer' : 'peer hears client';
  return `| ${client} | ${fault.title} | ${hears} | ${gaps.length} | ${seconds(at(0.5))} | ${seconds(at(0.95))} | ${seconds(at(1))} | ${fault.goal ? met : ''} |`;
}

function head(): string[] {
  return [
    `# Silence when a network fails, ${today()}, ${machine()}`, '',
    `${cpus().length} cores, Linux ${release()}, load average ${loadavg().map(load => load.toFixed(2)).join(' ')} at the end. Revision ${revision()}.`
      + ' What is measured and how is in [the lab](../../e2e/network/README.md).', '',
    '```', command(), '```', '',
    'Seconds in which somebody hears nothing, from the fault on, in pieces of 10 ms. An outage and a stopped client include the five seconds'
      + ` in which nothing can be heard. Goal: p95 below ${GOAL_MS / 1000} s.`, '',
    '| client | fault | who hears whom | runs | median | p95 | max | goal |', '|---|---|---|---:|---:|---:|---:|---|',
  ];
}

function command(): string {
  const set = ['RUNS', 'MINUTES', 'ONLY', 'WRITE'].filter(name => process.env[name] !== undefined);
  return ['make bench-network', ...set.map(name => `${name}=${process.env[name]}`)].join(' ');
}

function resultsFolder(): string {
  const folder = new URL('../../bench/results/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  return folder;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The processor's name as results of other benches have it. */
function machine(): string {
  return (cpus()[0]?.model ?? 'unknown').split(' ').slice(0, 2).join(' ');
}

function revision(): string {
  return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
}
