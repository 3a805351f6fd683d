/**
 * `make bench-speech`: what is left of speech on bad networks, through Tring and between the same two browsers without
 * it, over the same road, by turns.
 */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { afterAll, test } from 'vitest';
import { whyNoLab, type Impairment } from '../network/lab.ts';
import { setStage, type Browser, type Stage } from '../network/stage.ts';
import type { Guest } from '../tests/scene.ts';
import { whyNoScore } from './score.ts';
import { connect, disconnect, tryOut, WAYS, type Hearing, type Way } from './trial.ts';

/** How often everything is measured; `RUNS` in the environment. */
const RUNS = Number(process.env['RUNS'] ?? 5);
/** How long is listened each time, in seconds: at least one whole round of the text, mostly two. */
const SECONDS = 25;
/** How often a stretch is tried before the machine counts as unfit. */
const ATTEMPTS = 3;
/** Only roads whose title has these words, and only pairs of browsers; `ONLY` and `PAIR` in the environment. */
const [ONLY, PAIR] = [process.env['ONLY'] ?? '', process.env['PAIR'] ?? ''];
/** How far two medians may lie apart and still count as the same: runs of the same thing do. */
const SAME = 0.1;

const ROADS: readonly { title: string; road: Impairment }[] = [
  { title: '10 % loss', road: { loss: 0.1 } },
  { title: '20 % loss', road: { loss: 0.2 } },
  { title: '5 % loss in bursts of 4', road: { loss: 0.05, burst: 4 } },
  { title: '100 ± 30 ms', road: { delay: 100, jitter: 30 } },
];

/** Who is on the bad network; the other is at Chromium. */
const PAIRS: readonly { title: string; browser: Browser }[] = [
  { title: 'Chromium', browser: 'chromium' },
  { title: 'Firefox', browser: 'firefox' },
];

const obstacle = whyNoLab() ?? whyNoScore();
if (obstacle) console.warn(`SKIPPED the speech bench, because ${obstacle}`);
const rows: string[] = [];

for (const { title, browser } of PAIRS.filter(pair => pair.title.includes(PAIR))) {
  test.skipIf(obstacle)(title, { timeout: 0 }, async () => {
    const stage = await setStage('bench-speech');
    try {
      const client = await stage.arrives({ name: 'meera', voice: 'courier', where: 'client', browser, remembered: true });
      const peer = await stage.arrives({ name: 'anita', voice: 'customer', where: 'peer', remembered: true });
      const found = await measure(stage, client, peer);
      for (const road of found.keys()) for (const side of ['client', 'peer'] as const) rows.push(...rowsOf(title, road, side, found.get(road)!));
    } finally {
      await stage.close();
    }
  });
}

afterAll(() => {
  if (obstacle) return;
  const report = [...head(), ...rows].join('\n');
  console.info(`\n${report}\n`);
  const words = ['speech', PAIR, machine()].filter(word => word !== '').join(' ').toLowerCase();
  const file = `${new Date().toISOString().slice(0, 10)}-${words.replace(/\W+/g, '-')}.md`;
  if (process.env['WRITE']) writeFileSync(new URL(`../../bench/results/${file}`, import.meta.url), `${report}\n`);
});

/** What was heard over one road: for each way and side, one hearing of each run. */
type Found = Record<Way, Record<'client' | 'peer', Hearing[]>>;

async function measure(stage: Stage, client: Guest, peer: Guest): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  for (let run = 1; run <= RUNS; run++) {
    for (const way of WAYS) {
      await connect(way, client, peer);
      for (const { title, road } of ROADS.filter(candidate => candidate.title.includes(ONLY))) {
        const trial = await unhurried(() => tryOut(stage, client, peer, { ...road, seed: run }, SECONDS));
        const of = found.get(title) ?? { 'through Tring': { client: [], peer: [] }, unrelayed: { client: [], peer: [] } };
        found.set(title, of);
        for (const side of ['client', 'peer'] as const) {
          of[way][side].push(trial[side]);
          console.info(`run ${run}, ${title}, ${way}, ${side} hears: ${words(trial[side])}`);
        }
      }
      await disconnect(way, client, peer);
    }
  }
  return found;
}

/** Tries again where the machine was too busy to carry sound at all. */
async function unhurried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 1) throw error;
      console.warn(`once more: ${(error as Error).message.split('\n')[0]}`);
    }
  }
}

function words({ scores, lost, concealed, waited, packetBytes }: Hearing): string {
  return `PESQ ${scores.join(' ')}, lost ${percent(lost)}, concealed ${percent(concealed)}, buffer ${waited.toFixed(0)} ms, ${packetBytes.toFixed(0)} bytes in a packet`;
}

function rowsOf(client: string, road: string, side: 'client' | 'peer', found: Found): string[] {
  const medians = WAYS.map(way => median(found[way][side].flatMap(({ scores }) => scores)));
  return WAYS.map((way, at) => {
    const hearings = found[way][side];
    const scores = hearings.flatMap(hearing => hearing.scores);
    const of = (what: (hearing: Hearing) => number): number => median(hearings.map(what));
    const [lost, concealed] = [of(hearing => hearing.lost), of(hearing => hearing.concealed)];
    const verdict = way === 'unrelayed' ? '' : [
      medians[0]! >= medians[1]! - SAME ? 'PESQ met' : 'PESQ MISSED',
      ...lost > 0.01 ? [concealed < lost / 2 ? 'concealment met' : 'concealment MISSED'] : [],
    ].join(', ');
    const longest = Math.max(...hearings.flatMap(({ waits }) => waits));
    const cells = [client, road, side === 'client' ? 'client hears peer' : 'peer hears client', way,
      medians[at]!.toFixed(2), `${Math.min(...scores).toFixed(2)}–${Math.max(...scores).toFixed(2)}`, percent(lost), percent(concealed),
      `${of(hearing => hearing.waited).toFixed(0)}, ${longest.toFixed(0)}`, of(hearing => hearing.packetBytes).toFixed(0), verdict];
    return `| ${cells.join(' | ')} |`;
  });
}

function head(): string[] {
  const set = ['RUNS', 'ONLY', 'PAIR', 'WRITE'].filter(name => process.env[name] !== undefined);
  return [
    `# Speech on bad networks, ${new Date().toISOString().slice(0, 10)}, ${machine()}`, '',
    `${cpus().length} cores, Linux ${release()}, load average ${loadavg().map(load => load.toFixed(2)).join(' ')} at the end. Revision ${revision()}.`
      + ' What is measured and how is in [speech](../../e2e/speech/README.md).', '',
    '```', ['make bench-speech', ...set.map(name => `${name}=${process.env[name]}`)].join(' '), '```', '',
    `Medians of ${RUNS} runs; PESQ of every round of the text, wide band, 1.0 to 4.6. Goals: PESQ through Tring not below the unrelayed one by more than`
      + ` ${SAME}; made up less than half of what was lost. The peer is at Chromium on a good network; the road is the same in both directions.`, '',
    '| client | road | who hears whom | way | PESQ | from–to | lost | made up | buffer ms, longest second | bytes in a packet | goal |',
    '|---|---|---|---|---:|---|---:|---:|---:|---:|---|',
  ];
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The processor's name as results of other benches have it. */
function machine(): string {
  return (cpus()[0]?.model ?? 'unknown').split(' ').slice(0, 2).join(' ');
}

function revision(): string {
  return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
}
