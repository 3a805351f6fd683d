/** The vendors' example code runs as printed, with the import changed; as ES module and as classic script. */

import { expect, test } from 'vitest';
import { until } from '../until.ts';
import { inCall, scene, type Guest } from './scene.ts';

const stage = scene('documented-examples');

/** Opens an example page for a person who is on no other page yet. */
async function opens(guest: Guest, page: string, receiver: string, more: Record<string, string> = {}): Promise<void> {
  const { accountId, apikey } = stage.account;
  const query = new URLSearchParams({ server: stage.tring.origin, accountId, apikey, cuid: guest.cuid, receiver, ...more });
  await guest.tab.goto(`${stage.site.origin}/${page}.html?${query}`);
  await until('the client is enabled', () => guest.tab.evaluate(() => (window as unknown as { enabled(): boolean }).enabled?.()));
}

test.each([
  ['Signed Call', 'documented-signed-call', {}],
  ['Direct Call', 'documented-direct-call', {}],
  ['Signed Call without modules', 'documented-umd', { product: 'signed' }],
  ['Direct Call without modules', 'documented-umd', { product: 'direct' }],
] as const)('the %s example calls and is called', async (_name, page, more) => {
  const meera = await stage.visits({ name: 'meera' });
  const anita = await stage.visits({ name: 'anita' });
  await opens(meera, page, anita.cuid, more);
  await opens(anita, page, meera.cuid, more);

  await meera.tab.click('Call');
  await anita.tab.click('Answer');
  await inCall(meera.tab);
  await inCall(anita.tab);
  await anita.tab.click('Hang up');
  await meera.tab.sees('Call response : over');

  await anita.tab.seesNoButton('Hang up');
  await anita.tab.click('Call');
  await meera.tab.click('Decline');
  await anita.tab.sees('Call error : declined');

  await anita.tab.click('Logout');
  await until('the client is disabled', async () => !await anita.tab.evaluate(() => (window as unknown as { enabled(): boolean }).enabled()));
});

test('the metered example ends a running call', async () => {
  const meera = await stage.visits({ name: 'meera' });
  const anita = await stage.visits({ name: 'anita' });
  await opens(meera, 'documented-signed-call', anita.cuid);
  await opens(anita, 'documented-signed-call', meera.cuid);
  await meera.tab.click('Call');
  await anita.tab.click('Answer');
  await inCall(meera.tab);
  await inCall(anita.tab);
  await meera.tab.evaluate(() => (window as unknown as { meter(): void }).meter());
  await meera.tab.sees('Call response : over');
});

test('the SDK says which version it is, and pushes what it knows to CleverTap', async () => {
  const meera = await stage.visits({ name: 'meera' });
  const anita = await stage.visits({ name: 'anita' });
  await opens(meera, 'documented-signed-call', anita.cuid);
  await opens(anita, 'documented-signed-call', meera.cuid);
  await meera.tab.click('Call');
  await anita.tab.click('Decline');
  await meera.tab.sees('Call error : declined');
  const pushed = await anita.tab.evaluate(() => {
    const { signedCallVersion, pushed: events } = window as unknown as { signedCallVersion: unknown; pushed: { name: string; details: Record<string, unknown> }[] };
    return { version: typeof signedCallVersion, events };
  });
  expect(pushed.version).not.toBe('undefined');
  const common = {
    ct_account_id: 'TEST-W8W-6WR-846Z', sc_account_id: stage.account.accountId, guid: '__g5a1b2c3d4e5f', cuid: anita.cuid,
    context: 'Documented call', call_id: expect.any(String) as string, epoch: expect.any(Number) as number,
  };
  expect(pushed.events).toMatchObject([
    { name: 'SCIncoming', details: common },
    { name: 'SCEnd', details: { ...common, call_status: 'declined' } },
  ]);
});
