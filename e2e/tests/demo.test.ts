/** What a stranger does after `make run`: opens the printed page in two tabs of one browser and calls themselves. */

import { afterEach, expect, test } from 'vitest';
import { atChromium } from '../people/chromium.ts';
import type { Person } from '../people/person.ts';
import { startTring, type Tring } from '../tring/server.ts';
import { until } from '../until.ts';

let tring: Tring | undefined;
let stranger: Person | undefined;
afterEach(async () => {
  await stranger?.leave();
  await tring?.stop();
});

test('two tabs of the demo page call each other', async () => {
  tring = await startTring('demo', '--demo');
  stranger = await atChromium({ name: 'stranger', window: { width: 1280, height: 900 } });
  const first = stranger.tab;
  await first.goto(`${tring.origin}/demo/`);
  await first.sees('Tring demo');
  await first.click('Sign in');
  await first.sees('ready');

  const second = await stranger.newTab();
  await second.goto(await first.evaluate(() => (document.getElementById('second') as HTMLAnchorElement).href));
  await second.click('Sign in');
  await second.sees('ready');

  await second.click('Call');
  await first.seesButton('Answer');
  await first.screenshot('demo/incoming');
  await second.screenshot('demo/outgoing');
  await first.click('Answer');
  for (const tab of [first, second]) {
    await tab.seesButton('Hang up');
    await until('the other tab can be heard', () => tab.evaluate(() => window.testEar.plays()));
  }
  // The page's security policy lets no recorder in; the browser itself says how much sound it has played.
  for (const tab of [first, second]) await until('there is sound in the call', () => tab.evaluate(playedEnergy, undefined).then(energy => energy > 0.01));
  await first.screenshot('demo/ongoing');
  await first.click('Hang up');
  await second.sees('over');
  await second.seesNoButton('Hang up');
  await second.screenshot('demo/afterwards');
  expect([...first.complaints, ...second.complaints]).toEqual([]);

  // What a check finds is told to whoever asked for it, and not to somebody else who has signed in meanwhile.
  await first.click('Check');
  await first.click('Log out');
  await first.click('Sign in');
  await first.sees('ready');
  await first.sees('resolved “');
  expect(await first.evaluate(() => document.getElementById('verdict')?.textContent)).toBe('');

  // Of a call that cannot be placed there is no screen: the page itself says why.
  await first.evaluate(() => { (document.getElementById('receiver') as HTMLInputElement).value = 'no cuid'; });
  await first.click('Call');
  await until('the page says why', () => first.evaluate(() => {
    const said = document.getElementById('call-error')!;
    return !said.hidden && said.textContent?.includes('white space');
  }));

  // The stranger reloads: the demo remembers who they were.
  await first.reload();
  await first.sees('ready');
});

/** The energy of all audio that the newest call has played, as the statistics have it. */
async function playedEnergy(): Promise<number> {
  const inbound = (await window.testEar.statistics()).find(({ type }) => type === 'inbound-rtp');
  return (inbound as { totalAudioEnergy?: number } | undefined)?.totalAudioEnergy ?? 0;
}
