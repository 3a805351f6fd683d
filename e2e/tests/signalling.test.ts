/** The connection to the server fails in mid-call, in several ways; the voices go past it and do not. */

import { afterEach, expect, test, vi } from 'vitest';
import { silenceIn } from '../hearing/silence.ts';
import { keep, record, type Tab } from '../people/person.ts';
import { layLine, type Line } from '../tring/line.ts';
import { outcomes, scene, talk, type Guest } from './scene.ts';

vi.setConfig({ testTimeout: 90_000 });
const RETRY = { retry: 2 };
const stage = scene('signalling');
const lines: Line[] = [];
afterEach(() => { for (const line of lines.splice(0)) line.close(); });

/** Meera, whose connection is laid over a line, talks to Anita, who is heard as a tone. */
async function inCallOverALine(): Promise<{ line: Line; meera: Guest; anita: Guest }> {
  stage.tolerate(/WebSocket connection to .* failed/);
  const line = await layLine(stage.tring.origin);
  lines.push(line);
  const meera = await stage.arrives({ name: 'meera', voice: 'tone', query: { server: line.origin } });
  const anita = await stage.arrives({ name: 'anita', voice: 'tone' });
  await talk(meera, anita);
  return { line, meera, anita };
}

/** Nothing was missing from the tone; what a loaded machine swallows is less than a fault would be. */
function expectUnbroken(heard: Float32Array, file: string): void {
  keep(heard, file);
  const { longest, total, ended } = silenceIn(heard, 0);
  console.info(`${file}: ${longest} ms missing at once, ${total} ms in all`);
  expect(ended).toBe(true);
  expect(longest).toBeLessThan(200);
}

/** How long the page took to be connected again, from `since` on, by its own clock. */
function readyAfter(tab: Tab, since: number): Promise<number> {
  return tab.evaluate(from => new Promise<number>(resolve => {
    const timer = setInterval(() => {
      const { client } = (window as unknown as { shop: { client: { isEnabled(): boolean } } }).shop;
      if (!client.isEnabled()) return;
      clearInterval(timer);
      resolve(Date.now() - from);
    }, 5);
  }), since);
}

test('the socket is closed by somebody in between: nobody hears it, and what is said next arrives within a second or so', RETRY, async () => {
  const { line, meera, anita } = await inCallOverALine();
  const listening = record(meera.tab, 4);
  const cutAt = Date.now();
  line.cut();
  line.mend();
  await meera.tab.click('Mute');
  await anita.tab.sees('is muted');
  const took = Date.now() - cutAt;
  console.info(`what is said right after the cut arrives ${took} ms after it`);
  expect(took).toBeLessThan(1_500);
  expectUnbroken((await listening).heard, 'signalling-cut-at-meera');
});

test('while the server is not reached the person is told that the sound goes on; the return of the network is used at once', RETRY, async () => {
  const { line, meera, anita } = await inCallOverALine();
  line.cut();
  await meera.tab.sees('You can go on talking');
  const listening = record(meera.tab, 3);
  expectUnbroken((await listening).heard, 'signalling-away-at-meera');
  // She hears Meera all the time, so that the server does not is no concern of hers.
  await anita.tab.seesNoMore('connection is lost', 1_000);
  line.mend();
  const took = meera.tab.evaluate(() => { window.dispatchEvent(new Event('online')); }).then(() => readyAfter(meera.tab, Date.now()));
  console.info(`signalling is back ${await took} ms after the network`);
  expect(await took).toBeLessThan(1_000);
  await meera.tab.seesNoMore('You can go on talking');
  expect(await outcomes(anita.tab)).toEqual([]);
});

test('a socket that swallows everything is found out within ten seconds, and what was said meanwhile arrives', RETRY, async () => {
  const { line, meera, anita } = await inCallOverALine();
  line.swallow();
  const since = Date.now();
  await anita.tab.click('Mute');
  await meera.tab.sees('is muted', 15_000);
  const took = Date.now() - since;
  console.info(`a half-open socket was replaced after ${took} ms`);
  expect(took).toBeLessThan(11_000);
  expect(await outcomes(meera.tab)).toEqual([]);
});
