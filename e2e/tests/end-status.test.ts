/** Every way in which a call can end, seen from both pages: one outcome each, and nothing left open. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTring } from '../tring/server.ts';
import { until } from '../until.ts';
import { dial, expectOutcome, expectQuiet, inCall, outcomes, pushed, scene, talk, type Guest } from './scene.ts';

// Short enough for a test to wait for, long enough for a browser on a busy machine to answer.
const RING_SECONDS = 6;
const stage = scene('end-status', '--ring-timeout', `${RING_SECONDS}s`, '--connect-timeout', '4s');

/** The database has this one call of `caller`, ended this way. */
async function expectRecord(caller: Guest, ending: string, tring = stage.tring): Promise<void> {
  await until('the call is on record', () => tring.records(caller.cuid).every(record => record !== 'open'));
  expect(tring.records(caller.cuid), 'the record').toEqual([ending]);
}

test('over: the callee hangs up', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  expect(await outcomes(meera.tab), 'the promise waits for the end').toEqual([]);
  await anita.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
  await meera.tab.sees('Call ended');
  await expectQuiet(meera.tab);
  await expectQuiet(anita.tab);
  expect(await pushed(meera.tab)).toEqual(['SCOutgoing', 'SCEnd over']);
  expect(await pushed(anita.tab)).toEqual(['SCIncoming', 'SCEnd over']);
  expect(await outcomes(anita.tab), 'a callee has no promise').toEqual([]);
  await expectRecord(meera, 'over/hangup');
});

test('over: the caller hangs up', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  await meera.tab.click('Hang up');
  await expectOutcome(meera.tab, 'call resolved with over');
  await anita.tab.sees('Call ended');
  await expectQuiet(anita.tab);
  expect(await pushed(anita.tab)).toEqual(['SCIncoming', 'SCEnd over']);
  await expectRecord(meera, 'over/hangup');
});

test('over: the app ends a metered call with hangup()', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  await meera.tab.evaluate(() => (window as unknown as { shop: { client: { hangup(): void } } }).shop.client.hangup());
  await expectOutcome(meera.tab, 'call resolved with over');
  await anita.tab.sees('Call ended');
  await expectRecord(meera, 'over/hangup');
});

test('over: the account’s longest time is reached', async () => {
  const account = stage.tring.account('short calls', '--max-duration', '3s');
  const meera = await stage.arrives({ name: 'meera', account });
  const anita = await stage.arrives({ name: 'anita', account });
  await talk(meera, anita);
  await expectOutcome(meera.tab, 'call resolved with over');
  await anita.tab.sees('longest time reached');
  await expectRecord(meera, 'over/max_duration');
});

test('over: one tab is closed in mid-call and nobody comes back', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  await anita.newTab(); // or the browser would go with its last tab
  await anita.tab.close();
  await meera.tab.sees('connection is lost');
  await expectOutcome(meera.tab, 'call resolved with over', 20_000);
  await meera.tab.sees('connection lost');
  await expectQuiet(meera.tab);
  await expectRecord(meera, 'over/connection_lost');
});

test('declined: the callee declines', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.click('Decline');
  await expectOutcome(meera.tab, 'call rejected with declined');
  await expectQuiet(meera.tab);
  await expectQuiet(anita.tab);
  expect(await pushed(meera.tab)).toEqual(['SCOutgoing']);
  expect(await pushed(anita.tab)).toEqual(['SCIncoming', 'SCEnd declined']);
  await expectRecord(meera, 'declined/user');
});

test('declined: the callee is busy, and does not hear it ring', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  const ravi = await stage.arrives({ name: 'ravi_k' });
  await talk(meera, anita);
  await dial(ravi, anita);
  await expectOutcome(ravi.tab, 'call rejected with The user you are trying to reach is busy on another call');
  await anita.tab.sees('tried to call you');
  await anita.tab.seesNoButton('Answer');
  await inCall(anita.tab);
  expect(await pushed(anita.tab)).toEqual(['SCIncoming', 'SCIncoming', 'SCEnd declined user busy']);
  await expectRecord(ravi, 'declined/busy');
});

test('declined: the callee answers but has no microphone', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita', microphone: 'denied' });
  await dial(meera, anita);
  await anita.tab.click('Answer');
  await expectOutcome(meera.tab, /^call rejected with string ERR_CALLEE_MIC_UNAVAILABLE: /);
  await anita.tab.sees('microphone');
  await anita.tab.seesNoButton('Hang up');
  expect((await pushed(anita.tab)).at(-1)).toBe('SCEnd declined microphone permission not granted');
  await expectRecord(meera, 'declined/microphone_denied');
});

test('declined: the callee signs out while it rings', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await anita.tab.click('Log out');
  await expectOutcome(meera.tab, /^call rejected with string ERR_CALLEE_LOGGED_OUT: /);
  await anita.tab.seesNoButton('Answer');
  await expectRecord(meera, 'declined/logged_out');
});

test('over: one side signs out in mid-call', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  await anita.tab.click('Log out');
  await expectOutcome(meera.tab, 'call resolved with over');
  await anita.tab.seesNoButton('Hang up');
  await expectQuiet(anita.tab);
  await expectRecord(meera, 'over/hangup');
});

test('missed: nobody answers in time', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await expectOutcome(meera.tab, 'call rejected with missed', (RING_SECONDS + 6) * 1000);
  await anita.tab.sees('Missed call');
  await anita.tab.seesNoButton('Answer');
  await expectQuiet(meera.tab);
  expect(await pushed(meera.tab)).toEqual(['SCOutgoing']);
  expect(await pushed(anita.tab)).toEqual(['SCIncoming', 'SCEnd missed']);
  await expectRecord(meera, 'missed/ring_timeout');
});

test('missed: a receiver who was never here is offline, as the number 404', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  await dial(meera, { cuid: 'nobody_here' });
  await expectOutcome(meera.tab, /^call rejected with number 404: /);
  await expectQuiet(meera.tab);
  await expectRecord(meera, 'missed/unreachable');
});

test('cancelled: the caller gives up', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await meera.tab.click('Cancel');
  await expectOutcome(meera.tab, 'call rejected with cancelled');
  await anita.tab.sees('Missed call');
  await anita.tab.seesNoButton('Answer');
  expect(await pushed(meera.tab)).toEqual(['SCOutgoing', 'SCEnd cancelled']);
  expect(await pushed(anita.tab)).toEqual(['SCIncoming']);
  await expectRecord(meera, 'cancelled/caller');
});

test('cancelled: the caller’s tab is closed while it rings', async () => {
  const account = stage.tring.account('patient', '--ring-timeout', '60s');
  const meera = await stage.arrives({ name: 'meera', account });
  const anita = await stage.arrives({ name: 'anita', account });
  await dial(meera, anita);
  await anita.tab.seesButton('Answer');
  await meera.newTab();
  await meera.tab.close();
  await anita.tab.seesNoButton('Answer', 20_000);
  await anita.tab.sees('Missed call');
  await expectRecord(meera, 'cancelled/caller_lost');
});

test('failed: answered, but no audio comes through a firewall', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tring-config-'));
  const config = join(directory, 'tring.toml');
  writeFileSync(config, '[relay]\ntcp = false\n');
  const tring = await startTring('end-status-udp', '--config', config);
  try {
    const account = tring.account('UDP alone', '--connect-timeout', '4s');
    const there = { account, query: { server: tring.origin } };
    const meera = await stage.arrives({ name: 'meera', ...there });
    const anita = await stage.arrives({ name: 'anita', udp: 'blocked', ...there });
    await dial(meera, anita);
    await anita.tab.click('Answer');
    await expectOutcome(meera.tab, /^call rejected with string ERR_CONNECT_TIMEOUT: /, 20_000);
    await meera.tab.sees('could not be connected');
    await anita.tab.sees('could not be connected');
    await expectQuiet(meera.tab);
    await expectQuiet(anita.tab);
    await expectRecord(meera, 'failed/connect_timeout', tring);
  } finally {
    await tring.stop();
    rmSync(directory, { recursive: true });
  }
});

test('failed: the server is killed in mid-call, and knows it when it comes back', async () => {
  stage.tolerate(/WebSocket connection to .* failed/);
  const meera = await stage.arrives({ name: 'meera' });
  const anita = await stage.arrives({ name: 'anita' });
  await talk(meera, anita);
  expect(await stage.tring.end('SIGKILL')).toBe('SIGKILL');
  await meera.tab.sees('Reconnecting');
  await stage.tring.again();
  await expectOutcome(meera.tab, /^call rejected with string ERR_NODE_LOST: /, 20_000);
  await anita.tab.seesNoButton('Hang up', 20_000);
  await expectQuiet(meera.tab);
  await expectQuiet(anita.tab);
  await expectRecord(meera, 'failed/node_lost');
  // And the server is as good as new.
  await meera.tab.sees('ready');
  await anita.tab.sees('ready');
  await dial(meera, anita);
  await anita.tab.click('Answer');
  await inCall(meera.tab);
});
