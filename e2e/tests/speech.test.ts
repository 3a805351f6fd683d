/** Both hear each other: what one says is what the other hears, judged half a second at a time. */

import { expect, test, vi } from 'vitest';
import { delaySeconds } from '../hearing/correlation.ts';
import { judge, keep, record } from '../people/person.ts';
import { dial, expectOutcome, expectQuiet, inCall, scene, talk, type Guest } from './scene.ts';

// Sound is judged in real time; where another program takes the processor for a moment, another try is fair.
vi.setConfig({ testTimeout: 90_000 });
const RETRY = { retry: 2 };
const stage = scene('speech');

/** Both hear the words of the other and no others, with nothing missing. */
async function expectSpeechBothWays(a: Guest, b: Guest): Promise<void> {
  const [atA, atB] = await Promise.all([record(a.tab, 8), record(b.tab, 8)]);
  for (const [listener, speaker, recording, source] of [[a, b, atA, atB], [b, a, atB, atA]] as const) {
    keep(recording.heard, `${speaker.cuid}-heard-by-${listener.cuid}`);
    const { speech, control } = judge(recording.heard, speaker, listener);
    // Cut both recordings to the moment from which both run, by the machine's one clock.
    const said = source.said.subarray(Math.max(0, (recording.startedAt - source.startedAt) * 48));
    const heard = recording.heard.subarray(Math.max(0, (source.startedAt - recording.startedAt) * 48));
    console.info(`${listener.cuid} hears ${speaker.cuid}: median ${speech.median.toFixed(3)}, least ${speech.minimum.toFixed(2)}, `
      + `control ${control.median.toFixed(3)}, mouth to ear ${(delaySeconds(said, heard, 1) * 1000).toFixed(0)} ms`);
    expect(speech.pieces).toBeGreaterThan(8);
    expect(speech.median, `${listener.cuid} hears ${speaker.cuid}`).toBeGreaterThan(0.8);
    expect(speech.share, `${listener.cuid} hears all of it`).toBeGreaterThan(0.7);
    expect(control.median, `${listener.cuid} hears nobody else`).toBeLessThan(0.3);
  }
}

test('two people at Chromium hear each other', RETRY, async () => {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier' });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await talk(meera, anita);
  await expectSpeechBothWays(meera, anita);
  await anita.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
  await expectQuiet(meera.tab);
  await expectQuiet(anita.tab);
});

test('somebody at Chromium calls somebody at Firefox, and both hear each other', RETRY, async () => {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier' });
  const fatma = await stage.arrives({ name: 'fatma', voice: 'customer', browser: 'firefox' });
  await talk(meera, fatma);
  await expectSpeechBothWays(meera, fatma);
  await fatma.tab.screenshot('firefox/ongoing');
  await fatma.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
  await expectQuiet(fatma.tab);
});

test('somebody at Firefox calls somebody at Chromium, and both hear each other', RETRY, async () => {
  const fatma = await stage.arrives({ name: 'fatma', voice: 'courier', browser: 'firefox' });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await talk(fatma, anita);
  await expectSpeechBothWays(fatma, anita);
  await fatma.tab.click('Hang up');
  await expectOutcome(fatma.tab, 'call resolved with over');
  await expectQuiet(anita.tab);
});

test('nothing is heard before the answer, nor while the other side is muted', RETRY, async () => {
  const meera = await stage.arrives({ name: 'meera', voice: 'courier' });
  const anita = await stage.arrives({ name: 'anita', voice: 'customer' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await meera.tab.sees('Ringing');
  const early = await Promise.all([record(meera.tab, 3), record(anita.tab, 3)]);
  for (const { heard } of early) expect(loudest(heard)).toBeLessThan(0.001);

  await anita.tab.click('Answer');
  await inCall(meera.tab);
  await inCall(anita.tab);
  await meera.tab.click('Mute');
  await anita.tab.sees('is muted');
  const [muted, spoken] = await Promise.all([record(anita.tab, 3), record(meera.tab, 3)]);
  expect(loudest(muted.heard.subarray(48_000))).toBeLessThan(0.001);
  expect(judge(spoken.heard, anita, meera).speech.median).toBeGreaterThan(0.8);

  await meera.tab.click('Unmute');
  await anita.tab.seesNoMore('is muted');
  expect(judge((await record(anita.tab, 4)).heard, meera, anita).speech.median).toBeGreaterThan(0.8);
});

function loudest(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}
