/** Before a call: whether one would go well from here, over each way to the relay. */

import { expect, test, vi } from 'vitest';
import { arrivesAtApp, type AppWindow, type Check } from './app.ts';
import { expectQuiet, scene, type Guest } from './scene.ts';

vi.setConfig({ testTimeout: 90_000 });
const stage = scene('check');

function check(guest: Guest): Promise<Check> {
  return guest.tab.evaluate(() => (window as unknown as AppWindow).app.client.check());
}

test.each(['chromium', 'firefox'] as const)('at %s microphone, server, UDP and TCP are found to work', async browser => {
  const meera = await arrivesAtApp(stage, { name: 'meera', browser });
  const found = await check(meera);
  console.info(JSON.stringify(found));
  expect(found).toMatchObject({ microphone: 'works', signalling: true, udp: { works: true }, tcp: { works: true } });
  for (const path of [found.udp, found.tcp]) {
    expect(path?.rtt).toBeLessThan(400);
    expect(path?.lost).toBeLessThan(0.05);
  }
  expect([found.verdict, found.reasons]).toEqual(['good', []]);
  await expectQuiet(meera.tab);
});

test('where no UDP gets through, TCP is found to serve, and the words say so', async () => {
  const meera = await arrivesAtApp(stage, { name: 'meera', udp: 'blocked' });
  const found = await check(meera);
  expect(found).toMatchObject({ verdict: 'poor', reasons: ['udp_blocked'], udp: { works: false }, tcp: { works: true } });
  expect(found.words).toContain('TCP');
  await expectQuiet(meera.tab);
});

test('somebody who refused the microphone learns that no call is possible, and why', async () => {
  const meera = await arrivesAtApp(stage, { name: 'meera', microphone: 'denied' });
  const found = await check(meera);
  expect(found).toMatchObject({ verdict: 'impossible', microphone: 'blocked', signalling: true, udp: { works: true } });
  expect(found.words).toContain('microphone');
  await expectQuiet(meera.tab);
});

test('a check leaves nothing behind: not for the record, and not for the call after it', async () => {
  const meera = await arrivesAtApp(stage, { name: 'meera' });
  await check(meera);
  const again = await check(meera);
  expect(again.signalling).toBe(true);
  expect(stage.tring.records(meera.cuid)).toEqual([]);
});
