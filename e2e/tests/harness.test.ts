/** Judges the judges: two browsers connected by hand, so that a failure elsewhere is Tring's and not the test's. */

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { delaySeconds } from '../hearing/correlation.ts';
import { startSoundDaemon, type SoundDaemon } from '../hearing/sound-daemon.ts';
import { startSite, type Site } from '../pages/serve.ts';
import { atChromium } from '../people/chromium.ts';
import { atFirefox } from '../people/firefox.ts';
import { judge, keep, record, type Person } from '../people/person.ts';
import { until } from '../until.ts';

// Sound is judged in real time; where another program takes the processor for a moment, another try is fair.
vi.setConfig({ testTimeout: 90_000 });
const RETRY = { retry: 2 };

let site: Site;
let sound: SoundDaemon;
const people: Person[] = [];

beforeAll(async () => { [site, sound] = await Promise.all([startSite(), startSoundDaemon()]); });
afterAll(async () => {
  site.close();
  await sound.stop();
});
afterEach(async () => {
  await Promise.all(people.splice(0).map(person => person.leave()));
});

/** Connects two people without Tring, as far as two browsers can. */
async function connect(a: Person, b: Person): Promise<void> {
  people.push(a, b);
  for (const { tab } of [a, b]) {
    await tab.goto(`${site.origin}/peers.html`);
    await tab.click('Open microphone');
    await tab.sees('listening');
  }
  const run = (person: Person, step: string, sdp?: string) => person.tab.evaluate(
    ([name, text]) => (window as unknown as Record<string, (sdp?: string) => Promise<string>>)[name!]!(text),
    [step, sdp] as const);
  const offer = await run(a, 'offer');
  await run(a, 'accept', await run(b, 'answer', offer));
  for (const { tab } of [a, b]) await until('sound plays', () => tab.evaluate(() => window.testEar.plays()));
}

/** Both hear the other's words and not their own. */
async function expectSpeechBothWays(a: Person, b: Person): Promise<void> {
  const [atA, atB] = await Promise.all([record(a.tab, 7), record(b.tab, 7)]);
  for (const [listener, speaker, recording, source] of [[a, b, atA, atB], [b, a, atB, atA]] as const) {
    keep(recording.heard, `harness-${listener.name}`);
    const { speech, control } = judge(recording.heard, speaker, listener);
    const early = source.said.subarray(Math.max(0, (recording.startedAt - source.startedAt) * 48));
    const late = recording.heard.subarray(Math.max(0, (source.startedAt - recording.startedAt) * 48));
    console.info(`${listener.name} hears ${speaker.name}: median ${speech.median.toFixed(3)}, least ${speech.minimum.toFixed(2)}, `
      + `control ${control.median.toFixed(3)}, mouth to ear ${(delaySeconds(early, late, 1) * 1000).toFixed(0)} ms`);
    expect(speech.median, `${listener.name} hears ${speaker.name}`).toBeGreaterThan(0.8);
    expect(control.median, `${listener.name} hears nobody else`).toBeLessThan(0.3);
  }
}

test('two Chromiums that are connected by hand hear each other', RETRY, async () => {
  const a = await atChromium({ name: 'anna', voice: 'courier' });
  const b = await atChromium({ name: 'bert', voice: 'customer' });
  await connect(a, b);
  await expectSpeechBothWays(a, b);
});

test('Chromium and Firefox that are connected by hand hear each other', RETRY, async () => {
  const a = await atChromium({ name: 'anna', voice: 'courier' });
  const b = await atFirefox({ name: 'fatma', voice: 'customer' }, sound);
  await connect(a, b);
  await expectSpeechBothWays(a, b);
  for (const person of people) await person.tab.screenshot(`harness/${person.name}`);
});

test.each([['denied', 'NotAllowedError'], ['absent', 'NotFoundError']] as const)(
  'a microphone that is %s fails as it does for people: %s', async (microphone, error) => {
    const anna = await atChromium({ name: 'anna', microphone });
    people.push(anna);
    await anna.tab.goto(`${site.origin}/peers.html`);
    expect(await anna.tab.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true })
      .then(() => 'opened', (reason: Error) => reason.name))).toBe(error);
  });
