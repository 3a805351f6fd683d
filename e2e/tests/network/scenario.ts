/**
 * What every test in the lab needs: two people in a call on a network that is about to fail, and the proof that the call
 * came through. Nothing is judged by how long it took; the silences are printed, and `make bench-network` measures them.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { whyNoLab, type Lab } from '../../network/lab.ts';
import type { Mend } from '../../network/faults.ts';
import { listenThrough, setStage, words, type Browser, type Heard, type Stage } from '../../network/stage.ts';
import { judge, keep, record } from '../../people/person.ts';
import { until } from '../../until.ts';
import { outcomes, talk, type Guest } from '../scene.ts';

/** Two people in a call. */
export interface Call {
  stage: Stage;
  lab: Lab;
  /** On the network that fails; she called. */
  meera: Guest;
  /** On a good network. */
  anita: Guest;
  /** Takes what mends a fault, so that it is mended when the test is over, unless that was done before. */
  during(mend: Mend): Mend;
  /** Listens to both for so many seconds from `fault` on, and prints what was not heard. */
  through(seconds: number, fault: () => void | Promise<void>): Promise<Heard>;
  /** Both hear each other's words again, in the same call, which nobody touched. */
  expectItGoesOn(): Promise<void>;
}

/** What a scenario may ask for. */
export interface Setting {
  /** Those who try it on the bad network; both if nothing is said. */
  browsers?: readonly Browser[];
  /** How long it takes at most, in seconds. */
  seconds?: number;
  /** The page of Tring's own API, which can hold, instead of Signed Call's. */
  page?: 'native';
  /** What Meera's browser trusts though nobody signed it. */
  trusts?: () => string;
  /** What is to be wrong before they arrive. */
  before?(stage: Stage, during: Call['during']): void | Promise<void>;
}

const BOTH: readonly Browser[] = ['chromium', 'firefox'];

/** What pages say on their consoles about a network that fails, and about nothing else. */
const COMPLAINTS_OF_NETWORKS = /WebSocket|The connection to wss?:\/\/|net::ERR_|can’t establish a connection|ICE failed|Failed to load resource/;
/** How long a voice may stay away after the last fault; a limit for tests that hang, not a goal. */
const RECOVERY_MS = 45_000;

/** Tests of one file in a lab of their own. `prepare` sets the server up. */
export function inLab(
  name: string,
  tests: (scenario: (name: string, run: (call: Call) => Promise<void>, setting?: Setting) => void) => void,
  prepare: () => Promise<Stage> = () => setStage(name),
): void {
  const obstacle = whyNoLab();
  let stage: Stage;
  let open: Mend[] = [];

  describe(name, () => {
    if (!obstacle) {
      beforeAll(async () => { stage = await prepare(); });
      afterAll(() => stage?.close());
      afterEach(async ({ task }) => {
        for (const mend of open.splice(0)) mend();
        await stage.lab.impair({ up: CLEAN, down: CLEAN });
        const failed = task.result?.state === 'fail';
        const guests = stage.guests();
        if (failed) await Promise.all(guests.map(guest => guest.tab.screenshot(`failed/${guest.cuid}`).catch(() => undefined)));
        const complaints = guests.flatMap(guest => guest.tab.complaints).filter(complaint => !COMPLAINTS_OF_NETWORKS.test(complaint));
        await stage.empty();
        expect(complaints, 'errors that pages reported').toEqual([]);
      });
    }
    tests((what, run, { browsers = BOTH, seconds = 150, page, trusts, before } = {}) => {
      for (const browser of browsers) {
        const title = `${browser}: ${what}`;
        if (obstacle) {
          console.warn(`SKIPPED ${name}, ${title}, because ${obstacle}`);
          test.skip(title);
          continue;
        }
        test(title, { timeout: seconds * 1000, retry: 1 }, async () => {
          const during = (mend: Mend): Mend => {
            let mended = false;
            const once = (): void => {
              if (!mended) mend();
              mended = true;
            };
            open.push(once);
            return once;
          };
          await before?.(stage, during);
          await run({ ...await begin(stage, { browser, ...(page ? { page } : {}), ...(trusts ? { trusts: trusts() } : {}) }, what), during });
        });
      }
    });
  });
}

const CLEAN = { loss: 0, burst: 1, delay: 0, jitter: 0, rate: 0 };

async function begin(stage: Stage, { trusts, ...equipment }: { browser: Browser; page?: 'native'; trusts?: string }, what: string): Promise<Omit<Call, 'during'>> {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier', where: 'client', remembered: true, ...equipment, ...(trusts ? { trusts } : {}) });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer', where: 'peer', remembered: true, ...(equipment.page ? { page: equipment.page } : {}) });
  await talk(meera, anita);
  const title = `${equipment.browser}: ${what}`;
  return {
    stage, lab: stage.lab, meera, anita,
    async through(seconds, fault) {
      const heard = await listenThrough([meera.tab, anita.tab], seconds, fault);
      // Speech has pauses; the bench, which has none, tells the gaps to ten milliseconds.
      console.info(`${title}: the client hears nothing for ${words(heard.silence[0])}, the peer for ${words(heard.silence[1])}, pauses included`);
      return heard;
    },
    async expectItGoesOn() {
      await expectHears(meera, anita);
      await expectHears(anita, meera);
      expect(await outcomes(meera.tab), 'the call has no end').toEqual([]);
      expect(stage.tring.records(meera.cuid), 'the server knows one call, which goes on').toEqual(['open']);
    },
  };
}

async function expectHears(listener: Guest, speaker: Guest): Promise<void> {
  await until(`${listener.cuid} hears ${speaker.cuid}`, async () => {
    const { heard } = await record(listener.tab, 4);
    keep(heard, `${speaker.cuid}-heard-by-${listener.cuid}`);
    const { speech, control } = judge(heard, speaker, listener);
    return speech.median > 0.8 && control.median < 0.3;
  }, RECOVERY_MS);
}

/** How many connections the guest's page has opened for its calls so far. */
export function peersMade(guest: Guest): Promise<number> {
  return guest.tab.evaluate(() => window.testEar.peersMade());
}

/** What the guest's newest connection goes over becomes this. */
export async function expectPath(guest: Guest, path: 'udp' | 'tcp' | 'turn tcp' | 'turn tls'): Promise<void> {
  let found: string | undefined;
  await until(`the sound of ${guest.cuid} goes over ${path}`, async () => {
    found = pathIn(await guest.tab.evaluate(() => window.testEar.statistics()));
    return found === path;
  }).catch(() => expect(found, `what the sound of ${guest.cuid} goes over`).toBe(path));
}

function pathIn(statistics: readonly object[]): string | undefined {
  const reports = statistics as readonly Record<string, unknown>[];
  const chosen = reports.find(({ type }) => type === 'transport')?.['selectedCandidatePairId'];
  const pair = reports.find(({ type, id, selected }) => type === 'candidate-pair' && (chosen ? id === chosen : selected));
  const local = reports.find(({ id }) => id === pair?.['localCandidateId']);
  return local?.['candidateType'] === 'relay' ? `turn ${String(local['relayProtocol'])}` : local?.['protocol'] as string | undefined;
}
