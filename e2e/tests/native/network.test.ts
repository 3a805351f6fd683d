/** Somebody at a terminal on a bad network, and somebody at Chromium on a good one. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unplug, type Mend } from '../../network/faults.ts';
import { whyNoLab, type Impairment } from '../../network/lab.ts';
import { pause, setStage, words, type Stage } from '../../network/stage.ts';
import { silenceIn } from '../../hearing/silence.ts';
import { judge, keep, record, type Recording } from '../../people/person.ts';
import { scoreRounds, whyNoScore } from '../../speech/score.ts';
import { inCall, type Guest } from '../scene.ts';
import { atTerminal, type Caller } from './terminal.ts';

/** How long both adapt to a road before it is judged, and how long they are listened to then, in seconds. */
const ADAPTS = 6;
const LISTENS = 22;
const CLEAN: Impairment = { loss: 0, burst: 1, delay: 0, jitter: 0, rate: 0 };

const obstacle = whyNoLab();
if (obstacle) console.warn(`SKIPPED native, because ${obstacle}`);

describe.skipIf(obstacle !== undefined)('a terminal on a bad network', { timeout: 240_000, retry: 1 }, () => {
  let stage: Stage;
  let caller: Caller | undefined;
  let mend: Mend = () => undefined;

  beforeAll(async () => { stage = await setStage('native-network'); });
  afterAll(() => stage.close());
  afterEach(async () => {
    mend();
    mend = () => undefined;
    await stage.lab.impair({ up: CLEAN, down: CLEAN });
    await caller?.leaves();
    caller = undefined;
    await stage.empty();
  });

  /** A terminal on the bad network calls a browser on the good one. */
  async function talk(): Promise<{ meera: Caller; anita: Guest }> {
    const anita = await stage.arrives({ name: 'anita', voice: 'customer', where: 'peer', remembered: true });
    const seat = { server: stage.tring.origin, account: stage.account, name: 'meera', voice: 'courier' as const, inside: stage.lab.client.inside };
    caller = await atTerminal(seat, 'call', anita.cuid, '--context', 'Your parcel');
    await anita.tab.click('Answer');
    await inCall(anita.tab);
    await caller.tells('that they are connected', ({ status }) => status === 'connected');
    return { meera: caller, anita };
  }

  async function leave(meera: Caller): Promise<Recording> {
    caller = undefined;
    const { code, recording } = await meera.leaves();
    expect(code).toBe(0);
    return recording;
  }

  /** Both hear words of the other, and PESQ says at least `score` of the best round. */
  function expectSpeech(meera: Caller, atMeera: Recording, anita: Guest, atAnita: Recording, score: number): void {
    const sources = [[anita.cuid, meera.speech, atMeera, atAnita], [meera.cuid, anita.speech, atAnita, atMeera]] as const;
    for (const [listener, speech, speaking, hearing] of sources) {
      if (whyNoScore()) {
        console.warn(`NOT SCORED, because ${whyNoScore()}`);
        continue;
      }
      const scores = scoreRounds(speech, speaking, hearing);
      console.info(`${listener} hears speech of PESQ ${scores.map(each => each.toFixed(2)).join(' ')}`);
      expect(Math.max(...scores), `${listener} hears speech`).toBeGreaterThan(score);
    }
  }

  for (const [road, impairment, score, weak] of [
    ['a tenth of all packets is lost', { loss: 0.1 }, 2, 'mine'],
    ['packets take 70 to 130 ms', { delay: 100, jitter: 30 }, 2, 'none'],
  ] as const) {
    test(`${road}, and both understand each other`, async () => {
      const { meera, anita } = await talk();
      await stage.lab.impair({ up: impairment, down: impairment });
      await pause(ADAPTS);
      const atAnita = await record(anita.tab, LISTENS);
      keep(atAnita.heard, `${meera.cuid}-heard-by-${anita.cuid}`);
      const last = meera.told('quality').at(-1);
      console.info(`${road}: ${JSON.stringify(last)}`);
      expect(last?.['poorNetwork'], 'whose network is weak').toBe(weak);
      const atMeera = await leave(meera);
      // From the same moment on, or the rounds before the road was bad would count.
      const before = Math.max(0, Math.round(atAnita.startedAt - atMeera.startedAt)) * 48;
      const cut = { ...atMeera, heard: atMeera.heard.subarray(before), said: atMeera.said.subarray(before), startedAt: atMeera.startedAt + before / 48 };
      expectSpeech(meera, cut, anita, atAnita, score);
    });
  }

  test('what is lost on the way to the terminal is its own network for both', async () => {
    const { meera, anita } = await talk();
    await stage.lab.impair({ up: CLEAN, down: { ...CLEAN, loss: 0.45 } });
    await anita.tab.sees('Their network is weak', 30_000);
    await meera.tells('that its network is weak', ({ poorNetwork }) => poorNetwork === 'mine');
    expect(meera.told('quality').map(({ poorNetwork }) => poorNetwork), 'what the terminal was told').not.toContain('theirs');
    await leave(meera);
  });

  test('the interface is gone, and the call goes on over the other', async () => {
    const { meera, anita } = await talk();
    await pause(3);
    const listening = record(anita.tab, 10);
    await pause(1.5);
    const faultAt = Date.now();
    mend = unplug(stage.lab, 'wlan0');
    const { heard, startedAt } = await listening;
    const before = stage.lab.packets('wwan0');
    const after = await record(anita.tab, 5);
    expect(stage.lab.packets('wwan0') - before, 'all sound takes the interface that is left').toBeGreaterThan(100);
    expect(judge(after.heard, { ...anita, speech: meera.speech }, anita).speech.median).toBeGreaterThan(0.8);
    expect(meera.told('ended'), 'the call has no end').toEqual([]);
    const atMeera = await leave(meera);
    const back = judge(atMeera.heard.subarray(-5 * 48_000), anita, { ...anita, speech: meera.speech });
    expect(back.speech.median, 'the terminal hears the other again').toBeGreaterThan(0.8);
    console.info(`interface gone: the peer hears nothing for ${words(silenceIn(heard, (faultAt - startedAt) * 48))}, the terminal for `
      + `${words(silenceIn(atMeera.heard.subarray(0, atMeera.heard.length - 48_000), (faultAt - atMeera.startedAt) * 48))}, pauses included`);
  });
});
