/** Each error that a page can provoke, as the integrator's code receives it: a code of the catalogue and a sentence. */

import { describe, expect, test } from 'vitest';
import type { Tab } from '../people/person.ts';
import { dial, expectOutcome, expectQuiet, open, outcomes, scene, signIn, talk } from './scene.ts';

const stage = scene('errors');

/** What the page's product answers to these init options: `resolved`, or the code that it rejected with. */
function init(tab: Tab, options: Record<string, unknown>): Promise<string> {
  return tab.evaluate(async given => {
    const { shop, clevertap } = window as unknown as {
      shop: { init(options: unknown): Promise<unknown> }; clevertap: unknown;
    };
    try {
      await shop.init({ clevertap, ...given });
      return 'resolved';
    } catch (error) {
      const { code, message } = error as { code: unknown; message: unknown };
      if (typeof message !== 'string' || message.length < 10) throw new Error(`no sentence with ${String(code)}: ${String(message)}`);
      return String(code);
    }
  }, options);
}

/** What `call()` answers to these arguments. */
function call(tab: Tab, ...given: unknown[]): Promise<unknown> {
  return tab.evaluate(async args => {
    const { shop } = window as unknown as { shop: { client: { call(...args: unknown[]): Promise<unknown> } } };
    return shop.client.call(...args).then(value => value, (error: { code?: unknown }) => error?.code ?? error);
  }, given);
}

const isEnabled = (tab: Tab): Promise<boolean> => tab.evaluate(() =>
  (window as unknown as { shop: { client: { isEnabled(): boolean } } }).shop.client.isEnabled());

describe('initSignedCall', () => {
  test('names a missing parameter', async () => {
    const { tab, cuid } = await stage.visits({ name: 'meera' });
    const { accountId, apikey } = stage.account;
    expect(await init(tab, { apikey, cuid })).toBe('ERR_MISSING_INITPARAMETERS');
    expect(await init(tab, { accountId, cuid })).toBe('ERR_MISSING_INITPARAMETERS');
    expect(await init(tab, { accountId, apikey })).toBe('ERR_MISSING_INITPARAMETERS');
    expect(await init(tab, { accountId, apikey, cuid, clevertap: undefined })).toBe('ERR_MISSING_INITPARAMETERS');
  });

  test('refuses what breaks a rule, the one for names at 25 characters', async () => {
    const { tab, cuid } = await stage.visits({ name: 'meera' });
    const { accountId, apikey } = stage.account;
    for (const wrong of ['abcd', '91_8899555', 'with space', '_first', 'x'.repeat(51), 'al-ice']) {
      expect(await init(tab, { accountId, apikey, cuid: wrong }), wrong).toBe('ERR_INVALID_INITPARAMETERS');
    }
    expect(await init(tab, { accountId, apikey, cuid, name: 'Al' })).toBe('ERR_INVALID_INITPARAMETERS');
    expect(await init(tab, { accountId, apikey, cuid, name: 'x'.repeat(26) })).toBe('ERR_INVALID_INITPARAMETERS');
  });

  test('refuses a wrong account, a wrong key and a revoked key', async () => {
    const { tab, cuid } = await stage.visits({ name: 'meera' });
    const account = stage.tring.account('revoked');
    stage.tring.run('key', 'revoke', account.accountId, account.apikey);
    expect(await init(tab, { ...account, cuid })).toBe('ERR_INVALID_CREDENTIALS');
    expect(await init(tab, { ...stage.account, apikey: account.apikey, cuid })).toBe('ERR_INVALID_CREDENTIALS');
    expect(await init(tab, { ...stage.account, accountId: 'no_such_account', cuid })).toBe('ERR_INVALID_CREDENTIALS');
  });

  test.each([['id', 'ERR_MISSING_CT_ID'], ['account', 'ERR_MISSING_CT_ACCOUNTID']])(
    'tells that CleverTap knows no %s', async (lacks, code) => {
      const { tab, cuid } = await stage.visits({ name: 'meera', query: { clevertapLacks: lacks } });
      expect(await init(tab, { ...stage.account, cuid })).toBe(code);
    });

  test('refuses a second device with ERR_ALREADY_SIGNEDIN and leaves the first one alone', async () => {
    const meera = await stage.arrives({ name: 'meera' });
    const elsewhere = await stage.visits({ name: 'elsewhere', cuid: meera.cuid });
    await elsewhere.tab.click('Sign in');
    await elsewhere.tab.sees('init rejected with string ERR_ALREADY_SIGNEDIN: ');
    expect(await isEnabled(meera.tab)).toBe(true);
    await meera.tab.click('Log out');
    await meera.tab.sees('logged out');
    await signIn(elsewhere.tab);
  });

  test('waits for a server that is down, and is not enabled until it is back', async () => {
    stage.tolerate(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
    const meera = await stage.visits({ name: 'meera' });
    await stage.tring.end('SIGKILL');
    await meera.tab.click('Sign in');
    await stage.tring.again();
    await meera.tab.sees('ready', 20_000);
    expect(await isEnabled(meera.tab)).toBe(true);
  });
});

describe('initDirectCall', () => {
  test('has its own code for a missing CleverTap instance and allows names of 50 characters', async () => {
    const { tab, cuid } = await stage.visits({ name: 'meera', query: { product: 'direct' } });
    expect(await init(tab, { ...stage.account, cuid, clevertap: undefined })).toBe('ERR_CLEVERTAP_DETAILS_NOT_FOUND');
    expect(await init(tab, { ...stage.account, cuid, name: 'x'.repeat(51) })).toBe('ERR_INVALID_INITPARAMETERS');
    expect(await init(tab, { ...stage.account, cuid, name: 'x'.repeat(50) })).toBe('resolved');
  });
});

describe('call', () => {
  test('refuses parameters that cannot work, whoever is at the other end', async () => {
    const { tab, cuid } = await stage.arrives({ name: 'meera' });
    for (const wrong of [[], ['anita'], ['anita', ''], ['', 'Why'], [cuid, 'To myself'], ['91_8899555', 'Why'], [5, 'Why']]) {
      expect(await call(tab, ...wrong), JSON.stringify(wrong)).toBe('ERR_INVALID_CALL_PARAMETERS');
    }
    await expectQuiet(tab);
  });

  test.each(['denied', 'absent'] as const)('tells that the microphone is %s', async microphone => {
    const meera = await stage.arrives({ name: 'meera', microphone });
    const anita = await stage.arrives({ name: 'anita' });
    await dial(meera, anita);
    await expectOutcome(meera.tab, /^call rejected with string ERR_MIC_UNAVAILABLE: /);
    await meera.tab.seesNoButton('Cancel');
    await anita.tab.seesNoButton('Answer');
    expect(await isEnabled(meera.tab)).toBe(true);
  });

  test('refuses a second call while one is going on, and does not disturb that one', async () => {
    const meera = await stage.arrives({ name: 'meera' });
    const anita = await stage.arrives({ name: 'anita' });
    await talk(meera, anita);
    expect(await call(meera.tab, anita.cuid, 'Again')).toBe('ERR_OUTGOING_CALL_IN_PROGRESS');
    expect(await call(anita.tab, meera.cuid, 'Back')).toBe('ERR_OUTGOING_CALL_IN_PROGRESS');
    expect(await outcomes(meera.tab)).toEqual([]);
    await meera.tab.seesButton('Hang up');
  });

  test('tells that the internet was lost when nothing confirms the call', async () => {
    stage.tolerate(/WebSocket/);
    const meera = await stage.arrives({ name: 'meera' });
    stage.tring.freeze('SIGSTOP');
    try {
      await dial(meera, { cuid: 'somebody' });
      await expectOutcome(meera.tab, /^call rejected with string ERR_INTERNET_LOST: /, 20_000);
      await expectQuiet(meera.tab);
    } finally {
      stage.tring.freeze('SIGCONT');
    }
    await meera.tab.sees('ready', 20_000);
  });

  test('tells that there is no connection while the server is down', async () => {
    stage.tolerate(/WebSocket connection to .* failed/);
    const meera = await stage.arrives({ name: 'meera' });
    await stage.tring.end('SIGKILL');
    await meera.tab.sees('waiting');
    expect(await call(meera.tab, 'somebody', 'Why')).toBe('ERR_CONNECTION_NOT_ESTABLISHED');
    await stage.tring.again();
    await meera.tab.sees('ready', 20_000);
  });

  test('is refused by a server that is being stopped, which lets the running call end by itself and exits 0', async () => {
    const meera = await stage.arrives({ name: 'meera' });
    const anita = await stage.arrives({ name: 'anita' });
    const ravi = await stage.arrives({ name: 'ravi_k' });
    stage.tolerate(/WebSocket/);
    await talk(meera, anita);
    const ended = stage.tring.end('SIGTERM');
    await expect.poll(() => call(ravi.tab, anita.cuid, 'Now')).toBe('ERR_DRAINING');
    await meera.tab.seesButton('Hang up');
    expect(await outcomes(meera.tab)).toEqual([]);
    await meera.tab.click('Hang up');
    await expectOutcome(meera.tab, 'call resolved with over');
    expect(await ended).toBe(0);
    await stage.tring.again();
  });
});

test('after logout() nothing can be called until init is run again', async () => {
  const meera = await stage.arrives({ name: 'meera' });
  const enabled = await meera.tab.evaluate(async () => {
    const { client } = (window as unknown as { shop: { client: { logout(): Promise<void>; isEnabled(): boolean } } }).shop;
    await client.logout();
    return client.isEnabled();
  });
  expect(enabled).toBe(false);
  expect(await call(meera.tab, 'somebody', 'Why')).not.toBe('over');
  await open(meera.tab, meera.address);
  await meera.tab.sees('ready');
});
